/* Symbols of an ELF image, for stop points and for people. */
#ifndef DEBUG_SYMBOLS_H
#define DEBUG_SYMBOLS_H

#include "base/types.h"

/* The value of a symbol in an ELF file held in memory; false: it is no ELF, or has no such symbol. */
bool symbol_find(const u8 *image, size_t size, const char *name, u64 *value);

/* The function symbol that holds `address`, or the nearest below it, as "name+0x10"; false: none is near. */
#define SYMBOL_TEXT_MAX 128
bool symbol_at(const u8 *image, size_t size, u64 address, char text[SYMBOL_TEXT_MAX]);

/* All of them, sorted, for whoever asks often. NULL: there are none, or no memory. The image is not needed afterwards.
 */
struct symbol_table;
struct symbol_table *symbol_table_make(const u8 *image, size_t size);
void symbol_table_free(struct symbol_table *t);
/* As symbol_find() and symbol_at(). */
bool symbol_table_find(const struct symbol_table *t, const char *name, u64 *value);
bool symbol_table_at(const struct symbol_table *t, u64 address, char text[SYMBOL_TEXT_MAX]);

#endif
