/* Memory as bytes, through a chosen space. */
#include <string.h>

#include "ui/words.h"

#define PER_ROW 16

static void ascii(struct model *m, const u8 bytes[PER_ROW])
{
	char text[PER_ROW + 1] = { 0 };

	for (unsigned i = 0; i < PER_ROW; i++)
		text[i] = bytes[i] >= ' ' && bytes[i] < 0x7f ? (char)bytes[i] : '.';
	model_cell(m, TONE_DIM, "%s", text);
}

/* Doublewords: descriptors, saved registers and addresses are what people look for. */
static void words(struct ui *ui, struct model *m, const u8 *bytes)
{
	for (unsigned i = 0; i < PER_ROW; i += 8) {
		u64 value;

		memcpy(&value, bytes + i, 8);
		cell_address(ui, m, value ? TONE_NUMBER : TONE_DIM,
			     ui->memory.space == HYP_SPACE_IPA || ui->memory.space == HYP_SPACE_PA ? HYP_SPACE_PA
												   : HYP_SPACE_VA,
			     value);
	}
}

static void row(struct ui *ui, struct model *m, u64 at)
{
	const struct memory_state *s = &ui->memory;
	u8 bytes[PER_ROW];
	u64 n = hyp_memory_read(ui->m, s->core, s->space, at, bytes, sizeof(bytes));
	struct row *r;
	char symbol[128];

	r = model_row(m, ROW_CELLS);
	r->id = at;
	r->clip = true;
	model_cell(m, TONE_ADDRESS, "%llx", (ull)at);
	model_link(m, link_to(s->space, s->core, at));
	if (n < sizeof(bytes)) {
		model_cell(m, TONE_DIM, "not translated, or not memory");
		return;
	}
	words(ui, m, bytes);
	ascii(m, bytes);
	ui_symbol(ui, at, symbol);
	model_cell(m, TONE_SYMBOL, "%s", strchr(symbol, '+') ? "" : symbol);
}

void model_memory(struct ui *ui, struct model *m)
{
	static const char *const names[] = { [HYP_SPACE_VA] = "virtual addresses of the core's EL",
					     [HYP_SPACE_EL1] = "virtual addresses of EL1",
					     [HYP_SPACE_EL2] = "virtual addresses of EL2",
					     [HYP_SPACE_IPA] = "intermediate physical addresses",
					     [HYP_SPACE_PA] = "physical addresses" };
	struct memory_state *s = &ui->memory;
	struct view_state *v = &ui->view[VIEW_MEMORY];
	u32 rows = v->rows > 3 ? v->rows - 2 : 2;

	if (!s->given) {
		struct hyp_core core;

		hyp_core_view(ui->m, ui->core, &core);
		*s = (struct memory_state){ .given = true, .at = core.sp & ~15ull, .core = (u8)ui->core };
	}
	model_line(m, ROW_HEAD, TONE_TEXT, "Core %u, %s (c: another space)", s->core, names[s->space]);
	for (u32 i = 0; i < rows; i++)
		row(ui, m, s->at + PER_ROW * (u64)i);
	v->top = 0;
}

/* Memory has no end: at the edges it moves under the cursor. */
bool keys_memory(struct ui *ui, struct key k)
{
	struct memory_state *s = &ui->memory;
	struct view_state *v = &ui->view[VIEW_MEMORY];
	u64 page = PER_ROW * (u64)(v->rows > 4 ? v->rows - 3 : 1);

	if (k.mods)
		return false;
	switch (k.code) {
	case 'c': s->space = (u8)((s->space + 1) % (HYP_SPACE_PA + 1)); return true;
	case KEY_PAGE_UP: s->at -= page; return true;
	case KEY_PAGE_DOWN: s->at += page; return true;
	case KEY_UP:
		if (v->selected > 1)
			return false;
		s->at -= PER_ROW;
		return true;
	case KEY_DOWN:
		if (v->selected + 1 < (s32)v->model.rows)
			return false;
		s->at += PER_ROW;
		return true;
	default: return false;
	}
}
