/* `hypscope walk`: run to a point, then explain one translation as the core would make it there. */
#include <string.h>

#include "cli/image_symbols.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "cli/walk_dma.h"
#include "cli/walk_show.h"

enum stop_kind { STOP_FAULT, STOP_EXIT, STOP_ADDRESS, STOP_DMA_FAULT, STOP_END };

struct walk_point {
	struct session *s;
	const struct options *o;
	FILE *out;
	struct observer observer;
	enum stop_kind kind;
	u64 address;
	u64 cycles; /* at the end of the run */
	bool reached;
	bool failed; /* at the point: what was asked for cannot be explained, *e says why */
	struct error *e;
};

/* ---- where to stop ---- */

static const char *default_point(const struct options *o)
{
	return walk_is_dma(o) ? "dma-fault" : "first-fault";
}

static bool parse_point(struct walk_point *p, struct error *e)
{
	const char *at = p->o->at ? p->o->at : default_point(p->o);

	p->kind = STOP_ADDRESS;
	if (!strcmp(at, "first-fault"))
		p->kind = STOP_FAULT;
	else if (!strcmp(at, "exit"))
		p->kind = STOP_EXIT;
	else if (!strcmp(at, "dma-fault"))
		p->kind = STOP_DMA_FAULT;
	else if (!strcmp(at, "end"))
		p->kind = STOP_END;
	else if (!parse_number(at, &p->address) && !image_symbol_find(p->o, at, &p->address))
		return error_set(e, ERROR_USAGE,
				 "--at '%s' is no symbol of the image: give a symbol, an address, exit, first-fault, "
				 "dma-fault or end",
				 at);
	return true;
}

static bool explain_here(struct walk_point *p, const struct event *ev)
{
	struct walk_shown shown = { .m = p->s->m,
				    .o = p->o,
				    .at = p->o->at ? p->o->at : default_point(p->o),
				    .event = ev,
				    .at_end = p->kind == STOP_END };
	bool ok = walk_show(&shown, p->out, p->e);

	p->failed = !ok && p->e->kind;
	return ok;
}

/* The state at the end: the next instruction of a core stands for the event. */
static bool explain_end(struct walk_point *p)
{
	struct event ev = { .kind = EV_INSN, .core = (s16)(p->o->core_given ? p->o->core : 0) };
	struct hyp_core core;

	if ((unsigned)ev.core >= hyp_core_count(p->s->m))
		return false;
	hyp_core_view(p->s->m, (unsigned)ev.core, &core);
	ev.cycle = p->cycles;
	ev.el = ev.insn.el = core.el;
	ev.insn.pc = core.pc;
	return explain_here(p, &ev);
}

/* ---- running there ---- */

static bool is_abort(const struct event *ev)
{
	unsigned ec = (unsigned)(ev->exc.esr >> 26 & 0x3e);

	return ec == 0x20 || ec == 0x24;
}

static bool is_the_point(const struct walk_point *p, const struct event *ev)
{
	switch (p->kind) {
	case STOP_FAULT: return ev->kind == EV_EXC && is_abort(ev);
	case STOP_EXIT: return ev->kind == EV_EXC && ev->exc.from_el < 2 && ev->exc.to_el == 2;
	case STOP_ADDRESS: return ev->kind == EV_INSN && ev->insn.pc == p->address;
	case STOP_DMA_FAULT: return walk_dma_is_fault(p->o, ev);
	case STOP_END: return false;
	}
	return false;
}

static void on_event(void *ctx, const struct event *ev)
{
	struct walk_point *p = ctx;

	if (p->reached || p->failed || !is_the_point(p, ev))
		return;
	/* The walk is made now, before a handler can mend what it shows. */
	p->reached = explain_here(p, ev);
	/* The run ends soon, not at once: what the guest still says is past the point. */
	p->s->muted = true;
	hyp_stop(p->s->m);
}

static bool stop_asked(void *ctx)
{
	const struct walk_point *p = ctx;

	return p->reached || p->failed;
}

static u32 mask_of(enum stop_kind kind)
{
	switch (kind) {
	case STOP_ADDRESS: return 1u << EV_INSN;
	case STOP_DMA_FAULT: return 1u << EV_SMMU;
	case STOP_END: return 0;
	default: return 1u << EV_EXC;
	}
}

static bool check_addresses(const struct options *o, struct error *e)
{
	u64 unused;

	if (o->va && !parse_number(o->va, &unused))
		return error_set(e, ERROR_USAGE, "--va takes an address such as 0x40000000, not '%s'", o->va);
	if (o->ipa && !parse_number(o->ipa, &unused))
		return error_set(e, ERROR_USAGE, "--ipa takes an address such as 0x40000000, not '%s'", o->ipa);
	if (o->va && o->ipa)
		return error_set(e, ERROR_USAGE, "--va and --ipa exclude each other: give one");
	if (o->core_given && o->core >= (o->smp ? o->smp : 1))
		return error_set(e, ERROR_USAGE, "--core %llu: cores are numbered from 0 to --smp less one",
				 (unsigned long long)o->core);
	return true;
}

bool walk_image(const struct options *o, FILE *out, struct error *e)
{
	struct session s;
	struct walk_point p = { .s = &s, .o = o, .out = out, .e = e };
	bool ok = check_addresses(o, e) && walk_dma_check(o, e) && parse_point(&p, e);

	if (!ok)
		return false;
	ok = session_open(&s, o, false, e);
	if (ok) {
		p.observer = (struct observer){ .mask = mask_of(p.kind), .event = on_event, .ctx = &p };
		/* Here the explanation is the output; the console is heard when --serial asks for it. */
		s.muted = !o->serial;
		s.stop_asked = stop_asked;
		s.stop_ctx = &p;
		trace_attach(hyp_tracer(s.m), &p.observer);
		p.cycles = session_run(&s).cycles;
		trace_detach(hyp_tracer(s.m), &p.observer);
		if (p.kind == STOP_END)
			p.reached = explain_end(&p);
		ok = p.reached || p.failed ||
		     error_set(e, ERROR_USAGE, "the run ended before its stop point (%s): choose another by --at",
			       o->at ? o->at : default_point(o));
		ok = ok && !p.failed;
	}
	return session_close(&s, e) && ok;
}
