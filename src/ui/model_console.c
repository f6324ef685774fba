/* What the guest wrote. */
#include <string.h>

#include "ui/console.h"
#include "ui/words.h"

#define SHOWN 1000

void model_console(struct ui *ui, struct model *m)
{
	struct view_state *v = &ui->view[VIEW_CONSOLE];
	bool at_end = v->selected < 0 || v->selected + 1 >= (s32)v->model.rows_before || ui->typing;
	u64 lines = console_lines(ui->console), shown = lines < SHOWN ? lines : SHOWN;
	char text[512];

	for (u64 i = shown; i-- > 0;)
		if (console_line(ui->console, i, text, sizeof(text) - 4) && ui_filtered(ui, VIEW_CONSOLE, text)) {
			bool caret = !i && ui->typing;

			model_line(m, ROW_CELLS, TONE_TEXT, "%s%s", text, caret ? "\u2588" : "");
		}
	/* Follow the end, unless the user looks at something above. */
	if (at_end && m->rows) {
		v->selected = (s32)m->rows - 1;
		v->reveal = true;
	}
}

bool keys_console(struct ui *ui, struct key k)
{
	if (k.code != KEY_ENTER || k.mods)
		return false;
	ui_do(ui, ACTION_type, "");
	return true;
}
