/* Which stream table entries and context descriptors can be used (IHI 0070, 5.2.2 SteIllegal, 5.4.2 CdIllegal). */
#include "smmu/internal.h"

static bool is_beyond(u64 address, unsigned bits_allowed)
{
	return address >> bits_allowed;
}

/* ---- STE ---- */

static const char *ats_why(const u64 *ste)
{
	if (!(STE_CONFIG(ste) & (CONFIG_S1 | CONFIG_S2)))
		return NULL;
	if (STE_EATS(ste) == EATS_SPLIT && (!ste_has_s1(ste) || !ste_has_s2(ste)))
		return "EATS = 0b10 (split-stage ATS) without both stages";
	if (STE_EATS(ste) == EATS_SPLIT && STE_S2S(ste))
		return "EATS = 0b10 (split-stage ATS) with S2S = 1";
	if (STE_EATS(ste) == EATS_FULL && ste_has_s2(ste) && STE_S2S(ste))
		return "EATS = 0b01 (full ATS) with S2S = 1";
	return NULL;
}

static const char *s1_why(const struct smmu *s, const u64 *ste)
{
	if (!ste_has_s2(ste) && STE_STRW(ste) & 1)
		return "STRW is reserved";
	if (STE_S1CDMAX(ste) > SMMU_SUBSTREAM_BITS)
		return "S1CDMax is greater than IDR1.SSIDSIZE";
	if (is_beyond(STE_S1CONTEXTPTR(ste), s->pa_bits))
		return "S1ContextPtr is beyond the address size";
	return NULL;
}

/* Sizes, start level and granule must fit together, as the walker sees it. */
static const char *s2_tables_why(const struct smmu *s, const u64 *ste)
{
	struct regime r;
	const struct tables *t;

	smmu_build_regime(s, ste, NULL, &r);
	t = &r.s2_tables[1];
	if (t->why)
		return "S2T0SZ, S2SL0 and S2TG are out of range or do not fit together";
	if (is_beyond(STE_S2TTB(ste), t->oa_bits))
		return "S2TTB is beyond the output size (S2PS)";
	return NULL;
}

static const char *s2_why(const struct smmu *s, const u64 *ste)
{
	if (!STE_S2AA64(ste))
		return "S2AA64 = 0: VMSAv8-32 tables are not supported";
	if (STE_S2TG(ste) == 3)
		return "S2TG is reserved";
	return s2_tables_why(s, ste);
}

const char *smmu_ste_why(const struct smmu *s, const u64 *ste)
{
	const char *why = NULL;

	if (!STE_V(ste))
		return "V = 0";
	if (!(STE_CONFIG(ste) & CONFIG_PASSES))
		return NULL;
	why = ats_why(ste);
	if (!why && ste_has_s1(ste))
		why = s1_why(s, ste);
	if (!why && ste_has_s2(ste))
		why = s2_why(s, ste);
	return why;
}

/* ---- CD ---- */

static const char *half_why(const struct regime *r, const u64 *cd, unsigned half)
{
	const struct tables *t = &r->s1_tables[half];
	bool effective_epd = CD_EPD(cd, half) && r->s1.has_el0;

	if (effective_epd)
		return NULL;
	if (CD_TG(cd, half) == (half ? 0 : 3))
		return half ? "TG1 is reserved" : "TG0 is reserved";
	if (t->why)
		return half ? "T1SZ is out of range" : "T0SZ is out of range";
	if (is_beyond(CD_TTB(cd, half), t->oa_bits))
		return half ? "TTB1 is beyond the output size (IPS)" : "TTB0 is beyond the output size (IPS)";
	return NULL;
}

const char *smmu_cd_why(const struct smmu *s, const u64 *ste, const u64 *cd)
{
	const char *why;
	struct regime r;

	if (!CD_V(cd))
		return "V = 0";
	if (STE_S1STALLD(ste) && CD_S(cd))
		return "S = 1 although STE.S1STALLD forbids stalls";
	if (!CD_AA64(cd))
		return "AA64 = 0: VMSAv8-32 tables are not supported";
	smmu_build_regime(s, ste, cd, &r);
	why = half_why(&r, cd, 0);
	return why || !r.s1.two_halves ? why : half_why(&r, cd, 1);
}
