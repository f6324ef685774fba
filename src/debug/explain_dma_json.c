/* One DMA translation as JSON: docs/walk.md has the names. */
#include <stdlib.h>
#include <string.h>

#include "debug/explain_dma_internal.h"
#include "debug/fields.h"
#include "debug/json.h"
#include "debug/ladder.h"
#include "debug/lines.h"

static void words_json(struct json *j, const char *key, const u64 *words, unsigned count)
{
	json_open(j, key, '[');
	for (unsigned i = 0; i < count; i++)
		json_hex(j, NULL, words[i]);
	json_close(j, ']');
}

static void structure_json(struct json *j, const char *name, const u64 *words)
{
	struct field_set set;
	char *text = NULL;
	size_t size;
	FILE *out;

	if (!fields_find(name, &set))
		return;
	words_json(j, "doublewords", words, set.words);
	out = open_memstream(&text, &size);
	if (!out)
		return;
	fields_explain(out, &set, words);
	fclose(out);
	explained_fields_json(j, "fields", text);
	free(text);
}

static void fetch_json(struct json *j, const struct smmu_step *s, unsigned number)
{
	static const char *const kinds[] = {
		[SMMU_STE] = "ste", [SMMU_CD] = "cd", [SMMU_L1STD] = "l1std", [SMMU_L1CD] = "l1cd"
	};

	json_open(j, NULL, '{');
	json_number(j, "number", number);
	json_text(j, "kind", kinds[s->what]);
	json_hex(j, "at", s->at);
	structure_json(j, dma_structure_name(s), s->word);
	json_close(j, '}');
}

static void steps_json(struct json *j, const struct smmu_view *v)
{
	unsigned n = 1;

	json_open(j, "steps", '[');
	for (unsigned i = 0; i < v->steps; i++) {
		if (v->step[i].kind == SMMU_STEP_FETCH)
			fetch_json(j, &v->step[i], n++);
		else
			n = ladder_json_steps(j, &v->step[i].walk, v->translates ? &v->regime : NULL, n);
	}
	json_close(j, ']');
}

static void access_json(struct json *j, const char *name, const struct smmu_probe *q)
{
	json_open(j, "access", '{');
	json_hex(j, "address", q->iova);
	json_text(j, "kind", q->is_write ? "write" : q->instruction ? "instruction fetch" : "read");
	json_bool(j, "privileged", q->privileged);
	json_hex(j, "stream", q->stream);
	json_text(j, "device", name);
	if (q->has_ssid)
		json_number(j, "substream", q->ssid);
	else
		json_null(j, "substream");
	json_close(j, '}');
}

/* A text that is written, without the ends of its lines. */
static void text_json(struct json *j, const char *key, FILE *out, char **text)
{
	fclose(out);
	(*text)[strcspn(*text, "\n")] = 0;
	json_text(j, key, *text);
	free(*text);
}

static void fault_json(struct json *j, const struct smmu_view *v)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	json_null(j, "result");
	json_open(j, "fault", '{');
	if (out) {
		dma_reason_words(out, v);
		text_json(j, "words", out, &text);
	}
	json_text(j, "ending", dma_ending(v));
	if (v->has_event) {
		unsigned type = (unsigned)v->event[0] & 0xff;

		json_open(j, "event", '{');
		json_text(j, "name", smmu_event_name(type));
		structure_json(j, type < F_WALK_EABT ? "CONFIG_EVENT" : "EVENT", v->event);
		json_close(j, '}');
	} else {
		json_null(j, "event");
		json_text(j, "why_no_event", dma_silence(v));
	}
	json_close(j, '}');
}

static void result_json(struct json *j, const struct smmu_view *v)
{
	const struct walk *w = dma_last_walk(v);

	json_open(j, "result", '{');
	if (w && w->s1_used && w->s2_used)
		json_hex(j, "ipa", w->ipa.v);
	json_hex(j, "pa", v->pa);
	json_text(j, "how", v->how);
	json_bool(j, "from_tlb", v->from_tlb);
	json_close(j, '}');
	if (w)
		ladder_json_mapping(j, w, &v->regime);
	json_null(j, "fault");
}

static void stale_json(struct json *j, const struct smmu_view *is, const struct smmu_view *would)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct text_line l;

	if (!out)
		return;
	dma_stale_lines(out, is, would);
	fclose(out);
	json_open(j, "stale", '[');
	for (const char *rest = text; text_line_next(&rest, &l);) {
		char *words = strndup(l.words.at, l.words.size);

		json_text(j, NULL, words);
		free(words);
	}
	json_close(j, ']');
	free(text);
}

void explain_dma_json(struct json *j, const char *name, const struct smmu_probe *probe, const struct smmu_view *is,
		      const struct smmu_view *would)
{
	struct dma_view v = dma_choose(is, would);

	access_json(j, name, probe);
	json_open(j, "smmu", '{');
	json_bool(j, "enabled", is->r.cr0 & 1);
	json_bool(j, "ste_cached", is->has_ste && is->ste_cached);
	json_bool(j, "cd_cached", is->has_cd && is->cd_cached);
	json_close(j, '}');
	if (v.ladder->translates)
		ladder_json_regime(j, &v.ladder->regime);
	else
		json_null(j, "regime");
	steps_json(j, v.ladder);
	if (v.end->how)
		result_json(j, v.end);
	else
		fault_json(j, v.end);
	stale_json(j, is, would);
}
