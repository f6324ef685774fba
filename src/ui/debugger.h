/*
 * The debugger of --gdb, which drives the machine that the window shows. While it is connected, running the machine is
 * its affair alone: the window can pause it, of which the debugger hears, and look.
 */
#ifndef UI_DEBUGGER_H
#define UI_DEBUGGER_H

#include "hypscope.h"
#include "ui/ui.h"

/* From now on it is heard. */
void debugger_start(struct ui *ui);
/* Hear it, and begin or end to run as it says; when nothing runs, up to `seconds` for something to come. */
void debugger_hear(struct ui *ui, double seconds);
/* Has it the machine, so that the window is not to run it? Says so. */
bool debugger_refuses(struct ui *ui);
/* The window, or a bound, stops what it runs. */
void debugger_stop(struct ui *ui, const char *why);
/* What it ran ended. True: it was told, and has the machine as it is; false: the run is over. */
bool debugger_keeps(struct ui *ui, const struct hyp_status *s);
bool debugger_owns(const struct ui *ui, unsigned point);

#endif
