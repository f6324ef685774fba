/* A build without SDL2 or Dear ImGui: it says so. */
#include <stdio.h>

#include "ui/window.h"

struct window *window_open(struct ui *ui, const struct window_config *c, char why[256])
{
	snprintf(why, 256,
		 "this build has no window: install libsdl2-dev, libimgui-dev, libfontconfig-dev and libfreetype-dev, "
		 "and build again");
	return NULL;
}

void window_close(struct window *w)
{
}

void window_frame(struct window *w, int wait_ms)
{
}

void window_resize(struct window *w, int width, int height)
{
}

bool window_shot(struct window *w, const char *file, char why[256])
{
	return false;
}

bool window_is_built(void)
{
	return false;
}
