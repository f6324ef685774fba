#include "cpu/points.h"

#include "cpu/engine.h"

/* Instructions that the core has executed, exact within the engine. */
static u64 insns_now(const struct cpu *c)
{
	return c->slice_insns + (ENGINE_COUNT0 - (u32)c->left);
}

static bool is_passed(const struct cpu *c, u64 insns)
{
	return c->passed_insns == insns && c->passed_pc == c->s.pc;
}

static void pass(struct cpu *c, u64 insns, bool watch)
{
	c->passed_watch = watch || (is_passed(c, insns) && c->passed_watch);
	c->passed_insns = insns;
	c->passed_pc = c->s.pc;
}

void points_pass(struct cpu *c)
{
	pass(c, c->s.insns, false);
}

/* ASID of the regime that this core's EL0 is in. */
static u64 asid_now(const struct cpu *c)
{
	if (cpu_el_is_in_host(c, c->s.p.el))
		return (SYSF(c, TCR_EL2, A1) ? SYS(c, TTBR1_EL2) : SYS(c, TTBR0_EL2)) >> 48;
	return (SYSF(c, TCR_EL1, A1) ? SYS(c, TTBR1_EL1) : SYS(c, TTBR0_EL1)) >> 48;
}

static bool place_matches(const struct cpu *c, const struct point *p)
{
	bool host = cpu_el_is_in_host(c, c->s.p.el), guest = c->s.p.el < 2 && !host;

	if (p->core != POINT_ANY && (unsigned)p->core != c->index)
		return false;
	if (p->el != POINT_ANY && p->el != c->s.p.el)
		return false;
	if (p->vmid != POINT_ANY && !(guest && cpu_el2_enabled(c) && SYS(c, VTTBR_EL2) >> 48 == (u64)p->vmid))
		return false;
	return p->asid == POINT_ANY || ((guest || host) && asid_now(c) == (u64)p->asid);
}

static void stop_here(struct cpu *c, const struct point_hit *hit, bool watch)
{
	c->points->hit = *hit;
	pass(c, insns_now(c), watch);
	c->s.mid_run = true;
	c->stop = true;
}

bool points_break(struct cpu *c)
{
	const struct points *all = c->points;

	for (unsigned i = 0; i < all->end; i++) {
		const struct point *p = &all->point[i];

		if (p->what != POINT_EXECUTE || p->at != c->s.pc || !place_matches(c, p) || is_passed(c, insns_now(c)))
			continue;
		stop_here(c, &(struct point_hit){ .any = true, .core = c->index, .number = i, .pc = c->s.pc }, false);
		return true;
	}
	return false;
}

/* Whether [a, a + a_size) and [b, b + b_size) have a byte in common. */
static bool overlap(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return a - b < b_size || b - a < a_size;
}

/* The tag byte of a virtual address does not count. */
static bool address_matches(const struct point *p, u64 va, u64 size, const struct translation *t)
{
	switch ((enum point_space)p->space) {
	case POINT_VA: return overlap(sext(va, 56), size, sext(p->at, 56), p->size);
	case POINT_IPA: return t->s2_used && overlap(t->ipa.v, size, p->at, p->size);
	case POINT_PA: return overlap(t->pa.v, size, p->at, p->size);
	}
	return false;
}

bool points_watch(struct cpu *c, u64 va, unsigned size, const struct mmu_access *a, const struct translation *t)
{
	const struct points *all = c->points;
	bool writes = a->kind == ACCESS_WRITE || a->also_write, reads = a->kind == ACCESS_READ || a->also_write;
	unsigned what = (unsigned)reads * POINT_READ | (unsigned)writes * POINT_WRITE;

	if (!all->watches || (is_passed(c, insns_now(c)) && c->passed_watch))
		return false;
	for (unsigned i = 0; i < all->end; i++) {
		const struct point *p = &all->point[i];

		if (!(p->what & what) || !address_matches(p, va, size, t) || !place_matches(c, p))
			continue;
		stop_here(c,
			  &(struct point_hit){ .any = true,
					       .has_ipa = t->s2_used,
					       .is_write = writes,
					       .core = c->index,
					       .number = i,
					       .pc = c->s.pc,
					       .va = va,
					       .ipa = t->ipa.v,
					       .pa = t->pa.v,
					       .size = size },
			  true);
		c->s.exc.kind = EXC_STOP;
		return true;
	}
	return false;
}

bool points_watch_page(const struct cpu *c, u64 va, const struct translation *t)
{
	struct translation page = *t;

	if (!c->points->watches)
		return false;
	page.pa.v = align_down(t->pa.v, 4096);
	page.ipa.v = align_down(t->ipa.v, 4096);
	for (unsigned i = 0; i < c->points->end; i++) {
		const struct point *p = &c->points->point[i];

		if (p->what & (POINT_READ | POINT_WRITE) && address_matches(p, align_down(va, 4096), 4096, &page))
			return true;
	}
	return false;
}

bool points_break_index(const struct cpu *c, unsigned index)
{
	for (unsigned i = 0; i < c->points->end; i++) {
		const struct point *p = &c->points->point[i];

		if (p->what == POINT_EXECUTE && (p->at >> 2 & (CODE_PAGE_OPS - 1)) == index)
			return true;
	}
	return false;
}

void points_changed(struct cpu *c, const struct point *p)
{
	if (p->what == POINT_EXECUTE)
		code_forget_index(c->code, p->at >> 2 & (CODE_PAGE_OPS - 1));
	else
		for (unsigned i = 0; i < c->peer_count; i++)
			host_flush_data(c->peers[i]);
}
