/*
 * libFuzzer: explanations of walks of any shape, and texts of any kind read as explanations. What must hold: nothing is
 * written beyond its place, colours are all that paint adds, a page has no markup but its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "debug/json.h"
#include "debug/ladder.h"
#include "debug/lines.h"
#include "debug/page.h"
#include "debug/paint.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

/* ---- a walk whose parts need not agree ---- */

static void take_step(struct input *in, struct walk_step *s)
{
	u64 v = take(in, 4);
	u8 granule = (u8)(v >> 12) % 3;

	s->stage = 1 + (v & 1);
	s->level = (s8)((v >> 1) % 5) - 1;
	s->kind = (u8)((v >> 4) % (STEP_CACHED + 1));
	s->nested = v >> 8 & 1;
	s->updated = v >> 9 & 1;
	s->index_lo = (u8)desc_log2(granule, s->level);
	s->index_hi = s->kind == STEP_CACHED ? v >> 10 & 1 : s->index_lo + (v >> 16 & 15);
	if (s->index_hi > 63)
		s->index_hi = 63;
	if (s->index_lo > s->index_hi)
		s->index_lo = s->index_hi;
	s->input = take(in, 8);
	s->at_ipa = take(in, 8);
	s->at = take(in, 8);
	s->desc = take(in, 8);
	s->output = take(in, 8);
}

static void take_walk(struct input *in, struct walk *w, struct regime *r)
{
	u64 v = take(in, 8);

	w->count = (v & 63) % (WALK_STEPS_MAX + 1);
	w->access.kind = (enum access_kind)((v >> 6) % (ACCESS_AT_WRITE + 1));
	w->access.va = take(in, 8);
	w->fault = (struct fault){ .kind = v >> 9 & 1 ? (u8)((v >> 10) % (FAULT_DEBUG + 1)) : FAULT_NONE,
				   .level = (s8)((v >> 16) % 5) - 1,
				   .s2 = v >> 19 & 1,
				   .s1ptw = v >> 20 & 1,
				   .ipa_valid = v >> 21 & 1,
				   .why = v >> 22 & 1 ? "<&\">" : NULL };
	w->s1_used = v >> 23 & 1;
	w->s2_used = v >> 24 & 1;
	w->attrs.mair = (u8)(v >> 25);
	w->s1_attrs.mair = (u8)(v >> 33);
	w->s2_attr = (u8)(v >> 41) & 63;
	w->s1_log2 = v >> 49 & 63;
	w->s2_log2 = v >> 55 & 63;
	*r = (struct regime){ .id = (u8)(v >> 61) % REGIME_COUNT };
	r->s1.has_el0 = r->id < REGIME_EL2;
	r->s1.mair = take(in, 8);
	r->s2.fwb = take(in, 1) & 1;
	r->s1.ds = r->s2.ds = take(in, 1) & 1;
	for (unsigned i = 0; i < w->count; i++)
		take_step(in, &w->step[i]);
}

static void explain(struct input *in)
{
	struct walk *w = calloc(1, sizeof(*w));
	struct regime r;
	struct json j;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	require(w && out);
	take_walk(in, w, &r);
	explain_walk(out, w, &r, 1);
	j = (struct json){ .out = out };
	json_open(&j, NULL, '{');
	json_open(&j, "steps", '[');
	ladder_json_steps(&j, w, &r, 1);
	json_close(&j, ']');
	ladder_json_end(&j, w, &r, 1);
	json_close(&j, '}');
	rewind(out);
	page_ladder(out, w, &r, 1);
	page_end_of_walk(out, w, &r, 1);
	fputc(0, out);
	fclose(out);
	require(!strstr(text, "<&"));
	free(text);
	free(w);
}

/* ---- texts ---- */

static void strip(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\033' && text[1] == '[')
			text = strchr(text, 'm') + 1;
		else
			*to++ = *text++;
	}
	*to = 0;
}

static void read_lines(struct input *in)
{
	char *source = calloc(1, in->left + 1), *text = NULL;
	size_t size;
	struct json j;
	FILE *out = open_memstream(&text, &size);

	require(source && out);
	memcpy(source, in->at, in->left);
	/* Escapes of the input's own could not be told from ours. */
	for (char *c = source; *c; c++)
		if (*c == '\033')
			*c = ' ';
	paint_terminal(out, source);
	fflush(out);
	strip(text);
	require(!strcmp(text, source));
	rewind(out);
	page_explained(out, source, true);
	j = (struct json){ .out = out };
	json_open(&j, NULL, '[');
	explained_json(&j, source);
	json_close(&j, ']');
	fclose(out);
	free(text);
	free(source);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };

	if (take(&in, 1) & 1)
		explain(&in);
	else
		read_lines(&in);
	return 0;
}
