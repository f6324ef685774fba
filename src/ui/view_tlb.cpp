#include "ui/draw.h"

void draw_tlb(const struct pen *p)
{
	draw_rows(p, VIEW_TLB);
}
