/* What the bare-metal programs of the differential tests share: types, and text on the UART. */
#ifndef DIFF_GUEST_H
#define DIFF_GUEST_H

typedef unsigned long u64;
typedef unsigned u32;
typedef unsigned char u8;

#define UART ((volatile u32 *)0x09000000)

static inline void put(char c)
{
	*UART = (u8)c;
}

static inline void text(const char *s)
{
	while (*s)
		put(*s++);
}

static inline void hex(u64 v)
{
	int shift = 60;

	while (shift > 0 && !(v >> shift & 15))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		put("0123456789abcdef"[v >> shift & 15]);
}

#endif
