/* The SMMU, and one device's access through it. */
#include <stdlib.h>
#include <string.h>

#include "ui/smmu_data.h"
#include "ui/words.h"

void smmu_state_free(struct smmu_state *s)
{
	if (s->data)
		smmu_data_free(s->data);
	free(s->data);
	s->data = NULL;
}

static struct smmu_data *data(struct ui *ui)
{
	struct smmu_state *s = &ui->smmu;

	if (s->data)
		return s->data;
	s->data = calloc(1, sizeof(*s->data));
	if (s->data)
		smmu_choose_device(s->data, ui->m);
	return s->data;
}

void model_smmu(struct ui *ui, struct model *m)
{
	struct smmu_data *d = data(ui);

	if (!d) {
		m->failed = true;
		return;
	}
	smmu_data_update(d, ui->m);
	if (!ui->smmu.within)
		d->walk.at = d->walk.walk.count;
	smmu_all_rows(m, ui->m, d);
}

/* ---- what is asked ---- */

static void access_of(struct smmu_query *q, const char *word)
{
	q->is_write = !strcmp(word, "write");
	q->instruction = !strcmp(word, "fetch");
}

/* "ADDRESS [STREAM] [ssid=N] [read|write|fetch]" */
void smmu_try(struct ui *ui, const char *arg)
{
	struct smmu_data *d = data(ui);
	bool has_address = false;
	char word[64];
	u64 value;
	int used;

	for (; d && sscanf(arg, " %63s%n", word, &used) == 1; arg += used) {
		if (!strcmp(word, "read") || !strcmp(word, "write") || !strcmp(word, "fetch")) {
			access_of(&d->probe, word);
		} else if (!strncmp(word, "ssid=", 5) && ui_value(ui, word + 5, &value) && value < 1 << 20) {
			d->probe.has_ssid = true;
			d->probe.ssid = (u32)value;
		} else if (!ui_value(ui, word, &value)) {
			ui_say(ui, true, "dma takes an address, a stream, ssid=N, and read, write or fetch, not '%s'",
			       word);
			return;
		} else if (has_address) {
			d->probe.stream = (u32)value;
			d->probe.has_ssid = false;
		} else {
			d->probe.iova = value;
			has_address = true;
		}
	}
	ui_show(ui, VIEW_SMMU);
}

/* ---- keys ---- */

static void step_to(struct ui *ui, unsigned at)
{
	struct smmu_data *d = ui->smmu.data;

	if (!d->has_walk || at > d->walk.walk.count)
		return;
	d->walk.at = at;
	ui->smmu.within = at < d->walk.walk.count;
}

static void next_access(struct smmu_query *q)
{
	access_of(q, q->is_write ? "fetch" : q->instruction ? "read" : "write");
}

void smmu_choose(struct ui *ui, u64 value)
{
	struct smmu_data *d = ui->smmu.data;

	if (d && value < SMMU_LINK_STREAM) {
		step_to(ui, (unsigned)value);
	} else if (d) {
		d->probe.stream = (u32)(value - SMMU_LINK_STREAM);
		d->probe.has_ssid = false;
	}
}

static bool follow(struct ui *ui)
{
	const struct link *link = ui_link(ui, VIEW_SMMU);

	if (!link || link->kind != LINK_OWN)
		return false;
	smmu_choose(ui, link->value);
	return true;
}

static bool own_key(struct ui *ui, int code)
{
	struct smmu_data *d = ui->smmu.data;

	switch (code) {
	case KEY_RIGHT: step_to(ui, d->walk.at + 1); return true;
	case KEY_LEFT: step_to(ui, d->walk.at - 1); return true;
	case KEY_HOME: step_to(ui, 0); return true;
	case KEY_END: step_to(ui, d->walk.walk.count); return true;
	case KEY_ENTER: return follow(ui);
	case 'j': smmu_next_device(d, ui->m, 1); return true;
	case 'k': smmu_next_device(d, ui->m, -1); return true;
	case 'a': next_access(&d->probe); return true;
	case 'u': d->probe.privileged = !d->probe.privileged; return true;
	case 'f':
		if (!smmu_choose_event(d, ui->m))
			ui_say(ui, false, "the event queue has had no record yet");
		return true;
	case 'g': line_open(&ui->line, "dma "); return true;
	default: return false;
	}
}

bool keys_smmu(struct ui *ui, struct key k)
{
	return !k.mods && ui->smmu.data && own_key(ui, k.code);
}
