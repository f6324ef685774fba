/*
 * Accesses to pages that have a slot: what the fast engine does in its fast forms, for the step engine, and seen.
 * Neither looks into the TLB then, so that its entries age alike under both. And plain accesses of any alignment.
 */
#include "cpu/engine.h"

#include <string.h>

#include "base/read_alone.h"

static u8 *slot_hit(const struct cpu *c, enum slot_table table, u64 va, unsigned size, const struct tlb_entry **e)
{
	return c->debugging || c->context_stale ? NULL : engine_slot(c, table, va, size, e);
}

/* Where the slot of an aligned page hits; or, in Normal memory, of any plain access inside a page. */
static u8 *slot_hit_any(const struct cpu *c, enum slot_table table, u64 va, unsigned size, unsigned flags,
			const struct tlb_entry **e)
{
	u8 *host;

	if (is_aligned(va, size))
		return slot_hit(c, table, va, size, e);
	if (flags & ~(unsigned)MEM_PAIR)
		return NULL;
	host = slot_hit(c, table, va, 1, e);
	return host && (*e)->attrs.type == MEM_NORMAL ? host : NULL;
}

/* Field by field: a struct that is built and then copied would wait for its narrow stores. */
static inline void fill(struct ev_mem *m, const struct tlb_entry *e, u64 va, unsigned size, bool is_write)
{
	u64 low = va & ones(e->log2);

	m->va = va;
	m->ipa = e->ipa | low;
	m->pa = e->out | low;
	m->has_ipa = e->s2_used;
	m->is_write = is_write;
	m->is_device = false;
	m->size = (u8)size;
}

static inline void emit(struct cpu *c, const struct tlb_entry *entry, u64 va, unsigned size, bool is_write, u64 low,
			u64 high)
{
	struct ev_mem *m = engine_access(c);

	fill(m, entry, va, size, is_write);
	m->value[0] = low;
	m->value[1] = high;
	engine_accessed(c);
}

static inline u64 load(const u8 *p, unsigned size)
{
	switch (size) {
	case 1: return *p;
	case 2: return *(const u16 *)(const void *)p;
	case 4: return *(const u32 *)(const void *)p;
	default: return *(const u64 *)(const void *)p;
	}
}

/* Returns what was stored. */
static inline u64 store(u8 *p, unsigned size, u64 v)
{
	switch (size) {
	case 1: return *p = (u8)v;
	case 2: return *(u16 *)(void *)p = (u16)v;
	case 4: return *(u32 *)(void *)p = (u32)v;
	default: return *(u64 *)(void *)p = v;
	}
}

/* At most 16 of them; loads as wide as a store just made wait for nothing. */
static inline void bytes_of(u64 value[2], const u8 *data, unsigned size)
{
	if (size <= 8 && !(size & (size - 1)))
		value[0] = load(data, size);
	else
		memcpy(value, data, size);
}

static void emit_bytes(struct cpu *c, const struct tlb_entry *entry, u64 va, unsigned size, bool is_write,
		       const u8 *data)
{
	u64 value[2] = { 0 };

	bytes_of(value, data, size);
	emit(c, entry, va, size, is_write, value[0], value[1]);
}

/* `size` is a constant here. */
static inline __attribute__((always_inline)) bool elements(struct cpu *c, u64 va, unsigned size, unsigned flags,
							   bool is_write)
{
	bool pair = flags & MEM_PAIR;
	unsigned total = size << pair;
	const struct tlb_entry *entry;
	u64 low, high = 0;
	u8 *host;

	if ((flags & (MEM_UNPRIV | MEM_CACHE_OP)) || (va & 4095) + total > 4096)
		return false;
	host = slot_hit(c, is_write ? SLOT_WR : SLOT_RD, va, size, &entry); /* none, if it is not aligned */
	if (!host)
		return false;
	if (is_write) {
		low = store(host, size, c->data[0]);
		if (pair)
			high = store(host + size, size, c->data[1]);
	} else {
		c->data[0] = low = load(host, size);
		if (pair)
			high = load(host + size, size);
		c->data[1] = high;
	}
	if (!trace_wants(c->trace, EV_MEM))
		return true;
	if (size < 8 && pair) {
		low |= high << 8 * size;
		high = 0;
	}
	emit(c, entry, va, total, is_write, low, high);
	return true;
}

bool mem_elements_by_slot(struct cpu *c, u64 va, unsigned size, unsigned flags, bool is_write)
{
	switch (size << 1 | is_write) {
	case 1 << 1: return elements(c, va, 1, flags, false);
	case 2 << 1: return elements(c, va, 2, flags, false);
	case 4 << 1: return elements(c, va, 4, flags, false);
	case 8 << 1: return elements(c, va, 8, flags, false);
	case 1 << 1 | 1: return elements(c, va, 1, flags, true);
	case 2 << 1 | 1: return elements(c, va, 2, flags, true);
	case 4 << 1 | 1: return elements(c, va, 4, flags, true);
	case 8 << 1 | 1: return elements(c, va, 8, flags, true);
	default: return false;
	}
}

/* By as much at once as an event shows. */
static void emit_all(struct cpu *c, const struct tlb_entry *entry, u64 va, unsigned total, bool is_write,
		     const u8 *host)
{
	if (!trace_wants(c->trace, EV_MEM))
		return;
	for (unsigned at = 0; at < total; at += 16)
		emit_bytes(c, entry, va + at, total - at < 16 ? total - at : 16, is_write, host + at);
}

bool mem_by_slot(struct cpu *c, u64 va, unsigned size, unsigned total, unsigned flags, bool is_write, u8 *data)
{
	const struct tlb_entry *entry;
	u8 *host;

	if ((flags & (MEM_UNPRIV | MEM_CACHE_OP)) || (va & 4095) + total > 4096)
		return false;
	host = slot_hit_any(c, is_write ? SLOT_WR : SLOT_RD, va, size, flags, &entry);
	if (!host)
		return false;
	if (is_write)
		memcpy(host, data, total);
	else
		memcpy(data, host, total);
	emit_all(c, entry, va, total, is_write, host);
	return true;
}

bool mem_zero_by_slot(struct cpu *c, u64 block, unsigned size)
{
	const struct tlb_entry *entry;
	u8 *host = slot_hit(c, SLOT_WR, block, 1, &entry);

	if (!host || entry->attrs.type != MEM_NORMAL)
		return false;
	memset(host, 0, size);
	emit_all(c, entry, block, size, true, host);
	return true;
}

void *mem_atomic_by_slot(struct cpu *c, u64 va, unsigned size, unsigned flags)
{
	const struct tlb_entry *entry;
	u8 *host = slot_hit(c, SLOT_WR, va, size, &entry);

	if (!host || ((flags & MEM_ATOMIC) && !slot_hit(c, SLOT_RD, va, size, &entry)))
		return NULL;
	if (trace_wants(c->trace, EV_MEM)) {
		if (flags & MEM_ATOMIC)
			emit_bytes(c, entry, va, size, false, host);
		c->rmw.host = host;
		fill(&c->rmw.event, entry, va, size, true);
	}
	return host;
}

void mem_emit_rmw(struct cpu *c)
{
	const struct ev_mem *from = &c->rmw.event;
	struct ev_mem *m = engine_access(c);

	m->va = from->va;
	m->ipa = from->ipa;
	m->pa = from->pa;
	m->has_ipa = READ_ALONE(from->has_ipa);
	m->is_write = true;
	m->is_device = false;
	m->size = READ_ALONE(from->size);
	m->value[0] = m->value[1] = 0;
	bytes_of(m->value, c->rmw.host, m->size);
	c->rmw.host = NULL;
	engine_accessed(c);
}
