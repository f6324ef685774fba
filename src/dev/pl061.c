/* PL061 GPIO: register table, pins, interrupts. Arm DDI 0190, chapter 3. */
#include "dev/pl061.h"

#include "base/bits.h"

/* ---- pins and interrupts ---- */

/* GPIODATA: outputs as written, inputs as driven. */
static u8 levels(const struct pl061 *p)
{
	return (p->s.data & p->s.dir) | (p->s.in & ~p->s.dir);
}

/* Level-sensitive pins that have their level now, and edges that were seen. GPIORIS. */
static u8 raw(const struct pl061 *p)
{
	u8 asserted = ~(levels(p) ^ p->s.iev);

	return (p->s.is & asserted) | (~p->s.is & p->s.latched);
}

/* `before`: the levels until now. */
static void pins_changed(struct pl061 *p, u8 before)
{
	u8 now = levels(p), changes = before ^ now;
	u8 wanted = p->s.ibe | ~(now ^ p->s.iev);

	p->s.latched |= changes & wanted & ~p->s.is;
	line_set(&p->irq, raw(p) & p->s.ie);
}

static void drive_outputs(struct pl061 *p, u8 before)
{
	u8 now = p->s.data & p->s.dir;

	for (unsigned i = 0; i < PL061_PINS; i++)
		if (bit(before ^ now, i))
			line_set(&p->out[i], bit(now, i));
}

static void set_pin(void *ctx, unsigned n, bool level)
{
	struct pl061 *p = ctx;
	u8 before = levels(p);

	p->s.in = (u8)deposit(p->s.in, n, 1, level);
	pins_changed(p, before);
}

struct line pl061_pin(struct pl061 *p, unsigned pin)
{
	return (struct line){ set_pin, p, pin };
}

void pl061_press(struct pl061 *p, unsigned pin)
{
	p->s.pressed |= 1u << pin;
	set_pin(p, pin, true);
	clock_set(p->clock, p->deadline, p->clock->now + p->clock->per_tick * CLOCK_CNTFRQ / 10);
}

static void release_keys(void *ctx)
{
	struct pl061 *p = ctx;

	for (unsigned i = 0; i < PL061_PINS; i++)
		if (bit(p->s.pressed, i))
			set_pin(p, i, false);
	p->s.pressed = 0;
}

/* ---- the registers ---- */

enum { DIR = 0x400, IS = 0x404, IBE = 0x408, IEV = 0x40c, IE = 0x410, RIS = 0x414, MIS = 0x418, IC = 0x41c };
enum { AFSEL = 0x420, DATA_END = 0x400 };

/* The byte that holds a plain register, or NULL. */
static u8 *storage(struct pl061 *p, u64 offset)
{
	switch (offset) {
	case DIR: return &p->s.dir;
	case IS: return &p->s.is;
	case IBE: return &p->s.ibe;
	case IEV: return &p->s.iev;
	case IE: return &p->s.ie;
	case AFSEL: return &p->s.afsel;
	}
	return NULL;
}

/* GPIOPeriphID0-3 (part 0x061, designer Arm), GPIOPCellID0-3; from 0xfe0. */
static const u8 ids[8] = { 0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static u8 read_reg(struct pl061 *p, u64 offset)
{
	const u8 *plain = storage(p, offset);

	if (plain)
		return *plain;
	if (offset < DATA_END) /* address bits [9:2] are the mask */
		return levels(p) & (u8)(offset >> 2);
	if (offset == RIS)
		return raw(p);
	if (offset == MIS)
		return raw(p) & p->s.ie;
	if (offset >= 0xfe0 && offset < 0x1000)
		return ids[(offset - 0xfe0) / 4];
	return 0;
}

static void write_reg(struct pl061 *p, u64 offset, u8 value)
{
	u8 before = levels(p), driven = p->s.data & p->s.dir;
	u8 *plain = storage(p, offset);
	u8 mask = p->s.dir & (u8)(offset >> 2);

	if (plain)
		*plain = value;
	else if (offset < DATA_END) /* only outputs take it */
		p->s.data = (p->s.data & ~mask) | (value & mask);
	else if (offset == IC)
		p->s.latched &= ~value;
	drive_outputs(p, driven);
	pins_changed(p, before);
}

/* Eight bits each; bytes above the first are RAZ/WI. */
static enum bus_result pl061_read(void *ctx, const struct bus_access *a, u64 *value)
{
	if (a->size > 4)
		return BUS_SLVERR;
	*value = a->offset % 4 ? 0 : read_reg(ctx, a->offset);
	return BUS_OK;
}

static enum bus_result pl061_write(void *ctx, const struct bus_access *a, u64 value)
{
	if (a->size > 4)
		return BUS_SLVERR;
	if (a->offset % 4 == 0)
		write_reg(ctx, a->offset, (u8)value);
	return BUS_OK;
}

const struct bus_device_ops pl061_ops = { pl061_read, pl061_write };

void pl061_reset(struct pl061 *p)
{
	u8 driven = p->s.data & p->s.dir, in = p->s.in & ~p->s.pressed;

	p->s = (struct pl061_state){ .in = in };
	drive_outputs(p, driven);
	clock_set(p->clock, p->deadline, CLOCK_NEVER);
	line_set(&p->irq, false);
}

void pl061_init(struct pl061 *p, struct clock *clock)
{
	p->clock = clock;
	p->deadline = clock_add(clock, release_keys, p);
	pl061_reset(p);
}
