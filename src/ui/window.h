/* The screen: SDL2 and Dear ImGui (window.cpp), or their absence (window_absent.c). */
#ifndef UI_WINDOW_H
#define UI_WINDOW_H

#include "base/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ui;
struct window;

struct window_config {
	int width, height;
	double zoom;   /* of text; 0: by the display's resolution */
	bool headless; /* nobody looks: no display is needed */
};

/* NULL: `why` says why not, in one sentence. */
struct window *window_open(struct ui *ui, const struct window_config *c, char why[256]);
void window_close(struct window *w);
/* Handle what the user did, and draw a frame; waits for something to happen for up to wait_ms. */
void window_frame(struct window *w, int wait_ms);
void window_resize(struct window *w, int width, int height);
/* What the last frame showed, as a PNG; false: `why` says why not. */
bool window_shot(struct window *w, const char *file, char why[256]);
bool window_is_built(void);
/* Go on as the program that has the window, with this command line. Returns if this is it, or there is none. */
void window_become(char *const *argv);

#ifdef __cplusplus
}
#endif
#endif
