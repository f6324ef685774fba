/*
 * virtio block device (virtio 1.2, 5.2): queues that are all alike; read, write, flush, get-id, discard, write zeroes.
 * A request is done when its notification returns. What the host cannot do is VIRTIO_BLK_S_IOERR.
 */
#ifndef DEV_VIRTIO_BLK_H
#define DEV_VIRTIO_BLK_H

#include "dev/disk.h"
#include "dev/virtio.h"

struct virtio_blk {
	struct virtio_device device;
	struct disk *disk;
	char id[20]; /* what GET_ID says; not terminated when full */
};

/* 5.2.3, 5.2.6 */
enum {
	VIRTIO_BLK_F_SEG_MAX = 1 << 2,
	VIRTIO_BLK_F_RO = 1 << 5,
	VIRTIO_BLK_F_BLK_SIZE = 1 << 6,
	VIRTIO_BLK_F_FLUSH = 1 << 9,
	VIRTIO_BLK_F_CONFIG_WCE = 1 << 11,
	VIRTIO_BLK_F_MQ = 1 << 12,
	VIRTIO_BLK_F_DISCARD = 1 << 13,
	VIRTIO_BLK_F_WRITE_ZEROES = 1 << 14
};
enum {
	VIRTIO_BLK_T_IN = 0,
	VIRTIO_BLK_T_OUT = 1,
	VIRTIO_BLK_T_FLUSH = 4,
	VIRTIO_BLK_T_GET_ID = 8,
	VIRTIO_BLK_T_DISCARD = 11,
	VIRTIO_BLK_T_WRITE_ZEROES = 13
};
enum { VIRTIO_BLK_S_OK, VIRTIO_BLK_S_IOERR, VIRTIO_BLK_S_UNSUPP };

/* The disk must be open, and outlive the device. n: the device's number, which its ID tells. */
void virtio_blk_init(struct virtio_blk *b, struct disk *disk, unsigned n);
/* How many queues it has, 1 to VIRTIO_QUEUES_MAX, before it is attached; at first one. */
void virtio_blk_set_queues(struct virtio_blk *b, unsigned count);

#endif
