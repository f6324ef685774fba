#include "cli/walk_show.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cli/explained.h"
#include "cli/walk_dma.h"
#include "debug/event_words.h"
#include "debug/explain.h"
#include "debug/json.h"
#include "debug/page.h"

/* ---- what to translate ---- */

static bool is_fetch_abort(u64 esr)
{
	return (esr >> 26 & 0x3e) == 0x20;
}

/* The access that the options ask for; what they leave out is that of the event, or a read of the PC's own page. */
static void choose_access(const struct walk_shown *s, const struct event *ev, unsigned *el, struct mmu_access *a)
{
	bool is_exc = ev->kind == EV_EXC, faulted = is_exc && ev->exc.has_far;
	bool fetched = faulted ? is_fetch_abort(ev->exc.esr) : !s->o->va;

	*el = s->o->access_el_given ? (unsigned)s->o->access_el : is_exc ? ev->exc.from_el : ev->el;
	a->va = faulted ? ev->exc.far : is_exc ? ev->exc.elr : ev->insn.pc;
	a->kind = fetched ? ACCESS_FETCH : faulted && bit(ev->exc.esr, 6) ? ACCESS_WRITE : ACCESS_READ;
	if (s->o->write || s->o->fetch)
		a->kind = s->o->write ? ACCESS_WRITE : ACCESS_FETCH;
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

static bool translate(const struct walk_shown *s, const struct event *ev, struct core_walk *c)
{
	unsigned core = s->o->core_given ? (unsigned)s->o->core : (unsigned)ev->core;
	struct mmu_access access = { 0 };

	if (core >= hyp_core_count(s->m))
		return false;
	choose_access(s, ev, &c->el, &access);
	if (s->o->va)
		parse_number(s->o->va, &access.va);
	if (s->o->ipa) {
		parse_number(s->o->ipa, &access.va);
		c->el = 1;
	}
	hyp_regime(s->m, core, c->el, &c->regime);
	/* An IPA is what a virtual address is while stage 1 is off. */
	if (s->o->ipa)
		c->regime.s1.enabled = false;
	hyp_walk(s->m, core, &c->regime, &access, &c->walk);
	return true;
}

/* What is shown: of the two one. */
struct subject {
	bool is_dma;
	struct core_walk core;
	struct walk_dma dma;
};

static bool find_subject(const struct walk_shown *s, struct subject *to, struct error *e)
{
	to->is_dma = walk_is_dma(s->o);
	return to->is_dma ? walk_dma_open(&to->dma, s->m, s->o, s->event, e) : translate(s, s->event, &to->core);
}

static void drop_subject(struct subject *to)
{
	if (to->is_dma)
		walk_dma_close(&to->dma);
}

/* ---- as text ---- */

static void stopped_words(const struct walk_shown *s, FILE *out)
{
	if (s->at_end)
		fputs("the end of the run\n", out);
	else
		event_words(out, s->event, NULL);
}

static void show_text(const struct walk_shown *s, const struct subject *it, FILE *out)
{
	const struct core_walk *c = &it->core;

	fputs("stopped at   ", out);
	stopped_words(s, out);
	if (it->is_dma)
		explain_dma(out, it->dma.name, &it->dma.probe, it->dma.is, it->dma.would);
	else
		explain_walk(out, &c->walk, &c->regime, c->el);
}

/* ---- as JSON ---- */

static void stopped_json(const struct walk_shown *s, struct json *j)
{
	char *text = NULL;
	size_t size;
	FILE *words = open_memstream(&text, &size);

	json_open(j, "stopped", '{');
	json_text(j, "at", s->at);
	json_number(j, "core", s->event->core);
	json_number(j, "el", s->event->el);
	json_number(j, "cycle", (s64)s->event->cycle);
	if (words) {
		stopped_words(s, words);
		fclose(words);
		text[strcspn(text, "\n")] = 0;
		json_text(j, "words", text + strspn(text, " "));
	}
	free(text);
	json_close(j, '}');
}

static void core_json(const struct core_walk *c, struct json *j)
{
	ladder_json_access(j, &c->walk, &c->regime, c->el);
	json_open(j, "steps", '[');
	ladder_json_steps(j, &c->walk, &c->regime, 1);
	json_close(j, ']');
	ladder_json_end(j, &c->walk, &c->regime, c->el);
}

static void show_json(const struct walk_shown *s, const struct subject *it, FILE *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_text(&j, "format", "hypscope walk");
	json_number(&j, "version", 1);
	stopped_json(s, &j);
	if (it->is_dma)
		explain_dma_json(&j, it->dma.name, &it->dma.probe, it->dma.is, it->dma.would);
	else
		core_json(&it->core, &j);
	json_close(&j, '}');
}

/* ---- as a page ---- */

static void show_page(const struct walk_shown *s, const struct subject *it, FILE *out)
{
	const struct core_walk *c = &it->core;
	struct error none = { 0 };
	struct held head;

	page_begin(out, it->is_dma ? "hypscope: a device's access" : "hypscope: one translation");
	if (held_open(&head, &none)) {
		fputs("stopped at   ", head.out);
		stopped_words(s, head.out);
		if (!it->is_dma)
			explain_walk_heading(head.out, &c->walk, &c->regime, c->el);
		fflush(head.out);
		page_explained(out, head.text, true);
		held_drop(&head);
	}
	if (it->is_dma) {
		explain_dma_page(out, it->dma.name, &it->dma.probe, it->dma.is, it->dma.would);
	} else {
		fputs("<h2>the ladder</h2>\n", out);
		page_ladder(out, &c->walk, &c->regime, 1);
		page_end_of_walk(out, &c->walk, &c->regime, c->el);
	}
	page_end(out);
}

bool walk_show(const struct walk_shown *s, FILE *out, struct error *e)
{
	struct held text = { 0 }, page = { 0 };
	struct subject it;
	bool ok;

	if (!find_subject(s, &it, e))
		return false;
	ok = held_open(&text, e) && (!s->o->html || held_open(&page, e));
	if (ok && s->o->json)
		show_json(s, &it, text.out);
	else if (ok)
		show_text(s, &it, text.out);
	if (ok && s->o->html)
		show_page(s, &it, page.out);
	ok = ok && explained_print(s->o, out, &text, s->o->html ? &page : NULL, e);
	held_drop(&text);
	held_drop(&page);
	drop_subject(&it);
	return ok;
}
