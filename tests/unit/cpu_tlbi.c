/*
 * TLBI: each instruction's scope. What an instruction should remove is derived here from its name, as the Arm ARM lists
 * it; the code under test derives it from the encoding.
 */
#include "cpu_rig.h"
#include "cpu/tlbi.h"
#include "run_suite.h"

static struct cpu_rig g;

/* ---- the oracle: names ---- */

struct wanted {
	enum tlbi_op op;
	unsigned el; /* the EL in the name */
	bool range, last_level, broadcast;
	bool s12; /* concerns EL1&0 though named for EL2's use: ALLE1, VMALLS12E1, IPAS2E1 */
};

static bool cut_suffix(char *s, const char *suffix)
{
	size_t n = strlen(s), k = strlen(suffix);

	if (n < k || strcmp(s + n - k, suffix))
		return false;
	s[n - k] = 0;
	return true;
}

static struct wanted parse(const char *name)
{
	static const struct {
		const char *stem;
		enum tlbi_op op;
		bool last_level, s12;
	} stems[] = {
		{ "VA", TLBI_VA, false, false },
		{ "VAL", TLBI_VA, true, false },
		{ "VAA", TLBI_VAA, false, false },
		{ "VAAL", TLBI_VAA, true, false },
		{ "ASID", TLBI_ASID, false, false },
		{ "VMALL", TLBI_VMALL, false, false },
		{ "VMALLS12", TLBI_VMALLS12, false, true },
		{ "ALL", TLBI_ALL, false, false },
		{ "IPAS2", TLBI_IPA, false, true },
		{ "IPAS2L", TLBI_IPA, true, true },
	};
	struct wanted w = { 0 };
	char s[32];
	size_t n;

	strcpy(s, name);
	cut_suffix(s, "NXS");
	w.broadcast = cut_suffix(s, "IS") || cut_suffix(s, "OS");
	n = strlen(s);
	ck_assert_msg(n > 2 && s[n - 2] == 'E', "%s names no EL", name);
	w.el = (unsigned)(s[n - 1] - '0');
	s[n - 2] = 0;
	w.range = s[0] == 'R';
	for (unsigned i = 0; i < ARRAY_SIZE(stems); i++) {
		if (strcmp(s + w.range, stems[i].stem))
			continue;
		w.op = stems[i].op;
		w.last_level = stems[i].last_level;
		w.s12 = stems[i].s12 || (w.op == TLBI_ALL && w.el == 1);
		return w;
	}
	ck_abort_msg("%s: unknown", name);
}

static const struct {
	enum sysinsn which;
	const char *name;
} insns[] = {
#define SYSINSN(name, op1, crn, ...) { (crn) >= 8 ? SI_##name : SI_COUNT, &#name[5] },
#include "cpu/sysinsns.def"
};

/* VMID 0x1234, ASID of the operand 0xabcd, 16 bits of each in use. */
static void set_up(unsigned el, u64 hcr)
{
	struct cpu *c = g.cpu;

	memset(c->s.sr, 0, sizeof(c->s.sr));
	SYS(c, SCR_EL3) = 1;
	SYS(c, HCR_EL2) = hcr;
	SYS(c, VTTBR_EL2) = 0x1234ull << 48;
	SYS(c, VTCR_EL2) = 1ull << VTCR_EL2_VS_LSB;
	SYS(c, TCR_EL1) = 1ull << TCR_EL1_AS_LSB;
	SYS(c, TCR_EL2) = 1ull << TCR_EL1_AS_LSB;
	c->s.p.el = (u8)el;
}

#define E2H (1ull << HCR_EL2_E2H_LSB)
#define TGE (1ull << HCR_EL2_TGE_LSB)
#define FB (1ull << HCR_EL2_FB_LSB)

static enum regime_id wanted_regime(const struct wanted *w, u64 hcr)
{
	if (w->el == 3)
		return REGIME_EL3;
	if (w->s12 || (w->el == 1 && (hcr & (E2H | TGE)) != (E2H | TGE)))
		return REGIME_EL10;
	return w->el == 1 || (hcr & E2H) ? REGIME_EL20 : REGIME_EL2;
}

static void check_addresses(const char *name, const struct wanted *w, const struct tlbi_scope *s)
{
	if (w->op != TLBI_VA && w->op != TLBI_VAA && w->op != TLBI_IPA)
		return;
	ck_assert_msg(s->start == 0x12345000, "%s: start %#lx", name, s->start);
	ck_assert_msg(s->end == (w->range ? 0x12345000 + 0x2000 : 0x12346000), "%s: end %#lx", name, s->end);
	ck_assert_msg(s->last_level == w->last_level, "%s: last level %d", name, s->last_level);
}

START_TEST(scope_of_each)
{
	static const u64 hcrs[] = { 0, E2H, E2H | TGE, TGE };
	const char *name = insns[_i].name;
	struct wanted w;

	if (insns[_i].which == SI_COUNT)
		return;
	w = parse(name);
	for (unsigned h = 0; h < ARRAY_SIZE(hcrs); h++) {
		enum regime_id regime = wanted_regime(&w, hcrs[h]);
		/* TG = 4K, SCALE = 0, NUM = 0: two pages; the same bits are a TTL hint elsewhere */
		u64 value = 0xabcdull << 48 | (w.range ? 1ull << 46 : 0) | 0x12345;
		bool has_asid = w.op == TLBI_VA || w.op == TLBI_ASID;
		struct tlbi_scope s;
		bool broadcast;

		set_up(w.el == 3 ? 3 : 2, hcrs[h]);
		ck_assert_msg(tlbi_scope(g.cpu, insns[_i].which, value, &s, &broadcast), "%s does nothing", name);
		ck_assert_msg(s.op == w.op, "%s: op %u, not %u", name, s.op, w.op);
		ck_assert_msg(s.regime == regime, "%s: regime %u, not %u (HCR_EL2 %#lx)", name, s.regime, regime,
			      hcrs[h]);
		ck_assert_msg(broadcast == w.broadcast, "%s: broadcast %d", name, broadcast);
		ck_assert_msg(s.any_vmid == (w.op == TLBI_ALL && regime == REGIME_EL10), "%s: any VMID", name);
		ck_assert_msg(regime != REGIME_EL10 || s.vmid == 0x1234, "%s: VMID %#x", name, s.vmid);
		if (has_asid && (regime == REGIME_EL10 || regime == REGIME_EL20))
			ck_assert_msg(s.asid == 0xabcd, "%s: ASID %#x", name, s.asid);
		ck_assert_msg(s.secure == (w.el == 3), "%s: secure", name);
		ck_assert_msg(s.ttl_level == -1, "%s: hint %d", name, s.ttl_level);
		ck_assert_str_eq(s.name, name);
		check_addresses(name, &w, &s);
	}
}
END_TEST

/* ---- operands ---- */

static struct tlbi_scope scope(enum sysinsn which, u64 value, bool *broadcast)
{
	struct tlbi_scope s;
	bool far;

	ck_assert(tlbi_scope(g.cpu, which, value, &s, broadcast ? broadcast : &far));
	return s;
}

START_TEST(ttl_hints)
{
	static const struct {
		u8 ttl;
		s8 level, level_lpa2;
		u8 granule;
	} t[] = {
		{ 0x0, -1, -1, 0 },	     { 0x1, -1, -1, 0 },	 { 0x2, -1, -1, 0 },
		{ 0x3, -1, -1, 0 },	     { 0x4, -1, 0, GRANULE_4K }, { 0x5, 1, 1, GRANULE_4K },
		{ 0x6, 2, 2, GRANULE_4K },   { 0x7, 3, 3, GRANULE_4K },	 { 0x8, -1, -1, 0 },
		{ 0x9, -1, 1, GRANULE_16K }, { 0xa, 2, 2, GRANULE_16K }, { 0xb, 3, 3, GRANULE_16K },
		{ 0xc, -1, -1, 0 },	     { 0xd, 1, 1, GRANULE_64K }, { 0xe, 2, 2, GRANULE_64K },
		{ 0xf, 3, 3, GRANULE_64K },
	};

	set_up(2, 0);
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		for (unsigned lpa2 = 0; lpa2 < 2; lpa2++) {
			s8 want = lpa2 ? t[i].level_lpa2 : t[i].level;
			struct tlbi_scope s;

			g.cpu->feat.lpa2_4k = g.cpu->feat.lpa2_16k = lpa2;
			s = scope(SI_TLBI_VAE1, (u64)t[i].ttl << 44, NULL);
			ck_assert_msg(s.ttl_level == want, "TTL %#x: level %d", t[i].ttl, s.ttl_level);
			ck_assert(want < 0 || s.ttl_granule == t[i].granule);
			s = scope(SI_TLBI_IPAS2E1, (u64)t[i].ttl << 44, NULL);
			ck_assert_int_eq(s.ttl_level, want);
		}
	}
	g.cpu->feat.lpa2_4k = g.cpu->feat.lpa2_16k = false;
	g.cpu->feat.ttl = false;
	ck_assert_int_eq(scope(SI_TLBI_VAE1, 7ull << 44, NULL).ttl_level, -1);
	g.cpu->feat.ttl = true;
}
END_TEST

#define RANGE(tg, scale, num, ttl, base)                                                                               \
	((u64)(tg) << 46 | (u64)(scale) << 44 | (u64)(num) << 39 | (u64)(ttl) << 37 | (base))

START_TEST(ranges)
{
	static const struct {
		u64 value, start, end;
		s8 level;
	} t[] = {
		{ RANGE(1, 0, 0, 0, 0x1000), 0x1000000, 0x1002000, -1 },
		{ RANGE(1, 0, 31, 3, 0x1000), 0x1000000, 0x1000000 + 64 * 0x1000, 3 },
		{ RANGE(1, 1, 0, 2, 0), 0, 64 * 0x1000, 2 },
		{ RANGE(1, 3, 31, 0, 0), 0, 32ull << 28, -1 },
		{ RANGE(2, 0, 0, 1, 1), 0x4000, 0xc000, -1 },
		{ RANGE(2, 2, 1, 2, 0), 0, 2ull << 25, 2 },
		{ RANGE(3, 0, 1, 1, 1), 0x10000, 0x50000, 1 },
		/* bit 36 is the sign; a range that runs off the top ends with the address space */
		{ RANGE(1, 0, 0, 0, 0x1fffffff00), 0xfffffffffff00000, 0xfffffffffff02000, -1 },
		{ RANGE(1, 3, 31, 0, 0x1fffffffff), 0xfffffffffffff000, 0, -1 },
		{ RANGE(3, 3, 31, 0, 0xfffffffff), 0xfffffffff0000, 1ull << 52, -1 },
	};
	struct tlbi_scope s;
	bool far;

	set_up(2, 0);
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		s = scope(SI_TLBI_RVAE1, t[i].value, NULL);
		ck_assert_msg(s.start == t[i].start, "%u: start %#lx", i, s.start);
		ck_assert_msg(s.end == t[i].end, "%u: end %#lx", i, s.end);
		ck_assert_msg(s.ttl_level == t[i].level, "%u: level %d", i, s.ttl_level);
	}
	/* TG = 0 is reserved: nothing */
	ck_assert(!tlbi_scope(g.cpu, SI_TLBI_RVAE1IS, RANGE(0, 0, 0, 0, 1), &s, &far));
	/* FEAT_LPA2 with DS: the base counts 64 KiB */
	g.cpu->feat.lpa2 = true;
	SYS(g.cpu, TCR_EL1) |= 1ull << TCR_EL1_DS_LSB;
	s = scope(SI_TLBI_RVAE1, RANGE(1, 0, 0, 0, 3), NULL);
	ck_assert_uint_eq(s.start, 0x30000);
	ck_assert_uint_eq(s.end, 0x32000);
	ck_assert_uint_eq(scope(SI_TLBI_RIPAS2E1, RANGE(1, 0, 0, 0, 3), NULL).start, 0x3000);
	ck_assert_uint_eq(scope(SI_TLBI_RVAE3, RANGE(1, 0, 0, 0, 3), NULL).start, 0x3000);
	g.cpu->feat.lpa2 = false;
}
END_TEST

START_TEST(address_extension)
{
	set_up(2, 0);
	ck_assert_uint_eq(scope(SI_TLBI_VAE1, 0xfffffff0000, NULL).start, 0xfffffffff0000000);
	ck_assert_uint_eq(scope(SI_TLBI_VAE1, 0x7fffffff000, NULL).start, 0x7fffffff000000);
	ck_assert_uint_eq(scope(SI_TLBI_IPAS2E1, 0xffffffffff, NULL).start, 0xffffffffff000);
	ck_assert_uint_eq(scope(SI_TLBI_VAE1, 0xfffffffffff, NULL).end, 0);
}
END_TEST

START_TEST(tags_are_reduced)
{
	set_up(2, 0);
	SYS(g.cpu, TCR_EL1) = 0; /* AS: 8-bit ASIDs */
	ck_assert_uint_eq(scope(SI_TLBI_VAE1, 0xabcdull << 48, NULL).asid, 0xcd);
	SYS(g.cpu, VTCR_EL2) = 0; /* VS: 8-bit VMIDs */
	ck_assert_uint_eq(scope(SI_TLBI_VAE1, 0, NULL).vmid, 0x34);
	SYS(g.cpu, SCR_EL3) = 0; /* Secure, no Secure EL2: no VMID */
	ck_assert_uint_eq(scope(SI_TLBI_VAE1, 0, NULL).vmid, 0);
	ck_assert(scope(SI_TLBI_VAE1, 0, NULL).secure);
}
END_TEST

START_TEST(forced_broadcast)
{
	bool far;

	set_up(1, FB);
	scope(SI_TLBI_VAE1, 0, &far);
	ck_assert(far);
	set_up(2, FB);
	scope(SI_TLBI_VAE1, 0, &far);
	ck_assert(!far);
	set_up(1, 0);
	scope(SI_TLBI_VAE1, 0, &far);
	ck_assert(!far);
}
END_TEST

START_TEST(stage2_needs_el2)
{
	struct tlbi_scope s;
	bool far;

	set_up(3, 0);
	SYS(g.cpu, SCR_EL3) = 0;
	ck_assert(!tlbi_scope(g.cpu, SI_TLBI_IPAS2E1, 0, &s, &far));
	ck_assert(!tlbi_scope(g.cpu, SI_TLBI_RIPAS2LE1IS, 1ull << 46, &s, &far));
	g.cpu->feat.sel2 = true;
	SYS(g.cpu, SCR_EL3) = 1ull << SCR_EL3_EEL2_LSB;
	ck_assert(!scope(SI_TLBI_IPAS2E1, 0, NULL).ns_ipa);
	ck_assert(scope(SI_TLBI_IPAS2E1, 1ull << 63, NULL).ns_ipa);
	g.cpu->feat.sel2 = false;
}
END_TEST

/* ---- execution ---- */

static unsigned seen;
static struct ev_tlbi last;

static void observe(void *ctx, const struct event *e)
{
	seen++;
	last = e->tlbi;
}

static unsigned sent;

static void on_sent(void *ctx, const struct tlbi_scope *s)
{
	sent += s->op == TLBI_VAA && s->start == RIG_RAM;
}

/* A broadcast reaches the peer's TLB, and whoever listens; a local operation does not. The event counts all entries
 * that went. */
START_TEST(execution)
{
	struct observer o = { .mask = 1u << EV_TLBI, .event = observe };
	struct cpu *c = g.cpu, *pair[2];
	struct cpu peer = { .tlb = tlb_create() };
	struct translation t;
	struct mmu_access a = { .va = RIG_RAM, .kind = ACCESS_READ, .privileged = true };
	struct regime r;
	struct fault f;

	set_up(2, 0);
	tlb_init(peer.tlb, 64, 4, NULL);
	pair[0] = c;
	pair[1] = &peer;
	c->peers = pair;
	c->peer_count = 2;
	cpu_build_regime_el10(c, &r);
	trace_attach(&g.trace, &o);
	c->tlbi_sent = on_sent;
	for (unsigned i = 0; i < 2; i++) {
		enum sysinsn which = i ? SI_TLBI_VAAE1IS : SI_TLBI_VAAE1;

		ck_assert(mmu_translate(c->tlb, &r, &a, &c->memory, &t, &f));
		ck_assert(mmu_translate(peer.tlb, &r, &a, &c->memory, &t, &f));
		seen = sent = 0;
		ck_assert(sys_tlbi(c, which, RIG_RAM >> 12));
		ck_assert_uint_eq(sent, i);
		ck_assert_uint_eq(seen, 1);
		ck_assert_uint_eq(last.dropped, 1 + i);
		ck_assert_uint_eq(last.value, RIG_RAM >> 12);
		ck_assert_str_eq(last.name, i ? "VAAE1IS" : "VAAE1");
		ck_assert_ptr_null(tlb_lookup(c->tlb, &r, RIG_RAM));
		ck_assert((tlb_lookup(peer.tlb, &r, RIG_RAM) == NULL) == (i == 1));
	}
	trace_detach(&g.trace, &o);
	c->tlbi_sent = NULL;
	c->peers = g.peers;
	c->peer_count = 1;
	tlb_destroy(peer.tlb);
}
END_TEST

static void set_up_core(void)
{
	rig_create(&g);
}

static void tear_down_core(void)
{
	rig_destroy(&g);
}

int main(void)
{
	Suite *suite = suite_create("cpu_tlbi");
	TCase *tc = tcase_create("tlbi");

	tcase_add_unchecked_fixture(tc, set_up_core, tear_down_core);
	tcase_add_loop_test(tc, scope_of_each, 0, ARRAY_SIZE(insns));
	tcase_add_test(tc, ttl_hints);
	tcase_add_test(tc, ranges);
	tcase_add_test(tc, address_extension);
	tcase_add_test(tc, tags_are_reduced);
	tcase_add_test(tc, forced_broadcast);
	tcase_add_test(tc, stage2_needs_el2);
	tcase_add_test(tc, execution);
	suite_add_tcase(suite, tc);
	return run_suite_here(suite);
}
