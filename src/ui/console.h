/* What the guest wrote, as lines; and what is typed for it. */
#ifndef UI_CONSOLE_H
#define UI_CONSOLE_H

#include "base/types.h"

#define CONSOLE_BYTES 262144 /* of text that is kept */
#define CONSOLE_TYPED 4096

struct console {
	char text[CONSOLE_BYTES];
	u64 end;       /* bytes so far; the newest is text[(end - 1) % CONSOLE_BYTES] */
	u64 line;      /* where the last line begins */
	bool carriage; /* the next character overwrites the line */
	u8 escape;     /* within a control sequence: 1 after ESC, 2 after ESC [ */
	u8 typed[CONSOLE_TYPED];
	u32 typed_head, typed_tail;
};

void console_put(struct console *c, u8 byte);
/* False: there is no room. */
bool console_type(struct console *c, u8 byte);
/* The next typed byte, or -1; it stays until console_taken(). */
int console_typed(const struct console *c);
void console_taken(struct console *c);
/* The line `back` lines from the last (0), without its end; false: there is none. `size` 1 and more. */
bool console_line(const struct console *c, u64 back, char *out, u32 size);
u64 console_lines(const struct console *c);

#endif
