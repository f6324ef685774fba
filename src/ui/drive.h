/* Running the machine for the window, a slice at a time, and why it stopped. */
#ifndef UI_DRIVE_H
#define UI_DRIVE_H

#include "base/error.h"
#include "ui/ui.h"

/* Begin to run; insns: at most, 0: no bound. */
void drive_run(struct ui *ui, u64 insns);
void drive_steps(struct ui *ui, u64 count);
/* Until the core shown is at `pc`, at its EL of now when `same_el`. */
void drive_to(struct ui *ui, u64 pc, bool same_el);
void drive_over(struct ui *ui);
/* RUN_LEVEL or RUN_EXIT. */
void drive_until(struct ui *ui, enum run_mode mode);
void drive_pause(struct ui *ui);
/* As the debugger says; false: said why not. Whoever ran it, it stops. */
bool drive_debugged(struct ui *ui);
void drive_stop(struct ui *ui);
/* Through the history: back by instructions of the core shown; back to the last breakpoint; to where a core reached a
 * cycle; to the present. */
void drive_back(struct ui *ui, u64 count);
void drive_reverse(struct ui *ui);
void drive_cycle(struct ui *ui, unsigned core, u64 cycle);
void drive_present(struct ui *ui);
/* "insn N", "cycle N", an address or symbol, "end": run there at once. False: *e says why not. */
bool drive_at(struct ui *ui, const char *spec, struct error *e);

#endif
