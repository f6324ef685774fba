/* Exclusive accesses off the fast path. AArch64.SetExclusiveMonitors, AArch64.ExclusiveMonitorsPass. */
#include "cpu/engine.h"
#include "cpu/exclusive.h"

#include <string.h>

/* The physical address behind a pointer that mem_atomic() gave. */
static u64 host_to_pa(const struct cpu *c, const u8 *host)
{
	const struct bus *b = c->bus;

	if (exclusive_in_ram(c, host))
		return exclusive_ram_pa(c, host);
	for (unsigned i = 0; i < b->count; i++) {
		const struct bus_region *r = &b->regions[i];
		u64 offset = (u64)((uintptr_t)host - (uintptr_t)r->host);

		if (r->host && offset < r->size)
			return r->base + offset;
	}
	return ~0ull;
}

bool mem_exclusive_load(struct cpu *c, const struct op *op, u64 va, unsigned bytes)
{
	struct mmu_access access = { .va = va, .kind = ACCESS_READ, .privileged = c->s.p.el != 0, .pan = c->s.p.pan };
	struct translation t;

	const struct tlb_entry *entry;
	const u8 *host;

	if (!mem_read(c, op, va, bytes, MEM_EXCLUSIVE))
		return false;
	if (unlikely(c->feed))
		return true;
	host = host_slot(c, SLOT_RD, va, bytes, &entry);
	if (host && exclusive_in_ram(c, host)) {
		exclusive_mark(c, exclusive_ram_pa(c, host), bytes);
		return true;
	}
	if (!mem_translate(c, op, &access, &t))
		return false;
	exclusive_mark(c, t.pa.v, bytes);
	return true;
}

int mem_exclusive_store(struct cpu *c, const struct op *op, u64 va, unsigned bytes)
{
	u64 value[2] = { c->data[0], c->data[1] };
	void *host = mem_atomic(c, op, va, bytes, MEM_EXCLUSIVE);

	if (!host)
		return EXCLUSIVE_FAULT;
	if (!exclusive_pass(c, host_to_pa(c, host), bytes)) {
		c->rmw.host = NULL;
		return EXCLUSIVE_FAILED;
	}
	memcpy(host, value, bytes);
	return EXCLUSIVE_DONE;
}
