/* Dear ImGui's triangles by SDL's renderer: no particular graphics interface is needed, nor a graphics card. */
#ifndef UI_RENDER_H
#define UI_RENDER_H

#include <SDL.h>
#include <imgui.h>

/* The atlas as a texture; NULL: SDL_GetError(). */
SDL_Texture *render_fonts(SDL_Renderer *r, ImGuiIO &io);
void render_draw(SDL_Renderer *r, const ImDrawData *data);

#endif
