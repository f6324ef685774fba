/*
 * Translation table descriptors in words, VMSAv8-64. Arm ARM D8.3 (formats), D8.5/D8.6 (memory attributes).
 * Left out: FEAT_S1PIE/S2PIE and FEAT_D128 formats, which no modelled core has.
 */
#include "base/bits.h"
#include "debug/explain.h"

typedef unsigned long long ull;

static const unsigned granule_log2[] = { 12, 14, 16 };

unsigned desc_log2(u8 granule, int level)
{
	unsigned page = granule_log2[granule];

	return page + (unsigned)(3 - level) * (page - 3);
}

enum desc_type { DESC_INVALID, DESC_BLOCK, DESC_TABLE, DESC_PAGE, DESC_RESERVED };

/* D8.3.1: which levels may hold a block: 4K 1-2 (0 with LPA2), 16K 2 (1 with LPA2), 64K 2 (1 with 52-bit PA). */
static bool block_allowed(const struct desc_place *at)
{
	static const s8 first[3][2] = { { 1, 0 }, { 2, 1 }, { 1, 1 } };

	return at->level <= 2 && at->level >= first[at->granule][at->ds];
}

static enum desc_type desc_type(u64 desc, const struct desc_place *at)
{
	if (!bit(desc, 0))
		return DESC_INVALID;
	if (at->level == 3)
		return bit(desc, 1) ? DESC_PAGE : DESC_RESERVED;
	if (bit(desc, 1))
		return DESC_TABLE;
	return block_allowed(at) ? DESC_BLOCK : DESC_RESERVED;
}

/* D8.3.1: OA[51:48] lies in [15:12] with the 64K granule, OA[51:50] in [9:8] with FEAT_LPA2. */
u64 desc_address(u64 desc, const struct desc_place *at)
{
	enum desc_type type = desc_type(desc, at);
	unsigned low = type == DESC_BLOCK ? desc_log2(at->granule, at->level) : granule_log2[at->granule];
	unsigned high = at->ds && at->granule != GRANULE_64K ? 49 : 47;
	u64 address = desc & ones(high + 1) & ~ones(low);

	if (at->granule == GRANULE_64K)
		address |= bits(desc, 15, 12) << 48;
	else if (at->ds)
		address |= bits(desc, 9, 8) << 50;
	return address;
}

/* ---- memory attributes ---- */

static const char *const device_types[] = { "Device-nGnRnE", "Device-nGnRE", "Device-nGRE", "Device-GRE" };

static void cache_words(FILE *out, unsigned nibble)
{
	static const char *const alloc[] = { "", " WA", " RA", " RA WA" };

	if (nibble == 4)
		fputs("Non-cacheable", out);
	else if (nibble < 4)
		fprintf(out, "WT transient%s", alloc[nibble & 3]);
	else if (nibble < 8)
		fprintf(out, "WB transient%s", alloc[nibble & 3]);
	else
		fprintf(out, "%s%s", nibble < 12 ? "WT" : "WB", alloc[nibble & 3]);
}

/* D17.2.97 MAIR_EL1. */
void mair_words(FILE *out, u8 attr)
{
	if (attr == 0xf0) {
		fputs("Tagged Normal, WB RA WA", out);
	} else if (attr >> 4 == 0) {
		fputs(attr & 3 ? "UNPREDICTABLE" : device_types[attr >> 2 & 3], out);
	} else if ((attr & 15) == 0) {
		fputs("UNPREDICTABLE", out);
	} else if (attr >> 4 == (attr & 15)) {
		fputs("Normal, ", out);
		cache_words(out, attr & 15);
	} else {
		fputs("Normal, outer ", out);
		cache_words(out, attr >> 4);
		fputs(", inner ", out);
		cache_words(out, attr & 15);
	}
}

/* D8.6.5: MemAttr[3:0] of stage 2 without FEAT_FWB; reserved when the inner part is 0b00 of Normal memory. */
static bool memattr_reserved(unsigned attr, bool fwb)
{
	if (fwb)
		return attr == 4 || attr >> 3;
	return attr >> 2 && !(attr & 3);
}

static bool s2_memattr_reserved(u64 desc, const struct desc_place *at)
{
	return memattr_reserved((unsigned)bits(desc, 5, 2), at->fwb);
}

void memattr_words(FILE *out, u8 attr, bool fwb)
{
	static const char *const cache[] = { "", "NC", "WT", "WB" };
	static const char *const forced[] = { NULL, "Normal NC", "Normal WB", "as stage 1" };
	unsigned outer = attr >> 2 & 3, inner = attr & 3;

	if (memattr_reserved(attr, fwb))
		fprintf(out, "reserved MemAttr 0b%u%u%u%u", bit(attr, 3), bit(attr, 2), bit(attr, 1), bit(attr, 0));
	else if (outer == 0)
		fputs(device_types[inner], out);
	else if (fwb)
		fputs(forced[inner], out);
	else if (outer == inner)
		fprintf(out, "Normal %s", cache[outer]);
	else
		fprintf(out, "Normal outer %s inner %s", cache[outer], cache[inner]);
}

static void s2_memattr_words(FILE *out, u64 desc, const struct desc_place *at)
{
	memattr_words(out, (u8)bits(desc, 5, 2), at->fwb);
}

static const char *const sh_words[] = { "non-shareable", "reserved shareability", "outer shareable",
					"inner shareable" };
static const char *const s2ap_words[] = { "no access", "read-only", "write-only", "read-write" };
/* AP[2:1], two-privilege regimes. */
static const char *const ap_words[] = { "privileged rw, EL0 none", "privileged rw, EL0 rw", "privileged ro, EL0 none",
					"privileged ro, EL0 ro" };
static const char *const xn_words[] = { "executable", "privileged may not execute", "not executable",
					"EL0 may not execute" };

/* D8.4.3: XN[1:0] = [54:53] of stage 2 (FEAT_XNX): 00 both, 01 EL0 only, 10 neither, 11 EL1 only. */
static const char *s2_xn_words(u64 desc)
{
	static const char *const words[] = { "executable", "executable at EL0 only", "not executable",
					     "executable at EL1 only" };

	return words[bits(desc, 54, 53)];
}

/* ---- one line ---- */

static void s2_leaf_words(FILE *out, u64 desc, const struct desc_place *at)
{
	s2_memattr_words(out, desc, at);
	fprintf(out, ", %s, %s", s2ap_words[bits(desc, 7, 6)], s2_xn_words(desc));
}

static void s1_leaf_words(FILE *out, u64 desc, const struct desc_place *at)
{
	if (at->mair)
		mair_words(out, (u8)(at->mair >> 8 * bits(desc, 4, 2)));
	else
		fprintf(out, "AttrIndx %u", (unsigned)bits(desc, 4, 2));
	fprintf(out, ", %s, %s", ap_words[bits(desc, 7, 6)],
		xn_words[bit(desc, 54) && bit(desc, 53) ? 2
			 : bit(desc, 54)		? 3
							: bit(desc, 53)]);
}

static void leaf_words(FILE *out, u64 desc, const struct desc_place *at)
{
	if (at->stage == 2)
		s2_leaf_words(out, desc, at);
	else
		s1_leaf_words(out, desc, at);
	if (!at->ds || at->granule == GRANULE_64K)
		fprintf(out, ", %s", sh_words[bits(desc, 9, 8)]);
	fprintf(out, ", AF=%u", bit(desc, 10));
	if (at->stage == 1 && bit(desc, 11))
		fputs(", nG", out);
	if (bit(desc, 52))
		fputs(", contiguous", out);
	if (bit(desc, 51))
		fputs(", DBM", out);
}

void desc_words(FILE *out, u64 desc, const struct desc_place *at)
{
	switch (desc_type(desc, at)) {
	case DESC_INVALID: fputs("invalid ([0]=0)", out); break;
	case DESC_RESERVED: fprintf(out, "reserved ([1:0]=01 at level %d)", at->level); break;
	case DESC_TABLE: fprintf(out, "table -> 0x%llx", (ull)desc_address(desc, at)); break;
	case DESC_BLOCK:
	case DESC_PAGE:
		fprintf(out, "%s -> 0x%llx: ", at->level == 3 ? "page" : "block", (ull)desc_address(desc, at));
		leaf_words(out, desc, at);
		break;
	}
}

/* ---- all fields ---- */

/* A list under construction. */
struct list {
	struct desc_field *field;
	unsigned count;
};

static struct desc_field *add(struct list *l, const char *name, int hi, int lo, u64 value, const char *words)
{
	struct desc_field *f = &l->field[l->count++];

	*f = (struct desc_field){ .name = name, .hi = (s8)hi, .lo = (s8)lo, .value = value };
	snprintf(f->words, sizeof(f->words), "%s", words ? words : "");
	return f;
}

static void add_bits(struct list *l, const char *name, u64 desc, int hi, int lo, const char *words)
{
	add(l, name, hi, lo, bits(desc, (unsigned)hi, (unsigned)lo), words);
}

static void add_bit(struct list *l, const char *name, u64 desc, int n, const char *words)
{
	add(l, name, n, n, bit(desc, (unsigned)n), bit(desc, (unsigned)n) ? words : NULL);
}

static void table_fields(struct list *l, u64 desc, const struct desc_place *at)
{
	static const char *const aptable[] = { "no effect", "no EL0 access below", "no write below",
					       "no write, no EL0 access below" };

	if (at->stage == 2)
		return;
	add_bit(l, "NSTable", desc, 63, "Non-secure below");
	add_bits(l, "APTable", desc, 62, 61, aptable[bits(desc, 62, 61)]);
	add_bit(l, "UXNTable", desc, 60, "EL0 may not execute below");
	add_bit(l, "PXNTable", desc, 59, "privileged may not execute below");
}

static void common_fields(struct list *l, u64 desc, const struct desc_place *at)
{
	add(l, "AF", 10, 10, bit(desc, 10), bit(desc, 10) ? "accessed" : "Access flag fault on first use");
	if (!at->ds || at->granule == GRANULE_64K)
		add_bits(l, "SH", desc, 9, 8, sh_words[bits(desc, 9, 8)]);
}

/* Words that are written to a stream. */
static void add_attribute(struct list *l, const char *name, u64 desc, int hi, int lo, const struct desc_place *at)
{
	struct desc_field *f = add(l, name, hi, lo, bits(desc, (unsigned)hi, (unsigned)lo), NULL);
	FILE *words = fmemopen(f->words, sizeof(f->words) - 1, "w");

	if (!words)
		return;
	if (at->stage == 2)
		s2_memattr_words(words, desc, at);
	else if (at->mair)
		mair_words(words, (u8)(at->mair >> 8 * f->value));
	fclose(words);
}

static void s2_leaf_fields(struct list *l, u64 desc, const struct desc_place *at)
{
	add_bits(l, "XN", desc, 54, 53, s2_xn_words(desc));
	add_bit(l, "Contiguous", desc, 52, NULL);
	add_bit(l, "DBM", desc, 51, NULL);
	common_fields(l, desc, at);
	add_bits(l, "S2AP", desc, 7, 6, s2ap_words[bits(desc, 7, 6)]);
	add_attribute(l, "MemAttr", desc, 5, 2, at);
}

static void s1_leaf_fields(struct list *l, u64 desc, const struct desc_place *at)
{
	add_bit(l, "UXN", desc, 54, "EL0 may not execute (XN where there is no EL0)");
	add_bit(l, "PXN", desc, 53, "privileged may not execute");
	add_bit(l, "Contiguous", desc, 52, NULL);
	add_bit(l, "DBM", desc, 51, NULL);
	add_bit(l, "GP", desc, 50, "guarded page (BTI)");
	add(l, "nG", 11, 11, bit(desc, 11), bit(desc, 11) ? "tagged by ASID" : "global");
	common_fields(l, desc, at);
	add_bits(l, "AP[2:1]", desc, 7, 6, ap_words[bits(desc, 7, 6)]);
	add_bit(l, "NS", desc, 5, NULL);
	add_attribute(l, "AttrIndx", desc, 4, 2, at);
}

static const char *type_words(enum desc_type type)
{
	static const char *const words[] = {
		[DESC_INVALID] = "invalid: Translation fault",
		[DESC_BLOCK] = "block",
		[DESC_TABLE] = "table",
		[DESC_PAGE] = "page",
		[DESC_RESERVED] = "reserved at this level: Translation fault",
	};

	return words[type];
}

unsigned desc_fields(struct desc_field *to, u64 desc, const struct desc_place *at)
{
	struct list l = { .field = to };
	enum desc_type type = desc_type(desc, at);

	add_bits(&l, "type", desc, 1, 0, type_words(type));
	if (type == DESC_TABLE) {
		add(&l, "next table", -1, -1, desc_address(desc, at), NULL);
		table_fields(&l, desc, at);
	} else if (type == DESC_BLOCK || type == DESC_PAGE) {
		add(&l, "output", -1, -1, desc_address(desc, at), NULL);
		if (at->stage == 2)
			s2_leaf_fields(&l, desc, at);
		else
			s1_leaf_fields(&l, desc, at);
	}
	return l.count;
}

/* ---- what is wrong ---- */

static void leaf_warnings(FILE *out, u64 desc, const struct desc_place *at)
{
	unsigned low = granule_log2[at->granule], top = desc_log2(at->granule, at->level);

	/* Bit 16 of a block is nT (FEAT_BBM), not address. */
	if (top > low && bits(desc & ~(1ull << 16), top - 1, low))
		fprintf(out, "    warning: a level %d block is %llu MiB: bits %u:%u must be 0 and are 0x%llx\n",
			at->level, (ull)(1ull << (top - 20)), top - 1, low, (ull)bits(desc, top - 1, low));
	if (at->stage == 2 && bits(desc, 7, 6) == 0)
		fputs("    warning: S2AP=00: every access is a Permission fault\n", out);
	if (at->stage == 2 && s2_memattr_reserved(desc, at))
		fputs("    warning: this MemAttr encoding is reserved (CONSTRAINED UNPREDICTABLE)\n", out);
	if (at->stage == 2 && bit(desc, 11))
		fputs("    warning: bit 11 is RES0 in stage 2 (there is no nG)\n", out);
	if (!bit(desc, 10))
		fputs("    warning: AF=0: Access flag fault unless the hardware manages it (VTCR_EL2.HA, TCR_ELx.HA)\n",
		      out);
	if (!at->ds && bits(desc, 9, 8) == 1)
		fputs("    warning: SH=01 is reserved\n", out);
}

static void field_line(FILE *out, const struct desc_field *f)
{
	char place[16] = "";

	if (f->lo >= 0)
		snprintf(place, sizeof(place), f->hi == f->lo ? "[%d]" : "[%d:%d]", f->hi, f->lo);
	fprintf(out, "    %-8s %-12s 0x%llx%s%s\n", place, f->name, (ull)f->value, *f->words ? "  " : "", f->words);
}

void explain_desc(FILE *out, u64 desc, const struct desc_place *at)
{
	static const char *const names[] = { "4K", "16K", "64K" };
	enum desc_type type = desc_type(desc, at);
	struct desc_field field[DESC_FIELDS_MAX];
	unsigned count = desc_fields(field, desc, at);

	fprintf(out, "0x%016llx  stage %u, level %d, %s granule: ", (ull)desc, at->stage, at->level,
		names[at->granule]);
	desc_words(out, desc, at);
	fputc('\n', out);
	for (unsigned i = 0; i < count; i++)
		field_line(out, &field[i]);
	if (type == DESC_BLOCK || type == DESC_PAGE)
		leaf_warnings(out, desc, at);
}
