#include "cli/explained.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debug/paint.h"

bool held_open(struct held *h, struct error *e)
{
	*h = (struct held){ 0 };
	h->out = open_memstream(&h->text, &h->size);
	return h->out || error_set(e, ERROR_FILE, "there is no memory for the explanation");
}

void held_drop(struct held *h)
{
	if (h->out)
		fclose(h->out);
	free(h->text);
	*h = (struct held){ 0 };
}

/* no-color.org: any value but the empty one. */
static bool wants_colour(const struct options *o, FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (o->json || o->color == COLOR_NEVER)
		return false;
	if (o->color == COLOR_ALWAYS)
		return true;
	return isatty(fileno(out)) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

static bool write_page(const char *path, const struct held *page, struct error *e)
{
	FILE *file = fopen(path, "w");
	bool ok = file && fwrite(page->text, 1, page->size, file) == page->size;

	ok = file && !fclose(file) && ok;
	return ok || error_set(e, ERROR_FILE, "%s: cannot be written: %s", path, strerror(errno));
}

bool explained_print(const struct options *o, FILE *out, struct held *text, struct held *page, struct error *e)
{
	bool ok;

	fflush(text->out);
	if (page)
		fflush(page->out);
	ok = !page || write_page(o->html, page, e);
	if (ok && wants_colour(o, out))
		paint_terminal(out, text->text);
	else if (ok)
		fputs(text->text, out);
	held_drop(text);
	if (page)
		held_drop(page);
	return ok;
}
