/* A bus, accesses that must succeed, and who takes message-signalled interrupts from it: for the tests of devices. */
#ifndef BUS_RIG_H
#define BUS_RIG_H

#include <check.h>
#include <string.h>

#include "bus/bus.h"

static struct bus bus;

static inline u64 rd(u64 at, unsigned size)
{
	u64 v = 0xdead;

	ck_assert_int_eq(bus_read(&bus, (pa_t){ at, true }, size, 0, &v), BUS_OK);
	return v;
}

static inline void wr(u64 at, unsigned size, u64 v)
{
	ck_assert_int_eq(bus_write(&bus, (pa_t){ at, true }, size, 0, v), BUS_OK);
}

/* ---- messages ---- */

#define DOORBELL 0x8090040ull

static struct {
	unsigned count;
	u32 stream;
	u64 value; /* of the last one */
} message;

static inline enum bus_result message_write(void *ctx, const struct bus_access *a, u64 value)
{
	message.count++;
	message.stream = a->stream;
	message.value = value;
	return BUS_OK;
}

static inline enum bus_result message_read(void *ctx, const struct bus_access *a, u64 *value)
{
	return BUS_SLVERR;
}

static inline void take_messages(void)
{
	static const struct bus_device_ops ops = { message_read, message_write };

	memset(&message, 0, sizeof(message));
	bus_add(&bus, &(struct bus_region){ "its", DOORBELL - 0x40, 0x10000, BUS_MSI, false, NULL, &ops, NULL });
}

#endif
