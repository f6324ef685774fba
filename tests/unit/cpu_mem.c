/*
 * Memory accesses through the real translation and memory: alignment, memory types, page crossing, exclusives and
 * atomics, the events they give. Each instruction is executed by both engines, twice: without and with what the first
 * time left in the caches.
 */
#include "cpu_rig.h"
#include "cpu/engine.h"
#include "run_suite.h"

static struct cpu_rig g;

#define L1 (RIG_RAM + 0x1000)
#define L2 (RIG_RAM + 0x2000)
#define L3 (RIG_RAM + 0x3000)
#define CODE (RIG_RAM + 0x4000)
#define DATA (RIG_RAM + 0x8000)

/* Pages from VA 0: code, then these */
enum { CODE_PAGE, NORMAL, NORMAL_2, DEVICE, READ_ONLY, ABSENT };
#define VA(page) ((u64)(page) << 12)
#define NORMAL_BYTE 0x11 /* what DATA is filled with */

#define WFI 0xd503207full
#define NOP 0xd503201f
#define A (1ull << 1) /* SCTLR_EL1.A */
#define NAA (1ull << SCTLR_EL1_nAA_LSB)

static void set_up(u32 insn, u64 sctlr)
{
	static const u64 attributes[] = { 0, 0, 0, 1 << 2, 2 << 6 };
	struct cpu *c = g.cpu;

	memset(c->s.sr, 0, sizeof(c->s.sr));
	memset(g.ram, 0, RIG_RAM_SIZE);
	memset(g.ram + (DATA - RIG_RAM), NORMAL_BYTE, 0x5000);
	*rig_ram(&g, L1) = L2 | 3;
	*rig_ram(&g, L2) = L3 | 3;
	for (unsigned i = CODE_PAGE; i <= READ_ONLY; i++)
		*rig_ram(&g, L3 + 8 * i) = (i ? DATA + VA(i - 1) : CODE) | attributes[i] | 1 << 10 | 3 << 8 | 3;
	*rig_ram(&g, CODE) = (u64)insn << 32 | 0xf940013f; /* ldr xzr, [x9]; the instruction */
	*rig_ram(&g, CODE + 8) = WFI;
	*rig_ram(&g, CODE + 0x200) = WFI; /* the vector */
	SYS(c, SCR_EL3) = 1;
	SYS(c, TCR_EL1) = 25ull << TCR_EL1_T0SZ_LSB | 1ull << TCR_EL1_EPD1_LSB | 5ull << TCR_EL1_IPS_LSB;
	SYS(c, TTBR0_EL1) = L1;
	SYS(c, MAIR_EL1) = 0x00ff;
	SYS(c, SCTLR_EL1) = sctlr | 1ull << SCTLR_EL1_M_LSB | 1ull << SCTLR_EL1_C_LSB;
	memset(&c->s.r, 0, sizeof(c->s.r));
	c->s.p = (struct pstate){ .el = 1, .sp = 1, .daif = 15 };
	c->s.excl_valid = false;
	cpu_flush_host(c);
	tlb_init(c->tlb, 64, 4, NULL);
	c->tlb->dropped = host_tlb_dropped;
	c->tlb->dropped_ctx = c;
	cpu_context_changed(c);
}

/*
 * Execute the instruction until WFI or an exception; x1 is the address. Warm: with a slot for its page, from an aligned
 * load before. Returns ESR_EL1, 0 when there was no exception.
 */
static unsigned execute_more; /* instructions between the one under test and WFI */

static u64 execute(u64 va, bool traced, bool warm)
{
	struct cpu *c = g.cpu;
	u64 until = (c->s.time >> 4) + 100;

	c->s.r.x[1] = va;
	c->s.r.x[9] = align_down(va, 16);
	c->s.pc = warm ? 0 : 4;
	c->s.halt = CORE_RUNS;
	SYS(c, ESR_EL1) = SYS(c, FAR_EL1) = 0;
	if (traced)
		cpu_run_traced(c, until, (warm ? 3 : 2) + execute_more);
	else
		cpu_run(c, until);
	ck_assert_uint_eq(c->s.halt, CORE_WFI);
	return SYS(c, ESR_EL1);
}

/* ---- what faults ---- */

enum {
	LDR = 0xf9400022,   /* ldr x2, [x1] */
	LDRB = 0x39400022,  /* ldrb w2, [x1] */
	LDTR = 0xf8400822,  /* ldtr x2, [x1] */
	STTR = 0xf8000822,  /* sttr x2, [x1] */
	STR = 0xf9000022,   /* str x2, [x1] */
	LDP = 0xa9400c22,   /* ldp x2, x3, [x1] */
	STP = 0xa9000c22,   /* stp x2, x3, [x1] */
	LDAR = 0xc8dffc22,  /* ldar x2, [x1] */
	STLR = 0xc89ffc22,  /* stlr x2, [x1] */
	LDXR = 0xc85f7c22,  /* ldxr x2, [x1] */
	STXR = 0xc8047c22,  /* stxr w4, x2, [x1] */
	LDXP = 0xc87f0c22,  /* ldxp x2, x3, [x1] */
	LDADD = 0xf8200022, /* ldadd x0, x2, [x1] */
	CASP = 0x48227c24,  /* casp x2, x3, x4, x5, [x1] */
};

enum { TRANSLATION = 0x07, PERMISSION = 0x0f, ALIGNMENT = 0x21, WNR = 0x40 };

static const struct {
	const char *name;
	u32 insn;
	u64 va, sctlr;
	bool lse2;
	u16 iss; /* 0: none */
	u64 far;
} cases[] = {
	{ "aligned", LDR, VA(NORMAL) + 8, A, false, 0, 0 },
	{ "unaligned", LDR, VA(NORMAL) + 1, 0, false, 0, 0 },
	{ "unaligned with A", LDR, VA(NORMAL) + 4, A, false, ALIGNMENT, VA(NORMAL) + 4 },
	{ "unaligned store with A", STR, VA(NORMAL) + 4, A, false, ALIGNMENT | WNR, VA(NORMAL) + 4 },
	{ "byte with A", LDRB, VA(NORMAL) + 5, A, false, 0, 0 },
	{ "pair at 8 with A", LDP, VA(NORMAL) + 8, A, false, 0, 0 },
	{ "pair at 4 with A", LDP, VA(NORMAL) + 4, A, false, ALIGNMENT, VA(NORMAL) + 4 },
	{ "pair at 4", STP, VA(NORMAL) + 4, 0, false, 0, 0 },
	{ "Device", LDR, VA(DEVICE) + 8, 0, false, 0, 0 },
	{ "unaligned Device", LDR, VA(DEVICE) + 1, 0, false, ALIGNMENT, VA(DEVICE) + 1 },
	{ "unaligned Device store", STR, VA(DEVICE) + 1, 0, false, ALIGNMENT | WNR, VA(DEVICE) + 1 },
	{ "crossing", LDR, VA(NORMAL_2) - 4, 0, false, 0, 0 },
	{ "crossing into Device", LDR, VA(DEVICE) - 4, 0, false, ALIGNMENT, VA(DEVICE) },
	{ "crossing into nothing", LDR, VA(ABSENT) - 4, 0, false, TRANSLATION, VA(ABSENT) },
	{ "pair crossing into nothing", LDP, VA(ABSENT) - 8, 0, false, TRANSLATION, VA(ABSENT) },
	{ "pair crossing into read-only", STP, VA(READ_ONLY) - 8, 0, false, PERMISSION | WNR, VA(READ_ONLY) },
	{ "nothing", LDR, VA(ABSENT) + 8, 0, false, TRANSLATION, VA(ABSENT) + 8 },
	{ "ordered, unaligned", LDAR, VA(NORMAL) + 4, 0, false, ALIGNMENT, VA(NORMAL) + 4 },
	{ "ordered store, unaligned", STLR, VA(NORMAL) + 4, NAA, false, ALIGNMENT | WNR, VA(NORMAL) + 4 },
	{ "LSE2: ordered within 16 bytes", LDAR, VA(NORMAL) + 8 - 1, 0, true, 0, 0 },
	{ "LSE2: ordered across 16 bytes", LDAR, VA(NORMAL) + 12, 0, true, ALIGNMENT, VA(NORMAL) + 12 },
	{ "LSE2: the same with nAA", LDAR, VA(NORMAL) + 12, NAA, true, 0, 0 },
	{ "LSE2: with A", LDAR, VA(NORMAL) + 4, A, true, ALIGNMENT, VA(NORMAL) + 4 },
	{ "exclusive", LDXR, VA(NORMAL) + 8, A, false, 0, 0 },
	{ "exclusive, unaligned", LDXR, VA(NORMAL) + 4, 0, false, ALIGNMENT, VA(NORMAL) + 4 },
	{ "exclusive store, unaligned", STXR, VA(NORMAL) + 4, 0, false, ALIGNMENT | WNR, VA(NORMAL) + 4 },
	{ "exclusive store, read-only", STXR, VA(READ_ONLY), 0, false, PERMISSION | WNR, VA(READ_ONLY) },
	{ "LSE2: exclusive within 16 bytes", LDXR, VA(NORMAL) + 4, 0, true, 0, 0 },
	{ "LSE2: exclusive across 16 bytes", STXR, VA(NORMAL) + 12, NAA, true, ALIGNMENT | WNR, VA(NORMAL) + 12 },
	{ "exclusive pair at 8", LDXP, VA(NORMAL) + 8, 0, false, ALIGNMENT, VA(NORMAL) + 8 },
	{ "exclusive pair", LDXP, VA(NORMAL) + 16, 0, false, 0, 0 },
	{ "atomic", LDADD, VA(NORMAL) + 8, A, false, 0, 0 },
	{ "atomic, unaligned", LDADD, VA(NORMAL) + 4, 0, false, ALIGNMENT, VA(NORMAL) + 4 },
	{ "LSE2: atomic within 16 bytes", LDADD, VA(NORMAL) + 4, 0, true, 0, 0 },
	{ "LSE2: atomic across 16 bytes", LDADD, VA(NORMAL) + 12, NAA, true, ALIGNMENT, VA(NORMAL) + 12 },
	{ "atomic, read-only", LDADD, VA(READ_ONLY), 0, false, PERMISSION | WNR, VA(READ_ONLY) },
	{ "atomic, nothing", LDADD, VA(ABSENT), 0, false, TRANSLATION, VA(ABSENT) },
	{ "pair compare and swap at 8", CASP, VA(NORMAL) + 8, 0, true, ALIGNMENT, VA(NORMAL) + 8 },
};

START_TEST(faults)
{
	struct cpu *c = g.cpu;
	u64 want = cases[_i].iss ? 0x25ull << 26 | 1 << 25 | cases[_i].iss : 0;

	c->feat.lse2 = cases[_i].lse2;
	for (unsigned traced = 0; traced < 2; traced++) {
		set_up(cases[_i].insn, cases[_i].sctlr);
		for (unsigned again = 0; again < 3; again++) {
			u64 esr = execute(cases[_i].va, traced, again == 2 && cases[_i].va < VA(ABSENT));

			ck_assert_msg(esr == want, "%s: ESR %#lx, not %#lx (%u, %u)", cases[_i].name, esr, want, traced,
				      again);
			ck_assert_msg(SYS(c, FAR_EL1) == cases[_i].far, "%s: FAR %#lx", cases[_i].name,
				      SYS(c, FAR_EL1));
		}
	}
	c->feat.lse2 = false;
}
END_TEST

/* ---- what is moved ---- */

/* The eight bytes at `at` of what `NORMAL` maps. */
static u64 data_at(u64 va)
{
	u64 v;

	memcpy(&v, g.ram + (DATA - RIG_RAM) + (va - VA(NORMAL)), 8);
	return v;
}

START_TEST(unaligned_values)
{
	static const u64 addresses[] = { VA(NORMAL), VA(NORMAL) + 1, VA(NORMAL) + 0xffb, VA(NORMAL_2) - 3,
					 VA(NORMAL_2) };
	u64 x2 = 0x0123456789abcdef, x3 = 0xfedcba9876543210;

	for (unsigned i = 0; i < ARRAY_SIZE(addresses) * 4; i++) {
		u64 va = addresses[i / 4];
		bool traced = i & 1, warm = i & 2;

		set_up(STP, 0);
		g.cpu->s.r.x[2] = x2;
		g.cpu->s.r.x[3] = x3;
		ck_assert_uint_eq(execute(va, traced, warm), 0);
		ck_assert_uint_eq(data_at(va), x2);
		ck_assert_uint_eq(data_at(va + 8), x3);
		ck_assert_uint_eq(data_at(va + 16), 0x1111111111111111);
		if (va > VA(NORMAL))
			ck_assert_uint_eq(data_at(va - 1) & 0xff, 0x11);
		for (unsigned again = 0; again < 2; again++) {
			g.cpu->s.r.x[2] = g.cpu->s.r.x[3] = 0;
			*rig_ram(&g, CODE) = (u64)LDP << 32 | 0xf940013f;
			cpu_flush_host(g.cpu);
			ck_assert_uint_eq(execute(va, traced, warm), 0);
			ck_assert_uint_eq(g.cpu->s.r.x[2], x2);
			ck_assert_uint_eq(g.cpu->s.r.x[3], x3);
		}
	}
}
END_TEST

/* A store that faults on its second page leaves the first as it was. */
START_TEST(crossing_store_is_all_or_nothing)
{
	for (unsigned traced = 0; traced < 2; traced++) {
		set_up(STP, 0);
		ck_assert_uint_ne(execute(VA(READ_ONLY) - 8, traced, false), 0);
		ck_assert_uint_eq(data_at(VA(READ_ONLY) - 8), 0x1111111111111111);
	}
}
END_TEST

/* The monitor holds a physical address: another mapping of it passes, another address does not. */
START_TEST(monitor_is_physical)
{
	struct cpu *c = g.cpu;

	for (unsigned traced = 0; traced < 2; traced++) {
		set_up(LDXR, 0);
		*rig_ram(&g, L3 + 8 * NORMAL_2) = *rig_ram(&g, L3 + 8 * NORMAL);
		execute(VA(NORMAL) + 8, traced, false);
		ck_assert(c->s.excl_valid);
		ck_assert_uint_eq(c->s.excl_pa, DATA + 8);
		*rig_ram(&g, CODE) = (u64)STXR << 32 | 0xf940013f;
		cpu_flush_host(c);
		c->s.r.x[2] = 0x77;
		execute(VA(NORMAL_2) + 8, traced, false);
		ck_assert_uint_eq(c->s.r.x[4], 0);
		ck_assert_uint_eq(data_at(VA(NORMAL) + 8), 0x77);
		execute(VA(NORMAL_2) + 8, traced, false);
		ck_assert_uint_eq(c->s.r.x[4], 1);
	}
}
END_TEST

/* ---- events ---- */

static struct ev_mem seen[8];
static unsigned seen_count;

static void observe(void *ctx, const struct event *e)
{
	if (seen_count < ARRAY_SIZE(seen))
		seen[seen_count++] = e->mem;
}

static void check_event(unsigned i, bool is_write, u64 value)
{
	ck_assert_uint_lt(i, seen_count);
	ck_assert(seen[i].is_write == is_write);
	ck_assert_uint_eq(seen[i].size, 8);
	ck_assert_uint_eq(seen[i].va, VA(NORMAL));
	ck_assert_uint_eq(seen[i].pa, DATA);
	ck_assert_uint_eq(seen[i].value[0], value);
}

/* An atomic shows what it read and what it wrote; a store-exclusive its write only when it was made. */
START_TEST(events_of_atomics)
{
	struct observer o = { .mask = 1u << EV_MEM, .event = observe };
	struct cpu *c = g.cpu;

	trace_attach(&g.trace, &o);
	set_up(LDADD, 0);
	c->s.r.x[0] = 1;
	seen_count = 0;
	execute(VA(NORMAL), true, false);
	ck_assert_uint_eq(seen_count, 2);
	check_event(0, false, 0x1111111111111111);
	check_event(1, true, 0x1111111111111112);

	set_up(STXR, 0);
	c->s.r.x[2] = 0x55;
	seen_count = 0;
	execute(VA(NORMAL), true, false);
	ck_assert_uint_eq(c->s.r.x[4], 1);
	ck_assert_uint_eq(seen_count, 0);
	c->s.excl_valid = true;
	c->s.excl_pa = DATA;
	c->s.excl_size = 8;
	execute(VA(NORMAL), true, false);
	ck_assert_uint_eq(c->s.r.x[4], 0);
	ck_assert_uint_eq(seen_count, 1);
	check_event(0, true, 0x55);
	trace_detach(&g.trace, &o);
}
END_TEST

/* A slot as a lookup sees it. */
struct named {
	u64 tag;
	unsigned place;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->tag < y->tag ? -1 : x->tag > y->tag;
}

/* No two pages of any contexts share place and tag, and none looks empty: in the smallest table, so in every. */
START_TEST(slots_name_one_page)
{
	enum { ASIDS = 700, PAGES = 40 };
	static struct named all[ASIDS * PAGES];
	unsigned n = 0;

	set_up(NOP, 0);
	g.cpu->feat.asid16 = true;
	SYS(g.cpu, TCR_EL1) |= 1ull << TCR_EL1_AS_LSB;
	for (unsigned asid = 0; asid < ASIDS; asid++) {
		SYS(g.cpu, TTBR0_EL1) = (u64)asid << 48 | L1;
		cpu_context_changed(g.cpu);
		host_context(g.cpu);
		ck_assert_uint_eq(g.cpu->regime->s1.asid, asid);
		for (u64 page = 0; page < PAGES; page++) {
			u64 va = (page & 31) << 12 | (page >> 5) << 30;

			all[n++] = (struct named){ va ^ g.cpu->ctx, slot_index(g.cpu, va, HOST_SLOTS_EX) };
			ck_assert_uint_ne(va ^ g.cpu->ctx, HOST_SLOT_EMPTY);
		}
	}
	qsort(all, n, sizeof(all[0]), by_name);
	for (unsigned i = 1; i < n; i++)
		ck_assert_int_ne(by_name(&all[i - 1], &all[i]), 0);
}
END_TEST

/* The first access of a page goes the long way and leaves a slot, the next ones use it: all must come to the same. */
static void unprivileged_case(u32 insn, u64 va, bool traced, u64 iss)
{
	for (unsigned i = 0; i < 3; i++) {
		u64 esr;

		g.cpu->s.p.pan = 0; /* an exception sets it */
		g.cpu->context_stale = true;
		esr = execute(va, traced, i == 2);
		ck_assert_msg((esr & 0x7f) == iss, "%x at %#llx, %u: ESR %#llx", insn, (unsigned long long)va, i,
			      (unsigned long long)esr);
	}
}

/* LDTR and STTR reach what EL0 may, whatever slots LDR and STR left; with UAO, what EL1 may. */
START_TEST(unprivileged_by_slot)
{
	static const struct tlbi_scope all = { .op = TLBI_ALL, .regime = REGIME_EL10, .ttl_level = -1 };
	const u32 insn = _i & 1 ? STTR : LDTR;
	const u64 write = _i & 1 ? WNR : 0;
	struct cpu *c = g.cpu;

	set_up(insn, 0);
	*rig_ram(&g, CODE + 8) = (u64)WFI << 32 | insn; /* once more, by the slot */
	execute_more = 1;
	*rig_ram(&g, L3 + 8 * NORMAL) |= 1 << 6; /* AP[1]: EL0 too */
	unprivileged_case(insn, VA(NORMAL) + 8, _i & 2, 0);
	ck_assert((_i & 2) || c->unpriv_ctx != HOST_NO_CONTEXT);
	unprivileged_case(insn, VA(NORMAL_2) + 8, _i & 2, PERMISSION | write);
	c->feat.uao = true;
	c->s.p.uao = 1;
	c->context_stale = true;
	unprivileged_case(insn, VA(NORMAL_2) + 8, _i & 2, 0);
	c->s.p = (struct pstate){ .el = 1, .sp = 1, .daif = 15 };
	c->context_stale = true;
	unprivileged_case(insn, VA(NORMAL_2) + 8, _i & 2, PERMISSION | write);
	unprivileged_case(insn, VA(NORMAL) + 8, _i & 2, 0);
	*rig_ram(&g, L3 + 8 * NORMAL) &= ~(1ull << 6);
	unprivileged_case(insn, VA(NORMAL) + 8, _i & 2, 0); /* nobody told the TLB */
	tlb_invalidate(c->tlb, &all);
	unprivileged_case(insn, VA(NORMAL) + 8, _i & 2, PERMISSION | write);
	c->feat.uao = false;
	execute_more = 0;
}
END_TEST

/* ---- runs of pairs ---- */

#define STP_AT(t, t2, n, imm) (0xa9000000u | (u32)((imm) / 8 & 127) << 15 | (t2) << 10 | (n) << 5 | (t))
#define LDP_AT(t, t2, n, imm) (STP_AT(t, t2, n, imm) | 1u << 22)
enum { PAIRS = 6 };

/* Write `count` pairs at x1 + 16 * i, then read them back into other registers. */
static void put_run(unsigned count)
{
	u32 code[2 * PAIRS + 2] = { 0xf940013f };
	unsigned n = 1;

	for (unsigned i = 0; i < count; i++)
		code[n++] = STP_AT(2 + 2 * (i % 2), 3, 1, 16 * i);
	for (unsigned i = 0; i < count; i++)
		code[n++] = LDP_AT(10 + 2 * i, 11 + 2 * i, 1, 16 * i);
	code[n] = (u32)WFI;
	memcpy(g.ram + (CODE - RIG_RAM), code, sizeof(code));
	execute_more = 2 * count - 1;
}

static void check_run(unsigned count, u64 va, int hole)
{
	for (unsigned i = 0; i < count; i++) {
		const u64 *x = &g.cpu->s.r.x[10 + 2 * i];
		u64 first = (int)i == hole ? 0x1111111111111111ull : i % 2 ? 0x44 : 0x22;

		ck_assert_msg(x[0] == first && x[1] == ((int)i == hole ? first : 0x33), "pair %u of %u at %#llx: %#llx",
			      i, count, (unsigned long long)va, (unsigned long long)x[0]);
	}
}

static void run_pairs(unsigned count, u64 va, bool traced, int hole)
{
	struct cpu *c = g.cpu;

	memset(g.ram + (DATA - RIG_RAM), NORMAL_BYTE, 0x5000);
	memset(&c->s.r, 0, sizeof(c->s.r));
	c->s.r.x[2] = 0x22;
	c->s.r.x[3] = 0x33;
	c->s.r.x[4] = 0x44;
	ck_assert_uint_eq(execute(va, traced, true), 0);
	check_run(count, va, hole);
}

/* With slots and without, across a page's end, from its midst, and after one of the words was written. */
START_TEST(runs_of_pairs)
{
	static const u64 at[] = { VA(NORMAL) + 8, VA(NORMAL) + 0xfa0, VA(NORMAL) + 0xfb0, VA(NORMAL) + 4 };
	struct cpu *c = g.cpu;

	set_up(NOP, 0);
	put_run(PAIRS);
	for (unsigned i = 0; i < ARRAY_SIZE(at); i++)
		for (unsigned again = 0; again < 3; again++)
			run_pairs(PAIRS, at[i], _i, -1);
	for (int hole = 0; hole < PAIRS; hole++) {
		u32 nop = NOP, stp = STP_AT(2 + 2 * (hole % 2), 3, 1, 16 * hole);
		u64 place = CODE + 4 + 4 * (u64)hole;

		cpu_flush_host(c);
		run_pairs(PAIRS, at[0], _i, -1);
		code_written(c, place, 4);
		memcpy(g.ram + (place - RIG_RAM), &nop, 4);
		for (unsigned again = 0; again < 2; again++)
			run_pairs(PAIRS, at[0], _i, hole);
		code_written(c, place, 4);
		memcpy(g.ram + (place - RIG_RAM), &stp, 4);
		run_pairs(PAIRS, at[0], _i, -1);
	}
	execute_more = 0;
}
END_TEST

/* Registers that follow one another up to XZR, as one block: with a slot and without, across a page's end. */
START_TEST(block_of_stores)
{
	static const u64 at[] = { VA(NORMAL) + 8, VA(NORMAL) + 0xfa0, VA(NORMAL) + 0xfb0, VA(NORMAL) + 4 };
	u32 code[PAIRS + 2] = { 0xf940013f };

	set_up(NOP, 0);
	for (unsigned i = 0; i < PAIRS; i++)
		code[1 + i] = STP_AT(20 + 2 * i, 21 + 2 * i, 1, 16 * i);
	code[PAIRS + 1] = (u32)WFI;
	memcpy(g.ram + (CODE - RIG_RAM), code, sizeof(code));
	execute_more = PAIRS - 1;
	for (unsigned n = 0; n < 3 * ARRAY_SIZE(at); n++) {
		const u8 *memory = g.ram + (DATA - RIG_RAM) + (at[n / 3] - VA(NORMAL));

		memset(g.ram + (DATA - RIG_RAM), NORMAL_BYTE, 0x5000);
		for (unsigned i = 20; i < 31; i++)
			g.cpu->s.r.x[i] = 0x100 * n + i;
		ck_assert_uint_eq(execute(at[n / 3], _i, true), 0);
		for (unsigned i = 20; i < 33; i++) {
			u64 value;

			memcpy(&value, memory + 8 * (i - 20), sizeof(value));
			ck_assert_uint_eq(value, i < 31 ? 0x100 * n + i : i == 31 ? 0 : 0x1111111111111111);
		}
	}
	execute_more = 0;
}
END_TEST

/* A load of the base in the midst of a run: the pairs after it are elsewhere. */
START_TEST(run_changes_its_base)
{
	static const u32 code[] = {
		0xf940013f, LDP_AT(10, 11, 1, 0), LDP_AT(12, 1, 1, 16), LDP_AT(14, 15, 1, 32), LDP_AT(16, 17, 1, 48),
		(u32)WFI
	};
	u64 *from;

	set_up(NOP, 0);
	memcpy(g.ram + (CODE - RIG_RAM), code, sizeof(code));
	execute_more = 3;
	from = rig_ram(&g, DATA);
	for (unsigned i = 0; i < 64; i++)
		from[i] = i;
	from[3] = VA(NORMAL) + 256 - 32;
	for (unsigned again = 0; again < 3; again++) {
		ck_assert_uint_eq(execute(VA(NORMAL), _i, true), 0);
		ck_assert_uint_eq(g.cpu->s.r.x[14], 32);
		ck_assert_uint_eq(g.cpu->s.r.x[17], 35);
	}
	execute_more = 0;
}
END_TEST

static void set_up_core(void)
{
	rig_create(&g);
	g.cpu->feat.lse = g.cpu->feat.lrcpc = true;
}

static void tear_down_core(void)
{
	rig_destroy(&g);
}

int main(void)
{
	Suite *suite = suite_create("cpu_mem");
	TCase *tc = tcase_create("mem");

	tcase_add_unchecked_fixture(tc, set_up_core, tear_down_core);
	tcase_add_loop_test(tc, faults, 0, ARRAY_SIZE(cases));
	tcase_add_test(tc, unaligned_values);
	tcase_add_test(tc, crossing_store_is_all_or_nothing);
	tcase_add_test(tc, monitor_is_physical);
	tcase_add_test(tc, events_of_atomics);
	tcase_add_test(tc, slots_name_one_page);
	tcase_add_loop_test(tc, unprivileged_by_slot, 0, 4);
	tcase_add_loop_test(tc, runs_of_pairs, 0, 2);
	tcase_add_loop_test(tc, block_of_stores, 0, 2);
	tcase_add_loop_test(tc, run_changes_its_base, 0, 2);
	suite_add_tcase(suite, tc);
	return run_suite_here(suite);
}
