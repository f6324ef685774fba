/*
 * DC and IC. Arm ARM D7.5, D8.4 (permissions of cache maintenance), C5.3; AArch64.DC, AArch64.IC, AArch64.MemZero.
 *
 * Memory is always coherent here and decoded instructions follow every store, so that maintenance only translates its
 * address, with the faults that come of it. Operations by set and way do nothing.
 */
#include <string.h>

#include "cpu/engine.h"
#include "cpu/features.h"
#include "cpu/sysinsn.h"

/* Not a load or store: no ISS valid for the syndrome. */
static const struct op no_op;

/* DC IVAC needs the right to write; the others need the right to read, at EL0 only. */
static bool maintain_va(struct cpu *c, enum sysinsn which, u64 va)
{
	struct mmu_access a = {
		.va = va, .kind = ACCESS_CACHE, .privileged = c->s.p.el != 0, .also_write = which == SI_DC_IVAC
	};
	struct translation t;

	return mem_translate(c, &no_op, &a, &t);
}

/* ---- DC ZVA ---- */

/* The block is checked as a whole, at the address as given, before any byte is written: FAR holds that address. */
static bool zero_block(struct cpu *c, u64 va)
{
	u64 size = 4ull << SYSF(c, DCZID_EL0, BS), block = align_down(va, size);
	struct mmu_access a = { .va = va, .kind = ACCESS_WRITE, .privileged = c->s.p.el != 0, .pan = c->s.p.pan };
	struct translation t;

	if (mem_zero_by_slot(c, block, (unsigned)size))
		return true;
	if (!mem_translate(c, &no_op, &a, &t))
		return false;
	if (t.attrs.type != MEM_NORMAL) {
		struct fault f = { .kind = FAULT_ALIGNMENT, .va = va, .write = true, .why = "DC ZVA of Device memory" };

		cpu_data_abort(c, &f, &a, 0);
		return false;
	}
	for (u64 at = 0; at < size; at += 16) {
		c->data[0] = c->data[1] = 0;
		if (!mem_write(c, &no_op, block + at, 16, 0))
			return false;
	}
	return true;
}

/* ---- the instructions ---- */

bool sys_dc(struct cpu *c, enum sysinsn which, u64 value)
{
	switch (which) {
	case SI_DC_ISW:
	case SI_DC_CSW:
	case SI_DC_CISW: return true;
	case SI_DC_ZVA: return zero_block(c, value);
	/* To the point of unification nothing is needed when CTR_EL0 says so. */
	case SI_DC_CVAU: return SYSF(c, CTR_EL0, IDC) || maintain_va(c, which, value);
	default: return maintain_va(c, which, value);
	}
}

bool sys_ic(struct cpu *c, enum sysinsn which, u64 value)
{
	if (which != SI_IC_IVAU || SYSF(c, CTR_EL0, DIC))
		return true;
	return maintain_va(c, which, value);
}
