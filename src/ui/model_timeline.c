#include "ui/words.h"

void model_timeline(struct ui *ui, struct model *m)
{
}

bool keys_timeline(struct ui *ui, struct key k)
{
	return false;
}
