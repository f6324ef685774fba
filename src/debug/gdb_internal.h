/* What the files of the gdb server share. */
#ifndef DEBUG_GDB_INTERNAL_H
#define DEBUG_GDB_INTERNAL_H

#include <stdio.h>

#include "cpu/sysreg.h"
#include "debug/gdb.h"

#define GDB_PACKET 16384 /* bytes of a packet, either way */
#define GDB_EVENTS 1024
#define GDB_EVENT_WORDS 8

/* Bytes of the packet being read. */
enum gdb_reading { READ_OUTSIDE, READ_BODY, READ_ESCAPED, READ_CHECK_HIGH, READ_CHECK_LOW };

enum gdb_mode { MODE_STOPPED, MODE_RUN, MODE_STEP, MODE_RUN_BACK, MODE_STEP_BACK };

/* Who set a point, and as what. */
enum gdb_owner { OWNER_NOBODY, OWNER_GDB, OWNER_MONITOR };
struct gdb_point {
	u8 owner; /* enum gdb_owner */
	u8 type;  /* of Z packets: 0 and 1 breakpoints, 2 write, 3 read, 4 access */
};

/* An event kept: what it pointed to is kept with it. */
struct gdb_event {
	struct event e;
	u64 words[GDB_EVENT_WORDS];
};

struct gdb {
	struct machine *m;
	struct gdb_host host;
	unsigned cores;

	/* the conversation */
	bool connected, detached, wants_end;
	bool no_ack, multiprocess, swbreak, hwbreak; /* what the debugger asked for, or understands */
	u8 reading;				     /* enum gdb_reading */
	u8 sum, check;
	bool too_long;
	char in[GDB_PACKET + 1];
	size_t in_size;
	char out[2 * GDB_PACKET + 64]; /* the answer being put together: without frame */
	size_t out_size;
	char last[4 * GDB_PACKET]; /* the packet as it was sent last */
	size_t last_size;

	/* the machine */
	u8 mode; /* enum gdb_mode */
	bool alone;
	unsigned core;		   /* whose registers and memory are meant (Hg), and who stopped last */
	unsigned run_core;	   /* Hc */
	u64 range_from, range_end; /* MODE_STEP goes on while the PC is within */
	char stop[128];		   /* the last stop reply */
	u64 moves;		   /* gdb_moves() */
	enum hyp_space space;
	struct gdb_point point[POINTS_MAX];

	/* registers */
	u16 sysreg[SR_COUNT]; /* those that this machine has */
	unsigned sysregs;
	char *xml; /* target.xml */
	size_t xml_size;

	/* events */
	struct observer observer;
	struct gdb_event *event; /* a ring of GDB_EVENTS */
	u64 events;
};

/* ---- gdb_packet.c ---- */

/* Add to the answer. What does not fit is cut off. */
void gdb_put(struct gdb *g, const char *text);
void gdb_putf(struct gdb *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
void gdb_put_hex(struct gdb *g, const void *bytes, size_t size);
/* Binary data, escaped. */
void gdb_put_binary(struct gdb *g, const void *bytes, size_t size);
/* Send the answer as a packet, and begin a new one. */
void gdb_send(struct gdb *g);
/* Text for the debugger's console: at any time before the answer itself. */
void gdb_say(struct gdb *g, const char *text, size_t size);

/* Reading a packet's words: *at moves on. False: it is not there. */
bool gdb_hex_number(const char **at, u64 *value);
bool gdb_char(const char **at, char c);
/* 2 * size hexadecimal digits. */
bool gdb_hex_bytes(const char **at, void *bytes, size_t size);
/* "p1.2", "2": a core's number, or one of these. */
enum { GDB_ALL = -1, GDB_ANY = -2 };
bool gdb_thread(const struct gdb *g, const char **at, int *core);
void gdb_put_thread(struct gdb *g, unsigned core);

/* ---- gdb.c ---- */
void gdb_handle(struct gdb *g, const char *packet, size_t size);

/* ---- gdb_query.c: q and Q packets ---- */
void gdb_query(struct gdb *g, const char *packet);
void gdb_set(struct gdb *g, const char *packet);

/* ---- gdb_regs.c, gdb_xml.c ---- */
enum { GDB_SP = 31, GDB_PC, GDB_CPSR, GDB_V0, GDB_FPSR = GDB_V0 + 32, GDB_FPCR, GDB_SYSREGS };
#define GDB_REG_MAX 16 /* bytes */
/* Bytes of register n; 0: there is none. */
unsigned gdb_reg_size(const struct gdb *g, unsigned n);
/* False: its value cannot be had. */
bool gdb_reg_get(struct gdb *g, unsigned n, u8 value[GDB_REG_MAX]);
bool gdb_reg_set(struct gdb *g, unsigned n, const u8 value[GDB_REG_MAX]);
void gdb_read_all(struct gdb *g);
void gdb_write_all(struct gdb *g, const char *at);
void gdb_read_one(struct gdb *g, const char *at);
void gdb_write_one(struct gdb *g, const char *at);
/* Which system registers there are, and the description of all; false: no memory. */
bool gdb_describe(struct gdb *g);

/* ---- gdb_memory.c ---- */
void gdb_read_memory(struct gdb *g, const char *at, bool binary);
/* `end` is that of the packet. */
void gdb_write_memory(struct gdb *g, const char *at, const char *end, bool binary);

/* ---- gdb_run.c ---- */
void gdb_continue(struct gdb *g, const char *at, bool step, bool signal);
void gdb_vcont(struct gdb *g, const char *at);
/* Stop, and say so: a signal, and what more there is to say. */
void gdb_report(struct gdb *g, unsigned signal, const char *detail);
void gdb_interrupt(struct gdb *g);

/* ---- gdb_travel.c ---- */
void gdb_backward(struct gdb *g, const char *at);
struct hyp_status gdb_run_back(struct gdb *g);

/* ---- gdb_points.c ---- */
void gdb_insert(struct gdb *g, const char *at);
void gdb_remove(struct gdb *g, const char *at);
void gdb_remove_all(struct gdb *g);
/* The machine stopped at a point: tell. */
void gdb_report_point(struct gdb *g);
void gdb_report_hit(struct gdb *g, const struct point_hit *h);
void gdb_point_words(FILE *out, unsigned number, const struct point *p);

/* ---- gdb_monitor.c: qRcmd ---- */
void gdb_monitor(struct gdb *g, const char *hex);
/* Its words: a line cut into them. */
#define GDB_WORDS 16
struct gdb_words {
	struct gdb *g;
	FILE *out;
	unsigned count;
	char *word[GDB_WORDS]; /* after the command */
};
/* A number, or a register's name with or without $. False: said why not. */
bool gdb_value(const struct gdb_words *w, const char *text, u64 *value);
/* "name=value" at word i; false: it is another one. *ok: its value is a number. */
bool gdb_named(const struct gdb_words *w, unsigned i, const char *name, u64 *value, bool *ok);
typedef void gdb_command(const struct gdb_words *w);
gdb_command gdb_monitor_break, gdb_monitor_watch, gdb_monitor_delete; /* gdb_monitor_points.c */
gdb_command gdb_monitor_walk, gdb_monitor_tlb, gdb_monitor_gic, gdb_monitor_lr,
	gdb_monitor_smmu;			   /* gdb_monitor_look.c */
gdb_command gdb_monitor_goto, gdb_monitor_history; /* gdb_travel.c */

/* ---- gdb_events.c ---- */
void gdb_events_begin(struct gdb *g);
void gdb_events_end(struct gdb *g);
void gdb_events_words(FILE *out, struct gdb *g, u64 count);

#endif
