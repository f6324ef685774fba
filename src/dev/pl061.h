/*
 * PL061 GPIO (Arm DDI 0190): eight pins, each input or output, with an interrupt from edges or levels of the inputs.
 *
 * On `virt` pin 3 is the power key, and on the Secure one the outputs 0 and 1 power off and reset the machine.
 * GPIOAFSEL holds what is written: there is no hardware to hand a pin to. An input that nobody drives is low.
 */
#ifndef DEV_PL061_H
#define DEV_PL061_H

#include "base/types.h"
#include "bus/bus.h"
#include "bus/clock.h"
#include "bus/line.h"

#define PL061_PINS 8

/* A bit each pin. */
struct pl061_state {
	u8 in;		 /* levels from outside */
	u8 data;	 /* levels that software wrote, of outputs */
	u8 dir;		 /* outputs */
	u8 is, ibe, iev; /* level, both edges, rising edge or high */
	u8 ie;
	u8 latched; /* edges seen; levels are not kept */
	u8 afsel;
	u8 pressed; /* keys held until the deadline */
};

struct pl061 {
	struct pl061_state s;
	/* wiring */
	struct line irq;
	struct line out[PL061_PINS]; /* optional */
	struct clock *clock;
	unsigned deadline; /* release of keys */
};

/* Registers the keys' release with the clock and enters the reset state. Lines are the caller's to wire. */
void pl061_init(struct pl061 *p, struct clock *clock);
void pl061_reset(struct pl061 *p);
/* An input pin, to be driven by a device. */
struct line pl061_pin(struct pl061 *p, unsigned pin);
/* A user presses the key that the pin is wired to: high for a tenth of a second of the machine's time. */
void pl061_press(struct pl061 *p, unsigned pin);

extern const struct bus_device_ops pl061_ops;

#endif
