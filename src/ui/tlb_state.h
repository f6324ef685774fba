/* What the TLB view keeps. */
#ifndef UI_TLB_STATE_H
#define UI_TLB_STATE_H

#include "base/types.h"

struct tlb_state {
	u32 from; /* the first entry shown */
};

#endif
