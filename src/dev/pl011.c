/* PL011 UART: register table, FIFOs, interrupts. Arm DDI 0183, chapter 3. */
#include "dev/pl011.h"

#include "base/bits.h"

enum {
	FR_CTS = 1 << 0,
	FR_DSR = 1 << 1,
	FR_DCD = 1 << 2,
	FR_RXFE = 1 << 4,
	FR_RXFF = 1 << 6,
	FR_TXFE = 1 << 7,
	FR_RI = 1 << 8
};
enum { LCR_FEN = 1 << 4 };
enum { CR_LBE = 1 << 7, CR_DTR = 1 << 10, CR_RTS = 1 << 11, CR_OUT1 = 1 << 12, CR_OUT2 = 1 << 13, CR_RESET = 0x300 };
enum {
	INT_RI = 1 << 0,
	INT_CTS = 1 << 1,
	INT_DCD = 1 << 2,
	INT_DSR = 1 << 3,
	INT_RX = 1 << 4,
	INT_TX = 1 << 5,
	INT_RT = 1 << 6,
	INT_OE = 1 << 10
};
enum { DR_OE = 1 << 11 };

/* UARTCLK is 24 MHz on `virt` (the device tree's apb-pclk). */
#define UARTCLK 24000000u

/* ---- the registers ---- */

enum reg { REG_NONE, DR, RSR, FR, ILPR, IBRD, FBRD, LCR_H, CR, IFLS, IMSC, RIS, MIS, ICR, DMACR, ID };

/* By offset / 4; `writable` are the bits that exist for writing. */
static const struct {
	u8 reg;
	u16 writable;
} map[0x4c / 4] = {
	[0x00 / 4] = { DR, 0xff },    [0x04 / 4] = { RSR, 0xff },    [0x18 / 4] = { FR, 0 },
	[0x20 / 4] = { ILPR, 0xff },  [0x24 / 4] = { IBRD, 0xffff }, [0x28 / 4] = { FBRD, 0x3f },
	[0x2c / 4] = { LCR_H, 0xff }, [0x30 / 4] = { CR, 0xff87 },   [0x34 / 4] = { IFLS, 0x3f },
	[0x38 / 4] = { IMSC, 0x7ff }, [0x3c / 4] = { RIS, 0 },	     [0x40 / 4] = { MIS, 0 },
	[0x44 / 4] = { ICR, 0x7ff },  [0x48 / 4] = { DMACR, 0x7 },
};

/* UARTPeriphID0-3 (part 0x011, designer Arm, r1p4), UARTPCellID0-3; from 0xfe0. */
static const u8 ids[8] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static enum reg reg_at(u64 offset)
{
	if (offset >= 0xfe0)
		return ID;
	return offset < 0x4c ? (enum reg)map[offset / 4].reg : REG_NONE;
}

/* ---- interrupts ---- */

static void update_line(struct pl011 *u)
{
	bool level = (u->s.ris & u->s.imsc) != 0;

	if (level == u->s.level)
		return;
	u->s.level = level;
	line_set(&u->irq, level);
}

static unsigned depth(const struct pl011 *u)
{
	return u->s.lcr_h & LCR_FEN ? PL011_FIFO : 1;
}

/* Bytes in the receive FIFO that raise UARTRXINTR: UARTIFLS.RXIFLSEL; reserved values act as 7/8. */
static unsigned rx_trigger(const struct pl011 *u)
{
	static const u8 level[8] = { 2, 4, 8, 12, 14, 14, 14, 14 };

	return u->s.lcr_h & LCR_FEN ? level[bits(u->s.ifls, 5, 3)] : 1;
}

/* 32 bit periods in cycles: a bit is 16 * (IBRD + FBRD / 64) periods of UARTCLK. Rate never set: 115200 baud. */
static u64 timeout_cycles(const struct pl011 *u)
{
	u64 div64 = (u64)u->s.ibrd << 6 | u->s.fbrd;

	if (!u->s.ibrd)
		div64 = (u64)UARTCLK * 64 / 16 / 115200;
	return 32 * 16 * div64 * CLOCK_CNTFRQ / 64 / UARTCLK * u->clock->per_tick + 1;
}

static void start_timeout(struct pl011 *u)
{
	bool runs = u->s.rx_count && (u->s.lcr_h & LCR_FEN);

	clock_set(u->clock, u->deadline, runs ? u->clock->now + timeout_cycles(u) : CLOCK_NEVER);
}

static void timeout(void *ctx)
{
	struct pl011 *u = ctx;

	if (!u->s.rx_count)
		return;
	u->s.ris |= INT_RT;
	update_line(u);
}

/* ---- receiver and transmitter ---- */

static bool push(struct pl011 *u, u16 data)
{
	if (u->s.rx_count >= depth(u))
		return false;
	u->s.rx[(u->s.rx_first + u->s.rx_count++) % PL011_FIFO] = data;
	if (u->s.rx_count >= rx_trigger(u))
		u->s.ris |= INT_RX;
	start_timeout(u);
	update_line(u);
	return true;
}

bool pl011_receive(struct pl011 *u, u8 byte)
{
	return push(u, byte);
}

static u32 pop(struct pl011 *u)
{
	u16 data;

	if (!u->s.rx_count)
		return 0;
	data = u->s.rx[u->s.rx_first];
	u->s.rx_first = (u->s.rx_first + 1) % PL011_FIFO;
	u->s.rx_count--;
	u->s.rsr = data >> 8;
	if (u->s.rx_count < rx_trigger(u))
		u->s.ris &= ~(u32)INT_RX;
	if (!u->s.rx_count)
		u->s.ris &= ~(u32)INT_RT;
	start_timeout(u);
	update_line(u);
	return data;
}

static void transmit(struct pl011 *u, u8 byte)
{
	if (u->s.cr & CR_LBE) {
		/* The only way to overrun: hosts wait while the FIFO is full (pl011_receive). */
		if (!push(u, byte)) {
			u->s.rx[(u->s.rx_first + u->s.rx_count - 1) % PL011_FIFO] |= DR_OE;
			u->s.ris |= INT_OE;
		}
	} else if (u->out) {
		u->out(u->out_ctx, byte);
	}
	u->s.ris |= INT_TX;
	update_line(u);
}

/* Modem inputs: nothing is connected, so they are inactive (0 here); in loop-back the outputs come back. */
static u32 modem(const struct pl011 *u)
{
	u32 cr = u->s.cr;

	if (!(cr & CR_LBE))
		return 0;
	return (cr & CR_RTS ? FR_CTS : 0) | (cr & CR_DTR ? FR_DSR : 0) | (cr & CR_OUT1 ? FR_DCD : 0) |
	       (cr & CR_OUT2 ? FR_RI : 0);
}

static void write_cr(struct pl011 *u, u32 v)
{
	u32 before = modem(u), changed;

	u->s.cr = v;
	changed = before ^ modem(u);
	u->s.ris |= (changed & FR_RI ? INT_RI : 0) | (changed & FR_CTS ? INT_CTS : 0) |
		    (changed & FR_DCD ? INT_DCD : 0) | (changed & FR_DSR ? INT_DSR : 0);
}

/* Switching the FIFOs on or off empties them. */
static void write_lcr(struct pl011 *u, u32 v)
{
	if ((u->s.lcr_h ^ v) & LCR_FEN) {
		u->s.rx_first = u->s.rx_count = 0;
		u->s.ris &= ~(u32)(INT_RX | INT_RT);
	}
	u->s.lcr_h = v;
	start_timeout(u);
}

static u32 flags(const struct pl011 *u)
{
	return modem(u) | FR_TXFE | (u->s.rx_count ? 0 : FR_RXFE) | (u->s.rx_count >= depth(u) ? FR_RXFF : 0);
}

/* ---- the bus side ---- */

static u32 read_reg(struct pl011 *u, enum reg r, u64 offset)
{
	switch (r) {
	case DR: return pop(u);
	case RSR: return u->s.rsr;
	case FR: return flags(u);
	case ILPR: return u->s.ilpr;
	case IBRD: return u->s.ibrd;
	case FBRD: return u->s.fbrd;
	case LCR_H: return u->s.lcr_h;
	case CR: return u->s.cr;
	case IFLS: return u->s.ifls;
	case IMSC: return u->s.imsc;
	case RIS: return u->s.ris;
	case MIS: return u->s.ris & u->s.imsc;
	case DMACR: return u->s.dmacr;
	case ID: return ids[(offset - 0xfe0) / 4];
	case ICR:
	case REG_NONE: break;
	}
	return 0;
}

static void write_reg(struct pl011 *u, enum reg r, u32 v)
{
	switch (r) {
	case DR: transmit(u, (u8)v); break;
	case RSR: u->s.rsr = 0; break; /* any value clears (UARTECR) */
	case ILPR: u->s.ilpr = v; break;
	case IBRD: u->s.ibrd = v; break;
	case FBRD: u->s.fbrd = v; break;
	case LCR_H: write_lcr(u, v); break;
	case CR: write_cr(u, v); break;
	case IFLS: u->s.ifls = v; break;
	case IMSC: u->s.imsc = v; break;
	case ICR: u->s.ris &= ~v; break;
	case DMACR: u->s.dmacr = v; break;
	case FR:
	case RIS:
	case MIS:
	case ID:
	case REG_NONE: break;
	}
	update_line(u);
}

/* Registers answer to bytes, halfwords and words; a byte lane above the first reads its part and ignores writes, so
 * that no side effect happens twice. */
static enum bus_result pl011_read(void *ctx, const struct bus_access *a, u64 *value)
{
	unsigned lane = a->offset % 4;

	if (a->size > 4)
		return BUS_SLVERR;
	*value = 0;
	if (lane && reg_at(a->offset) == DR)
		return BUS_OK;
	*value = read_reg(ctx, reg_at(a->offset), a->offset) >> 8 * lane & ones(8 * a->size);
	return BUS_OK;
}

static enum bus_result pl011_write(void *ctx, const struct bus_access *a, u64 value)
{
	enum reg r = reg_at(a->offset);

	if (a->size > 4)
		return BUS_SLVERR;
	if (a->offset % 4 == 0 && r != REG_NONE && r != ID)
		write_reg(ctx, r, value & ones(8 * a->size) & map[a->offset / 4].writable);
	return BUS_OK;
}

const struct bus_device_ops pl011_ops = { pl011_read, pl011_write };

void pl011_reset(struct pl011 *u)
{
	bool level = u->s.level;

	u->s = (struct pl011_state){ .cr = CR_RESET, .ifls = 0x12, .level = level };
	clock_set(u->clock, u->deadline, CLOCK_NEVER);
	update_line(u);
}

void pl011_init(struct pl011 *u, struct clock *clock)
{
	u->clock = clock;
	u->deadline = clock_add(clock, timeout, u);
	pl011_reset(u);
}
