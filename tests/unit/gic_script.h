/*
 * Tests of the GIC are scripts: rows that set the core's state, drive lines, access registers and compare. A script
 * begins with a reset GIC whose cores are awake, core 0 at EL1 (Non-secure unless the script says otherwise).
 */
#ifndef TEST_GIC_SCRIPT_H
#define TEST_GIC_SCRIPT_H

#include <check.h>
#include <string.h>

#include "gic/gic.h"
#include "gic/gic_regs.h"

#define CORES 4
enum { IRQ = 1, FIQ = 2, VIRQ = 4, VFIQ = 8 };
enum { SCR_NS = 1, SCR_IRQ = 2, SCR_FIQ = 4, HCR_FMO = 8, HCR_IMO = 16 };

enum step_op {
	STEP_END,
	STEP_AT,  /* a: the core that acts from here on */
	STEP_EL,  /* a: EL, b: Secure (EL3 counts as Secure) */
	STEP_EL2, /* a: EL2 enabled */
	STEP_HCR,
	STEP_SCR,
	STEP_SPI, /* a: INTID, b: level */
	STEP_PPI,
	STEP_OUT,      /* a: asserted outputs of the core */
	STEP_READ,     /* a: key, b: expected value */
	STEP_WRITE,    /* a: key, b: value */
	STEP_READS_AS, /* a: key, b: expected gic_result */
	STEP_WRITES_AS,
	STEP_DIST_READ, /* a: offset, b: expected value, size */
	STEP_DIST_WRITE,
	STEP_REDIST_READ,
	STEP_REDIST_WRITE,
};

struct step {
	u8 op, size;
	u64 a, b;
};

#define AT(core)                                                                                                       \
	{                                                                                                              \
		STEP_AT, 0, core, 0                                                                                    \
	}
#define EL(el, secure)                                                                                                 \
	{                                                                                                              \
		STEP_EL, 0, el, secure                                                                                 \
	}
#define EL2_ENABLED(on)                                                                                                \
	{                                                                                                              \
		STEP_EL2, 0, on, 0                                                                                     \
	}
#define HCR(v)                                                                                                         \
	{                                                                                                              \
		STEP_HCR, 0, v, 0                                                                                      \
	}
#define SCR(v)                                                                                                         \
	{                                                                                                              \
		STEP_SCR, 0, v, 0                                                                                      \
	}
#define SPI(intid, level)                                                                                              \
	{                                                                                                              \
		STEP_SPI, 0, intid, level                                                                              \
	}
#define PPI(intid, level)                                                                                              \
	{                                                                                                              \
		STEP_PPI, 0, intid, level                                                                              \
	}
#define OUT(mask)                                                                                                      \
	{                                                                                                              \
		STEP_OUT, 0, mask, 0                                                                                   \
	}
#define RD(reg, want)                                                                                                  \
	{                                                                                                              \
		STEP_READ, 0, GIC_##reg, want                                                                          \
	}
#define WR(reg, value)                                                                                                 \
	{                                                                                                              \
		STEP_WRITE, 0, GIC_##reg, value                                                                        \
	}
#define READS_AS(reg, result)                                                                                          \
	{                                                                                                              \
		STEP_READS_AS, 0, GIC_##reg, GIC_##result                                                              \
	}
#define WRITES_AS(reg, result)                                                                                         \
	{                                                                                                              \
		STEP_WRITES_AS, 0, GIC_##reg, GIC_##result                                                             \
	}
#define DR(at, want)                                                                                                   \
	{                                                                                                              \
		STEP_DIST_READ, 4, at, want                                                                            \
	}
#define DW(at, value)                                                                                                  \
	{                                                                                                              \
		STEP_DIST_WRITE, 4, at, value                                                                          \
	}
#define DR8(at, want)                                                                                                  \
	{                                                                                                              \
		STEP_DIST_READ, 1, at, want                                                                            \
	}
#define DW8(at, value)                                                                                                 \
	{                                                                                                              \
		STEP_DIST_WRITE, 1, at, value                                                                          \
	}
#define DR16(at, want)                                                                                                 \
	{                                                                                                              \
		STEP_DIST_READ, 2, at, want                                                                            \
	}
#define DR64(at, want)                                                                                                 \
	{                                                                                                              \
		STEP_DIST_READ, 8, at, want                                                                            \
	}
#define DW64(at, value)                                                                                                \
	{                                                                                                              \
		STEP_DIST_WRITE, 8, at, value                                                                          \
	}
#define RR(at, want)                                                                                                   \
	{                                                                                                              \
		STEP_REDIST_READ, 4, at, want                                                                          \
	}
#define RW(at, value)                                                                                                  \
	{                                                                                                              \
		STEP_REDIST_WRITE, 4, at, value                                                                        \
	}
#define RR8(at, want)                                                                                                  \
	{                                                                                                              \
		STEP_REDIST_READ, 1, at, want                                                                          \
	}
#define RW8(at, value)                                                                                                 \
	{                                                                                                              \
		STEP_REDIST_WRITE, 1, at, value                                                                        \
	}
#define RR64(at, want)                                                                                                 \
	{                                                                                                              \
		STEP_REDIST_READ, 8, at, want                                                                          \
	}
#define END                                                                                                            \
	{                                                                                                              \
		STEP_END, 0, 0, 0                                                                                      \
	}

struct script {
	const char *name;
	bool security;
	struct step steps[64];
};

static struct gic gic;
static u8 outputs[CORES];

static void on_line(void *ctx, unsigned n, bool level)
{
	u8 *out = ctx;

	*out = (u8)(level ? *out | 1u << n : *out & ~(1u << n));
}

static struct gic_config test_config(bool security)
{
	struct gic_config c = { .cores = CORES,
				.spis = 256,
				.list_registers = 4,
				.pri_bits = 5,
				.vpri_bits = 5,
				.vpre_bits = 5,
				.security = security,
				.maintenance = 25 };

	for (unsigned i = 0; i < CORES; i++) {
		c.affinity[i] = i & 1 ? 0x100 | i >> 1 : i >> 1; /* 0.0, 1.0, 0.1, 1.1 */
		for (unsigned k = 0; k < GIC_OUTPUTS; k++)
			c.out[i][k] = (struct line){ on_line, &outputs[i], k };
	}
	return c;
}

static void begin(bool security)
{
	struct gic_config c = test_config(security);

	memset(outputs, 0, sizeof(outputs));
	gic_init(&gic, &c);
	for (unsigned i = 0; i < CORES; i++) {
		gic.s.core[i].asleep = false;
		gic.view[i] = (struct gic_view){ .el = 1, .secure = false, .el2_enabled = true, .scr_el3 = SCR_NS };
	}
	gic_refresh(&gic);
}

static void change_view(unsigned core, const struct step *s)
{
	struct gic_view *v = &gic.view[core];

	switch (s->op) {
	case STEP_EL:
		v->el = (u8)s->a;
		v->secure = s->b;
		if (s->a < 3)
			v->scr_el3 = s->b ? v->scr_el3 & ~(u64)SCR_NS : v->scr_el3 | SCR_NS;
		break;
	case STEP_EL2: v->el2_enabled = s->a; break;
	case STEP_HCR: v->hcr_el2 = s->a; break;
	case STEP_SCR: v->scr_el3 = s->a; break;
	}
	gic_view_changed(&gic, core);
}

static struct bus_access frame_access(unsigned core, const struct step *s)
{
	bool redist = s->op == STEP_REDIST_READ || s->op == STEP_REDIST_WRITE;

	return (struct bus_access){ .offset = s->a + (redist ? (u64)core * GICR_SIZE : 0),
				    .size = s->size,
				    .ns = !gic.view[core].secure };
}

static void expect(const struct script *t, const struct step *s, u64 got, u64 want)
{
	ck_assert_msg(got == want, "%s: row %d: got %#llx, want %#llx", t->name, (int)(s - t->steps) + 1,
		      (unsigned long long)got, (unsigned long long)want);
}

static void perform(const struct script *t, const struct step *s, unsigned core)
{
	struct bus_access a = frame_access(core, s);
	struct line line;
	u64 v = 0;

	switch (s->op) {
	case STEP_SPI:
		line = gic_spi(&gic, (unsigned)s->a);
		line_set(&line, s->b);
		break;
	case STEP_PPI:
		line = gic_ppi(&gic, core, (unsigned)s->a);
		line_set(&line, s->b);
		break;
	case STEP_OUT: expect(t, s, outputs[core], s->a); break;
	case STEP_READ:
		expect(t, s, gic_sysreg_read(&gic, core, (u16)s->a, &v), GIC_OK);
		expect(t, s, v, s->b);
		break;
	case STEP_WRITE: expect(t, s, gic_sysreg_write(&gic, core, (u16)s->a, s->b), GIC_OK); break;
	case STEP_READS_AS: expect(t, s, gic_sysreg_read(&gic, core, (u16)s->a, &v), s->b); break;
	case STEP_WRITES_AS: expect(t, s, gic_sysreg_write(&gic, core, (u16)s->a, 0), s->b); break;
	case STEP_DIST_READ:
		expect(t, s, gic_dist_ops.read(&gic, &a, &v), BUS_OK);
		expect(t, s, v, s->b);
		break;
	case STEP_DIST_WRITE: expect(t, s, gic_dist_ops.write(&gic, &a, s->b), BUS_OK); break;
	case STEP_REDIST_READ:
		expect(t, s, gic_redist_ops.read(&gic, &a, &v), BUS_OK);
		expect(t, s, v, s->b);
		break;
	case STEP_REDIST_WRITE: expect(t, s, gic_redist_ops.write(&gic, &a, s->b), BUS_OK); break;
	default: change_view(core, s); break;
	}
}

static void run_script(const struct script *t)
{
	unsigned core = 0;

	begin(t->security);
	for (const struct step *s = t->steps; s->op != STEP_END; s++) {
		if (s->op == STEP_AT)
			core = (unsigned)s->a;
		else
			perform(t, s, core);
	}
}

#endif
