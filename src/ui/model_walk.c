/* One translation, step by step: which one, and the keys that choose it. */
#include <stdlib.h>
#include <string.h>

#include "ui/walk_data.h"
#include "ui/words.h"

void walk_state_free(struct walk_state *s)
{
	free(s->data);
	s->data = NULL;
}

/* ---- which translation ---- */

static void choose_space(struct walk_query *q, unsigned space)
{
	if (space == HYP_SPACE_EL1 || space == HYP_SPACE_EL2)
		q->el = space == HYP_SPACE_EL1 ? 1 : 2;
	q->is_ipa = space == HYP_SPACE_IPA;
	if (q->is_ipa)
		q->el = 1;
}

static void query(const struct ui *ui, struct walk_query *q)
{
	const struct walk_state *s = &ui->walk;

	walk_query_of_core(q, ui->m, s->given ? s->core : ui->core);
	if (s->given) {
		q->address = s->address;
		q->kind = ACCESS_READ;
		choose_space(q, s->space);
	}
	if (s->el_given && !q->is_ipa)
		q->el = s->el;
	if (s->kind_given)
		q->kind = s->kind;
	q->privileged = q->el != 0 && !s->unprivileged;
}

static bool update(struct ui *ui)
{
	struct walk_state *s = &ui->walk;

	if (!s->data)
		s->data = calloc(1, sizeof(*s->data));
	if (!s->data)
		return false;
	query(ui, &s->data->query);
	walk_data_update(s->data, ui->m);
	if (!s->within)
		s->data->at = s->data->walk.count;
	s->within = s->data->at < s->data->walk.count;
	return true;
}

/* ---- keys ---- */

void walk_choose(struct ui *ui, u64 value)
{
	struct walk_state *s = &ui->walk;

	if (!s->data || value > s->data->walk.count)
		return;
	s->data->at = (unsigned)value;
	s->within = value < s->data->walk.count;
	s->moved = true;
}

/* Keep the current step in sight. */
static void reveal(struct ui *ui, const struct model *m)
{
	struct view_state *v = &ui->view[VIEW_WALK];

	for (u32 i = 0; ui->walk.moved && i < m->rows; i++)
		if (m->row[i].current && m->row[i].kind == ROW_CELLS) {
			v->selected = (s32)i;
			v->reveal = true;
		}
	ui->walk.moved = false;
}

static bool step_key(struct ui *ui, struct key k)
{
	const struct walk_data *d = ui->walk.data;
	const struct link *link;

	switch (k.code) {
	case KEY_RIGHT: walk_choose(ui, d->at + 1ull); return true;
	case KEY_LEFT: walk_choose(ui, d->at - 1ull); return true;
	case KEY_HOME: walk_choose(ui, 0); return true;
	case KEY_END: walk_choose(ui, d->walk.count); return true;
	case KEY_ENTER:
		link = ui_link(ui, VIEW_WALK);
		if (!link || link->kind != LINK_OWN)
			return false;
		walk_choose(ui, link->value);
		return true;
	default: return false;
	}
}

/* EL0 to EL3, then the IPA; those that are not there, or have no second stage, are left out by the core's regimes. */
static void next_space(struct ui *ui)
{
	struct walk_state *s = &ui->walk;
	struct walk_query q;

	query(ui, &q);
	s->given = true;
	s->address = q.address;
	s->core = q.core;
	s->kind = q.kind;
	s->kind_given = true;
	if (s->space == HYP_SPACE_IPA) {
		s->space = HYP_SPACE_VA;
		s->el = 0;
	} else if (s->space != HYP_SPACE_PA && q.el == 3) {
		s->space = HYP_SPACE_IPA;
	} else {
		s->el = s->space == HYP_SPACE_PA ? 1 : q.el + 1;
		s->space = HYP_SPACE_VA;
	}
	s->el_given = s->space == HYP_SPACE_VA;
}

static void next_kind(struct ui *ui)
{
	static const u8 next[] = {
		[ACCESS_READ] = ACCESS_WRITE, [ACCESS_WRITE] = ACCESS_FETCH, [ACCESS_FETCH] = ACCESS_READ
	};
	struct walk_query q;

	query(ui, &q);
	ui->walk.kind = next[q.kind];
	ui->walk.kind_given = true;
}

bool keys_walk(struct ui *ui, struct key k)
{
	if (k.mods)
		return false;
	switch (k.code) {
	case 'a': next_kind(ui); return true;
	case 'u': ui->walk.unprivileged = !ui->walk.unprivileged; return true;
	case 'v': next_space(ui); return true;
	case 'c': ui->walk = (struct walk_state){ .data = ui->walk.data }; return true;
	case 'g': line_open(&ui->line, "walk "); return true;
	default: return ui->walk.data && step_key(ui, k);
	}
}

void model_walk(struct ui *ui, struct model *m)
{
	if (ui->walk.given && ui->walk.space == HYP_SPACE_PA) {
		model_line(m, ROW_NOTE, TONE_TEXT,
			   "PA 0x%llx is a physical address: nothing translates it. v takes the number as a virtual "
			   "or an intermediate physical address.",
			   (unsigned long long)ui->walk.address);
		return;
	}
	if (!update(ui)) {
		m->failed = true;
		return;
	}
	walk_all_rows(m, ui->walk.data);
	reveal(ui, m);
}
