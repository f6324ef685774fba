#include "ui/window.h"

#include <SDL.h>
#include <backends/imgui_impl_sdl.h>
#include <errno.h>
#include <imgui.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/fonts.h"
#include "ui/layout.h"
#include "ui/png.h"
#include "ui/render.h"

#define TEXT_PIXELS 14.0
#define STANDARD_DPI 96.0

struct window {
	struct ui *ui;
	SDL_Window *window;
	SDL_Renderer *renderer;
	SDL_Texture *fonts;
	ImFont *regular, *bold;
	double zoom;
	float pixels; /* that the fonts were made for */
	struct layout layout;
	u8 *shot; /* the pixels of the last frame, when asked for */
	int shot_width, shot_height;
	bool sdl, imgui, wants_shot;
};

/* ---- opening ---- */

static double zoom_of_display(SDL_Window *window)
{
	float dpi = 0;
	double zoom = 1;

	if (!SDL_GetDisplayDPI(SDL_GetWindowDisplayIndex(window), NULL, &dpi, NULL) && dpi > 0)
		zoom = floor(dpi / STANDARD_DPI * 4 + 0.5) / 4;
	return zoom < 1 ? 1 : zoom > 3 ? 3 : zoom;
}

static bool no_display(char why[256], const char *reason)
{
	snprintf(why, 256, "the window needs a display (%.100s); --screenshot and --dump-model do without", reason);
	return false;
}

static bool is_blind(const char *driver)
{
	return !driver || !strcmp(driver, "dummy") || !strcmp(driver, "offscreen") || !strcmp(driver, "evdev");
}

static bool start_sdl(struct window *w, bool headless, char why[256])
{
	/* The guest's clock and ours are the same process: leave its signals alone. */
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
	SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "nearest");
	if (!getenv("DISPLAY") && !getenv("WAYLAND_DISPLAY") && !getenv("SDL_VIDEODRIVER")) {
		if (!headless)
			return no_display(why, "neither DISPLAY nor WAYLAND_DISPLAY is set");
		SDL_SetHint(SDL_HINT_VIDEODRIVER, "dummy");
	}
	w->sdl = !SDL_Init(SDL_INIT_VIDEO);
	/* A display that does not answer is no reason not to make a picture. */
	if (!w->sdl && headless) {
		SDL_SetHint(SDL_HINT_VIDEODRIVER, "dummy");
		w->sdl = !SDL_Init(SDL_INIT_VIDEO);
	}
	if (!w->sdl)
		return no_display(why, SDL_GetError());
	/* SDL may take a driver that shows nothing to anybody, where the display does not answer. */
	if (!headless && !getenv("SDL_VIDEODRIVER") && is_blind(SDL_GetCurrentVideoDriver()))
		return no_display(why, "it does not answer");
	return true;
}

static bool open_sdl(struct window *w, const struct window_config *c, char why[256])
{
	Uint32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;

	if (!start_sdl(w, c->headless, why))
		return false;
	w->window = SDL_CreateWindow("hypscope", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, c->width, c->height,
				     flags);
	if (w->window)
		w->renderer = SDL_CreateRenderer(w->window, -1,
						 c->headless ? SDL_RENDERER_SOFTWARE : SDL_RENDERER_PRESENTVSYNC);
	if (w->window && !w->renderer)
		w->renderer = SDL_CreateRenderer(w->window, -1, SDL_RENDERER_SOFTWARE);
	if (!w->renderer)
		snprintf(why, 256, "the window cannot be opened: %.150s; try SDL_RENDER_DRIVER=software",
			 SDL_GetError());
	return w->renderer;
}

static void style(void)
{
	ImGuiStyle &s = ImGui::GetStyle();

	s.WindowPadding = ImVec2(0, 0);
	s.WindowBorderSize = 0;
	s.ItemSpacing = ImVec2(0, 0);
	s.ScrollbarRounding = 2;
	s.PopupRounding = 3;
	s.AntiAliasedLinesUseTex = false;
}

struct window *window_open(struct ui *ui, const struct window_config *c, char why[256])
{
	struct window *w = new window();

	w->ui = ui;
	if (!open_sdl(w, c, why)) {
		window_close(w);
		return NULL;
	}
	w->zoom = c->zoom > 0 ? c->zoom : c->headless ? 1 : zoom_of_display(w->window);
	IMGUI_CHECKVERSION();
	ImGui::CreateContext();
	w->imgui = true;
	ImGui::GetIO().IniFilename = NULL;
	ImGui_ImplSDL2_InitForSDLRenderer(w->window);
	style();
	SDL_StartTextInput();
	return w;
}

void window_close(struct window *w)
{
	if (!w)
		return;
	if (w->imgui) {
		ImGui_ImplSDL2_Shutdown();
		ImGui::DestroyContext();
	}
	if (w->fonts)
		SDL_DestroyTexture(w->fonts);
	if (w->renderer)
		SDL_DestroyRenderer(w->renderer);
	if (w->window)
		SDL_DestroyWindow(w->window);
	if (w->sdl)
		SDL_Quit();
	fonts_end();
	layout_free(&w->layout);
	free(w->shot);
	delete w;
}

void window_become(char *const *)
{
}

bool window_is_built(void)
{
	return true;
}

/* ---- input ---- */

static int named_key(SDL_Keycode k)
{
	static const struct {
		SDL_Keycode sdl;
		int code;
	} keys[] = { { SDLK_RETURN, KEY_ENTER },
		     { SDLK_KP_ENTER, KEY_ENTER },
		     { SDLK_ESCAPE, KEY_ESC },
		     { SDLK_TAB, KEY_TAB },
		     { SDLK_BACKSPACE, KEY_BACKSPACE },
		     { SDLK_DELETE, KEY_DELETE },
		     { SDLK_UP, KEY_UP },
		     { SDLK_DOWN, KEY_DOWN },
		     { SDLK_LEFT, KEY_LEFT },
		     { SDLK_RIGHT, KEY_RIGHT },
		     { SDLK_PAGEUP, KEY_PAGE_UP },
		     { SDLK_PAGEDOWN, KEY_PAGE_DOWN },
		     { SDLK_HOME, KEY_HOME },
		     { SDLK_END, KEY_END } };

	if (k >= SDLK_F1 && k <= SDLK_F12)
		return KEY_F1 + (int)(k - SDLK_F1);
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].sdl == k)
			return keys[i].code;
	return 0;
}

/* Characters come as text, whatever the keyboard's layout; with Ctrl or Alt they come only as keys. */
static void key_down(struct ui *ui, const SDL_Keysym &s)
{
	struct key k = { named_key(s.sym), 0 };

	if (s.mod & KMOD_SHIFT)
		k.mods |= MOD_SHIFT;
	if (s.mod & KMOD_CTRL)
		k.mods |= MOD_CTRL;
	if (s.mod & KMOD_ALT)
		k.mods |= MOD_ALT;
	if (!k.code && (k.mods & (MOD_CTRL | MOD_ALT)) && s.sym > ' ' && s.sym < 0x7f)
		k.code = (int)s.sym;
	if (k.code)
		ui_key(ui, k);
}

static void text_input(struct ui *ui, const char *text)
{
	for (; *text; text++)
		if (*text >= ' ' && *text < 0x7f)
			ui_key(ui, { *text, 0 });
}

static void handle(struct window *w, const SDL_Event &e)
{
	ImGui_ImplSDL2_ProcessEvent(&e);
	switch (e.type) {
	case SDL_QUIT: w->ui->quit = true; break;
	case SDL_KEYDOWN: key_down(w->ui, e.key.keysym); break;
	case SDL_TEXTINPUT:
		if (!(SDL_GetModState() & (KMOD_CTRL | KMOD_ALT)))
			text_input(w->ui, e.text.text);
		break;
	default: break;
	}
}

/* ---- a frame ---- */

static void renew_fonts(struct window *w)
{
	float pixels = floorf((float)(TEXT_PIXELS * w->zoom) + (float)w->ui->text_step);

	if (w->fonts && pixels == w->pixels)
		return;
	w->pixels = pixels;
	if (w->fonts)
		SDL_DestroyTexture(w->fonts);
	fonts_load(ImGui::GetIO(), pixels, &w->regular, &w->bold);
	w->fonts = render_fonts(w->renderer, ImGui::GetIO());
	ImGui::GetStyle().ScrollbarSize = floorf(pixels * 0.8f);
}

static void colours(const struct pen *p)
{
	ImGuiStyle &s = ImGui::GetStyle();
	const struct {
		ImGuiCol_ what;
		ImU32 colour;
	} set[] = { { ImGuiCol_Text, tone(p, TONE_TEXT) },
		    { ImGuiCol_TextDisabled, tone(p, TONE_DIM) },
		    { ImGuiCol_WindowBg, paint(p, PAINT_BACK) },
		    { ImGuiCol_PopupBg, paint(p, PAINT_BAR) },
		    { ImGuiCol_Border, paint(p, PAINT_BORDER) },
		    { ImGuiCol_HeaderHovered, paint(p, PAINT_SELECT) },
		    { ImGuiCol_ScrollbarBg, paint(p, PAINT_PANEL) },
		    { ImGuiCol_ScrollbarGrab, paint(p, PAINT_BORDER) },
		    { ImGuiCol_ScrollbarGrabHovered, tone(p, TONE_DIM) },
		    { ImGuiCol_ScrollbarGrabActive, tone(p, TONE_DIM) } };

	for (const auto &c : set)
		s.Colors[c.what] = ImGui::ColorConvertU32ToFloat4(c.colour);
}

static void keep_pixels(struct window *w)
{
	SDL_GetRendererOutputSize(w->renderer, &w->shot_width, &w->shot_height);
	w->shot = (u8 *)realloc(w->shot, 3 * (size_t)w->shot_width * (size_t)w->shot_height);
	if (w->shot && SDL_RenderReadPixels(w->renderer, NULL, SDL_PIXELFORMAT_RGB24, w->shot, 3 * w->shot_width)) {
		free(w->shot);
		w->shot = NULL;
	}
}

static void draw(struct window *w)
{
	struct pen p;

	renew_fonts(w);
	ImGui_ImplSDL2_NewFrame();
	p = { w->ui,
	      w->regular,
	      w->bold,
	      w->pixels,
	      w->regular->GetCharAdvance('0'),
	      floorf(w->pixels * 1.35f),
	      floorf(w->pixels * 0.7f) };
	p.advance *= w->pixels / w->regular->FontSize;
	colours(&p);
	ImGui::NewFrame();
	layout_draw(&p, &w->layout);
	ImGui::Render();
	SDL_SetRenderDrawColor(w->renderer, 0, 0, 0, 255);
	SDL_RenderClear(w->renderer);
	render_draw(w->renderer, ImGui::GetDrawData());
	if (w->wants_shot)
		keep_pixels(w);
	SDL_RenderPresent(w->renderer);
}

void window_frame(struct window *w, int wait_ms)
{
	SDL_Event e;

	if (wait_ms && SDL_WaitEventTimeout(&e, wait_ms)) {
		handle(w, e);
	}
	while (SDL_PollEvent(&e))
		handle(w, e);
	ui_refresh(w->ui, false);
	draw(w);
}

void window_resize(struct window *w, int width, int height)
{
	SDL_SetWindowSize(w->window, width, height);
	SDL_PumpEvents();
}

bool window_shot(struct window *w, const char *file, char why[256])
{
	w->wants_shot = true;
	window_frame(w, 0);
	w->wants_shot = false;
	errno = 0;
	if (!w->shot)
		snprintf(why, 256, "the window's pixels cannot be read: %.150s", SDL_GetError());
	else if (png_write(file, w->shot, (u32)w->shot_width, (u32)w->shot_height))
		return true;
	else
		snprintf(why, 256, "%s; --screenshot needs a file that can be written", strerror(errno));
	return false;
}
