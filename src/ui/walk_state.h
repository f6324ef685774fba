/* What the walk view keeps. */
#ifndef UI_WALK_STATE_H
#define UI_WALK_STATE_H

#include "base/types.h"

struct walk_state {
	bool given; /* by the user; else it explains the PC's own fetch */
	u64 address;
	u8 space; /* enum hyp_space */
	u8 core;
};

#endif
