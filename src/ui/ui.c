#include "ui/ui.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/image_symbols.h"
#include "cli/session.h"
#include "cpu/sysreg.h"
#include "ui/console.h"
#include "ui/drive.h"
#include "ui/record.h"

const struct view_info ui_views[VIEWS] = {
#define VIEW(ID, view, hotkey, place, words) { #view, words, hotkey, place },
#include "ui/views.def"
#undef VIEW
};

static void (*const models[VIEWS])(struct ui *ui, struct model *m) = {
#define VIEW(ID, view, hotkey, place, words) model_##view,
#include "ui/views.def"
#undef VIEW
};

bool ui_init(struct ui *ui, struct session *s, const struct options *o)
{
	memset(ui, 0, sizeof(*ui));
	ui->session = s;
	ui->m = s->m;
	ui->options = o;
	ui->run.temporary = -1;
	ui->bound.insns = o->max_insns ? s->first_insns + o->max_insns : 0;
	ui->bound.seconds = o->timeout;
	ui->sysregs.open = -1;
	ui->shown[AREA_CODE] = VIEW_DISASM;
	ui->shown[AREA_LOWER] = VIEW_CONSOLE;
	ui->shown[AREA_MAIN] = VIEW_WALK;
	ui->shown[AREA_TOWER] = VIEW_TOWER;
	ui->shown[AREA_REGS] = VIEW_REGS;
	for (unsigned v = 0; v < VIEWS; v++) {
		ui->view[v].rows = 32;
		ui->view[v].columns = 100;
	}
	ui->symbols = image_symbols(o);
	ui->record = record_start(ui->m);
	ui->compare.sysreg = calloc(SR_COUNT, sizeof(u64));
	return ui->record && ui->compare.sysreg;
}

void ui_free(struct ui *ui)
{
	for (unsigned v = 0; v < VIEWS; v++)
		model_free(&ui->view[v].model);
	walk_state_free(&ui->walk);
	tlb_state_free(&ui->tlb);
	smmu_state_free(&ui->smmu);
	record_stop(ui->record);
	symbol_table_free(ui->symbols);
	free(ui->compare.sysreg);
}

/* ---- what is where ---- */

unsigned ui_area_of(const struct ui *ui, unsigned view)
{
	unsigned area = ui_views[view].area;

	return ui->narrow && (area == AREA_TOWER || area == AREA_REGS) ? AREA_MAIN : area;
}

unsigned ui_area_views(const struct ui *ui, unsigned area, u8 views[VIEWS])
{
	unsigned n = 0;

	for (unsigned v = 0; v < VIEWS; v++)
		if (ui_area_of(ui, v) == area)
			views[n++] = (u8)v;
	return n;
}

bool ui_on_screen(const struct ui *ui, unsigned view)
{
	return ui->zoomed ? ui->focus == view : ui->shown[ui_area_of(ui, view)] == view;
}

void ui_show(struct ui *ui, unsigned view)
{
	ui->shown[ui_area_of(ui, view)] = (u8)view;
	ui->focus = (u8)view;
	if (view != VIEW_CONSOLE)
		ui->typing = false;
}

void ui_show_walk(struct ui *ui, u64 address, unsigned space, unsigned core)
{
	ui->walk = (struct walk_state){
		.given = true, .address = address, .space = (u8)space, .core = (u8)core, .data = ui->walk.data
	};
	ui_show(ui, VIEW_WALK);
}

void ui_show_memory(struct ui *ui, u64 address, unsigned space, unsigned core)
{
	ui->memory = (struct memory_state){ .given = true,
					    .at = address & ~15ull,
					    .space = (u8)space,
					    .core = (u8)core,
					    .offset = (u32)(address & 15) };
	ui_show(ui, VIEW_MEMORY);
}

void ui_show_code(struct ui *ui, u64 address, unsigned core)
{
	ui->core = core;
	ui->disasm = (struct disasm_state){ .pinned = true, .at = address & ~3ull, .cursor = address & ~3ull };
	ui_show(ui, VIEW_DISASM);
}

/* ---- what is selected ---- */

const struct link *ui_link(const struct ui *ui, unsigned view)
{
	const struct view_state *v = &ui->view[view];
	const struct link *found = NULL;
	const struct row *r;
	u32 n = 0;

	if (v->selected < 0 || v->selected >= (s32)v->model.rows)
		return NULL;
	r = &v->model.row[v->selected];
	for (u32 i = 0; i < r->count; i++) {
		const struct link *l = &v->model.cell[r->first + i].link;

		if (l->kind == LINK_NONE || n++ > v->cell)
			continue;
		found = l;
	}
	return found;
}

bool ui_address(const struct ui *ui, struct link *address)
{
	const struct link *l = ui_link(ui, ui->focus);
	const struct view_state *v = &ui->view[ui->focus];

	if (l && l->kind != LINK_ADDRESS && v->selected >= 0)
		l = model_row_link(&v->model, &v->model.row[v->selected], LINK_ADDRESS);
	if (!l || l->kind != LINK_ADDRESS)
		return false;
	*address = *l;
	return true;
}

void ui_choose(struct ui *ui, unsigned view, u64 value)
{
	if (view == VIEW_WALK)
		walk_choose(ui, value);
	else if (view == VIEW_SMMU)
		smmu_choose(ui, value);
}

void ui_activate(struct ui *ui, const struct link *link)
{
	char text[32];

	switch (link->kind) {
	case LINK_ADDRESS: ui_show_walk(ui, link->value, link->space, link->core); break;
	case LINK_VIEW: ui_show(ui, (unsigned)link->value); break;
	case LINK_ACTION: ui_do(ui, (unsigned)link->value, ""); break;
	case LINK_CYCLE: drive_cycle(ui, link->core, link->value); break;
	case LINK_CORE:
		snprintf(text, sizeof(text), "%u", (unsigned)link->value);
		ui_do(ui, ACTION_core, text);
		break;
	case LINK_POINT:
		snprintf(text, sizeof(text), "%u", (unsigned)link->value);
		ui_do(ui, ACTION_delete, text);
		break;
	default: break;
	}
}

/* ---- values and names ---- */

static const char *const spaces[] = { [HYP_SPACE_VA] = "va",
				      [HYP_SPACE_EL1] = "el1",
				      [HYP_SPACE_EL2] = "el2",
				      [HYP_SPACE_IPA] = "ipa",
				      [HYP_SPACE_PA] = "pa" };

bool ui_space(const char *text, unsigned *space)
{
	for (unsigned i = 0; i < ARRAY_SIZE(spaces); i++)
		if (!strcasecmp(text, spaces[i])) {
			*space = i;
			return true;
		}
	return false;
}

const char *ui_space_name(unsigned space)
{
	return space < ARRAY_SIZE(spaces) ? spaces[space] : "?";
}

u64 ui_sysreg(const struct ui *ui, unsigned reg)
{
	u64 value = 0;

	return hyp_sysreg(ui->m, ui->core, reg, &value) ? value : 0;
}

static bool general_register(const struct ui *ui, const char *text, u64 *value)
{
	struct hyp_core core;
	u64 n;

	hyp_core_view(ui->m, ui->core, &core);
	if (!strcasecmp(text, "pc"))
		*value = core.pc;
	else if (!strcasecmp(text, "sp"))
		*value = core.sp;
	else if (tolower((u8)text[0]) == 'x' && parse_number(text + 1, &n) && n < 31)
		*value = core.x[n];
	else
		return false;
	return true;
}

static bool plain_value(struct ui *ui, const char *text, u64 *value)
{
	enum sysreg reg;

	if (parse_number(text, value) || general_register(ui, text, value) ||
	    (ui->symbols && symbol_table_find(ui->symbols, text, value)))
		return true;
	reg = sysreg_find(text);
	return reg != SR_COUNT && hyp_sysreg(ui->m, ui->core, reg, value);
}

bool ui_value(struct ui *ui, const char *text, u64 *value)
{
	const char *plus = strchr(text, '+');
	char name[128];
	u64 offset = 0;

	snprintf(name, sizeof(name), "%.*s", plus ? (int)(plus - text) : (int)strlen(text), text);
	if ((plus && !parse_number(plus + 1, &offset)) || !plain_value(ui, name, value))
		return false;
	*value += offset;
	return true;
}

const char *ui_symbol(struct ui *ui, u64 address, char text[128])
{
	if (!ui->symbols || !symbol_table_at(ui->symbols, address, text))
		text[0] = 0;
	return text;
}

bool ui_filtered(const struct ui *ui, unsigned view, const char *text)
{
	const char *filter = ui->view[view].filter;

	return !filter[0] || strcasestr(text, filter);
}

void ui_say(struct ui *ui, bool bad, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ui->message, sizeof(ui->message), format, args);
	va_end(args);
	ui->message_bad = bad;
}

/* ---- models ---- */

static void keep_selection(struct view_state *v)
{
	const struct model *m = &v->model;
	s32 at = v->selected;

	if (at >= (s32)m->rows)
		at = (s32)m->rows - 1;
	while (at >= 0 && !row_selectable(&m->row[at]))
		at--;
	for (u32 i = 0; at < 0 && i < m->rows; i++)
		if (row_selectable(&m->row[i]))
			at = (s32)i;
	v->selected = at;
}

/* Something changed the past: what came after it will not be. */
static void forget_future(struct ui *ui)
{
	struct hyp_history h;

	if (!hyp_history(ui->m, &h))
		return;
	if (h.newest.insns < ui->run.newest)
		record_back_to(ui->record, hyp_position(ui->m).cycles);
	ui->run.newest = h.newest.insns;
}

void ui_refresh(struct ui *ui, bool all)
{
	forget_future(ui);
	for (unsigned v = 0; v < VIEWS; v++) {
		if (!all && !ui_on_screen(ui, v))
			continue;
		model_clear(&ui->view[v].model);
		models[v](ui, &ui->view[v].model);
		keep_selection(&ui->view[v]);
	}
}

static const char *core_state(const struct hyp_stall *s)
{
	static const char *const words[] = { [HYP_CORE_RUNS] = "",
					     [HYP_CORE_WFI] = "waits (WFI)",
					     [HYP_CORE_WFE] = "waits (WFE)",
					     [HYP_CORE_OFF] = "off",
					     [HYP_CORE_LOCKUP] = "locked up" };

	return words[s->state];
}

void ui_status_model(struct ui *ui, struct model *m)
{
	struct hyp_history h;
	struct hyp_stall s;

	hyp_core_stall(ui->m, ui->core, &s);
	model_clear(m);
	model_row(m, ROW_CELLS);
	model_cell(m,
		   ui->run.over	  ? TONE_BAD
		   : ui->run.mode ? TONE_GOOD
				  : TONE_WARN,
		   "%s",
		   ui->run.over	  ? "ended"
		   : ui->run.mode ? "running"
				  : "paused");
	model_cell(m, TONE_TEXT, "core %u/%u", ui->core, hyp_core_count(ui->m));
	model_cell(m, TONE_EL0 + s.el, "EL%u %s", s.el, s.secure ? "Secure" : "Non-secure");
	if (s.in_guest)
		model_cell(m, TONE_WORLD + s.vmid % WORLD_TONES, "VM %u", s.vmid);
	if (s.state != HYP_CORE_RUNS)
		model_cell(m, TONE_WARN, "%s", core_state(&s));
	model_cell(m, TONE_DIM, "cycle %llu", (unsigned long long)s.now);
	model_cell(m, TONE_DIM, "insn %llu", (unsigned long long)hyp_insns(ui->m));
	if (hyp_history(ui->m, &h) && h.in_past)
		model_cell(m, TONE_EL3, "past: %llu insns before the present",
			   (unsigned long long)(h.newest.insns - hyp_insns(ui->m)));
	if (ui->debugger.has)
		model_cell(m, TONE_NAME, "debugger");
	else if (ui->debugger.server)
		model_cell(m, TONE_DIM, "gdb: port %u", gdb_server_port(ui->debugger.server));
	if (ui->message[0])
		model_cell(m, ui->message_bad ? TONE_BAD : TONE_TEXT, "%s", ui->message);
}

static void dump_extra(struct ui *ui, FILE *out, const char *title, void (*fill)(struct ui *ui, struct model *m))
{
	struct model m = { 0 };

	fill(ui, &m);
	if (m.rows) {
		fprintf(out, "[%s]\n", title);
		model_dump(out, &m, -1);
	}
	model_free(&m);
}

void ui_dump(struct ui *ui, FILE *out)
{
	ui_refresh(ui, true);
	dump_extra(ui, out, "status", ui_status_model);
	dump_extra(ui, out, "line", ui_palette_model);
	for (unsigned v = 0; v < VIEWS; v++) {
		fprintf(out, "[%s]%s%s\n", ui_views[v].name, ui_on_screen(ui, v) ? " shown" : "",
			ui->focus == v ? " focus" : "");
		model_dump(out, &ui->view[v].model, ui->view[v].selected);
	}
}
