#include "ui/strip.h"

#include <stdlib.h>
#include <string.h>

#include "ui/record.h"

#define SPANS 512
#define LANES_MAX 4

static u64 time_now(const struct ui *ui)
{
	struct hyp_stall s;

	hyp_core_stall(ui->m, 0, &s);
	return s.now;
}

/* Walk from now into the past: a span ends where its core's next one begins. */
static void collect(struct ui *ui, struct strip *s)
{
	u64 until[LANES_MAX];

	for (u32 i = 0; i < LANES_MAX; i++)
		until[i] = s->last;
	for (u64 back = 0; s->count < SPANS; back++) {
		const struct world_span *w = record_span(ui->record, back);
		struct strip_span *to = &s->span[s->count];
		FILE *f;

		if (!w)
			return;
		if ((u32)w->core >= s->lanes)
			continue;
		*to = (struct strip_span){
			.cycle = w->cycle, .core = (u8)w->core, .lane = (u8)w->core, .tone = (u8)world_tone(w)
		};
		to->from = (double)w->cycle;
		to->to = (double)until[w->core];
		until[w->core] = w->cycle;
		if ((f = fmemopen(to->text, sizeof(to->text), "w"))) {
			world_words(f, w);
			fclose(f);
		}
		s->first = w->cycle;
		s->count++;
	}
}

bool strip_make(struct ui *ui, struct strip *s)
{
	unsigned cores = hyp_core_count(ui->m);
	struct hyp_history h;
	double width;

	*s = (struct strip){ .lanes = cores < LANES_MAX ? cores : LANES_MAX };
	s->first = s->last = hyp_history(ui->m, &h) && h.in_past ? h.newest.cycles : time_now(ui);
	s->span = calloc(SPANS, sizeof(*s->span));
	if (!s->span)
		return false;
	collect(ui, s);
	if (!s->count) {
		strip_free(s);
		return false;
	}
	width = s->last > s->first ? (double)(s->last - s->first) : 1;
	s->now = ((double)time_now(ui) - (double)s->first) / width;
	for (u32 i = 0; i < s->count; i++) {
		s->span[i].from = (s->span[i].from - (double)s->first) / width;
		s->span[i].to = (s->span[i].to - (double)s->first) / width;
	}
	return true;
}

void strip_free(struct strip *s)
{
	free(s->span);
	s->span = NULL;
}
