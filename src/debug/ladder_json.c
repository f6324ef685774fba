/* One translation as JSON: docs/walk.md has the names and what they mean. */
#include "debug/json.h"
#include "debug/ladder.h"

void ladder_json_regime(struct json *j, const struct regime *r)
{
	json_open(j, "regime", '{');
	json_text(j, "name", ladder_regime_words(r));
	json_text(j, "security", r->secure ? "Secure" : "Non-secure");
	json_bool(j, "stage1", r->s1.enabled);
	json_bool(j, "stage2", r->s2.enabled);
	if (r->id == REGIME_EL10)
		json_number(j, "vmid", r->vmid);
	else
		json_null(j, "vmid");
	if (r->s1.has_el0)
		json_number(j, "asid", r->s1.asid);
	else
		json_null(j, "asid");
	json_close(j, '}');
}

void ladder_json_access(struct json *j, const struct walk *w, const struct regime *r, unsigned el)
{
	json_open(j, "access", '{');
	json_hex(j, "address", w->access.va);
	json_text(j, "kind", ladder_access_words(w));
	json_number(j, "el", el);
	json_bool(j, "privileged", w->access.privileged);
	json_close(j, '}');
	ladder_json_regime(j, r);
}

/* ---- steps ---- */

static void fields_json(struct json *j, const struct ladder_step *s)
{
	json_open(j, "fields", '[');
	for (unsigned i = 0; i < s->fields; i++) {
		const struct desc_field *f = &s->field[i];

		json_open(j, NULL, '{');
		json_text(j, "name", f->name);
		if (f->lo >= 0) {
			json_number(j, "hi", f->hi);
			json_number(j, "lo", f->lo);
		}
		json_hex(j, "value", f->value);
		json_text(j, "words", f->words);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void lookup_json(struct json *j, const struct ladder_step *s, bool under_stage2)
{
	if (!s->has_index)
		return;
	json_open(j, "index", '{');
	json_number(j, "hi", s->index_hi);
	json_number(j, "lo", s->index_lo);
	json_number(j, "value", (s64)s->index);
	json_close(j, '}');
	if (under_stage2) {
		json_hex(j, "table_ipa", s->table_ipa);
		json_hex(j, "at_ipa", s->at_ipa);
	}
	json_hex(j, "table", s->table);
	json_hex(j, "at", s->at);
	if (s->has_descriptor)
		json_hex(j, "descriptor", s->descriptor);
}

static void step_json(struct json *j, const struct ladder_step *s, bool under_stage2)
{
	json_open(j, NULL, '{');
	json_number(j, "number", s->number);
	json_number(j, "stage", s->stage);
	json_number(j, "level", s->level);
	json_bool(j, "nested", s->nested);
	json_text(j, "kind", s->kind);
	json_text(j, "space", s->space);
	json_hex(j, "input", s->input);
	lookup_json(j, s, under_stage2);
	if (s->output_space) {
		json_text(j, "output_space", s->output_space);
		json_hex(j, "output", s->output);
	}
	json_bool(j, "updated", s->updated);
	fields_json(j, s);
	json_text(j, "words", s->words);
	json_close(j, '}');
}

unsigned ladder_json_steps(struct json *j, const struct walk *w, const struct regime *r, unsigned first)
{
	struct ladder_step s;

	for (unsigned i = 0; i < w->count; i++) {
		ladder_step(&s, w, r, i);
		s.number = first + i;
		step_json(j, &s, s.stage == 1 && walk_is_under_stage2(w));
	}
	return first + w->count;
}

/* ---- the end ---- */

static const char *const parts[LADDER_PARTS] = { "stage1", "stage2", "both" };

static void memory_json(struct json *j, const struct ladder_memory *m)
{
	json_open(j, "memory", '{');
	for (unsigned i = 0; i < LADDER_PARTS; i++) {
		if (!m[i].is_known) {
			json_null(j, parts[i]);
			continue;
		}
		json_open(j, parts[i], '{');
		json_hex(j, i == LADDER_STAGE2 ? "memattr" : "mair", m[i].attr);
		json_text(j, "type", m[i].words);
		json_text(j, "shareability", m[i].shareability);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void rights_json(struct json *j, const struct ladder_rights *r)
{
	json_open(j, "permissions", '{');
	for (unsigned i = 0; i < LADDER_PARTS; i++) {
		if (!r[i].is_known) {
			json_null(j, parts[i]);
			continue;
		}
		json_open(j, parts[i], '{');
		json_text(j, "privileged", r[i].privileged);
		json_text(j, "el0", *r[i].el0 ? r[i].el0 : NULL);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void sizes_json(struct json *j, const struct ladder_end *e)
{
	json_open(j, "mapped_by", '{');
	for (unsigned i = 0; i < 2; i++) {
		if (!e->size[i].is_known) {
			json_null(j, parts[i]);
			continue;
		}
		json_open(j, parts[i], '{');
		json_number(j, "level", e->size[i].level);
		json_number(j, "log2_bytes", e->size[i].log2);
		if (!i)
			json_bool(j, "global", e->is_global);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void mapping_json(struct json *j, const struct ladder_end *e)
{
	memory_json(j, e->memory);
	rights_json(j, e->rights);
	sizes_json(j, e);
}

void ladder_json_mapping(struct json *j, const struct walk *w, const struct regime *r)
{
	struct ladder_end e;

	ladder_end(&e, w, r, 0);
	mapping_json(j, &e);
}

static void result_json(struct json *j, const struct ladder_end *e)
{
	json_open(j, "result", '{');
	if (e->has_ipa)
		json_hex(j, "ipa", e->ipa);
	json_hex(j, "pa", e->pa);
	json_text(j, "security", e->secure ? "Secure" : "Non-secure");
	json_text(j, "words", e->words);
	json_close(j, '}');
	mapping_json(j, e);
	json_null(j, "fault");
}

static void fault_json(struct json *j, const struct ladder_end *e)
{
	json_null(j, "result");
	json_open(j, "fault", '{');
	json_number(j, "stage", e->stage);
	json_number(j, "level", e->level);
	json_hex(j, "fsc", e->fsc);
	json_text(j, "fsc_words", e->fsc_words);
	json_bool(j, "on_table_walk", e->on_table_walk);
	json_text(j, "why", e->why);
	json_number(j, "taken_to", e->target_el);
	json_hex(j, "esr", e->esr);
	json_text(j, "esr_words", e->esr_words);
	json_hex(j, "far", e->far);
	if (e->has_hpfar) {
		json_hex(j, "hpfar", e->hpfar);
		json_hex(j, "ipa", e->fault_ipa);
	}
	json_text(j, "words", e->words);
	json_close(j, '}');
}

void ladder_json_end(struct json *j, const struct walk *w, const struct regime *r, unsigned el)
{
	struct ladder_end e;

	ladder_end(&e, w, r, el);
	if (e.faulted)
		fault_json(j, &e);
	else
		result_json(j, &e);
}
