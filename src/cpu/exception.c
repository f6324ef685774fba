/*
 * Exceptions: who takes them, what they record, and the way back. AArch64.TakeException, AArch64.ExceptionReturn,
 * AArch64.ReportException, and their callers.
 */
#include "cpu/engine.h"
#include "cpu/debug.h"

#include <string.h>

#include "cpu/features.h"
#include "cpu/models.h"

/* A loop of synchronous exceptions to the same EL with no ERET between them: beyond this many, the core is lost. */
#define LOCKUP_DEPTH 4096

/* The registers of an EL that takes exceptions. */
static const struct taker {
	u16 esr, far, elr, spsr, vbar, sctlr;
} taker[] = {
#define TAKER(el)                                                                                                      \
	{                                                                                                              \
		SR_ESR_##el, SR_FAR_##el, SR_ELR_##el, SR_SPSR_##el, SR_VBAR_##el, SR_SCTLR_##el                       \
	}
	[1] = TAKER(EL1),
	[2] = TAKER(EL2),
	[3] = TAKER(EL3),
};

/* ---- recording ---- */

static bool tge(const struct cpu *c)
{
	return GET(cpu_hcr(c), HCR_EL2, TGE);
}

unsigned cpu_route_el1(const struct cpu *c)
{
	if (c->s.p.el == 0)
		return tge(c) ? 2 : 1;
	return c->s.p.el;
}

static struct exc *record(struct cpu *c, enum exc_kind kind, unsigned target_el, unsigned ec, u32 iss)
{
	c->s.exc = (struct exc){ .kind = (u8)kind,
				 .target_el = (u8)target_el,
				 .btype = (u8)engine_btype(c),
				 .esr = (u64)ec << 26 | 1u << 25 | iss,
				 .pc = c->s.pc };
	return &c->s.exc;
}

void cpu_trap(struct cpu *c, unsigned target_el, unsigned ec, u32 iss)
{
	/* Under TGE nothing at EL0 goes to EL1. */
	if (target_el == 1 && c->s.p.el == 0)
		target_el = cpu_route_el1(c);
	if (target_el < c->s.p.el)
		target_el = c->s.p.el;
	record(c, EXC_SYNC, target_el, ec, iss);
}

void cpu_undefined(struct cpu *c)
{
	record(c, EXC_SYNC, cpu_route_el1(c), 0, 0);
}

void cpu_call_exception(struct cpu *c, unsigned target_el, unsigned ec, u32 iss, bool after)
{
	struct exc *e = record(c, EXC_SYNC, target_el, ec, iss);

	if (!after)
		return;
	e->pc += 4;
	c->s.p.ss = 0; /* SSAdvance: a call was stepped when its exception is taken */
}

void cpu_illegal_state(struct cpu *c)
{
	record(c, EXC_SYNC, cpu_route_el1(c), 0x0e, 0);
}

void cpu_pc_alignment(struct cpu *c, u64 pc)
{
	struct exc *e = record(c, EXC_SYNC, cpu_route_el1(c), 0x22, 0);

	e->pc = pc;
	e->far = pc;
	e->far_valid = true;
}

void cpu_sp_alignment(struct cpu *c)
{
	record(c, EXC_SYNC, cpu_route_el1(c), 0x26, 0);
}

static bool is_external(const struct fault *f)
{
	return f->kind == FAULT_SYNC_EXTERNAL || f->kind == FAULT_SYNC_EXTERNAL_WALK;
}

/* AArch64.SyncExternalAbortTarget and the routing of AArch64.DataAbort. */
static unsigned abort_target(const struct cpu *c, const struct fault *f)
{
	unsigned el = c->s.p.el;
	bool guest = el < 2 && cpu_el2_enabled(c);
	bool to_el2 = guest && (f->s2 || SYSF(c, HCR_EL2, TGE));

	if (is_external(f)) {
		if (el == 3 || (cpu_has_el(c, 3) && SYSF(c, SCR_EL3, EA)))
			return 3;
		to_el2 |= guest && SYSF(c, HCR_EL2, TEA);
	}
	if (el >= 2)
		return el;
	return to_el2 ? 2 : 1;
}

/* Unsigned offset; unscaled or unprivileged; register offset. */
static bool is_plain_ls(u32 w)
{
	return (w & 0x3f000000) == 0x39000000 || (w & 0x3f200400) == 0x38000000 || (w & 0x3f200c00) == 0x38200800;
}

/* LSInstructionSyndrome: ISS[24:14] for loads and stores of one general-purpose register without writeback; else 0. */
static u32 ls_syndrome(u32 w)
{
	unsigned size = w >> 30, opc = w >> 22 & 3, rt = w & 31;
	bool sign = opc & 2, is64 = sign ? opc == 2 : size == 3, ar = false;

	if (is_plain_ls(w)) {
		/* as above */
	} else if ((w & 0x3fa00000) == 0x08800000 || (w & 0x3ffffc00) == 0x38bfc000) {
		ar = true; /* LDAR, STLR, LDLAR, STLLR; LDAPR */
		sign = false;
		is64 = size == 3;
	} else if ((w & 0x3f200c00) == 0x19000000) {
		ar = true; /* LDAPUR, STLUR */
	} else if ((w & 0x3f000000) == 0x18000000) {
		sign = size == 2; /* LDR (literal): opc in [31:30] */
		is64 = size != 0;
		size = size == 1 ? 3 : 2;
		if (w >> 30 == 3)
			return 0;
	} else {
		return 0;
	}
	return 1u << 24 | size << 22 | (u32)sign << 21 | rt << 16 | (u32)is64 << 15 | (u32)ar << 14;
}

static void record_abort(struct cpu *c, const struct fault *f, unsigned ec, u32 iss)
{
	unsigned target = abort_target(c, f);
	struct exc *e = record(c, EXC_SYNC, target, ec + (target == c->s.p.el), iss);

	e->far = f->va;
	e->far_valid = true;
	e->ipa = f->ipa.v;
	e->ipa_ns = f->ipa_ns && cpu_is_secure(c);
	e->hpfar_valid = f->ipa_valid && target == 2;
}

/* AArch64.FaultSyndrome, data side. */
void cpu_data_abort(struct cpu *c, const struct fault *f, const struct mmu_access *a, u32 insn)
{
	bool cache = a->kind == ACCESS_CACHE || a->kind == ACCESS_AT_READ || a->kind == ACCESS_AT_WRITE;
	/* An atomic: a write only if a read would not have faulted the same way. */
	bool is_write = cache || (a->also_write ? f->write : a->kind == ACCESS_WRITE);
	u32 iss = fault_status_code(f);

	if (f->s2 && !f->s1ptw && !is_external(f) && !cache)
		iss |= ls_syndrome(insn);
	iss |= (u32)f->s1ptw << 7 | (u32)is_write << 6 | (u32)cache << 8;
	record_abort(c, f, 0x24, iss);
}

void cpu_fetch_abort(struct cpu *c, const struct fault *f)
{
	record_abort(c, f, 0x20, fault_status_code(f) | (u32)f->s1ptw << 7);
}

/* ---- taking ---- */

static inline u64 spsr_with(const struct cpu *c, unsigned btype)
{
	const struct pstate *p = &c->s.p;

	return cpu_nzcv(c) | (u64)p->tco << 25 | (u64)p->dit << 24 | (u64)p->uao << 23 | (u64)p->pan << 22 |
	       (u64)p->ss << 21 | (u64)p->il << 20 | (u64)p->allint << 13 | (u64)p->ssbs << 12 | (u64)btype << 10 |
	       (u64)p->daif << 6 | (u64)p->el << 2 | p->sp;
}

u64 cpu_spsr(const struct cpu *c)
{
	return spsr_with(c, engine_btype(c));
}

static const char *const vector_names[] = { "", "sync", "irq", "fiq", "serror" };

/* What lies between `low`, where the core was or goes to, and `high`. */
static enum crossing crossing_of(const struct cpu *c, unsigned low, unsigned high)
{
	u64 hcr = cpu_hcr(c);

	if (low > 1 || high < 1 || high > 2 || low == high)
		return CROSS_OTHER;
	if (high == 1 || GET(hcr, HCR_EL2, TGE))
		return low == 0 ? CROSS_KERNEL : CROSS_OTHER;
	return GET(hcr, HCR_EL2, VM) || GET(hcr, HCR_EL2, DC) ? CROSS_VM : CROSS_HOST;
}

static void emit_exit(struct cpu *c, const struct exc *e)
{
	struct event ev = { .kind = EV_HYP };
	u64 ipa = e->hpfar_valid ? e->ipa >> 12 << 12 | (e->far & 0xfff) : 0;

	ev.hyp = (struct ev_hyp){ "vm-exit", { e->kind, e->esr, e->pc, ipa } };
	trace_emit(c->trace, &ev);
}

static __attribute__((noinline)) void emit_taken(struct cpu *c, const struct exc *e, unsigned from, unsigned offset,
						 u64 spsr)
{
	enum crossing crossing = crossing_of(c, from, e->target_el);
	struct event ev = { .kind = EV_EXC };
	bool sync = e->kind == EXC_SYNC || e->kind == EXC_SERROR;

	if (trace_wants(c->trace, EV_EXC)) {
		ev.exc = (struct ev_exc){ .vector = vector_names[e->kind],
					  .from_el = (u8)from,
					  .to_el = e->target_el,
					  .crossing = crossing,
					  .offset = (u16)offset,
					  .esr = e->esr,
					  .far = e->far,
					  .hpfar = SYS(c, HPFAR_EL2),
					  .elr = e->pc,
					  .spsr = spsr,
					  .new_pc = c->s.pc,
					  .has_esr = sync,
					  .has_far = e->far_valid,
					  .has_hpfar = e->hpfar_valid };
		trace_emit(c->trace, &ev);
	}
	if (trace_wants(c->trace, EV_HYP) && crossing == CROSS_VM)
		emit_exit(c, e);
}

static unsigned vector_offset(const struct cpu *c, const struct exc *e)
{
	unsigned offset = ((unsigned)e->kind - EXC_SYNC) * 0x80;

	if (e->target_el > c->s.p.el)
		return offset + 0x400; /* no AArch32: never 0x600 */
	return offset + (c->s.p.sp ? 0x200 : 0);
}

/* PSTATE on entry to AArch64 at `el`, the rest of AArch64.TakeException. */
static void entry_pstate(struct cpu *c, unsigned el, u64 sctlr)
{
	const struct cpu_features *f = &c->feat;
	struct pstate *p = &c->s.p;

	p->ss = 0;
	p->daif = 15;
	p->il = 0;
	if (f->pan && (el == 1 || (el == 2 && cpu_el_is_in_host(c, 0))) && !(sctlr >> SCTLR_EL1_SPAN_LSB & 1))
		p->pan = 1;
	p->uao = 0;
	p->btype = 0;
	if (f->ssbs)
		p->ssbs = sctlr >> SCTLR_EL1_DSSBS_LSB & 1;
}

static void write_syndrome(struct cpu *c, const struct exc *e, const struct taker *t)
{
	if (e->kind == EXC_IRQ || e->kind == EXC_FIQ)
		return;
	c->s.sr[t->esr] = e->esr;
	if (e->far_valid)
		c->s.sr[t->far] = e->far;
	if (e->hpfar_valid)
		SYS(c, HPFAR_EL2) = e->ipa >> 12 << 4 | (u64)e->ipa_ns << 63;
}

static void watch_for_lockup(struct cpu *c, const struct exc *e, unsigned from)
{
	if (e->kind != EXC_SYNC || e->target_el != from)
		return;
	if (++c->s.nested_exc > LOCKUP_DEPTH)
		c->s.halt = CORE_LOCKUP;
}

void cpu_take_exception(struct cpu *c)
{
	struct exc e = c->s.exc;
	const struct taker *t = &taker[e.target_el];
	unsigned from = c->s.p.el, offset = vector_offset(c, &e);
	u64 spsr = spsr_with(c, e.btype);

	c->s.exc.kind = EXC_NONE;
	watch_for_lockup(c, &e, from);
	write_syndrome(c, &e, t);
	cpu_set_el_sp(c, e.target_el, 1);
	c->s.sr[t->spsr] = spsr;
	c->s.sr[t->elr] = e.pc;
	entry_pstate(c, e.target_el, c->s.sr[t->sctlr]);
	c->context_stale = true; /* PAN */
	c->s.pc = (c->s.sr[t->vbar] & ~0x7ffull) | offset;
	engine_charge(c, c->model->cost[TIMING_exception_entry]);
	if (unlikely(c->trace->mask))
		emit_taken(c, &e, from, offset, spsr);
}

/* ---- interrupts ---- */

/* Which of SError (4), IRQ (2), FIQ (1) would be taken by `mask` bits as PSTATE.{A,I,F}. */
static unsigned physical_unmasked(const struct cpu *c, unsigned pending)
{
	unsigned mask = c->s.p.daif & 7, el = c->s.p.el;
	u64 hcr = cpu_hcr(c);

	if (cpu_el2_enabled(c)) {
		unsigned override =
			(unsigned)(GET(hcr, HCR_EL2, AMO) << 2 | GET(hcr, HCR_EL2, IMO) << 1 | GET(hcr, HCR_EL2, FMO));

		if (GET(hcr, HCR_EL2, TGE))
			override = GET(hcr, HCR_EL2, E2H) ? 0 : 7;
		if (el < 2)
			mask &= ~override;
		else if (el == 2 && !GET(hcr, HCR_EL2, TGE))
			mask |= ~override & 7;
	}
	if (cpu_has_el(c, 3)) {
		unsigned to_el3 =
			(unsigned)(SYSF(c, SCR_EL3, EA) << 2 | SYSF(c, SCR_EL3, IRQ) << 1 | SYSF(c, SCR_EL3, FIQ));

		mask = el == 3 ? mask | (~to_el3 & 7) : mask & ~to_el3;
	}
	return pending & ~mask;
}

static unsigned physical_pending(const struct cpu *c)
{
	return (unsigned)c->s.line[LINE_SERROR] << 2 | (unsigned)c->s.line[LINE_IRQ] << 1 | c->s.line[LINE_FIQ];
}

/* VSE, VI and VF of HCR_EL2, or what the GIC's virtual CPU interface signals; not yet masked by PSTATE. */
static unsigned virtual_pending(const struct cpu *c)
{
	u64 hcr = cpu_hcr(c);
	unsigned enabled =
		(unsigned)(GET(hcr, HCR_EL2, AMO) << 2 | GET(hcr, HCR_EL2, IMO) << 1 | GET(hcr, HCR_EL2, FMO));
	unsigned pending =
		(unsigned)(GET(hcr, HCR_EL2, VSE) << 2 | (GET(hcr, HCR_EL2, VI) | c->s.line[LINE_VIRQ]) << 1 |
			   GET(hcr, HCR_EL2, VF) | c->s.line[LINE_VFIQ]);

	if (!cpu_el2_enabled(c) || GET(hcr, HCR_EL2, TGE) || c->s.p.el > 1)
		return 0;
	return pending & enabled;
}

/* The target of a physical interrupt; `bit` as in physical_unmasked(). AArch64.TakePhysicalIRQException etc. */
static unsigned physical_target(const struct cpu *c, unsigned which)
{
	u64 hcr = cpu_hcr(c);
	bool to3 = which == 2 ? SYSF(c, SCR_EL3, IRQ) : which == 1 ? SYSF(c, SCR_EL3, FIQ) : SYSF(c, SCR_EL3, EA);
	bool to2 = which == 2 ? GET(hcr, HCR_EL2, IMO) : which == 1 ? GET(hcr, HCR_EL2, FMO) : GET(hcr, HCR_EL2, AMO);

	if (cpu_has_el(c, 3) && to3)
		return 3;
	if (cpu_el2_enabled(c) && c->s.p.el < 3 && (to2 || GET(hcr, HCR_EL2, TGE) || c->s.p.el == 2))
		return 2;
	return 1;
}

static void record_interrupt(struct cpu *c, unsigned which, unsigned target)
{
	static const u8 kinds[] = { [1] = EXC_FIQ, [2] = EXC_IRQ, [4] = EXC_SERROR };
	struct exc *e = record(c, kinds[which], target, 0, 0);

	if (which != 4)
		e->esr = 0;
	else
		e->esr = 0x2full << 26 | 1u << 25;
}

static unsigned highest(unsigned set)
{
	/* SError, then FIQ before IRQ: IMPLEMENTATION DEFINED, and what the pseudocode tries first does no harm. */
	return set & 4 ? 4 : set & 1 ? 1 : 2;
}

static bool take_virtual_serror(struct cpu *c)
{
	u64 vsesr = SYS(c, VSESR_EL2);

	record_interrupt(c, 4, 1);
	if (c->feat.ras)
		c->s.exc.esr |= vsesr & 0x1ffffff;
	SYS(c, HCR_EL2) &= ~(1ull << HCR_EL2_VSE_LSB);
	return true;
}

/* The fetch comes before the check of PSTATE.IL: its Alignment fault or abort has priority (D1.3.5, prioritization). */
static void fetch_in_illegal_state(struct cpu *c)
{
	struct translation t;

	if (c->context_stale)
		host_context(c);
	if (engine_fetch_translate(c, c->s.pc, &t))
		cpu_illegal_state(c);
}

bool cpu_pending_interrupt(struct cpu *c)
{
	unsigned pending = physical_pending(c), set;

	if (c->s.p.il) {
		fetch_in_illegal_state(c);
		return true;
	}
	set = pending ? physical_unmasked(c, pending) : 0;
	if (set) {
		unsigned which = highest(set);

		record_interrupt(c, which, physical_target(c, which));
		return true;
	}
	if (c->s.p.el > 1 || !cpu_el2_enabled(c))
		return false;
	set = virtual_pending(c) & ~(unsigned)(c->s.p.daif & 7);
	if (!set)
		return false;
	if (set & 4)
		return take_virtual_serror(c);
	record_interrupt(c, highest(set), 1);
	return true;
}

static const char *physical_obstacle(const struct cpu *c, unsigned which)
{
	bool to3 = which == 2 ? SYSF(c, SCR_EL3, IRQ) : SYSF(c, SCR_EL3, FIQ);

	if (physical_unmasked(c, which))
		return NULL;
	if (c->s.p.el == 3 && !to3)
		return which == 2 ? "the core is at EL3, where SCR_EL3.IRQ=0 keeps it pending"
				  : "the core is at EL3, where SCR_EL3.FIQ=0 keeps it pending";
	if (c->s.p.daif & which)
		return which == 2 ? "PSTATE.I masks it" : "PSTATE.F masks it";
	return which == 2 ? "the core is at EL2, where HCR_EL2.IMO=0 keeps it pending for EL1"
			  : "the core is at EL2, where HCR_EL2.FMO=0 keeps it pending for EL1";
}

static const char *virtual_obstacle(const struct cpu *c, unsigned which)
{
	u64 hcr = cpu_hcr(c);

	if (!cpu_el2_enabled(c))
		return "EL2 is not enabled in this security state";
	if (GET(hcr, HCR_EL2, TGE))
		return "HCR_EL2.TGE=1: no guest runs";
	if (c->s.p.el > 1)
		return "the core is above EL1: virtual interrupts wait for the guest";
	if (which == 2 ? !GET(hcr, HCR_EL2, IMO) : !GET(hcr, HCR_EL2, FMO))
		return which == 2 ? "HCR_EL2.IMO=0: there are no virtual IRQs"
				  : "HCR_EL2.FMO=0: there are no virtual FIQs";
	if (c->s.p.daif & which)
		return which == 2 ? "the guest's PSTATE.I masks it" : "the guest's PSTATE.F masks it";
	return NULL;
}

const char *cpu_interrupt_obstacle(const struct cpu *c, enum cpu_line which)
{
	switch (which) {
	case LINE_IRQ: return physical_obstacle(c, 2);
	case LINE_FIQ: return physical_obstacle(c, 1);
	case LINE_VIRQ: return virtual_obstacle(c, 2);
	case LINE_VFIQ: return virtual_obstacle(c, 1);
	default: return NULL;
	}
}

bool cpu_can_wake(const struct cpu *c)
{
	const u64 virtual = 1ull << HCR_EL2_VSE_LSB | 1ull << HCR_EL2_VI_LSB | 1ull << HCR_EL2_VF_LSB;
	u64 lines;

	_Static_assert(sizeof(lines) == sizeof(c->s.line), "all lines at once");
	memcpy(&lines, c->s.line, sizeof(lines));
	if (likely(!lines && !(SYS(c, HCR_EL2) & virtual)))
		return false;
	return physical_pending(c) || virtual_pending(c);
}

/* ---- returning ---- */

u64 cpu_branch_addr(const struct cpu *c, u64 va)
{
	const struct stage1 *s = &c->regime->s1;
	bool high = s->two_halves && bit(va, 55);
	const struct s1_half *h = &s->half[high];

	if (!h->tbi || h->tbid)
		return va;
	return high ? va | 0xffull << 56 : va & ~(0xffull << 56);
}

/* IllegalExceptionReturn, with no AArch32 anywhere. */
static bool is_illegal_return(const struct cpu *c, u64 spsr)
{
	unsigned el = spsr >> 2 & 3;

	if (spsr & 0x12 || (el == 0 && (spsr & 1)) || !cpu_has_el(c, el) || el > c->s.p.el)
		return true;
	if (c->s.p.el == 3 && !SYSF(c, SCR_EL3, RW) && el == (cpu_el2_enabled(c) ? 2u : 1u))
		return true;
	if (el == 2)
		return !cpu_el2_enabled(c);
	return el == 1 && cpu_el2_enabled(c) && (SYSF(c, HCR_EL2, TGE) || !SYSF(c, HCR_EL2, RW));
}

static void restore_pstate(struct cpu *c, u64 spsr, bool illegal)
{
	const struct cpu_features *f = &c->feat;
	struct pstate *p = &c->s.p;

	cpu_set_nzcv(c, (u32)spsr);
	p->ss = unlikely(SYSF(c, MDSCR_EL1, SS)) && debug_return_ss(c, spsr, illegal);
	p->daif = spsr >> 6 & 15;
	if (f->pan)
		p->pan = spsr >> 22 & 1;
	c->s.stepped = false;
	if (illegal) {
		p->il = 1;
		return;
	}
	p->il = spsr >> 20 & 1;
	if (f->ssbs)
		p->ssbs = spsr >> 12 & 1;
	if (f->uao)
		p->uao = spsr >> 23 & 1;
	if (f->dit)
		p->dit = spsr >> 24 & 1;
	cpu_set_el_sp(c, spsr >> 2 & 3, spsr & 1);
	if (f->bti) {
		p->btype = spsr >> 10 & 3;
		c->btype_left = (u32)c->left - 1; /* the ERET itself is not counted yet */
	}
}

static __attribute__((noinline)) void emit_return(struct cpu *c, unsigned from, u64 spsr, bool illegal)
{
	struct event ev = { .kind = EV_ERET };
	enum crossing crossing = crossing_of(c, c->s.p.el, from);

	if (trace_wants(c->trace, EV_ERET)) {
		ev.eret = (struct ev_eret){ (u8)from, c->s.p.el, crossing, spsr, c->s.pc, illegal };
		trace_emit(c->trace, &ev);
	}
	if (trace_wants(c->trace, EV_HYP) && crossing == CROSS_VM) {
		ev = (struct event){ .kind = EV_HYP };
		ev.hyp = (struct ev_hyp){ "vm-entry", { c->s.pc, spsr, SYS(c, VTTBR_EL2), 0 } };
		trace_emit(c->trace, &ev);
	}
}

void cpu_exception_return(struct cpu *c, u64 new_pc, u64 spsr)
{
	unsigned from = c->s.p.el;
	bool illegal = is_illegal_return(c, spsr);

	engine_charge(c, c->model->cost[TIMING_exception_return]); /* still of this EL, for the PMU */
	restore_pstate(c, spsr, illegal);
	c->s.nested_exc = 0;
	c->s.excl_valid = false;
	c->s.event = true;
	c->context_stale = true;
	host_context(c);
	c->s.pc = cpu_branch_addr(c, new_pc);
	if (c->s.p.il || cpu_can_wake(c))
		cpu_kick(c);
	if (unlikely(c->trace->mask))
		emit_return(c, from, spsr, illegal);
}
