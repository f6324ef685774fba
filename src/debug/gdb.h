/*
 * The gdb server: the remote serial protocol (GDB manual, appendix E), without sockets. Bytes come in by gdb_take() and
 * leave by the host's callback; the machine runs in gdb_run(), between which the host looks whether bytes came.
 *
 * Threads are cores. Breakpoints and watchpoints are the machine's (trace/point.h), so that nothing in the guest's
 * memory changes; all cores stop together. System registers are registers by their names.
 */
#ifndef DEBUG_GDB_H
#define DEBUG_GDB_H

#include "hypscope.h"

struct gdb;

struct gdb_host {
	void (*send)(void *ctx, const void *bytes, size_t size);
	void *ctx;
};

/* NULL: no memory. Nobody is connected yet: the machine runs. */
struct gdb *gdb_open(struct machine *m, const struct gdb_host *host);
void gdb_close(struct gdb *g);
/* Somebody connected: the machine stops. */
void gdb_connect(struct gdb *g);
/* The connection is gone: breakpoints go, too; a stopped machine stays as it is for the next debugger. */
void gdb_disconnect(struct gdb *g);
/* Bytes from the debugger. Not while gdb_run() is running. */
void gdb_take(struct gdb *g, const void *bytes, size_t size);
/* The debugger said good-bye, and expects the connection to end. */
bool gdb_is_detached(const struct gdb *g);
/* The debugger ended the run. */
bool gdb_wants_end(const struct gdb *g);
/* Is the machine to run? */
bool gdb_runs(const struct gdb *g);
/* The machine is to wait for a debugger. */
void gdb_hold(struct gdb *g);
/* Somebody else stops the machine that the debugger runs (`why`, a sentence without its full stop). */
void gdb_stop(struct gdb *g, const char *why);
/* The core that stopped last, or that the debugger looked at since. */
unsigned gdb_core(const struct gdb *g);
/* How often it put the machine elsewhere: `monitor reset`, `goto` and `load`. */
u64 gdb_moves(const struct gdb *g);
/* Is this point of the machine the debugger's, by its own command or by `monitor`? */
bool gdb_owns(const struct gdb *g, unsigned point);
/* Instead of hyp_run(), while gdb_runs(): what the debugger asked for. Stops are reported to it, and are HYP_STOPPED.
 */
struct hyp_status gdb_run(struct gdb *g, u64 max_insns);
/* The machine cannot go on (`why`, a sentence). True: the debugger was told, and has it as it is. */
bool gdb_died(struct gdb *g, const char *why);
/* The run is over, with this exit status; the machine stays as it is. */
void gdb_ended(struct gdb *g, int status);

#endif
