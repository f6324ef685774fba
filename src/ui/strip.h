/* The strip of worlds over time: which world each core was in, as parts of the width. */
#ifndef UI_STRIP_H
#define UI_STRIP_H

#include "ui/ui.h"

#ifdef __cplusplus
extern "C" {
#endif

struct strip_span {
	double from, to; /* 0 to 1 */
	u64 cycle;	 /* at which it began */
	u8 core;
	u8 lane, tone; /* enum tone */
	char text[16];
};
struct strip {
	struct strip_span *span;
	u32 count, lanes;
	u64 first, last; /* cycles at 0 and at 1 */
	double now;	 /* 0 to 1: where the machine is */
};
/* False: nothing is known yet, or there is no memory. */
bool strip_make(struct ui *ui, struct strip *s);
void strip_free(struct strip *s);

#ifdef __cplusplus
}
#endif
#endif
