/*
 * Keys that are pressed by a script, for tours and tests: words apart by white space; from '#' on at a word's beginning
 * the rest of the line is a comment.
 *
 *	F10 Down ctrl+p		keys, as actions.def spells them
 *	"break main"		characters
 *	wait:N			N frames
 *	wait:stop		until the machine has stopped
 *	wait:run		until it runs
 *	wait:gdb		until the debugger has run it, and it stopped
 *	shot:FILE.png		a screenshot
 *	dump:FILE		the models as text
 *	size:WxH		the window's size
 */
#ifndef UI_SCRIPT_H
#define UI_SCRIPT_H

#include "base/error.h"
#include "ui/ui.h"

struct script {
	char *text;
	const char *at;
	u32 wait; /* frames */
	bool wait_stop, wait_run;
	u64 debugged; /* stops of the debugger's that were waited for */
};
enum script_step { SCRIPT_GOES_ON, SCRIPT_DRAW, SCRIPT_SHOT, SCRIPT_SIZE, SCRIPT_ENDED, SCRIPT_ERROR };

/* A file, else the text itself. False: *e says what is wrong with it. */
bool script_open(struct script *s, const char *text, struct error *e);
void script_close(struct script *s);
/* Do the next word. SCRIPT_DRAW: it waits for a frame. SCRIPT_SHOT, SCRIPT_SIZE: whoever has a screen is to do `arg`.
 */
enum script_step script_step(struct script *s, struct ui *ui, char arg[256], struct error *e);

#endif
