/*
 * From raw register fields to tables that can be walked: input and output sizes, start level, base address, and the
 * combinations that fault. Arm ARM D8.2; AArch64.S1TxSZFaults, S1StartLevel, S1TTBaseAddress, S2TxSZFaults,
 * S2InvalidSL, S2InconsistentSL, S2TTBaseAddress.
 *
 * Where the architecture leaves it IMPLEMENTATION DEFINED, a TnSZ out of bounds faults.
 */
#include "mmu/tlb.h"

#define SL_BAD (-2)

const struct geometry mmu_geometry[3] = {
	/*                shift stride  contiguous set at level 0, 1, 2, 3 */
	[GRANULE_4K] = { 12, 9, { 0, 4, 4, 4 }, { 48, 39, 30, 21, 12 } },
	[GRANULE_16K] = { 14, 11, { 0, 0, 5, 7 }, { 58, 47, 36, 25, 14 } },
	[GRANULE_64K] = { 16, 13, { 0, 0, 5, 5 }, { 68, 55, 42, 29, 16 } },
};

/* PS and IPS. AArch64.PhysicalAddressSize. */
static const u8 size_code[8] = { 32, 36, 40, 42, 44, 48, 52, 52 };

static unsigned min_of(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* AArch64.PhysicalAddressSize, for the output of a stage. */
static unsigned output_size(const struct regime *r, u8 code, u8 granule, bool lpa2)
{
	bool large = granule == GRANULE_64K ? r->lpa : lpa2;

	return min_of(size_code[code & 7], min_of(large ? 52 : 48, r->pa_bits));
}

/* AArch64.MaxTxSZ */
static unsigned max_tsz(const struct regime *r, u8 granule)
{
	if (!r->ttst && !r->ttl_small)
		return 39;
	return granule == GRANULE_64K ? 47 : 48;
}

/* The table's address: a table as wide as the start level needs is aligned to its size, 64 bytes in the 52-bit form. */
static u64 base_address(const struct tables *t, u64 ttb, u8 size)
{
	unsigned log2 = t->ia_bits - level_lsb(&mmu_geometry[t->granule], t->level) + 3;
	u64 base = ttb & ones(48) & ~1ull;

	if ((t->lpa && (size & 7) == 6) || t->ds) {
		base = (base & ~0x3full) | bits(ttb, 5, 2) << 48;
		log2 = log2 < 6 ? 6 : log2;
	}
	return base & ~ones(log2);
}

/* AArch64.S1StartLevel: the fewest levels whose tables cover the input. */
static int s1_start_level(const struct geometry *g, unsigned ia_bits)
{
	int level = 3;

	for (unsigned covered = g->shift + g->stride; covered < ia_bits; covered += g->stride)
		level--;
	return level;
}

static const char *s1_fill(const struct regime *r, const struct s1_half *h, struct tables *t)
{
	unsigned min;

	t->stage = 1;
	t->granule = h->granule;
	t->ds = r->s1.ds && r->lpa2_s1 && h->granule != GRANULE_64K;
	t->lpa = r->lpa && h->granule == GRANULE_64K;
	t->block_l1 = r->pa_bits >= 52;
	t->ee = r->s1.ee;
	t->ns = !r->secure;
	t->oa_bits = output_size(r, r->s1.ips, h->granule, r->lpa2_s1);
	min = (r->lva && h->granule == GRANULE_64K) || t->ds ? 12 : 16;
	if (h->tsz < min)
		return "TCR.TnSZ is below the minimum";
	if (h->tsz > max_tsz(r, h->granule))
		return "TCR.TnSZ is above the maximum";
	t->ia_bits = 64 - h->tsz;
	t->level = s1_start_level(&mmu_geometry[h->granule], t->ia_bits);
	t->base = base_address(t, h->ttb, r->s1.ips);
	return NULL;
}

/* AArch64.S2StartLevel and AArch64.S2InvalidSL; SL_BAD when reserved or not available. */
static int s2_start_level(const struct regime *r, const struct tables *t, u8 sl0, bool sl2)
{
	/* by granule and SL2:SL0 */
	static const s8 level[3][8] = {
		[GRANULE_4K] = { 2, 1, 0, 3, -1, SL_BAD, SL_BAD, SL_BAD },
		[GRANULE_16K] = { 3, 2, 1, 0 },
		[GRANULE_64K] = { 3, 2, 1, SL_BAD },
	};
	/* the physical address size that SL0 == 0b10 asks for */
	static const u8 pa_needed[3] = { 44, 42, 44 };
	unsigned sl = (sl0 & 3) | (t->granule == GRANULE_4K && t->ds && sl2) << 2;

	if (sl == 2 && r->pa_bits < pa_needed[t->granule])
		return SL_BAD;
	if (sl == 3 && t->granule == GRANULE_4K && !(r->ttst || r->ttl_small))
		return SL_BAD;
	if (sl == 3 && t->granule == GRANULE_16K && !t->ds)
		return SL_BAD;
	return level[t->granule][sl];
}

/* AArch64.S2InconsistentSL: the first lookup resolves 1 bit at least, and up to 16 concatenated tables at most. */
static bool s2_size_fits(const struct geometry *g, int level, unsigned ia_bits)
{
	unsigned least = level_lsb(g, level) + 1;

	return ia_bits >= least && ia_bits <= least + g->stride - 1 + 4;
}

/* AArch64.SS2InitialTTWState: where stage-2 tables live. */
static bool s2_tables_ns(const struct regime *r, bool ipa_ns)
{
	if (!r->secure)
		return true;
	return ipa_ns ? r->nsw : r->sw;
}

static const char *s2_fill(const struct regime *r, bool ipa_ns, struct tables *t)
{
	const struct stage2 *s = &r->s2;
	bool ns = r->secure && ipa_ns;
	u8 granule = ns ? s->ns.granule : s->granule, tsz = ns ? s->ns.tsz : s->tsz;
	unsigned ipa_max;
	int level;

	t->stage = 2;
	t->granule = granule;
	t->ds = s->ds && r->lpa2_s2 && granule != GRANULE_64K;
	t->lpa = r->lpa && granule == GRANULE_64K;
	t->block_l1 = r->pa_bits >= 52;
	t->ee = s->ee;
	t->ns = s2_tables_ns(r, ipa_ns);
	t->oa_bits = output_size(r, s->ps, granule, r->lpa2_s2);
	/* AArch64.S2MinTxSZ: the IPA is no larger than the PA */
	ipa_max = min_of(granule == GRANULE_64K || t->ds ? 52 : 48, r->pa_bits);
	if (tsz < 64 - ipa_max)
		return "VTCR_EL2.T0SZ is below the minimum";
	if (tsz > max_tsz(r, granule))
		return "VTCR_EL2.T0SZ is above the maximum";
	t->ia_bits = 64 - tsz;
	level = s2_start_level(r, t, ns ? s->ns.sl0 : s->sl0, ns ? s->ns.sl2 : s->sl2);
	if (level == SL_BAD)
		return "VTCR_EL2.SL0 is reserved or not available";
	if (!s2_size_fits(&mmu_geometry[granule], level, t->ia_bits))
		return "VTCR_EL2.SL0 and T0SZ do not fit together";
	t->level = level;
	t->base = base_address(t, ns ? s->ns.ttb : s->ttb, s->ps);
	return NULL;
}

void mmu_prepare(struct regime *r)
{
	if (r->s1.enabled)
		for (unsigned half = 0; half <= r->s1.two_halves; half++) {
			const struct s1_half *h = &r->s1.half[half];
			struct tables *t = &r->s1_tables[half];

			t->why = s1_fill(r, h, t);
			t->restricted = t->why || h->e0pd || (r->s1.has_el0 && h->epd);
			tlb_name_tables(r, t);
		}
	if (has_stage2(r))
		for (unsigned ns = !r->secure; ns < 2; ns++) {
			r->s2_tables[ns].why = s2_fill(r, ns, &r->s2_tables[ns]);
			tlb_name_tables(r, &r->s2_tables[ns]);
		}
	tlb_name_entries(r);
	r->prepared = true;
}
