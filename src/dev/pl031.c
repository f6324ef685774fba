/* PL031 real-time clock: register table, match. Arm DDI 0224, chapter 3. */
#include "dev/pl031.h"

#include "base/bits.h"

/* ---- time ---- */

static u64 cycles_per_second(const struct pl031 *r)
{
	return r->clock->per_tick * CLOCK_CNTFRQ;
}

static u64 second_now(const struct pl031 *r)
{
	return r->clock->now / cycles_per_second(r);
}

static u32 seconds(const struct pl031 *r)
{
	return r->s.offset + (u32)second_now(r);
}

/* Seconds from the one last compared until RTCDR takes the value of RTCMR (again). */
static u64 until_match(const struct pl031 *r)
{
	u32 left = r->s.mr - (r->s.offset + (u32)r->s.compared);

	return left ? left : 1ull << 32;
}

/* Bring RTCRIS up to date. */
static void compare(struct pl031 *r)
{
	u64 now = second_now(r);

	if (now - r->s.compared >= until_match(r))
		r->s.ris = true;
	r->s.compared = now;
}

/* The line, and the deadline of a match that would raise it: none otherwise, so that an idle machine can end. */
static void update(struct pl031 *r)
{
	bool awaited = r->s.imsc && !r->s.ris;

	clock_set(r->clock, r->deadline,
		  awaited ? (r->s.compared + until_match(r)) * cycles_per_second(r) : CLOCK_NEVER);
	line_set(&r->irq, r->s.ris && r->s.imsc);
}

static void match(void *ctx)
{
	compare(ctx);
	update(ctx);
}

/* RTCMR or RTCDR was written: they are compared at once. */
static void written(struct pl031 *r)
{
	if (r->s.mr == seconds(r))
		r->s.ris = true;
}

/* ---- the registers ---- */

static u32 read_dr(const struct pl031 *r)
{
	return seconds(r);
}

static u32 read_mr(const struct pl031 *r)
{
	return r->s.mr;
}

static void write_mr(struct pl031 *r, u32 value)
{
	r->s.mr = value;
	written(r);
}

static u32 read_lr(const struct pl031 *r)
{
	return r->s.lr;
}

static void write_lr(struct pl031 *r, u32 value)
{
	r->s.lr = value;
	r->s.offset += value - seconds(r);
	written(r);
}

/* Once running it cannot be stopped. */
static u32 read_cr(const struct pl031 *r)
{
	return 1;
}

static u32 read_imsc(const struct pl031 *r)
{
	return r->s.imsc;
}

static void write_imsc(struct pl031 *r, u32 value)
{
	r->s.imsc = value & 1;
}

static u32 read_ris(const struct pl031 *r)
{
	return r->s.ris;
}

static u32 read_mis(const struct pl031 *r)
{
	return r->s.ris && r->s.imsc;
}

static void write_icr(struct pl031 *r, u32 value)
{
	if (value & 1)
		r->s.ris = false;
}

/* By offset / 4. NULL: RAZ, WI. */
static const struct {
	u32 (*read)(const struct pl031 *r);
	void (*write)(struct pl031 *r, u32 value);
} regs[] = {
	[0x00 / 4] = { read_dr, NULL },		/* RTCDR */
	[0x04 / 4] = { read_mr, write_mr },	/* RTCMR */
	[0x08 / 4] = { read_lr, write_lr },	/* RTCLR */
	[0x0c / 4] = { read_cr, NULL },		/* RTCCR */
	[0x10 / 4] = { read_imsc, write_imsc }, /* RTCIMSC */
	[0x14 / 4] = { read_ris, NULL },	/* RTCRIS */
	[0x18 / 4] = { read_mis, NULL },	/* RTCMIS */
	[0x1c / 4] = { NULL, write_icr },	/* RTCICR */
};

/* RTCPeriphID0-3 (part 0x031, designer Arm), RTCPCellID0-3; from 0xfe0. */
static const u8 ids[8] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static u32 read_reg(const struct pl031 *r, u64 offset)
{
	if (offset >= 0xfe0 && offset < 0x1000)
		return ids[(offset - 0xfe0) / 4];
	if (offset / 4 >= ARRAY_SIZE(regs) || !regs[offset / 4].read)
		return 0;
	return regs[offset / 4].read(r);
}

/* Registers answer to bytes, halfwords and words; a narrow write is of the low bits, one above them is ignored. */
static enum bus_result pl031_read(void *ctx, const struct bus_access *a, u64 *value)
{
	if (a->size > 4)
		return BUS_SLVERR;
	compare(ctx);
	*value = read_reg(ctx, a->offset) >> 8 * (a->offset % 4) & ones(8 * a->size);
	return BUS_OK;
}

static enum bus_result pl031_write(void *ctx, const struct bus_access *a, u64 value)
{
	struct pl031 *r = ctx;

	if (a->size > 4)
		return BUS_SLVERR;
	if (a->offset % 4 || a->offset / 4 >= ARRAY_SIZE(regs) || !regs[a->offset / 4].write)
		return BUS_OK;
	compare(r);
	regs[a->offset / 4].write(r, (u32)(value & ones(8 * a->size)));
	update(r);
	return BUS_OK;
}

const struct bus_device_ops pl031_ops = { pl031_read, pl031_write };

void pl031_reset(struct pl031 *r)
{
	r->s = (struct pl031_state){ .offset = r->epoch, .compared = second_now(r) };
	update(r);
}

void pl031_init(struct pl031 *r, struct clock *clock, u32 epoch)
{
	r->clock = clock;
	r->epoch = epoch;
	r->deadline = clock_add(clock, match, r);
	pl031_reset(r);
}
