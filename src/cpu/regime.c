/* Translation regimes as values, from system registers. AArch64.GetS1TTWParams, AArch64.GetS2TTWParams (D8.1). */
#include "cpu/engine.h"

#include "cpu/features.h"
#include "cpu/models.h"

/* TGn encodings differ between the halves. An unimplemented size reads as an implemented one (4 KiB always is). */
static u8 granule_of_tg0(const struct cpu_features *f, unsigned tg)
{
	if (tg == 1 && f->granule_64k)
		return GRANULE_64K;
	if (tg == 2 && f->granule_16k)
		return GRANULE_16K;
	return GRANULE_4K;
}

static u8 granule_of_tg1(const struct cpu_features *f, unsigned tg)
{
	if (tg == 3 && f->granule_64k)
		return GRANULE_64K;
	if (tg == 1 && f->granule_16k)
		return GRANULE_16K;
	return GRANULE_4K;
}

static void fill_implemented(const struct cpu *c, struct regime *r)
{
	const struct cpu_features *f = &c->feat;
	u8 g1 = r->s1.half[0].granule, g2 = r->s2.granule;

	r->pa_bits = f->pa_bits;
	r->sif = GET(SYS(c, SCR_EL3), SCR_EL3, SIF);
	r->lva = f->lva;
	r->lpa = f->lpa;
	r->lpa2_s1 = g1 == GRANULE_4K ? f->lpa2_4k : g1 == GRANULE_16K && f->lpa2_16k;
	r->lpa2_s2 = g2 == GRANULE_4K ? f->lpa2_4k_s2 : g2 == GRANULE_16K && f->lpa2_16k_s2;
	r->ttst = r->ttl_small = f->ttst;
	r->xnx = f->xnx;
	r->bbm2 = f->bbm2;
	r->hafdbs_af = f->hafdbs_af;
	r->hafdbs_dirty = f->hafdbs_dirty;
	r->pan3 = f->pan3;
	r->hpds = f->hpds;
}

static u16 asid_of(const struct cpu_features *f, bool a1, u64 tcr, u64 ttbr0, u64 ttbr1)
{
	u64 asid = (a1 ? ttbr1 : ttbr0) >> 48;

	return (u16)(f->asid16 && GET(tcr, TCR_EL1, AS) ? asid : asid & 0xff);
}

/* TCR_EL1's layout: also TCR_EL2's when E2H = 1. */
static void fill_two_halves(const struct cpu_features *f, struct stage1 *s, u64 tcr, u64 ttbr0, u64 ttbr1)
{
	struct s1_half *lo = &s->half[0], *hi = &s->half[1];

	s->two_halves = s->has_el0 = true;
	*lo = (struct s1_half){ .ttb = ttbr0,
				.tsz = GET(tcr, TCR_EL1, T0SZ),
				.granule = granule_of_tg0(f, GET(tcr, TCR_EL1, TG0)),
				.sh = GET(tcr, TCR_EL1, SH0),
				.orgn = GET(tcr, TCR_EL1, ORGN0),
				.irgn = GET(tcr, TCR_EL1, IRGN0),
				.epd = GET(tcr, TCR_EL1, EPD0),
				.hpd = f->hpds && GET(tcr, TCR_EL1, HPD0),
				.tbi = GET(tcr, TCR_EL1, TBI0),
				.tbid = f->pauth && GET(tcr, TCR_EL1, TBID0),
				.e0pd = f->e0pd && GET(tcr, TCR_EL1, E0PD0) };
	*hi = (struct s1_half){ .ttb = ttbr1,
				.tsz = GET(tcr, TCR_EL1, T1SZ),
				.granule = granule_of_tg1(f, GET(tcr, TCR_EL1, TG1)),
				.sh = GET(tcr, TCR_EL1, SH1),
				.orgn = GET(tcr, TCR_EL1, ORGN1),
				.irgn = GET(tcr, TCR_EL1, IRGN1),
				.epd = GET(tcr, TCR_EL1, EPD1),
				.hpd = f->hpds && GET(tcr, TCR_EL1, HPD1),
				.tbi = GET(tcr, TCR_EL1, TBI1),
				.tbid = f->pauth && GET(tcr, TCR_EL1, TBID1),
				.e0pd = f->e0pd && GET(tcr, TCR_EL1, E0PD1) };
	s->ips = GET(tcr, TCR_EL1, IPS);
	s->ha = f->hafdbs_af && GET(tcr, TCR_EL1, HA);
	s->hd = f->hafdbs_dirty && GET(tcr, TCR_EL1, HD);
	s->ds = f->lpa2 && GET(tcr, TCR_EL1, DS);
	s->a1 = GET(tcr, TCR_EL1, A1);
	s->asid = asid_of(f, s->a1, tcr, ttbr0, ttbr1);
}

/* TCR_EL2 (E2H = 0) and TCR_EL3: one half. */
static void fill_one_half(const struct cpu_features *f, struct stage1 *s, u64 tcr, u64 ttbr0)
{
	s->two_halves = s->has_el0 = false;
	s->half[0] = (struct s1_half){ .ttb = ttbr0,
				       .tsz = GET(tcr, TCR_EL2, T0SZ),
				       .granule = granule_of_tg0(f, GET(tcr, TCR_EL2, TG0)),
				       .sh = GET(tcr, TCR_EL2, SH0),
				       .orgn = GET(tcr, TCR_EL2, ORGN0),
				       .irgn = GET(tcr, TCR_EL2, IRGN0),
				       .hpd = f->hpds && GET(tcr, TCR_EL2, HPD),
				       .tbi = GET(tcr, TCR_EL2, TBI),
				       .tbid = f->pauth && GET(tcr, TCR_EL2, TBID) };
	s->half[1] = (struct s1_half){ .epd = true };
	s->ips = GET(tcr, TCR_EL2, PS);
	s->ha = f->hafdbs_af && GET(tcr, TCR_EL2, HA);
	s->hd = f->hafdbs_dirty && GET(tcr, TCR_EL2, HD);
	s->ds = f->lpa2 && GET(tcr, TCR_EL2, DS);
	s->a1 = false;
	s->asid = 0;
}

/* What SCTLR_ELx says, alike for all. */
static void fill_control(const struct cpu *c, struct regime *r, u64 sctlr)
{
	struct stage1 *s = &r->s1;

	s->enabled = GET(sctlr, SCTLR_EL1, M);
	s->wxn = GET(sctlr, SCTLR_EL1, WXN);
	s->ee = GET(sctlr, SCTLR_EL1, EE);
	s->cacheable = GET(sctlr, SCTLR_EL1, C);
	s->icacheable = GET(sctlr, SCTLR_EL1, I);
	r->epan = c->feat.pan3 && s->has_el0 && GET(sctlr, SCTLR_EL1, EPAN);
}

/* Secure EL2: two IPA spaces. The Secure one takes the place of the only one that other states have. */
static void fill_secure_stage2(const struct cpu *c, struct regime *r)
{
	const struct cpu_features *f = &c->feat;
	u64 vtcr = SYS(c, VTCR_EL2), vstcr = SYS(c, VSTCR_EL2);
	struct stage2 *s = &r->s2;

	s->ns.ttb = s->ttb;
	s->ns.tsz = s->tsz;
	s->ns.sl0 = s->sl0;
	s->ns.sl2 = s->sl2;
	s->ns.granule = s->granule;
	s->ttb = SYS(c, VSTTBR_EL2);
	s->tsz = GET(vstcr, VSTCR_EL2, T0SZ);
	s->sl0 = GET(vstcr, VSTCR_EL2, SL0);
	s->sl2 = s->ds && GET(vstcr, VSTCR_EL2, SL2);
	s->granule = granule_of_tg0(f, GET(vstcr, VSTCR_EL2, TG0));
	r->sw = GET(vstcr, VSTCR_EL2, SW);
	r->sa = GET(vstcr, VSTCR_EL2, SA);
	r->nsw = GET(vtcr, VTCR_EL2, NSW);
	r->nsa = GET(vtcr, VTCR_EL2, NSA);
}

static u16 vmid_of(const struct cpu *c)
{
	u64 vmid = SYS(c, VTTBR_EL2) >> 48;

	return (u16)(c->feat.vmid16 && SYSF(c, VTCR_EL2, VS) ? vmid : vmid & 0xff);
}

void regime_update_ttbr(const struct cpu *c, struct regime *r)
{
	r->s1.half[0].ttb = SYS(c, TTBR0_EL1);
	r->s1.half[1].ttb = SYS(c, TTBR1_EL1);
	r->s1.asid = asid_of(&c->feat, r->s1.a1, SYS(c, TCR_EL1), SYS(c, TTBR0_EL1), SYS(c, TTBR1_EL1));
	mmu_prepare(r);
}

void regime_update_vttbr(const struct cpu *c, struct regime *r)
{
	if (!cpu_el2_enabled(c))
		return;
	if (!r->secure)
		r->s2.ttb = SYS(c, VTTBR_EL2);
	else
		r->s2.ns.ttb = SYS(c, VTTBR_EL2);
	r->vmid = r->s2.vmid = vmid_of(c);
	mmu_prepare(r);
}

static void fill_stage2(const struct cpu *c, struct regime *r)
{
	const struct cpu_features *f = &c->feat;
	u64 hcr = cpu_hcr(c), vtcr = SYS(c, VTCR_EL2), vttbr = SYS(c, VTTBR_EL2);
	struct stage2 *s = &r->s2;

	*s = (struct stage2){ .enabled = false };
	r->vmid = 0;
	if (!cpu_el2_enabled(c))
		return;
	r->vmid = s->vmid = vmid_of(c);
	s->dc = GET(hcr, HCR_EL2, DC) && !GET(hcr, HCR_EL2, TGE);
	s->enabled = (GET(hcr, HCR_EL2, VM) || s->dc) && !GET(hcr, HCR_EL2, TGE);
	s->cd = GET(hcr, HCR_EL2, CD);
	s->id = GET(hcr, HCR_EL2, ID);
	s->ptw = GET(hcr, HCR_EL2, PTW);
	s->fwb = f->fwb && GET(hcr, HCR_EL2, FWB);
	s->ttb = vttbr;
	s->tsz = GET(vtcr, VTCR_EL2, T0SZ);
	s->sl0 = GET(vtcr, VTCR_EL2, SL0);
	s->granule = granule_of_tg0(f, GET(vtcr, VTCR_EL2, TG0));
	s->ps = GET(vtcr, VTCR_EL2, PS);
	s->sh = GET(vtcr, VTCR_EL2, SH0);
	s->orgn = GET(vtcr, VTCR_EL2, ORGN0);
	s->irgn = GET(vtcr, VTCR_EL2, IRGN0);
	s->ha = f->hafdbs_af && GET(vtcr, VTCR_EL2, HA);
	s->hd = f->hafdbs_dirty && GET(vtcr, VTCR_EL2, HD);
	s->ds = f->lpa2 && GET(vtcr, VTCR_EL2, DS);
	s->sl2 = s->ds && GET(vtcr, VTCR_EL2, SL2);
	s->ee = GET(SYS(c, SCTLR_EL2), SCTLR_EL2, EE);
	if (r->secure)
		fill_secure_stage2(c, r);
}

void cpu_build_regime_el10(const struct cpu *c, struct regime *r)
{
	u64 hcr = cpu_hcr(c);

	*r = (struct regime){ .id = REGIME_EL10, .secure = cpu_is_secure_below_el3(c) };
	fill_two_halves(&c->feat, &r->s1, SYS(c, TCR_EL1), SYS(c, TTBR0_EL1), SYS(c, TTBR1_EL1));
	fill_control(c, r, SYS(c, SCTLR_EL1));
	r->s1.mair = SYS(c, MAIR_EL1);
	fill_stage2(c, r);
	r->s1.nv1 = c->feat.nv && GET(hcr, HCR_EL2, NV) && GET(hcr, HCR_EL2, NV1);
	if (r->s2.dc || (GET(hcr, HCR_EL2, TGE) && !GET(hcr, HCR_EL2, E2H)))
		r->s1.enabled = false;
	fill_implemented(c, r);
	mmu_prepare(r);
}

static void build_el2(const struct cpu *c, struct regime *r)
{
	bool e2h = SYSF(c, HCR_EL2, E2H);

	*r = (struct regime){ .id = e2h ? REGIME_EL20 : REGIME_EL2, .secure = cpu_is_secure_below_el3(c) };
	if (e2h)
		fill_two_halves(&c->feat, &r->s1, SYS(c, TCR_EL2), SYS(c, TTBR0_EL2), SYS(c, TTBR1_EL2));
	else
		fill_one_half(&c->feat, &r->s1, SYS(c, TCR_EL2), SYS(c, TTBR0_EL2));
	fill_control(c, r, SYS(c, SCTLR_EL2));
	r->s1.mair = SYS(c, MAIR_EL2);
	fill_implemented(c, r);
	mmu_prepare(r);
}

static void build_el3(const struct cpu *c, struct regime *r)
{
	*r = (struct regime){ .id = REGIME_EL3, .secure = true };
	fill_one_half(&c->feat, &r->s1, SYS(c, TCR_EL3), SYS(c, TTBR0_EL3));
	fill_control(c, r, SYS(c, SCTLR_EL3));
	r->s1.mair = SYS(c, MAIR_EL3);
	fill_implemented(c, r);
	mmu_prepare(r);
}

void cpu_build_regime(const struct cpu *c, unsigned el, struct regime *r)
{
	if (el == 3)
		build_el3(c, r);
	else if (el == 2 || cpu_el_is_in_host(c, el))
		build_el2(c, r);
	else
		cpu_build_regime_el10(c, r);
}
