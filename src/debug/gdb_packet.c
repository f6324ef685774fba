/* Packets: $body#sum, where } escapes a byte; + and - acknowledge, until both sides agree to leave that. */
#include <stdarg.h>
#include <string.h>

#include "debug/gdb_internal.h"

static const char digits[] = "0123456789abcdef";

/* ---- the answer ---- */

static void put_byte(struct gdb *g, char c)
{
	if (g->out_size < sizeof(g->out))
		g->out[g->out_size++] = c;
}

void gdb_put(struct gdb *g, const char *text)
{
	while (*text)
		put_byte(g, *text++);
}

void gdb_putf(struct gdb *g, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	gdb_put(g, text);
}

void gdb_put_hex(struct gdb *g, const void *bytes, size_t size)
{
	const u8 *p = bytes;

	for (size_t i = 0; i < size; i++) {
		put_byte(g, digits[p[i] >> 4]);
		put_byte(g, digits[p[i] & 15]);
	}
}

void gdb_put_binary(struct gdb *g, const void *bytes, size_t size)
{
	const char *p = bytes;

	for (size_t i = 0; i < size; i++) {
		if (memchr("#$}*", p[i], 4)) {
			put_byte(g, '}');
			put_byte(g, p[i] ^ 0x20);
		} else {
			put_byte(g, p[i]);
		}
	}
}

static void send_last(struct gdb *g)
{
	g->host.send(g->host.ctx, g->last, g->last_size);
}

void gdb_send(struct gdb *g)
{
	u8 sum = 0;

	g->last[0] = '$';
	memcpy(g->last + 1, g->out, g->out_size);
	for (size_t i = 0; i < g->out_size; i++)
		sum += (u8)g->out[i];
	g->last[g->out_size + 1] = '#';
	g->last[g->out_size + 2] = digits[sum >> 4];
	g->last[g->out_size + 3] = digits[sum & 15];
	g->last_size = g->out_size + 4;
	g->out_size = 0;
	send_last(g);
}

void gdb_say(struct gdb *g, const char *text, size_t size)
{
	while (size) {
		size_t n = size < 2048 ? size : 2048;

		g->out_size = 0;
		put_byte(g, 'O');
		gdb_put_hex(g, text, n);
		gdb_send(g);
		text += n;
		size -= n;
	}
}

/* ---- words of a packet ---- */

static int digit(char c)
{
	const char *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

bool gdb_hex_number(const char **at, u64 *value)
{
	const char *from = *at;

	*value = 0;
	for (; digit(**at) >= 0; (*at)++)
		*value = *value << 4 | (u64)digit(**at);
	return *at != from && *at - from <= 16;
}

bool gdb_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

bool gdb_hex_bytes(const char **at, void *bytes, size_t size)
{
	u8 *to = bytes;

	for (size_t i = 0; i < size; i++, *at += 2) {
		int high = digit((*at)[0]), low = high < 0 ? -1 : digit((*at)[1]);

		if (low < 0)
			return false;
		to[i] = (u8)(high << 4 | low);
	}
	return true;
}

static bool thread_number(const char **at, s64 *number)
{
	u64 value;

	if (gdb_char(at, '-')) {
		*number = -1;
		return gdb_char(at, '1');
	}
	if (!gdb_hex_number(at, &value) || value >> 32)
		return false;
	*number = (s64)value;
	return true;
}

bool gdb_thread(const struct gdb *g, const char **at, int *core)
{
	s64 process = 1, thread = -1;

	if (gdb_char(at, 'p')) {
		if (!thread_number(at, &process) || (gdb_char(at, '.') && !thread_number(at, &thread)))
			return false;
	} else if (!thread_number(at, &thread)) {
		return false;
	}
	*core = thread < 0 ? GDB_ALL : thread == 0 ? GDB_ANY : (int)thread - 1;
	return process <= 1 && thread <= (s64)g->cores;
}

void gdb_put_thread(struct gdb *g, unsigned core)
{
	gdb_putf(g, g->multiprocess ? "p1.%x" : "%x", core + 1);
}

/* ---- reading ---- */

static void acknowledge(struct gdb *g, char how)
{
	if (!g->no_ack)
		g->host.send(g->host.ctx, &how, 1);
}

static void whole_packet(struct gdb *g)
{
	g->reading = READ_OUTSIDE;
	if (g->check != g->sum && !g->no_ack) {
		acknowledge(g, '-');
		return;
	}
	acknowledge(g, '+');
	g->in[g->in_size] = 0;
	g->out_size = 0;
	if (g->too_long) {
		gdb_put(g, "E22");
		gdb_send(g);
		return;
	}
	gdb_handle(g, g->in, g->in_size);
}

static void take_body(struct gdb *g, u8 byte)
{
	if (g->reading == READ_BODY && byte == '#') {
		g->reading = READ_CHECK_HIGH;
		return;
	}
	if (g->reading == READ_BODY && byte == '$') { /* the other one was never finished */
		g->in_size = g->sum = 0;
		return;
	}
	g->sum = (u8)(g->sum + byte);
	if (g->reading == READ_BODY && byte == '}') {
		g->reading = READ_ESCAPED;
		return;
	}
	if (g->reading == READ_ESCAPED)
		byte ^= 0x20;
	g->reading = READ_BODY;
	if (g->in_size < GDB_PACKET)
		g->in[g->in_size++] = (char)byte;
	else
		g->too_long = true;
}

static void take_outside(struct gdb *g, u8 byte)
{
	switch (byte) {
	case '$':
		g->reading = READ_BODY;
		g->in_size = g->sum = 0;
		g->too_long = false;
		break;
	case '-':
		if (!g->no_ack && g->last_size)
			send_last(g);
		break;
	case 3: gdb_interrupt(g); break;
	default: break;
	}
}

void gdb_take(struct gdb *g, const void *bytes, size_t size)
{
	const u8 *p = bytes;

	for (size_t i = 0; i < size && g->connected; i++) {
		int value = digit((char)p[i]);

		switch ((enum gdb_reading)g->reading) {
		case READ_OUTSIDE: take_outside(g, p[i]); break;
		case READ_CHECK_HIGH:
			g->check = (u8)((value & 15) << 4);
			g->reading = READ_CHECK_LOW;
			break;
		case READ_CHECK_LOW:
			g->check |= value & 15;
			whole_packet(g);
			break;
		default: take_body(g, p[i]); break;
		}
	}
}
