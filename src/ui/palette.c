#include "ui/palette.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SHOWN 12

/* "core_next" is typed as core-next. */
static void spelled(char *text, size_t size, const char *name)
{
	snprintf(text, size, "%s", name);
	for (; *text; text++)
		if (*text == '_')
			*text = '-';
}

static size_t first_word(const char *text)
{
	return strcspn(text, " ");
}

/* The action that the line names in full, with what follows its name; ACTIONS: none. */
static unsigned named(const struct ui *ui, const char **argument)
{
	const char *text = ui->line.text;
	size_t n = first_word(text);
	char name[32];

	for (unsigned a = 0; a < ACTIONS; a++) {
		spelled(name, sizeof(name), ui_actions[a].name);
		if (strlen(name) != n || strncasecmp(name, text, n))
			continue;
		*argument = text + n + strspn(text + n, " ");
		return a;
	}
	return ACTIONS;
}

/* A view's name alone shows it. */
static unsigned named_view(const struct ui *ui)
{
	for (unsigned v = 0; v < VIEWS; v++)
		if (!strcasecmp(ui->line.text, ui_views[v].name))
			return v;
	return VIEWS;
}

static bool suggests(const struct ui *ui, unsigned action)
{
	const char *text = ui->line.text;
	char name[32], word[LINE_MAX_BYTES];

	snprintf(word, sizeof(word), "%.*s", (int)first_word(text), text);
	spelled(name, sizeof(name), ui_actions[action].name);
	if (text[first_word(text)])
		return !strcasecmp(name, word);
	return strcasestr(name, word) || strcasestr(ui_actions[action].help, word);
}

/* Those whose name begins with what is typed come first. */
static unsigned suggestions(const struct ui *ui, u8 list[ACTIONS])
{
	size_t typed = first_word(ui->line.text);
	unsigned n = 0;

	for (int pass = 0; pass < 2; pass++)
		for (unsigned a = 0; a < ACTIONS; a++)
			if (suggests(ui, a) && !strncasecmp(ui_actions[a].name, ui->line.text, typed) == !pass)
				list[n++] = (u8)a;
	return n;
}

static unsigned chosen(const struct ui *ui)
{
	u8 list[ACTIONS];
	unsigned n = suggestions(ui, list);

	if (!n)
		return ACTIONS;
	return list[ui->line.choice < n ? ui->line.choice : n - 1];
}

void palette_complete(struct ui *ui)
{
	unsigned action = chosen(ui);
	char name[32], text[LINE_MAX_BYTES];

	if (action == ACTIONS || ui->line.text[first_word(ui->line.text)])
		return;
	spelled(name, sizeof(name), ui_actions[action].name);
	snprintf(text, sizeof(text), "%s%s", name, ui_actions[action].argument[0] ? " " : "");
	line_open(&ui->line, text);
}

void palette_enter(struct ui *ui)
{
	const char *argument = "";
	unsigned action = named(ui, &argument), view = named_view(ui);
	char kept[LINE_MAX_BYTES];

	if (!ui->line.text[0] && !ui->line.choice) {
		ui->line.open = false;
		return;
	}
	line_remember(&ui->line);
	if (action == ACTIONS && view == VIEWS) {
		action = ui->line.text[first_word(ui->line.text)] ? ACTIONS : chosen(ui);
		if (action == ACTIONS) {
			ui_say(ui, true, "'%.*s' is no command; help lists all", (int)first_word(ui->line.text),
			       ui->line.text);
			ui->line.open = false;
			return;
		}
		/* It needs an argument: there is more to type. */
		if (ui_actions[action].argument[0] && ui_actions[action].argument[0] != '[') {
			palette_complete(ui);
			return;
		}
	}
	ui->line.open = false;
	snprintf(kept, sizeof(kept), "%s", argument);
	if (action == ACTIONS)
		ui_show(ui, view);
	else
		ui_do(ui, action, kept);
}

void ui_palette_model(struct ui *ui, struct model *m)
{
	u8 list[ACTIONS];
	unsigned n;
	char name[32];

	model_clear(m);
	if (!ui->line.open)
		return;
	model_line(m, ROW_HEAD, TONE_TEXT, "%s%s", ui->line.filters ? "/" : ":", ui->line.text);
	if (ui->line.filters)
		return;
	n = suggestions(ui, list);
	if (n && ui->line.choice >= n)
		ui->line.choice = n - 1;
	for (unsigned i = ui->line.choice >= SHOWN ? ui->line.choice - SHOWN + 1 : 0, end = i + SHOWN; i < n && i < end;
	     i++) {
		const struct action_info *a = &ui_actions[list[i]];

		spelled(name, sizeof(name), a->name);
		model_row(m, ROW_CELLS)->current = i == ui->line.choice;
		model_cell(m, TONE_NAME, "%s", name);
		model_cell(m, TONE_DIM, "%s", a->argument);
		model_cell(m, TONE_TEXT, "%s", a->help);
		model_cell(m, TONE_NUMBER, "%s", a->keys);
	}
}
