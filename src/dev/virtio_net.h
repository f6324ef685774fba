/*
 * virtio network device (virtio 1.2, 5.1): one pair of queues, no offloads. Frames go to the host as they are sent, and
 * come from it when the machine's owner gives them.
 */
#ifndef DEV_VIRTIO_NET_H
#define DEV_VIRTIO_NET_H

#include "dev/virtio.h"

#define VIRTIO_NET_FRAME_MAX 1518u /* with a VLAN tag, without the checksum */
#define VIRTIO_NET_F_MAC (1u << 5)
#define VIRTIO_NET_F_STATUS (1u << 16)

struct virtio_net {
	struct virtio_device device;
	u8 mac[6];
	void (*out)(void *ctx, const u8 *frame, size_t size); /* may be NULL: nothing is connected */
	void *out_ctx;
};

void virtio_net_init(struct virtio_net *v, const u8 mac[6]);
/* A frame from the network. False: the driver has no buffer for it now. */
bool virtio_net_receive(struct virtio_net *v, const u8 *frame, size_t size);

#endif
