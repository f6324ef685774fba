/*
 * Where a debugger outside of the machine wants it to stop: breakpoints and watchpoints that the guest cannot see. They
 * change nothing in memory, and nothing in the run: stopped and resumed, it goes on as if it never had been.
 */
#ifndef TRACE_POINT_H
#define TRACE_POINT_H

#include "base/types.h"

/* What an address is. An IPA is met by accesses that stage 2 translates; a PA by every access of a core. */
enum point_space { POINT_VA, POINT_IPA, POINT_PA };
/* What stops, before it is done. */
enum { POINT_EXECUTE = 1, POINT_READ = 2, POINT_WRITE = 4 };
#define POINT_ANY (-1)

struct point {
	u8 what;      /* POINT_EXECUTE; or POINT_READ, POINT_WRITE, or both */
	u8 space;     /* enum point_space; POINT_VA when it is POINT_EXECUTE */
	u64 at, size; /* bytes, of which one suffices; POINT_EXECUTE: ignored */
	/* Where alone it counts, or POINT_ANY: the core; its EL; VMID and ASID that hold in the EL1&0 regime (ASID:
	 * EL2&0, too). */
	s32 core, el, vmid, asid;
};

/* What stopped the machine: the instruction at `pc` has not been executed. */
struct point_hit {
	bool any;
	bool has_ipa, is_write;
	unsigned core, number;
	u64 pc;
	u64 va, ipa, pa; /* a watchpoint's: of the access, from its first byte */
	unsigned size;
};

#define POINTS_MAX 256
struct points {
	unsigned end; /* numbers in use are below */
	unsigned watches;
	struct point point[POINTS_MAX]; /* what 0: unused */
	struct point_hit hit;
};

#endif
