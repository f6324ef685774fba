/* Symbols of an ELF image, for stop points. */
#ifndef DEBUG_SYMBOLS_H
#define DEBUG_SYMBOLS_H

#include "base/types.h"

/* The value of a symbol in an ELF file held in memory; false: it is no ELF, or has no such symbol. */
bool symbol_find(const u8 *image, size_t size, const char *name, u64 *value);

/* The function symbol that holds `address`, or the nearest below it, as "name+0x10"; false: none is near. */
#define SYMBOL_TEXT_MAX 128
bool symbol_at(const u8 *image, size_t size, u64 address, char text[SYMBOL_TEXT_MAX]);

#endif
