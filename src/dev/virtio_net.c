#include "dev/virtio_net.h"

#include <string.h>

enum { RECEIVE, TRANSMIT, QUEUES };
enum { MAC = 0, STATUS = 6, CONFIG_SIZE = 8 };
enum { LINK_UP = 1 };

/* 5.1.6: what precedes a frame. Without offloads only num_buffers is not zero, which legacy drivers do not have. */
struct header {
	u8 zero[10];
	u16 num_buffers;
};

static unsigned header_size(const struct virtio_net *v)
{
	return virtio_has(&v->device, VIRTIO_F_VERSION_1) ? 12 : 10;
}

/* Frames of impossible size are dropped. */
static void send(struct virtio_device *d, unsigned n, const struct virtq_chain *c)
{
	struct virtio_net *v = d->own;
	u8 frame[VIRTIO_NET_FRAME_MAX];
	u64 header = header_size(v), size = c->out - header;

	if (c->out < header) {
		virtio_break(d, "virtio-net: a frame without its header", c->head);
		return;
	}
	if (size && size <= sizeof(frame)) {
		if (!virtq_read(d, c, header, frame, size))
			return;
		if (v->out)
			v->out(v->out_ctx, frame, size);
	}
	virtq_give(d, n, c, 0);
}

static void notify(struct virtio_device *d, unsigned n)
{
	if (n == TRANSMIT)
		virtq_serve(d, n, send);
}

bool virtio_net_receive(struct virtio_net *v, const u8 *frame, size_t size)
{
	struct virtio_device *d = &v->device;
	struct header h = { .num_buffers = 1 };
	unsigned header = header_size(v);
	struct virtq_chain c;

	if (size > VIRTIO_NET_FRAME_MAX)
		return true; /* no network has such a frame: it is lost */
	if (!virtq_take(d, RECEIVE, &c))
		return false;
	if (c.in < header + size) {
		virtio_break(d, "virtio-net: a receive buffer that is too small for a frame", c.head);
		return false;
	}
	if (!virtq_write(d, &c, 0, &h, header) || !virtq_write(d, &c, header, frame, size))
		return false;
	virtq_give(d, RECEIVE, &c, (u32)(header + size));
	virtq_tell(d, RECEIVE);
	return true;
}

static void reset(struct virtio_device *d)
{
	const struct virtio_net *v = d->own;

	memcpy(d->s.config + MAC, v->mac, sizeof(v->mac));
	d->s.config[STATUS] = LINK_UP;
}

/* A legacy driver may set the address itself (5.1.4.2). */
static const struct virtio_class class = {
	.name = "virtio-net", .id = 1, .queues = QUEUES, .notify = notify, .reset = reset, .writable_config = 0x3f
};

void virtio_net_init(struct virtio_net *v, const u8 mac[6])
{
	memcpy(v->mac, mac, sizeof(v->mac));
	virtio_init(&v->device, &class, v, VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS);
	v->device.config_size = CONFIG_SIZE;
}
