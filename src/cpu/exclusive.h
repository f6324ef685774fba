/*
 * The local exclusive monitor (Arm ARM B2.9). A marked location is a physical address and a size; a store-exclusive
 * passes only for exactly these. Cores take turns and the monitor is cleared at every turn, so no global monitor is
 * needed between cores.
 */
#ifndef CPU_EXCLUSIVE_H
#define CPU_EXCLUSIVE_H

#include "cpu/cpu.h"

/* MarkExclusiveLocal */
static inline void exclusive_mark(struct cpu *c, u64 pa, unsigned bytes)
{
	c->s.excl_valid = true;
	c->s.excl_pa = pa;
	c->s.excl_size = (u8)bytes;
}

/* IsExclusiveLocal, then ClearExclusiveLocal: the monitor is open after any store-exclusive that got this far. */
static inline bool exclusive_pass(struct cpu *c, u64 pa, unsigned bytes)
{
	bool pass = c->s.excl_valid && c->s.excl_pa == pa && c->s.excl_size == bytes;

	c->s.excl_valid = false;
	return pass;
}

/* Does this host pointer lie in the board's RAM, and what is its physical address there? */
static inline bool exclusive_in_ram(const struct cpu *c, const void *host)
{
	return (u64)((uintptr_t)host - (uintptr_t)c->bus->ram) < c->bus->ram_size;
}
static inline u64 exclusive_ram_pa(const struct cpu *c, const void *host)
{
	return c->bus->ram_base + (u64)((uintptr_t)host - (uintptr_t)c->bus->ram);
}

/*
 * The core's turn ends: others may now write where its monitor watches. The monitor opens as if they had, which is an
 * event that ends WFE (D1.6.1): "load-exclusive, wait for event" loops look again at their next turn.
 */
static inline void exclusive_turn_ends(struct cpu *c)
{
	if (!c->s.excl_valid)
		return;
	c->s.excl_valid = false;
	c->s.event = true;
	if (c->s.halt == CORE_WFE)
		c->s.halt = CORE_RUNS;
}

/* Load-exclusive of `bytes` (1..16) in all; the value, little-endian, goes to c->data[]. False: exception recorded. */
bool mem_exclusive_load(struct cpu *c, const struct op *op, u64 va, unsigned bytes);
/*
 * Store-exclusive of c->data[]. The location is translated and checked whether or not the monitor is set, as
 * AArch64.ExclusiveMonitorsPass does when AArch64.IsExclusiveVA always answers TRUE.
 */
enum { EXCLUSIVE_DONE = 0, EXCLUSIVE_FAILED = 1, EXCLUSIVE_FAULT = -1 };
int mem_exclusive_store(struct cpu *c, const struct op *op, u64 va, unsigned bytes);

#endif
