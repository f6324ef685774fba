#include "ui/words.h"

void model_points(struct ui *ui, struct model *m)
{
}

bool keys_points(struct ui *ui, struct key k)
{
	return false;
}
