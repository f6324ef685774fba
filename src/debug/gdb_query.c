/* Queries and settings. What is not known here is answered by the empty packet, as the protocol wants it. */
#include <stdlib.h>
#include <string.h>

#include "debug/gdb_internal.h"

static const char triple[] = "aarch64-unknown-none";

static bool begins(const char *text, const char *with, const char **rest)
{
	size_t n = strlen(with);

	if (strncmp(text, with, n))
		return false;
	*rest = text + n;
	return true;
}

static void supported(struct gdb *g, const char *features)
{
	struct hyp_history unused;

	g->multiprocess = strstr(features, "multiprocess+") != NULL;
	g->swbreak = strstr(features, "swbreak+") != NULL;
	g->hwbreak = strstr(features, "hwbreak+") != NULL;
	gdb_putf(
		g,
		"PacketSize=%x;qXfer:features:read+;qXfer:threads:read+;QStartNoAckMode+;vContSupported+;multiprocess+;"
		"swbreak+;hwbreak+;binary-upload+",
		GDB_PACKET);
	if (hyp_history(g->m, &unused))
		gdb_put(g, ";ReverseStep+;ReverseContinue+");
}

/* ---- threads ---- */

/* "CPU#0 EL1, guest VMID 3 [wfi]" */
static void core_words(FILE *out, const struct gdb *g, unsigned core)
{
	static const char *const states[] = { "running", "wfi", "wfe", "off", "lockup" };
	struct hyp_stall s;

	hyp_core_stall(g->m, core, &s);
	fprintf(out, "CPU#%u EL%u %s", core, s.el, s.secure ? "Secure" : "Non-secure");
	if (s.in_guest)
		fprintf(out, " guest VMID %u", s.vmid);
	fprintf(out, " [%s]", states[s.state]);
}

static void thread_list(struct gdb *g)
{
	gdb_put(g, "m");
	for (unsigned i = 0; i < g->cores; i++) {
		gdb_put(g, i ? "," : "");
		gdb_put_thread(g, i);
	}
}

static void thread_words(struct gdb *g, const char *at)
{
	char *text = NULL;
	size_t size = 0;
	int core;
	FILE *out;

	if (!gdb_thread(g, &at, &core) || core < 0 || !(out = open_memstream(&text, &size))) {
		gdb_put(g, "E22");
		return;
	}
	core_words(out, g, (unsigned)core);
	fclose(out);
	gdb_put_hex(g, text, size);
	free(text);
}

static void threads_xml(FILE *out, struct gdb *g)
{
	fputs("<?xml version=\"1.0\"?>\n<threads>\n", out);
	for (unsigned i = 0; i < g->cores; i++) {
		fprintf(out,
			g->multiprocess ? "<thread id=\"p1.%x\" core=\"%u\" name=\""
					: "<thread id=\"%x\" core=\"%u\" name=\"",
			i + 1, i);
		core_words(out, g, i);
		fputs("\"/>\n", out);
	}
	fputs("</threads>\n", out);
}

/* ---- qXfer ---- */

/* "offset,length": a piece of a document. */
static void send_piece(struct gdb *g, const char *at, const char *text, size_t size)
{
	u64 offset, length;

	if (!gdb_hex_number(&at, &offset) || !gdb_char(&at, ',') || !gdb_hex_number(&at, &length) || *at ||
	    offset > size) {
		gdb_put(g, "E22");
		return;
	}
	if (length > GDB_PACKET - 8)
		length = GDB_PACKET - 8;
	gdb_put(g, length < size - offset ? "m" : "l");
	gdb_put_binary(g, text + offset, length < size - offset ? length : size - offset);
}

static void send_threads(struct gdb *g, const char *at)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		gdb_put(g, "E01");
		return;
	}
	threads_xml(out, g);
	fclose(out);
	send_piece(g, at, text, size);
	free(text);
}

static void transfer(struct gdb *g, const char *what)
{
	const char *rest;

	if (begins(what, "features:read:target.xml:", &rest))
		send_piece(g, rest, g->xml, g->xml_size);
	else if (begins(what, "features:read:", &rest))
		gdb_put(g, "E00"); /* there is no other document */
	else if (begins(what, "threads:read::", &rest))
		send_threads(g, rest);
}

/* ---- the rest ---- */

/* For LLDB, which asks what it has in front of it. */
static void host_info(struct gdb *g, const char *more)
{
	gdb_put(g, "triple:");
	gdb_put_hex(g, triple, sizeof(triple) - 1);
	gdb_putf(g, ";ptrsize:8;endian:little;%s", more);
}

void gdb_query(struct gdb *g, const char *packet)
{
	const char *rest;

	if (begins(packet, "qSupported", &rest))
		supported(g, rest);
	else if (begins(packet, "qXfer:", &rest))
		transfer(g, rest);
	else if (begins(packet, "qRcmd,", &rest))
		gdb_monitor(g, rest);
	else if (begins(packet, "qThreadExtraInfo,", &rest))
		thread_words(g, rest);
	else if (!strcmp(packet, "qfThreadInfo"))
		thread_list(g);
	else if (!strcmp(packet, "qsThreadInfo"))
		gdb_put(g, "l");
	else if (!strcmp(packet, "qC"))
		gdb_put(g, "QC"), gdb_put_thread(g, g->core);
	else if (begins(packet, "qAttached", &rest))
		gdb_put(g, "1");
	else if (begins(packet, "qSymbol", &rest))
		gdb_put(g, "OK");
	else if (!strcmp(packet, "qHostInfo"))
		host_info(g, "watchpoint_exceptions_received:before;");
	else if (!strcmp(packet, "qProcessInfo"))
		host_info(g, "pid:1;");
	else if (!strcmp(packet, "qqemu.PhyMemMode"))
		gdb_put(g, g->space == HYP_SPACE_PA ? "1" : "0");
}

void gdb_set(struct gdb *g, const char *packet)
{
	const char *rest;

	if (!strcmp(packet, "QStartNoAckMode")) {
		gdb_put(g, "OK");
		g->no_ack = true;
	} else if (begins(packet, "Qqemu.PhyMemMode:", &rest)) {
		g->space = *rest == '1' ? HYP_SPACE_PA : HYP_SPACE_VA;
		gdb_put(g, "OK");
	}
}
