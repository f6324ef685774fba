/* `hypscope gui`: the machine, its window, and the script that presses keys. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"
#include "cli/verbs.h"
#include "ui/console.h"
#include "ui/debugger.h"
#include "ui/drive.h"
#include "ui/script.h"
#include "ui/ui.h"
#include "ui/window.h"

#define FRAME 0.010	    /* seconds of running between frames */
#define FRAME_SERVED 0.030  /* the same with a debugger, which is heard within that time only */
#define HEADLESS_SLICE 0.25 /* nobody waits for a frame */
#define WAIT_MS 10	    /* while the machine waits */
#define IDLE_MS 100	    /* a paused window looks around so often */

struct gui {
	const struct options *o;
	struct options own; /* o, with a console of ours */
	struct session session;
	struct ui ui;
	struct console console;
	struct window *window; /* NULL: only the models */
	struct script script;
	bool scripted, batch; /* batch: it ends when the script does */
};

static void hears(void *ctx, unsigned uart, u8 byte)
{
	struct gui *g = ctx;

	if (uart != 1)
		console_put(&g->console, byte);
}

/* ---- options ---- */

static bool parse_geometry(const char *text, int *width, int *height)
{
	char end;

	return sscanf(text, "%dx%d%c", width, height, &end) == 2 && *width >= 320 && *height >= 200 &&
	       *width <= 16384 && *height <= 16384;
}

static bool window_options(const struct options *o, struct window_config *c, struct error *e)
{
	char *end;

	*c = (struct window_config){ .width = 1280, .height = 800 };
	if (o->size && !parse_geometry(o->size, &c->width, &c->height))
		return error_set(e, ERROR_USAGE, "--size takes WIDTHxHEIGHT from 320x200 on, not '%s'", o->size);
	if (o->zoom) {
		c->zoom = strtod(o->zoom, &end);
		if (*end || !(c->zoom >= 0.5 && c->zoom <= 4))
			return error_set(e, ERROR_USAGE, "--zoom takes a factor from 0.5 to 4, not '%s'", o->zoom);
	}
	c->headless = o->screenshot != NULL;
	return true;
}

/* ---- scripts ---- */

static bool shot(struct gui *g, const char *file, struct error *e)
{
	char why[256];

	if (!g->window)
		return error_set(e, ERROR_USAGE, "%s: a screenshot needs the window: add --screenshot", file);
	/* Two frames: the first may measure what the second shows. */
	for (int i = 0; i < 2; i++) {
		ui_refresh(&g->ui, false);
		window_frame(g->window, 0);
	}
	return window_shot(g->window, file, why) || error_set(e, ERROR_FILE, "%s: %s", file, why);
}

static bool resize(struct gui *g, const char *arg, struct error *e)
{
	int width, height;

	if (!parse_geometry(arg, &width, &height))
		return error_set(e, ERROR_USAGE, "--keys: size:%s is no size: WIDTHxHEIGHT, from 320x200 on", arg);
	if (g->window)
		window_resize(g->window, width, height);
	return true;
}

/* Press keys until a frame is to be drawn. False: an error. */
static bool press_keys(struct gui *g, struct error *e)
{
	char arg[256];

	while (g->scripted) {
		switch (script_step(&g->script, &g->ui, arg, e)) {
		case SCRIPT_GOES_ON: break;
		case SCRIPT_DRAW: return true;
		case SCRIPT_SHOT:
			if (!shot(g, arg, e))
				return false;
			break;
		case SCRIPT_SIZE:
			if (!resize(g, arg, e))
				return false;
			break;
		case SCRIPT_ENDED: g->scripted = false; break;
		case SCRIPT_ERROR: return false;
		}
	}
	return true;
}

/* ---- running ---- */

static bool results(struct gui *g, struct error *e)
{
	FILE *f;

	if (g->o->screenshot && !shot(g, g->o->screenshot, e))
		return false;
	if (!g->o->dump_model)
		return true;
	f = !strcmp(g->o->dump_model, "-") ? stdout : fopen(g->o->dump_model, "w");
	if (!f)
		return error_set(e, ERROR_FILE, "%s: %s; --dump-model needs a file that can be written",
				 g->o->dump_model, strerror(errno));
	ui_dump(&g->ui, f);
	if (f != stdout && fclose(f))
		return error_set(e, ERROR_FILE, "%s: %s", g->o->dump_model, strerror(errno));
	return true;
}

/* How long a frame may wait for the user: not at all while there is something to run. */
static int wait_ms(const struct gui *g, bool ran)
{
	bool hurries = g->batch || (g->scripted && !g->ui.debugger.server);

	if (hurries || (ran ? !g->ui.run.idle : g->ui.debugger.has))
		return 0;
	return ran ? WAIT_MS : IDLE_MS;
}

static double slice(const struct gui *g)
{
	return g->batch ? HEADLESS_SLICE : g->ui.debugger.has ? FRAME_SERVED : FRAME;
}

static bool loop(struct gui *g, struct error *e)
{
	debugger_start(&g->ui);
	ui_refresh(&g->ui, false);
	while (!g->ui.quit) {
		bool ran = ui_run_slice(&g->ui, slice(g));

		ui_refresh(&g->ui, false);
		if (g->window)
			window_frame(g->window, wait_ms(g, ran));
		if (!press_keys(g, e))
			return false;
		if (g->batch && !g->scripted)
			return results(g, e);
	}
	return true;
}

static bool open_machine(struct gui *g, struct error *e)
{
	struct frontend f = { .hears = hears, .ctx = g, .real_time = !g->batch && !g->scripted };

	g->own = *g->o;
	if (!g->own.serial)
		g->own.serial = "null";
	if (!session_open_for(&g->session, &g->own, false, &f, e))
		return false;
	if (!ui_init(&g->ui, &g->session, g->o))
		return error_set(e, ERROR_FILE, "gui: %s", strerror(ENOMEM));
	g->ui.console = &g->console;
	g->ui.bound.final = g->batch;
	g->ui.light = g->o->theme;
	return !g->o->at || drive_at(&g->ui, g->o->at, e);
}

static bool open_window(struct gui *g, struct error *e)
{
	struct window_config c;
	char why[256];

	if (!window_options(g->o, &c, e))
		return false;
	if (g->o->dump_model && !g->o->screenshot)
		return true;
	g->window = window_open(&g->ui, &c, why);
	return g->window || error_set(e, ERROR_USAGE, "%s", why);
}

static bool open_all(struct gui *g, struct error *e)
{
	if (g->o->keys && !script_open(&g->script, g->o->keys, e))
		return false;
	g->scripted = g->o->keys;
	g->batch = g->o->screenshot || g->o->dump_model;
	if (!window_is_built() && !g->o->dump_model)
		return open_window(g, e);
	return open_machine(g, e) && open_window(g, e);
}

void gui_become(int argc, char *const *argv)
{
	char **all = calloc((size_t)argc + 3, sizeof(*all));

	if (!all)
		return;
	all[0] = (char *)"hypscope";
	all[1] = (char *)"gui";
	memcpy(all + 2, argv, (size_t)argc * sizeof(*all));
	window_become(all);
	free(all);
}

bool gui_image(const struct options *o, int *status, struct error *e)
{
	struct gui *g = calloc(1, sizeof(*g));
	bool ok;

	if (!g)
		return error_set(e, ERROR_FILE, "gui: %s", strerror(ENOMEM));
	g->o = o;
	ok = open_all(g, e) && loop(g, e);
	*status = g->ui.bound.reached && (g->batch || o->keys) ? EXIT_BOUND : 0;
	if (g->session.gdb)
		gdb_server_ended(g->session.gdb, *status);
	window_close(g->window);
	if (g->session.o) {
		ui_free(&g->ui);
		ok = session_close(&g->session, e) && ok;
	}
	script_close(&g->script);
	free(g);
	return ok;
}
