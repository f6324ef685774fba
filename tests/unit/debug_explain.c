/* Explanations, word for word: what `decode`, `walk` and the trace say of a value. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#include "debug/disasm.h"
#include "debug/event_words.h"
#include "debug/explain.h"
#include "debug/json.h"
#include "debug/lines.h"
#include "debug/page.h"
#include "debug/paint.h"
#include "debug/regs.h"
#include "debug/trace_text.h"
#include "run_suite.h"

/* A stream whose text can be compared. */
struct sink {
	FILE *f;
	char *text;
	size_t size;
};

static void sink_open(struct sink *s)
{
	s->f = open_memstream(&s->text, &s->size);
}

static const char *sink_text(struct sink *s)
{
	fflush(s->f);
	return s->text;
}

static void sink_close(struct sink *s)
{
	fclose(s->f);
	free(s->text);
}

static const struct {
	u64 esr;
	const char *words;
} esrs[] = {
	{ 0x5a00002a, "HVC #42" },
	{ 0x56000000, "SVC #0" },
	{ 0x5e000000, "SMC #0" },
	{ 0x62141fec, "Trapped dc isw, xzr" },
	{ 0x04000000, "Trapped WFI" },
	{ 0x07e00003, "Trapped WFET" },
	{ 0x02000000, "Unknown reason (UNDEFINED instruction)" },
	{ 0x3a000000, "Illegal Execution state" },
	{ 0x82000004, "Instruction Abort from a lower EL: Translation fault, level 0" },
	{ 0x93c18006, "Data Abort from a lower EL: Translation fault, level 2 on a read of a doubleword, x1" },
	{ 0x93c1804d, "Data Abort from a lower EL: Permission fault, level 1 on a write of a doubleword, x1" },
	{ 0x93810006, "Data Abort from a lower EL: Translation fault, level 2 on a read of a word, w1" },
	{ 0x92000086,
	  "Data Abort from a lower EL: Translation fault, level 2 on a read, by stage 2 on a stage-1 table walk" },
	{ 0x9600002b, "Data Abort from the same EL: Translation fault, level -1 on a read" },
	{ 0x96000050, "Data Abort from the same EL: Synchronous External abort, not on a table walk on a write" },
	{ 0x96000021, "Data Abort from the same EL: Alignment fault on a read" },
	{ 0x6232c101, "Trapped mrs x8, CTR_EL0" },
	{ 0x62320401, "Trapped mrs x0, ACTLR_EL1" },
	{ 0x1fe00000, "Trapped SVE, Advanced SIMD or floating-point access" },
	{ 0x36000002, "Branch Target exception, PSTATE.BTYPE 2" },
	{ 0x72000003, "Pointer authentication failure, data key B" },
	{ 0x6a000002, "Trapped ERETAA" },
	{ 0xf2000001, "BRK #1" },
	{ 0xbe000011, "SError" },
	{ 0xfe000000, "reserved exception class 0x3f" },
};

START_TEST(esr_one_line)
{
	struct sink s;

	sink_open(&s);
	esr_words(s.f, esrs[_i].esr);
	ck_assert_str_eq(sink_text(&s), esrs[_i].words);
	sink_close(&s);
}
END_TEST

START_TEST(esr_fields)
{
	struct sink s;

	sink_open(&s);
	explain_esr(s.f, 0x92000007);
	/* ISV=0: the register fields mean nothing and are not shown. */
	ck_assert_ptr_null(strstr(sink_text(&s), "SRT"));
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "[5:0]    DFSC         0x7  Translation fault, level 3"));
	sink_close(&s);
}
END_TEST

/* What looks like markup stays text. */
START_TEST(html_is_escaped)
{
	const char *text = "<b>&\"'\nwarning    <script>alert(1)</script>\n    [3]      <i>          0x1  </pre>&lt;\n";
	struct sink s;

	sink_open(&s);
	page_explained(s.f, text, true);
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "&lt;b&gt;&amp;&quot;&#39;"));
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "&lt;script&gt;"));
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "&lt;/pre&gt;&amp;lt;"));
	ck_assert_ptr_null(strstr(sink_text(&s), "<script>"));
	ck_assert_ptr_null(strstr(sink_text(&s), "<i>"));
	sink_close(&s);
}
END_TEST

START_TEST(json_is_escaped)
{
	struct sink s;
	struct json j;

	sink_open(&s);
	j = (struct json){ .out = s.f };
	json_open(&j, NULL, '{');
	json_text(&j, "a\"", "b\\\n\x7f\xc3");
	json_close(&j, '}');
	ck_assert_str_eq(sink_text(&s), "{\n  \"a\\\"\": \"b\\\\\\u000a\\u007f\\u00c3\"\n}\n");
	sink_close(&s);
}
END_TEST

/* Lines that are none of the kinds, or end early, are read as what they can be, to the last byte. */
START_TEST(lines_of_any_kind)
{
	static const char *const odd[] = { "",
					   "\n\n",
					   "    ",
					   "    [",
					   "    [3",
					   "    [3]  x",
					   "    [3:]  x  0x",
					   "    zero ",
					   "  1",
					   "  1  ",
					   "x  ",
					   " 12  y",
					   "             output       0x",
					   "    warning: " };
	struct text_line l;
	struct sink s;

	for (unsigned i = 0; i < ARRAY_SIZE(odd); i++) {
		unsigned lines = 0;
		struct json j;

		for (const char *p = odd[i]; text_line_next(&p, &l); lines++)
			ck_assert(lines < 3);
		sink_open(&s);
		paint_terminal(s.f, odd[i]);
		ck_assert_ptr_nonnull(sink_text(&s));
		page_explained(s.f, odd[i], true);
		j = (struct json){ .out = s.f };
		json_open(&j, NULL, '[');
		explained_json(&j, odd[i]);
		json_close(&j, ']');
		sink_close(&s);
	}
}
END_TEST

static const struct {
	const char *name;
	u64 desc;
	struct desc_place at;
	const char *words;
} descs[] = {
	{ "article's block read as a table",
	  0x80000753,
	  { .stage = 2, .level = 1, .granule = GRANULE_4K },
	  "table -> 0x80000000" },
	{ "article's block read as a page",
	  0x80000753,
	  { .stage = 2, .level = 3, .granule = GRANULE_4K },
	  "page -> 0x80000000: reserved MemAttr 0b0100, read-only, executable, inner shareable, AF=1" },
	{ "corrected block",
	  0x800007fd,
	  { .stage = 2, .level = 1, .granule = GRANULE_4K },
	  "block -> 0x80000000: Normal WB, read-write, executable, inner shareable, AF=1" },
	{ "device page",
	  0x090004c7,
	  { .stage = 2, .level = 3, .granule = GRANULE_4K },
	  "page -> 0x9000000: Device-nGnRE, read-write, executable, non-shareable, AF=1" },
	{ "no access",
	  0x8000073d,
	  { .stage = 2, .level = 1, .granule = GRANULE_4K },
	  "block -> 0x80000000: Normal WB, no access, executable, inner shareable, AF=1" },
	{ "execute never",
	  0x00400000800007fd,
	  { .stage = 2, .level = 2, .granule = GRANULE_4K },
	  "block -> 0x80000000: Normal WB, read-write, not executable, inner shareable, AF=1" },
	{ "invalid", 0x80000752, { .stage = 2, .level = 1, .granule = GRANULE_4K }, "invalid ([0]=0)" },
	{ "block at level 0",
	  0x800007fd,
	  { .stage = 2, .level = 0, .granule = GRANULE_4K },
	  "reserved ([1:0]=01 at level 0)" },
	{ "block at level 3",
	  0x800007fd,
	  { .stage = 2, .level = 3, .granule = GRANULE_4K },
	  "reserved ([1:0]=01 at level 3)" },
	{ "block at level 1 of 16K",
	  0x800007fd,
	  { .stage = 2, .level = 1, .granule = GRANULE_16K },
	  "reserved ([1:0]=01 at level 1)" },
	{ "FWB takes stage 1's type",
	  0x800007fd & ~0x20ull,
	  { .stage = 2, .level = 2, .fwb = true },
	  "block -> 0x80000000: as stage 1, read-write, executable, inner shareable, AF=1" },
	{ "stage 1 page",
	  0x0060000040001f43,
	  { .stage = 1, .level = 3, .mair = 0xff },
	  "page -> 0x40001000: Normal, WB RA WA, privileged rw, EL0 rw, not executable, inner shareable, AF=1, nG" },
	{ "stage 1, MAIR unknown",
	  0x0000000040001783,
	  { .stage = 1, .level = 3 },
	  "page -> 0x40001000: AttrIndx 0, privileged ro, EL0 none, executable, inner shareable, AF=1" },
	{ "64K page with OA[51:48]",
	  0x00000000abcd57c7 & ~0x7ull,
	  { .stage = 2, .level = 3, .granule = GRANULE_64K },
	  "invalid ([0]=0)" },
	{ "64K table, address above 48 bits",
	  0x00000000abcd5003,
	  { .stage = 2, .level = 2, .granule = GRANULE_64K },
	  "table -> 0x50000abcd0000" },
	{ "LPA2 page, OA[51:50]",
	  0x00030000400017ff,
	  { .stage = 2, .level = 3, .ds = true },
	  "page -> 0xf000040001000: Normal WB, read-write, executable, AF=1" },
};

START_TEST(descriptor)
{
	struct sink s;

	sink_open(&s);
	desc_words(s.f, descs[_i].desc, &descs[_i].at);
	ck_assert_msg(!strcmp(sink_text(&s), descs[_i].words), "%s: '%s', want '%s'", descs[_i].name, sink_text(&s),
		      descs[_i].words);
	sink_close(&s);
}
END_TEST

/* What the article gets wrong must be named (its HCR_EL2, VTCR_EL2, descriptor and list register, as printed). */
static const struct {
	const char *args[2];
	const char *must[4];
} values[] = {
	{ { "STE=0xd:0x100000000000:0x044a356000000001:0x50000000" },
	  { "[3:1]      Config       0x6  stage 1 bypassed, stage 2 translates", "[143:128]  S2VMID       0x1",
	    "[186]      S2R          0x1  stage-2 faults are recorded", "[243:196]  S2TTB        0x50000000" } },
	{ { "cd=0x0001e204c0003510:0x43099000", "EVENT=0x0000010000000010:0x28800000000:0x48003000:0x48003000" },
	  { "[119:68]   TTB0         0x43099000", "[63:48]    ASID         0x1", "[99]       RnW          0x1  read",
	    "[105:104]  CLASS        0x2  on the input address" } },
	{ { "SMMU_STRTAB_BASE_CFG=0x10210", "gits_baser=0x8107000041000203" },
	  { "FMT          0x1  two levels", "SPLIT        0x8", "Type         0x1  devices",
	    "Page_Size    0x2  64 KB" } },
	{ { "SMMU_CR2=0xf0", "STE=0:0:0:1" },
	  { "bits of no field that are set: 0xf0 of doubleword 0", "not valid: C_BAD_STE",
	    "bits of no field that are set: 0x1 of doubleword 3" } },
	{ { "HCR_EL2=0x840060F3" },
	  { "VI=1 with IMO=1: a virtual IRQ stays pending", "VF=1 has no effect while FMO=0", "SWIO does not trap",
	    "[26]     TVM          0x1" } },
	{ { "VTCR_EL2=0x80023540" },
	  { "T0SZ=0 (a 64-bit IPA) does not agree with SL0=1",
	    "every stage-2 access takes a Translation fault, level 0",
	    "T0SZ=21..33 (IPA of 31..43 bits) fits SL0=1" } },
	{ { "VTCR_EL2=0x80023560" },
	  { "4K granule, 32-bit IPA", "IPA[31:30] indexes 4 entries, the table aligned to 0x20" } },
	{ { "vtcr_el2=0x80023560", "vttbr_el2=0x0007000050000000" },
	  { "together", "VMID 7, root table at 0x50000000" } },
	{ { "VTCR_EL2=0x80023560", "VTTBR_EL2=0x50000010" },
	  { "must be aligned to 0x20 bytes; low bits 0x10 are taken as 0" } },
	{ { "VTCR_EL2=0x80023558" },
	  { "IPA[39:30] indexes 1024 entries in 2 concatenated tables", "aligned to 0x2000" } },
	{ { "ICH_LR0_EL2=0x4120002000000000" },
	  { "virtual FIQ INTID 0, pending, priority 0x20", "0x2000000000 is set", "RES0" } },
	{ { "ICH_LR15_EL2=0x50a0000000000020" }, { "virtual IRQ INTID 32, pending, priority 0xa0\n" } },
	{ { "ICH_LR3_EL2=0x70a0001b0000001b" }, { "linked to physical INTID 27" } },
	{ { "s2desc=0x80000753" },
	  { "stage 2, level 1, 4K granule: table", "stage 2, level 3, 4K granule: page", "reserved" } },
	{ { "s2desc:1:4K=0x80200751" }, { "a level 1 block is 1024 MiB: bits 29:12 must be 0" } },
	{ { "insn=0xd503201f" }, { "insn 0xd503201f  nop" } },
	{ { "insn=0xd51c1100" }, { "msr HCR_EL2, x0" } },
	{ { "esr=0x5a00002a" }, { "HVC #42", "[15:0]   imm16        0x2a" } },
	{ { "MAIR_EL1=0xff44" }, { "Attr0 = 0x44  Normal, Non-cacheable", "Attr1 = 0xff  Normal, WB RA WA" } },
	{ { "HPFAR_EL2=0x500000" }, { "IPA page 0x50000000" } },
};

START_TEST(value)
{
	struct sink s;
	struct error e = { 0 };
	char *args[2] = { (char *)(uintptr_t)values[_i].args[0], (char *)(uintptr_t)values[_i].args[1] };

	sink_open(&s);
	ck_assert_msg(explain_values(s.f, args[1] ? 2 : 1, args, &e), "%s: %s", args[0], e.text);
	for (unsigned i = 0; i < 4 && values[_i].must[i]; i++)
		ck_assert_msg(strstr(sink_text(&s), values[_i].must[i]), "%s: no '%s' in\n%s", args[0],
			      values[_i].must[i], sink_text(&s));
	sink_close(&s);
}
END_TEST

static const char *const bad_values[] = { "HCR_EL2",	      "=1",	     "NOSUCH_EL1=1",
					  "HCR_EL2=",	      "HCR_EL2=12q", "STE=1:2:3:4:5:6:7:8:9",
					  "STE=1:",	      "HCR_EL2=1:2", "SMMU_CR0=1:2",
					  "insn=0x100000000", "s2desc:4=1",  "s2desc:1:5K=1",
					  "HCR_EL2=-1",	      "s1desc:=1" };

START_TEST(bad_value)
{
	struct sink s;
	struct error e = { 0 };
	char *args[] = { (char *)(uintptr_t)bad_values[_i] };

	sink_open(&s);
	ck_assert(!explain_values(s.f, 1, args, &e));
	ck_assert_int_eq(e.kind, ERROR_USAGE);
	ck_assert_uint_gt(strlen(e.text), 20);
	sink_close(&s);
}
END_TEST

/* Every row of meanings.def names a register and a field that exist: a misspelt one would never be shown. */
START_TEST(meanings_have_fields)
{
	static const char *const rows[][2] = {
#define MEANING(reg, field, ...) { #reg, #field },
#include "debug/meanings.def"
#undef MEANING
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reg_field fields[REG_FIELDS_MAX];
		bool is_lr = !strcmp(rows[i][0], "ICH_LR_EL2");
		int reg = reg_find(is_lr ? "ICH_LR0_EL2" : rows[i][0]);
		unsigned count = reg < 0 ? 0 : reg_fields(reg, fields), at = 0;

		while (at < count && (!fields[at].name || strcmp(fields[at].name, rows[i][1])))
			at++;
		ck_assert_msg(at < count, "%s.%s does not exist", rows[i][0], rows[i][1]);
	}
}
END_TEST

START_TEST(changes)
{
	struct sink s;

	sink_open(&s);
	reg_change_words(s.f, "HCR_EL2", 0x80000000, 0x80080001);
	ck_assert_str_eq(sink_text(&s), "TSC 0->1, VM 0->1");
	sink_close(&s);
}
END_TEST

/* ---- events ---- */

static const u64 z_registers[2][EV_INSN_Z_WORDS] = { [1] = { 1, 2 } };

static const struct {
	struct event e;
	const char *text;
} events[] = {
	{ { .kind = EV_EXC,
	    .cycle = 1234,
	    .core = 0,
	    .el = 2,
	    .vmid = 7,
	    .asid = 3,
	    .exc = { "sync", 1, 2, CROSS_HOST, 0x400, 0x5a00002a, 0, 0, 0x40001004, 0x3c5, 0x40080400, true, false,
		     false } },
	  "        1234 c0 EL2  v7   a3   EXCEPTION sync EL1 -> EL2, VBAR_EL2+0x400 = 0x40080400: HVC #42\n"
	  "                             ELR_EL2=0x40001004 SPSR_EL2=0x3c5 (EL1hDAIF) ESR_EL2=0x5a00002a\n" },
	{ { .kind = EV_ERET,
	    .core = 1,
	    .el = 1,
	    .secure = true,
	    .eret = { 2, 1, CROSS_HOST, 0x305, 0x40001000, false } },
	  "           0 c1 EL1s v0   a0   ERET EL2 -> EL1 at 0x40001000, SPSR=0x305 (EL1hDA--)\n" },
	{ { .kind = EV_ERET, .el = 1, .vmid = 7, .eret = { 2, 1, CROSS_VM, 0x305, 0x1000, false } },
	  "           0 c0 EL1  v7   a0   VM ENTRY, ERET EL2 -> EL1 at 0x1000, SPSR=0x305 (EL1hDA--)\n" },
	{ { .kind = EV_SYSREG, .el = 2, .sysreg = { "VTTBR_EL2", true, 0, 0x0007000050000000 } },
	  "           0 c0 EL2  v0   a0   msr VTTBR_EL2 0x0 -> 0x7000050000000  VMID 0->7, BADDR 0->0x28000000\n" },
	{ { .kind = EV_MEM, .el = 1, .mem = { 0x1000, 0x2000, 0x3000, true, true, false, 8, { 0x55 } } },
	  "           0 c0 EL1  v0   a0   write 8 VA 0x1000 IPA 0x2000 PA 0x3000 = 0x55\n" },
	{ { .kind = EV_INSN,
	    .insn = { .pc = 0x1000,
		      .word = 0x4e21d402,
		      .el = 1,
		      .changed =
			      1ull << EV_INSN_SP | 1ull << EV_INSN_FPSR | 1ull << EV_INSN_FPCR | 1ull << EV_INSN_NZCV,
		      .changed_v = 1u << 1,
		      .nzcv = 6,
		      .sp = 0x40,
		      .fpsr = 0x10,
		      .fpcr = 0x1000000,
		      .z = z_registers } },
	  "           0 c0 EL1  v0   a0   0000000000001000 4e21d402  fadd v2.4s, v0.4s, v1.4s             sp=0x40 "
	  "v1=0x00000000000000020000000000000001 fpsr=0x10 fpcr=0x1000000 nzcv=0110\n" },
	{ { .kind = EV_LR, .el = 1, .lr = { 0, 0x50a0000000000020, 0x90a0000000000020, "ack" } },
	  "           0 c0 EL1  v0   a0   ICH_LR0_EL2 by ack: 0x50a0000000000020 (pending vINTID 32 IRQ prio 0xa0) -> "
	  "0x90a0000000000020 (active vINTID 32 IRQ prio 0xa0)\n" },
	{ { .kind = EV_HYP, .el = 2, .hyp = { "vm-exit", { EXC_SYNC, 0x5a00002a, 0x1004, 0 } } },
	  "           0 c0 EL2  v0   a0   VM EXIT from 0x1004: HVC #42\n" },
	{ { .kind = EV_HYP, .el = 2, .hyp = { "vm-exit", { EXC_IRQ, 0, 0x1004, 0 } } },
	  "           0 c0 EL2  v0   a0   VM EXIT from 0x1004: IRQ\n" },
	{ { .kind = EV_HYP, .el = 2, .hyp = { "vm-exit", { EXC_SYNC, 0x93820047, 0x1004, 0x9000030 } } },
	  "           0 c0 EL2  v0   a0   VM EXIT from 0x1004: Data Abort from a lower EL: Translation fault, level 3 "
	  "on a "
	  "write of a word, w2, IPA 0x9000030\n" },
	{ { .kind = EV_HYP, .el = 1, .hyp = { "vm-entry", { 0x1004, 0x3c5, 0x0007000050000000, 0 } } },
	  "           0 c0 EL1  v0   a0   VM ENTRY at 0x1004 (EL1hDAIF), VMID 7, stage-2 table 0x50000000\n" },
	{ { .kind = EV_HYP, .el = 2, .hyp = { "world-switch", { 0x0001000050000000, 0x0002000050001000 } } },
	  "           0 c0 EL2  v0   a0   WORLD SWITCH from VMID 1, table 0x50000000 to VMID 2, table 0x50001000\n" },
	{ { .kind = EV_HYP, .el = 2, .hyp = { "SYSTEM_OFF", { 0 } } },
	  "           0 c0 EL2  v0   a0   firmware call SYSTEM_OFF 0x0 0x0 0x0\n" },
	{ { .kind = EV_TLBI, .el = 2, .tlbi = { "VMALLS12E1IS", 0, 1 } },
	  "           0 c0 EL2  v0   a0   tlbi VMALLS12E1IS 0x0: 1 entry dropped\n" },
	{ { .kind = EV_TLB_FILL,
	    .el = 1,
	    .tlb = { REGIME_EL10, TLB_S1, 3, 12, true, true, 5, 7, 0x1000, 0x80001000, NULL } },
	  "           0 c0 EL1  v0   a0   tlb fill VA 0x1000 -> 0x80001000, EL1&0 VMID 7 ASID 5, level 3, 2^12 "
	  "bytes\n" },
	{ { .kind = EV_SMMU,
	    .core = -1,
	    .smmu = { SMMU_TRANSLATE, "translate", 8, 0x4000, 0x80004000, true, NULL, 0, 0 } },
	  "           0 machine         smmu translate stream 0x8 write IOVA 0x4000 -> PA 0x80004000\n" },
};

START_TEST(event_text)
{
	struct sink s;

	sink_open(&s);
	event_words(s.f, &events[_i].e, NULL);
	ck_assert_str_eq(sink_text(&s), events[_i].text);
	sink_close(&s);
}
END_TEST

/* With `insn` asked for, what an instruction did is told after it. */
START_TEST(trace_order)
{
	struct sink s;
	struct tracer tracer = { 0 };
	struct trace_text t;
	struct event m = { .kind = EV_MEM, .mem = { .va = 0x1000, .size = 4 } };
	struct event i = { .kind = EV_INSN, .insn = { .pc = 0x4000, .word = 0xb9400001 } };
	const char *insn, *mem;

	sink_open(&s);
	trace_text_start(&t, &tracer, s.f, 1u << EV_INSN | 1u << EV_MEM);
	for (unsigned n = 0; n < 2; n++) {
		trace_emit(&tracer, &m);
		trace_emit(&tracer, &i);
	}
	trace_text_end(&t, &tracer);
	insn = strstr(sink_text(&s), "ldr w1, [x0]");
	mem = strstr(sink_text(&s), "read 4 VA 0x1000");
	ck_assert(insn && mem && insn < mem);
	insn = strstr(insn + 1, "ldr w1, [x0]");
	ck_assert(insn && mem < insn && strstr(insn, "read 4"));
	ck_assert_uint_eq(tracer.mask, 0);
	sink_close(&s);
}
END_TEST

/* An exit to EL2 is one line, whether by its exception or (without that class) by its own event. */
START_TEST(trace_redundancy)
{
	static const u32 masks[] = { 1u << EV_HYP, 1u << EV_HYP | 1u << EV_EXC | 1u << EV_ERET };
	struct event exit = { .kind = EV_HYP, .hyp = { "vm-exit", { EXC_SYNC, 0x5a00002a, 0, 0 } } };
	struct event lr = { .kind = EV_LR, .lr = { 0, 5, 5, "write" } };
	struct tracer tracer = { 0 };
	struct trace_text t;
	struct sink s;

	sink_open(&s);
	trace_text_start(&t, &tracer, s.f, masks[_i] | 1u << EV_LR);
	trace_emit(&tracer, &exit);
	trace_emit(&tracer, &lr);
	trace_text_end(&t, &tracer);
	ck_assert_int_eq(strstr(sink_text(&s), "VM EXIT") != NULL, _i == 0);
	ck_assert_ptr_null(strstr(sink_text(&s), "ICH_LR"));
	sink_close(&s);
}
END_TEST

/* What goes on between EL0 and its kernel is shown on request alone. */
START_TEST(trace_el0)
{
	struct event call = { .kind = EV_EXC, .exc = { .vector = "sync", .to_el = 1, .crossing = CROSS_KERNEL } };
	struct event back = { .kind = EV_ERET, .eret = { .from_el = 1, .crossing = CROSS_KERNEL } };
	static const char *const lists[] = { "exc,hyp", "exc,el0", "insn,exc" };
	struct tracer tracer = { 0 };
	struct trace_text t;
	struct error e;
	struct sink s;
	u32 mask;

	sink_open(&s);
	ck_assert(trace_classes(lists[_i], &mask, &e));
	trace_text_start(&t, &tracer, s.f, mask);
	trace_emit(&tracer, &call);
	trace_emit(&tracer, &back);
	trace_text_end(&t, &tracer);
	ck_assert_int_eq(strstr(sink_text(&s), "EXCEPTION sync") != NULL, _i > 0);
	ck_assert_int_eq(strstr(sink_text(&s), "ERET") != NULL, _i > 0);
	sink_close(&s);
}
END_TEST

START_TEST(classes)
{
	struct error e = { 0 };
	u32 mask;

	ck_assert(trace_classes("exc,hyp", &mask, &e));
	ck_assert_uint_eq(mask >> EV_EXC & 1, 1);
	ck_assert_uint_eq(mask >> EV_INSN & 1, 0);
	ck_assert(trace_classes("all", &mask, &e));
	ck_assert_uint_eq(mask, ((1u << EV_KINDS) - 1) | TRACE_EL0);
	ck_assert(!trace_classes("exc,", &mask, &e));
	ck_assert_ptr_nonnull(strstr(e.text, "insn, mem, exc, el0, walk, tlb, sysreg, gic, smmu, pci, its, hyp, all"));
}
END_TEST

/* ---- disassembly: ours, and what Capstone does not know ---- */

static const struct {
	u32 word;
	const char *text;
} insns[] = {
	{ 0xd503201f, "nop" },
	{ 0xf9400021, "ldr x1, [x1]" },
	{ 0xd51c1100, "msr HCR_EL2, x0" },
	{ 0xd53c1240, "mrs x0, HCRX_EL2" },
	{ 0x11c00420, "smax w0, w1, #1" },
	{ 0xd5031000, "wfet x0" },
	{ 0x4e829420, "sdot v0.4s, v1.16b, v2.16b" },
	{ 0x2e828420, "sqrdmlah v0.2s, v1.2s, v2.2s" },
	{ 0x4fa2f820, "usdot v0.4s, v1.16b, v2.4b[3]" },
	{ 0x7f71d820, "sqrdmlah h0, h1, v1.h[7]" },
	{ 0x6e187c20, "mov v0.d[1], v1.d[1]" },
	{ 0xffffffff, ".inst 0xffffffff" },
};

START_TEST(instruction)
{
	char text[DISASM_MAX];

	disasm(text, 0x1000, insns[_i].word);
	ck_assert_str_eq(text, insns[_i].text);
}
END_TEST

/* ---- walks ---- */

START_TEST(walk_ladder)
{
	struct sink s;
	struct regime r = { .id = REGIME_EL10,
			    .vmid = 7,
			    .s2 = { .enabled = true, .granule = GRANULE_4K },
			    .s1 = { .has_el0 = true } };
	struct walk w = { .access = { .va = 0x40201234, .kind = ACCESS_WRITE, .privileged = true },
			  .count = 1,
			  .s2_used = true };

	sink_open(&s);
	w.step[0] = (struct walk_step){ .stage = 2,
					.level = 1,
					.kind = STEP_BLOCK,
					.input = 0x40201234,
					.at = 0x50000008,
					.desc = 0x8000077d,
					.output = 0x80201234,
					.index_hi = 31,
					.index_lo = 30 };
	w.fault = (struct fault){ .kind = FAULT_PERMISSION,
				  .level = 1,
				  .s2 = true,
				  .va = 0x40201234,
				  .ipa = { 0x40201234 },
				  .ipa_valid = true,
				  .why = "S2AP=01 forbids writes" };
	explain_walk(s.f, &w, &r, 1);
	ck_assert_str_eq(
		sink_text(&s),
		"VA 0x40201234, write at EL1, EL1&0 regime, Non-secure, VMID 7, ASID 0\n"
		"stage 1 off (VA = IPA), stage 2 on\n"
		"  1  stage 2 L1  IPA[31:30]=1  at PA 0x50000008: 0x000000008000077d  block -> 0x80000000: Normal WB, "
		"read-only, executable, inner shareable, AF=1\n"
		"fault        VA 0x40201234: stage 2 Permission fault, level 1: S2AP=01 forbids writes\n"
		"taken to     EL2\n"
		"ESR_EL2      0x9200004d  Data Abort from a lower EL: Permission fault, level 1 on a write\n"
		"FAR_EL2      0x40201234\n"
		"HPFAR_EL2    0x402010  IPA page 0x40201000\n"
		"             (a single-register load or store also sets ISV, SAS, SRT, SF and AR in the ESR)\n");
	sink_close(&s);
}
END_TEST

/* Tables made up as they are read. Stage 2: L0 to L2 at PA 0x100000, 0x101000, 0x102000 lead to L3 at 0x103000, whose
 * entry i is the page at 0x200000 + i pages. Stage 1: L0 to L3 at IPA 0x0 to 0x3000, and a page at IPA 0x5000. */
static bool made_up(void *ctx, pa_t at, u64 *word)
{
	u64 page = at.v & ~0xfffull;

	if (page >= 0x100000 && page < 0x103000)
		*word = (page + 0x1000) | 3;
	else if (page == 0x103000)
		*word = (0x200000 + ((at.v & 0xfff) >> 3 << 12)) | 0x7ff;
	else if (page >= 0x200000 && page < 0x203000)
		*word = (page - 0x200000 + 0x1000) | 3;
	else if (page == 0x203000)
		*word = 0x5f43;
	else
		return false;
	return true;
}

/* Four levels over four levels: the 24 descriptor reads that a translation can need, in order and numbered. */
START_TEST(walk_of_24_reads)
{
	struct regime r = { .id = REGIME_EL10, .pa_bits = 48, .vmid = 1 };
	struct mmu_access a = { .va = 0x123456789abc, .kind = ACCESS_READ, .privileged = true, .no_update = true };
	struct mmu_memory m = { .read64 = made_up };
	struct walk w;
	struct sink s;

	r.s1 = (struct stage1){ .enabled = true,
				.cacheable = true,
				.two_halves = true,
				.has_el0 = true,
				.ips = 5,
				.mair = 0xff,
				.asid = 9 };
	r.s1.half[0].tsz = r.s1.half[1].tsz = 16;
	r.s2 = (struct stage2){ .enabled = true, .ttb = 0x100000, .tsz = 16, .sl0 = 2, .ps = 5 };
	sink_open(&s);
	ck_assert(mmu_walk(&r, &a, &m, &w));
	explain_walk(s.f, &w, &r, 1);
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "\n  1    stage 2 L0  IPA[47:39]=0  at PA 0x100000: "));
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "\n  5  stage 1 L0  VA[47:39]=36  at IPA 0x120 = PA 0x200120: "));
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "\n 20  stage 1 L3  VA[20:12]="));
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "\n 24  stage 2 L3  IPA[20:12]=5  at PA 0x103028: "));
	ck_assert_ptr_null(strstr(sink_text(&s), "\n 25 "));
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "result       VA 0x123456789abc -> IPA 0x5abc -> PA 0x205abc "));
	ck_assert_ptr_nonnull(strstr(sink_text(&s), "memory       Normal, WB RA WA, inner shareable\n"));
	ck_assert_ptr_nonnull(
		strstr(sink_text(&s), "stage 1: 4 KiB at level 3, not global; stage 2: 4 KiB at level 3"));
	sink_close(&s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("debug_explain");
	TCase *t = tcase_create("words");

	tcase_add_loop_test(t, esr_one_line, 0, ARRAY_SIZE(esrs));
	tcase_add_test(t, esr_fields);
	tcase_add_test(t, html_is_escaped);
	tcase_add_test(t, json_is_escaped);
	tcase_add_test(t, lines_of_any_kind);
	tcase_add_loop_test(t, descriptor, 0, ARRAY_SIZE(descs));
	tcase_add_loop_test(t, value, 0, ARRAY_SIZE(values));
	tcase_add_loop_test(t, bad_value, 0, ARRAY_SIZE(bad_values));
	tcase_add_test(t, meanings_have_fields);
	tcase_add_test(t, changes);
	tcase_add_loop_test(t, event_text, 0, ARRAY_SIZE(events));
	tcase_add_test(t, trace_order);
	tcase_add_loop_test(t, trace_redundancy, 0, 2);
	tcase_add_loop_test(t, trace_el0, 0, 3);
	tcase_add_test(t, classes);
	tcase_add_loop_test(t, instruction, 0, ARRAY_SIZE(insns));
	tcase_add_test(t, walk_ladder);
	tcase_add_test(t, walk_of_24_reads);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
