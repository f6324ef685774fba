#include "ui/words.h"

void model_smmu(struct ui *ui, struct model *m)
{
}

bool keys_smmu(struct ui *ui, struct key k)
{
	return false;
}
