/* Whether a fact holds, and what was found. */
#include <inttypes.h>
#include <string.h>

#include "lab/run.h"

const char *lab_end_words(enum hyp_end end)
{
	switch (end) {
	case HYP_POWER_OFF: return "the machine was switched off";
	case HYP_RESET: return "the machine was reset";
	case HYP_EXIT: return "the program ended the machine by semihosting";
	case HYP_DEADLOCK: return "every core waits, with nothing to wake it";
	case HYP_LOCKUP: return "the core takes exceptions in its own vectors for ever";
	case HYP_LIMIT: return "the limit of instructions was reached: it hangs, or it is in a loop";
	case HYP_STOPPED: return "it took too long, and was stopped";
	case HYP_POINT: return "it stopped where it was to stop";
	case HYP_BEGINNING: return "it went back to where its history begins";
	case HYP_REPLAYED: return "the recording ends here";
	case HYP_DIVERGED: return "it departs from the recording";
	case HYP_RUNNING: break;
	}
	return "it runs";
}

static bool compare(const struct lab_fact *f, u64 a, u64 b)
{
	u64 apart = a > b ? a - b : b - a;

	switch ((enum lab_compare)f->compare) {
	case CMP_EQ: return f->percent ? (double)apart * 100 <= (double)b * f->percent : a == b;
	case CMP_NE: return a != b;
	case CMP_LE: return a <= b;
	case CMP_GE: return a >= b;
	case CMP_LT: return a < b;
	case CMP_GT: return a > b;
	}
	return false;
}

static bool judge_compare(const struct lab_state *s, const struct lab_fact *f, FILE *found)
{
	u64 a, b;
	bool known = lab_value(s->watch, f->a, &a, NULL) && lab_value(s->watch, f->b, &b, NULL);

	lab_value_words(found, s->watch, f->a);
	if (s->c->node[f->b].kind != NODE_NUMBER) {
		fputs(", against ", found);
		lab_value_words(found, s->watch, f->b);
	}
	return known && compare(f, a, b);
}

static bool judge_console(const struct lab_state *s, const struct lab_fact *f, FILE *found)
{
	const struct lab_watch *w = s->watch;
	bool there = memmem(w->console, w->said, f->word, strlen(f->word)) != NULL;
	size_t shown = w->said > 200 ? 200 : w->said;

	fprintf(found, "%s%.*s", w->said ? "the console says: " : "the console says nothing", (int)shown,
		w->console + w->said - shown);
	return there != f->is_not;
}

static bool judge_preserves(const struct lab_state *s, const struct lab_fact *f, FILE *found)
{
	const struct lab_watch *w = s->watch;
	unsigned changed = 0;

	for (unsigned i = 0; i < 31; i++) {
		const struct lab_change *c = &w->change[i];

		if (!(f->regs >> i & 1) || !c->any)
			continue;
		if (changed++ < 4)
			fprintf(found,
				"%sx%u was 0x%" PRIx64 " at the exit and 0x%" PRIx64
				" when the guest went on at 0x%" PRIx64,
				changed > 1 ? "; " : "", i, c->before, c->after, c->pc);
	}
	if (changed > 4)
		fprintf(found, "; and %u more", changed - 4);
	if (!w->exits)
		fputs("the guest was never left and entered again", found);
	return w->exits && !changed;
}

bool lab_judge(const struct lab_state *s, const struct lab_fact *f, FILE *found)
{
	switch ((enum lab_fact_kind)f->kind) {
	case FACT_COMPARE: return judge_compare(s, f, found);
	case FACT_S2:
	case FACT_VA: return lab_judge_walk(s, f, found);
	case FACT_DMA: return lab_judge_dma(s, f, found);
	case FACT_CONSOLE: return judge_console(s, f, found);
	case FACT_PRESERVES: return judge_preserves(s, f, found);
	case FACT_ENDS: fputs(lab_end_words(s->status.end), found); return s->status.end == f->end;
	}
	return false;
}
