/* The command line: a line of text that is edited, with a history. */
#ifndef UI_LINE_H
#define UI_LINE_H

#include "base/types.h"
#include "ui/key.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LINE_MAX_BYTES 160
#define LINE_HISTORY 32
struct line {
	bool open;
	bool filters; /* it edits the filter of the view that has the focus, at once */
	char text[LINE_MAX_BYTES];
	u32 at;	      /* the caret: bytes before it */
	u32 choice;   /* of the suggestions */
	u32 recalled; /* lines back in the history; 0: the one being typed */
	u32 history_count;
	char history[LINE_HISTORY][LINE_MAX_BYTES];
};

void line_open(struct line *l, const char *text);
void line_remember(struct line *l);
/* Edit; false: the key is none of editing's. */
bool line_key(struct line *l, struct key k);

#ifdef __cplusplus
}
#endif
#endif
