/* The command line's words: what they do, and what could be meant by those typed so far. */
#ifndef UI_PALETTE_H
#define UI_PALETTE_H

#include "ui/ui.h"

/* Enter: do what is written, or the suggestion that is chosen. */
void palette_enter(struct ui *ui);
/* Tab: take the suggestion's name. */
void palette_complete(struct ui *ui);

#endif
