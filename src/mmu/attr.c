/*
 * Memory attributes: MAIR and MemAttr decode, and their combination. Arm ARM D8.6; S1DecodeMemAttrs, S2DecodeMemAttrs,
 * S2CombineS1MemAttrs, AArch64.S2ApplyFWBMemAttrs, EffectiveShareability.
 *
 * An attribute is kept as its MAIR byte, which PAR_EL1 reports: Device 0b0000dd00, Normal outer[7:4] inner[3:0], where
 *   0100 Non-cacheable   10RW Write-Through   00RW the same, transient   11RW Write-Back   01RW the same, transient.
 * Reserved MAIR values: Device ones as if bits [1:0] were 0, an inner nibble of 0 as Non-cacheable.
 */
#include "mmu/internal.h"

#define NC 0x4
#define NORMAL_NC 0x44
#define NORMAL_WB 0xff
#define NORMAL_WT_RA 0xaa
#define SH_OUTER 2

static bool is_wb(u8 nibble)
{
	return (nibble & 4) && nibble != NC;
}

static bool is_device(u8 mair)
{
	return !(mair & 0xf0);
}

/* Fill the fields that follow from the byte. EffectiveShareability: Device and Non-cacheable are Outer Shareable. */
static void set(struct mem_attrs *out, u8 mair, u8 sh)
{
	bool device = is_device(mair);

	out->mair = mair;
	out->type = device ? mair >> 2 : MEM_NORMAL;
	out->sh = device || mair == NORMAL_NC ? SH_OUTER : sh;
	out->inner_wb = !device && is_wb(mair & 15);
	out->outer_wb = !device && is_wb(mair >> 4);
	out->tagged = false;
}

static u8 s1_byte(u8 mair)
{
	if (is_device(mair))
		return mair & 0x0c;
	switch (mair) {
	case 0x40: return NORMAL_NC; /* FEAT_XS forms */
	case 0xa0: return NORMAL_WT_RA;
	case 0xf0: return NORMAL_WB; /* Tagged, without FEAT_MTE2 */
	default: return mair & 15 ? mair : (mair & 0xf0) | NC;
	}
}

void s1_attrs_decode(u8 mair, u8 sh, struct mem_attrs *out)
{
	set(out, s1_byte(mair), sh);
}

/* AArch64.S1DisabledOutput */
void s1_attrs_disabled(const struct regime *r, bool fetch, struct mem_attrs *out)
{
	if (r->id == REGIME_EL10 && r->s2.dc)
		set(out, NORMAL_WB, 0);
	else if (fetch)
		set(out, r->s1.icacheable ? NORMAL_WT_RA : NORMAL_NC, SH_OUTER);
	else
		set(out, 0, SH_OUTER);
}

/* S2CombineS1AttrHints for one of inner and outer; s2: 01 NC, 10 WT, 11 WB (and reserved 00 as NC). */
static u8 combine_nibble(u8 s1, u8 s2)
{
	bool transient = !(s1 & 8) && (s1 & 3);

	if (s1 == NC || s2 < 2)
		return NC;
	if (s2 == 2 || !is_wb(s1))
		return (transient ? 0 : 8) | (s1 & 3);
	return s1;
}

static u8 combine_byte(u8 s1, u8 attr)
{
	if (!(attr & 0xc)) { /* stage 2 Device: the stronger of two Device types */
		u8 s2 = (attr & 3) << 2;

		return is_device(s1) && s1 < s2 ? s1 : s2;
	}
	if (is_device(s1))
		return s1;
	return combine_nibble(s1 >> 4, attr >> 2) << 4 | combine_nibble(s1 & 15, attr & 3);
}

/* Write-Back as FWB forces it: the hints are stage 1's if it is cacheable. */
static u8 force_wb(u8 s1, u8 nibble)
{
	bool transient = !(nibble & 8) && (nibble & 3);

	if (is_device(s1) || nibble == NC)
		return 0xf;
	return (transient ? 4 : 0xc) | (nibble & 3);
}

/* AArch64.S2ApplyFWBMemAttrs */
static u8 fwb_byte(u8 s1, u8 attr)
{
	u8 s2 = (attr & 3) << 2;

	if (!(attr & 4))
		return is_device(s1) && s1 < s2 ? s1 : s2;
	switch (attr & 3) {
	case 3: return s1;
	case 2: return force_wb(s1, s1 >> 4) << 4 | force_wb(s1, s1 & 15);
	default: return is_device(s1) ? s1 : NORMAL_NC;
	}
}

/* S2CombineS1Shareability: 2 outer > 3 inner > 0 none */
static u8 combine_sh(u8 a, u8 b)
{
	if (a == SH_OUTER || b == SH_OUTER)
		return SH_OUTER;
	return a | b ? 3 : 0;
}

void s2_attrs_decode(const struct regime *r, const struct mem_attrs *s1, u8 attr, struct mem_attrs *out)
{
	u8 byte = r->s2.fwb ? fwb_byte(s1->mair, attr & 15) : combine_byte(s1->mair, attr & 15);

	set(out, byte, combine_sh(s1->sh, attr >> 4 & 3));
}

bool s2_attr_is_device(const struct regime *r, u8 attr)
{
	return r->s2.fwb ? !(attr & 4) : !(attr & 0xc);
}

/* What stage 2 says once HCR_EL2.CD (data) and ID (fetch) had their say; and fetches from Device are Non-cacheable. */
static u8 s2_effective(const struct regime *r, u8 attr, bool fetch)
{
	bool device = s2_attr_is_device(r, attr);
	bool non_cacheable = fetch ? device || r->s2.id : !device && r->s2.cd;

	return non_cacheable ? (attr & 0x30) | 5 : attr; /* 0101 is Normal Non-cacheable with FWB and without */
}

/* SCTLR_ELx.C and I: without them Normal memory is Non-cacheable. */
static void s1_effective(const struct regime *r, const struct walk *w, bool fetch, struct mem_attrs *out)
{
	bool device;

	if (!r->s1.enabled) {
		s1_attrs_disabled(r, fetch, out);
		return;
	}
	*out = w->s1_attrs;
	device = out->type != MEM_NORMAL;
	if (fetch ? device || !r->s1.icacheable : !device && !r->s1.cacheable)
		set(out, NORMAL_NC, SH_OUTER);
}

void attrs_final(const struct regime *r, const struct walk *w, bool fetch, struct mem_attrs *out)
{
	bool plain = !fetch && r->s1.enabled && r->s1.cacheable && !(w->s2_used && r->s2.cd);
	struct mem_attrs s1;

	if (likely(plain)) {
		*out = w->s2_used ? w->s2_attrs : w->s1_attrs;
		return;
	}
	s1_effective(r, w, fetch, &s1);
	if (w->s2_used)
		s2_attrs_decode(r, &s1, s2_effective(r, w->s2_attr, fetch), out);
	else
		*out = s1;
}
