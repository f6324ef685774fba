/*
 * From a stream and substream ID to STE and CD (IHI 0070, 3.3, 5.1 to 5.4). What was fetched is cached, whether it can
 * be used or not, until a CFGI command covers it; level 1 descriptors are not.
 */
#include "smmu/internal.h"

#include <string.h>

static bool fetch(struct smmu *s, u64 at, u64 *words, unsigned count)
{
	return bus_copy_out(s->bus, (pa_t){ at, true }, words, 8ull * count);
}

bool smmu_fail(struct smmu_path *p, enum smmu_event_type type, u64 at)
{
	p->e.type = (u8)type;
	p->e.fetch = at;
	return false;
}

/* ---- the stream table ---- */

static unsigned split_of(u32 cfg)
{
	unsigned split = (unsigned)bits(cfg, 10, 6);

	return split == 8 || split == 10 ? split : 6;
}

/* C_BAD_STREAMID is recorded only when CR2.RECINVSID asks for it. */
static bool bad_stream(struct smmu *s, struct smmu_path *p)
{
	return smmu_fail(p, s->r.cr2 & CR2_RECINVSID ? C_BAD_STREAMID : 0, 0);
}

/* Two-level tables: L1STD.Span 0 or out of range: none of these streams exist; else there are 2^(Span - 1) STEs. */
static bool locate_in_level2(struct smmu *s, struct smmu_path *p, unsigned log2size, u64 *at)
{
	unsigned split = split_of(s->r.strtab_base_cfg), size = log2size > split ? log2size - split + 3 : 0, span;
	u64 l1 = (s->r.strtab_base & ADDRESS_BITS & ~ones(size > 6 ? size : 6)) + 8ull * (p->stream >> split);
	u64 descriptor;

	if (!fetch(s, l1, &descriptor, 1))
		return smmu_fail(p, F_STE_FETCH, l1);
	smmu_trace(s, SMMU_L1STD, "L1STD", p->stream, l1, 0, false, &descriptor, 1);
	span = L1STD_SPAN(descriptor);
	if (span == 0 || span > split + 1 || (p->stream & ones(split)) >> (span - 1))
		return bad_stream(s, p);
	*at = (L1STD_L2PTR(descriptor) & ~ones(span + 5)) + 64 * (p->stream & ones(split));
	return true;
}

static bool locate_ste(struct smmu *s, struct smmu_path *p, u64 *at)
{
	unsigned log2size = (unsigned)bits(s->r.strtab_base_cfg, 5, 0);

	if (log2size > SMMU_STREAM_BITS)
		log2size = SMMU_STREAM_BITS;
	if (p->stream >> log2size)
		return bad_stream(s, p);
	if (bits(s->r.strtab_base_cfg, 17, 16) == 1)
		return locate_in_level2(s, p, log2size, at);
	*at = (s->r.strtab_base & ADDRESS_BITS & ~ones(log2size + 6)) + 64ull * p->stream;
	return true;
}

/* ---- the STE cache: direct-mapped; requester IDs of different devices differ from bit 3 up ---- */

struct smmu_ste *smmu_ste_of(struct smmu *s, u32 stream)
{
	return &s->ste[(stream ^ stream >> 3 ^ stream >> 8) % SMMU_STES];
}

void smmu_understand_ste(const struct smmu *s, struct smmu_ste *e)
{
	e->why = smmu_ste_why(s, e->word);
	if (!e->why && ste_has_s2(e->word))
		smmu_build_regime(s, e->word, NULL, &e->regime);
}

static bool fill_ste(struct smmu *s, struct smmu_path *p, struct smmu_ste *e)
{
	u64 at = 0, word[8];

	if (!locate_ste(s, p, &at))
		return false;
	if (!fetch(s, at, word, 8))
		return smmu_fail(p, F_STE_FETCH, at);
	if (e->cached)
		smmu_forget_streams(s, e->stream, 1); /* its CDs were read through it */
	memcpy(e->word, word, sizeof(word));
	e->cached = true;
	e->stream = p->stream;
	smmu_understand_ste(s, e);
	smmu_trace(s, SMMU_STE, "STE", p->stream, at, 0, false, e->word, 8);
	return true;
}

bool smmu_find_ste(struct smmu *s, struct smmu_path *p)
{
	struct smmu_ste *e = smmu_ste_of(s, p->stream);

	if (unlikely(!e->cached || e->stream != p->stream) && !fill_ste(s, p, e))
		return false;
	p->ste = e;
	return !e->why || smmu_fail(p, C_BAD_STE, 0);
}

void smmu_forget_streams(struct smmu *s, u32 first, u64 count)
{
	for (unsigned i = 0; i < SMMU_STES; i++)
		if ((u32)(s->ste[i].stream - first) < count)
			s->ste[i].cached = false;
	for (unsigned i = 0; i < SMMU_CDS; i++)
		if ((u32)(s->cd[i].stream - first) < count)
			s->cd[i].cached = false;
}

/* ---- the context descriptor ---- */

/* A structure's address is an IPA when stage 2 is on: translated as data that is read. */
static bool locate_through_s2(struct smmu *s, struct smmu_path *p, u64 ipa, u64 *at)
{
	struct mmu_access a = { .va = ipa, .kind = ACCESS_READ, .privileged = true };
	const struct regime *r = &p->ste->regime;
	struct translation t;
	struct fault f;

	*at = ipa;
	if (!ste_has_s2(p->ste->word))
		return true;
	if (!mmu_translate(s->tlb, r, &a, &s->memory, &t, &f)) {
		smmu_event_of_fault(&f, &p->e);
		p->e.s2 = true; /* an IPA beyond IAS included: stage 1 has no part in it */
		if (p->e.type != F_WALK_EABT)
			p->e.fetch = ipa;
		p->e.klass = CLASS_CD;
		return false;
	}
	*at = t.pa.v;
	if (!r->s2.ptw || t.attrs.type == MEM_NORMAL)
		return true;
	p->e.s2 = true;
	p->e.klass = CLASS_CD;
	return smmu_fail(p, F_PERMISSION, ipa);
}

static bool fetch_context(struct smmu *s, struct smmu_path *p, u64 ipa, u64 *words, unsigned count)
{
	u64 at;

	if (!locate_through_s2(s, p, ipa, &at))
		return false;
	if (!fetch(s, at, words, count))
		return smmu_fail(p, F_CD_FETCH, at);
	if (count == 1)
		smmu_trace(s, SMMU_L1CD, "L1CD", p->stream, at, 0, false, words, count);
	else
		smmu_trace(s, SMMU_CD, "CD", p->stream, at, 0, false, words, count);
	return true;
}

/* The CD's address; two-level tables are walked here. S1Fmt 1: leaves of 4 KiB, 2: of 64 KiB. */
static bool locate_cd(struct smmu *s, struct smmu_path *p, u32 index, u64 *at)
{
	const u64 *ste = p->ste->word;
	unsigned max = STE_S1CDMAX(ste), format = max ? STE_S1FMT(ste) : 0;
	unsigned leaf = format == 1 ? 6 : 10, size;
	u64 descriptor;

	if (format == 0 || format == 3) {
		*at = (STE_S1CONTEXTPTR(ste) & ~ones(max + 6)) + 64ull * index;
		return true;
	}
	size = max > leaf ? max - leaf + 3 : 0;
	if (!fetch_context(s, p, (STE_S1CONTEXTPTR(ste) & ~ones(size > 6 ? size : 6)) + 8ull * (index >> leaf),
			   &descriptor, 1))
		return false;
	if (!L1CD_V(descriptor) || L1CD_L2PTR(descriptor) >> s->pa_bits) {
		p->e.ssid = index;
		return smmu_fail(p, C_BAD_SUBSTREAMID, 0);
	}
	*at = (L1CD_L2PTR(descriptor) & ~ones(format == 1 ? 12 : 16)) + 64 * (index & ones(leaf));
	return true;
}

static struct smmu_cd *cd_place(struct smmu *s, u32 stream, u32 index)
{
	return &s->cd[(stream ^ stream >> 3 ^ stream >> 8 ^ index * 37) % SMMU_CDS];
}

void smmu_understand_cd(const struct smmu *s, const u64 *ste, struct smmu_cd *c)
{
	c->why = smmu_cd_why(s, ste, c->word);
	if (!c->why)
		smmu_build_regime(s, ste, c->word, &c->regime);
}

static bool fill_cd(struct smmu *s, struct smmu_path *p, u32 index, struct smmu_cd *c)
{
	u64 at = 0, word[8];

	if (!locate_cd(s, p, index, &at) || !fetch_context(s, p, at, word, 8))
		return false;
	memcpy(c->word, word, sizeof(word));
	c->cached = true;
	c->stream = p->stream;
	c->index = index;
	c->e2h = s->r.cr2 & CR2_E2H;
	smmu_understand_cd(s, p->ste->word, c);
	return true;
}

static bool find_cd(struct smmu *s, struct smmu_path *p, u32 index)
{
	struct smmu_cd *c = cd_place(s, p->stream, index);

	if (unlikely(!c->cached || c->stream != p->stream || c->index != index) && !fill_cd(s, p, index, c))
		return false;
	if (c->why)
		return smmu_fail(p, C_BAD_CD, 0);
	p->cd = c;
	p->regime = &c->regime;
	return true;
}

void smmu_forget_cds(struct smmu *s, u32 stream, bool all, u32 index)
{
	for (unsigned i = 0; i < SMMU_CDS; i++)
		if (s->cd[i].stream == stream && (all || s->cd[i].index == index))
			s->cd[i].cached = false;
}

/* ---- which context a transaction has ---- */

static bool bypass_stage1(struct smmu_path *p)
{
	p->regime = ste_has_s2(p->ste->word) ? &p->ste->regime : NULL;
	return true;
}

/* S1DSS: what comes without a substream where there are some, and what names the one that is reserved for it. */
static bool find_default_context(struct smmu *s, struct smmu_path *p)
{
	switch (STE_S1DSS(p->ste->word)) {
	case DSS_BYPASS: return bypass_stage1(p);
	case DSS_SUBSTREAM0: return find_cd(s, p, 0);
	default: return smmu_fail(p, F_STREAM_DISABLED, 0);
	}
}

bool smmu_find_context(struct smmu *s, struct smmu_path *p)
{
	const u64 *ste = p->ste->word;
	unsigned max = STE_S1CDMAX(ste);

	if (p->has_ssid && (!ste_has_s1(ste) || !max || p->ssid >> max))
		return smmu_fail(p, C_BAD_SUBSTREAMID, 0);
	if (!ste_has_s1(ste))
		return bypass_stage1(p);
	if (!max)
		return find_cd(s, p, 0);
	if (!p->has_ssid)
		return find_default_context(s, p);
	if (!p->ssid && STE_S1DSS(ste) == DSS_SUBSTREAM0)
		return smmu_fail(p, F_STREAM_DISABLED, 0);
	return find_cd(s, p, p->ssid);
}
