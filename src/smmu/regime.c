/* From STE and CD to a translation regime, the walker's input (IHI 0070, 3.3.3, 5.2, 5.4). */
#include "smmu/internal.h"

static u8 granule_of_tg0(u64 tg)
{
	return tg == 1 ? GRANULE_64K : tg == 2 ? GRANULE_16K : GRANULE_4K;
}

static u8 granule_of_tg1(u64 tg)
{
	return tg == 3 ? GRANULE_64K : tg == 1 ? GRANULE_16K : GRANULE_4K;
}

/* Reserved sizes behave as 52 bits. */
static u8 size_code(u64 field)
{
	return field > 6 ? 6 : (u8)field;
}

/* A table's address as a TTBR holds it: with 52-bit output, bits [51:48] are in [5:2]. */
static u64 ttbr(u64 address, u8 size, u8 granule)
{
	if (size != 6 || granule != GRANULE_64K)
		return address & ones(48);
	return (address & ones(48) & ~0x3full) | address >> 48 << 2;
}

static void build_half(const u64 *cd, unsigned half, struct s1_half *h)
{
	u8 granule = half ? granule_of_tg1(CD_TG(cd, 1)) : granule_of_tg0(CD_TG(cd, 0));

	*h = (struct s1_half){ .ttb = ttbr(CD_TTB(cd, half), size_code(CD_IPS(cd)), granule),
			       .tsz = (u8)CD_TSZ(cd, half),
			       .granule = granule,
			       .irgn = (u8)CD_IR(cd, half),
			       .orgn = (u8)CD_OR(cd, half),
			       .sh = (u8)CD_SH(cd, half),
			       .epd = CD_EPD(cd, half),
			       .tbi = CD_TBI(cd, half),
			       .hpd = CD_HAD(cd, half),
			       .e0pd = CD_E0PD(cd, half) };
}

static void build_stage1(const u64 *cd, bool is_el2, struct stage1 *s)
{
	s->enabled = true;
	s->has_el0 = s->two_halves = !is_el2;
	build_half(cd, 0, &s->half[0]);
	build_half(cd, 1, &s->half[1]);
	if (is_el2)
		s->half[0].e0pd = false;
	s->mair = CD_MAIR(cd);
	s->ips = size_code(CD_IPS(cd));
	s->ha = CD_HA(cd);
	s->hd = CD_HD(cd);
	s->affd = CD_AFFD(cd);
	s->wxn = CD_WXN(cd);
	s->ee = CD_ENDI(cd);
	s->asid = is_el2 ? 0 : (u16)CD_ASID(cd);
}

static void build_stage2(const u64 *ste, struct stage2 *s)
{
	u8 granule = granule_of_tg0(STE_S2TG(ste)), size = size_code(STE_S2PS(ste));

	*s = (struct stage2){ .enabled = true,
			      .ttb = ttbr(STE_S2TTB(ste), size, granule),
			      .tsz = (u8)STE_S2T0SZ(ste),
			      .sl0 = (u8)STE_S2SL0(ste),
			      .granule = granule,
			      .ps = size,
			      .sh = (u8)STE_S2SH0(ste),
			      .orgn = (u8)STE_S2OR0(ste),
			      .irgn = (u8)STE_S2IR0(ste),
			      .ha = STE_S2HA(ste),
			      .hd = STE_S2HD(ste),
			      .affd = STE_S2AFFD(ste),
			      .ee = STE_S2ENDI(ste),
			      .ptw = STE_S2PTW(ste),
			      .fwb = STE_S2FWB(ste),
			      .vmid = (u16)STE_S2VMID(ste) };
}

/* StreamWorld: STRW counts for stage 1 alone. */
static enum regime_id stream_world(const struct smmu *s, const u64 *ste)
{
	if (!ste_has_s1(ste) || ste_has_s2(ste) || STE_STRW(ste) != STRW_EL2)
		return REGIME_EL10;
	return s->r.cr2 & CR2_E2H ? REGIME_EL20 : REGIME_EL2;
}

void smmu_build_regime(const struct smmu *s, const u64 *ste, const u64 *cd, struct regime *r)
{
	enum regime_id id = stream_world(s, ste);
	bool large = s->pa_bits >= 52;

	*r = (struct regime){ .id = (u8)id,
			      .is_smmu = true,
			      .pa_bits = s->pa_bits,
			      .lva = large,
			      .lpa = large,
			      .xnx = true,
			      .ttst = true,
			      .ttl_small = true,
			      .hpds = true,
			      .hafdbs_af = true,
			      .hafdbs_dirty = true,
			      .bbm2 = true };
	r->s1.cacheable = r->s1.icacheable = true;
	if (cd) {
		build_stage1(cd, id == REGIME_EL2, &r->s1);
		r->aset = CD_ASET(cd);
	}
	if (ste_has_s2(ste))
		build_stage2(ste, &r->s2);
	r->s2.dc = !cd; /* what bypasses stage 1 comes as Normal memory, as PCIe's accesses do */
	r->vmid = id == REGIME_EL10 ? (u16)STE_S2VMID(ste) : 0;
	mmu_prepare(r);
}
