/*
 * Pointer authentication. Arm ARM D8.12, shared pseudocode aarch64/functions/pac: AddPAC, Auth, Strip.
 * The code occupies the bits of a pointer that translation does not use: [54:bottom], and [63:56] when the tag byte is
 * not ignored; bit 55 keeps its meaning. Left out: FEAT_MTE_NO_ADDRESS_TAGS (MTX), QARMA3.
 */
#include "cpu/pauth.h"

#include "cpu/qarma.h"

#define EC_PAUTH_TRAP 0x09
#define EC_PAC_FAIL 0x1c

/* ---- where the code goes ---- */

/* What the regime says of one half of the address space. */
struct half {
	unsigned tsz, granule_64k;
	bool tbi, tbid, ds;
};

/* AArch64.PACEffectiveTxSZ: TxSZ, forced into the implemented range. */
static unsigned effective_tsz(const struct cpu *c, const struct half *h)
{
	unsigned most = c->feat.ttst ? (h->granule_64k ? 47 : 48) : 39;
	unsigned least = (h->granule_64k ? c->feat.lva : h->ds && c->feat.lpa2) ? 12 : 16;

	return h->tsz > most ? most : h->tsz < least ? least : h->tsz;
}

static bool two_ranges(const struct cpu *c)
{
	return c->s.p.el < 2 || (c->s.p.el == 2 && cpu_el_is_in_host(c, 2));
}

static u64 regime_tcr(const struct cpu *c)
{
	if (c->s.p.el == 3)
		return SYS(c, TCR_EL3);
	return c->s.p.el == 2 || cpu_el_is_in_host(c, c->s.p.el) ? SYS(c, TCR_EL2) : SYS(c, TCR_EL1);
}

static struct half regime_half(const struct cpu *c, bool upper)
{
	u64 tcr = regime_tcr(c);

	if (!two_ranges(c))
		return (struct half){ GET(tcr, TCR_EL3, T0SZ), GET(tcr, TCR_EL3, TG0) == 1, GET(tcr, TCR_EL3, TBI),
				      GET(tcr, TCR_EL3, TBID), GET(tcr, TCR_EL3, DS) };
	if (upper)
		return (struct half){ GET(tcr, TCR_EL1, T1SZ), GET(tcr, TCR_EL1, TG1) == 3, GET(tcr, TCR_EL1, TBI1),
				      GET(tcr, TCR_EL1, TBID1), GET(tcr, TCR_EL1, DS) };
	return (struct half){ GET(tcr, TCR_EL1, T0SZ), GET(tcr, TCR_EL1, TG0) == 1, GET(tcr, TCR_EL1, TBI0),
			      GET(tcr, TCR_EL1, TBID0), GET(tcr, TCR_EL1, DS) };
}

/* EffectiveTBI() of one half */
static bool ignores_tag(const struct half *h, bool is_data)
{
	return h->tbi && (is_data || !h->tbid);
}

struct layout {
	bool upper; /* bit 55 of the signed pointer: which half it belongs to */
	bool tbi;
	u64 code; /* the bits that hold the code */
	u64 ext;  /* those, and bit 55: copies of `upper` in the pointer without code */
};

/* `upper` chooses the half whose size counts; bit 55 of the pointer chooses whose tag byte does. */
static struct layout layout_for(const struct cpu *c, u64 ptr, bool upper, bool is_data)
{
	struct half sized = regime_half(c, upper), tagged = regime_half(c, bit(ptr, 55));
	struct layout l = { .upper = upper, .tbi = ignores_tag(&tagged, is_data) };
	unsigned bottom = 64 - effective_tsz(c, &sized);

	l.ext = ~ones(bottom) & (l.tbi ? ones(56) : ~0ull);
	l.code = l.ext & ~(1ull << 55);
	return l;
}

static u64 without_code(const struct layout *l, u64 ptr)
{
	return l->upper ? ptr | l->ext : ptr & ~l->ext;
}

/* AddPAC: a pointer to be signed belongs to the half that bit 55 or 63 says, by whether any tag byte is ignored. */
static bool half_to_sign(const struct cpu *c, u64 ptr, bool is_data)
{
	struct half lower = regime_half(c, false), upper = regime_half(c, true);
	bool tbi;

	if (c->feat.pauth2 && c->feat.const_pac_field)
		return bit(ptr, 55);
	/* One range: both halves are the same. */
	tbi = ignores_tag(&lower, is_data) || ignores_tag(&upper, is_data);
	return bit(ptr, tbi ? 55 : 63);
}

/* ---- the code itself ---- */

struct key {
	u64 hi, lo;
};

static struct key key_of(const struct cpu *c, enum pauth_key key)
{
	switch (key) {
	case PAUTH_IA: return (struct key){ SYS(c, APIAKEYHI_EL1), SYS(c, APIAKEYLO_EL1) };
	case PAUTH_IB: return (struct key){ SYS(c, APIBKEYHI_EL1), SYS(c, APIBKEYLO_EL1) };
	case PAUTH_DA: return (struct key){ SYS(c, APDAKEYHI_EL1), SYS(c, APDAKEYLO_EL1) };
	default: return (struct key){ SYS(c, APDBKEYHI_EL1), SYS(c, APDBKEYLO_EL1) };
	}
}

/* An algorithm of our own, in place of QARMA5 (ID_AA64ISAR1_EL1.API): quick, and no cipher. The finaliser of
 * SplitMix64. */
static u64 mix(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static u64 impdef(u64 data, u64 modifier, u64 key_hi, u64 key_lo)
{
	return mix(mix(mix(data ^ key_lo) ^ modifier) ^ key_hi);
}

static u64 code_of(const struct cpu *c, u64 data, u64 modifier, u64 key_hi, u64 key_lo)
{
	return c->feat.pauth_impdef ? impdef(data, modifier, key_hi, key_lo) : qarma5(data, modifier, key_hi, key_lo);
}

/* ComputePAC() through a cache: a function's return address is signed and authenticated with the same inputs. */
static u64 compute(struct cpu *c, u64 ptr, u64 modifier, struct key k)
{
	u64 hash = (ptr ^ modifier << 7 ^ k.lo) * 0x9e3779b97f4a7c15;
	struct pauth_entry *e = &c->pauth_cache[hash >> 32 & (PAUTH_CACHE - 1)];

	if (!e->valid || e->ptr != ptr || e->modifier != modifier || e->key_hi != k.hi || e->key_lo != k.lo)
		*e = (struct pauth_entry){ ptr, modifier, k.hi, k.lo, code_of(c, ptr, modifier, k.hi, k.lo), true };
	return e->code;
}

/*
 * AddPAC(). A pointer whose unused bits are not all alike gets a code that cannot be right. Unused are all bits of the
 * extension, as in DDI 0487F and the text of D8.12; the later pseudocode's mask confuses the tag byte's two cases.
 */
static u64 sign(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, bool is_data)
{
	struct layout l = layout_for(c, ptr, half_to_sign(c, ptr, is_data), is_data);
	u64 code = compute(c, without_code(&l, ptr), modifier, key_of(c, key));
	u64 base = deposit(ptr & ~l.code, 55, 1, l.upper);

	if (c->feat.pauth2)
		return base | ((ptr ^ code) & l.code);
	if ((ptr & l.ext) != 0 && (ptr & l.ext) != l.ext)
		code = c->feat.epac ? 0 : code ^ 1ull << (l.tbi ? 54 : 62);
	return base | (code & l.code);
}

/* Auth() without FEAT_PAuth2: a wrong code leaves a pointer that translation will refuse, and which key it was. */
static u64 poison(const struct layout *l, u64 ptr, enum pauth_key key)
{
	bool is_b = key == PAUTH_IB || key == PAUTH_DB;

	return deposit(without_code(l, ptr), l->tbi ? 53 : 61, 2, is_b ? 2 : 1);
}

/* Auth(): false when it faults. */
static bool authenticate(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, bool may_fault, u64 *out)
{
	bool is_data = key == PAUTH_DA || key == PAUTH_DB, is_b = key == PAUTH_IB || key == PAUTH_DB;
	struct layout l = layout_for(c, ptr, bit(ptr, 55), is_data);
	u64 plain = without_code(&l, ptr);
	u64 code = compute(c, plain, modifier, key_of(c, key));

	if (!c->feat.pauth2) {
		*out = ((ptr ^ code) & l.code) == 0 ? plain : poison(&l, ptr, key);
		return true;
	}
	*out = ptr ^ (code & l.code);
	if (*out == plain || !may_fault)
		return true;
	cpu_trap(c, c->s.p.el ? c->s.p.el : cpu_route_el1(c), EC_PAC_FAIL, (u32)is_data << 1 | is_b);
	return false;
}

u64 pauth_strip(const struct cpu *c, u64 ptr, bool is_data)
{
	struct layout l = layout_for(c, ptr, bit(ptr, 55), is_data);

	return without_code(&l, ptr);
}

/* ---- enables and traps ---- */

static bool enabled(const struct cpu *c, enum pauth_key key)
{
	u64 sctlr = c->s.p.el == 3					? SYS(c, SCTLR_EL3)
		    : c->s.p.el == 2 || cpu_el_is_in_host(c, c->s.p.el) ? SYS(c, SCTLR_EL2)
									: SYS(c, SCTLR_EL1);

	switch (key) {
	case PAUTH_IA: return GET(sctlr, SCTLR_EL1, EnIA);
	case PAUTH_IB: return GET(sctlr, SCTLR_EL1, EnIB);
	case PAUTH_DA: return GET(sctlr, SCTLR_EL1, EnDA);
	default: return GET(sctlr, SCTLR_EL1, EnDB);
	}
}

/* HCR_EL2.API, SCR_EL3.API: true when an exception was recorded. */
static bool trapped(struct cpu *c)
{
	u64 hcr = SYS(c, HCR_EL2);
	bool in_host = c->s.p.el == 0 && GET(hcr, HCR_EL2, TGE) && GET(hcr, HCR_EL2, E2H);

	if (c->s.p.el < 2 && cpu_el2_enabled(c) && !GET(hcr, HCR_EL2, API) && !in_host)
		cpu_trap(c, 2, EC_PAUTH_TRAP, 0);
	else if (c->s.p.el < 3 && cpu_has_el(c, 3) && !SYSF(c, SCR_EL3, API))
		cpu_trap(c, 3, EC_PAUTH_TRAP, 0);
	else
		return false;
	return true;
}

bool pauth_sign(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, u64 *out)
{
	*out = ptr;
	if (!enabled(c, key))
		return true;
	if (trapped(c))
		return false;
	*out = sign(c, ptr, modifier, key, key == PAUTH_DA || key == PAUTH_DB);
	return true;
}

static bool auth(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, bool may_fault, u64 *out)
{
	*out = ptr;
	if (!enabled(c, key))
		return true;
	return !trapped(c) && authenticate(c, ptr, modifier, key, may_fault, out);
}

bool pauth_auth(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, u64 *out)
{
	return auth(c, ptr, modifier, key, c->feat.fpac, out);
}

bool pauth_auth_branch(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, u64 *out)
{
	return auth(c, ptr, modifier, key, c->feat.fpaccombine, out);
}

/* PACGA has no enable. */
bool pauth_generic(struct cpu *c, u64 value, u64 modifier, u64 *out)
{
	struct key k = { SYS(c, APGAKEYHI_EL1), SYS(c, APGAKEYLO_EL1) };

	if (trapped(c))
		return false;
	*out = compute(c, value, modifier, k) & ~ones(32);
	return true;
}
