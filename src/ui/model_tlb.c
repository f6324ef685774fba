#include "ui/words.h"

void model_tlb(struct ui *ui, struct model *m)
{
}

bool keys_tlb(struct ui *ui, struct key k)
{
	return false;
}
