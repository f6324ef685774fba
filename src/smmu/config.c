/*
 * From a stream ID to a translation regime: stream table entries and context descriptors (IHI 0070, chapters 3.3, 5).
 * What was fetched is cached until a CFGI command covers it.
 */
#include "smmu/smmu.h"

#include <string.h>

#include "base/bits.h"

#define STREAM_BITS 16 /* IDR1.SIDSIZE */
#define ILLEGAL_SPLIT(split) ((split) != 6 && (split) != 8 && (split) != 10)

static bool fetch(struct smmu *s, u64 at, u64 *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (bus_dma_read(s->bus, (pa_t){ at + 8 * i, true }, 8, 0, &words[i]) != BUS_OK)
			return false;
	return true;
}

static bool fail(struct smmu_event *e, enum smmu_event_type type, u64 at)
{
	e->type = (u8)type;
	e->fetch = at;
	return false;
}

/* ---- the stream table ---- */

/* The address of a stream's STE; two-level tables are walked here. */
static bool locate_ste(struct smmu *s, u32 stream, u64 *at, struct smmu_event *e)
{
	u32 cfg = s->r.strtab_base_cfg;
	unsigned log2size = bits(cfg, 5, 0), split = (unsigned)bits(cfg, 10, 6), fmt = (unsigned)bits(cfg, 17, 16);
	u64 base = s->r.strtab_base & ones(52) & ~ones(6), l1, descriptor;

	if (log2size > STREAM_BITS)
		log2size = STREAM_BITS;
	if (stream >> log2size || fmt > 1 || (fmt == 1 && ILLEGAL_SPLIT(split)))
		return fail(e, C_BAD_STREAMID, 0);
	if (fmt == 0) {
		*at = (base & ~ones(log2size + 6)) + 64ull * stream;
		return true;
	}
	l1 = base;
	if (log2size > split)
		l1 &= ~ones(log2size - split + 3 > 6 ? log2size - split + 3 : 6);
	l1 += 8ull * (stream >> split);
	if (!fetch(s, l1, &descriptor, 1))
		return fail(e, F_STE_FETCH, l1);
	/* L1STD: Span 0 means that none of these streams exist; 2^(Span - 1) STEs otherwise. */
	if (bits(descriptor, 4, 0) == 0 || bits(descriptor, 4, 0) > split + 1u ||
	    (stream & ones(split)) >> (bits(descriptor, 4, 0) - 1))
		return fail(e, C_BAD_STREAMID, 0);
	*at = (descriptor & ones(52) & ~ones((unsigned)bits(descriptor, 4, 0) + 5)) + 64 * (stream & ones(split));
	return true;
}

static bool s2_is_legal(const u64 *ste)
{
	unsigned tg = (unsigned)bits(ste[2], 47, 46), t0sz = (unsigned)bits(ste[2], 37, 32);

	return bit(ste[2], 51) && tg != 3 && t0sz >= 12 && t0sz <= 48 && !bit(ste[2], 52);
}

/* Whether the STE can be used (5.2): one that cannot is C_BAD_STE, or F_STE_FETCH's silent cousin. */
static bool ste_is_legal(const u64 *ste)
{
	unsigned config = (unsigned)STE_CONFIG(ste);

	if (!bit(ste[0], 0))
		return false;
	if (!(config & STE_BYPASS))
		return config == 0;
	if (config & STE_S1 && (bits(ste[0], 63, 59) || bits(ste[1], 31, 30) == 1 || bits(ste[1], 31, 30) == 3))
		return false; /* substreams, and StreamWorlds that are not there */
	return !(config & STE_S2) || s2_is_legal(ste);
}

/* ---- the context descriptor ---- */

/* The CD's address is an IPA when stage 2 is on. */
static bool locate_cd(struct smmu *s, const struct smmu_config_entry *c, u64 *at, struct smmu_event *e)
{
	u64 pointer = c->ste[0] & ones(52) & ~ones(6);
	struct mmu_access a = { .va = pointer, .kind = ACCESS_READ, .privileged = true };
	struct smmu_config_entry s2_only = *c;
	struct mmu_memory memory = smmu_walk_memory(s);
	struct translation t;
	struct regime r;
	struct fault f;

	*at = pointer;
	if (!(STE_CONFIG(c->ste) & STE_S2))
		return true;
	s2_only.ste[0] = (c->ste[0] & ~0xfull) | (STE_BYPASS | STE_S2) << 1 | 1;
	smmu_build_regime(&s2_only, &r);
	if (mmu_translate(s->tlb, &r, &a, &memory, &t, &f)) {
		*at = t.pa.v;
		return true;
	}
	*e = (struct smmu_event){ .stream = e->stream, .is_read = true, .s2 = true, .klass = 0, .address = e->address };
	e->fetch = pointer;
	e->type = f.kind == FAULT_TRANSLATION	 ? F_TRANSLATION
		  : f.kind == FAULT_PERMISSION	 ? F_PERMISSION
		  : f.kind == FAULT_ACCESS_FLAG	 ? F_ACCESS
		  : f.kind == FAULT_ADDRESS_SIZE ? F_ADDR_SIZE
						 : F_WALK_EABT;
	return false;
}

static bool half_is_legal(u64 tsz, u64 tg, bool is_ttb1, bool epd)
{
	bool reserved = is_ttb1 ? tg == 0 : tg == 3;

	return epd || (!reserved && tsz >= 16 && tsz <= 48);
}

static bool cd_is_legal(const u64 *cd)
{
	u64 d = cd[0];

	if (!bit(d, 31) || !bit(d, 41) || bit(d, 15))
		return false; /* V, AA64, ENDI */
	return half_is_legal(bits(d, 5, 0), bits(d, 7, 6), false, bit(d, 14)) &&
	       half_is_legal(bits(d, 21, 16), bits(d, 23, 22), true, bit(d, 30));
}

/* ---- the cache ---- */

static bool fetch_config(struct smmu *s, u32 stream, struct smmu_config_entry *c, struct smmu_event *e)
{
	u64 at;

	*c = (struct smmu_config_entry){ .stream = stream };
	if (!locate_ste(s, stream, &at, e))
		return false;
	if (!fetch(s, at, c->ste, 8))
		return fail(e, F_STE_FETCH, at);
	smmu_trace(s, SMMU_STE, "STE", stream, at, 0, false, c->ste, 8);
	if (!ste_is_legal(c->ste))
		return fail(e, C_BAD_STE, 0);
	if (!(STE_CONFIG(c->ste) & STE_BYPASS) || !(STE_CONFIG(c->ste) & STE_S1)) {
		c->valid = true;
		return true;
	}
	if (!locate_cd(s, c, &at, e))
		return false;
	if (!fetch(s, at, c->cd, 8))
		return fail(e, F_CD_FETCH, at);
	smmu_trace(s, SMMU_CD, "CD", stream, at, 0, false, c->cd, 8);
	if (!cd_is_legal(c->cd))
		return fail(e, C_BAD_CD, 0);
	c->valid = c->has_cd = true;
	return true;
}

bool smmu_find_config(struct smmu *s, u32 stream, const struct smmu_config_entry **config, struct smmu_event *e)
{
	struct smmu_config_entry *c = &s->config[stream % SMMU_CONFIGS];

	*config = c;
	if (c->valid && c->stream == stream)
		return true;
	return fetch_config(s, stream, c, e);
}

void smmu_forget_streams(struct smmu *s, u32 first, u64 count)
{
	for (unsigned i = 0; i < SMMU_CONFIGS; i++)
		if (s->config[i].stream - (u64)first < count)
			s->config[i].valid = false;
}

/* ---- regimes ---- */

static u8 granule_of_tg0(u64 tg)
{
	return tg == 1 ? GRANULE_64K : tg == 2 ? GRANULE_16K : GRANULE_4K;
}

static u8 granule_of_tg1(u64 tg)
{
	return tg == 3 ? GRANULE_64K : tg == 1 ? GRANULE_16K : GRANULE_4K;
}

static void build_stage1(const u64 *cd, struct stage1 *s)
{
	u64 d = cd[0];

	s->enabled = s->two_halves = s->has_el0 = s->cacheable = s->icacheable = true;
	s->half[0] = (struct s1_half){ .ttb = cd[1] & ones(52) & ~0xfull,
				       .tsz = (u8)bits(d, 5, 0),
				       .granule = granule_of_tg0(bits(d, 7, 6)),
				       .irgn = bits(d, 9, 8),
				       .orgn = bits(d, 11, 10),
				       .sh = bits(d, 13, 12),
				       .epd = bit(d, 14),
				       .tbi = bit(d, 38),
				       .hpd = bit(cd[1], 1) };
	s->half[1] = (struct s1_half){ .ttb = cd[2] & ones(52) & ~0xfull,
				       .tsz = (u8)bits(d, 21, 16),
				       .granule = granule_of_tg1(bits(d, 23, 22)),
				       .irgn = bits(d, 25, 24),
				       .orgn = bits(d, 27, 26),
				       .sh = bits(d, 29, 28),
				       .epd = bit(d, 30),
				       .tbi = bit(d, 39),
				       .hpd = bit(cd[2], 1) };
	s->mair = cd[3];
	s->ips = (u8)bits(d, 34, 32);
	s->wxn = bit(d, 36);
	s->asid = (u16)bits(d, 63, 48);
}

static void build_stage2(const u64 *ste, struct stage2 *s)
{
	*s = (struct stage2){ .enabled = true,
			      .ttb = ste[3] & ones(52) & ~0xfull,
			      .tsz = (u8)bits(ste[2], 37, 32),
			      .sl0 = (u8)bits(ste[2], 39, 38),
			      .granule = granule_of_tg0(bits(ste[2], 47, 46)),
			      .ps = (u8)bits(ste[2], 50, 48),
			      .sh = (u8)bits(ste[2], 45, 44),
			      .orgn = (u8)bits(ste[2], 43, 42),
			      .irgn = (u8)bits(ste[2], 41, 40),
			      .ptw = bit(ste[2], 54),
			      .vmid = (u16)bits(ste[2], 15, 0) };
}

void smmu_build_regime(const struct smmu_config_entry *c, struct regime *r)
{
	unsigned config = (unsigned)STE_CONFIG(c->ste);
	bool is_el2 = config & STE_S1 && !(config & STE_S2) && bits(c->ste[1], 31, 30) == 2;

	*r = (struct regime){ .id = is_el2 ? REGIME_EL2 : REGIME_EL10,
			      .is_smmu = true,
			      .pa_bits = 48,
			      .xnx = true,
			      .ttst = true,
			      .ttl_small = true,
			      .hpds = true };
	if (config & STE_S1)
		build_stage1(c->cd, &r->s1);
	r->s1.has_el0 = r->s1.two_halves = !is_el2;
	if (config & STE_S2)
		build_stage2(c->ste, &r->s2);
	r->vmid = (u16)bits(c->ste[2], 15, 0);
}
