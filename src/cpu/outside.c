#include "cpu/outside.h"

#include "cpu/engine.h"
#include "cpu/sysreg_row.h"

/*
 * What the engine publishes is that of the core's last slice; an empty one, begun now, makes it say what is so now (a
 * core that was woken, or started, has moved on). The clock is that of the core while it is looked at.
 */
static u64 enter(struct cpu *c)
{
	u64 now = c->clock->now;

	engine_begin(c, c->s.time);
	c->clock->now = c->s.time >> 4;
	return now;
}

static void leave(struct cpu *c, u64 now)
{
	c->clock->now = now;
}

static bool exists(const struct cpu *c, enum sysreg r)
{
	const struct access_row *row = &sysreg_rows[r].a;
	unsigned op1 = row->key >> 11 & 7;

	if (!has_feature(c, row->gate) || r == SR_ID_RESERVED)
		return false;
	/* Stack pointers are there with their EL, though another one names them. */
	if (r == SR_SP_EL1 || r == SR_SP_EL2)
		return r == SR_SP_EL1 || c->feat.el2;
	if ((op1 == 4 || op1 == 5) && !c->feat.el2)
		return false;
	return op1 != 6 || c->feat.el3;
}

/* The SP_ELx that stands in X[REG_SP]; there is no name for EL3's. */
static enum sysreg stack_in_use(const struct cpu *c)
{
	static const enum sysreg stacks[4] = { SR_SP_EL0, SR_SP_EL1, SR_SP_EL2, SR_COUNT };

	return stacks[c->s.p.sp ? c->s.p.el : 0];
}

/* Reading a random number uses it up. */
static bool can_read(enum sysreg r)
{
	return sysreg_rows[r].a.read_el != EL_NEVER && r != SR_RNDR && r != SR_RNDRRS;
}

bool outside_has(struct cpu *c, enum sysreg r)
{
	u64 unused;

	if (!exists(c, r))
		return false;
	if (sysreg_rows[r].owner != OWNER_GIC)
		return true;
	return outside_read(c, r, &unused) || !can_read(r) || r == SR_ICC_IAR0_EL1 || r == SR_ICC_IAR1_EL1;
}

bool outside_read(struct cpu *c, enum sysreg r, u64 *value)
{
	u64 now;
	bool ok = true;

	if (!exists(c, r) || !can_read(r))
		return false;
	now = enter(c);
	if (sysreg_rows[sysreg_alias_target(r)].owner == OWNER_GIC)
		ok = c->gic.peek && c->gic.peek(c->gic.ctx, c->index, r, value);
	else
		*value = r == stack_in_use(c) ? c->s.r.x[REG_SP] : sysreg_peek(c, r);
	leave(c, now);
	return ok;
}

bool outside_write(struct cpu *c, enum sysreg r, u64 value)
{
	enum sysreg target = sysreg_alias_target(r);
	u64 now;
	bool ok = true;

	if (!exists(c, r) || sysreg_rows[target].owner == OWNER_CONST || sysreg_rows[target].a.write_el == EL_NEVER)
		return false;
	now = enter(c);
	if (sysreg_rows[target].owner == OWNER_GIC)
		ok = c->gic.poke && c->gic.poke(c->gic.ctx, c->index, r, value);
	else if (r == stack_in_use(c))
		c->s.r.x[REG_SP] = value;
	else
		sysreg_poke(c, r, value);
	leave(c, now);
	return ok;
}

static void set_flags(struct cpu *c, u64 spsr)
{
	const struct cpu_features *f = &c->feat;
	struct pstate *p = &c->s.p;

	cpu_set_nzcv(c, (u32)spsr);
	p->daif = spsr >> 6 & 15;
	p->il = spsr >> 20 & 1;
	p->ss = spsr >> 21 & 1;
	p->pan = f->pan && (spsr >> 22 & 1);
	p->uao = f->uao && (spsr >> 23 & 1);
	p->dit = f->dit && (spsr >> 24 & 1);
	p->ssbs = f->ssbs && (spsr >> 12 & 1);
	p->btype = f->bti ? spsr >> 10 & 3 : 0;
}

bool outside_set_pstate(struct cpu *c, u64 spsr)
{
	unsigned el = spsr >> 2 & 3, sp = spsr & 1;
	u64 now;

	if (spsr & 0x12 || (!el && sp) || !cpu_has_el(c, el))
		return false;
	now = enter(c);
	cpu_set_el_sp(c, el, sp);
	set_flags(c, spsr);
	c->context_stale = true;
	cpu_kick(c);
	leave(c, now);
	return true;
}
