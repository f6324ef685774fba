/* A machine that runs for the command line: console, trace, bounds, and how it ended. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdio.h>

#include "cli/gdb_server.h"
#include "cli/net.h"
#include "cli/options.h"
#include "cli/trace_out.h"
#include "debug/summary.h"
#include "hypscope.h"

#define LAST_EVENTS 16
#define ESCAPE_KEY 1   /* Ctrl-A, as in other emulators */
#define EXIT_BOUND 124 /* --max-insns or --timeout was reached */

/* The last exceptions, for the explanation of a machine that died. */
struct last_events {
	struct observer observer;
	struct event event[LAST_EVENTS];
	u64 count;
};

/* Who shows the machine instead of a terminal (the window): it runs the machine itself. */
struct frontend {
	void (*hears)(void *ctx, unsigned uart, u8 byte); /* what the guest says; NULL: no front end */
	void *ctx;
	bool real_time; /* a second of an idle machine takes a second */
};

enum quit_reason { QUIT_NONE, QUIT_TIMEOUT, QUIT_INTERRUPT, QUIT_KEY, QUIT_DEBUGGER };

struct session {
	const struct options *o;
	struct machine *m;
	FILE *console;		/* NULL: --serial null */
	FILE *virtio_console;	/* NULL: --virtio-console null, or there is none */
	struct net *net;	/* NULL: there is none */
	struct gdb_server *gdb; /* NULL: there is none */
	char *flash[2];		/* the files of --flash and --flash1, without what follows the name */
	struct trace_out trace;
	struct last_events last;
	struct summary *summary; /* --summary, else NULL */
	/* input */
	bool muted;   /* what the guest says is dropped */
	bool has_net; /* the machine has a network, though none may be behind it */
	bool uses_stdin, is_terminal, input_ended, escape, has_byte;
	unsigned typed_at; /* the console that what is typed goes to: 0 or HYP_VIRTIO_CONSOLE */
	u8 byte;	   /* read from stdin, not yet taken by that console */
	u64 first_insns;   /* what the machine had executed before: in the state of --load */
	double start, end; /* host seconds */
	double idle_until; /* an idle machine on a terminal waits: until that host second, */
	u64 idle_to;	   /* for that time of its own */
	enum quit_reason quit;
	bool (*stop_asked)(void *ctx); /* of `walk`: its stop point was reached */
	void *stop_ctx;
	struct frontend frontend;
};

/* Build the machine, open the console and the trace; `traces`: also without --trace. */
bool session_open(struct session *s, const struct options *o, bool traces, struct error *e);
/* The same with a front end (may be NULL), which hears the consoles as well. */
bool session_open_for(struct session *s, const struct options *o, bool traces, const struct frontend *f,
		      struct error *e);
/* Hand over what the network has for the guest. */
void session_net(struct session *s);
/* False: *e says what could not be written. */
bool session_close(struct session *s, struct error *e);
/* Run to the end. */
struct hyp_status session_run(struct session *s);
/* Write the device tree to the file of --dump-dtb. */
bool session_dump_dtb(struct session *s, struct error *e);
/* Say on stderr how it ended; returns the exit status of the contract. */
int session_report(struct session *s, const struct hyp_status *status);

#endif
