#include "ui/words.h"

void model_sysregs(struct ui *ui, struct model *m)
{
}

bool keys_sysregs(struct ui *ui, struct key k)
{
	return false;
}
