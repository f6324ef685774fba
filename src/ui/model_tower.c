#include "ui/words.h"

void model_tower(struct ui *ui, struct model *m)
{
}

bool keys_tower(struct ui *ui, struct key k)
{
	return false;
}
