/* What can be done: a function an action of actions.def. `arg` is what was written after its name, or "". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/options.h"
#include "ui/debugger.h"
#include "ui/drive.h"
#include "ui/ui.h"

typedef unsigned long long ull;

const struct action_info ui_actions[ACTIONS] = {
#define ACTION(name, keys, argument, help) { #name, keys, argument, help },
#include "ui/actions.def"
#undef ACTION
};

/* ---- arguments ---- */

static bool value_or_say(struct ui *ui, const char *text, u64 *value)
{
	if (ui_value(ui, text, value))
		return true;
	ui_say(ui, true, "'%s' is no number, register or symbol", text);
	return false;
}

/* The next word of *text, which moves on; false: there is none. */
static bool take_word(const char **text, char word[64])
{
	int used = 0;

	if (sscanf(*text, " %63s%n", word, &used) != 1)
		return false;
	*text += used;
	return true;
}

/* "ADDRESS [SPACE]", or what is selected. */
static bool take_address(struct ui *ui, const char *arg, struct link *at)
{
	char word[64];
	unsigned space = HYP_SPACE_VA;

	if (!take_word(&arg, word)) {
		if (ui_address(ui, at))
			return true;
		ui_say(ui, true, "no address is selected here: give one");
		return false;
	}
	*at = (struct link){ .kind = LINK_ADDRESS, .core = (u8)ui->core };
	if (!value_or_say(ui, word, &at->value))
		return false;
	if (take_word(&arg, word) && !ui_space(word, &space)) {
		ui_say(ui, true, "'%s' is no space: va, el1, el2, ipa and pa are", word);
		return false;
	}
	at->space = (u8)space;
	return true;
}

/* ---- running ---- */

static void act_run(struct ui *ui, const char *arg)
{
	u64 n = 0;

	if (ui->run.mode != RUN_PAUSED)
		drive_pause(ui);
	else if (!*arg || value_or_say(ui, arg, &n))
		drive_run(ui, n);
}

static void act_step(struct ui *ui, const char *arg)
{
	u64 n = 1;

	if (!*arg || value_or_say(ui, arg, &n))
		drive_steps(ui, n);
}

static void act_over(struct ui *ui, const char *arg)
{
	drive_over(ui);
}

static void act_out(struct ui *ui, const char *arg)
{
	struct hyp_core core;

	hyp_core_view(ui->m, ui->core, &core);
	drive_to(ui, core.x[30], true);
}

static void act_level(struct ui *ui, const char *arg)
{
	drive_until(ui, RUN_LEVEL);
}

static void act_exit(struct ui *ui, const char *arg)
{
	drive_until(ui, RUN_EXIT);
}

static void act_until(struct ui *ui, const char *arg)
{
	struct link at;

	if (take_address(ui, arg, &at))
		drive_to(ui, at.value, false);
}

static void act_back(struct ui *ui, const char *arg)
{
	u64 n = 1;

	if (!*arg || value_or_say(ui, arg, &n))
		drive_back(ui, n);
}

static void act_reverse(struct ui *ui, const char *arg)
{
	drive_reverse(ui);
}

static void act_cycle(struct ui *ui, const char *arg)
{
	u64 n;

	if (value_or_say(ui, arg, &n))
		drive_cycle(ui, ui->core, n);
}

static void act_present(struct ui *ui, const char *arg)
{
	drive_present(ui);
}

static void act_power(struct ui *ui, const char *arg)
{
	hyp_power_key(ui->m);
	ui_say(ui, false, "power key pressed");
}

static void act_reset(struct ui *ui, const char *arg)
{
	if (debugger_refuses(ui))
		return;
	if (ui->run.mode != RUN_PAUSED)
		drive_pause(ui);
	if (!hyp_restart(ui->m)) {
		ui_say(ui, true, "the images cannot be loaded again");
		return;
	}
	ui->run.over = false;
	ui->run.epoch++;
	ui->disasm.pinned = false;
	ui_say(ui, false, "the machine begins anew");
}

/* ---- breakpoints ---- */

static bool qualifier(struct ui *ui, const char *word, struct point *p)
{
	const struct {
		const char *name;
		s32 *to;
	} known[] = { { "el=", &p->el }, { "vmid=", &p->vmid }, { "asid=", &p->asid }, { "core=", &p->core } };
	u64 n;

	for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
		if (!strncmp(word, known[i].name, strlen(known[i].name)) &&
		    parse_number(word + strlen(known[i].name), &n) && n <= 0xffff) {
			*known[i].to = (s32)n;
			return true;
		}
	ui_say(ui, true, "'%s' is not known here: el=N, vmid=N, asid=N and core=N are", word);
	return false;
}

static s32 breakpoint_at(const struct ui *ui, u64 at)
{
	for (unsigned i = 0; i < POINTS_MAX; i++) {
		const struct point *p = hyp_point(ui->m, i);

		if (p && p->what == POINT_EXECUTE && p->at == at && (s32)i != ui->run.temporary)
			return (s32)i;
	}
	return -1;
}

static bool remove_point(struct ui *ui, unsigned n)
{
	if (debugger_owns(ui, n)) {
		ui_say(ui, true, "breakpoint %u is the debugger's: it is deleted there", n);
		return false;
	}
	hyp_point_remove(ui->m, n);
	return true;
}

static void add_point(struct ui *ui, const struct point *p)
{
	int n = hyp_point_add(ui->m, p);

	if (n < 0)
		ui_say(ui, true, "there are %u already: delete one", POINTS_MAX);
	else
		ui_say(ui, false, "%s %d at 0x%llx", p->what == POINT_EXECUTE ? "breakpoint" : "watchpoint", n,
		       (ull)p->at);
}

static void act_break(struct ui *ui, const char *arg)
{
	struct point p = { .what = POINT_EXECUTE,
			   .space = POINT_VA,
			   .core = POINT_ANY,
			   .el = POINT_ANY,
			   .vmid = POINT_ANY,
			   .asid = POINT_ANY };
	bool toggles = !*arg;
	struct link at;
	char word[64];
	s32 old;

	if (take_word(&arg, word) ? !value_or_say(ui, word, &p.at) : !take_address(ui, "", &at))
		return;
	if (toggles)
		p.at = at.value;
	while (take_word(&arg, word))
		if (!qualifier(ui, word, &p))
			return;
	old = breakpoint_at(ui, p.at);
	if (toggles && old >= 0) {
		if (remove_point(ui, (unsigned)old))
			ui_say(ui, false, "breakpoint %d removed", old);
		return;
	}
	add_point(ui, &p);
}

static bool watch_word(struct ui *ui, const char *word, struct point *p)
{
	static const char *const kinds[] = { "r", "w", "rw" }, *const point_spaces[] = { "va", "ipa", "pa" };
	static const u8 what[] = { POINT_READ, POINT_WRITE, POINT_READ | POINT_WRITE };

	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(word, kinds[i])) {
			p->what = what[i];
			return true;
		}
		if (!strcmp(word, point_spaces[i])) {
			p->space = (u8)(POINT_VA + i);
			return true;
		}
	}
	if (parse_number(word, &p->size) && p->size)
		return true;
	ui_say(ui, true, "'%s' is not known here: a size, r, w, rw, va, ipa and pa are", word);
	return false;
}

static void act_watch(struct ui *ui, const char *arg)
{
	struct point p = { .what = POINT_WRITE,
			   .space = POINT_VA,
			   .size = 8,
			   .core = POINT_ANY,
			   .el = POINT_ANY,
			   .vmid = POINT_ANY,
			   .asid = POINT_ANY };
	char word[64];

	if (!take_word(&arg, word)) {
		ui_say(ui, true, "watch needs an address");
		return;
	}
	if (!value_or_say(ui, word, &p.at))
		return;
	while (take_word(&arg, word))
		if (!watch_word(ui, word, &p))
			return;
	add_point(ui, &p);
}

static void act_delete(struct ui *ui, const char *arg)
{
	const struct link *l = ui_link(ui, ui->focus);
	u64 n;

	if (!strcmp(arg, "all")) {
		for (unsigned i = 0; i < POINTS_MAX; i++)
			if (hyp_point(ui->m, i))
				remove_point(ui, i);
		return;
	}
	if (!*arg && l && l->kind == LINK_POINT)
		n = l->value;
	else if (!parse_number(arg, &n)) {
		ui_say(ui, true, "give a breakpoint's number, or all");
		return;
	}
	if (n >= POINTS_MAX || !hyp_point(ui->m, (unsigned)n)) {
		ui_say(ui, true, "there is no breakpoint %llu", (ull)n);
		return;
	}
	if (remove_point(ui, (unsigned)n))
		ui_say(ui, false, "breakpoint %llu removed", (ull)n);
}

/* ---- where to look ---- */

static void act_walk(struct ui *ui, const char *arg)
{
	struct link at;

	if (take_address(ui, arg, &at))
		ui_show_walk(ui, at.value, at.space, at.core);
}

static void act_tlbi(struct ui *ui, const char *arg)
{
	tlb_try(ui, arg);
}

static void act_dma(struct ui *ui, const char *arg)
{
	smmu_try(ui, arg);
}

static void act_memory(struct ui *ui, const char *arg)
{
	struct link at;

	if (take_address(ui, arg, &at))
		ui_show_memory(ui, at.value, at.space, at.core);
}

static void act_code(struct ui *ui, const char *arg)
{
	struct link at;

	if (take_address(ui, arg, &at))
		ui_show_code(ui, at.value, at.core);
}

static void act_here(struct ui *ui, const char *arg)
{
	ui->disasm.pinned = false;
	ui->walk.given = false;
	ui_show(ui, VIEW_DISASM);
}

static void choose_core(struct ui *ui, unsigned core)
{
	ui->core = core;
	ui->disasm.pinned = false;
	ui->compare.any = false;
}

static void act_core(struct ui *ui, const char *arg)
{
	u64 n;

	if (!parse_number(arg, &n) || n >= hyp_core_count(ui->m))
		ui_say(ui, true, "cores are numbered from 0 to %u", hyp_core_count(ui->m) - 1);
	else
		choose_core(ui, (unsigned)n);
}

static void act_core_next(struct ui *ui, const char *arg)
{
	choose_core(ui, (ui->core + 1) % hyp_core_count(ui->m));
}

static void act_core_before(struct ui *ui, const char *arg)
{
	choose_core(ui, (ui->core + hyp_core_count(ui->m) - 1) % hyp_core_count(ui->m));
}

static void act_filter(struct ui *ui, const char *arg)
{
	struct view_state *v = &ui->view[ui->focus];

	if (*arg) {
		snprintf(v->filter, sizeof(v->filter), "%s", arg);
		return;
	}
	line_open(&ui->line, v->filter);
	ui->line.filters = true;
}

static void act_type(struct ui *ui, const char *arg)
{
	bool types = !ui->typing || ui->focus != VIEW_CONSOLE;

	ui_show(ui, VIEW_CONSOLE);
	ui->typing = types;
	ui_say(ui, false, types ? "what you type goes to the guest, until F2" : "%s", "");
}

static void act_view(struct ui *ui, const char *arg)
{
	for (unsigned v = 0; v < VIEWS; v++)
		if (!strcasecmp(arg, ui_views[v].name)) {
			ui_show(ui, v);
			return;
		}
	ui_say(ui, true, "'%s' is no view: help lists them", arg);
}

/* The next view on the screen, in the order of the table. */
static void focus_step(struct ui *ui, unsigned step)
{
	unsigned v = ui->focus;

	do
		v = (v + step) % VIEWS;
	while (v != ui->focus && (ui->zoomed ? ui_area_of(ui, v) != ui_area_of(ui, ui->focus) : !ui_on_screen(ui, v)));
	ui_show(ui, v);
}

static void act_next(struct ui *ui, const char *arg)
{
	focus_step(ui, 1);
}

static void act_before(struct ui *ui, const char *arg)
{
	focus_step(ui, VIEWS - 1);
}

static void act_zoom(struct ui *ui, const char *arg)
{
	ui->zoomed = !ui->zoomed;
}

static void act_theme(struct ui *ui, const char *arg)
{
	ui->light = *arg ? !strcmp(arg, "light") : !ui->light;
}

static void act_larger(struct ui *ui, const char *arg)
{
	ui->text_step += ui->text_step < 12;
}

static void act_smaller(struct ui *ui, const char *arg)
{
	ui->text_step -= ui->text_step > -4;
}

static void act_commands(struct ui *ui, const char *arg)
{
	ui->line.filters = false;
	line_open(&ui->line, "");
}

static void act_help(struct ui *ui, const char *arg)
{
	ui_show(ui, VIEW_HELP);
}

static void act_quit(struct ui *ui, const char *arg)
{
	ui->quit = true;
}

void ui_do(struct ui *ui, unsigned action, const char *argument)
{
	static void (*const acts[ACTIONS])(struct ui * ui, const char *arg) = {
#define ACTION(name, keys, arguments, help) act_##name,
#include "ui/actions.def"
#undef ACTION
	};

	acts[action](ui, argument);
}
