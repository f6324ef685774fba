/* What the SMMU view keeps. */
#ifndef UI_SMMU_STATE_H
#define UI_SMMU_STATE_H

#include "base/types.h"

struct smmu_state {
	u32 from; /* the first entry shown */
};

#endif
