/* qRcmd: what `monitor` types. A line is a command and its words; the answer is text. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "debug/explain.h"
#include "debug/gdb_internal.h"
#include "debug/stall_words.h"

typedef unsigned long long ull;

/* ---- words ---- */

static bool is_number(const char *text, u64 *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*value = strtoull(text, &end, 0);
	return !*end;
}

/* A register by the name that the debugger uses. */
static bool is_register(struct gdb *g, const char *name, u64 *value)
{
	u8 bytes[GDB_REG_MAX];
	enum sysreg r;
	u64 n;

	if (!strcasecmp(name, "sp") || !strcasecmp(name, "pc"))
		n = !strcasecmp(name, "sp") ? GDB_SP : GDB_PC;
	else if (*name != 'x' || !is_number(name + 1, &n) || n > 30)
		return (r = sysreg_find(name)) != SR_COUNT && hyp_sysreg(g->m, g->core, r, value);
	if (!gdb_reg_get(g, (unsigned)n, bytes))
		return false;
	memcpy(value, bytes, sizeof(*value));
	return true;
}

bool gdb_value(const struct gdb_words *w, const char *text, u64 *value)
{
	if (is_number(text, value) || is_register(w->g, text + (*text == '$'), value))
		return true;
	fprintf(w->out, "'%s' is not a number, nor a register: write for example 0x40000000 or $pc\n", text);
	return false;
}

bool gdb_named(const struct gdb_words *w, unsigned i, const char *name, u64 *value, bool *ok)
{
	size_t n = strlen(name);

	if (strncmp(w->word[i], name, n) || w->word[i][n] != '=')
		return false;
	*ok = gdb_value(w, w->word[i] + n + 1, value);
	return true;
}

/* ---- small commands ---- */

static gdb_command help;

static void space(const struct gdb_words *w)
{
	static const char *const names[] = { [HYP_SPACE_VA] = "va",
					     [HYP_SPACE_EL1] = "el1",
					     [HYP_SPACE_EL2] = "el2",
					     [HYP_SPACE_IPA] = "ipa",
					     [HYP_SPACE_PA] = "pa" };
	static const char *const means[] = {
		[HYP_SPACE_VA] = "virtual addresses of the core's exception level",
		[HYP_SPACE_EL1] = "virtual addresses of EL1&0, through stage 2 when it is on",
		[HYP_SPACE_EL2] = "virtual addresses of EL2",
		[HYP_SPACE_IPA] = "intermediate physical addresses",
		[HYP_SPACE_PA] = "physical addresses of the core's security state",
	};

	for (unsigned i = 0; w->count && i < ARRAY_SIZE(names); i++)
		if (!strcmp(w->word[0], names[i])) {
			w->g->space = i;
			fprintf(w->out, "memory is shown by %s\n", means[i]);
			return;
		}
	if (w->count)
		fprintf(w->out, "'%s' is no space: choose va, el1, el2, ipa or pa\n", w->word[0]);
	else
		fprintf(w->out, "%s: %s\n", names[w->g->space], means[w->g->space]);
}

static void events(const struct gdb_words *w)
{
	u64 count = 20;

	if (!w->count || gdb_value(w, w->word[0], &count))
		gdb_events_words(w->out, w->g, count);
}

static void registers(const struct gdb_words *w)
{
	struct hyp_core c;

	hyp_core_view(w->g->m, w->g->core, &c);
	fprintf(w->out, "PC=%016llx SP=%016llx PSTATE=%08llx EL%u\n", (ull)c.pc, (ull)c.sp,
		(ull)hyp_pstate(w->g->m, w->g->core), c.el);
	for (unsigned i = 0; i < 31; i++)
		fprintf(w->out, "X%02u=%016llx%s", i, (ull)c.x[i], i % 4 == 3 || i == 30 ? "\n" : " ");
}

static void cores(const struct gdb_words *w)
{
	struct hyp_stall stall;

	for (unsigned i = 0; i < w->g->cores; i++) {
		hyp_core_stall(w->g->m, i, &stall);
		stall_words(w->out, i, &stall, NULL);
	}
}

static void points(const struct gdb_words *w)
{
	static const char *const owners[] = {
		[OWNER_NOBODY] = "window's    ", [OWNER_GDB] = "debugger's  ", [OWNER_MONITOR] = "monitor's   "
	};
	unsigned count = 0;

	for (unsigned i = 0; i < POINTS_MAX; i++) {
		const struct point *p = hyp_point(w->g->m, i);

		if (!p)
			continue;
		count++;
		fputs(owners[w->g->point[i].owner], w->out);
		gdb_point_words(w->out, i, p);
	}
	if (!count)
		fputs("no breakpoints, no watchpoints\n", w->out);
}

static void info(const struct gdb_words *w)
{
	const char *topic = w->count ? w->word[0] : "";

	if (!strcmp(topic, "registers")) {
		registers(w);
	} else if (!*topic || !strcmp(topic, "cpus")) {
		fprintf(w->out, "core %u is looked at; %llu instructions so far\n", w->g->core,
			(ull)hyp_insns(w->g->m));
		cores(w);
	} else if (!strcmp(topic, "status")) {
		fputs("VM status: paused (debug)\n", w->out);
	} else if (!strcmp(topic, "points")) {
		points(w);
	} else {
		fprintf(w->out, "info knows cpus, registers, points and status, not '%s'\n", topic);
	}
}

static void reset(const struct gdb_words *w)
{
	if (!hyp_restart(w->g->m)) {
		fputs("the images cannot be loaded again\n", w->out);
		return;
	}
	fputs("the machine begins anew; say `maintenance flush register-cache`\n", w->out);
	w->g->moves++;
	w->g->core = w->g->run_core = 0;
}

static void save(const struct gdb_words *w)
{
	struct error e = { 0 };

	if (!w->count)
		fputs("save needs the name of a file\n", w->out);
	else if (!hyp_save(w->g->m, w->word[0], &e))
		fprintf(w->out, "%s\n", e.text);
	else
		fprintf(w->out, "the state is in %s\n", w->word[0]);
}

static void load(const struct gdb_words *w)
{
	struct error e = { 0 };

	if (!w->count) {
		fputs("load needs the name of a file\n", w->out);
	} else if (!hyp_load(w->g->m, w->word[0], &e)) {
		fprintf(w->out, "%s\n", e.text);
	} else {
		fputs("the machine is in that state; say `maintenance flush register-cache`\n", w->out);
		w->g->moves++;
	}
}

static void quit(const struct gdb_words *w)
{
	fputs("the run ends\n", w->out);
	w->g->wants_end = true;
}

static void reg(const struct gdb_words *w)
{
	const char *name = w->count ? w->word[0] + (w->word[0][0] == '$') : "";
	enum sysreg r = sysreg_find(name);
	u64 value;

	if (r == SR_COUNT)
		fprintf(w->out, "'%s' is no system register\n", name);
	else if (w->count > 1 ? !gdb_value(w, w->word[1], &value) : !hyp_sysreg(w->g->m, w->g->core, r, &value))
		fputs("it has no value that can be read\n", w->out);
	else
		explain_reg(w->out, sysreg_name(r), value);
}

/* ---- the table ---- */

static const struct command {
	const char *name, *words, *help;
	gdb_command *run;
	bool of_core; /* takes core=N */
} commands[] = {
	{ "help", "", "this", help, false },
	{ "walk", "ADDRESS [write|fetch] [el=N] [ipa] [core=N]", "one translation, step by step; ipa: of stage 2 alone",
	  gdb_monitor_walk, true },
	{ "tlb", "[ADDRESS] [vmid=N] [asid=N] [core=N]", "the TLB's entries: all, or those that fit", gdb_monitor_tlb,
	  true },
	{ "gic", "[core=N]", "interrupts that are enabled, pending or active, and why one is not taken",
	  gdb_monitor_gic, true },
	{ "lr", "[core=N]", "the list registers", gdb_monitor_lr, true },
	{ "smmu", "", "the SMMU: queues, and the stream configurations that it has cached", gdb_monitor_smmu, false },
	{ "events", "[N]", "the last N events (20) since the debugger connected", events, false },
	{ "space", "[va|el1|el2|ipa|pa]", "which addresses `x` and `set var` mean", space, false },
	{ "break", "ADDRESS [el=N] [vmid=N] [asid=N] [core=N]", "a breakpoint that counts there alone",
	  gdb_monitor_break, false },
	{ "watch", "ADDRESS [SIZE] [r|w|rw] [va|ipa|pa] [el=N] [vmid=N] [asid=N] [core=N]",
	  "a watchpoint; by default on 8 bytes, on writes, by VA", gdb_monitor_watch, false },
	{ "delete", "N", "one of these", gdb_monitor_delete, false },
	{ "reg", "NAME [VALUE] [core=N]", "a system register's fields in words: of its value, or of another one", reg,
	  true },
	{ "info", "[cpus|registers|points|status] [core=N]",
	  "where the cores are, and what keeps them; registers; all points", info, true },
	{ "history", "", "how far back the machine can go, and where it is", gdb_monitor_history, false },
	{ "goto", "CYCLE|insn N|first|last [core=N]",
	  "to where a core had reached a cycle, or all had executed N instructions; back or forward", gdb_monitor_goto,
	  true },
	{ "reset", "", "begin anew, as after a reset by the guest", reset, false },
	{ "save", "FILE", "write the machine's whole state to a file", save, false },
	{ "load", "FILE", "put the machine into the state of such a file", load, false },
	{ "quit", "", "end the run", quit, false },
	/* by QEMU's names */
	{ "system_reset", NULL, NULL, reset, false },
};

static void help(const struct gdb_words *w)
{
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].help)
			fprintf(w->out, "%s%s%s\n    %s\n", commands[i].name, *commands[i].words ? " " : "",
				commands[i].words, commands[i].help);
}

/* Take core=N out of the words: that core is meant, and not the one that the debugger looked at last. */
static bool choose_core(struct gdb_words *w)
{
	unsigned kept = 0;
	u64 core = w->g->core;
	bool ok = true;

	for (unsigned i = 0; i < w->count && ok; i++)
		if (!gdb_named(w, i, "core", &core, &ok))
			w->word[kept++] = w->word[i];
	if (ok && core >= w->g->cores)
		fprintf(w->out, "core: there are 0 to %u\n", w->g->cores - 1);
	w->count = kept;
	if (!ok || core >= w->g->cores)
		return false;
	w->g->core = (unsigned)core;
	return true;
}

static void run_command(const struct command *c, struct gdb_words *w)
{
	unsigned core = w->g->core;

	if (!c->of_core || choose_core(w))
		c->run(w);
	if (c->of_core)
		w->g->core = core;
}

static void run(struct gdb *g, char *line, FILE *out)
{
	struct gdb_words w = { .g = g, .out = out };
	char *rest = NULL, *name = strtok_r(line, " \t\r\n", &rest), *word;

	while ((word = strtok_r(NULL, " \t\r\n", &rest)) && w.count < GDB_WORDS)
		w.word[w.count++] = word;
	for (unsigned i = 0; name && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name)) {
			run_command(&commands[i], &w);
			return;
		}
	fprintf(out, "unknown command: '%s'; `monitor help` lists them\n", name ? name : "");
}

void gdb_monitor(struct gdb *g, const char *hex)
{
	char line[1024] = "", *text = NULL;
	size_t n = strlen(hex) / 2, size = 0;
	FILE *out;

	if (n >= sizeof(line) || !gdb_hex_bytes(&hex, line, n) || *hex || !(out = open_memstream(&text, &size))) {
		gdb_put(g, "E22");
		return;
	}
	run(g, line, out);
	fclose(out);
	gdb_say(g, text, size);
	free(text);
	gdb_put(g, "OK");
}
