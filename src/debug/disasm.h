/* One instruction as text: Capstone 4, and for what it does not know the table of our own decoder. */
#ifndef DEBUG_DISASM_H
#define DEBUG_DISASM_H

#include "base/types.h"

#define DISASM_MAX 96

/* Write the instruction at `pc` into `text`; never fails: an unknown word reads ".inst 0x........". */
void disasm(char text[DISASM_MAX], u64 pc, u32 word);

/* Texts of instructions seen before: a trace shows the same ones again and again. Zero it to begin. */
struct disasm_cache {
	struct {
		u64 pc;
		u32 word;
		char text[DISASM_MAX]; /* "": unused */
	} entry[4096];
};
/* The same as disasm(); without a cache (NULL) the text is made in `text`. */
const char *disasm_cached(struct disasm_cache *c, char text[DISASM_MAX], u64 pc, u32 word);
/* The decode table alone; false: no row has this word. */
bool disasm_table(char text[DISASM_MAX], u64 pc, u32 word);

#endif
