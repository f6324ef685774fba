/*
 * The host-pointer cache and its context numbers. A slot says where a 4 KiB page of a context lives in host memory,
 * for reading, for writing, or as decoded code. Holds always: a slot is derived from a live TLB entry of the same core,
 * and goes before that entry does.
 *
 * A context number stands for everything that a slot's answer depends on beside the address: regime, VMID, ASID,
 * privilege, PAN, which stages are on, endianness. Numbers are handed out as contexts are met; when all are used, the
 * slots are emptied and numbering begins anew.
 *
 * A number is a low part, 1 to LOW_COUNT, and a high part. The low part stands in the tag where a page's address has no
 * bits, and moves the context's pages to places of their own; the high part is exclusive-ored into the address. Tag and
 * place tell all three: the low part directly, then the low bits of the address by the place, then the high part by
 * what the tag makes of these.
 */
#include "cpu/engine.h"
#include "base/host_memory.h"
#include "cpu/debug.h"

#include <stdlib.h>
#include <string.h>

#define NONE (-1)

struct context_key {
	u16 vmid, asid;
	u8 regime, el0, pan, s1, s2, secure, ee, wxn, tcr;
};

#define LOW_COUNT 255
#define CONTEXTS 16384 /* the high part must stay within what the smallest table's place tells */
_Static_assert(CONTEXTS / LOW_COUNT < HOST_SLOTS_EX, "a slot's tag and place name one context");
#define CONTEXT_HASH (2 * CONTEXTS)

/* What a context's number makes of cpu->ctx and cpu->ctx_slot. */
struct placing {
	u32 ctx, slot; /* ctx 0: not looked up yet */
};

struct contexts {
	unsigned count;
	struct context_key key[CONTEXTS];
	u16 hash[CONTEXT_HASH]; /* number + 1; 0: none */
	/* For (regime, el0, pan), since the registers last changed */
	struct placing quick[REGIME_COUNT][2][2];
	/* By EL and PAN, all that host_context() finds, with the regime (NULL: not known): what most exceptions and
	 * returns need */
	struct el_context {
		const struct regime *regime;
		struct placing placing;
		bool fp_on, big_endian;
	} of_el[4][2];
};

static unsigned slot_number(const struct cpu *c, enum slot_table table, u64 va)
{
	switch (table) {
	case SLOT_RD: return slot_index(c, va, HOST_SLOTS_RD);
	case SLOT_WR: return FIRST_WR + slot_index(c, va, HOST_SLOTS_WR);
	default: return FIRST_EX + slot_index(c, va, HOST_SLOTS_EX);
	}
}

static struct host_slot *slot_of(struct cpu *c, unsigned id)
{
	if (id >= FIRST_EX)
		return &c->ex[id - FIRST_EX];
	return id >= FIRST_WR ? &c->wr[id - FIRST_WR] : &c->rd[id];
}

bool host_init(struct cpu *c)
{
	c->links = host_memory_get(sizeof(*c->links));
	c->contexts = calloc(1, sizeof(*c->contexts));
	if (!c->links || !c->contexts)
		return false;
	c->context_stale = true;
	return true;
}

void host_destroy(struct cpu *c)
{
	host_memory_put(c->links, sizeof(*c->links));
	free(c->contexts);
}

static void empty(struct cpu *c, unsigned id)
{
	slot_of(c, id)->tag = HOST_SLOT_EMPTY;
	c->links->slot[id].owner = 0;
	if (id >= FIRST_EX)
		c->refetch = true;
	else if (id >= FIRST_WR)
		c->links->wr_page[id - FIRST_WR] = NULL;
}

void host_flush(struct cpu *c)
{
	for (unsigned id = 0; id < LINKS; id++) {
		s32 owner = c->links->slot[id].owner;

		if (!owner)
			continue;
		c->tlb->entry[owner - 1].host_list = NONE;
		empty(c, id);
	}
	c->refetch = true;
}

static void unlink_slot(struct cpu *c, unsigned id)
{
	struct host_links *l = c->links;

	if (!l->slot[id].owner)
		return;
	if (l->slot[id].prev == NONE)
		c->tlb->entry[l->slot[id].owner - 1].host_list = l->slot[id].next;
	else
		l->slot[l->slot[id].prev].next = l->slot[id].next;
	if (l->slot[id].next != NONE)
		l->slot[l->slot[id].next].prev = l->slot[id].prev;
}

static void flush_some(struct cpu *c, unsigned from, unsigned end)
{
	for (unsigned id = from; id < end; id++)
		if (c->links->slot[id].owner) {
			unlink_slot(c, id);
			empty(c, id);
		}
}

void host_flush_data(struct cpu *c)
{
	flush_some(c, 0, FIRST_EX);
}

void host_flush_writes(struct cpu *c)
{
	flush_some(c, FIRST_WR, FIRST_EX);
}

void host_fill(struct cpu *c, enum slot_table table, u64 va, u64 addend, s32 entry)
{
	unsigned id = slot_number(c, table, va);
	struct host_slot *slot = slot_of(c, id);
	struct host_links *l = c->links;
	struct tlb_entry *e = &c->tlb->entry[entry];
	u64 page = va & ~0xfffull;

	unlink_slot(c, id);
	slot->tag = page ^ c->ctx;
	slot->addend = addend;
	if (table == SLOT_WR)
		l->wr_page[id - FIRST_WR] = (const u8 *)(uintptr_t)(addend + page);
	l->slot[id].owner = entry + 1;
	l->slot[id].prev = NONE;
	l->slot[id].next = e->host_list;
	if (e->host_list != NONE)
		l->slot[e->host_list].prev = (s32)id;
	e->host_list = (s32)id;
}

u8 *host_slot(const struct cpu *c, enum slot_table table, u64 va, unsigned alignment, const struct tlb_entry **entry)
{
	return engine_slot(c, table, va, alignment, entry);
}

void host_tlb_dropped(void *ctx, struct tlb *t, unsigned index)
{
	struct cpu *c = ctx;

	for (s32 id = t->entry[index].host_list; id != NONE; id = c->links->slot[id].next)
		empty(c, (unsigned)id);
	t->entry[index].host_list = NONE;
}

static void drop_writes_of(struct cpu *c, const u8 *host_page)
{
	for (unsigned i = 0; i < HOST_SLOTS_WR; i++)
		if (c->links->wr_page[i] == host_page) {
			unlink_slot(c, FIRST_WR + i);
			empty(c, FIRST_WR + i);
		}
}

void host_drop_writes(struct cpu *c, const u8 *host_page)
{
	drop_writes_of(c, host_page);
	for (unsigned i = 0; i < c->peer_count; i++)
		if (c->peers[i] != c)
			drop_writes_of(c->peers[i], host_page);
}

void host_drop_code(struct cpu *c, const struct code_page *page)
{
	for (unsigned i = 0; i < HOST_SLOTS_EX; i++)
		if (c->ex[i].tag != HOST_SLOT_EMPTY && (c->ex[i].addend & ~1ull) == (u64)(uintptr_t)page->ops) {
			unlink_slot(c, FIRST_EX + i);
			empty(c, FIRST_EX + i);
		}
	c->refetch = true;
}

/* ---- contexts ---- */

static unsigned context_hash(const struct context_key *k)
{
	u64 h = (u64)k->vmid << 16 | k->asid;

	h ^= (u64)k->regime << 33 | (u64)k->el0 << 36 | (u64)k->pan << 37 | (u64)k->s1 << 38 | (u64)k->s2 << 39 |
	     (u64)k->secure << 40 | (u64)k->ee << 41 | (u64)k->wxn << 42 | (u64)k->tcr << 43;
	return (unsigned)(h * 0x9e3779b97f4a7c15ull >> 32) % CONTEXT_HASH;
}

static unsigned context_number(struct cpu *c, const struct context_key *k)
{
	struct contexts *t = c->contexts;
	unsigned h = context_hash(k);

	while (t->hash[h]) {
		unsigned n = t->hash[h] - 1u;

		if (memcmp(&t->key[n], k, sizeof(*k)) == 0)
			return n;
		h = (h + 1) % CONTEXT_HASH;
	}
	if (t->count == CONTEXTS) {
		memset(t->hash, 0, sizeof(t->hash));
		memset(t->quick, 0, sizeof(t->quick));
		memset(t->of_el, 0, sizeof(t->of_el));
		t->count = 0;
		host_flush(c);
		h = context_hash(k);
	}
	t->key[t->count] = *k;
	t->hash[h] = (u16)(t->count + 1);
	return t->count++;
}

/* Reversed, so that few contexts lie far apart; thrice, so that they do in the smaller tables, too. */
static u32 place_of(unsigned low)
{
	u32 reversed = 0;

	for (unsigned i = 0; i < 8; i++)
		reversed |= (low >> i & 1) << (7 - i);
	return reversed << 8 ^ reversed << 6 ^ reversed << 4;
}

static struct placing placing_of(unsigned number)
{
	unsigned low = number % LOW_COUNT + 1;

	return (struct placing){ .ctx = number / LOW_COUNT << 12 | low << 4, .slot = place_of(low) << 4 };
}

static enum regime_id regime_of_el(const struct cpu *c, unsigned el)
{
	if (el == 3)
		return REGIME_EL3;
	if (el == 2)
		return SYSF(c, HCR_EL2, E2H) ? REGIME_EL20 : REGIME_EL2;
	return el == 0 && cpu_el_is_in_host(c, 0) ? REGIME_EL20 : REGIME_EL10;
}

/* What TCR says of every access before the TLB is looked into: tags, E0PD. */
static u8 tcr_of(const struct s1_half half[2])
{
	return (u8)(half[0].tbi | half[0].tbid << 1 | half[0].e0pd << 2 | half[1].tbi << 3 | half[1].tbid << 4 |
		    half[1].e0pd << 5);
}

/* BigEndian(): of accesses in this regime. */
static bool is_big_endian(const struct cpu *c, const struct regime *r, bool el0)
{
	u64 sctlr_el0 = r->id == REGIME_EL20 ? SYS(c, SCTLR_EL2) : SYS(c, SCTLR_EL1);

	return el0 ? GET(sctlr_el0, SCTLR_EL1, E0E) : r->s1.ee;
}

static struct placing look_up_context(struct cpu *c, const struct regime *r, bool el0)
{
	struct context_key k;

	memset(&k, 0, sizeof(k));
	k.regime = r->id;
	k.el0 = el0;
	k.pan = !el0 && c->s.p.pan;
	k.s1 = r->s1.enabled;
	k.s2 = r->s2.enabled;
	k.vmid = r->id == REGIME_EL10 ? r->vmid : 0;
	k.asid = r->s1.has_el0 ? r->s1.asid : 0;
	k.secure = r->secure;
	k.ee = is_big_endian(c, r, el0);
	k.wxn = r->s1.wxn;
	k.tcr = tcr_of(r->s1.half);
	return placing_of(context_number(c, &k));
}

void host_forget_contexts(struct cpu *c, enum regime_id id)
{
	memset(c->contexts->quick[id], 0, sizeof(c->contexts->quick[id]));
	memset(c->contexts->of_el, 0, sizeof(c->contexts->of_el));
}

/* Whether `el`, the current one, may use the SIMD&FP registers: asked once for each EL until registers change. */
static bool look_up_fp(struct cpu *c, unsigned el)
{
	if (!(c->fp_known >> el & 1)) {
		c->fp_known |= (u8)(1u << el);
		c->fp_els = (u8)((c->fp_els & ~(1u << el)) | (unsigned)cpu_fp_enabled(c) << el);
	}
	return c->fp_els >> el & 1;
}

/* When self-hosted debug begins or ends, the other engine is to take over. */
static __attribute__((noinline)) void watch_debugging(struct cpu *c)
{
	bool was = c->debugging;

	c->debugging = debug_is_asked_for(c);
	if (c->debugging != was)
		cpu_kick(c);
}

static void forget_all(struct cpu *c)
{
	memset(c->contexts->quick, 0, sizeof(c->contexts->quick));
	memset(c->contexts->of_el, 0, sizeof(c->contexts->of_el));
	c->fp_known = 0;
}

static void find_el_context(struct cpu *c, struct el_context *of)
{
	unsigned el = c->s.p.el;
	enum regime_id id = regime_of_el(c, el);
	struct placing *quick = &c->contexts->quick[id][el == 0][c->s.p.pan];

	if (!(c->regimes_valid >> id & 1)) {
		cpu_build_regime(c, el, &c->regimes[id]);
		c->regimes_valid |= (u8)(1u << id);
	}
	if (!quick->ctx) {
		struct placing found = look_up_context(c, &c->regimes[id], el == 0); /* which may forget the others */

		*quick = found;
	}
	of->regime = &c->regimes[id];
	of->placing = *quick;
	of->fp_on = look_up_fp(c, el);
	of->big_endian = is_big_endian(c, of->regime, el == 0);
}

static inline void use_context(struct cpu *c, const struct el_context *of)
{
	c->regime = of->regime;
	c->ctx = of->placing.ctx;
	c->ctx_slot = of->placing.slot;
	c->fp_on = of->fp_on;
	c->big_endian = of->big_endian;
	c->unpriv_ctx = HOST_NO_CONTEXT;
	c->context_stale = false;
	if (unlikely(c->debugging || SYS(c, MDSCR_EL1) & (1u << MDSCR_EL1_SS_LSB | 1u << MDSCR_EL1_MDE_LSB)))
		watch_debugging(c);
}

static __attribute__((noinline)) void new_context(struct cpu *c, struct el_context *of)
{
	if (!c->regimes_valid)
		forget_all(c);
	find_el_context(c, of);
	use_context(c, of);
}

void host_context(struct cpu *c)
{
	struct el_context *of = &c->contexts->of_el[c->s.p.el][c->s.p.pan];

	if (unlikely(!c->regimes_valid || !of->regime))
		new_context(c, of);
	else
		use_context(c, of);
}

/* LDTR and STTR reach what EL0 would; big-endian data is nobody's slot. */
static bool look_up_unpriv(struct cpu *c)
{
	const struct regime *r = c->regime;
	struct placing *quick = &c->contexts->quick[r->id][true][c->s.p.pan];

	if (mem_unpriv_is_privileged(c)) {
		c->unpriv_ctx = c->ctx;
		c->unpriv_slot = c->ctx_slot;
		return true;
	}
	if (!r->s1.has_el0 || is_big_endian(c, r, true))
		return false;
	if (!quick->ctx)
		*quick = look_up_context(c, r, true);
	if (!c->contexts->quick[r->id][c->s.p.el == 0][c->s.p.pan].ctx) { /* numbering began anew */
		c->context_stale = true;
		return false;
	}
	c->unpriv_ctx = quick->ctx;
	c->unpriv_slot = quick->slot;
	return true;
}

void host_fill_unpriv(struct cpu *c, enum slot_table table, u64 va, u64 addend, s32 entry)
{
	u64 ctx = c->ctx, ctx_slot = c->ctx_slot;

	if (c->context_stale || (c->unpriv_ctx == HOST_NO_CONTEXT && !look_up_unpriv(c)))
		return;
	c->ctx = c->unpriv_ctx;
	c->ctx_slot = c->unpriv_slot;
	host_fill(c, table, va, addend, entry);
	c->ctx = ctx;
	c->ctx_slot = ctx_slot;
}
