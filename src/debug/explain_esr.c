/*
 * Exception syndromes in words: ESR_ELx. Arm ARM D17.2.37 (ESR_EL1) and its ISS encodings.
 * One table says which exception classes exist and how their ISS is laid out; one table a layout lists its fields.
 */
#include "base/bits.h"
#include "debug/disasm.h"
#include "debug/explain.h"
#include "debug/regs.h"

struct iss_field {
	const char *name;
	u8 hi, lo;
	/* Meaning of values 0..; NULL entries and values beyond `count` have none. */
	const char *const *words;
	u8 count;
};
#define WORDS(...) (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)
#define NO_WORDS NULL, 0
#define END_FIELDS                                                                                                     \
	{                                                                                                              \
		NULL, 0, 0, NO_WORDS                                                                                   \
	}

#define COND_FIELDS                                                                                                    \
	{ "CV", 24, 24, WORDS("COND is not valid", "COND is valid") },                                                 \
	{                                                                                                              \
		"COND", 23, 20, NO_WORDS                                                                               \
	}

static const struct iss_field iss_none[] = { END_FIELDS };
static const struct iss_field iss_wfx[] = {
	COND_FIELDS,
	{ "RN", 9, 5, NO_WORDS },
	{ "RV", 2, 2, WORDS("RN is not valid", "RN is valid") },
	{ "TI", 1, 0, WORDS("WFI", "WFE", "WFIT", "WFET") },
	END_FIELDS,
};
static const struct iss_field iss_cp[] = {
	COND_FIELDS,
	{ "Opc2", 19, 17, NO_WORDS },
	{ "Opc1", 16, 14, NO_WORDS },
	{ "CRn", 13, 10, NO_WORDS },
	{ "Rt", 9, 5, NO_WORDS },
	{ "CRm", 4, 1, NO_WORDS },
	{ "Direction", 0, 0, WORDS("write (MCR)", "read (MRC)") },
	END_FIELDS,
};
static const struct iss_field iss_cp_pair[] = {
	COND_FIELDS,
	{ "Opc1", 19, 16, NO_WORDS },
	{ "Rt2", 14, 10, NO_WORDS },
	{ "Rt", 9, 5, NO_WORDS },
	{ "CRm", 4, 1, NO_WORDS },
	{ "Direction", 0, 0, WORDS("write (MCRR)", "read (MRRC)") },
	END_FIELDS,
};
static const struct iss_field iss_ldc[] = {
	COND_FIELDS,
	{ "imm8", 19, 12, NO_WORDS },
	{ "Rn", 9, 5, NO_WORDS },
	{ "Offset", 4, 4, WORDS("subtract", "add") },
	{ "AM", 3, 1, NO_WORDS },
	{ "Direction", 0, 0, WORDS("write (STC)", "read (LDC)") },
	END_FIELDS,
};
static const struct iss_field iss_cond[] = { COND_FIELDS, END_FIELDS };
static const struct iss_field iss_imm16[] = { { "imm16", 15, 0, NO_WORDS }, END_FIELDS };
static const struct iss_field iss_smc32[] = {
	COND_FIELDS,
	{ "CCKNOWNPASS", 19, 19, NO_WORDS },
	END_FIELDS,
};
static const struct iss_field iss_msr[] = {
	{ "Op0", 21, 20, NO_WORDS },
	{ "Op2", 19, 17, NO_WORDS },
	{ "Op1", 16, 14, NO_WORDS },
	{ "CRn", 13, 10, NO_WORDS },
	{ "Rt", 9, 5, NO_WORDS },
	{ "CRm", 4, 1, NO_WORDS },
	{ "Direction", 0, 0, WORDS("write (MSR or SYS)", "read (MRS or SYSL)") },
	END_FIELDS,
};
static const struct iss_field iss_eret[] = {
	{ "ERET", 1, 1, WORDS("ERET", "ERETAA or ERETAB") },
	{ "ERETA", 0, 0, WORDS("key A (or plain ERET)", "key B") },
	END_FIELDS,
};
static const struct iss_field iss_ls64[] = {
	{ "ISS", 24, 0, WORDS("ST64BV", "ST64BV0", "LD64B or ST64B") },
	END_FIELDS,
};
static const struct iss_field iss_bti[] = { { "BTYPE", 1, 0, NO_WORDS }, END_FIELDS };
static const struct iss_field iss_pac[] = {
	{ "Data", 1, 1, WORDS("instruction key", "data key") },
	{ "Key", 0, 0, WORDS("key A", "key B") },
	END_FIELDS,
};
static const struct iss_field iss_iabt[] = {
	{ "SET", 12, 11,
	  WORDS("recoverable (or not a synchronous external abort)", NULL, "uncontainable", "restartable") },
	{ "FnV", 10, 10, WORDS("FAR is valid", "FAR is not valid") },
	{ "EA", 9, 9, NO_WORDS },
	{ "S1PTW", 7, 7, WORDS("not on a stage-1 table walk", "stage 2 refused the fetch of a stage-1 descriptor") },
	{ "IFSC", 5, 0, NO_WORDS },
	END_FIELDS,
};
static const struct iss_field iss_dabt[] = {
	{ "ISV", 24, 24, WORDS("bits 23:14 do not describe the access", "bits 23:14 describe the access") },
	{ "SAS", 23, 22, WORDS("byte", "halfword", "word", "doubleword") },
	{ "SSE", 21, 21, WORDS("no sign extension", "sign extension") },
	{ "SRT", 20, 16, NO_WORDS },
	{ "SF", 15, 15, WORDS("32-bit register", "64-bit register") },
	{ "AR", 14, 14, WORDS("no acquire or release", "acquire or release") },
	{ "VNCR", 13, 13, WORDS("not by VNCR_EL2", "access made by way of VNCR_EL2") },
	{ "SET", 12, 11,
	  WORDS("recoverable (or not a synchronous external abort)", NULL, "uncontainable", "restartable") },
	{ "FnV", 10, 10, WORDS("FAR is valid", "FAR is not valid") },
	{ "EA", 9, 9, NO_WORDS },
	{ "CM", 8, 8, WORDS("not a cache maintenance instruction", "cache maintenance or address translation") },
	{ "S1PTW", 7, 7, WORDS("not on a stage-1 table walk", "stage 2 refused the access to a stage-1 descriptor") },
	{ "WnR", 6, 6, WORDS("read", "write") },
	{ "DFSC", 5, 0, NO_WORDS },
	END_FIELDS,
};
static const struct iss_field iss_fp[] = {
	{ "TFV", 23, 23, WORDS("the exception bits are not valid", "the exception bits are valid") },
	{ "VECITR", 10, 8, NO_WORDS },
	{ "IDF", 7, 7, WORDS(NULL, "input denormal") },
	{ "IXF", 4, 4, WORDS(NULL, "inexact") },
	{ "UFF", 3, 3, WORDS(NULL, "underflow") },
	{ "OFF", 2, 2, WORDS(NULL, "overflow") },
	{ "DZF", 1, 1, WORDS(NULL, "divide by zero") },
	{ "IOF", 0, 0, WORDS(NULL, "invalid operation") },
	END_FIELDS,
};
static const struct iss_field iss_serror[] = {
	{ "IDS", 24, 24, WORDS("architected syndrome", "IMPLEMENTATION DEFINED syndrome") },
	{ "IESB", 13, 13, WORDS(NULL, "synchronised by an implicit error barrier") },
	{ "AET", 12, 10,
	  WORDS("uncontainable", "unrecoverable", "restartable", "recoverable", NULL, NULL, "corrected") },
	{ "EA", 9, 9, NO_WORDS },
	{ "DFSC", 5, 0, WORDS("uncategorized", [0x11] = "asynchronous SError") },
	END_FIELDS,
};
static const struct iss_field iss_step[] = {
	{ "ISV", 24, 24, WORDS("EX is not valid", "EX is valid") },
	{ "EX", 6, 6, WORDS("not a Load-Exclusive", "a Load-Exclusive was stepped") },
	{ "IFSC", 5, 0, NO_WORDS },
	END_FIELDS,
};
static const struct iss_field iss_bp[] = { { "IFSC", 5, 0, NO_WORDS }, END_FIELDS };
static const struct iss_field iss_wp[] = {
	{ "VNCR", 13, 13, NO_WORDS },
	{ "CM", 8, 8, WORDS("not a cache maintenance instruction", "cache maintenance") },
	{ "WnR", 6, 6, WORDS("read", "write") },
	{ "DFSC", 5, 0, NO_WORDS },
	END_FIELDS,
};
static const struct iss_field iss_brk[] = { { "Comment", 15, 0, NO_WORDS }, END_FIELDS };

/* How the rest of the one-line form is made. */
enum tail { TAIL_NONE, TAIL_WFX, TAIL_IMM, TAIL_MSR, TAIL_ABORT, TAIL_FETCH, TAIL_ERET, TAIL_PAC, TAIL_BTI };

struct ec_row {
	u8 ec;
	u8 tail; /* enum tail */
	const char *words;
	const struct iss_field *iss;
};

static const struct ec_row ecs[] = {
	{ 0x00, TAIL_NONE, "Unknown reason (UNDEFINED instruction)", iss_none },
	{ 0x01, TAIL_WFX, "Trapped", iss_wfx },
	{ 0x03, TAIL_NONE, "Trapped AArch32 MCR or MRC, coproc 15", iss_cp },
	{ 0x04, TAIL_NONE, "Trapped AArch32 MCRR or MRRC, coproc 15", iss_cp_pair },
	{ 0x05, TAIL_NONE, "Trapped AArch32 MCR or MRC, coproc 14", iss_cp },
	{ 0x06, TAIL_NONE, "Trapped AArch32 LDC or STC", iss_ldc },
	{ 0x07, TAIL_NONE, "Trapped SVE, Advanced SIMD or floating-point access", iss_cond },
	{ 0x08, TAIL_NONE, "Trapped AArch32 VMRS", iss_cp },
	{ 0x09, TAIL_NONE, "Trapped pointer authentication instruction", iss_none },
	{ 0x0a, TAIL_NONE, "Trapped LD64B or ST64B* instruction", iss_ls64 },
	{ 0x0c, TAIL_NONE, "Trapped AArch32 MRRC, coproc 14", iss_cp_pair },
	{ 0x0d, TAIL_BTI, "Branch Target exception", iss_bti },
	{ 0x0e, TAIL_NONE, "Illegal Execution state", iss_none },
	{ 0x11, TAIL_IMM, "AArch32 SVC", iss_imm16 },
	{ 0x12, TAIL_IMM, "AArch32 HVC", iss_imm16 },
	{ 0x13, TAIL_NONE, "AArch32 SMC", iss_smc32 },
	{ 0x15, TAIL_IMM, "SVC", iss_imm16 },
	{ 0x16, TAIL_IMM, "HVC", iss_imm16 },
	{ 0x17, TAIL_IMM, "SMC", iss_imm16 },
	{ 0x18, TAIL_MSR, "Trapped", iss_msr },
	{ 0x19, TAIL_NONE, "Trapped SVE access", iss_none },
	{ 0x1a, TAIL_ERET, "Trapped", iss_eret },
	{ 0x1c, TAIL_PAC, "Pointer authentication failure", iss_pac },
	{ 0x1d, TAIL_NONE, "Trapped SME access", iss_none },
	{ 0x1e, TAIL_NONE, "Granule Protection Check exception", iss_none },
	{ 0x1f, TAIL_NONE, "IMPLEMENTATION DEFINED exception to EL3", iss_none },
	{ 0x20, TAIL_FETCH, "Instruction Abort from a lower EL", iss_iabt },
	{ 0x21, TAIL_FETCH, "Instruction Abort from the same EL", iss_iabt },
	{ 0x22, TAIL_NONE, "PC alignment fault", iss_none },
	{ 0x24, TAIL_ABORT, "Data Abort from a lower EL", iss_dabt },
	{ 0x25, TAIL_ABORT, "Data Abort from the same EL", iss_dabt },
	{ 0x26, TAIL_NONE, "SP alignment fault", iss_none },
	{ 0x27, TAIL_NONE, "Memory copy or set (MOPS) exception", iss_none },
	{ 0x28, TAIL_NONE, "AArch32 floating-point exception", iss_fp },
	{ 0x2c, TAIL_NONE, "Floating-point exception", iss_fp },
	{ 0x2f, TAIL_NONE, "SError", iss_serror },
	{ 0x30, TAIL_NONE, "Breakpoint from a lower EL", iss_bp },
	{ 0x31, TAIL_NONE, "Breakpoint from the same EL", iss_bp },
	{ 0x32, TAIL_NONE, "Software Step from a lower EL", iss_step },
	{ 0x33, TAIL_NONE, "Software Step from the same EL", iss_step },
	{ 0x34, TAIL_NONE, "Watchpoint from a lower EL", iss_wp },
	{ 0x35, TAIL_NONE, "Watchpoint from the same EL", iss_wp },
	{ 0x38, TAIL_IMM, "AArch32 BKPT", iss_brk },
	{ 0x3a, TAIL_NONE, "AArch32 Vector Catch", iss_bp },
	{ 0x3c, TAIL_IMM, "BRK", iss_brk },
};

/* Fault status codes without a level: D17.2.37, DFSC. */
static const struct {
	u8 fsc;
	const char *words;
} fscs[] = {
	{ 0x10, "Synchronous External abort, not on a table walk" },
	{ 0x11, "Synchronous Tag Check fault" },
	{ 0x13, "Synchronous External abort on a table walk, level -1" },
	{ 0x18, "Synchronous parity or ECC error, not on a table walk" },
	{ 0x1b, "Synchronous parity or ECC error on a table walk, level -1" },
	{ 0x21, "Alignment fault" },
	{ 0x22, "Debug exception" },
	{ 0x23, "Granule Protection Fault on a table walk, level -1" },
	{ 0x28, "Granule Protection Fault, not on a table walk" },
	{ 0x29, "Address size fault, level -1" },
	{ 0x2b, "Translation fault, level -1" },
	{ 0x30, "TLB conflict abort" },
	{ 0x31, "Unsupported atomic hardware update fault" },
	{ 0x34, "IMPLEMENTATION DEFINED fault (Lockdown)" },
	{ 0x35, "Unsupported Exclusive or Atomic access" },
};

/* Those with one: the level is FSC[1:0]. */
static const struct {
	u8 fsc;
	const char *words;
} levelled[] = {
	{ 0x00, "Address size fault" },
	{ 0x04, "Translation fault" },
	{ 0x08, "Access flag fault" },
	{ 0x0c, "Permission fault" },
	{ 0x14, "Synchronous External abort on a table walk" },
	{ 0x1c, "Synchronous parity or ECC error on a table walk" },
	{ 0x24, "Granule Protection Fault on a table walk" },
};

/* The words of a code; *has_level: FSC[1:0] is a level. NULL: there are none. */
static const char *fsc_find(unsigned fsc, bool *has_level)
{
	*has_level = false;
	for (unsigned i = 0; i < ARRAY_SIZE(fscs); i++)
		if (fscs[i].fsc == fsc)
			return fscs[i].words;
	*has_level = true;
	for (unsigned i = 0; i < ARRAY_SIZE(levelled); i++)
		if (levelled[i].fsc == (fsc & ~3u))
			return levelled[i].words;
	return NULL;
}

unsigned fsc_without_level(unsigned fsc)
{
	bool has_level;

	return fsc_find(fsc, &has_level) && has_level ? fsc & ~3u : fsc;
}

void fsc_class_words(FILE *out, unsigned fsc)
{
	bool has_level;
	const char *words = fsc_find(fsc, &has_level);

	if (words)
		fputs(words, out);
	else
		fprintf(out, "reserved fault status 0x%02x", fsc);
}

void fsc_words(FILE *out, unsigned fsc)
{
	bool has_level;

	fsc_class_words(out, fsc);
	if (fsc_find(fsc, &has_level) && has_level)
		fprintf(out, ", level %u", fsc & 3);
}

static const struct ec_row *ec_find(unsigned ec)
{
	for (unsigned i = 0; i < ARRAY_SIZE(ecs); i++)
		if (ecs[i].ec == ec)
			return &ecs[i];
	return NULL;
}

/* The instruction that an ISS of EC 0x18 describes, as a word to disassemble. */
static u32 msr_insn(u64 iss)
{
	return 0xd5000000u |
	       (u32)(bit(iss, 0) << 21 | bits(iss, 21, 20) << 19 | bits(iss, 16, 14) << 16 | bits(iss, 13, 10) << 12 |
		     bits(iss, 4, 1) << 8 | bits(iss, 19, 17) << 5 | bits(iss, 9, 5));
}

static void msr_tail(FILE *out, u64 iss)
{
	char text[DISASM_MAX];
	const char *name = reg_name_of((u8)bits(iss, 21, 20), (u8)bits(iss, 16, 14), (u8)bits(iss, 13, 10),
				       (u8)bits(iss, 4, 1), (u8)bits(iss, 19, 17));
	unsigned rt = (unsigned)bits(iss, 9, 5);
	char reg[8];

	snprintf(reg, sizeof(reg), rt == 31 ? "xzr" : "x%u", rt);
	if (!name) {
		disasm(text, 0, msr_insn(iss));
		fprintf(out, " %s", text);
	} else if (bit(iss, 0)) {
		fprintf(out, " mrs %s, %s", reg, name);
	} else {
		fprintf(out, " msr %s, %s", name, reg);
	}
}

static void abort_tail(FILE *out, u64 iss)
{
	static const char *const sizes[] = { "byte", "halfword", "word", "doubleword" };

	fputs(": ", out);
	fsc_words(out, (unsigned)bits(iss, 5, 0));
	fputs(bit(iss, 6) ? " on a write" : " on a read", out);
	if (bit(iss, 24))
		fprintf(out, " of a %s, %s%u", sizes[bits(iss, 23, 22)], bit(iss, 15) ? "x" : "w",
			(unsigned)bits(iss, 20, 16));
	if (bit(iss, 8))
		fputs(", cache maintenance", out);
	if (bit(iss, 7))
		fputs(", by stage 2 on a stage-1 table walk", out);
}

static void fetch_tail(FILE *out, u64 iss)
{
	fputs(": ", out);
	fsc_words(out, (unsigned)bits(iss, 5, 0));
	if (bit(iss, 7))
		fputs(", by stage 2 on a stage-1 table walk", out);
}

static void tail_words(FILE *out, enum tail tail, u64 iss)
{
	static const char *const wfx[] = { "WFI", "WFE", "WFIT", "WFET" };
	static const char *const eret[] = { "ERET", "ERET", "ERETAA", "ERETAB" };

	switch (tail) {
	case TAIL_NONE: break;
	case TAIL_WFX: fprintf(out, " %s", wfx[bits(iss, 1, 0)]); break;
	case TAIL_IMM: fprintf(out, " #%u", (unsigned)bits(iss, 15, 0)); break;
	case TAIL_MSR: msr_tail(out, iss); break;
	case TAIL_ABORT: abort_tail(out, iss); break;
	case TAIL_FETCH: fetch_tail(out, iss); break;
	case TAIL_ERET: fprintf(out, " %s", eret[bits(iss, 1, 0)]); break;
	case TAIL_PAC:
		fprintf(out, ", %s key %c", bit(iss, 1) ? "data" : "instruction", bit(iss, 0) ? 'B' : 'A');
		break;
	case TAIL_BTI: fprintf(out, ", PSTATE.BTYPE %u", (unsigned)bits(iss, 1, 0)); break;
	}
}

void esr_words(FILE *out, u64 esr)
{
	const struct ec_row *row = ec_find((unsigned)bits(esr, 31, 26));

	if (!row) {
		fprintf(out, "reserved exception class 0x%02x", (unsigned)bits(esr, 31, 26));
		return;
	}
	fputs(row->words, out);
	tail_words(out, row->tail, bits(esr, 24, 0));
}

/* The register fields of an abort's ISS mean nothing while ISV is 0. */
static bool field_applies(const struct iss_field *f, u64 iss, const struct ec_row *row)
{
	if (row->tail == TAIL_ABORT && !bit(iss, 24))
		return f->lo < 14 || f->lo == 24;
	return true;
}

static void field_line(FILE *out, const struct iss_field *f, u64 iss)
{
	u64 v = bits(iss, f->hi, f->lo);
	const char *words = v < f->count ? f->words[v] : NULL;
	char place[16];

	snprintf(place, sizeof(place), f->hi == f->lo ? "[%u]" : "[%u:%u]", f->hi, f->lo);
	fprintf(out, "    %-8s %-12s 0x%llx", place, f->name, (unsigned long long)v);
	if (words) {
		fprintf(out, "  %s", words);
	} else if (f->hi == 5 && f->lo == 0) {
		fputs("  ", out);
		fsc_words(out, (unsigned)v);
	}
	fputc('\n', out);
}

void explain_esr(FILE *out, u64 esr)
{
	const struct ec_row *row = ec_find((unsigned)bits(esr, 31, 26));
	u64 iss = bits(esr, 24, 0);

	esr_words(out, esr);
	fprintf(out, "\n    [31:26]  %-12s 0x%02x\n", "EC", (unsigned)bits(esr, 31, 26));
	fprintf(out, "    [25]     %-12s %u  %s\n", "IL", (unsigned)bit(esr, 25),
		bit(esr, 25) ? "32-bit instruction (or no instruction to speak of)" : "16-bit instruction");
	fprintf(out, "    [24:0]   %-12s 0x%llx\n", "ISS", (unsigned long long)iss);
	for (const struct iss_field *f = row ? row->iss : iss_none; f->name; f++)
		if (field_applies(f, iss, row))
			field_line(out, f, iss);
	if (esr >> 32)
		fprintf(out, "    [55:32]  %-12s 0x%llx\n", "ISS2", (unsigned long long)bits(esr, 55, 32));
}

u64 esr_of_fault(const struct fault *f, enum access_kind kind, bool from_lower_el)
{
	bool fetch = kind == ACCESS_FETCH;
	bool write = kind == ACCESS_WRITE || kind == ACCESS_CACHE || kind == ACCESS_AT_WRITE;
	u64 ec = (fetch ? 0x20u : 0x24u) + (from_lower_el ? 0 : 1);
	u64 esr = ec << 26 | 1ull << 25 | fault_status_code(f);

	if (f->s1ptw)
		esr |= 1ull << 7;
	if (!fetch && write)
		esr |= 1ull << 6;
	if (kind == ACCESS_CACHE)
		esr |= 1ull << 8;
	return esr;
}
