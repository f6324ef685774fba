/* All keys and commands: the tables themselves. */
#include <stdio.h>

#include "ui/words.h"

static void spelled(char *text, size_t size, const char *name)
{
	snprintf(text, size, "%s", name);
	for (; *text; text++)
		if (*text == '_')
			*text = '-';
}

static void views(struct ui *ui, struct model *m)
{
	model_line(m, ROW_HEAD, TONE_TEXT, "Views");
	for (unsigned v = 0; v < VIEWS; v++) {
		if (!ui_filtered(ui, VIEW_HELP, ui_views[v].title))
			continue;
		model_row(m, ROW_CELLS);
		model_cell(m, TONE_NUMBER, "%c", ui_views[v].key);
		model_cell(m, TONE_NAME, "%s", ui_views[v].name);
		model_link(m, (struct link){ .kind = LINK_VIEW, .value = v });
		model_cell(m, TONE_TEXT, "%s", ui_views[v].title);
	}
}

static void actions(struct ui *ui, struct model *m)
{
	char name[32];

	model_line(m, ROW_HEAD, TONE_TEXT, "Commands, by key or by name after ':'");
	for (unsigned a = 0; a < ACTIONS; a++) {
		const struct action_info *i = &ui_actions[a];

		spelled(name, sizeof(name), i->name);
		if (!ui_filtered(ui, VIEW_HELP, name) && !ui_filtered(ui, VIEW_HELP, i->help))
			continue;
		model_row(m, ROW_CELLS)->id = a;
		model_cell(m, TONE_NUMBER, "%s", i->keys);
		model_cell(m, TONE_NAME, "%s", name);
		if (!i->argument[0] || i->argument[0] == '[')
			model_link(m, (struct link){ .kind = LINK_ACTION, .value = a });
		model_cell(m, TONE_TEXT, "%s", i->help);
		if (!i->argument[0])
			continue;
		model_row(m, ROW_COLUMNS);
		model_cell(m, TONE_DIM, "%s", "");
		model_cell(m, TONE_DIM, "%s", "");
		model_cell(m, TONE_DIM, "%s %s", name, i->argument);
	}
}

static void own_keys(struct model *m)
{
	static const struct {
		u8 view;
		const char *keys, *what;
	} keys[] = {
		{ VIEW_WALK, "Right Left",
		  "one step forward, one back; Home: the first; End: how it ends; Enter: the step selected" },
		{ VIEW_WALK, "a u v",
		  "another access (read, write, fetch), unprivileged or not, another EL or an IPA" },
		{ VIEW_WALK, "g c", "type an address; back to the core's own next fetch" },
		{ VIEW_TLB, "y Backspace",
		  "try the TLBI that removes the entry selected, again: a wider one; try none" },
		{ VIEW_TLB, "g", "type a TLBI" },
		{ VIEW_TLB, "Left Right r", "sort by another column; the other way round" },
		{ VIEW_TLB, "> <", "the next entries, those before" },
		{ VIEW_GIC, "a", "all interrupts, or those that are enabled, pending or active" },
		{ VIEW_SMMU, "Right Left", "step through the access's walk, as in the walk view" },
		{ VIEW_SMMU, "f", "the access of the last event record" },
		{ VIEW_SMMU, "j k", "the next device, the one before; Enter: the stream selected" },
		{ VIEW_SMMU, "a u g", "another access, unprivileged or not; type an address and a stream" },
	};

	model_line(m, ROW_HEAD, TONE_TEXT, "In the views");
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
		model_row(m, ROW_CELLS);
		model_cell(m, TONE_NAME, "%s", ui_views[keys[i].view].title);
		model_cell(m, TONE_NUMBER, "%s", keys[i].keys);
		model_cell(m, TONE_TEXT, "%s", keys[i].what);
	}
}

void model_help(struct ui *ui, struct model *m)
{
	static const char *const moving[][2] = {
		{ "Up Down", "move within a view; PageUp, PageDown, Home, End too" },
		{ "Left Right", "choose among the addresses of a row" },
		{ "shift+Left shift+Right", "scroll sideways" },
		{ "Enter", "follow: an address to its walk, a time, a breakpoint" },
		{ "Esc", "close the command line; show all again after a filter" },
	};

	views(ui, m);
	model_line(m, ROW_HEAD, TONE_TEXT, "Moving");
	for (unsigned i = 0; i < ARRAY_SIZE(moving); i++) {
		model_row(m, ROW_CELLS);
		model_cell(m, TONE_NUMBER, "%s", moving[i][0]);
		model_cell(m, TONE_TEXT, "%s", moving[i][1]);
	}
	own_keys(m);
	actions(ui, m);
}

bool keys_help(struct ui *ui, struct key k)
{
	return false;
}
