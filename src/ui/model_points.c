/* Breakpoints and watchpoints. */
#include "ui/debugger.h"
#include "ui/words.h"

static void qualifier(char *text, size_t size, const char *name, s32 value)
{
	size_t n = 0;

	while (text[n])
		n++;
	if (value != POINT_ANY)
		snprintf(text + n, size - n, "%s%s %d", n ? ", " : "", name, value);
}

static void point(struct ui *ui, struct model *m, unsigned number, const struct point *p)
{
	static const unsigned spaces[] = {
		[POINT_VA] = HYP_SPACE_VA, [POINT_IPA] = HYP_SPACE_IPA, [POINT_PA] = HYP_SPACE_PA
	};
	static const char *const kinds[] = { [POINT_EXECUTE] = "execute",
					     [POINT_READ] = "read",
					     [POINT_WRITE] = "write",
					     [POINT_READ | POINT_WRITE] = "read, write" };
	const struct point_hit *hit = hyp_hit(ui->m);
	char symbol[128], where[96] = "";
	struct row *r = model_row(m, ROW_CELLS);

	r->id = number;
	r->current = hit->any && hit->number == number;
	model_cell(m, TONE_NUMBER, "%u", number);
	model_link(m, (struct link){ .kind = LINK_POINT, .value = number });
	model_cell(m, TONE_NAME, "%s", kinds[p->what & 7]);
	model_cell(m, TONE_ADDRESS, "%s %llx", ui_space_name(spaces[p->space]), (ull)p->at);
	model_link(m, link_to(spaces[p->space], ui->core, p->at));
	if (p->what == POINT_EXECUTE)
		model_cell(m, TONE_DIM, "%s", "");
	else
		model_cell(m, TONE_TEXT, "%llu bytes", (ull)p->size);
	qualifier(where, sizeof(where), "EL", p->el);
	qualifier(where, sizeof(where), "VMID", p->vmid);
	qualifier(where, sizeof(where), "ASID", p->asid);
	qualifier(where, sizeof(where), "core", p->core);
	model_cell(m, TONE_TEXT, "%s", where);
	model_cell(m, TONE_SYMBOL, "%s", p->what == POINT_EXECUTE ? ui_symbol(ui, p->at, symbol) : "");
	if (debugger_owns(ui, number))
		model_cell(m, TONE_DIM, "the debugger's");
}

void model_points(struct ui *ui, struct model *m)
{
	bool any = false;

	for (unsigned i = 0; i < POINTS_MAX; i++) {
		const struct point *p = hyp_point(ui->m, i);

		if (!p || (s32)i == ui->run.temporary)
			continue;
		point(ui, m, i, p);
		any = true;
	}
	if (any)
		model_line(m, ROW_NOTE, TONE_DIM, "Delete removes the selected one");
	else
		model_line(m, ROW_NOTE, TONE_DIM,
			   "No breakpoints: F9 in the disassembly sets one, \":break SYMBOL el=1 vmid=2\" too; "
			   "\":watch ADDRESS 8 w ipa\" watches memory");
}

bool keys_points(struct ui *ui, struct key k)
{
	if ((k.code != KEY_DELETE && k.code != KEY_BACKSPACE) || k.mods)
		return false;
	ui_do(ui, ACTION_delete, "");
	return true;
}
