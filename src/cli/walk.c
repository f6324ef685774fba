/* `hypscope walk`: run to a point, then explain one translation as the core would make it there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cli/image_symbols.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "cli/walk_dma.h"
#include "debug/event_words.h"
#include "debug/explain.h"
#include "debug/json.h"
#include "debug/ladder.h"

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

/* ---- what to translate ---- */

static bool is_fetch_abort(u64 esr)
{
	return (esr >> 26 & 0x3e) == 0x20;
}

static bool is_data_abort(u64 esr)
{
	return (esr >> 26 & 0x3e) == 0x24;
}

/* The access that the options ask for; what they leave out is that of the event, or a read of the PC's own page. */
static void choose_access(const struct walk_point *p, const struct event *ev, unsigned *el, struct mmu_access *a)
{
	bool is_exc = ev->kind == EV_EXC, faulted = is_exc && ev->exc.has_far;
	bool fetched = faulted ? is_fetch_abort(ev->exc.esr) : !p->o->va;

	*el = p->o->access_el_given ? (unsigned)p->o->access_el : is_exc ? ev->exc.from_el : ev->el;
	a->va = faulted ? ev->exc.far : is_exc ? ev->exc.elr : ev->insn.pc;
	a->kind = fetched ? ACCESS_FETCH : faulted && bit(ev->exc.esr, 6) ? ACCESS_WRITE : ACCESS_READ;
	if (p->o->write || p->o->fetch)
		a->kind = p->o->write ? ACCESS_WRITE : ACCESS_FETCH;
	a->privileged = *el != 0;
	a->pan = is_exc && bit(ev->exc.spsr, 22);
	a->no_update = true;
}

/* A core's translation at the point. */
struct core_walk {
	struct walk walk;
	struct regime regime;
	unsigned el;
};

static bool translate(const struct walk_point *p, const struct event *ev, struct core_walk *c)
{
	unsigned core = p->o->core_given ? (unsigned)p->o->core : (unsigned)ev->core;
	struct mmu_access access = { 0 };

	if (core >= hyp_core_count(p->s->m))
		return false;
	choose_access(p, ev, &c->el, &access);
	if (p->o->va)
		parse_number(p->o->va, &access.va);
	if (p->o->ipa) {
		parse_number(p->o->ipa, &access.va);
		c->el = 1;
	}
	hyp_regime(p->s->m, core, c->el, &c->regime);
	/* An IPA is what a virtual address is while stage 1 is off. */
	if (p->o->ipa)
		c->regime.s1.enabled = false;
	hyp_walk(p->s->m, core, &c->regime, &access, &c->walk);
	return true;
}

static void stopped_words(const struct walk_point *p, const struct event *ev, FILE *out)
{
	if (p->kind == STOP_END)
		fputs("the end of the run\n", out);
	else
		event_words(out, ev, NULL);
}

static bool explain_text(struct walk_point *p, const struct event *ev, FILE *out)
{
	struct core_walk c;

	fputs("stopped at   ", out);
	stopped_words(p, ev, out);
	if (walk_is_dma(p->o)) {
		p->failed = !walk_dma_explain(p->s->m, p->o, ev, out, p->e);
		return !p->failed;
	}
	if (!translate(p, ev, &c))
		return false;
	explain_walk(out, &c.walk, &c.regime, c.el);
	return true;
}

static void stopped_json(const struct walk_point *p, const struct event *ev, struct json *j)
{
	char *text = NULL;
	size_t size;
	FILE *words = open_memstream(&text, &size);

	json_open(j, "stopped", '{');
	json_text(j, "at", p->o->at ? p->o->at : default_point(p->o));
	json_number(j, "core", ev->core);
	json_number(j, "el", ev->el);
	json_number(j, "cycle", (s64)ev->cycle);
	if (words) {
		stopped_words(p, ev, words);
		fclose(words);
		text[strcspn(text, "\n")] = 0;
		json_text(j, "words", text + strspn(text, " "));
	}
	free(text);
	json_close(j, '}');
}

static bool core_json(const struct walk_point *p, const struct event *ev, struct json *j)
{
	struct core_walk c;

	if (!translate(p, ev, &c))
		return false;
	ladder_json_access(j, &c.walk, &c.regime, c.el);
	json_open(j, "steps", '[');
	ladder_json_steps(j, &c.walk, &c.regime, 1);
	json_close(j, ']');
	ladder_json_end(j, &c.walk, &c.regime, c.el);
	return true;
}

static bool explain_json(struct walk_point *p, const struct event *ev, FILE *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_text(&j, "format", "hypscope walk");
	json_number(&j, "version", 1);
	stopped_json(p, ev, &j);
	if (walk_is_dma(p->o)) {
		p->failed = true;
		return error_set(p->e, ERROR_USAGE, "--json explains a core's access: leave --stream and --iova out");
	}
	if (!core_json(p, ev, &j))
		return false;
	json_close(&j, '}');
	return true;
}

/* Nothing is written unless it can be explained. */
static bool explain_here(struct walk_point *p, const struct event *ev)
{
	char *text = NULL;
	size_t size;
	FILE *held = open_memstream(&text, &size);
	bool ok;

	if (!held)
		return false;
	ok = p->o->json ? explain_json(p, ev, held) : explain_text(p, ev, held);
	fclose(held);
	if (ok)
		fputs(text, p->out);
	free(text);
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

static bool is_the_point(const struct walk_point *p, const struct event *ev)
{
	switch (p->kind) {
	case STOP_FAULT: return ev->kind == EV_EXC && (is_fetch_abort(ev->exc.esr) || is_data_abort(ev->exc.esr));
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
