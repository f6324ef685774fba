/* How a run ended, in words and as the exit status of the contract. */
#include "cli/image_symbols.h"
#include "cli/session.h"
#include "debug/event_words.h"
#include "debug/json.h"
#include "debug/stall_words.h"

enum {
	EXIT_UNUSABLE = 3,
	EXIT_DIED = 4,
	EXIT_INTERRUPT = 130,
};

typedef unsigned long long ull;

static const char *end_word(const struct session *s, const struct hyp_status *status)
{
	static const char *const quits[] = { [QUIT_TIMEOUT] = "timeout",
					     [QUIT_INTERRUPT] = "interrupted",
					     [QUIT_KEY] = "quit",
					     [QUIT_DEBUGGER] = "ended by the debugger" };
	static const char *const ends[] = { [HYP_RUNNING] = "running",
					    [HYP_POWER_OFF] = "power-off",
					    [HYP_RESET] = "reset",
					    [HYP_EXIT] = "exit",
					    [HYP_DEADLOCK] = "deadlock",
					    [HYP_LOCKUP] = "lockup",
					    [HYP_LIMIT] = "max-insns",
					    [HYP_STOPPED] = "stopped",
					    [HYP_POINT] = "stopped",
					    [HYP_BEGINNING] = "stopped",
					    [HYP_REPLAYED] = "end of the recording",
					    [HYP_DIVERGED] = "divergence" };

	return s->quit != QUIT_NONE ? quits[s->quit] : ends[status->end];
}

static int exit_status(const struct session *s, const struct hyp_status *status)
{
	switch (s->quit) {
	case QUIT_TIMEOUT: return EXIT_BOUND;
	case QUIT_INTERRUPT: return EXIT_INTERRUPT;
	case QUIT_KEY:
	case QUIT_DEBUGGER: return 0;
	case QUIT_NONE: break;
	}
	switch (status->end) {
	case HYP_EXIT: return status->exit_code & 0xff;
	case HYP_DIVERGED: return EXIT_UNUSABLE;
	case HYP_DEADLOCK:
	case HYP_LOCKUP: return EXIT_DIED;
	case HYP_LIMIT: return EXIT_BOUND;
	default: return 0;
	}
}

/* The run was ended from outside, or the machine died: what the cores were at is of interest. */
static bool has_stalled(int code)
{
	return code == EXIT_DIED || code == EXIT_BOUND || code == EXIT_INTERRUPT;
}

static void cores_json(const struct session *s)
{
	static const char *const states[] = { "runs", "wfi", "wfe", "off", "lockup" };
	struct hyp_stall stall;

	fputs(",\"cores\":[", stderr);
	for (unsigned i = 0; i < hyp_core_count(s->m); i++) {
		hyp_core_stall(s->m, i, &stall);
		fprintf(stderr, "%s{\"state\":\"%s\",\"pc\":\"0x%llx\",\"el\":%u,\"masked\":%u,\"pending\":[",
			i ? "," : "", states[stall.state], (ull)stall.pc, stall.el, stall.daif);
		for (unsigned k = 0; k < stall.pending_count; k++)
			fprintf(stderr, "%s%u", k ? "," : "", stall.pending[k].intid);
		fputs("]}", stderr);
	}
	fputc(']', stderr);
}

static void report_json(const struct session *s, const struct hyp_status *status, int code)
{
	fprintf(stderr, "{\"end\":\"%s\",\"exit\":%d,\"insns\":%llu,\"cycles\":%llu,\"host_seconds\":%.3f,\"why\":",
		end_word(s, status), code, (ull)status->insns, (ull)status->cycles, s->end - s->start);
	json_string(stderr, status->why);
	if (has_stalled(code))
		cores_json(s);
	if (s->o->hash)
		fprintf(stderr, ",\"hash\":\"0x%016llx\"", (ull)hyp_state_hash(s->m));
	if (s->summary) {
		fputs(",\"summary\":", stderr);
		summary_json(stderr, s->summary);
	}
	fputs("}\n", stderr);
}

static void last_events(const struct session *s)
{
	const struct last_events *last = &s->last;
	u64 first = last->count > LAST_EVENTS ? last->count - LAST_EVENTS : 0;

	if (!last->count)
		return;
	fputs("hypscope: the last exceptions (cycle, core, EL, VMID, ASID):\n", stderr);
	for (u64 i = first; i < last->count; i++)
		event_words(stderr, &last->event[i % LAST_EVENTS], NULL);
}

static void cores_text(const struct session *s)
{
	char symbol[SYMBOL_TEXT_MAX];
	struct hyp_stall stall;

	fputs("hypscope: where the cores are:\n", stderr);
	for (unsigned i = 0; i < hyp_core_count(s->m); i++) {
		hyp_core_stall(s->m, i, &stall);
		stall_words(stderr, i, &stall, image_symbol_at(s->o, stall.pc, symbol) ? symbol : NULL);
	}
}

static void report_text(const struct session *s, const struct hyp_status *status, int code)
{
	if (code == EXIT_DIED)
		fprintf(stderr, "hypscope: the machine stopped for good: %s\n", status->why);
	if (status->end == HYP_DIVERGED)
		fprintf(stderr, "hypscope: %s: %s\n", s->o->replay, status->why);
	if (has_stalled(code)) {
		cores_text(s);
		last_events(s);
	}
	fprintf(stderr, "hypscope: %s after %llu instructions, %llu cycles", end_word(s, status), (ull)status->insns,
		(ull)status->cycles);
	if (s->o->hash)
		fprintf(stderr, ", state hash 0x%016llx", (ull)hyp_state_hash(s->m));
	fputc('\n', stderr);
	if (s->summary)
		summary_text(stderr, s->summary);
}

int session_report(struct session *s, const struct hyp_status *status)
{
	int code = exit_status(s, status);

	if (s->gdb)
		gdb_server_ended(s->gdb, code);
	if (s->o->json)
		report_json(s, status, code);
	else if (!s->o->quiet || code == EXIT_DIED || status->end == HYP_DIVERGED || s->o->summary || s->o->hash)
		report_text(s, status, code);
	return code;
}
