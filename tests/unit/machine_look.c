/* Looking at a machine: what a TLBI would remove is what it removes; why interrupts are not taken; nothing changes. */
#include <check.h>
#include <string.h>

#include "gic/gic_regs.h"
#include "machine/machine.h"
#include "machine/map.h"
#include "smmu/inspect.h"

#include "tlb_add.h"
#include "run_suite.h"

static struct machine *m;

static void start(void)
{
	struct hyp_config c = { .cpu = "max", .mem = 16 << 20, .el = 3, .smp = 2, .smmu = true, .bare = true };
	struct error e = { 0 };

	m = hyp_create(&c, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
}

static void stop(void)
{
	hyp_destroy(m);
}

/* ---- TLBI ---- */

static u64 seed;

static unsigned random_below(unsigned n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(seed >> 33) % n;
}

static u64 key_of(const struct tlb_entry *e)
{
	bool s1 = e->kind == TLB_S1, el10 = e->regime == REGIME_EL10;

	return (u64)e->kind << KEY_KIND | (u64)e->regime << KEY_REGIME | (u64)e->secure << KEY_SECURE |
	       (u64)e->in_ns << KEY_IN_NS | (u64)(s1 && e->s1_on) << KEY_S1_ON | (u64)e->s2_used << KEY_S2_USED |
	       (el10 ? (u64)e->vmid << KEY_VMID : 0) | (e->ng ? 1ull << KEY_NG | (u64)e->asid << KEY_ASID : 0);
}

/* Few tags and few pages, so that every operation meets some entries and misses others. */
static struct tlb_entry random_entry(void)
{
	static const u8 log2s[] = { 12, 12, 16, 21, 30 };
	struct tlb_entry e = { .kind = 1 + (random_below(3) == 0), .regime = (u8)random_below(REGIME_COUNT) };
	unsigned size = random_below(5), leaf = size + random_below(5 - size);

	if (e.kind == TLB_S2)
		e.regime = REGIME_EL10;
	e.secure = e.regime == REGIME_EL3 || random_below(4) == 0;
	e.vmid = e.regime == REGIME_EL10 ? (u16)random_below(3) : 0;
	e.in_ns = e.kind == TLB_S2 && (!e.secure || random_below(2));
	e.s2_used = e.kind == TLB_S2 || (e.regime == REGIME_EL10 && random_below(2));
	e.s1_on = random_below(8) != 0;
	e.ng = e.kind == TLB_S1 && e.regime < REGIME_EL2 && random_below(3);
	e.asid = e.ng ? (u16)random_below(3) : 0;
	e.log2 = log2s[size];
	e.s1_log2 = e.kind == TLB_S2 ? e.log2 : log2s[leaf];
	e.s1_granule = GRANULE_4K;
	e.level = (s8)(e.s1_log2 >= 30 ? 1 : e.s1_log2 >= 21 ? 2 : 3);
	e.in = ((u64)random_below(64) << 12 | (u64)random_below(3) << 21 | (u64)random_below(2) << 30) & ~ones(e.log2);
	return e;
}

static void fill(struct tlb *t)
{
	for (unsigned i = 0; i < 600; i++) {
		struct tlb_entry e = random_entry();

		tlb_add(t, e, key_of(&e));
	}
}

static struct tlb *copy_of(const struct tlb *t)
{
	struct tlb *copy = tlb_create();

	memcpy(copy, t, sizeof(*copy));
	copy->dropped = NULL;
	copy->trace = NULL;
	return copy;
}

static u64 random_operand(void)
{
	u64 page = (u64)random_below(64) | (u64)random_below(3) << 9 | (u64)random_below(2) << 18;

	/* ASID; TG and a hint of the level, or of a range TG, SCALE and NUM; the page */
	return (u64)random_below(3) << 48 | (u64)random_below(3) << 46 | (u64)random_below(4) << 44 |
	       (u64)random_below(4) << 39 | page;
}

/* One TLBI on the core's own state, compared entry by entry with what is really left. */
static unsigned compare(const char *name, u64 operand)
{
	struct tlb *t = m->core[0]->tlb, *after;
	const struct tlb_entry *e;
	unsigned at = 0, removed = 0;
	struct hyp_tlbi tlbi;

	if (!hyp_tlbi(m, 0, name, operand, &tlbi))
		return 0;
	after = copy_of(t);
	tlb_invalidate(after, &tlbi.scope);
	while ((e = hyp_tlb_next(m, 0, &at))) {
		bool gone = after->entry[e - t->entry].kind == TLB_FREE;

		ck_assert_msg(hyp_tlbi_removes(m, 0, &tlbi, e) == gone, "%s 0x%llx: entry 0x%llx kind %u regime %u",
			      name, (unsigned long long)operand, (unsigned long long)e->in, e->kind, e->regime);
		removed += gone;
	}
	tlb_destroy(after);
	return removed;
}

START_TEST(tlbi_as_it_is)
{
	struct cpu *c = m->core[0];
	unsigned removed = 0, names = 0;
	const char *name;

	seed = (u64)_i + 1;
	fill(c->tlb);
	c->s.sr[SR_VTTBR_EL2] = (u64)random_below(3) << 48;
	c->s.sr[SR_SCR_EL3] = _i & 1 ? 0x401 : 0x40400; /* NS; or Secure EL2 */
	c->s.sr[SR_HCR_EL2] = _i & 2 ? 1ull << 34 | 1ull << 27 : 1;
	for (; (name = hyp_tlbi_name(names)); names++)
		for (unsigned i = 0; i < 2; i++)
			removed += compare(name, random_operand());
	ck_assert_uint_gt(names, 150);
	ck_assert_uint_gt(removed, 100);
}
END_TEST

START_TEST(tlbi_names)
{
	struct hyp_tlbi tlbi;

	ck_assert_str_eq(hyp_tlbi_name(0), "VMALLE1");
	ck_assert(!hyp_tlbi(m, 0, "VAE9", 0, &tlbi));
	ck_assert(hyp_tlbi(m, 0, "vae2is", 0x12345, &tlbi));
	ck_assert(tlbi.broadcast);
	ck_assert_uint_eq(tlbi.scope.start, 0x12345000);
	/* a range whose granule is reserved */
	ck_assert(!hyp_tlbi(m, 0, "RVAE2IS", 0, &tlbi));
	ck_assert(hyp_tlbi(m, 0, "RVAE2IS", 1ull << 46, &tlbi));
	m->core[0]->feat.tlbirange = false;
	ck_assert(!hyp_tlbi(m, 0, "RVAE2IS", 1ull << 46, &tlbi));
}
END_TEST

/* ---- interrupts ---- */

static const char *obstacle(unsigned line)
{
	struct hyp_gic g;

	hyp_gic(m, 0, &g);
	return g.line_obstacle[line];
}

/* A guest at EL1, then each thing that may keep an interrupt from it. */
START_TEST(core_obstacles)
{
	struct cpu *c = m->core[0];

	c->s.sr[SR_SCR_EL3] = 0x401;
	c->s.p.el = 1;
	c->s.p.daif = 0;
	c->s.sr[SR_HCR_EL2] = 0x18; /* IMO, FMO */
	for (unsigned line = 0; line < 4; line++)
		ck_assert_ptr_null(obstacle(line));
	c->s.p.daif = 2;
	ck_assert_ptr_null(obstacle(0)); /* to EL2: PSTATE.I of EL1 does not matter */
	ck_assert_ptr_nonnull(strstr(obstacle(2), "PSTATE.I"));
	ck_assert_ptr_null(obstacle(3));
	c->s.sr[SR_HCR_EL2] = 0;
	ck_assert_ptr_nonnull(strstr(obstacle(0), "PSTATE.I"));
	ck_assert_ptr_nonnull(strstr(obstacle(2), "IMO=0"));
	ck_assert_ptr_nonnull(strstr(obstacle(3), "FMO=0"));
	c->s.p.el = 2;
	c->s.p.daif = 0;
	ck_assert_ptr_nonnull(strstr(obstacle(0), "at EL2"));
	ck_assert_ptr_nonnull(strstr(obstacle(2), "above EL1"));
	c->s.p.el = 3;
	ck_assert_ptr_nonnull(strstr(obstacle(1), "SCR_EL3.FIQ=0"));
	c->s.sr[SR_SCR_EL3] |= 4;
	ck_assert_ptr_null(obstacle(1));
}
END_TEST

static void set_lr(unsigned n, u64 value)
{
	ck_assert(gic_sysreg_poke(&m->gic, 0, (u16)(GIC_ICH_LR0_EL2 + n), value));
}

#define LR(state, group, priority, vintid) ((u64)(state) << 62 | (u64)(group) << 60 | (u64)(priority) << 48 | (vintid))

/* Each step takes one obstacle out of the way of list register 1. */
START_TEST(lr_obstacles)
{
	struct hyp_gic g;

	set_lr(1, LR(1, 1, 0xa0, 40));
	set_lr(2, LR(2, 1, 0x80, 41));
	set_lr(3, LR(1, 1, 0x60, 42));
	hyp_gic(m, 0, &g);
	ck_assert_uint_gt(g.list_registers, 3);
	ck_assert_ptr_null(g.lr_obstacle[0]);
	ck_assert_ptr_nonnull(strstr(g.lr_obstacle[1], "group off"));
	ck_assert_ptr_nonnull(strstr(g.lr_obstacle[2], "is active"));
	ck_assert(gic_sysreg_poke(&m->gic, 0, GIC_ICH_VMCR_EL2, 0x90000002));
	hyp_gic(m, 0, &g);
	ck_assert_ptr_nonnull(strstr(g.lr_obstacle[1], "En=0"));
	ck_assert(gic_sysreg_poke(&m->gic, 0, GIC_ICH_HCR_EL2, 1));
	hyp_gic(m, 0, &g);
	ck_assert_ptr_nonnull(strstr(g.lr_obstacle[1], "comes first"));
	ck_assert_ptr_null(g.lr_obstacle[3]);
	ck_assert_int_eq(g.hppvi, 3);
	set_lr(3, 0);
	hyp_gic(m, 0, &g);
	ck_assert_ptr_nonnull(strstr(g.lr_obstacle[1], "ICV_PMR"));
	ck_assert(gic_sysreg_poke(&m->gic, 0, GIC_ICH_VMCR_EL2, 0xf0000002));
	hyp_gic(m, 0, &g);
	ck_assert_ptr_null(g.lr_obstacle[1]);
	ck_assert(g.line[2]);
	ck_assert(gic_sysreg_poke(&m->gic, 0, GIC_ICH_AP1R0_EL2, 1u << 16));
	hyp_gic(m, 0, &g);
	ck_assert_ptr_nonnull(strstr(g.lr_obstacle[1], "preempt"));
	ck_assert_uint_eq(g.vrunning, 16 << (8 - g.vpre_bits));
}
END_TEST

/* ---- streams ---- */

START_TEST(stream_devices)
{
	const char *name;
	u32 stream;
	unsigned n = 0;

	ck_assert(hyp_stream_device(m, 0, &stream, &name));
	ck_assert_str_eq(name, "DMA engine");
	for (; hyp_stream_device(m, n, &stream, &name); n++)
		ck_assert_str_eq(hyp_stream_name(m, stream), name);
	ck_assert_uint_ge(n, 1);
	ck_assert_ptr_null(hyp_stream_name(m, 0xfff0));
}
END_TEST

START_TEST(looking_changes_nothing)
{
	struct hyp_tlbi tlbi;
	struct hyp_gic g;
	u64 before;

	set_lr(1, LR(1, 1, 0xa0, 40));
	before = hyp_state_hash(m);
	for (unsigned n = 0; hyp_tlbi_name(n); n++)
		hyp_tlbi(m, 1, hyp_tlbi_name(n), ~0ull, &tlbi);
	for (unsigned core = 0; core < 2; core++)
		hyp_gic(m, core, &g);
	ck_assert_uint_eq(hyp_state_hash(m), before);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("machine_look");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, start, stop);
	tcase_add_loop_test(t, tlbi_as_it_is, 0, 4);
	tcase_add_test(t, tlbi_names);
	tcase_add_test(t, core_obstacles);
	tcase_add_test(t, lr_obstacles);
	tcase_add_test(t, stream_devices);
	tcase_add_test(t, looking_changes_nothing);
	suite_add_tcase(s, t);
	return run_suite(s);
}
