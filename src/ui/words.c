#include "ui/words.h"

void cell_address(struct ui *ui, struct model *m, unsigned tone, unsigned space, u64 value)
{
	model_cell(m, tone, "%016llx", (ull)value);
	model_link(m, link_to(space, ui->core, value));
}
