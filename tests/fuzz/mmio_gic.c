/*
 * Random register accesses, lines and changes of the cores' state against the GIC: nothing may crash, and what the GIC
 * keeps up to date step by step must be what it would compute afresh.
 */
#include <stdlib.h>
#include <string.h>

#include "gic/gic.h"
#include "gic/gic_regs.h"

#define CORES 3

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static const u16 keys[] = {
#define GIC_SYSREG(name, ...) GIC_##name,
#include "gic/sysregs.def"
#undef GIC_SYSREG
};

struct input {
	const u8 *data;
	size_t left;
};

static u64 take(struct input *in, unsigned bytes)
{
	u64 v = 0;

	for (; bytes && in->left; bytes--, in->left--)
		v = v << 8 | *in->data++;
	return v;
}

static void on_line(void *ctx, unsigned n, bool level)
{
	u8 *out = ctx;

	*out = (u8)(level ? *out | 1u << n : *out & ~(1u << n));
}

static void begin(struct gic *g, u8 *outputs, u64 shape)
{
	struct gic_config c = { .cores = CORES,
				.spis = 64,
				.list_registers = 1 + (shape & 15),
				.pri_bits = 5 + (shape >> 4 & 3),
				.vpri_bits = 7,
				.vpre_bits = 5 + (shape >> 6) % 3,
				.security = shape >> 8 & 1,
				.maintenance = 25 };

	for (unsigned i = 0; i < CORES; i++) {
		c.affinity[i] = i;
		for (unsigned k = 0; k < GIC_OUTPUTS; k++)
			c.out[i][k] = (struct line){ on_line, outputs + i, k };
	}
	memset(outputs, 0, CORES);
	gic_init(g, &c);
}

/* Mostly places where registers are. */
static u64 frame_offset(struct input *in, u64 span)
{
	u64 v = take(in, 3);

	return v & 1 ? (v >> 1) % span : (v >> 1 & 0x30fff) % span;
}

static void access_frame(struct gic *g, struct input *in, bool redist, bool write)
{
	const struct bus_device_ops *ops = redist ? &gic_redist_ops : &gic_dist_ops;
	u64 shape = take(in, 1), v;
	struct bus_access a = { .size = (u8)(1u << (shape & 3)), .ns = shape & 4 };

	a.offset = frame_offset(in, redist ? (CORES + 1) * GICR_SIZE : GICD_SIZE);
	if (!(shape & 8)) /* not naturally aligned: no device may rely on it */
		a.offset &= ~(u64)(a.size - 1);
	if (write)
		ops->write(g, &a, take(in, a.size));
	else if (ops->read(g, &a, &v) == BUS_OK && a.size < 8 && v >> a.size * 8)
		abort();
}

static void change_view(struct gic *g, unsigned core, struct input *in)
{
	u64 v = take(in, 1);
	bool ns = !g->cfg.security || v & 1;

	g->view[core].el = v >> 1 & 3;
	if (g->view[core].el == 3 && !g->cfg.security)
		g->view[core].el = 2;
	g->view[core].secure = g->view[core].el == 3 || !ns;
	g->view[core].el2_enabled = v & 8;
	g->view[core].hcr_el2 = v >> 1 & 0x18;
	g->view[core].scr_el3 = (v >> 5 & 6) | ns;
	gic_view_changed(g, core);
}

static void set_line(struct gic *g, unsigned core, struct input *in)
{
	u64 v = take(in, 1);
	unsigned intid = (v & 0x7f) % (32 + g->cfg.spis);
	struct line line;

	intid = intid < 32 ? intid | 16 : intid;
	if (intid == g->cfg.maintenance) /* the GIC's own */
		return;
	line = intid < 32 ? gic_ppi(g, core, intid) : gic_spi(g, intid);
	line_set(&line, v >> 7);
}

static void one(struct gic *g, struct input *in)
{
	u64 op = take(in, 1), v;
	unsigned core = (op >> 3) % CORES;

	switch (op & 7) {
	case 0: change_view(g, core, in); break;
	case 1: set_line(g, core, in); break;
	case 2: access_frame(g, in, false, op & 0x80); break;
	case 3: access_frame(g, in, true, op & 0x80); break;
	case 4: gic_sysreg_read(g, core, keys[take(in, 1) % ARRAY_SIZE(keys)], &v); break;
	case 5: gic_sysreg_write(g, core, (u16)take(in, 2), take(in, 8)); break;
	case 6: gic_sysreg_write(g, core, keys[take(in, 1) % ARRAY_SIZE(keys)], take(in, 2)); break;
	case 7: gic_sysreg_write(g, core, keys[take(in, 1) % ARRAY_SIZE(keys)], take(in, 8)); break;
	}
}

static void check_derived(struct gic *g, const u8 *outputs)
{
	static struct gic_state before;
	size_t used = gic_state_size(&g->cfg);
	u8 lines[CORES];

	memcpy(&before, &g->s, used);
	memcpy(lines, outputs, CORES);
	gic_refresh(g);
	if (memcmp(&before, &g->s, used) || memcmp(lines, outputs, CORES))
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct gic g;
	u8 outputs[CORES];
	struct input in = { data, size };

	begin(&g, outputs, take(&in, 2));
	while (in.left) {
		one(&g, &in);
		check_derived(&g, outputs);
	}
	return 0;
}
