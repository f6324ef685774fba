/*
 * PL011 UART (Arm DDI 0183). Both directions work by interrupt and by polling, with FIFOs of 16 and their levels.
 *
 * Transmission takes no time: a byte written to UARTDR leaves at once, so the transmit FIFO is always empty and passes
 * its trigger level with every byte. As on QEMU's `virt`, whose software relies on it, bytes also pass while
 * UARTCR.UARTEN, TXE or RXE are 0. The receive timeout is 32 bit periods of the programmed rate. DMA and IrDA are not
 * there: their registers hold what is written.
 */
#ifndef DEV_PL011_H
#define DEV_PL011_H

#include "base/types.h"
#include "bus/bus.h"
#include "bus/clock.h"
#include "bus/line.h"

#define PL011_FIFO 16

struct pl011_state {
	u32 rsr, ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, dmacr;
	u16 rx[PL011_FIFO]; /* data and error flags [11:8], as UARTDR gives them */
	u8 rx_first, rx_count;
	bool level; /* the interrupt line */
};

struct pl011 {
	struct pl011_state s;
	/* wiring */
	struct line irq;
	struct clock *clock;
	unsigned deadline; /* receive timeout */
	void (*out)(void *ctx, u8 byte);
	void *out_ctx;
};

/* Reset state; registers the receive timeout with the clock. Wiring other than the clock is the caller's. */
void pl011_reset(struct pl011 *u);
void pl011_init(struct pl011 *u, struct clock *clock);
/* A byte arrives at the receiver; false: the FIFO is full. */
bool pl011_receive(struct pl011 *u, u8 byte);

extern const struct bus_device_ops pl011_ops;

#endif
