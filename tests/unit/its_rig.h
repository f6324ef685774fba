/*
 * A GIC with an ITS on a bus with memory, driven as software drives it: registers through the bus, commands through the
 * queue in memory, messages by DMA.
 */
#ifndef TEST_ITS_RIG_H
#define TEST_ITS_RIG_H

#include <check.h>
#include <string.h>

#include "base/bits.h"
#include "bus/dma.h"
#include "gic/gic.h"
#include "gic/gic_regs.h"

#define CORES 4
enum { IRQ = 1, FIQ = 2 };

/* Where things are. */
#define GICD_AT 0x08000000ull
#define ITS_AT 0x08080000ull
#define GICR_AT 0x080a0000ull
#define RAM_AT 0x40000000ull
#define RAM_SIZE 0x400000u
#define QUEUE_AT RAM_AT
#define DEVICES_AT (RAM_AT + 0x10000)
#define COLLECTIONS_AT (RAM_AT + 0x20000)
#define ITT_AT (RAM_AT + 0x30000)
#define CONFIG_AT (RAM_AT + 0x40000)
#define PENDING_AT (RAM_AT + 0x100000) /* 64 KiB a core */
#define LEVEL2_AT (RAM_AT + 0x200000)
#define NOWHERE 0x10000000ull

enum { GITS_CTLR = 0, GITS_CBASER = 0x80, GITS_CWRITER = 0x88, GITS_CREADR = 0x90, GITS_BASER = 0x100 };
enum { GITS_TRANSLATER = 0x10040 };
enum { GICR_CTLR = 0, GICR_PROPBASER = 0x70, GICR_PENDBASER = 0x78 };
#define VALID (1ull << 63)
#define INDIRECT (1ull << 62)
#define PTZ (1ull << 62)

struct its_rig {
	struct bus bus;
	struct gic gic;
	struct tracer trace;
	struct observer observer;
	u8 out[CORES];
	unsigned errors; /* guest errors seen */
	const char *error;
	u8 ram[RAM_SIZE];
};
static struct its_rig rig;

/* ---- accesses ---- */

static u64 rd(u64 at, unsigned size)
{
	u64 v;

	ck_assert_int_eq(bus_read(&rig.bus, (pa_t){ at, true }, size, 0, &v), BUS_OK);
	return v;
}

static void wr(u64 at, unsigned size, u64 v)
{
	ck_assert_int_eq(bus_write(&rig.bus, (pa_t){ at, true }, size, 0, v), BUS_OK);
}

static u64 gicr_at(unsigned core, unsigned reg)
{
	return GICR_AT + core * gic_redist_size(&rig.gic.cfg) + reg;
}

static u64 icc_read(unsigned core, u16 key)
{
	u64 v = 0;

	ck_assert_int_eq(gic_sysreg_read(&rig.gic, core, key, &v), GIC_OK);
	return v;
}

static void icc_write(unsigned core, u16 key, u64 v)
{
	ck_assert_int_eq(gic_sysreg_write(&rig.gic, core, key, v), GIC_OK);
}

/* ---- the machine ---- */

static void on_line(void *ctx, unsigned n, bool level)
{
	u8 *out = ctx;

	*out = (u8)(level ? *out | 1u << n : *out & ~(1u << n));
}

static void on_event(void *ctx, const struct event *e)
{
	rig.errors++;
	rig.error = e->text.text;
}

static void add_region(const char *name, u64 base, u64 size, enum bus_region_kind kind,
		       const struct bus_device_ops *ops)
{
	bus_add(&rig.bus, &(struct bus_region){ .name = name,
						.base = base,
						.size = size,
						.kind = kind,
						.host = kind == BUS_RAM ? rig.ram : NULL,
						.ops = ops,
						.ctx = &rig.gic });
}

/* version: 3 or 4 */
static void build_as(bool security, unsigned version)
{
	struct gic_config c = { .cores = CORES,
				.spis = 64,
				.list_registers = 4,
				.pri_bits = 5,
				.vpri_bits = 5,
				.vpre_bits = 5,
				.security = security,
				.maintenance = 25,
				.lpis = true,
				.v4 = version == 4,
				.bus = &rig.bus,
				.trace = &rig.trace };

	memset(&rig, 0, sizeof(rig));
	for (unsigned i = 0; i < CORES; i++) {
		c.affinity[i] = i;
		for (unsigned k = 0; k < GIC_OUTPUTS; k++)
			c.out[i][k] = (struct line){ on_line, &rig.out[i], k };
	}
	add_region("ram", RAM_AT, RAM_SIZE, BUS_RAM, NULL);
	add_region("gicd", GICD_AT, GICD_SIZE, BUS_DEVICE, &gic_dist_ops);
	add_region("its", ITS_AT, GITS_SIZE, BUS_DEVICE, &gic_its_ops);
	add_region("its-translation", ITS_AT + GITS_SIZE, GITS_SIZE, BUS_MSI, &gic_its_translation_ops);
	add_region("gicr", GICR_AT, CORES * gic_redist_size(&c), BUS_DEVICE, &gic_redist_ops);
	rig.observer = (struct observer){ .mask = 1u << EV_GUEST_ERROR, .event = on_event };
	gic_init(&rig.gic, &c);
	trace_attach(&rig.trace, &rig.observer);
	for (unsigned i = 0; i < CORES; i++)
		rig.gic.view[i] = (struct gic_view){ .el = 1, .el2_enabled = true, .scr_el3 = 1 };
	if (security)
		gic_boot_nonsecure(&rig.gic);
	gic_boot_awake(&rig.gic);
}

static inline void build(bool security)
{
	build_as(security, 3);
}

/* ---- what a driver does ---- */

static inline void set_config(unsigned intid, u8 byte)
{
	rig.ram[CONFIG_AT - RAM_AT + intid - 8192] = byte;
}

static void enable_lpis(unsigned core, bool on)
{
	wr(gicr_at(core, GICR_CTLR), 4, on);
}

static void start_core(unsigned core)
{
	wr(gicr_at(core, GICR_PROPBASER), 8, CONFIG_AT | 15);
	wr(gicr_at(core, GICR_PENDBASER), 8, (PENDING_AT + core * 0x10000) | PTZ);
	enable_lpis(core, true);
	icc_write(core, GIC_ICC_PMR_EL1, 0xf8);
	icc_write(core, GIC_ICC_IGRPEN1_EL1, 1);
}

static void start_its(u64 devices, u64 collections)
{
	wr(ITS_AT + GITS_BASER, 8, devices);
	wr(ITS_AT + GITS_BASER + 8, 8, collections);
	wr(ITS_AT + GITS_CBASER, 8, VALID | QUEUE_AT); /* 4 KiB: 128 commands */
	wr(ITS_AT + GITS_CWRITER, 8, 0);
	wr(ITS_AT + GITS_CTLR, 4, 1);
}

/* Every LPI enabled at priority 0xa0; flat tables of 64 KiB. */
static void start_as(bool security, unsigned version)
{
	build_as(security, version);
	memset(rig.ram + (CONFIG_AT - RAM_AT), 0xa1, 65536 - 8192);
	wr(GICD_AT, 4, 2); /* EnableGrp1, EnableGrp1A */
	for (unsigned i = 0; i < CORES; i++)
		start_core(i);
	start_its(VALID | DEVICES_AT | 2 << 8, VALID | COLLECTIONS_AT | 2 << 8);
}

static inline void start(bool security)
{
	start_as(security, 3);
}

/* ---- commands ---- */

struct command {
	u64 w[4];
};
#define COMMAND(a, b, c, d)                                                                                            \
	{                                                                                                              \
		{                                                                                                      \
			a, b, c, d                                                                                     \
		}                                                                                                      \
	}
#define ABOUT(code, device) ((code) | (u64)(device) << 32)
#define MAPD(device, bits, itt) COMMAND(ABOUT(0x08, device), (bits)-1, VALID | (itt), 0)
#define UNMAPD(device) COMMAND(ABOUT(0x08, device), 0, 0, 0)
#define MAPC(collection, core) COMMAND(0x09, 0, VALID | (u64)(core) << 16 | (collection), 0)
#define UNMAPC(collection) COMMAND(0x09, 0, collection, 0)
#define MAPTI(device, event, intid, collection)                                                                        \
	COMMAND(ABOUT(0x0a, device), (event) | (u64)(intid) << 32, collection, 0)
#define MAPI(device, event, collection) COMMAND(ABOUT(0x0b, device), event, collection, 0)
#define MOVI(device, event, collection) COMMAND(ABOUT(0x01, device), event, collection, 0)
#define INT(device, event) COMMAND(ABOUT(0x03, device), event, 0, 0)
#define CLEAR(device, event) COMMAND(ABOUT(0x04, device), event, 0, 0)
#define INV(device, event) COMMAND(ABOUT(0x0c, device), event, 0, 0)
#define DISCARD(device, event) COMMAND(ABOUT(0x0f, device), event, 0, 0)
#define INVALL(collection) COMMAND(0x0d, 0, collection, 0)
#define MOVALL(from, to) COMMAND(0x0e, 0, (u64)(from) << 16, (u64)(to) << 16)
#define SYNC(core) COMMAND(0x05, 0, (u64)(core) << 16, 0)

/* Put a command into the queue and tell the ITS; true when it is executed. */
static bool issue(const struct command *c)
{
	u64 at = rd(ITS_AT + GITS_CWRITER, 8);

	memcpy(rig.ram + at, c, sizeof(*c));
	wr(ITS_AT + GITS_CWRITER, 8, (at + sizeof(*c)) % 4096);
	return rd(ITS_AT + GITS_CREADR, 8) == rd(ITS_AT + GITS_CWRITER, 8);
}

/* A device's write of an EventID. */
static enum dma_result message(u32 device, u32 event)
{
	u8 data[4] = { (u8)event, (u8)(event >> 8), (u8)(event >> 16), (u8)(event >> 24) };
	struct dma_request q = {
		.stream = device, .address = ITS_AT + GITS_TRANSLATER, .size = 4, .is_write = true, .data = data
	};

	return bus_dma_access(&rig.bus, &q);
}

#endif
