/* What the walk view keeps. */
#ifndef UI_WALK_STATE_H
#define UI_WALK_STATE_H

#include "base/types.h"

struct walk_data;
struct walk_state {
	bool given; /* by the user; else it explains the PC's own fetch */
	u64 address;
	u8 space; /* enum hyp_space */
	u8 core;
	/* The access, where it was chosen: else a read (of the PC: a fetch), with the EL's own rights. */
	bool kind_given, el_given, unprivileged;
	u8 kind; /* enum access_kind */
	u8 el;
	bool within;		/* at a step, not at the end */
	bool moved;		/* to another step: bring it into sight */
	struct walk_data *data; /* NULL until it is shown */
};

#endif
