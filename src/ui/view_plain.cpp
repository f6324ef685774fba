/* Views whose rows say all. */
#include "ui/draw.h"

void draw_disasm(const struct pen *p)
{
	draw_rows(p, VIEW_DISASM);
}

void draw_regs(const struct pen *p)
{
	draw_rows(p, VIEW_REGS);
}

void draw_tower(const struct pen *p)
{
	draw_rows(p, VIEW_TOWER);
}

void draw_sysregs(const struct pen *p)
{
	draw_rows(p, VIEW_SYSREGS);
}

void draw_memory(const struct pen *p)
{
	draw_rows(p, VIEW_MEMORY);
}

void draw_console(const struct pen *p)
{
	draw_rows(p, VIEW_CONSOLE);
}

void draw_points(const struct pen *p)
{
	draw_rows(p, VIEW_POINTS);
}

void draw_timeline(const struct pen *p)
{
	draw_rows(p, VIEW_TIMELINE);
}

void draw_help(const struct pen *p)
{
	draw_rows(p, VIEW_HELP);
}
