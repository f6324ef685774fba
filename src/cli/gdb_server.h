/* The gdb server's socket: one debugger at a time, on loopback. */
#ifndef CLI_GDB_SERVER_H
#define CLI_GDB_SERVER_H

#include "hypscope.h"

struct gdb_server;

/* Listen on `port`, 0 for any that is free. `wait`: the machine runs only when a debugger says so. NULL: *e says why
 * not. */
struct gdb_server *gdb_server_open(struct machine *m, unsigned port, bool wait, struct error *e);
void gdb_server_close(struct gdb_server *s);
unsigned gdb_server_port(const struct gdb_server *s);
/* Hear the debugger; waits up to wait_ms for something to come when it does not want the machine to run. True:
 * something came. */
bool gdb_server_poll(struct gdb_server *s, int wait_ms);
bool gdb_server_runs(const struct gdb_server *s);
bool gdb_server_connected(const struct gdb_server *s);
/* As gdb_hold(), gdb_stop(), gdb_core(), gdb_moves() and gdb_owns(). */
void gdb_server_hold(struct gdb_server *s);
void gdb_server_stop(struct gdb_server *s, const char *why);
unsigned gdb_server_core(const struct gdb_server *s);
u64 gdb_server_moves(const struct gdb_server *s);
bool gdb_server_owns(const struct gdb_server *s, unsigned point);
/* The debugger ended the run. */
bool gdb_server_wants_end(const struct gdb_server *s);
/* Instead of hyp_run(), while gdb_server_runs(). */
struct hyp_status gdb_server_run(struct gdb_server *s, u64 max_insns);
/* The machine cannot go on; true: the debugger has it. */
bool gdb_server_died(struct gdb_server *s, const char *why);
/* The run is over. */
void gdb_server_ended(struct gdb_server *s, int status);

#endif
