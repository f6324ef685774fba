/*
 * Tarmac lines: time, core, the kind of line, what happened. Instructions (IT), registers (R), accesses (MR, MW) and
 * exceptions (E) have the fields that readers look into; walks and TLB (TTW), reasons (INFO_EXCEPTION_REASON) and
 * interrupts and devices (SIGNAL) are kinds that readers show as they are, here with the words of the text trace.
 *
 * A line's time is that of its instruction, so what is held back until that comes is held without the time.
 */
#include "debug/trace_tarmac.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "debug/disasm.h"
#include "debug/event_words.h"
#include "debug/explain.h"
#include "debug/trace_text.h"

#define CORES_MAX 64
#define VECTOR_EVENT 0x80 /* number of the first vector's exception: current EL with SP_EL0, synchronous */

typedef unsigned long long ull;

struct trace_tarmac {
	struct observer observer;
	FILE *out;
	FILE *held; /* lines that wait for their instruction, without the time */
	char *held_text;
	size_t held_size;
	FILE *words; /* an event's words, before they are made lines */
	char *words_text;
	size_t words_size;
	struct disasm_cache *cache;
	u64 last;		 /* time of the last event */
	u64 insns[CORES_MAX];	 /* lines IT so far */
	u8 flags_low[CORES_MAX]; /* PSTATE[27:24]: as in the last SPSR seen */
};

/* ---- lines ---- */

/* "cpu0 R": what stands between the time and the rest. */
static void begin(FILE *to, const struct event *e, const char *kind)
{
	if (e->core >= 0)
		fprintf(to, "cpu%d ", e->core);
	fprintf(to, "%s ", kind);
}

static void at_time(FILE *to, u64 cycle)
{
	fprintf(to, "%llu clk ", (ull)cycle);
}

static void reg64(FILE *to, const struct event *e, const char *name, unsigned el, u64 value)
{
	at_time(to, e->cycle);
	begin(to, e, "R");
	fprintf(to, "%s_EL%u %016llx\n", name, el, (ull)value);
}

/* Each line of `text` as one of its own. */
static void lines(FILE *to, const char *before, const char *text, size_t size)
{
	while (size) {
		const char *newline = memchr(text, '\n', size);
		size_t n = newline ? (size_t)(newline - text) : size;
		size_t blanks = strspn(text, " ");

		if (blanks < n)
			fprintf(to, "%s%.*s\n", before, (int)(n - blanks), text + blanks);
		n += newline != NULL;
		text += n;
		size -= n;
	}
}

static void release(struct trace_tarmac *t, u64 cycle)
{
	char before[32];

	if (ftell(t->held) == 0)
		return;
	fflush(t->held);
	snprintf(before, sizeof(before), "%llu clk ", (ull)cycle);
	lines(t->out, before, t->held_text, t->held_size);
	rewind(t->held);
	t->held_size = 0;
}

/* An event that readers do not look into: the words of the text trace, without their place. */
static void plain(struct trace_tarmac *t, const struct event *e, const char *kind)
{
	char before[48];

	rewind(t->words);
	event_body_words(t->words, e);
	fflush(t->words);
	if (e->core >= 0)
		snprintf(before, sizeof(before), "cpu%d %s ", e->core, kind);
	else
		snprintf(before, sizeof(before), "%s ", kind);
	lines(t->held, before, t->words_text, (size_t)ftell(t->words));
}

/* ---- instructions ---- */

static unsigned core_of(const struct event *e)
{
	return e->core >= 0 && e->core < CORES_MAX ? (unsigned)e->core : 0;
}

static void reg_line(FILE *to, const struct event *e)
{
	at_time(to, e->cycle);
	begin(to, e, "R");
}

static void flags_line(FILE *to, const struct event *e, unsigned nzcv, unsigned low)
{
	reg_line(to, e);
	fprintf(to, "cpsr %x%x------\n", nzcv, low);
}

static void registers(struct trace_tarmac *t, const struct event *e)
{
	const struct ev_insn *i = &e->insn;

	for (u32 set = i->changed & ((1u << EV_INSN_SP) - 1); set; set &= set - 1) {
		reg_line(t->out, e);
		fprintf(t->out, "X%d %016llx\n", __builtin_ctz(set), (ull)i->x[__builtin_ctz(set)]);
	}
	if (bit(i->changed, EV_INSN_SP)) {
		reg_line(t->out, e);
		fprintf(t->out, "SP %016llx\n", (ull)i->sp);
	}
	for (u32 set = i->changed_v; set; set &= set - 1) {
		const u64 *z = i->z[__builtin_ctz(set)];

		reg_line(t->out, e);
		fprintf(t->out, "V%d %016llx%016llx\n", __builtin_ctz(set), (ull)z[1], (ull)z[0]);
	}
	if (bit(i->changed, EV_INSN_FPSR)) {
		reg_line(t->out, e);
		fprintf(t->out, "FPSR %08x\n", (u32)i->fpsr);
	}
	if (bit(i->changed, EV_INSN_FPCR)) {
		reg_line(t->out, e);
		fprintf(t->out, "FPCR %08x\n", (u32)i->fpcr);
	}
	if (bit(i->changed, EV_INSN_NZCV))
		flags_line(t->out, e, i->nzcv, t->flags_low[core_of(e)]);
}

static void insn(struct trace_tarmac *t, const struct event *e)
{
	const struct ev_insn *i = &e->insn;
	char text[DISASM_MAX];

	at_time(t->out, e->cycle);
	begin(t->out, e, "IT");
	fprintf(t->out, "(%llu) %016llx:%012llx %08x O EL%u_%c : %s\n", (ull)++t->insns[core_of(e)], (ull)i->pc,
		(ull)i->pa, i->word, i->el, i->secure ? 's' : 'n', disasm_cached(t->cache, text, i->pc, i->word));
	release(t, e->cycle);
	registers(t, e);
}

/* ---- accesses ---- */

static void access_line(FILE *to, const struct event *e, unsigned from, unsigned size)
{
	const struct ev_mem *m = &e->mem;
	char kind[8];

	snprintf(kind, sizeof(kind), "M%c%u", m->is_write ? 'W' : 'R', size);
	begin(to, e, kind);
	fprintf(to, "%016llx:%012llx ", (ull)(m->va + from), (ull)(m->pa + from));
	if (size == 16)
		fprintf(to, "%016llx %016llx\n", (ull)m->value[1], (ull)m->value[0]);
	else
		fprintf(to, "%0*llx\n", (int)size * 2, (ull)m->value[from / 8]);
}

/* What readers know are whole words: what a page's end splits is told in two. */
static void mem(FILE *to, const struct event *e)
{
	unsigned size = e->mem.size;

	if (size <= 8 || size == 16) {
		access_line(to, e, 0, size);
		return;
	}
	access_line(to, e, 0, 8);
	access_line(to, e, 8, size - 8);
}

/* ---- exceptions ---- */

static const char *vector_name(const struct ev_exc *x)
{
	static const char *const names[] = {
		"CURRENT_SP0_SYNC", "CURRENT_SP0_IRQ", "CURRENT_SP0_FIQ", "CURRENT_SP0_SERROR",
		"CURRENT_SPx_SYNC", "CURRENT_SPx_IRQ", "CURRENT_SPx_FIQ", "CURRENT_SPx_SERROR",
		"LOWER_64_SYNC",    "LOWER_64_IRQ",    "LOWER_64_FIQ",	  "LOWER_64_SERROR",
		"LOWER_32_SYNC",    "LOWER_32_IRQ",    "LOWER_32_FIQ",	  "LOWER_32_SERROR",
	};

	return names[x->offset >> 7 & 15];
}

static void exc(struct trace_tarmac *t, const struct event *e)
{
	const struct ev_exc *x = &e->exc;

	at_time(t->out, e->cycle);
	begin(t->out, e, "E");
	fprintf(t->out, "%016llx %08x CoreEvent_%s\n", (ull)x->elr, VECTOR_EVENT + (x->offset >> 7), vector_name(x));
	if (x->has_esr) {
		at_time(t->out, e->cycle);
		begin(t->out, e, "INFO_EXCEPTION_REASON");
		esr_words(t->out, x->esr);
		fputc('\n', t->out);
	}
	/* Flags stay; EL, stack pointer and masks are those of exception entry. */
	t->flags_low[core_of(e)] = bits(x->spsr, 27, 24);
	reg_line(t->out, e);
	fprintf(t->out, "cpsr ------%02x\n", 0xc1u | (unsigned)x->to_el << 2);
	reg64(t->out, e, "SPSR", x->to_el, x->spsr);
	reg64(t->out, e, "ELR", x->to_el, x->elr);
	if (x->has_esr)
		reg64(t->out, e, "ESR", x->to_el, x->esr);
	if (x->has_far)
		reg64(t->out, e, "FAR", x->to_el, x->far);
	if (x->has_hpfar)
		reg64(t->out, e, "HPFAR", 2, x->hpfar);
}

static void eret(struct trace_tarmac *t, const struct event *e)
{
	plain(t, e, "INFO_EXCEPTION_REASON");
	if (e->eret.illegal)
		return;
	t->flags_low[core_of(e)] = bits(e->eret.spsr, 27, 24);
	begin(t->held, e, "R");
	fprintf(t->held, "cpsr %08x\n", (u32)e->eret.spsr);
}

static void sysreg(FILE *to, const struct event *e)
{
	if (!e->sysreg.is_write)
		return;
	begin(to, e, "R");
	fprintf(to, "%s %016llx\n", e->sysreg.name, (ull)e->sysreg.value);
}

/* ---- events ---- */

/* An event that belongs to the instruction that comes. */
static void hold(struct trace_tarmac *t, const struct event *e)
{
	switch (e->kind) {
	case EV_MEM: mem(t->held, e); break;
	case EV_ERET: eret(t, e); break;
	case EV_SYSREG: sysreg(t->held, e); break;
	case EV_WALK:
	case EV_TLB_FILL:
	case EV_TLB_DROP:
	case EV_TLBI: plain(t, e, "TTW"); break;
	case EV_HYP: plain(t, e, "INFO_EXCEPTION_REASON"); break;
	case EV_GUEST_ERROR: plain(t, e, "E DebugEvent_GuestError"); break;
	default: plain(t, e, "SIGNAL");
	}
}

static void on_event(void *ctx, const struct event *e)
{
	struct trace_tarmac *t = ctx;

	if (trace_is_redundant(t->observer.mask, e))
		return;
	t->last = e->cycle;
	if (e->kind == EV_INSN) {
		insn(t, e);
	} else if (e->kind == EV_EXC) {
		/* An instruction that faulted has no line: what it did comes first. */
		release(t, e->cycle);
		exc(t, e);
	} else {
		hold(t, e);
		if (!(t->observer.mask >> EV_INSN & 1) || e->kind == EV_HYP)
			release(t, e->cycle);
	}
}

/* ---- beginning and end ---- */

static void discard(struct trace_tarmac *t)
{
	if (t->held)
		fclose(t->held);
	if (t->words)
		fclose(t->words);
	free(t->held_text);
	free(t->words_text);
	free(t->cache);
	free(t);
}

struct trace_tarmac *trace_tarmac_start(struct tracer *tracer, FILE *out, u32 mask)
{
	struct trace_tarmac *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->out = out;
	t->observer = (struct observer){ .mask = mask, .event = on_event, .ctx = t };
	t->held = open_memstream(&t->held_text, &t->held_size);
	t->words = open_memstream(&t->words_text, &t->words_size);
	t->cache = calloc(1, sizeof(*t->cache));
	if (!t->held || !t->words || !t->cache) {
		discard(t);
		return NULL;
	}
	trace_attach(tracer, &t->observer);
	return t;
}

void trace_tarmac_end(struct trace_tarmac *t, struct tracer *tracer)
{
	trace_detach(tracer, &t->observer);
	release(t, t->last);
	fflush(t->out);
	discard(t);
}
