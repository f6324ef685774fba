/*
 * The program without its window. SDL2 brings some fifty libraries, whose loading takes longer than a short run: a
 * program of its own beside this one, hypscope-window, is linked with them. In a build without SDL2 or Dear ImGui there
 * is none, and it says so.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ui/window.h"

struct window *window_open(struct ui *ui, const struct window_config *c, char why[256])
{
	snprintf(why, 256,
		 "this build has no window: install libsdl2-dev, libimgui-dev, libfontconfig-dev and libfreetype-dev, "
		 "and build again");
	return NULL;
}

void window_become(char *const *argv)
{
	static const char suffix[] = "-window";
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - sizeof(suffix));

	if (n <= 0)
		return;
	memcpy(path + n, suffix, sizeof(suffix));
	execv(path, argv);
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
