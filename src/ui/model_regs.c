/* General-purpose registers, PSTATE; what changed since the stop before is marked. */
#include <stdlib.h>

#include "base/bits.h"
#include "ui/words.h"

static const struct compare *compare(const struct ui *ui)
{
	return ui->compare.any && ui->compare.core == ui->core ? &ui->compare : NULL;
}

static void reg(struct ui *ui, struct model *m, const char *name, u64 value, const u64 *was)
{
	model_cell(m, TONE_NAME, "%s", name);
	cell_address(ui, m, tone_of(was, was ? *was : 0, value, value ? TONE_NUMBER : TONE_DIM), HYP_SPACE_VA, value);
}

/* Two columns: X0 to X14 beside X15 to X29. */
static void general(struct ui *ui, struct model *m, const struct hyp_core *core)
{
	const struct compare *c = compare(ui);
	char name[8];

	for (unsigned i = 0; i < 15; i++) {
		model_row(m, ROW_CELLS)->id = i;
		snprintf(name, sizeof(name), "x%u", i);
		reg(ui, m, name, core->x[i], c ? &c->x[i] : NULL);
		snprintf(name, sizeof(name), "x%u", i + 15);
		reg(ui, m, name, core->x[i + 15], c ? &c->x[i + 15] : NULL);
	}
	model_row(m, ROW_CELLS)->id = 15;
	reg(ui, m, "x30", core->x[30], c ? &c->x[30] : NULL);
	reg(ui, m, "sp", core->sp, c ? &c->sp : NULL);
}

static void named(struct ui *ui, struct model *m, const char *name, u64 value, const u64 *was)
{
	char symbol[128];

	model_row(m, ROW_CELLS);
	reg(ui, m, name, value, was);
	model_cell(m, TONE_SYMBOL, "%s", ui_symbol(ui, value, symbol));
}

static void flag(struct model *m, const char *name, bool set)
{
	model_cell(m, set ? TONE_NUMBER : TONE_DIM, "%s", name);
}

static void pstate(struct ui *ui, struct model *m)
{
	static const struct {
		const char *name;
		u8 bit;
	} flags[] = {
		{ "N", 31 }, { "Z", 30 }, { "C", 29 }, { "V", 28 }, { "D", 9 }, { "A", 8 }, { "I", 7 }, { "F", 6 }
	};
	const struct compare *c = compare(ui);
	u64 p = hyp_pstate(ui->m, ui->core);

	model_row(m, ROW_CELLS);
	model_cell(m, TONE_NAME, "pstate");
	model_cell(m, tone_of(c, c ? c->pstate : 0, p, TONE_NUMBER), "%016llx", (ull)p);
	model_row(m, ROW_NOTE);
	for (unsigned i = 0; i < ARRAY_SIZE(flags); i++)
		flag(m, flags[i].name, bit(p, flags[i].bit));
	model_cell(m, TONE_EL0 + (unsigned)bits(p, 3, 2), "EL%u%c", (unsigned)bits(p, 3, 2), bit(p, 0) ? 'h' : 't');
	flag(m, "PAN", bit(p, 22));
	flag(m, "UAO", bit(p, 23));
	flag(m, "SS", bit(p, 21));
	flag(m, "IL", bit(p, 20));
}

void model_regs(struct ui *ui, struct model *m)
{
	const struct compare *c = compare(ui);
	struct hyp_core core;

	hyp_core_view(ui->m, ui->core, &core);
	general(ui, m, &core);
	model_row(m, ROW_GAP);
	named(ui, m, "pc", core.pc, c ? &c->pc : NULL);
	named(ui, m, "lr", core.x[30], c ? &c->x[30] : NULL);
	pstate(ui, m);
}

bool keys_regs(struct ui *ui, struct key k)
{
	return false;
}
