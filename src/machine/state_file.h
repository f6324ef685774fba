/*
 * Whole machine states as files: docs/state.md. What stands in one is the machine's ranges and memories (state.h) as
 * they are, so only a version of hypscope whose ranges have the same names and sizes reads it.
 */
#ifndef MACHINE_STATE_FILE_H
#define MACHINE_STATE_FILE_H

#include "machine/machine.h"

/* To be raised whenever ranges of the same name and size mean something else than before. */
#define STATE_VERSION 2
#define STATE_MAGIC "HYPSTATE"

/* The head of the file; a zstd frame with a checksum follows. Little endian, as everything in it. */
struct state_head {
	char magic[8];
	u32 version, reserved;
};

/* The head of a section; its bytes follow. The sections: `identity`; every range, in the order of the visit; the
 * memories, and what snapshot disks have of their own; `end`. */
struct state_section {
	char name[20]; /* filled with zeros */
	u32 index;
	u64 size;
};

/* Of memories and disks only what is not zeros, or not as in the file, is there: each piece behind its place. */

#endif
