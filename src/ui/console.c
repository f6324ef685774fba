#include "ui/console.h"

static u64 first_kept(const struct console *c)
{
	return c->end > CONSOLE_BYTES ? c->end - CONSOLE_BYTES : 0;
}

static char at(const struct console *c, u64 i)
{
	return c->text[i % CONSOLE_BYTES];
}

static void append(struct console *c, char byte)
{
	c->text[c->end++ % CONSOLE_BYTES] = byte;
	if (byte == '\n')
		c->line = c->end;
}

/* Control sequences (colours, cursor movements) are dropped; true: the byte was a part of one. */
static bool in_sequence(struct console *c, u8 byte)
{
	if (!c->escape) {
		c->escape = byte == 0x1b;
		return c->escape;
	}
	if (c->escape == 1 && byte == '[')
		c->escape = 2;
	else if (c->escape == 1 || (byte >= 0x40 && byte <= 0x7e))
		c->escape = 0;
	return true;
}

void console_put(struct console *c, u8 byte)
{
	if (in_sequence(c, byte))
		return;
	if (byte == '\r') {
		c->carriage = true;
		return;
	}
	if (byte == '\b') {
		if (c->end > c->line)
			c->end--;
		return;
	}
	if (byte != '\n' && byte != '\t' && byte < ' ')
		return;
	if (c->carriage && byte != '\n')
		c->end = c->line;
	c->carriage = false;
	append(c, (char)byte);
}

bool console_type(struct console *c, u8 byte)
{
	if (c->typed_head - c->typed_tail == CONSOLE_TYPED)
		return false;
	c->typed[c->typed_head++ % CONSOLE_TYPED] = byte;
	return true;
}

int console_typed(const struct console *c)
{
	return c->typed_head == c->typed_tail ? -1 : c->typed[c->typed_tail % CONSOLE_TYPED];
}

void console_taken(struct console *c)
{
	c->typed_tail++;
}

u64 console_lines(const struct console *c)
{
	u64 n = 1;

	for (u64 i = first_kept(c); i < c->end; i++)
		n += at(c, i) == '\n';
	return n;
}

/* Tabs stop at every eighth column; bytes that are no UTF-8 are the font's problem, not ours. */
static u32 copy_line(const struct console *c, u64 from, u64 to, char *out, u32 size)
{
	u32 n = 0;

	for (; from < to && n + 9 < size; from++) {
		if (at(c, from) != '\t')
			out[n++] = at(c, from);
		else
			do
				out[n++] = ' ';
			while (n % 8);
	}
	out[n] = 0;
	return n;
}

bool console_line(const struct console *c, u64 back, char *out, u32 size)
{
	u64 begin = c->end, end = c->end, first = first_kept(c);

	for (;;) {
		while (begin > first && at(c, begin - 1) != '\n')
			begin--;
		if (!back--)
			break;
		if (begin == first)
			return false;
		end = --begin;
	}
	copy_line(c, begin, end, out, size);
	return true;
}
