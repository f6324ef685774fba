/*
 * Semihosting (Arm "Semihosting for AArch32 and AArch64"): HLT #0xf000, operation in W0, parameter in X1, result in X0.
 * Only what a program needs to print and to end: there are no host files behind it. Any other operation fails with -1.
 */
#include "machine/history.h"
#include "machine/map.h"

enum {
	SYS_OPEN = 0x01,
	SYS_CLOSE = 0x02,
	SYS_WRITEC = 0x03,
	SYS_WRITE0 = 0x04,
	SYS_WRITE = 0x05,
	SYS_ISTTY = 0x09,
	SYS_CLOCK = 0x10,
	SYS_ERRNO = 0x13,
	SYS_EXIT = 0x18,
	SYS_EXIT_EXTENDED = 0x20,
	SYS_TICKFREQ = 0x31,
};

#define FAILED (~0ull)
#define CONSOLE 1		 /* the only handle */
#define APPLICATION_EXIT 0x20026 /* ADP_Stopped_ApplicationExit */
#define TEXT_MAX 65536		 /* of one call: a string without end must not hold us up */

static void put(struct machine *m, const char *text, size_t n)
{
	if (m->semihost_out && n && !history_repeats(m))
		m->semihost_out(m->host_ctx, text, n);
}

/* Print guest memory: `n` bytes, or until a zero byte when `text`. Returns how many were printed. */
static u64 print(struct machine *m, struct cpu *c, u64 at, u64 n, bool text)
{
	char buf[256];
	u64 done = 0;

	while (done < n) {
		size_t part = 0;

		while (part < sizeof(buf) && done + part < n) {
			if (!cpu_peek(c, at + done + part, &buf[part], 1) || (text && !buf[part]))
				break;
			part++;
		}
		put(m, buf, part);
		done += part;
		if (part < sizeof(buf))
			break;
	}
	return done;
}

static bool words(struct cpu *c, u64 at, u64 *to, unsigned count)
{
	return cpu_peek(c, at, to, 8 * count);
}

/* ":tt" is the console; nothing else can be opened. */
static u64 open_console(struct cpu *c, u64 block)
{
	u64 arg[3];
	char name[4];

	if (!words(c, block, arg, 3) || arg[2] != 3 || !cpu_peek(c, arg[0], name, sizeof(name)))
		return FAILED;
	return name[0] == ':' && name[1] == 't' && name[2] == 't' && !name[3] ? CONSOLE : FAILED;
}

/* Returns the number of bytes NOT written. */
static u64 write_file(struct machine *m, struct cpu *c, u64 block)
{
	u64 arg[3];

	if (!words(c, block, arg, 3))
		return FAILED;
	if (arg[0] != CONSOLE)
		return arg[2];
	return arg[2] - print(m, c, arg[1], arg[2] < TEXT_MAX ? arg[2] : TEXT_MAX, false);
}

static u64 exit_program(struct machine *m, struct cpu *c, u64 block)
{
	u64 arg[2];

	if (!words(c, block, arg, 2))
		return FAILED;
	m->exit_code = arg[0] == APPLICATION_EXIT ? (int)(arg[1] & 0xff) : 1;
	machine_end(m, HYP_EXIT);
	return 0;
}

static u64 first_word(struct cpu *c, u64 block)
{
	u64 v;

	return words(c, block, &v, 1) ? v : 0;
}

static u64 serve(struct machine *m, struct cpu *c, u32 operation, u64 parameter)
{
	switch (operation) {
	case SYS_OPEN: return open_console(c, parameter);
	case SYS_CLOSE: return first_word(c, parameter) == CONSOLE ? 0 : FAILED;
	case SYS_WRITEC: print(m, c, parameter, 1, false); return operation;
	case SYS_WRITE0: print(m, c, parameter, TEXT_MAX, true); return operation;
	case SYS_WRITE: return write_file(m, c, parameter);
	case SYS_ISTTY: return first_word(c, parameter) == CONSOLE;
	case SYS_CLOCK: return clock_ticks(&m->clock) / (CLOCK_CNTFRQ / 100);
	case SYS_ERRNO: return 0;
	case SYS_EXIT:
	case SYS_EXIT_EXTENDED: return exit_program(m, c, parameter);
	case SYS_TICKFREQ: return CLOCK_CNTFRQ;
	default: return FAILED;
	}
}

bool semihost_call(void *machine, struct cpu *c)
{
	cpu_sync_time(c);
	c->s.r.x[0] = serve(machine, c, (u32)c->s.r.x[0], c->s.r.x[1]);
	return true;
}
