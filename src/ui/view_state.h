/* What views keep, each its own. */
#ifndef UI_VIEW_STATE_H
#define UI_VIEW_STATE_H

#include "base/types.h"
#include "ui/gic_state.h"
#include "ui/smmu_state.h"
#include "ui/tlb_state.h"
#include "ui/walk_state.h"

/* The core's values at the stop before the last: what differs is highlighted. */
struct compare {
	u64 epoch; /* of struct run_state, when they were taken */
	unsigned core;
	bool any;
	u64 x[31], sp, pc, pstate;
	u64 *sysreg; /* enum sysreg */
};
struct disasm_state {
	bool pinned; /* it shows `at` instead of following the PC */
	u64 at;
	u64 cursor; /* the instruction selected */
};
struct memory_state {
	bool given; /* by the user; else it begins at SP */
	u64 at;
	u8 space; /* enum hyp_space */
	u8 core;
	u32 offset; /* of the byte selected, from `at` */
};
struct sysregs_state {
	bool all; /* else those that a hypervisor's author looks at */
	s32 open; /* enum sysreg whose fields are shown; -1: none */
};

#endif
