/*
 * Stage 2 as VTCR_EL2 and VTTBR_EL2 configure it, and whether the parts agree. Arm ARM D8.2.7 (stage-2 start level),
 * D17.2.150, AArch64.S2StartLevel, AArch64.S2InconsistentSL.
 */
#include "base/bits.h"
#include "debug/explain.h"

typedef unsigned long long ull;

struct s2 {
	unsigned granule; /* enum granule */
	unsigned page;	  /* log2 of the granule */
	unsigned tsz, sl0, input;
	int start;	  /* level */
	unsigned entries; /* log2 of the initial table's entries, concatenation included */
	unsigned stride;  /* log2 of one table's entries */
};

static int start_level(unsigned granule, unsigned sl0)
{
	static const s8 first_4k[] = { 2, 1, 0, 3 }, other[] = { 3, 2, 1, 0 };

	return granule == GRANULE_4K ? first_4k[sl0] : other[sl0];
}

static struct s2 s2_of(u64 vtcr)
{
	static const u8 granules[] = { GRANULE_4K, GRANULE_64K, GRANULE_16K, GRANULE_4K };
	struct s2 s = { .granule = granules[bits(vtcr, 15, 14)] };

	s.page = 12 + 2 * s.granule;
	s.stride = s.page - 3;
	s.tsz = (unsigned)bits(vtcr, 5, 0);
	s.sl0 = (unsigned)bits(vtcr, 7, 6);
	s.input = 64 - s.tsz;
	s.start = start_level(s.granule, s.sl0);
	return s;
}

/* Input bits that a walk from level `start` resolves with one table there: the start table takes 1..stride bits, or up
 * to 4 more by concatenation (D8.2.7). */
static unsigned input_max(const struct s2 *s)
{
	return s->page + s->stride * (unsigned)(4 - s->start) + 4;
}

static unsigned input_min(const struct s2 *s)
{
	return s->page + s->stride * (unsigned)(3 - s->start) + 1;
}

static void start_words(FILE *out, const struct s2 *s)
{
	unsigned resolved = s->page + s->stride * (unsigned)(3 - s->start);
	unsigned index = s->input - resolved, tables = index > s->stride ? 1u << (index - s->stride) : 1;

	fprintf(out, "    walk starts at level %d: IPA[%u:%u] indexes %u entries", s->start, s->input - 1, resolved,
		1u << index);
	if (tables > 1)
		fprintf(out, " in %u concatenated tables", tables);
	fprintf(out, ", the table aligned to 0x%x\n", 8u << index);
	fprintf(out, "    one level %d entry covers 0x%llx bytes of IPA\n", s->start,
		(ull)1 << desc_log2((u8)s->granule, s->start));
}

/* Which SL0 would fit this T0SZ, for the remedy. */
static void suggest(FILE *out, const struct s2 *s)
{
	for (unsigned sl0 = 0; sl0 < 3; sl0++) {
		struct s2 t = *s;

		t.start = start_level(s->granule, sl0);
		if (s->input >= input_min(&t) && s->input <= input_max(&t))
			fprintf(out, "    remedy: SL0=%u (level %d) fits T0SZ=%u\n", sl0, t.start, s->tsz);
	}
	fprintf(out, "    remedy: T0SZ=%u..%u (IPA of %u..%u bits) fits SL0=%u\n", 64 - input_max(s), 64 - input_min(s),
		input_min(s), input_max(s), s->sl0);
}

static bool check_size(FILE *out, const struct s2 *s)
{
	bool fits = s->input >= input_min(s) && s->input <= input_max(s);

	if (s->tsz < 16)
		fprintf(out,
			"    warning: T0SZ=%u asks for a %u-bit IPA: without FEAT_LPA2 or a 64K granule with FEAT_LVA "
			"the"
			" least is 16\n",
			s->tsz, s->input);
	if (fits)
		return true;
	fprintf(out,
		"    warning: T0SZ=%u (a %u-bit IPA) does not agree with SL0=%u (start at level %d, which takes %u..%u"
		" bits): every stage-2 access takes a Translation fault, level 0\n",
		s->tsz, s->input, s->sl0, s->start, input_min(s), input_max(s));
	suggest(out, s);
	return false;
}

static void explain_root(FILE *out, const struct s2 *s, u64 vtcr, u64 vttbr)
{
	unsigned index = s->input - s->page - s->stride * (unsigned)(3 - s->start), align = index + 3;
	u64 base = vttbr & 0xfffffffffffeull;

	fprintf(out, "    VMID %llu, root table at 0x%llx\n", (ull)bits(vttbr, bit(vtcr, 19) ? 63 : 55, 48), (ull)base);
	if (!bit(vtcr, 19) && bits(vttbr, 63, 56))
		fputs("    warning: VTTBR_EL2[63:56] is ignored while VTCR_EL2.VS=0 (8-bit VMID)\n", out);
	if (base & ones(align))
		fprintf(out,
			"    warning: the root table must be aligned to 0x%llx bytes; low bits 0x%llx are taken as 0\n",
			1ull << align, (ull)(base & ones(align)));
}

void explain_stage2(FILE *out, u64 vtcr, bool has_vttbr, u64 vttbr)
{
	static const char *const granules[] = { "4K", "16K", "64K" };
	static const unsigned ps[] = { 32, 36, 40, 42, 44, 48, 52, 52 };
	struct s2 s = s2_of(vtcr);

	fprintf(out, "    stage 2: %s granule, %u-bit IPA (2^%u bytes), %u-bit output, %s-bit VMID\n",
		granules[s.granule], s.input, s.input, ps[bits(vtcr, 18, 16)], bit(vtcr, 19) ? "16" : "8");
	if (!bit(vtcr, 31))
		fputs("    warning: bit 31 is RES1\n", out);
	if (bits(vtcr, 15, 14) == 3)
		fputs("    warning: TG0=11 is reserved\n", out);
	if (!check_size(out, &s))
		return;
	start_words(out, &s);
	if (s.input > ps[bits(vtcr, 18, 16)])
		fprintf(out, "    note: the IPA (%u bits) is wider than the output (%u bits)\n", s.input,
			ps[bits(vtcr, 18, 16)]);
	if (has_vttbr)
		explain_root(out, &s, vtcr, vttbr);
}
