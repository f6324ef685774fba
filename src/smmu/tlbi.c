/* TLB invalidation: by command (IHI 0070, 4.4), and by the cores' broadcasts (3.17). */
#include "smmu/internal.h"

enum {
	NH_ALL = 0x10,
	NH_ASID,
	NH_VA,
	NH_VAA,
	EL2_ALL = 0x20,
	EL2_ASID,
	EL2_VA,
	EL2_VAA,
	S12_VMALL = 0x28,
	S2_IPA = 0x2a,
	NSNH_ALL = 0x30,
};

/* ---- VMID wildcards ---- */

/* CR0.VMW: how many low bits of a VMID do not count. */
static unsigned wildcard_bits(const struct smmu *s)
{
	unsigned vmw = CR0_VMW(s->r.cr0);

	return vmw <= 4 ? vmw : 0;
}

/* Translations of stage 2 alone are VA to PA as any other in the TLB: an IPA names them, too (4.4.3.1). */
static unsigned invalidate_one(struct smmu *s, const struct tlbi_scope *t)
{
	struct tlbi_scope flat = *t;
	unsigned dropped = tlb_invalidate(s->tlb, t);

	if (t->op != TLBI_IPA)
		return dropped;
	flat.op = TLBI_VAA;
	flat.s1_off_only = true;
	flat.ttl_level = -1; /* is about stage 2's leaf: entries know stage 1's */
	return dropped + tlb_invalidate(s->tlb, &flat);
}

static unsigned invalidate(struct smmu *s, struct tlbi_scope *t)
{
	unsigned wild = t->regime == REGIME_EL10 && t->op != TLBI_ALL ? wildcard_bits(s) : 0;
	unsigned first = t->vmid & ~(unsigned)ones(wild), dropped = 0;

	if (!wild)
		return invalidate_one(s, t);
	for (unsigned i = 0; i < 1u << wild; i++) {
		t->vmid = (u16)(first + i);
		dropped += invalidate_one(s, t);
	}
	return dropped;
}

/* ---- commands ---- */

/* NUM, SCALE, TG, TTL (4.4.1.1); without TG it is one address. False: the combination is reserved. */
static bool address_range(const u64 *w, struct tlbi_scope *t)
{
	static const u8 log2_of_tg[4] = { 12, 12, 14, 16 };
	static const u8 granule_of_tg[4] = { GRANULE_4K, GRANULE_4K, GRANULE_16K, GRANULE_64K };
	unsigned tg = CMD_TG(w), log2 = log2_of_tg[tg], ttl = CMD_TTL(w), shift = CMD_SCALE(w) + log2;
	u64 length = (CMD_NUM(w) + 1) << shift;

	t->last_level = CMD_LEAF(w);
	t->start = CMD_ADDRESS(w);
	t->end = t->start + 4096;
	if (!tg)
		return true;
	if (tg == 2 && ttl == 1)
		ttl = 0;
	if (!ttl && !CMD_NUM(w) && !CMD_SCALE(w))
		return false;
	t->start &= ~ones(log2);
	t->end = t->start + length;
	if (t->end < t->start)
		t->end = 0; /* no wrap: to the top */
	if (ttl) {
		t->ttl_level = (s8)ttl;
		t->ttl_granule = granule_of_tg[tg];
	}
	return true;
}

struct form {
	u8 opcode;
	u8 op; /* enum tlbi_op */
	bool el2, by_address;
	const char *name;
};

static const struct form forms[] = {
	{ NH_ALL, TLBI_VMALL, false, false, "TLBI_NH_ALL" },
	{ NH_ASID, TLBI_ASID, false, false, "TLBI_NH_ASID" },
	{ NH_VA, TLBI_VA, false, true, "TLBI_NH_VA" },
	{ NH_VAA, TLBI_VAA, false, true, "TLBI_NH_VAA" },
	{ EL2_ALL, TLBI_ALL, true, false, "TLBI_EL2_ALL" },
	{ EL2_ASID, TLBI_ASID, true, false, "TLBI_EL2_ASID" },
	{ EL2_VA, TLBI_VA, true, true, "TLBI_EL2_VA" },
	{ EL2_VAA, TLBI_VAA, true, true, "TLBI_EL2_VAA" },
	{ S12_VMALL, TLBI_VMALLS12, false, false, "TLBI_S12_VMALL" },
	{ S2_IPA, TLBI_IPA, false, true, "TLBI_S2_IPA" },
	{ NSNH_ALL, TLBI_ALL, false, false, "TLBI_NSNH_ALL" },
};

static const struct form *find_form(unsigned opcode)
{
	for (unsigned i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i].opcode == opcode)
			return &forms[i];
	return NULL;
}

const char *smmu_tlbi_name(unsigned opcode)
{
	const struct form *f = find_form(opcode);

	return f ? f->name : "illegal";
}

/* CR2.E2H tells which of both EL2 regimes is meant; EL2_ASID can only mean the one with ASIDs, EL2_ALL means both. */
static enum regime_id regime_of(const struct smmu *s, const struct form *f)
{
	if (!f->el2)
		return REGIME_EL10;
	return f->opcode == EL2_ASID || s->r.cr2 & CR2_E2H ? REGIME_EL20 : REGIME_EL2;
}

bool smmu_tlbi(struct smmu *s, const u64 *w)
{
	const struct form *f = find_form(CMD_OPCODE(w));
	struct event e = { .kind = EV_TLBI };
	struct tlbi_scope t;
	unsigned dropped;

	smmu_trace(s, SMMU_COMMAND, smmu_tlbi_name(CMD_OPCODE(w)), CMD_STREAM(w), 0, 0, false, w, 2);
	if (!f)
		return false;
	t = (struct tlbi_scope){ .op = f->op,
				 .regime = (u8)regime_of(s, f),
				 .vmid = CMD_VMID(w),
				 .asid = CMD_ASID(w),
				 .any_vmid = f->opcode == NSNH_ALL,
				 .ttl_level = -1,
				 .name = f->name + 5 };
	if (f->by_address && !address_range(w, &t))
		return false;
	dropped = invalidate(s, &t);
	if (f->opcode == EL2_ALL) {
		t.regime = t.regime == REGIME_EL2 ? REGIME_EL20 : REGIME_EL2;
		dropped += invalidate(s, &t);
	}
	e.tlbi = (struct ev_tlbi){ .name = t.name, .value = w[1], .dropped = dropped };
	if (s->trace && trace_wants(s->trace, EV_TLBI))
		trace_emit(s->trace, &e);
	return true;
}

/* ---- broadcasts ---- */

/* What is tagged with an ASID of its own (CD.ASET) does not mind operations that match ASIDs (3.17). */
void smmu_broadcast(struct smmu *s, const struct tlbi_scope *scope)
{
	struct tlbi_scope t = *scope;

	if (s->r.cr2 & CR2_PTM || t.secure || t.regime == REGIME_EL3)
		return;
	t.shared_only = t.op == TLBI_VA || t.op == TLBI_ASID;
	invalidate(s, &t);
}
