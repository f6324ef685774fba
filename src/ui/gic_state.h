/* What the GIC view keeps. */
#ifndef UI_GIC_STATE_H
#define UI_GIC_STATE_H

#include "base/types.h"

struct gic_view_state {
	bool all; /* interrupts that are off and inactive, too */
};

#endif
