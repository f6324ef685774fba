/* Features, status, configuration space and interrupts of a virtio device (virtio 1.2, chapter 2). */
#include "dev/virtio.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"

void virtio_init(struct virtio_device *d, const struct virtio_class *class, void *own, u64 features)
{
	BUG_ON(class->queues > VIRTIO_QUEUES_MAX);
	d->class = class;
	d->own = own;
	d->queues = class->queues;
	d->features = features | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX;
}

void virtio_reset(struct virtio_device *d)
{
	memset(&d->s, 0, sizeof(d->s));
	if (d->class->reset)
		d->class->reset(d);
	if (d->interrupt)
		d->interrupt(d->transport, false);
}

/* ---- interrupts ---- */

/* By messages, only changes of configuration show in the ISR (4.1.4.5.1). */
void virtio_interrupt(struct virtio_device *d, unsigned source)
{
	if (source == VIRTIO_CONFIG_SOURCE)
		d->s.isr |= VIRTIO_INT_CONFIG;
	if (d->message && d->message(d->transport, source))
		return;
	if (source != VIRTIO_CONFIG_SOURCE)
		d->s.isr |= VIRTIO_INT_QUEUE;
	if (d->interrupt)
		d->interrupt(d->transport, true);
}

void virtio_ack(struct virtio_device *d, u8 reasons)
{
	d->s.isr &= (u8)~reasons;
	if (d->interrupt)
		d->interrupt(d->transport, d->s.isr != 0);
}

void virtio_break(struct virtio_device *d, const char *why, u64 detail)
{
	struct event e = { .kind = EV_GUEST_ERROR, .text = { why, detail } };

	if (d->trace && trace_wants(d->trace, EV_GUEST_ERROR))
		trace_emit(d->trace, &e);
	d->s.broken = true;
	if (!virtio_has(d, VIRTIO_F_VERSION_1))
		return; /* legacy drivers know no such status */
	d->s.status |= VIRTIO_NEEDS_RESET;
	if (d->s.status & VIRTIO_DRIVER_OK)
		virtio_interrupt(d, VIRTIO_CONFIG_SOURCE);
}

/* ---- features and status ---- */

u64 virtio_offered(const struct virtio_device *d)
{
	return d->features | (d->modern ? VIRTIO_F_VERSION_1 : VIRTIO_F_ANY_LAYOUT);
}

/* 2.2: once FEATURES_OK is set nothing changes any more. What was not offered is not there to be accepted: a modern
 * driver finds FEATURES_OK clear (below), a legacy one can only be ignored. */
void virtio_set_features(struct virtio_device *d, unsigned n, u32 value)
{
	if (d->s.status & VIRTIO_FEATURES_OK)
		return;
	d->s.driver_features = deposit(d->s.driver_features, 32 * n, 32, value);
	if (!d->modern)
		d->s.driver_features &= virtio_offered(d);
}

/* 6.1: where addresses are translated, a driver that knows nothing of it could only fail. */
static bool features_fit(const struct virtio_device *d)
{
	u64 needed = VIRTIO_F_VERSION_1 | (d->features & VIRTIO_F_ACCESS_PLATFORM);

	return (d->s.driver_features & needed) == needed && !(d->s.driver_features & ~virtio_offered(d));
}

/* 2.1: zero resets; DEVICE_NEEDS_RESET is the device's to set. */
void virtio_set_status(struct virtio_device *d, u8 value)
{
	u8 old = d->s.status;

	if (!value) {
		virtio_reset(d);
		return;
	}
	value = (u8)((value & ~VIRTIO_NEEDS_RESET) | (old & VIRTIO_NEEDS_RESET));
	if (value & ~old & VIRTIO_FEATURES_OK && !(d->modern && features_fit(d)))
		value &= (u8)~VIRTIO_FEATURES_OK;
	d->s.status = value;
}

/* ---- queues ---- */

/* A legacy driver may use its queues before it says DRIVER_OK (2.1.2.1). */
bool virtio_queue_runs(const struct virtio_device *d, unsigned n)
{
	return d->class && n < d->queues && d->s.q[n].ready && !d->s.broken &&
	       (!d->modern || d->s.status & VIRTIO_DRIVER_OK);
}

void virtio_notify(struct virtio_device *d, unsigned n)
{
	if (virtio_queue_runs(d, n))
		d->class->notify(d, n);
}

/* 2.7: sizes are powers of two; the parts are aligned to 16, 2 and 4 bytes. */
void virtio_start_queue(struct virtio_device *d, unsigned n)
{
	struct virtq *q = &d->s.q[n];

	if (!q->size || q->size > VIRTQ_SIZE_MAX || q->size & (q->size - 1))
		virtio_break(d, "virtio: a queue's size is not a power of two up to 1024", q->size);
	else if (q->desc % 16 || q->avail % 2 || q->used % 4)
		virtio_break(d, "virtio: a part of a queue is not aligned", q->desc);
	else
		*q = (struct virtq){
			.desc = q->desc, .avail = q->avail, .used = q->used, .size = q->size, .ready = true
		};
}

void virtio_reset_queue(struct virtio_device *d, unsigned n)
{
	d->s.q[n] = (struct virtq){ .size = VIRTQ_SIZE_MAX };
}

/* ---- configuration space ---- */

u64 virtio_config_read(const struct virtio_device *d, u64 offset, unsigned size)
{
	u64 v = 0;

	if (offset < d->config_size && size <= d->config_size - offset)
		memcpy(&v, d->s.config + offset, size);
	return v;
}

void virtio_config_write(struct virtio_device *d, u64 offset, unsigned size, u64 value)
{
	for (unsigned i = 0; i < size && offset + i < d->config_size; i++)
		if (d->class->writable_config >> (offset + i) & 1)
			d->s.config[offset + i] = (u8)(value >> 8 * i);
}

/* ---- guest memory ---- */

bool virtio_dma(struct virtio_device *d, u64 at, void *data, u64 size, bool is_write)
{
	u8 *p = data;

	while (size) {
		u64 room = 4096 - at % 4096, n = size < room ? size : room;
		struct dma_request q = {
			.stream = d->stream, .address = at, .size = (u32)n, .is_write = is_write, .data = p
		};

		if (d->port.access(d->port.ctx, &q) != DMA_OK)
			return false;
		at += n;
		p += n;
		size -= n;
	}
	return true;
}
