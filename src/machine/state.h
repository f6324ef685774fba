/*
 * All that a run depends on, so that one continued from a copy equals the original to the bit and to the cycle: ranges
 * of plain bytes (base/state.h), and memories, which are large and are copied by pages. Host pointers and decoded code
 * are no part of it: they are thrown away, and found again.
 *
 *	copy:		machine_state_visit(m, reader); each machine_memory()
 *	restore:	machine_state_visit(m, writer); each machine_memory() written; machine_state_restored(m)
 *
 * Not while hyp_run() is running. A copy can be restored into any machine of the same configuration and with the same
 * images. What it does not hold: what disks contain (dev/disk.h), and a debugger's points.
 */
#ifndef MACHINE_STATE_H
#define MACHINE_STATE_H

#include "base/state.h"
#include "machine/machine.h"

/* Show every range. With v->restores the cores first forget what they derived. */
void machine_state_visit(struct machine *m, const struct state_visitor *v);
/* Everything was written, the memories too: derive the rest. No line is driven, no deadline fires, nothing is traced.
 */
void machine_state_restored(struct machine *m);
/* When the ranges came from a file, before machine_state_restored(): no number leads astray, as one might in a file
 * that somebody made. */
bool machine_state_is_sound(const struct machine *m);

/* The memories, from 0 on; false: that was the last. What is behind `bytes` is zero until it is touched. */
struct state_memory {
	const char *name;
	u8 *bytes;
	u64 size; /* whole pages of 4 KiB */
};
bool machine_memory(struct machine *m, unsigned n, struct state_memory *out);

#endif
