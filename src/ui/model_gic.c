/* The interrupt controller as the core shown has it. */
#include "ui/gic_rows.h"
#include "ui/words.h"

void model_gic(struct ui *ui, struct model *m)
{
	struct hyp_gic g;

	hyp_gic(ui->m, ui->core, &g);
	model_line(m, ROW_CELLS, TONE_NAME, "core %u", ui->core);
	gic_line_rows(m, &g);
	gic_lr_rows(m, &g);
	gic_cpu_rows(m, &g);
	gic_maintenance_rows(m, ui->m, ui->core, &g);
	gic_irq_rows(m, ui->m, ui->core, &g, ui->gic.all, ui->view[VIEW_GIC].filter);
}

bool keys_gic(struct ui *ui, struct key k)
{
	if (k.mods || k.code != 'a')
		return false;
	ui->gic.all = !ui->gic.all;
	return true;
}
