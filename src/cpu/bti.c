/* Branch target identification (FEAT_BTI): what may be reached by an indirect branch in a guarded page. Arm ARM D8.4.4.
 */
#include "cpu/engine.h"

static u64 sctlr(const struct cpu *c)
{
	static const enum sysreg of[4] = { SR_SCTLR_EL1, SR_SCTLR_EL1, SR_SCTLR_EL2, SR_SCTLR_EL3 };

	return cpu_el_is_in_host(c, c->s.p.el) ? SYS(c, SCTLR_EL2) : c->s.sr[of[c->s.p.el]];
}

/* BTypeCompatible_BTI, BTypeCompatible_PACIXSP; BRK and HLT are always compatible. */
static bool is_compatible(const struct cpu *c, u32 word, unsigned btype)
{
	if ((word & 0xffffff3f) == 0xd503241f) {
		unsigned kind = word >> 6 & 3; /* none, c, j, jc */

		return kind == 3 || (kind == 1 && btype != 3) || (kind == 2 && btype != 2);
	}
	if ((word & 0xffffffbf) == 0xd503233f) /* PACIASP, PACIBSP */
		return btype != 3 || !bit(sctlr(c), c->s.p.el == 0 ? 35 : 36);
	return (word & 0xffe0001f) == 0xd4200000 || (word & 0xffe0001f) == 0xd4400000;
}

bool engine_bti_allows(struct cpu *c, u64 va, u32 word)
{
	unsigned btype = engine_btype(c);

	if (!btype || !engine_page_guarded(c, va) || is_compatible(c, word, btype))
		return true;
	c->s.pc = va;
	cpu_trap(c, cpu_route_el1(c), 0x0d, btype);
	return false;
}
