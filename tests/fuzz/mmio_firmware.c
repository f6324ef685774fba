/*
 * What firmware drives, without the machine around it: a flash bank and fw_cfg on a bus with a little RAM, by arbitrary
 * accesses and DMA commands. The input is a list of 8-byte commands; RAM begins with a copy of it.
 */
#include <stdlib.h>
#include <string.h>

#include "dev/flash.h"
#include "dev/fw_cfg.h"

#define RAM 0x40000000ull
#define FLASH 0x4000000ull
#define CFG 0x9020000ull

struct command {
	u8 what; /* bit 0: write; 2:1: log2 size; 3: fw_cfg, else flash; 4: aligned; 5: a DMA command in RAM; 6: store
		    fails */
	u8 value;
	u16 value_hi;
	u32 offset;
} __attribute__((packed));

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct bus bus;
static struct flash flash;
static struct fw_cfg cfg;
static u8 ram[0x4000], *bytes;
static bool store_fails;

static bool store(void *ctx, u32 at, u32 n)
{
	if (at > FLASH_BANK_SIZE || n > FLASH_BANK_SIZE - at || !n)
		abort();
	return !store_fails;
}

static void begin(const u8 *data, size_t size)
{
	memset(&bus, 0, sizeof(bus));
	if (!bytes)
		bytes = calloc(1, FLASH_BANK_SIZE);
	if (!bytes)
		abort();
	memset(ram, 0, sizeof(ram));
	memcpy(ram, data, size < sizeof(ram) ? size : sizeof(ram));
	flash_init(&flash, &bus, FLASH, bytes);
	flash.store = store;
	fw_cfg_init(&cfg, &bus);
	fw_cfg_add_file(&cfg, "etc/data", data, (u32)size);
	bus_add(&bus,
		&(struct bus_region){ .name = "ram", .base = RAM, .size = sizeof(ram), .kind = BUS_RAM, .host = ram });
	bus_add(&bus,
		&(struct bus_region){ "flash", FLASH, FLASH_BANK_SIZE, BUS_DEVICE, false, bytes, &flash_ops, &flash });
	bus_add(&bus, &(struct bus_region){ "fw-cfg", CFG, 24, BUS_DEVICE, false, NULL, &fw_cfg_ops, &cfg });
}

static void execute(const struct command *c)
{
	unsigned size = 1u << (c->what >> 1 & 3);
	bool is_cfg = c->what >> 3 & 1;
	u64 offset = c->offset % (is_cfg ? 24 : FLASH_BANK_SIZE), v = c->value | (u64)c->value_hi << 8;

	if (c->what & 0x10)
		offset &= ~(u64)(size - 1);
	store_fails = c->what >> 6 & 1;
	if (c->what & 0x20)
		bus_write(&bus, (pa_t){ CFG + 16, true }, 8, 0,
			  __builtin_bswap64(RAM + c->offset % (sizeof(ram) + 16)));
	else if (c->what & 1)
		bus_write(&bus, (pa_t){ (is_cfg ? CFG : FLASH) + offset, true }, size, 0, v * 0x100000001ull);
	else
		bus_read(&bus, (pa_t){ (is_cfg ? CFG : FLASH) + offset, true }, size, 0, &v);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	begin(data, size);
	for (size_t i = 0; i + sizeof(struct command) <= size; i += sizeof(struct command)) {
		struct command c;

		memcpy(&c, data + i, sizeof(c));
		execute(&c);
	}
	return 0;
}
