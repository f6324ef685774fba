/* One translation, step by step. */
#include <stdlib.h>

#include "debug/explain.h"
#include "ui/words.h"

void model_walk(struct ui *ui, struct model *m)
{
	struct mmu_access a = { .kind = ACCESS_READ };
	struct hyp_core core;
	struct regime r;
	struct walk w;
	char *text;
	size_t size;
	FILE *f;

	hyp_core_view(ui->m, ui->core, &core);
	a.va = ui->walk.given ? ui->walk.address : core.pc;
	a.privileged = core.el != 0;
	hyp_regime(ui->m, ui->core, core.el, &r);
	hyp_walk(ui->m, ui->core, &r, &a, &w);
	f = model_lines_open(m, &text, &size);
	if (f)
		explain_walk(f, &w, &r, core.el);
	model_lines_close(m, f, &text, TONE_TEXT);
}

bool keys_walk(struct ui *ui, struct key k)
{
	return false;
}
