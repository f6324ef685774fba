#include "cpu/debug.h"

enum { EC_BREAKPOINT = 0x30, EC_STEP = 0x32, EC_WATCHPOINT = 0x34, FSC_DEBUG = 0x22 };

/* DBGBCR.BT: the types that compare addresses; the others compare contexts. */
enum { BT_ADDRESS = 0, BT_ADDRESS_LINKED = 1 };

#define NUMBERS(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15)
#define BVR(n) SR_DBGBVR##n##_EL1,
#define BCR(n) SR_DBGBCR##n##_EL1,
#define WVR(n) SR_DBGWVR##n##_EL1,
#define WCR(n) SR_DBGWCR##n##_EL1,
static const u16 bvr[16] = { NUMBERS(BVR) }, bcr[16] = { NUMBERS(BCR) }, wvr[16] = { NUMBERS(WVR) },
		 wcr[16] = { NUMBERS(WCR) };

/* ---- whether debug exceptions can be taken ---- */

static bool routes_to_el2(const struct cpu *c)
{
	return cpu_el2_enabled(c) && (SYSF(c, HCR_EL2, TGE) || SYSF(c, MDCR_EL2, TDE));
}

/* AArch64.GenerateDebugExceptionsFrom */
static bool enabled_from(const struct cpu *c, unsigned el, bool mask)
{
	unsigned target = routes_to_el2(c) ? 2 : 1;

	if (SYSF(c, OSLSR_EL1, OSLK))
		return false;
	if (cpu_has_el(c, 3) && (el == 3 || cpu_is_secure_below_el3(c)) && SYSF(c, MDCR_EL3, SDD))
		return false;
	if (el == target)
		return SYSF(c, MDSCR_EL1, KDE) && !mask;
	return target > el;
}

static bool enabled(const struct cpu *c)
{
	return enabled_from(c, c->s.p.el, c->s.p.daif & 8);
}

bool debug_is_asked_for(const struct cpu *c)
{
	bool any = false;

	if (SYSF(c, MDSCR_EL1, SS))
		return true;
	if (!SYSF(c, MDSCR_EL1, MDE) || SYSF(c, OSLSR_EL1, OSLK))
		return false;
	for (unsigned n = 0; n < c->feat.breakpoints; n++)
		any |= c->s.sr[bcr[n]] & 1;
	for (unsigned n = 0; n < c->feat.watchpoints; n++)
		any |= c->s.sr[wcr[n]] & 1;
	return any;
}

static void record(struct cpu *c, unsigned ec, u32 iss)
{
	unsigned target = c->s.p.el < 2 && routes_to_el2(c) ? 2 : c->s.p.el > 1 ? c->s.p.el : 1;

	cpu_trap(c, target, ec + (target == c->s.p.el), iss);
}

/* ---- software step ---- */

bool debug_step_is_due(struct cpu *c)
{
	if (!SYSF(c, MDSCR_EL1, SS) || c->s.p.ss || !enabled(c))
		return false;
	/* ISS: ISV and EX tell of the instruction that was stepped, if one was */
	record(c, EC_STEP, (u32)c->s.stepped << 24 | (u32)(c->s.stepped && c->s.stepped_exclusive) << 6 | FSC_DEBUG);
	return true;
}

/* LDXR, LDAXR, LDXP, LDAXP */
static bool is_load_exclusive(u32 word)
{
	return (word & 0x3fc00000) == 0x08400000;
}

bool debug_is_stepping(const struct cpu *c)
{
	return c->s.p.ss && SYSF(c, MDSCR_EL1, SS) && enabled(c);
}

void debug_advance(struct cpu *c, u32 word)
{
	c->s.p.ss = 0;
	c->s.stepped = true;
	c->s.stepped_exclusive = is_load_exclusive(word);
}

bool debug_return_ss(const struct cpu *c, u64 spsr, bool illegal)
{
	unsigned dest = illegal ? c->s.p.el : spsr >> 2 & 3;

	return !enabled(c) && enabled_from(c, dest, bit(spsr, 9)) && bit(spsr, 21);
}

/* ---- what breakpoints and watchpoints have in common ---- */

/* The context that a linked breakpoint n compares: CONTEXTIDR, VMID. AArch64.BreakpointValueMatch for BT = x011… */
static bool context_matches(const struct cpu *c, unsigned n)
{
	u64 value = c->s.sr[bvr[n]], control = c->s.sr[bcr[n]];
	unsigned type = bits(control, 23, 20);
	bool low = c->s.p.el < 2, in_host = cpu_el_is_in_host(c, c->s.p.el);
	u64 vmid_mask = c->feat.vmid16 && SYSF(c, VTCR_EL2, VS) ? 0xffff : 0xff;
	bool cid = (u32)value == (u32)(in_host && type < 4 ? SYS(c, CONTEXTIDR_EL2) : SYS(c, CONTEXTIDR_EL1));
	bool vmid = low && cpu_el2_enabled(c) && !in_host &&
		    (SYS(c, VTTBR_EL2) >> 48 & vmid_mask) == (value >> 32 & vmid_mask);
	bool cid2 = c->s.p.el != 3 && cpu_el2_enabled(c) && value >> 32 == (u32)SYS(c, CONTEXTIDR_EL2);

	if (n >= c->feat.breakpoints || !(control & 1))
		return false;
	switch (type >> 1) {
	case 1: return cid && (low || in_host); /* CONTEXTIDR of the regime */
	case 3: return cid && low && !in_host;	/* CONTEXTIDR_EL1 */
	case 4: return vmid;
	case 5: return vmid && cid;
	case 6: return cid2;
	case 7: return cid2 && cid && low && !in_host;
	default: return false;
	}
}

/* AArch64.StateMatch: SSC [15:14], HMC [13], PMC or PAC [2:1], LBN [19:16], alike in both control registers. */
static bool state_matches(const struct cpu *c, u64 control, unsigned el, bool linked)
{
	unsigned ssc = bits(control, 15, 14), pxc = bits(control, 2, 1);
	bool hmc = bit(control, 13), secure = cpu_is_secure(c), privilege, security;

	switch (el) {
	case 3: privilege = hmc && !(ssc & 1); break;
	case 2: privilege = (hmc && !(ssc == 2 && pxc == 0)) || ssc == 3; break;
	case 1: privilege = pxc & 1; break;
	default: privilege = pxc & 2;
	}
	security = ssc == 0 || (ssc == 1 ? !secure : ssc == 2 ? secure : hmc || secure);
	return privilege && security && (!linked || context_matches(c, (unsigned)bits(control, 19, 16)));
}

/* ---- breakpoints ---- */

static bool breakpoint_matches(const struct cpu *c, unsigned n)
{
	u64 control = c->s.sr[bcr[n]], value = c->s.sr[bvr[n]];
	unsigned type = bits(control, 23, 20);

	if (!(control & 1) || !state_matches(c, control, c->s.p.el, type == BT_ADDRESS_LINKED))
		return false;
	if (type == BT_ADDRESS || type == BT_ADDRESS_LINKED)
		return sext(c->s.pc, 56) >> 2 == sext(value, 56) >> 2;
	/* a context alone: types whose lowest bit, the link, is 0 */
	return !(type & 1) && context_matches(c, n);
}

bool debug_breakpoint(struct cpu *c)
{
	if (!SYSF(c, MDSCR_EL1, MDE) || !enabled(c))
		return false;
	for (unsigned n = 0; n < c->feat.breakpoints; n++)
		if (breakpoint_matches(c, n)) {
			record(c, EC_BREAKPOINT, FSC_DEBUG);
			return true;
		}
	return false;
}

/* ---- watchpoints ---- */

/* AArch64.WatchpointByteMatch */
static bool byte_matches(u64 value, u64 control, u64 va)
{
	unsigned bas = bits(control, 12, 5), mask = (unsigned)bits(control, 28, 24);
	unsigned bottom = bit(value, 2) ? 2 : 3;

	if (!(bas >> (va & ones(bottom)) & 1))
		return false;
	if (mask > bottom)
		return sext(va, 56) >> mask == sext(value, 56) >> mask;
	return sext(va, 56) >> bottom == sext(value, 56) >> bottom;
}

static bool watchpoint_matches(const struct cpu *c, unsigned n, u64 va, unsigned size, const struct mmu_access *a)
{
	u64 control = c->s.sr[wcr[n]];
	unsigned lsc = (unsigned)bits(control, 4, 3);
	bool writes = a->kind == ACCESS_WRITE || a->also_write, reads = a->kind == ACCESS_READ || a->also_write;
	unsigned el = a->privileged ? c->s.p.el : 0;
	bool any = false;

	if (!(control & 1) || !((lsc & 1 && reads) || (lsc & 2 && writes)))
		return false;
	for (unsigned i = 0; i < size; i++)
		any |= byte_matches(c->s.sr[wvr[n]], control, va + i);
	return any && state_matches(c, control, el, bit(control, 20));
}

bool debug_watchpoint(struct cpu *c, u64 va, unsigned size, const struct mmu_access *a)
{
	if (!SYSF(c, MDSCR_EL1, MDE) || !enabled(c))
		return false;
	for (unsigned n = 0; n < c->feat.watchpoints; n++) {
		bool writes = a->kind == ACCESS_WRITE || a->also_write;

		if (!watchpoint_matches(c, n, va, size, a))
			continue;
		/* WnR: a read that was watched for comes first */
		if (a->also_write && bits(c->s.sr[wcr[n]], 4, 3) & 1)
			writes = false;
		record(c, EC_WATCHPOINT, (u32)writes << 6 | FSC_DEBUG);
		c->s.exc.far = va;
		c->s.exc.far_valid = true;
		return true;
	}
	return false;
}
