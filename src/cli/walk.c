/* `hypscope walk`: run to a point, then explain one translation as the core would make it there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cli/image_symbols.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "debug/event_words.h"
#include "debug/explain.h"

enum stop_kind { STOP_FAULT, STOP_EXIT, STOP_ADDRESS };

struct walk_point {
	struct session *s;
	const struct options *o;
	FILE *out;
	struct observer observer;
	enum stop_kind kind;
	u64 address;
	bool reached;
};

/* ---- where to stop ---- */

static bool parse_point(struct walk_point *p, struct error *e)
{
	const char *at = p->o->at ? p->o->at : "first-fault";

	p->kind = STOP_ADDRESS;
	if (!strcmp(at, "first-fault"))
		p->kind = STOP_FAULT;
	else if (!strcmp(at, "exit"))
		p->kind = STOP_EXIT;
	else if (!parse_number(at, &p->address) && !image_symbol_find(p->o, at, &p->address))
		return error_set(e, ERROR_USAGE,
				 "--at '%s' is no symbol of the image: give a symbol, an address, exit or first-fault",
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

static bool explain_here(struct walk_point *p, const struct event *ev)
{
	unsigned core = p->o->core_given ? (unsigned)p->o->core : (unsigned)ev->core, el;
	struct mmu_access access = { 0 };
	struct regime regime;
	struct walk walk;

	if (core >= hyp_core_count(p->s->m))
		return false;
	choose_access(p, ev, &el, &access);
	if (p->o->va)
		parse_number(p->o->va, &access.va);
	if (p->o->ipa) {
		parse_number(p->o->ipa, &access.va);
		el = 1;
	}
	hyp_regime(p->s->m, core, el, &regime);
	/* An IPA is what a virtual address is while stage 1 is off. */
	if (p->o->ipa)
		regime.s1.enabled = false;
	hyp_walk(p->s->m, core, &regime, &access, &walk);
	fputs("stopped at   ", p->out);
	event_words(p->out, ev, NULL);
	explain_walk(p->out, &walk, &regime, el);
	return true;
}

/* ---- running there ---- */

static bool is_the_point(const struct walk_point *p, const struct event *ev)
{
	switch (p->kind) {
	case STOP_FAULT: return ev->kind == EV_EXC && (is_fetch_abort(ev->exc.esr) || is_data_abort(ev->exc.esr));
	case STOP_EXIT: return ev->kind == EV_EXC && ev->exc.from_el < 2 && ev->exc.to_el == 2;
	case STOP_ADDRESS: return ev->kind == EV_INSN && ev->insn.pc == p->address;
	}
	return false;
}

static void on_event(void *ctx, const struct event *ev)
{
	struct walk_point *p = ctx;

	if (p->reached || !is_the_point(p, ev))
		return;
	/* The walk is made now, before a handler can mend what it shows. */
	p->reached = explain_here(p, ev);
	/* The run ends soon, not at once: what the guest still says is past the point. */
	p->s->muted = true;
	hyp_stop(p->s->m);
}

static bool stop_asked(void *ctx)
{
	return ((struct walk_point *)ctx)->reached;
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
	struct walk_point p = { .s = &s, .o = o, .out = out };
	bool ok = check_addresses(o, e) && parse_point(&p, e);

	if (!ok)
		return false;
	ok = session_open(&s, o, NULL, e);
	if (ok) {
		p.observer = (struct observer){ .mask = p.kind == STOP_ADDRESS ? 1u << EV_INSN : 1u << EV_EXC,
						.event = on_event,
						.ctx = &p };
		/* Here the explanation is the output; the console is heard when --serial asks for it. */
		s.muted = !o->serial;
		s.stop_asked = stop_asked;
		s.stop_ctx = &p;
		trace_attach(hyp_tracer(s.m), &p.observer);
		session_run(&s);
		trace_detach(hyp_tracer(s.m), &p.observer);
		ok = p.reached ||
		     error_set(e, ERROR_USAGE, "the run ended before its stop point (%s): choose another by --at",
			       o->at ? o->at : "first-fault");
	}
	return session_close(&s, e) && ok;
}
