/* What models have in common. */
#ifndef UI_WORDS_H
#define UI_WORDS_H

#include "hypscope.h"
#include "ui/ui.h"

typedef unsigned long long ull;

static inline struct link link_to(unsigned space, unsigned core, u64 value)
{
	return (struct link){ .kind = LINK_ADDRESS, .space = (u8)space, .core = (u8)core, .value = value };
}

/* TONE_CHANGED when the value is not what it was. */
static inline unsigned tone_of(bool compared, u64 was, u64 is, unsigned tone)
{
	return compared && was != is ? TONE_CHANGED : tone;
}

/* A 64-bit number as an address, which can be looked up. */
void cell_address(struct ui *ui, struct model *m, unsigned tone, unsigned space, u64 value);
/* A row "name  words", the words as explain functions write them to a stream. */
#define CELL_STREAM(m, tone, call)                                                                                     \
	do {                                                                                                           \
		char text_[512] = "";                                                                                  \
		FILE *out = fmemopen(text_, sizeof(text_), "w");                                                       \
		if (out) {                                                                                             \
			call;                                                                                          \
			fclose(out);                                                                                   \
		}                                                                                                      \
		model_cell(m, tone, "%s", text_);                                                                      \
	} while (0)

#endif
