/* A system register's value, field by field, with notes on values that rarely mean what their author meant. */
#include <string.h>
#include <strings.h>

#include "base/bits.h"
#include "debug/explain.h"
#include "debug/regs.h"

typedef unsigned long long ull;

/* ---- notes ---- */

/* D17.2.48: VI, VF and VSE only mean something with IMO, FMO and AMO. */
static void note_hcr(FILE *out, u64 v)
{
	static const struct {
		u8 pending, enable;
		const char *p, *e, *what;
	} rows[] = { { 7, 4, "VI", "IMO", "IRQ" }, { 6, 3, "VF", "FMO", "FIQ" }, { 8, 5, "VSE", "AMO", "SError" } };

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!bit(v, rows[i].pending))
			continue;
		if (bit(v, rows[i].enable))
			fprintf(out, "    note: %s=1 with %s=1: a virtual %s stays pending until EL2 clears %s\n",
				rows[i].p, rows[i].e, rows[i].what, rows[i].p);
		else
			fprintf(out, "    note: %s=1 has no effect while %s=0\n", rows[i].p, rows[i].e);
	}
	if (bit(v, 1) && !bit(v, 22))
		fputs("    note: SWIO does not trap set/way operations; TSW (bit 22) does\n", out);
	if (bit(v, 0) && !bit(v, 31))
		fputs("    note: VM=1 with RW=0: an ERET to AArch64 EL1 is an illegal exception return\n", out);
	if (bit(v, 27) && bit(v, 0) && bit(v, 34))
		fputs("    note: with E2H=1 and TGE=1 stage 2 does not apply to EL0: VM acts as 0\n", out);
}

/* IHI 0069 12.4.4: bits [44:32] are pINTID when HW=1; else only EOI (bit 41) is there. */
static void note_lr(FILE *out, u64 v)
{
	static const char *const states[] = { "inactive", "pending", "active", "pending and active" };
	bool hw = bit(v, 61);
	u64 stray = (v & 0x1fff00000000ull) & ~(1ull << 41);

	fprintf(out, "    meaning: virtual %s INTID %llu, %s, priority 0x%02llx", bit(v, 60) ? "IRQ" : "FIQ",
		(ull)bits(v, 31, 0), states[bits(v, 63, 62)], (ull)bits(v, 55, 48));
	if (hw)
		fprintf(out, ", linked to physical INTID %llu\n", (ull)bits(v, 44, 32));
	else
		fprintf(out, "%s\n", bit(v, 41) ? ", maintenance interrupt on EOI" : "");
	if (!hw && stray)
		fprintf(out, "    warning: bits [44:32] other than EOI (41) are RES0 while HW=0, and 0x%llx is set\n",
			(ull)stray);
	if (hw && bits(v, 44, 32) < 16)
		fputs("    warning: an SGI (INTID 0-15) may not be linked\n", out);
}

static void note_esr(FILE *out, u64 v)
{
	fputs("    meaning: ", out);
	explain_esr(out, v);
}

static void note_mair(FILE *out, u64 v)
{
	for (unsigned i = 0; i < 8; i++) {
		fprintf(out, "    Attr%u = 0x%02x  ", i, (unsigned)bits(v, 8 * i + 7, 8 * i));
		mair_words(out, (u8)(v >> 8 * i));
		fputc('\n', out);
	}
}

static void note_hpfar(FILE *out, u64 v)
{
	fprintf(out, "    meaning: faulting IPA page 0x%llx\n", (ull)(bits(v, 43, 4) << 12));
}

static void note_par(FILE *out, u64 v)
{
	fputs("    meaning: ", out);
	if (bit(v, 0)) {
		fprintf(out, "stage %u ", bit(v, 9) ? 2 : 1);
		fsc_words(out, (unsigned)bits(v, 6, 1));
		fputs(bit(v, 8) ? ", on a stage-1 table walk\n" : "\n", out);
	} else {
		fprintf(out, "PA 0x%llx, ", (ull)(v & 0xffffffffff000ull));
		mair_words(out, (u8)(v >> 56));
		fputc('\n', out);
	}
}

static void note_vttbr(FILE *out, u64 v)
{
	fprintf(out, "    meaning: VMID %llu (8 bits; %llu with VTCR_EL2.VS=1), table at 0x%llx\n",
		(ull)bits(v, 55, 48), (ull)bits(v, 63, 48), (ull)(v & 0xfffffffffffeull));
}

static void note_vtcr(FILE *out, u64 v)
{
	explain_stage2(out, v, false, 0);
}

static const struct {
	const char *reg;
	void (*note)(FILE *out, u64 v);
} notes[] = {
	{ "HCR_EL2", note_hcr },     { "ICH_LR", note_lr },	{ "ESR_EL1", note_esr },     { "ESR_EL2", note_esr },
	{ "ESR_EL3", note_esr },     { "MAIR_EL1", note_mair }, { "MAIR_EL2", note_mair },   { "MAIR_EL3", note_mair },
	{ "HPFAR_EL2", note_hpfar }, { "PAR_EL1", note_par },	{ "VTTBR_EL2", note_vttbr }, { "VTCR_EL2", note_vtcr },
};

static void add_notes(FILE *out, const char *reg, u64 value)
{
	for (unsigned i = 0; i < ARRAY_SIZE(notes); i++) {
		size_t n = strlen(notes[i].reg);

		/* "ICH_LR" stands for all of ICH_LR0_EL2 … ICH_LR15_EL2, but not for ICH_LRC… */
		if (!strncasecmp(reg, notes[i].reg, n) &&
		    (!reg[n] || (reg[n] >= '0' && reg[n] <= '9') || reg[n] == '_'))
			notes[i].note(out, value);
	}
}

/* ---- fields ---- */

static void field_place(char *text, size_t size, const struct reg_field *f)
{
	if (f->width == 1)
		snprintf(text, size, "[%u]", f->lsb);
	else
		snprintf(text, size, "[%u:%u]", f->lsb + f->width - 1, f->lsb);
}

static void reserved_line(FILE *out, const struct reg_field *f, u64 v)
{
	char place[16];

	field_place(place, sizeof(place), f);
	if (f->kind == REG_RES0 && v)
		fprintf(out, "    %-8s %-12s 0x%llx  warning: RES0, must be written as 0\n", place, "-", (ull)v);
	if (f->kind == REG_RES1 && v != ones(f->width))
		fprintf(out, "    %-8s %-12s 0x%llx  warning: RES1, must be written as 1\n", place, "-", (ull)v);
}

static void field_line(FILE *out, const struct reg_field *f, u64 v, const char *words)
{
	char place[16];

	field_place(place, sizeof(place), f);
	fprintf(out, "    %-8s %-12s 0x%llx%s%s", place, f->name, (ull)v, words ? "  " : "", words ? words : "");
	if (f->when)
		fprintf(out, "  (%s)", f->when);
	fputc('\n', out);
}

/* Single bits that are 0 and mean nothing by it share lines at the end. */
static void zero_fields(FILE *out, const char *const *names, unsigned count)
{
	unsigned column = 0;

	for (unsigned i = 0; i < count; i++) {
		if (!column)
			column = (unsigned)fprintf(out, "%s    %-8s", i ? "\n" : "", i ? "" : "zero");
		column += (unsigned)fprintf(out, " %s", names[i]);
		if (column > 100)
			column = 0;
	}
	if (count)
		fputc('\n', out);
}

bool explain_reg(FILE *out, const char *name, u64 value)
{
	struct reg_field fields[REG_FIELDS_MAX];
	const char *zero[REG_FIELDS_MAX];
	unsigned count, zeroes = 0;
	int reg = reg_find(name);

	if (reg < 0)
		return false;
	count = reg_fields(reg, fields);
	fprintf(out, "%s = 0x%016llx\n", reg_name(reg), (ull)value);
	for (unsigned i = 0; i < count; i++) {
		const struct reg_field *f = &fields[i];
		u64 v = bits(value, f->lsb + f->width - 1u, f->lsb);
		const char *words = f->name ? reg_meaning(reg, f->name, v) : NULL;

		if (!f->name)
			reserved_line(out, f, v);
		else if (v || words || (f->kind == REG_FIELD && f->width > 1))
			field_line(out, f, v, words);
		else if (f->kind == REG_FIELD)
			zero[zeroes++] = f->name;
	}
	zero_fields(out, zero, zeroes);
	add_notes(out, name, value);
	return true;
}

void reg_change_words(FILE *out, const char *name, u64 old, u64 value)
{
	struct reg_field fields[REG_FIELDS_MAX];
	int reg = reg_find(name);
	unsigned count = reg < 0 ? 0 : reg_fields(reg, fields);
	const char *comma = "";

	for (unsigned i = 0; i < count; i++) {
		unsigned hi = fields[i].lsb + fields[i].width - 1u;
		u64 was = bits(old, hi, fields[i].lsb), is = bits(value, hi, fields[i].lsb);

		if (was == is || fields[i].kind != REG_FIELD)
			continue;
		fprintf(out, "%s%s %s%llx->%s%llx", comma, fields[i].name, was > 9 ? "0x" : "", (ull)was,
			is > 9 ? "0x" : "", (ull)is);
		comma = ", ";
	}
}
