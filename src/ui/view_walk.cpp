#include "ui/draw.h"

void draw_walk(const struct pen *p)
{
	draw_rows(p, VIEW_WALK);
}
