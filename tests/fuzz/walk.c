/*
 * libFuzzer: an arbitrary regime, arbitrary memory, arbitrary accesses and invalidations. What must hold whatever the
 * guest wrote: the walker ends, says either a fault or an address, never more steps than there can be; the TLB answers
 * what a walk would (while nothing is written back), and never holds two entries of one name.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "mmu/mmu.h"
#include "input.h"

#define WORDS 64
#define SETS 4
#define WAYS 4

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* Memory of a few words that repeats; one address in 64 does not answer. */
struct memory {
	u64 word[WORDS];
	bool holes;
};

static u64 *word_at(struct memory *m, pa_t at)
{
	u64 n = at.v >> 3;

	return &m->word[(n ^ n >> 9 ^ n >> 18 ^ n >> 27 ^ n >> 36) % WORDS];
}

static bool read64(void *ctx, pa_t at, u64 *value)
{
	struct memory *m = ctx;

	*value = *word_at(m, at);
	return !m->holes || (at.v >> 3) % 64 != 63;
}

static bool cas64(void *ctx, pa_t at, u64 expect, u64 wish, u64 *seen)
{
	struct memory *m = ctx;
	u64 *w = word_at(m, at);

	*seen = *w;
	if (*w == expect)
		*w = wish;
	return !m->holes || (at.v >> 3) % 64 != 62;
}

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void take_half(struct input *in, struct s1_half *h)
{
	u64 v = take(in, 3);

	h->ttb = take(in, 6);
	h->tsz = v & 63;
	h->granule = (v >> 6) % 3;
	h->sh = v >> 8 & 3;
	h->epd = bits(v, 13, 10) == 1;
	h->hpd = bit(v, 14);
	h->tbi = bit(v, 15);
	h->tbid = bit(v, 16);
	h->e0pd = bit(v, 17);
}

static void take_stage1(struct input *in, struct stage1 *s)
{
	u64 v = take(in, 3);

	s->enabled = bits(v, 1, 0) != 0;
	s->ips = bits(v, 4, 2);
	s->ha = bit(v, 5);
	s->hd = bit(v, 6);
	s->wxn = bit(v, 7);
	s->ee = bit(v, 8);
	s->ds = bit(v, 9);
	s->cacheable = bit(v, 10);
	s->icacheable = bit(v, 11);
	s->nv1 = bit(v, 12);
	s->asid = bits(v, 15, 14);
	s->mair = take(in, 8);
	take_half(in, &s->half[0]);
	take_half(in, &s->half[1]);
}

static void take_stage2(struct input *in, struct stage2 *s)
{
	u64 v = take(in, 5);

	s->enabled = bits(v, 1, 0) != 0;
	s->tsz = bits(v, 7, 2);
	s->sl0 = bits(v, 9, 8);
	s->sl2 = bit(v, 10);
	s->granule = bits(v, 14, 11) % 3;
	s->ps = bits(v, 17, 15);
	s->ha = bit(v, 18);
	s->hd = bit(v, 19);
	s->ee = bit(v, 20);
	s->ds = bit(v, 21);
	s->ptw = bit(v, 22);
	s->fwb = bit(v, 23);
	s->dc = bit(v, 24);
	s->cd = bit(v, 25);
	s->id = bit(v, 26);
	s->ns.tsz = bits(v, 32, 27);
	s->ns.sl0 = bits(v, 34, 33);
	s->ns.granule = bits(v, 38, 35) % 3;
	s->vmid = bit(v, 39);
	s->ttb = take(in, 6);
	s->ns.ttb = take(in, 6);
}

static void take_regime(struct input *in, struct regime *r)
{
	static const u8 pa_bits[] = { 32, 36, 40, 42, 44, 48, 52, 52 };
	u64 v = take(in, 3);

	r->id = bits(v, 2, 1) == 3 ? bits(v, 1, 0) : REGIME_EL10;
	r->secure = bit(v, 3) || r->id == REGIME_EL3;
	r->pa_bits = pa_bits[bits(v, 6, 4)];
	r->lva = bit(v, 7);
	r->lpa = bit(v, 8);
	r->lpa2_s1 = bit(v, 9);
	r->lpa2_s2 = bit(v, 10);
	r->ttst = bit(v, 11);
	r->xnx = bit(v, 12);
	r->epan = bit(v, 13);
	r->sw = bit(v, 14);
	r->sa = bit(v, 15);
	r->nsw = bit(v, 16);
	r->nsa = bit(v, 17);
	r->sif = bit(v, 18);
	take_stage1(in, &r->s1);
	take_stage2(in, &r->s2);
	r->vmid = r->s2.vmid;
	r->s1.two_halves = r->s1.has_el0 = r->id == REGIME_EL10 || r->id == REGIME_EL20;
}

static void take_access(struct input *in, struct mmu_access *a)
{
	u64 v = take(in, 2);

	a->kind = bits(v, 2, 0) % 6;
	a->privileged = bit(v, 3);
	a->pan = bit(v, 4);
	a->also_write = bit(v, 5);
	a->unaligned = bit(v, 6);
	a->s1_only = bits(v, 9, 7) == 0;
	a->no_update = bit(v, 10);
	a->va = take(in, 7);
	if (bit(v, 11))
		a->va = (u64)sext(a->va, 56);
}

static void check_fault(const struct fault *f)
{
	require(f->kind != FAULT_NONE && f->why);
	require(f->level >= -1 && f->level <= 3);
	require(!f->s1ptw || f->s2);
	require(!f->s2_walk || f->s2);
	require(!f->ipa_valid || f->s2);
	require(fault_status_code(f) < 64);
	require(fault_status_code(f) || (f->kind == FAULT_ADDRESS_SIZE && f->level == 0));
}

static void check_walk(const struct walk *w, bool ok)
{
	require(w->count < WALK_STEPS_MAX);
	for (unsigned i = 0; i < w->count; i++)
		require(w->step[i].level >= -1 && w->step[i].level <= 3 && w->step[i].kind <= STEP_CACHED);
	if (ok)
		require(w->fault.kind == FAULT_NONE && !(w->pa.v >> 52));
	else
		check_fault(&w->fault);
}

static void check_names(const struct tlb *t)
{
	for (unsigned i = 0; i < SETS * WAYS; i++) {
		require(!t->tag[i].key == (t->entry[i].kind == TLB_FREE));
		for (unsigned j = 0; j < i; j++)
			require(!t->tag[i].key || t->tag[i].in != t->tag[j].in || t->tag[i].key != t->tag[j].key);
	}
}

static void invalidate(struct input *in, struct tlb *t)
{
	u64 v = take(in, 3);
	struct tlbi_scope s = { .op = bits(v, 2, 0) % (TLBI_IPA + 1),
				.regime = bits(v, 4, 3),
				.secure = bit(v, 5),
				.vmid = bit(v, 6),
				.any_vmid = bit(v, 7),
				.asid = bits(v, 9, 8),
				.ttl_level = (s8)bits(v, 11, 10) - 1,
				.ttl_granule = bits(v, 14, 12) % 3,
				.ns_ipa = bit(v, 15),
				.name = "fuzz" };

	s.start = take(in, 6) & ~ones(12);
	s.end = s.start + (bits(v, 23, 16) << 12) + 0x1000;
	tlb_invalidate(t, &s);
}

/* One access: by the walker, and through the TLB. */
static void access(struct tlb *t, const struct regime *r, const struct mmu_access *a, struct memory *m)
{
	struct mmu_memory io = { .ctx = m, .read64 = read64, .cas64 = cas64 };
	struct mmu_access look = *a;
	struct translation first, second;
	struct fault f1, f2;
	struct walk w;
	bool ok, again;

	look.no_update = true;
	ok = mmu_walk(r, &look, &io, &w);
	check_walk(&w, ok);
	tlb_init(t, SETS, WAYS, NULL);
	again = mmu_translate(t, r, &look, &io, &first, &f1);
	require(ok == again);
	require(ok ? w.pa.v == first.pa.v && w.pa.ns == first.pa.ns
		   : w.fault.kind == f1.kind && w.fault.level == f1.level);
	ok = mmu_translate(t, r, a, &io, &first, &f1);
	again = mmu_translate(t, r, a, &io, &second, &f2);
	if (!ok)
		check_fault(&f1);
	if (!again)
		check_fault(&f2);
	if (!r->s1.ha && !r->s2.ha)
		require(ok == again && (ok ? first.pa.v == second.pa.v : f1.kind == f2.kind && f1.s2 == f2.s2));
	check_names(t);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct tlb one, kept; /* large; cleared for every input */
	struct input in = { data, size };
	struct regime r = { 0 };
	struct memory m = { 0 };
	struct fault f;
	struct translation t;

	take_regime(&in, &r);
	m.holes = take(&in, 1) & 1;
	for (unsigned i = 0; i < WORDS; i++)
		m.word[i] = in.left ? take(&in, 8) : m.word[i / 2] ^ (u64)i << 12;
	tlb_init(&kept, SETS, WAYS, NULL);
	in = (struct input){ data, size }; /* once more, as accesses */
	for (unsigned i = 0; i < 16 && in.left; i++) {
		struct mmu_memory io = { .ctx = &m, .read64 = read64, .cas64 = cas64 };
		struct mmu_access a = { 0 };

		take_access(&in, &a);
		access(&one, &r, &a, &m);
		r.s1.asid = i & 3;
		mmu_translate(&kept, &r, &a, &io, &t, &f);
		invalidate(&in, &kept);
		check_names(&kept);
	}
	return 0;
}
