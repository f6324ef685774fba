/*
 * TLBI. Arm ARM D8.14, C5.5; AArch64.TLBI_VA, AArch64.TLBI_RVA, AArch64.TLBI_IPAS2 and kin.
 *
 * What an instruction removes follows from its encoding: op1 tells whose translations, op2 by what, CRm how far and
 * whether a range. An operation is complete when it was executed: nXS forms and DSB have nothing left to do. Cores are
 * in one shareability domain: Inner and Outer Shareable reach all of them.
 */
#include "cpu/tlbi.h"

struct form {
	const char *name; /* "VAE1IS" */
	u8 op1, crm, op2;
};

static const struct form forms[SI_COUNT] = {
#define SYSINSN(name, op1, crn, crm, op2, ...) [SI_##name] = { &#name[5], op1, crm, op2 },
#include "cpu/sysinsns.def"
};

enum { OP1_EL1 = 0, OP1_EL2 = 4, OP1_EL3 = 6 };

/* ---- which translations ---- */

static bool by_ipa(const struct form *f)
{
	return f->op1 == OP1_EL2 && (f->crm == 0 || f->crm == 4);
}

/* op2, but for the operations by IPA */
static enum tlbi_op operation(const struct form *f)
{
	static const u8 el1[8] = { TLBI_VMALL, TLBI_VA, TLBI_ASID, TLBI_VAA, 0, TLBI_VA, 0, TLBI_VAA };
	static const u8 el23[8] = { TLBI_ALL, TLBI_VA, 0, 0, TLBI_ALL, TLBI_VA, TLBI_VMALLS12, 0 };

	return by_ipa(f) ? TLBI_IPA : f->op1 == OP1_EL1 ? el1[f->op2] : el23[f->op2];
}

/* EL1's forms act on EL2&0 in a host; EL2's forms 4 and 6, and those by IPA, act on EL1&0. */
static enum regime_id regime_of(const struct cpu *c, const struct form *f)
{
	u64 hcr = SYS(c, HCR_EL2);
	bool e2h = c->feat.vhe && cpu_el2_enabled(c) && GET(hcr, HCR_EL2, E2H);

	if (f->op1 == OP1_EL3)
		return REGIME_EL3;
	if (f->op1 == OP1_EL1)
		return e2h && GET(hcr, HCR_EL2, TGE) ? REGIME_EL20 : REGIME_EL10;
	if (by_ipa(f) || f->op2 == 4 || f->op2 == 6)
		return REGIME_EL10;
	return e2h ? REGIME_EL20 : REGIME_EL2;
}

/* VMID[] */
static u16 current_vmid(const struct cpu *c)
{
	u64 vmid = SYS(c, VTTBR_EL2) >> 48;

	if (!cpu_el2_enabled(c))
		return 0;
	return (u16)(c->feat.vmid16 && SYSF(c, VTCR_EL2, VS) ? vmid : vmid & 0xff);
}

static u16 operand_asid(const struct cpu *c, enum regime_id regime, u64 value)
{
	u64 tcr = regime == REGIME_EL10 ? SYS(c, TCR_EL1) : SYS(c, TCR_EL2);

	return (u16)(c->feat.asid16 && GET(tcr, TCR_EL1, AS) ? value >> 48 : value >> 48 & 0xff);
}

/* ---- which addresses ---- */

/* The 2-bit TG of an operand: 0 is "any". */
static const u8 granule_of_tg[4] = { GRANULE_4K, GRANULE_4K, GRANULE_16K, GRANULE_64K };

/* A level that the granule's tables cannot have a leaf at is reserved: no hint. */
static void level_hint(const struct cpu *c, unsigned tg, unsigned level, struct tlbi_scope *s)
{
	static const u8 least[4] = { 4, 1, 2, 1 };
	bool large = (tg == 1 && c->feat.lpa2_4k) || (tg == 2 && c->feat.lpa2_16k);

	if (!c->feat.ttl || level + large < least[tg])
		return;
	s->ttl_level = (s8)level;
	s->ttl_granule = granule_of_tg[tg];
}

/* One page: Xt[43:0] is VA[55:12], or Xt[39:0] IPA[51:12]. */
static void one_page(const struct cpu *c, u64 value, struct tlbi_scope *s)
{
	s->start = (s->op == TLBI_IPA ? bits(value, 39, 0) : (u64)sext(value, 44)) << 12;
	s->end = s->start + 0x1000;
	level_hint(c, bits(value, 47, 46), bits(value, 45, 44), s);
}

/* HasLargeAddress: 52-bit addresses shift BaseADDR of the smaller granules to bit 16. */
static bool has_large_address(const struct cpu *c, const struct tlbi_scope *s)
{
	if (!c->feat.lpa2)
		return false;
	if (s->op == TLBI_IPA)
		return SYSF(c, VTCR_EL2, DS);
	switch (s->regime) {
	case REGIME_EL10: return SYSF(c, TCR_EL1, DS);
	case REGIME_EL20: return GET(SYS(c, TCR_EL2), TCR_EL1, DS);
	case REGIME_EL2: return SYSF(c, TCR_EL2, DS);
	default: return SYSF(c, TCR_EL3, DS);
	}
}

/* TLBIRange: (NUM + 1) * 2^(5*SCALE + 1) granules from BaseADDR; one that leaves the 53-bit half ends with it. */
static bool page_range(const struct cpu *c, u64 value, struct tlbi_scope *s)
{
	unsigned tg = bits(value, 47, 46), log2 = 10 + 2 * tg;
	unsigned shift = tg == 3 || has_large_address(c, s) ? 16 : log2;
	u64 length = (bits(value, 43, 39) + 1) << (5 * bits(value, 45, 44) + 1 + log2);

	if (tg == 0)
		return false;
	s->start = (u64)sext(value, 37) << shift;
	s->end = s->start + length;
	if (bit(s->end, 52) != bit(s->start, 52))
		s->end = bit(s->start, 52) ? 0 : 1ull << 52;
	if (bits(value, 38, 37))
		level_hint(c, tg, bits(value, 38, 37), s);
	return true;
}

/* ---- the instruction ---- */

/* CRm: [0] within this core or further, [1] by one address or a range */
static void reach(const struct form *f, bool *far, bool *range)
{
	if (by_ipa(f)) {
		*far = f->crm == 0 || (f->op2 & 3) == 0 || (f->op2 & 3) == 3;
		*range = (f->op2 & 3) >= 2;
	} else {
		*far = f->crm < 6;
		*range = f->crm == 2 || f->crm == 5 || f->crm == 6;
	}
}

bool tlbi_scope(const struct cpu *c, enum sysinsn which, u64 value, struct tlbi_scope *s, bool *broadcast)
{
	const struct form *f = &forms[which];
	enum regime_id regime = regime_of(c, f);
	bool range;

	*s = (struct tlbi_scope){
		.op = operation(f),
		.regime = (u8)regime,
		.secure = regime == REGIME_EL3 || cpu_is_secure_below_el3(c),
		.vmid = regime == REGIME_EL10 ? current_vmid(c) : 0,
		.any_vmid = regime == REGIME_EL10 && operation(f) == TLBI_ALL,
		.ttl_level = -1,
		.name = f->name,
	};
	reach(f, broadcast, &range);
	/* HCR_EL2.FB: EL1's own are Inner Shareable at least. */
	*broadcast |= f->op1 == OP1_EL1 && c->s.p.el == 1 && GET(cpu_hcr(c), HCR_EL2, FB);
	switch (s->op) {
	case TLBI_VA:
	case TLBI_ASID:
		s->asid = regime == REGIME_EL10 || regime == REGIME_EL20 ? operand_asid(c, regime, value) : 0;
		break;
	case TLBI_IPA:
		if (!cpu_el2_enabled(c))
			return false;
		s->ns_ipa = !s->secure || bit(value, 63);
		break;
	default: break;
	}
	if (s->op != TLBI_VA && s->op != TLBI_VAA && s->op != TLBI_IPA)
		return true;
	s->last_level = f->op2 & 4;
	if (range)
		return page_range(c, value, s);
	one_page(c, value, s);
	return true;
}

bool sys_tlbi(struct cpu *c, enum sysinsn which, u64 value)
{
	struct tlbi_scope s;
	bool broadcast;
	unsigned dropped = 0;

	if (tlbi_scope(c, which, value, &s, &broadcast)) {
		dropped = tlb_invalidate(c->tlb, &s);
		for (unsigned i = 0; broadcast && i < c->peer_count; i++)
			if (c->peers[i] != c)
				dropped += tlb_invalidate(c->peers[i]->tlb, &s);
		if (broadcast && c->tlbi_sent)
			c->tlbi_sent(c->tlbi_ctx, &s);
	}
	if (trace_wants(c->trace, EV_TLBI)) {
		struct event e = { .kind = EV_TLBI };

		e.tlbi = (struct ev_tlbi){ .name = forms[which].name, .value = value, .dropped = dropped };
		trace_emit(c->trace, &e);
	}
	return true;
}
