/* Who is connected, and which packet goes where. */
#include "debug/gdb.h"

#include <stdlib.h>
#include <string.h>

#include "debug/gdb_internal.h"

struct gdb *gdb_open(struct machine *m, const struct gdb_host *host)
{
	struct gdb *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->m = m;
	g->host = *host;
	g->cores = hyp_core_count(m);
	g->mode = MODE_RUN;
	g->event = calloc(GDB_EVENTS, sizeof(*g->event));
	if (g->event && gdb_describe(g))
		return g;
	gdb_close(g);
	return NULL;
}

void gdb_close(struct gdb *g)
{
	if (g->connected)
		gdb_disconnect(g);
	free(g->xml);
	free(g->event);
	free(g);
}

void gdb_connect(struct gdb *g)
{
	g->connected = true;
	g->detached = g->no_ack = g->multiprocess = g->swbreak = g->hwbreak = false;
	g->reading = READ_OUTSIDE;
	g->last_size = 0;
	g->core = g->run_core = 0;
	g->space = HYP_SPACE_VA;
	g->mode = MODE_STOPPED;
	snprintf(g->stop, sizeof(g->stop), "T05");
	gdb_events_begin(g);
}

/* Of a connection that ends: nobody would know of its breakpoints. */
void gdb_disconnect(struct gdb *g)
{
	g->connected = false;
	gdb_remove_all(g);
	gdb_events_end(g);
	if (g->mode != MODE_STOPPED)
		g->mode = MODE_RUN;
}

bool gdb_is_detached(const struct gdb *g)
{
	return g->detached;
}

bool gdb_wants_end(const struct gdb *g)
{
	return g->wants_end;
}

bool gdb_runs(const struct gdb *g)
{
	return g->mode != MODE_STOPPED;
}

void gdb_hold(struct gdb *g)
{
	g->mode = MODE_STOPPED;
}

unsigned gdb_core(const struct gdb *g)
{
	return g->core;
}

u64 gdb_moves(const struct gdb *g)
{
	return g->moves;
}

bool gdb_owns(const struct gdb *g, unsigned point)
{
	return g->point[point].owner != OWNER_NOBODY;
}

/* ---- packets ---- */

static void select_core(struct gdb *g, const char *at)
{
	bool runs = *at == 'c';
	int core;

	if ((*at != 'g' && *at != 'c') || (at++, !gdb_thread(g, &at, &core)) || core >= (int)g->cores) {
		gdb_put(g, "E22");
		return;
	}
	if (core >= 0) {
		if (runs)
			g->run_core = (unsigned)core;
		else
			g->core = (unsigned)core;
	}
	gdb_put(g, "OK");
}

static void is_alive(struct gdb *g, const char *at)
{
	int core;

	gdb_put(g, gdb_thread(g, &at, &core) && core < (int)g->cores ? "OK" : "E01");
}

static void detach(struct gdb *g)
{
	gdb_put(g, "OK");
	gdb_send(g);
	gdb_remove_all(g);
	g->detached = true;
	g->mode = MODE_RUN;
}

static void kill(struct gdb *g)
{
	g->wants_end = true;
	g->mode = MODE_STOPPED;
}

/* vCont, vKill…; what is not known is answered by the empty packet. */
static bool handle_v(struct gdb *g, const char *packet)
{
	if (!strcmp(packet, "vCont?"))
		gdb_put(g, "vCont;c;C;s;S;t;r");
	else if (!strncmp(packet, "vCont;", 6))
		return gdb_vcont(g, packet + 5), false;
	else if (!strncmp(packet, "vKill", 5))
		return gdb_put(g, "OK"), kill(g), true;
	else if (!strcmp(packet, "vCtrlC"))
		return gdb_put(g, "OK"), gdb_send(g), gdb_interrupt(g), false;
	return true;
}

/* The packets that answer at once; false: one whose answer comes later, or has gone already. */
static bool answer(struct gdb *g, const char *packet, size_t size)
{
	const char *rest = packet + 1, *end = packet + size;

	switch (*packet) {
	case '?': gdb_report(g, 0, NULL); return false;
	case 'c':
	case 's': gdb_continue(g, rest, *packet == 's', false); return false;
	case 'C':
	case 'S': gdb_continue(g, rest, *packet == 'S', true); return false;
	case 'b': gdb_backward(g, rest); return false;
	case 'D': detach(g); return false;
	case 'k': kill(g); return false;
	case 'v': return handle_v(g, packet);
	case 'g': gdb_read_all(g); break;
	case 'G': gdb_write_all(g, rest); break;
	case 'p': gdb_read_one(g, rest); break;
	case 'P': gdb_write_one(g, rest); break;
	case 'm':
	case 'x': gdb_read_memory(g, rest, *packet == 'x'); break;
	case 'M':
	case 'X': gdb_write_memory(g, rest, end, *packet == 'X'); break;
	case 'H': select_core(g, rest); break;
	case 'T': is_alive(g, rest); break;
	case 'Z': gdb_insert(g, rest); break;
	case 'z': gdb_remove(g, rest); break;
	case 'q': gdb_query(g, packet); break;
	case 'Q': gdb_set(g, packet); break;
	default: break;
	}
	return true;
}

void gdb_handle(struct gdb *g, const char *packet, size_t size)
{
	if (answer(g, packet, size))
		gdb_send(g);
}

void gdb_ended(struct gdb *g, int status)
{
	g->mode = MODE_STOPPED;
	if (!g->connected || g->detached || g->wants_end)
		return;
	g->out_size = 0;
	gdb_putf(g, g->multiprocess ? "W%02x;process:1" : "W%02x", (unsigned)status & 0xff);
	gdb_send(g);
}
