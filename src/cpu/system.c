/* SVC, HVC, SMC, BRK, HLT, ERET, WFI, WFE: checks, traps, effects. Arm ARM C6.2, D1.3, D1.6. */
#include "cpu/system.h"

#include "cpu/engine.h"
#include "cpu/features.h"
#include "cpu/models.h"
#include "cpu/pauth.h"
#include "cpu/sysinsn.h"
#include "cpu/timer.h"

enum {
	EC_WFX = 0x01,
	EC_SVC64 = 0x15,
	EC_HVC64 = 0x16,
	EC_SMC64 = 0x17,
	EC_ERET = 0x1a,
	EC_BRK = 0x3c,
};

/* ---- calls ---- */

/* HFGITR_EL2.SVC_EL0, SVC_EL1 */
static bool svc_is_trapped(const struct cpu *c)
{
	u64 trap = SYS(c, HFGITR_EL2);

	if (!c->feat.fgt || !cpu_el2_enabled(c) || c->s.p.el > 1 || cpu_el_is_in_host(c, 0))
		return false;
	if (cpu_has_el(c, 3) && !SYSF(c, SCR_EL3, FGTEn))
		return false;
	return c->s.p.el == 0 ? GET(trap, HFGITR_EL2, SVC_EL0) : GET(trap, HFGITR_EL2, SVC_EL1);
}

bool system_svc(struct cpu *c, u64 imm)
{
	if (svc_is_trapped(c))
		cpu_trap(c, 2, EC_SVC64, (u32)imm);
	else
		cpu_call_exception(c, cpu_route_el1(c), EC_SVC64, (u32)imm, true);
	return false;
}

static bool hvc_is_enabled(const struct cpu *c)
{
	if (!cpu_has_el(c, 2) || c->s.p.el == 0 || (c->s.p.el == 1 && !cpu_el2_enabled(c)))
		return false;
	return cpu_has_el(c, 3) ? SYSF(c, SCR_EL3, HCE) : !SYSF(c, HCR_EL2, HCD);
}

bool system_hvc(struct cpu *c, u64 imm)
{
	if (c->s.p.el > 0 && c->firmware_call && c->firmware_call(c->machine, c, false, (u16)imm))
		return true;
	if (!hvc_is_enabled(c))
		cpu_undefined(c);
	else
		cpu_call_exception(c, c->s.p.el == 3 ? 3 : 2, EC_HVC64, (u32)imm, true);
	return false;
}

bool system_smc(struct cpu *c, u64 imm)
{
	if (c->s.p.el == 0) {
		cpu_undefined(c);
		return false;
	}
	if (c->s.p.el == 1 && GET(cpu_hcr(c), HCR_EL2, TSC)) {
		cpu_trap(c, 2, EC_SMC64, (u32)imm);
		return false;
	}
	if (c->firmware_call && c->firmware_call(c->machine, c, true, (u16)imm))
		return true;
	if (!cpu_has_el(c, 3) || SYSF(c, SCR_EL3, SMD))
		cpu_undefined(c);
	else
		cpu_call_exception(c, 3, EC_SMC64, (u32)imm, true);
	return false;
}

bool system_brk(struct cpu *c, u64 imm)
{
	unsigned target = cpu_route_el1(c);

	if (c->s.p.el < 2 && cpu_el2_enabled(c) && SYSF(c, MDCR_EL2, TDE))
		target = 2;
	cpu_trap(c, target, EC_BRK, (u32)imm);
	return false;
}

/* Halting debug is not implemented, so HLT is UNDEFINED but for semihosting. */
bool system_hlt(struct cpu *c, u64 imm)
{
	if (imm == 0xf000 && c->semihosting && c->semihosting(c->machine, c))
		return true;
	cpu_undefined(c);
	return false;
}

/* ---- ERET ---- */

static bool eret_is_trapped(const struct cpu *c)
{
	if (c->s.p.el != 1 || !cpu_el2_enabled(c))
		return false;
	return c->feat.fgt && (!cpu_has_el(c, 3) || SYSF(c, SCR_EL3, FGTEn)) && SYSF(c, HFGITR_EL2, ERET);
}

bool system_eret(struct cpu *c, u64 modifier, bool authenticated, bool key_b)
{
	static const enum sysreg elr[4] = { 0, SR_ELR_EL1, SR_ELR_EL2, SR_ELR_EL3 };
	static const enum sysreg spsr[4] = { 0, SR_SPSR_EL1, SR_SPSR_EL2, SR_SPSR_EL3 };
	unsigned el = c->s.p.el;
	u64 target;

	if (el == 0) {
		cpu_undefined(c);
		return false;
	}
	if (eret_is_trapped(c)) {
		cpu_trap(c, 2, EC_ERET, (u32)authenticated << 1 | (u32)(authenticated && key_b));
		return false;
	}
	target = c->s.sr[elr[el]];
	if (authenticated && !pauth_auth_branch(c, target, modifier, key_b ? PAUTH_IB : PAUTH_IA, &target))
		return false;
	cpu_exception_return(c, target, c->s.sr[spsr[el]]);
	return true;
}

/* ---- waits ---- */

/* The EL that a wait is trapped to, or 0. AArch64.CheckForWFxTrap. */
static unsigned wait_trap(const struct cpu *c, bool is_wfe)
{
	u64 hcr = cpu_hcr(c);
	unsigned el = c->s.p.el;

	if (el == 0) {
		u64 sctlr = cpu_el_is_in_host(c, 0) ? SYS(c, SCTLR_EL2) : SYS(c, SCTLR_EL1);

		if (is_wfe ? !GET(sctlr, SCTLR_EL1, nTWE) : !GET(sctlr, SCTLR_EL1, nTWI))
			return cpu_route_el1(c);
	}
	if (el < 2 && !cpu_el_is_in_host(c, 0) && (is_wfe ? GET(hcr, HCR_EL2, TWE) : GET(hcr, HCR_EL2, TWI)))
		return 2;
	if (el < 3 && cpu_has_el(c, 3) && (is_wfe ? SYSF(c, SCR_EL3, TWE) : SYSF(c, SCR_EL3, TWI)))
		return 3;
	return 0;
}

bool system_wait(struct cpu *c, enum wait_kind kind, u64 deadline, unsigned rt)
{
	bool is_wfe = kind == WAIT_WFE || kind == WAIT_WFET, timed = kind >= WAIT_WFIT;
	unsigned target;

	engine_publish(c);
	if (is_wfe && c->s.event) {
		c->s.event = false;
		return true;
	}
	if (cpu_can_wake(c) || (timed && timer_virtual_count(c) >= deadline))
		return true;
	target = wait_trap(c, is_wfe);
	if (target) {
		/* ISS: CV, COND = 0b1110, RN, RV, TI */
		cpu_trap(c, target, EC_WFX, 1u << 24 | 0xeu << 20 | (timed ? rt << 5 | 1u << 2 : 0) | (u32)kind);
		return false;
	}
	c->s.halt = is_wfe ? CORE_WFE : CORE_WFI;
	c->s.wake_at = timed ? timer_cycle_of_virtual_count(c, deadline) : CLOCK_NEVER;
	return true;
}

void system_send_event(struct cpu *c)
{
	for (unsigned i = 0; i < c->peer_count; i++) {
		c->peers[i]->s.event = true;
		if (c->peers[i]->s.halt == CORE_WFE)
			c->peers[i]->s.halt = CORE_RUNS;
	}
	c->s.event = true;
}
