/* Where things stand on the screen: toolbar, areas with their tabs, splitters, state line, command line. */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include "ui/draw.h"

/* What the user moved: shares of the space, 0 to 1. */
struct layout {
	float right = 0;     /* of the width; 0: as wide as the registers */
	float code = 0.47f;  /* of the width that is left */
	float lower = 0.34f; /* of the height, below the code */
	float tower = 0.42f; /* of the height, above the registers */
	struct model status, palette;
};

void layout_draw(const struct pen *p, struct layout *l);
void layout_free(struct layout *l);

#endif
