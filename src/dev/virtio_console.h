/* virtio console with one port (virtio 1.2, 5.3): queue 0 receives what is typed, queue 1 sends. */
#ifndef DEV_VIRTIO_CONSOLE_H
#define DEV_VIRTIO_CONSOLE_H

#include "dev/virtio.h"

struct virtio_console {
	struct virtio_device device;
	void (*out)(void *ctx, u8 byte); /* a byte that the driver sent; may be NULL */
	void *out_ctx;
};

void virtio_console_init(struct virtio_console *v);
/* A byte that was typed; false: the driver has no buffer for it, offer it again later. */
bool virtio_console_receive(struct virtio_console *v, u8 byte);

#endif
