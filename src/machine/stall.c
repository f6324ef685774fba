/* What keeps a core: for the report on a run that does not get on. */
#include "gic/gic_regs.h"
#include "machine/machine.h"

#define TIMER_CTL_ENABLE 1u
#define TIMER_CTL_IMASK 2u

static bool is_for(const struct machine *m, unsigned core, unsigned intid)
{
	return intid < 32 || intid >= GIC_INTID_LPI || m->gic.s.target[intid - 32] == (s16)core ||
	       (m->gic.s.target[intid - 32] == GIC_TARGET_ANY && core == 0);
}

static void pending(const struct machine *m, unsigned core, unsigned first, unsigned end, struct hyp_stall *out)
{
	for (unsigned i = first; i < end && out->pending_count < HYP_STALL_PENDING; i++)
		if (gic_irq_is_pending(&m->gic, core, i) && is_for(m, core, i)) {
			out->pending[out->pending_count].intid = i;
			out->pending[out->pending_count++].obstacle = gic_irq_obstacle(&m->gic, core, i);
		}
}

static void timers(const struct machine *m, unsigned core, struct hyp_stall *out)
{
	static const struct {
		enum sysreg ctl;
		const char *name;
	} timer[HYP_STALL_TIMERS] = {
		[TIMER_P] = { SR_CNTP_CTL_EL0, "CNTP" },    [TIMER_V] = { SR_CNTV_CTL_EL0, "CNTV" },
		[TIMER_HP] = { SR_CNTHP_CTL_EL2, "CNTHP" }, [TIMER_HV] = { SR_CNTHV_CTL_EL2, "CNTHV" },
		[TIMER_PS] = { SR_CNTPS_CTL_EL1, "CNTPS" },
	};
	const struct cpu *c = m->core[core];

	for (unsigned t = 0; t < HYP_STALL_TIMERS; t++) {
		u64 ctl = c->s.sr[timer[t].ctl];
		unsigned n = c->timer_deadline[t];

		out->timer[t].name = timer[t].name;
		out->timer[t].enabled = ctl & TIMER_CTL_ENABLE;
		out->timer[t].masked = ctl & TIMER_CTL_IMASK;
		out->timer[t].at = n == TIMER_NO_DEADLINE ? CLOCK_NEVER : m->clock.at[n];
	}
}

void hyp_core_stall(const struct machine *m, unsigned core, struct hyp_stall *out)
{
	static const u8 states[] = { [CORE_RUNS] = HYP_CORE_RUNS,
				     [CORE_WFI] = HYP_CORE_WFI,
				     [CORE_WFE] = HYP_CORE_WFE,
				     [CORE_OFF] = HYP_CORE_OFF,
				     [CORE_LOCKUP] = HYP_CORE_LOCKUP };
	const struct cpu *c = m->core[core];
	u64 hcr = cpu_hcr(c);

	*out = (struct hyp_stall){
		.state = states[c->s.halt],
		.pc = c->s.pc,
		.el = c->s.p.el,
		.secure = cpu_is_secure(c),
		.daif = c->s.p.daif,
		.in_guest =
			c->s.p.el < 2 && !GET(hcr, HCR_EL2, TGE) && (GET(hcr, HCR_EL2, VM) || GET(hcr, HCR_EL2, DC)),
		.vmid = (u16)(SYS(c, VTTBR_EL2) >> 48),
		.irq = c->s.line[LINE_IRQ],
		.fiq = c->s.line[LINE_FIQ],
		.virq = c->s.line[LINE_VIRQ],
		.vfiq = c->s.line[LINE_VFIQ],
		.now = m->clock.now,
	};
	pending(m, core, 0, 32 + m->gic.cfg.spis, out);
	if (m->gic.cfg.lpis)
		pending(m, core, GIC_INTID_LPI, 1u << GIC_LPI_ID_BITS, out);
	timers(m, core, out);
}
