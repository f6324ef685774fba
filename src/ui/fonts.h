/* Fonts of one width, from the system, by fontconfig. */
#ifndef UI_FONTS_H
#define UI_FONTS_H

#include <imgui.h>

/* Fill the atlas with a regular and a bold font of so many pixels. False: there is none (ImGui's own stands in). */
bool fonts_load(ImGuiIO &io, float pixels, ImFont **regular, ImFont **bold);
/* Give back what fontconfig keeps. */
void fonts_end(void);

#endif
