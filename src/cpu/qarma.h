/* The block cipher that signs pointers. */
#ifndef CPU_QARMA_H
#define CPU_QARMA_H

#include "base/types.h"

/* ComputePACQARMA() with five rounds (FEAT_PACQARMA5): key0 is the high half of the key register, key1 the low one. */
u64 qarma5(u64 data, u64 modifier, u64 key0, u64 key1);

#endif
