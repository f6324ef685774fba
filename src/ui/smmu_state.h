/* What the SMMU view keeps. */
#ifndef UI_SMMU_STATE_H
#define UI_SMMU_STATE_H

#include "base/types.h"

struct smmu_data;
struct smmu_state {
	bool within;		/* at a step of the walk, not at its end */
	struct smmu_data *data; /* NULL until it is shown */
};

#endif
