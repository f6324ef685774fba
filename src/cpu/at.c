/*
 * AT: address translation instructions, and PAR_EL1. Arm ARM C5.4, D19.2 (PAR_EL1); AArch64.AT, AArch64.EncodePAR.
 *
 * The tables are walked, not the TLB asked. The Access flag is set as by a load; the dirty state is not. Where PAR_EL1
 * leaves a choice: NS is also given in Non-secure state; IMPLEMENTATION DEFINED bits are 0.
 */
#include "cpu/engine.h"
#include "cpu/features.h"
#include "cpu/models.h"
#include "cpu/sysinsn.h"

static const struct form {
	u16 insn; /* enum sysinsn */
	u8 el;
	bool both_stages, is_write;
	bool pan; /* PSTATE.PAN counts */
} forms[] = {
	{ SI_AT_S1E1R, 1, false, false, false }, { SI_AT_S1E1W, 1, false, true, false },
	{ SI_AT_S1E0R, 0, false, false, false }, { SI_AT_S1E0W, 0, false, true, false },
	{ SI_AT_S1E1RP, 1, false, false, true }, { SI_AT_S1E1WP, 1, false, true, true },
	{ SI_AT_S1E2R, 2, false, false, false }, { SI_AT_S1E2W, 2, false, true, false },
	{ SI_AT_S12E1R, 1, true, false, false }, { SI_AT_S12E1W, 1, true, true, false },
	{ SI_AT_S12E0R, 0, true, false, false }, { SI_AT_S12E0W, 0, true, true, false },
	{ SI_AT_S1E3R, 3, false, false, false }, { SI_AT_S1E3W, 3, false, true, false },
};

static const struct form *find_form(enum sysinsn which)
{
	for (unsigned i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i].insn == which)
			return &forms[i];
	return NULL;
}

/* Both stages: of EL1&0. Stage 1: of the EL, which in a host (E2H and TGE) means EL2&0 for EL1 and EL0 too. */
static void build_regime(const struct cpu *c, const struct form *f, struct regime *r)
{
	u64 hcr = cpu_hcr(c);
	bool host = c->feat.vhe && GET(hcr, HCR_EL2, E2H) && GET(hcr, HCR_EL2, TGE);

	if (f->el <= 1 && (f->both_stages || !host))
		cpu_build_regime_el10(c, r);
	else
		cpu_build_regime(c, f->el == 3 ? 3 : 2, r);
}

/* ---- PAR_EL1 ---- */

enum { PAR_F = 0, PAR_FST = 1, PAR_SH = 7, PAR_PTW = 8, PAR_NS = 9, PAR_S = 9, PAR_RES1 = 11, PAR_ATTR = 56 };

/* PAREncodeShareability: Device and Non-cacheable memory is Outer Shareable. 0x40 is Non-cacheable with XS = 0. */
static u64 par_shareability(const struct mem_attrs *a)
{
	bool non_cacheable = a->mair == 0x44 || a->mair == 0x40;

	return a->type != MEM_NORMAL || non_cacheable ? 2 : a->sh;
}

static u64 par_of_success(const struct walk *w)
{
	return (w->pa.v & ones(52) & ~ones(12)) | (u64)w->attrs.mair << PAR_ATTR | 1ull << PAR_RES1 |
	       (u64)w->pa.ns << PAR_NS | par_shareability(&w->attrs) << PAR_SH;
}

static u64 par_of_fault(const struct fault *f)
{
	return 1ull << PAR_F | (u64)fault_status_code(f) << PAR_FST | (u64)f->s1ptw << PAR_PTW | (u64)f->s2 << PAR_S |
	       1ull << PAR_RES1;
}

/* ---- the instruction ---- */

/* An external abort, and stage 2's fault on EL1's own stage-1 walk, are exceptions instead of results. */
static bool aborts(const struct cpu *c, const struct fault *f)
{
	bool is_external = f->kind == FAULT_SYNC_EXTERNAL || f->kind == FAULT_SYNC_EXTERNAL_WALK;

	return is_external || (c->s.p.el == 1 && f->s1ptw);
}

static void emit_walk(struct cpu *c, const struct walk *w)
{
	struct event e = { .kind = EV_WALK, .walk = w };

	trace_emit(c->trace, &e);
}

bool sys_at(struct cpu *c, enum sysinsn which, u64 value)
{
	const struct form *f = find_form(which);
	struct mmu_access a = {
		.va = value,
		.kind = f->is_write ? ACCESS_AT_WRITE : ACCESS_AT_READ,
		.privileged = f->el != 0,
		.pan = f->pan && c->s.p.pan,
		.s1_only = !f->both_stages,
	};
	struct regime r;
	struct walk w;
	bool ok;

	build_regime(c, f, &r);
	ok = mmu_walk(&r, &a, &c->memory, &w);
	engine_charge(c, (u64)w.reads * c->model->cost[TIMING_walk_read]);
	if (trace_wants(c->trace, EV_WALK))
		emit_walk(c, &w);
	if (!ok && aborts(c, &w.fault)) {
		cpu_data_abort(c, &w.fault, &a, 0);
		return false;
	}
	SYS(c, PAR_EL1) = ok ? par_of_success(&w) : par_of_fault(&w.fault);
	return true;
}
