/* What the TLB view keeps. */
#ifndef UI_TLB_STATE_H
#define UI_TLB_STATE_H

#include "base/types.h"

struct tlb_data;
struct tlb_state {
	u32 from;    /* the first entry shown */
	u8 sort;     /* enum tlb_column */
	bool sorted; /* it was chosen; else by address */
	bool descending;
	char tlbi[24], operand[64];
	struct tlb_data *data; /* NULL until it is shown */
};

#endif
