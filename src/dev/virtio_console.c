#include "dev/virtio_console.h"

enum { RECEIVE, TRANSMIT, QUEUES };

static void send(struct virtio_device *d, unsigned n, const struct virtq_chain *c)
{
	struct virtio_console *v = d->own;
	u8 data[256];

	for (u64 done = 0, part; done < c->out; done += part) {
		part = c->out - done < sizeof(data) ? c->out - done : sizeof(data);
		if (!virtq_read(d, c, done, data, part))
			return;
		for (u64 i = 0; v->out && i < part; i++)
			v->out(v->out_ctx, data[i]);
	}
	virtq_give(d, n, c, 0);
}

/* New receive buffers wait until something is typed. */
static void notify(struct virtio_device *d, unsigned n)
{
	if (n == TRANSMIT)
		virtq_serve(d, n, send);
}

bool virtio_console_receive(struct virtio_console *v, u8 byte)
{
	struct virtio_device *d = &v->device;
	struct virtq_chain c;

	if (!virtq_take(d, RECEIVE, &c))
		return false;
	if (!c.in) {
		virtio_break(d, "virtio-console: a receive buffer without room", c.head);
		return false;
	}
	if (!virtq_write(d, &c, 0, &byte, 1))
		return false;
	virtq_give(d, RECEIVE, &c, 1);
	virtq_tell(d, RECEIVE);
	return true;
}

static const struct virtio_class class = { .name = "virtio-console", .id = 3, .queues = QUEUES, .notify = notify };

void virtio_console_init(struct virtio_console *v)
{
	virtio_init(&v->device, &class, v, 0);
}
