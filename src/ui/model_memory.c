#include "ui/words.h"

void model_memory(struct ui *ui, struct model *m)
{
}

bool keys_memory(struct ui *ui, struct key k)
{
	return false;
}
