#include "machine/smbios.h"

#include <stdio.h>

#include "machine/blob.h"
#include "machine/map.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define NO_HANDLE 0xfffe

enum {
	TYPE_FIRMWARE = 0,
	TYPE_SYSTEM = 1,
	TYPE_CHASSIS = 3,
	TYPE_PROCESSOR = 4,
	TYPE_MEMORY_ARRAY = 16,
	TYPE_MEMORY_DEVICE = 17,
	TYPE_MEMORY_RANGE = 19,
	TYPE_BOOT = 32,
	TYPE_END = 127,
};

/* Every structure's handle is its type above its number, of which there is one. */
#define HANDLE(type) ((type) << 8)

static u32 begin(struct blob *b, u8 type)
{
	u32 at = b->size;

	BLOB8(b, type);
	BLOB8(b, 0); /* length of the part with fixed fields */
	BLOB16(b, HANDLE(type));
	return at;
}

/* Close the fixed part; then come its texts, numbered from 1: "a\0b\0" with the literal's own zero at the end. */
static void end(struct blob *b, u32 at, const char *texts)
{
	blob_poke(b, at + 1, b->size - at, 1);
	if (!*texts)
		BLOB8(b, 0);
	for (; *texts; texts += strlen(texts) + 1)
		blob_put(b, texts, (u32)strlen(texts) + 1);
	BLOB8(b, 0);
}

static void firmware(struct blob *b)
{
	enum { NO_CHARACTERISTICS = 8, UEFI_IN_A_VIRTUAL_MACHINE = 0x18 };
	u32 at = begin(b, TYPE_FIRMWARE);

	BLOB8(b, 1); /* vendor */
	BLOB8(b, 2); /* version */
	BLOB16(b, 0);
	BLOB8(b, 3); /* date */
	BLOB8(b, 0);
	BLOB64(b, NO_CHARACTERISTICS);
	BLOB16(b, UEFI_IN_A_VIRTUAL_MACHINE << 8);
	BLOB32(b, 0xffffffff); /* no numbered releases, no embedded controller */
	end(b, at,
	    "hypscope\0"
	    "1\0"
	    "01/01/2024\0");
}

static void system(struct blob *b)
{
	enum { POWER_SWITCH = 6 };
	u32 at = begin(b, TYPE_SYSTEM);

	BLOB8(b, 1); /* manufacturer */
	BLOB8(b, 2); /* product */
	BLOB16(b, 0);
	blob_zeros(b, 16); /* UUID: none */
	BLOB8(b, POWER_SWITCH);
	BLOB16(b, 0);
	end(b, at,
	    "hypscope\0"
	    "virt\0");
}

static void chassis(struct blob *b)
{
	enum { OTHER = 1, SAFE = 3, UNKNOWN_SECURITY = 2 };
	u32 at = begin(b, TYPE_CHASSIS);

	BLOB8(b, 1);
	BLOB8(b, OTHER);
	BLOB8(b, 0);
	BLOB16(b, 0);
	BLOB8(b, SAFE); /* boot, power, heat */
	BLOB8(b, SAFE);
	BLOB8(b, SAFE);
	BLOB8(b, UNKNOWN_SECURITY);
	BLOB32(b, 0);
	BLOB32(b, 0); /* height, cords, elements */
	BLOB8(b, 0);
	end(b, at, "hypscope\0");
}

static void processor(struct blob *b, const struct dt_config *c)
{
	enum {
		CPU = 3,
		SEE_FAMILY_2 = 0xfe,
		ARMV8 = 0x101,
		POPULATED_AND_ENABLED = 0x41,
		OTHER = 1,
		CAPABLE_64_BIT = 4
	};
	u32 at = begin(b, TYPE_PROCESSOR);
	char texts[64] = "";

	BLOB8(b, 1); /* socket */
	BLOB8(b, CPU);
	BLOB8(b, SEE_FAMILY_2);
	BLOB8(b, 2); /* manufacturer */
	BLOB64(b, 0);
	BLOB8(b, 3); /* the core's name */
	BLOB8(b, 0); /* voltage, external clock, greatest and present speed: unknown */
	BLOB16(b, 0);
	BLOB32(b, 0);
	BLOB8(b, POPULATED_AND_ENABLED);
	BLOB8(b, OTHER);
	BLOB32(b, 0xffffffff); /* no cache structures */
	BLOB16(b, 0xffff);
	BLOB16(b, 0);
	BLOB8(b, 0);
	for (unsigned i = 0; i < 3; i++) /* cores, enabled, threads */
		BLOB8(b, c->smp < 255 ? c->smp : 255);
	BLOB16(b, CAPABLE_64_BIT);
	BLOB16(b, ARMV8);
	for (unsigned i = 0; i < 3; i++)
		BLOB16(b, c->smp);
	snprintf(texts, sizeof(texts), "CPU 0%cArm%c%s%c", 0, 0, c->compatible, 0);
	end(b, at, texts);
}

static void memory_array(struct blob *b, const struct dt_config *c)
{
	enum { OTHER = 1, SYSTEM_MEMORY = 3, MULTI_BIT_ECC = 6 };
	u32 at = begin(b, TYPE_MEMORY_ARRAY);

	BLOB8(b, OTHER);
	BLOB8(b, SYSTEM_MEMORY);
	BLOB8(b, MULTI_BIT_ECC);
	BLOB32(b, c->mem / 1024);
	BLOB16(b, NO_HANDLE);
	BLOB16(b, 1); /* devices */
	BLOB64(b, 0);
	end(b, at, "");
}

static void memory_device(struct blob *b, const struct dt_config *c)
{
	enum { DIMM = 9, RAM = 7, OTHER = 2, SEE_EXTENDED = 0x7fff };
	u64 mib = c->mem / MIB;
	u32 at = begin(b, TYPE_MEMORY_DEVICE);

	BLOB16(b, HANDLE(TYPE_MEMORY_ARRAY));
	BLOB16(b, NO_HANDLE);
	BLOB32(b, 0xffffffff); /* widths unknown */
	BLOB16(b, mib < SEE_EXTENDED ? mib : SEE_EXTENDED);
	BLOB8(b, DIMM);
	BLOB8(b, 0);
	BLOB8(b, 1); /* where */
	BLOB8(b, 0);
	BLOB8(b, RAM);
	BLOB16(b, OTHER);
	BLOB16(b, 0); /* speed unknown */
	BLOB8(b, 2);  /* manufacturer */
	BLOB32(b, 0);
	BLOB32(b, mib < SEE_EXTENDED ? 0 : mib);
	blob_zeros(b, 8); /* speed, voltages: unknown */
	end(b, at,
	    "DIMM 0\0"
	    "hypscope\0");
}

static void memory_range(struct blob *b, const struct dt_config *c)
{
	u32 at = begin(b, TYPE_MEMORY_RANGE);

	BLOB32(b, MAP_RAM_BASE / 1024);
	BLOB32(b, (MAP_RAM_BASE + c->mem) / 1024 - 1);
	BLOB16(b, HANDLE(TYPE_MEMORY_ARRAY));
	BLOB8(b, 1); /* partition width */
	blob_zeros(b, 16);
	end(b, at, "");
}

static void boot_status(struct blob *b)
{
	u32 at = begin(b, TYPE_BOOT);

	blob_zeros(b, 7); /* no errors */
	end(b, at, "");
}

/* The 64-bit entry point (5.2.2). */
static void anchor(struct smbios *s)
{
	struct blob b = { s->anchor, 0, sizeof(s->anchor) };

	blob_text(&b, "_SM3_", 5, 0);
	BLOB8(&b, 0); /* checksum */
	BLOB8(&b, SMBIOS_ANCHOR_SIZE);
	BLOB8(&b, 3); /* version 3.0, revision 0 */
	BLOB16(&b, 0);
	BLOB8(&b, 1); /* of the entry point */
	BLOB8(&b, 0);
	BLOB32(&b, s->tables_size);
	BLOB64(&b, 0);
	s->anchor[5] = blob_checksum(&b, 0);
}

void smbios_build(const struct dt_config *c, struct smbios *s)
{
	struct blob b = { s->tables, 0, sizeof(s->tables) };

	firmware(&b);
	system(&b);
	chassis(&b);
	processor(&b, c);
	memory_array(&b, c);
	memory_device(&b, c);
	memory_range(&b, c);
	boot_status(&b);
	end(&b, begin(&b, TYPE_END), "");
	s->tables_size = b.size;
	anchor(s);
}
