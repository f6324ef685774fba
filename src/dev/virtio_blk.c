#include "dev/virtio_blk.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* 5.2.4: the configuration space */
enum {
	CAPACITY = 0,
	SEG_MAX = 12,
	BLK_SIZE = 20,
	WRITEBACK = 32,
	NUM_QUEUES = 34,
	MAX_DISCARD_SECTORS = 36,
	MAX_DISCARD_SEG = 40,
	DISCARD_ALIGNMENT = 44,
	MAX_WRITE_ZEROES_SECTORS = 48,
	MAX_WRITE_ZEROES_SEG = 52,
	WRITE_ZEROES_MAY_UNMAP = 56,
	CONFIG_SIZE = 60
};

#define SEGMENTS_MAX (VIRTQ_SIZE_MAX - 2) /* of data: header and status are the other two */
#define RANGES_MAX 16u			  /* of one discard or write-zeroes request */
#define RANGE_SECTORS_MAX (1u << 21)	  /* 1 GiB */
#define BOUNCE 65536u

struct header {
	u32 type, reserved;
	u64 sector;
};

struct range {
	u64 sector;
	u32 sectors, flags;
};
enum { RANGE_UNMAP = 1 };

/* ---- requests: their status; *written: data bytes put into the driver's buffer ---- */

/* The data's place on the disk, or an error (5.2.6.1: whole sectors within the capacity). */
static bool locate(const struct virtio_blk *b, u64 sector, u64 bytes, u64 *at)
{
	u64 sectors = b->disk->size / DISK_SECTOR;

	*at = sector * DISK_SECTOR;
	return bytes % DISK_SECTOR == 0 && sector <= sectors && bytes / DISK_SECTOR <= sectors - sector;
}

static u8 read_sectors(struct virtio_blk *b, const struct virtq_chain *c, u64 sector, u64 *written)
{
	u8 data[BOUNCE];
	u64 at, bytes = c->in - 1;

	if (!locate(b, sector, bytes, &at))
		return VIRTIO_BLK_S_IOERR;
	for (u64 done = 0, n; done < bytes; done += n) {
		n = bytes - done < BOUNCE ? bytes - done : BOUNCE;
		if (!disk_read(b->disk, at + done, data, n) || !virtq_write(&b->device, c, done, data, n))
			return VIRTIO_BLK_S_IOERR;
		*written += n;
	}
	return VIRTIO_BLK_S_OK;
}

/* 5.2.6.2: without a way to flush, and with the cache switched off, what is written is on the medium. */
static bool writes_through(const struct virtio_blk *b)
{
	const struct virtio_device *d = &b->device;

	return virtio_has(d, VIRTIO_BLK_F_CONFIG_WCE) ? !d->s.config[WRITEBACK] : !virtio_has(d, VIRTIO_BLK_F_FLUSH);
}

static u8 finish_write(struct virtio_blk *b)
{
	return !writes_through(b) || disk_flush(b->disk) ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR;
}

static u8 write_sectors(struct virtio_blk *b, const struct virtq_chain *c, u64 sector)
{
	u8 data[BOUNCE];
	u64 at, bytes = c->out - sizeof(struct header);

	if (!locate(b, sector, bytes, &at))
		return VIRTIO_BLK_S_IOERR;
	for (u64 done = 0, n; done < bytes; done += n) {
		n = bytes - done < BOUNCE ? bytes - done : BOUNCE;
		if (!virtq_read(&b->device, c, sizeof(struct header) + done, data, n) ||
		    !disk_write(b->disk, at + done, data, n))
			return VIRTIO_BLK_S_IOERR;
	}
	return finish_write(b);
}

/* Of discarded sectors the driver expects nothing: here they become zeros. */
static u8 zero_range(struct virtio_blk *b, u32 type, const struct range *r)
{
	bool discards = type == VIRTIO_BLK_T_DISCARD;
	u64 at;

	if (r->flags & ~(u32)RANGE_UNMAP || (discards && r->flags))
		return VIRTIO_BLK_S_UNSUPP;
	if (r->sectors > RANGE_SECTORS_MAX || !locate(b, r->sector, (u64)r->sectors * DISK_SECTOR, &at))
		return VIRTIO_BLK_S_IOERR;
	return disk_zero(b->disk, at, (u64)r->sectors * DISK_SECTOR, discards || r->flags & RANGE_UNMAP)
		       ? VIRTIO_BLK_S_OK
		       : VIRTIO_BLK_S_IOERR;
}

static u8 zero_ranges(struct virtio_blk *b, const struct virtq_chain *c, u32 type)
{
	u64 bytes = c->out - sizeof(struct header);
	struct range r[RANGES_MAX];
	u8 status = VIRTIO_BLK_S_OK;

	if (!bytes || bytes % sizeof(r[0]))
		return VIRTIO_BLK_S_UNSUPP;
	if (bytes > sizeof(r) || !virtq_read(&b->device, c, sizeof(struct header), r, bytes))
		return VIRTIO_BLK_S_IOERR;
	for (unsigned i = 0; i < bytes / sizeof(r[0]) && status == VIRTIO_BLK_S_OK; i++)
		status = zero_range(b, type, &r[i]);
	return status == VIRTIO_BLK_S_OK ? finish_write(b) : status;
}

static u8 get_id(struct virtio_blk *b, const struct virtq_chain *c, u64 *written)
{
	u64 n = c->in - 1 < sizeof(b->id) ? c->in - 1 : sizeof(b->id);

	if (!virtq_write(&b->device, c, 0, b->id, n))
		return VIRTIO_BLK_S_IOERR;
	*written = n;
	return VIRTIO_BLK_S_OK;
}

static u8 serve(struct virtio_blk *b, const struct virtq_chain *c, const struct header *h, u64 *written)
{
	switch (h->type) {
	case VIRTIO_BLK_T_IN: return read_sectors(b, c, h->sector, written);
	case VIRTIO_BLK_T_FLUSH: return disk_flush(b->disk) ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR;
	case VIRTIO_BLK_T_GET_ID: return get_id(b, c, written);
	case VIRTIO_BLK_T_OUT: return b->disk->ro ? VIRTIO_BLK_S_IOERR : write_sectors(b, c, h->sector);
	case VIRTIO_BLK_T_DISCARD:
	case VIRTIO_BLK_T_WRITE_ZEROES: return b->disk->ro ? VIRTIO_BLK_S_IOERR : zero_ranges(b, c, h->type);
	default: return VIRTIO_BLK_S_UNSUPP;
	}
}

/* 5.2.6: a header of 16 bytes is read, then the data is; what is written ends with the status byte. */
static void serve_chain(struct virtio_device *d, unsigned n, const struct virtq_chain *c)
{
	struct virtio_blk *b = d->own;
	u64 written = 0;
	struct header h;
	u8 status;

	if (c->out < sizeof(h) || !c->in) {
		virtio_break(d, "virtio-blk: a request without header or status", c->head);
		return;
	}
	if (!virtq_read(d, c, 0, &h, sizeof(h)))
		return;
	status = serve(b, c, &h, &written);
	if (d->s.broken || !virtq_write(d, c, c->in - 1, &status, 1))
		return;
	virtq_give(d, n, c, (u32)written + 1);
}

static void notify(struct virtio_device *d, unsigned n)
{
	virtq_serve(d, n, serve_chain);
}

/* ---- the device ---- */

static void set(struct virtio_device *d, unsigned at, u64 value, unsigned size)
{
	memcpy(d->s.config + at, &value, size);
}

static void reset(struct virtio_device *d)
{
	const struct virtio_blk *b = d->own;

	set(d, CAPACITY, b->disk->size / DISK_SECTOR, 8);
	set(d, SEG_MAX, SEGMENTS_MAX, 4);
	set(d, BLK_SIZE, DISK_SECTOR, 4);
	set(d, WRITEBACK, 1, 1);
	set(d, NUM_QUEUES, d->queues, 2);
	set(d, MAX_DISCARD_SECTORS, RANGE_SECTORS_MAX, 4);
	set(d, MAX_DISCARD_SEG, RANGES_MAX, 4);
	set(d, DISCARD_ALIGNMENT, 8, 4); /* sectors: a page of the host's */
	set(d, MAX_WRITE_ZEROES_SECTORS, RANGE_SECTORS_MAX, 4);
	set(d, MAX_WRITE_ZEROES_SEG, RANGES_MAX, 4);
	set(d, WRITE_ZEROES_MAY_UNMAP, 1, 1);
}

static const struct virtio_class class = { .name = "virtio-blk",
					   .id = 2,
					   .queues = 1,
					   .notify = notify,
					   .reset = reset,
					   .writable_config = 1ull << WRITEBACK };

void virtio_blk_init(struct virtio_blk *b, struct disk *disk, unsigned n)
{
	u64 writes = VIRTIO_BLK_F_CONFIG_WCE | VIRTIO_BLK_F_DISCARD | VIRTIO_BLK_F_WRITE_ZEROES;

	b->disk = disk;
	snprintf(b->id, sizeof(b->id), "hypscope-%u", n);
	virtio_init(&b->device, &class, b,
		    VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH |
			    (disk->ro ? VIRTIO_BLK_F_RO : writes));
	b->device.config_size = CONFIG_SIZE;
}

void virtio_blk_set_queues(struct virtio_blk *b, unsigned count)
{
	BUG_ON(!count || count > VIRTIO_QUEUES_MAX);
	b->device.queues = count;
	if (count > 1)
		b->device.features |= VIRTIO_BLK_F_MQ;
}
