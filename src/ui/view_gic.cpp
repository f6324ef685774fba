#include "ui/draw.h"

void draw_gic(const struct pen *p)
{
	draw_rows(p, VIEW_GIC);
}
