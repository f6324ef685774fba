#include "ui/draw.h"

void draw_smmu(const struct pen *p)
{
	draw_rows(p, VIEW_SMMU);
}
