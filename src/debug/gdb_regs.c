/* Registers by number: X0-X30, SP, PC, CPSR, V0-V31, FPSR, FPCR, then system registers; little-endian. */
#include <string.h>

#include "debug/gdb_internal.h"

unsigned gdb_reg_size(const struct gdb *g, unsigned n)
{
	if (n >= GDB_SYSREGS + g->sysregs)
		return 0;
	if (n >= GDB_V0 && n < GDB_FPSR)
		return 16;
	return n == GDB_CPSR || n == GDB_FPSR || n == GDB_FPCR ? 4 : 8;
}

static unsigned sysreg_of(const struct gdb *g, unsigned n)
{
	return n == GDB_FPSR ? SR_FPSR : n == GDB_FPCR ? SR_FPCR : g->sysreg[n - GDB_SYSREGS];
}

static u64 *in_core(struct hyp_core *c, unsigned n)
{
	return n == GDB_SP ? &c->sp : n == GDB_PC ? &c->pc : &c->x[n];
}

bool gdb_reg_get(struct gdb *g, unsigned n, u8 value[GDB_REG_MAX])
{
	struct hyp_core c;
	u64 v[2] = { 0 };

	if (n < GDB_CPSR) {
		hyp_core_view(g->m, g->core, &c);
		v[0] = *in_core(&c, n);
	} else if (n == GDB_CPSR) {
		v[0] = hyp_pstate(g->m, g->core);
	} else if (n < GDB_FPSR) {
		hyp_vector(g->m, g->core, n - GDB_V0, v);
	} else if (!hyp_sysreg(g->m, g->core, sysreg_of(g, n), &v[0])) {
		return false;
	}
	memcpy(value, v, sizeof(v));
	return true;
}

bool gdb_reg_set(struct gdb *g, unsigned n, const u8 value[GDB_REG_MAX])
{
	struct hyp_core c;
	u64 v[2];

	memcpy(v, value, sizeof(v));
	if (n < GDB_CPSR) {
		hyp_core_view(g->m, g->core, &c);
		*in_core(&c, n) = v[0];
		hyp_core_set(g->m, g->core, &c);
		return true;
	}
	if (n == GDB_CPSR)
		return hyp_pstate_set(g->m, g->core, (u32)v[0]);
	if (n < GDB_FPSR) {
		hyp_vector_set(g->m, g->core, n - GDB_V0, v);
		return true;
	}
	return hyp_sysreg_set(g->m, g->core, sysreg_of(g, n), v[0]);
}

static void put_reg(struct gdb *g, unsigned n)
{
	u8 value[GDB_REG_MAX];

	if (gdb_reg_get(g, n, value))
		gdb_put_hex(g, value, gdb_reg_size(g, n));
	else
		for (unsigned i = 0; i < gdb_reg_size(g, n); i++)
			gdb_put(g, "xx");
}

/* g: those that every debugger expects; system registers are asked for one by one. */
void gdb_read_all(struct gdb *g)
{
	for (unsigned n = 0; n < GDB_SYSREGS; n++)
		put_reg(g, n);
}

/* All of them are looked at before any is changed. */
void gdb_write_all(struct gdb *g, const char *at)
{
	u8 value[GDB_SYSREGS][GDB_REG_MAX] = { 0 };
	bool ok = true;

	for (unsigned n = 0; n < GDB_SYSREGS; n++)
		ok = ok && gdb_hex_bytes(&at, value[n], gdb_reg_size(g, n));
	if (!ok || *at) {
		gdb_put(g, "E22");
		return;
	}
	/* PSTATE first: it says which stack pointer is meant. */
	ok = gdb_reg_set(g, GDB_CPSR, value[GDB_CPSR]);
	for (unsigned n = 0; n < GDB_SYSREGS; n++)
		ok = (n == GDB_CPSR || gdb_reg_set(g, n, value[n])) && ok;
	gdb_put(g, ok ? "OK" : "E01");
}

void gdb_read_one(struct gdb *g, const char *at)
{
	u64 n;

	if (gdb_hex_number(&at, &n) && !*at && n < GDB_SYSREGS + g->sysregs)
		put_reg(g, (unsigned)n);
	else
		gdb_put(g, "E22");
}

void gdb_write_one(struct gdb *g, const char *at)
{
	u8 value[GDB_REG_MAX] = { 0 };
	u64 n;

	if (!gdb_hex_number(&at, &n) || !gdb_char(&at, '=') || n >= GDB_SYSREGS + g->sysregs ||
	    !gdb_hex_bytes(&at, value, gdb_reg_size(g, (unsigned)n)) || *at)
		gdb_put(g, "E22");
	else
		gdb_put(g, gdb_reg_set(g, (unsigned)n, value) ? "OK" : "E01");
}
