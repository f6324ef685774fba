/* The symbols of the image that a run is given: a file, or a built-in ROM. */
#ifndef CLI_IMAGE_SYMBOLS_H
#define CLI_IMAGE_SYMBOLS_H

#include "cli/options.h"
#include "debug/symbols.h"

/* As symbol_find() and symbol_at(). */
bool image_symbol_find(const struct options *o, const char *name, u64 *value);
bool image_symbol_at(const struct options *o, u64 address, char text[SYMBOL_TEXT_MAX]);
/* As symbol_table_make(). */
struct symbol_table *image_symbols(const struct options *o);

#endif
