#include "ui/words.h"

void model_gic(struct ui *ui, struct model *m)
{
}

bool keys_gic(struct ui *ui, struct key k)
{
	return false;
}
