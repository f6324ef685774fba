/*
 * The ITS and LPIs, by a driver that does anything: registers, commands, messages, and what the tables hold. The input
 * is a list of operations after a byte that chooses GICv3 or v4; everything is set up well first, and what follows may
 * ruin it. Nothing may crash or write where no table is, and what the GIC keeps up to date must be what it would
 * compute afresh.
 */
#include <stdlib.h>
#include <string.h>

#include "bus/dma.h"
#include "gic/gic.h"
#include "gic/gic_regs.h"

#define CORES 3u
#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x40000u
#define QUEUE RAM_BASE
#define DEVICES (RAM_BASE + 0x4000)
#define COLLECTIONS (RAM_BASE + 0x5000)
#define ITTS (RAM_BASE + 0x6000)
#define VPES (RAM_BASE + 0x8000)
#define VPENDING (RAM_BASE + 0x30000)
#define CONFIG (RAM_BASE + 0x10000)
#define PENDING (RAM_BASE + 0x20000) /* for core 1; what is beyond does not fit: core 2 has no memory */
#define GUARD 64u
#define VALID (1ull << 63)
#define OPS_MAX 512u

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

struct op {
	u8 what; /* enum kind; bit 7: operands as they are, which are tamed otherwise */
	u8 a, b, c;
	u32 v;
	u64 w;
};
enum kind { COMMAND, ITS_WRITE, ITS_READ, GICR_WRITE, MESSAGE, MEMORY, ACKNOWLEDGE, VPE, SYSREG, KINDS };
enum { WILD = 0x80 };

static struct gic g;
static struct bus bus;
static u8 ram[GUARD + RAM_SIZE + GUARD];
static u8 outputs[CORES];

static void on_line(void *ctx, unsigned n, bool level)
{
	u8 *out = ctx;

	*out = (u8)(level ? *out | 1u << n : *out & ~(1u << n));
}

static void add_region(u64 base, u64 size, enum bus_region_kind kind, const struct bus_device_ops *ops)
{
	bus_add(&bus, &(struct bus_region){ .base = base,
					    .size = size,
					    .kind = kind,
					    .host = kind == BUS_RAM ? ram + GUARD : NULL,
					    .ops = ops,
					    .ctx = &g });
}

static u64 its_access(u64 offset, unsigned bytes, bool write, u64 v)
{
	struct bus_access a = { .offset = offset & ~(u64)(bytes - 1), .size = (u8)bytes, .ns = true };

	if (write)
		gic_its_ops.write(&g, &a, v);
	else
		gic_its_ops.read(&g, &a, &v);
	return v;
}

static void gicr_write(unsigned core, u64 offset, unsigned bytes, u64 v)
{
	struct bus_access a = { .offset = core * gic_redist_size(&g.cfg) + (offset & ~(u64)(bytes - 1)),
				.size = (u8)bytes,
				.ns = true };

	gic_redist_ops.write(&g, &a, v);
}

static void start(void)
{
	its_access(0x100, 8, true, VALID | DEVICES);
	its_access(0x108, 8, true, VALID | COLLECTIONS);
	its_access(0x110, 8, true, VALID | VPES);
	its_access(0x80, 8, true, VALID | QUEUE);
	its_access(0, 4, true, 1);
	for (unsigned i = 0; i < CORES; i++) {
		gicr_write(i, 0x70, 8, CONFIG | 15);
		gicr_write(i, 0x78, 8, PENDING + (i - 1) * 0x10000);
		gicr_write(i, 0, 4, 1);
		if (g.cfg.v4)
			gicr_write(i, 0x20070, 8, CONFIG | 15);
		gic_sysreg_write(&g, i, GIC_ICC_PMR_EL1, 0xff);
		gic_sysreg_write(&g, i, GIC_ICC_IGRPEN1_EL1, 1);
	}
}

static void build(bool v4)
{
	struct gic_config c = { .cores = CORES,
				.spis = 32,
				.list_registers = 4,
				.pri_bits = 5,
				.vpri_bits = 5,
				.vpre_bits = 5,
				.maintenance = 25,
				.lpis = true,
				.v4 = v4,
				.bus = &bus };

	memset(&bus, 0, sizeof(bus));
	memset(ram, 0, sizeof(ram));
	memset(outputs, 0, sizeof(outputs));
	for (unsigned i = 0; i < CORES; i++) {
		c.affinity[i] = i;
		for (unsigned k = 0; k < GIC_OUTPUTS; k++)
			c.out[i][k] = (struct line){ on_line, outputs + i, k };
	}
	add_region(RAM_BASE, RAM_SIZE, BUS_RAM, NULL);
	add_region(0x08080000, GITS_SIZE, BUS_DEVICE, &gic_its_ops);
	add_region(0x08090000, GITS_SIZE, BUS_MSI, &gic_its_translation_ops);
	gic_init(&g, &c);
	for (unsigned i = 0; i < CORES; i++)
		g.view[i] = (struct gic_view){ .el = 1, .el2_enabled = true, .scr_el3 = 1 };
	gic_boot_awake(&g);
	g.s.ctlr |= GICD_CTLR_ENABLE_GRP1NS;
	gic_refresh(&g);
	start();
	/* On core 2 runs a guest. */
	g.s.core[2].ich_hcr = ICH_HCR_EN;
	g.view[2].hcr_el2 = 0x18;
	gic_view_changed(&g, 2);
}

static void command(const struct op *o)
{
	static const u8 codes[] = { 0x01, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d,
				    0x0e, 0x0f, 0x21, 0x22, 0x25, 0x29, 0x2a, 0x2b, 0x2d };
	bool wild = o->what & WILD;
	u64 code = wild ? o->a : codes[o->a % ARRAY_SIZE(codes)], at = g.s.its.cwriter % 4096;
	u64 w[4] = { code | (u64)(wild ? o->v : o->b & 3u) << 32,
		     wild ? o->w : (o->v & 7) | (u64)(8192 + (o->w & 0xff)) << 32,
		     (o->c & 0x80 ? VALID : 0) | (o->b >> 2 & 3) | (u64)(o->c & 3) << 16, (o->c >> 2 & 3) << 16 };

	if (code == 8) /* MAPD: [4:0] of the second word are a size */
		w[2] = (w[2] & VALID) | (wild ? o->w : ITTS + (o->b & 3u) * 0x800u);
	if (code > 0x20 && !wild) {
		w[1] = (o->v & 7) | (u64)(o->c & 3) << 32; /* the vPE */
		w[2] |= (o->w & 0xff) + 0x2000 * (code != 0x21) + (o->w >> 8 << 32);
		w[3] = VPENDING + (o->c & 1) * 0x10000u + 15;
	}
	memcpy(ram + GUARD + at, w, sizeof(w));
	its_access(0x88, 8, true, ((at + 32) % 4096) | 1);
}

static void write_memory(const struct op *o)
{
	u32 at = o->v % (RAM_SIZE - 8);

	if (!(o->what & WILD)) /* tables, and the first configuration bytes */
		at = o->v & 0x8000 ? (u32)(CONFIG - RAM_BASE) + o->v % 256 : o->v % 0x8000;
	memcpy(ram + GUARD + at, &o->w, 8);
}

static void message(const struct op *o)
{
	u32 event = o->what & WILD ? (u32)o->w : o->v & 7;
	struct dma_request q = { .stream = o->what & WILD ? o->v : o->b & 3,
				 .address = 0x08090040,
				 .size = 4,
				 .is_write = true,
				 .data = (u8 *)&event };

	bus_dma_access(&bus, &q);
}

static void acknowledge(unsigned core)
{
	u64 intid = 0;

	gic_sysreg_read(&g, core, GIC_ICC_IAR1_EL1, &intid);
	if (intid >> GIC_LPI_ID_BITS)
		abort();
	gic_sysreg_write(&g, core, GIC_ICC_EOIR1_EL1, intid);
}

static void one(const struct op *o)
{
	unsigned core = o->a % CORES;

	switch ((enum kind)((o->what & 0x7f) % KINDS)) {
	case COMMAND: command(o); break;
	case ITS_WRITE: its_access(o->what & WILD ? o->v & 0xffff : o->v & 0x1ff, 1u << (o->b & 3), true, o->w); break;
	case ITS_READ: its_access(o->v & 0xffff, 1u << (o->b & 3), false, 0); break;
	case GICR_WRITE: gicr_write(core, o->v & 0x78, 1u << (o->b & 3), o->w); break;
	case MESSAGE: message(o); break;
	case MEMORY: write_memory(o); break;
	case ACKNOWLEDGE: acknowledge(core); break;
	case VPE:
		gicr_write(core, 0x20070 + (o->b >> 4 & 8), 8,
			   o->what & WILD ? o->w : (o->w & VALID) | (VPENDING + (o->c & 1) * 0x10000u));
		break;
	default: gic_sysreg_write(&g, core, o->b & 1 ? GIC_ICC_PMR_EL1 : GIC_ICC_IGRPEN1_EL1, o->w); break;
	}
}

static void check(void)
{
	static struct gic_state before;
	size_t used = gic_state_size(&g.cfg);
	u8 lines[CORES];

	memcpy(&before, &g.s, used);
	memcpy(lines, outputs, CORES);
	gic_refresh(&g);
	if (memcmp(&before, &g.s, used) || memcmp(lines, outputs, CORES))
		abort();
	for (unsigned i = 0; i < GUARD; i++)
		if (ram[i] || ram[GUARD + RAM_SIZE + i])
			abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct op o;

	build(size && *data & 1);
	if (size) {
		data++;
		size--;
	}
	for (unsigned i = 0; i < OPS_MAX && size >= sizeof(o); i++, data += sizeof(o), size -= sizeof(o)) {
		memcpy(&o, data, sizeof(o));
		one(&o);
	}
	check();
	return 0;
}
