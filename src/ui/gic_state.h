/* What the GIC view keeps. */
#ifndef UI_GIC_STATE_H
#define UI_GIC_STATE_H

#include "base/types.h"

struct gic_state {
	u32 from; /* the first entry shown */
};

#endif
