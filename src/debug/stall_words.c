#include "debug/stall_words.h"

#define NEVER (~0ull)

typedef unsigned long long ull;

static void masked_words(FILE *out, u8 daif)
{
	fprintf(out, "; masked: %s%s%s%s%s", daif & 8 ? "D" : "", daif & 4 ? "A" : "", daif & 2 ? "I" : "",
		daif & 1 ? "F" : "", daif ? "" : "nothing");
}

/* An asserted line that does not come, though the core runs or waits. */
static void line_words(FILE *out, const char *name, bool asserted, bool is_masked)
{
	if (asserted)
		fprintf(out, "    %s is asserted%s\n", name, is_masked ? ", and masked by PSTATE" : "");
}

static void timer_words(FILE *out, const struct hyp_stall *s, unsigned t)
{
	if (!s->timer[t].enabled)
		return;
	fprintf(out, "    timer %s ", s->timer[t].name);
	if (s->timer[t].at == NEVER)
		fputs("has expired", out);
	else
		fprintf(out, "expires in %llu cycles", (ull)(s->timer[t].at - s->now));
	fputs(s->timer[t].masked ? ", masked by IMASK\n" : "\n", out);
}

void stall_words(FILE *out, unsigned core, const struct hyp_stall *s, const char *symbol)
{
	static const char *const states[] = { [HYP_CORE_RUNS] = "runs",
					      [HYP_CORE_WFI] = "waits for an interrupt (WFI)",
					      [HYP_CORE_WFE] = "waits for an event (WFE)",
					      [HYP_CORE_OFF] = "is off",
					      [HYP_CORE_LOCKUP] = "takes exceptions in its own vectors for ever" };

	fprintf(out, "  core %u %s", core, states[s->state]);
	if (s->state == HYP_CORE_OFF) {
		fputc('\n', out);
		return;
	}
	fprintf(out, " at 0x%llx%s%s%s in EL%u%s", (ull)s->pc, symbol ? " <" : "", symbol ? symbol : "",
		symbol ? ">" : "", s->el, s->secure ? " (Secure)" : "");
	if (s->in_guest)
		fprintf(out, ", guest VMID %u", s->vmid);
	masked_words(out, s->daif);
	fputc('\n', out);
	line_words(out, "IRQ", s->irq, s->daif & 2 && !s->in_guest);
	line_words(out, "FIQ", s->fiq, s->daif & 1 && !s->in_guest);
	line_words(out, "virtual IRQ", s->virq, s->daif & 2);
	line_words(out, "virtual FIQ", s->vfiq, s->daif & 1);
	for (unsigned i = 0; i < s->pending_count; i++)
		fprintf(out, "    INTID %u is pending%s%s\n", s->pending[i].intid, s->pending[i].obstacle ? ": " : "",
			s->pending[i].obstacle ? s->pending[i].obstacle : "");
	for (unsigned t = 0; t < HYP_STALL_TIMERS; t++)
		timer_words(out, s, t);
}
