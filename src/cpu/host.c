/*
 * The host-pointer cache and its context numbers. A slot says where a 4 KiB page of a context lives in host memory,
 * for reading, for writing, or as decoded code. Holds always: a slot is derived from a live TLB entry of the same core,
 * and goes before that entry does.
 *
 * A context number stands for everything that a slot's answer depends on beside the address: regime, VMID, ASID,
 * privilege, PAN, which stages are on, endianness. Numbers are handed out as contexts are met; when all are used, the
 * slots are emptied and numbering begins anew.
 */
#include "cpu/engine.h"
#include "cpu/debug.h"

#include <stdlib.h>
#include <string.h>

#define LINKS (SLOT_TABLES * HOST_SLOTS)
#define NONE (-1)

/* Slots of one TLB entry form a list, so that the entry can take them along. */
struct host_links {
	s32 next[LINKS], prev[LINKS], owner[LINKS];
};

struct context_key {
	u16 vmid, asid;
	u8 regime, el0, pan, s1, s2, secure, ee, wxn;
};

#define CONTEXTS 255 /* numbers 0..254; 255 << 4 stays unused so that HOST_SLOT_EMPTY never matches */
#define CONTEXT_HASH 1024

struct contexts {
	unsigned count;
	struct context_key key[CONTEXTS];
	u8 hash[CONTEXT_HASH]; /* number + 1; 0: none */
	/* The number of (regime, el0, pan) since the registers last changed; 0xffff: not looked up yet */
	u16 quick[REGIME_COUNT][2][2];
};

static struct host_slot *table_of(struct cpu *c, unsigned table)
{
	return table == SLOT_RD ? c->rd : table == SLOT_WR ? c->wr : c->ex;
}

static void clear_slots(struct cpu *c)
{
	for (unsigned i = 0; i < HOST_SLOTS; i++)
		c->rd[i].tag = c->wr[i].tag = c->ex[i].tag = HOST_SLOT_EMPTY;
	memset(c->links->owner, 0xff, sizeof(c->links->owner));
}

bool host_init(struct cpu *c)
{
	c->links = malloc(sizeof(*c->links));
	c->contexts = calloc(1, sizeof(*c->contexts));
	if (!c->links || !c->contexts)
		return false;
	clear_slots(c);
	c->context_stale = true;
	return true;
}

void host_destroy(struct cpu *c)
{
	free(c->links);
	free(c->contexts);
}

void host_flush(struct cpu *c)
{
	for (unsigned i = 0; i < (unsigned)c->tlb->sets * c->tlb->ways; i++)
		c->tlb->entry[i].host_list = NONE;
	clear_slots(c);
	c->refetch = true;
}

static void unlink_slot(struct cpu *c, s32 id)
{
	struct host_links *l = c->links;
	s32 owner = l->owner[id];

	if (owner == NONE)
		return;
	if (l->prev[id] == NONE)
		c->tlb->entry[owner].host_list = l->next[id];
	else
		l->next[l->prev[id]] = l->next[id];
	if (l->next[id] != NONE)
		l->prev[l->next[id]] = l->prev[id];
	l->owner[id] = NONE;
}

void host_fill(struct cpu *c, enum slot_table table, u64 va, u64 addend, s32 entry)
{
	unsigned index = slot_index(c, va);
	struct host_slot *slot = &table_of(c, table)[index];
	s32 id = (s32)(table * HOST_SLOTS + index);
	struct host_links *l = c->links;
	struct tlb_entry *e = &c->tlb->entry[entry];

	unlink_slot(c, id);
	slot->tag = (va & ~0xfffull) | c->ctx;
	slot->addend = addend;
	l->owner[id] = entry;
	l->prev[id] = NONE;
	l->next[id] = e->host_list;
	if (e->host_list != NONE)
		l->prev[e->host_list] = id;
	e->host_list = id;
}

u8 *host_plain(const struct cpu *c, enum slot_table table, u64 va)
{
	unsigned index = slot_index(c, va);
	const struct host_slot *slot = table == SLOT_RD ? &c->rd[index] : &c->wr[index];
	s32 owner = c->links->owner[table * HOST_SLOTS + index];

	if (slot->tag != ((va & ~0xfffull) | c->ctx) || c->tlb->entry[owner].attrs.type != MEM_NORMAL)
		return NULL;
	return (u8 *)(uintptr_t)(slot->addend + va);
}

void host_tlb_dropped(void *ctx, struct tlb *t, unsigned index)
{
	struct cpu *c = ctx;
	struct host_links *l = c->links;
	s32 id = t->entry[index].host_list;

	while (id != NONE) {
		s32 next = l->next[id];
		struct host_slot *slot = &table_of(c, (unsigned)id / HOST_SLOTS)[id % HOST_SLOTS];

		slot->tag = HOST_SLOT_EMPTY;
		l->owner[id] = NONE;
		if (id >= SLOT_EX * HOST_SLOTS)
			c->refetch = true;
		id = next;
	}
	t->entry[index].host_list = NONE;
}

static void drop_writes_of(struct cpu *c, const u8 *host_page)
{
	for (unsigned i = 0; i < HOST_SLOTS; i++) {
		struct host_slot *s = &c->wr[i];

		if (s->tag != HOST_SLOT_EMPTY && s->addend + (s->tag & ~0xfffull) == (u64)(uintptr_t)host_page) {
			s->tag = HOST_SLOT_EMPTY;
			unlink_slot(c, SLOT_WR * HOST_SLOTS + (s32)i);
		}
	}
}

void host_drop_writes(struct cpu *c, const u8 *host_page)
{
	drop_writes_of(c, host_page);
	for (unsigned i = 0; i < c->peer_count; i++)
		if (c->peers[i] != c)
			drop_writes_of(c->peers[i], host_page);
}

/* ---- contexts ---- */

static unsigned context_hash(const struct context_key *k)
{
	u64 h = (u64)k->vmid << 16 | k->asid;

	h ^= (u64)k->regime << 33 | (u64)k->el0 << 36 | (u64)k->pan << 37 | (u64)k->s1 << 38 | (u64)k->s2 << 39 |
	     (u64)k->secure << 40 | (u64)k->ee << 41 | (u64)k->wxn << 42;
	return (unsigned)(h * 0x9e3779b97f4a7c15ull >> 54);
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
	if (t->count == CONTEXTS - 1) {
		memset(t->hash, 0, sizeof(t->hash));
		memset(t->quick, 0xff, sizeof(t->quick));
		t->count = 0;
		host_flush(c);
		h = context_hash(k);
	}
	t->key[t->count] = *k;
	t->hash[h] = (u8)(t->count + 1);
	return t->count++;
}

static enum regime_id regime_of_el(const struct cpu *c, unsigned el)
{
	if (el == 3)
		return REGIME_EL3;
	if (el == 2)
		return SYSF(c, HCR_EL2, E2H) ? REGIME_EL20 : REGIME_EL2;
	return el == 0 && cpu_el_is_in_host(c, 0) ? REGIME_EL20 : REGIME_EL10;
}

static unsigned look_up_context(struct cpu *c, const struct regime *r, bool el0)
{
	struct context_key k;

	memset(&k, 0, sizeof(k));
	k.regime = r->id;
	k.el0 = el0;
	k.pan = c->s.p.pan;
	k.s1 = r->s1.enabled;
	k.s2 = r->s2.enabled;
	k.vmid = r->id == REGIME_EL10 ? r->vmid : 0;
	k.asid = r->s1.has_el0 ? r->s1.asid : 0;
	k.secure = r->secure;
	k.ee = el0 ? c->s.sr[r->id == REGIME_EL20 ? SR_SCTLR_EL2 : SR_SCTLR_EL1] >> SCTLR_EL1_E0E_LSB & 1 : r->s1.ee;
	k.wxn = r->s1.wxn;
	return context_number(c, &k);
}

void host_forget_contexts(struct cpu *c, enum regime_id id)
{
	memset(c->contexts->quick[id], 0xff, sizeof(c->contexts->quick[id]));
}

/* When self-hosted debug begins or ends, the other engine is to take over. */
static void watch_debugging(struct cpu *c)
{
	bool was = c->debugging;

	c->debugging =
		(SYS(c, MDSCR_EL1) & (1u << MDSCR_EL1_SS_LSB | 1u << MDSCR_EL1_MDE_LSB)) && debug_is_asked_for(c);
	if (c->debugging != was)
		cpu_kick(c);
}

void host_context(struct cpu *c)
{
	unsigned el = c->s.p.el;
	enum regime_id id = regime_of_el(c, el);
	u16 *quick;

	if (!c->regimes_valid)
		memset(c->contexts->quick, 0xff, sizeof(c->contexts->quick));
	if (!(c->regimes_valid >> id & 1)) {
		cpu_build_regime(c, el, &c->regimes[id]);
		c->regimes_valid |= (u8)(1u << id);
	}
	c->regime = &c->regimes[id];
	quick = &c->contexts->quick[id][el == 0][c->s.p.pan];
	if (*quick == 0xffff)
		*quick = (u16)look_up_context(c, c->regime, el == 0);
	c->ctx = (u64)*quick << 4;
	c->ctx_slot = c->ctx >> 2 << 4;
	c->context_stale = false;
	watch_debugging(c);
}
