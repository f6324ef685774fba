#include "debug/trace_text.h"

#include <stdlib.h>
#include <string.h>

#include "debug/disasm.h"
#include "debug/event_words.h"

#define BIT(kind) (1u << (kind))

/* The classes of `--trace`. */
static const struct {
	const char *name;
	u32 mask;
} classes[] = {
	{ "insn", BIT(EV_INSN) | TRACE_EL0 },
	{ "mem", BIT(EV_MEM) | BIT(EV_MMIO) },
	{ "exc", BIT(EV_EXC) | BIT(EV_ERET) | BIT(EV_GUEST_ERROR) },
	{ "el0", BIT(EV_EXC) | BIT(EV_ERET) | TRACE_EL0 },
	{ "walk", BIT(EV_WALK) },
	{ "tlb", BIT(EV_TLB_FILL) | BIT(EV_TLB_DROP) | BIT(EV_TLBI) },
	{ "sysreg", BIT(EV_SYSREG) },
	{ "gic", BIT(EV_GIC) | BIT(EV_LR) },
	{ "smmu", BIT(EV_SMMU) },
	{ "pci", BIT(EV_PCI) },
	{ "its", BIT(EV_ITS) },
	{ "hyp", BIT(EV_HYP) | BIT(EV_LR) },
	{ "all", (BIT(EV_KINDS) - 1) | TRACE_EL0 },
};

static bool add_class(const char *name, size_t n, u32 *mask)
{
	for (unsigned i = 0; i < ARRAY_SIZE(classes); i++)
		if (strlen(classes[i].name) == n && !memcmp(classes[i].name, name, n)) {
			*mask |= classes[i].mask;
			return true;
		}
	return false;
}

bool trace_classes(const char *list, u32 *mask, struct error *e)
{
	*mask = 0;
	for (;;) {
		size_t n = strcspn(list, ",");

		if (!add_class(list, n, mask))
			return error_set(
				e, ERROR_USAGE,
				"--trace does not know '%.*s': choose from insn, mem, exc, el0, walk, tlb, sysreg, "
				"gic, smmu, pci, its, hyp, all",
				(int)n, list);
		if (!list[n])
			return true;
		list += n + 1;
	}
}

static void release(struct trace_text *t)
{
	if (ftell(t->held) == 0)
		return;
	fflush(t->held);
	fwrite(t->held_text, 1, t->held_size, t->out);
	rewind(t->held);
	t->held_size = 0;
}

bool trace_is_redundant(u32 mask, const struct event *e)
{
	if (e->kind == EV_LR)
		return e->lr.old == e->lr.value;
	if (e->kind == EV_EXC || e->kind == EV_ERET)
		return !(mask & TRACE_EL0) && (e->kind == EV_EXC ? e->exc.crossing : e->eret.crossing) == CROSS_KERNEL;
	if (e->kind != EV_HYP)
		return false;
	return (mask & BIT(EV_EXC) && !strcmp(e->hyp.what, "vm-exit")) ||
	       (mask & BIT(EV_ERET) && !strcmp(e->hyp.what, "vm-entry"));
}

static void on_event(void *ctx, const struct event *e)
{
	struct trace_text *t = ctx;

	if (trace_is_redundant(t->observer.mask, e))
		return;
	if (!t->holds) {
		event_words(t->out, e, t->cache);
	} else if (e->kind == EV_INSN) {
		event_words(t->out, e, t->cache);
		release(t);
	} else if (e->kind == EV_EXC || e->kind == EV_HYP) {
		/* The instruction that faulted has no EV_INSN: what it did comes first, then its exception. */
		release(t);
		event_words(t->out, e, t->cache);
	} else {
		event_words(t->held, e, t->cache);
	}
}

void trace_text_start(struct trace_text *t, struct tracer *tracer, FILE *out, u32 mask)
{
	memset(t, 0, sizeof(*t));
	t->out = out;
	t->observer = (struct observer){ .mask = mask, .event = on_event, .ctx = t };
	if (mask & BIT(EV_INSN))
		t->held = open_memstream(&t->held_text, &t->held_size);
	if (t->held)
		t->cache = calloc(1, sizeof(*t->cache));
	t->holds = t->held != NULL;
	trace_attach(tracer, &t->observer);
}

void trace_text_end(struct trace_text *t, struct tracer *tracer)
{
	trace_detach(tracer, &t->observer);
	if (t->holds) {
		release(t);
		fclose(t->held);
		free(t->held_text);
		free(t->cache);
	}
	fflush(t->out);
}
