/* A core's state: reset, EL changes, the questions that the pseudocode asks of it. Arm ARM shared/functions. */
#include "cpu/engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cpu/features.h"
#include "cpu/models.h"
#include "cpu/pmu.h"

bool cpu_is_secure_below_el3(const struct cpu *c)
{
	return c->feat.el3 && !SYSF(c, SCR_EL3, NS);
}

static __attribute__((noinline)) void tell_gic(struct cpu *c)
{
	if (!c->gic_view)
		return;
	c->gic_view->el = c->s.p.el;
	c->gic_view->secure = cpu_is_secure(c);
	c->gic_view->el2_enabled = cpu_el2_enabled(c);
	c->gic_view->hcr_el2 = cpu_hcr(c);
	c->gic_view->scr_el3 = c->feat.el3 ? SYS(c, SCR_EL3) : 0;
	if (c->gic.view_changed)
		c->gic.view_changed(c->gic.ctx, c->index);
}

static inline void set_el_sp(struct cpu *c, unsigned el, unsigned sp)
{
	unsigned was = c->s.p.el;

	c->s.sp_el[c->s.p.sp ? was : 0] = c->s.r.x[REG_SP];
	c->s.r.x[REG_SP] = c->s.sp_el[sp ? el : 0];
	c->s.p.sp = (u8)sp;
	if (el == was)
		return;
	c->s.p.el = (u8)el;
	c->context_stale = true;
	/* Below EL3 the security state stays, and with it all else that the GIC goes by (IHI 0069 4.6.2). */
	if (was == 3 || el == 3)
		tell_gic(c);
	else if (c->gic_view)
		c->gic_view->el = (u8)el;
}

static __attribute__((noinline)) void count_and_set_el_sp(struct cpu *c, unsigned el, unsigned sp)
{
	pmu_sync(c);
	set_el_sp(c, el, sp);
}

void cpu_set_el_sp(struct cpu *c, unsigned el, unsigned sp)
{
	if (unlikely(SYS(c, PMCNTENSET_EL0) && el != c->s.p.el))
		count_and_set_el_sp(c, el, sp);
	else
		set_el_sp(c, el, sp);
}

void cpu_context_changed(struct cpu *c)
{
	c->regimes_valid = 0;
	c->context_stale = true;
	tell_gic(c);
}

void cpu_context_register(struct cpu *c, enum sysreg r)
{
	struct regime *el10 = &c->regimes[REGIME_EL10];
	bool patch = c->regimes_valid >> REGIME_EL10 & 1;

	/* What a guest or a hypervisor switches all the time moves one field of one regime. */
	switch (r) {
	case SR_TTBR0_EL1:
	case SR_TTBR1_EL1:
		if (patch)
			regime_update_ttbr(c, el10);
		break;
	case SR_VTTBR_EL2:
		if (patch)
			regime_update_vttbr(c, el10);
		break;
	default: cpu_context_changed(c); return;
	}
	host_forget_contexts(c, REGIME_EL10);
	c->context_stale = true;
}

bool cpu_init(struct cpu *c, struct code_cache *code)
{
	c->tlb = tlb_create();
	c->code = code ? code : calloc(1, sizeof(*c->code));
	if (!c->tlb || !c->code || !host_init(c))
		return false;
	if (!c->code->marked) {
		c->code->marked_pages = c->bus->ram_size >> 12;
		c->code->marked = mmap(NULL, c->code->marked_pages, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (c->code->marked == MAP_FAILED)
			return false;
	}
	mem_init(c);
	tlb_init(c->tlb, c->model->tlb_sets, c->model->tlb_ways, c->trace);
	c->tlb->dropped = host_tlb_dropped;
	c->tlb->dropped_ctx = c;
	return true;
}

static void free_pages(struct code_cache *k)
{
	code_destroy(k);
	munmap(k->marked, k->marked_pages);
	free(k);
}

void cpu_destroy(struct cpu *c, bool with_code)
{
	host_destroy(c);
	if (with_code && c->code)
		free_pages(c->code);
	tlb_destroy(c->tlb);
}

/* AArch64.TakeReset: everything architecturally UNKNOWN is zero here, so that runs are alike. Time goes on. */
void cpu_reset(struct cpu *c, unsigned el, u64 pc)
{
	struct cpu_state *s = &c->s;
	u64 cost = s->cost, insns = s->insns, time = s->time;

	s->r = (struct cpu_regs){ .z = 1 };
	s->p = (struct pstate){ .el = (u8)el, .sp = 1, .daif = 15 };
	s->exc = (struct exc){ 0 };
	s->pmu = (struct pmu_state){ .synced_cycles = cost >> 4, .synced_insns = insns };
	memset(s->sp_el, 0, sizeof(s->sp_el));
	memset(s->z, 0, sizeof(s->z));
	s->pc = pc;
	s->event = s->excl_valid = s->mid_run = s->kicked = false;
	s->nested_exc = 0;
	s->wake_at = CLOCK_NEVER;
	s->cost = cost;
	s->insns = insns;
	s->time = time;
	sysreg_reset(c);
	c->regimes_valid = 0;
	c->cur_ops = NULL;
	cpu_context_changed(c);
	timer_update_all(c);
}

u64 cpu_place(const struct cpu *c)
{
	u64 ttbr = SYSF(c, TCR_EL1, A1) ? SYS(c, TTBR1_EL1) : SYS(c, TTBR0_EL1);
	struct event at;

	at.core = (s16)c->index;
	at.el = c->s.p.el;
	at.secure = cpu_is_secure(c);
	at.vmid = (u16)(SYS(c, VTTBR_EL2) >> 48);
	at.asid = (u16)(ttbr >> 48);
	return at.place;
}
