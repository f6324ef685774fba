/*
 * Split virtqueues (virtio 1.2, 2.7). Everything read from them is the driver's word and is checked: indexes against
 * the queue's size, chains against loops, tables against nesting. How many buffers a notification finds is decided when
 * it comes, so that a device that overwrites its own queue cannot go on for ever.
 */
#include <string.h>

#include "dev/virtio.h"

enum { DESC_NEXT = 1, DESC_WRITE = 2, DESC_INDIRECT = 4 };
enum { AVAIL_NO_INTERRUPT = 1 };
#define CHAIN_MAX (1ull << 32) /* 2.7.4: bytes that a chain may describe */

struct desc {
	u64 at;
	u32 size;
	u16 flags, next;
};

/* The descriptors that a chain is in: the queue's own table, or an indirect one. */
struct table {
	u64 at;
	u32 count;
	bool indirect;
};

/* Rings: a 16-bit field of one that is not in memory breaks the device. */
static bool get16(struct virtio_device *d, u64 at, u16 *v)
{
	if (virtio_dma(d, at, v, sizeof(*v), false))
		return true;
	virtio_break(d, "virtio: a ring is not in memory", at);
	return false;
}

static bool put(struct virtio_device *d, u64 at, void *data, unsigned size)
{
	if (virtio_dma(d, at, data, size, true))
		return true;
	virtio_break(d, "virtio: a used ring is not in memory", at);
	return false;
}

/* ---- taking ---- */

/* With EVENT_IDX, ask for a notification of the next buffer that the driver adds (2.7.10). */
static void want_notification(struct virtio_device *d, struct virtq *q)
{
	if (virtio_has(d, VIRTIO_F_EVENT_IDX))
		put(d, q->used + 4 + 8ull * q->size, &q->next_avail, 2);
}

unsigned virtq_available(struct virtio_device *d, unsigned n)
{
	struct virtq *q = &d->s.q[n];
	u16 index, count;

	if (!virtio_queue_runs(d, n) || !get16(d, q->avail + 2, &index))
		return 0;
	count = (u16)(index - q->next_avail);
	if (count > q->size) {
		virtio_break(d, "virtio: more buffers are available than the queue has room for", index);
		return 0;
	}
	return count;
}

/* One piece; the readable ones come first (2.7.4.2). Empty ones are left out. */
static bool add_piece(struct virtio_device *d, struct virtq_chain *c, const struct desc *x)
{
	bool writes = x->flags & DESC_WRITE;

	if (!x->size)
		return true;
	if (!writes && c->in) {
		virtio_break(d, "virtio: a chain has a readable descriptor behind a writable one", c->head);
		return false;
	}
	if (c->out + c->in + x->size > CHAIN_MAX) {
		virtio_break(d, "virtio: a chain describes more than 2^32 bytes", c->head);
		return false;
	}
	c->piece[c->count++] = (struct virtq_piece){ x->at, x->size };
	c->readable = writes ? c->readable : c->count;
	*(writes ? &c->in : &c->out) += x->size;
	return true;
}

/* 2.7.5.3: an indirect table is the last of its chain, and holds no further table. */
static bool enter_table(struct virtio_device *d, struct table *t, const struct desc *x)
{
	if (t->indirect || !virtio_has(d, VIRTIO_F_INDIRECT_DESC) || x->flags & DESC_NEXT || !x->size ||
	    x->size % sizeof(struct desc) || x->size / sizeof(struct desc) > VIRTQ_SIZE_MAX) {
		virtio_break(d, "virtio: an indirect descriptor that may not be", x->at);
		return false;
	}
	*t = (struct table){ x->at, x->size / (u32)sizeof(struct desc), true };
	return true;
}

/* Follow the chain from descriptor `i` of the queue's table. A table is never visited more often than it has entries.
 */
static bool follow(struct virtio_device *d, struct virtq *q, u16 i, struct virtq_chain *c)
{
	struct table t = { q->desc, q->size, false };
	u32 visits = 0;
	struct desc x;

	do {
		if (i >= t.count || visits++ == t.count) {
			virtio_break(d, "virtio: a chain leaves its table, or is a loop", i);
			return false;
		}
		if (!virtio_dma(d, t.at + 16ull * i, &x, sizeof(x), false)) {
			virtio_break(d, "virtio: a descriptor is not in memory", t.at + 16ull * i);
			return false;
		}
		i = x.next;
		if (x.flags & DESC_INDIRECT) {
			if (!enter_table(d, &t, &x))
				return false;
			x.flags = DESC_NEXT;
			visits = i = 0;
		} else if (c->count == VIRTQ_SIZE_MAX) {
			virtio_break(d, "virtio: a chain is longer than any queue", c->head);
			return false;
		} else if (!add_piece(d, c, &x)) {
			return false;
		}
	} while (x.flags & DESC_NEXT);
	return true;
}

bool virtq_take(struct virtio_device *d, unsigned n, struct virtq_chain *c)
{
	struct virtq *q = &d->s.q[n];

	c->readable = c->count = 0;
	c->out = c->in = 0;
	if (!virtq_available(d, n) || !get16(d, q->avail + 4 + 2ull * (q->next_avail % q->size), &c->head))
		return false;
	q->next_avail++;
	want_notification(d, q);
	return !d->s.broken && follow(d, q, c->head, c);
}

/* ---- giving back ---- */

void virtq_give(struct virtio_device *d, unsigned n, const struct virtq_chain *c, u32 written)
{
	struct virtq *q = &d->s.q[n];
	u32 entry[2] = { c->head, written };

	if (d->s.broken || !put(d, q->used + 4 + 8ull * (q->next_used % q->size), entry, sizeof(entry)))
		return;
	q->next_used++;
	put(d, q->used + 2, &q->next_used, 2);
}

/* 2.7.7: by the index that the driver waits for, or by its flag. */
static bool wants_interrupt(struct virtio_device *d, struct virtq *q)
{
	u16 flags, event, old = q->told_used;

	q->told_used = q->next_used;
	if (q->next_used == old)
		return false;
	if (!virtio_has(d, VIRTIO_F_EVENT_IDX))
		return get16(d, q->avail, &flags) && !(flags & AVAIL_NO_INTERRUPT);
	return get16(d, q->avail + 4 + 2ull * q->size, &event) &&
	       (u16)(q->next_used - event - 1) < (u16)(q->next_used - old);
}

void virtq_tell(struct virtio_device *d, unsigned n)
{
	if (!d->s.broken && wants_interrupt(d, &d->s.q[n]))
		virtio_interrupt(d, n);
}

void virtq_serve(struct virtio_device *d, unsigned n,
		 void (*serve)(struct virtio_device *d, unsigned n, const struct virtq_chain *c))
{
	struct virtq_chain c;

	for (unsigned left = virtq_available(d, n); left && virtq_take(d, n, &c); left--)
		serve(d, n, &c);
	virtq_tell(d, n);
}

/* ---- a buffer's bytes ---- */

static bool move(struct virtio_device *d, const struct virtq_chain *c, bool is_write, u64 from, u8 *data, u64 size)
{
	unsigned i = is_write ? c->readable : 0, end = is_write ? c->count : c->readable;

	if (from > (is_write ? c->in : c->out) || size > (is_write ? c->in : c->out) - from)
		return false;
	for (; size && i < end; i++) {
		const struct virtq_piece *p = &c->piece[i];
		u64 n = from < p->size ? p->size - from : 0;

		n = n < size ? n : size;
		if (!virtio_dma(d, p->at + from, data, n, is_write)) {
			virtio_break(d, "virtio: a buffer is not in memory", p->at);
			return false;
		}
		from = n ? 0 : from - p->size;
		data += n;
		size -= n;
	}
	return true;
}

bool virtq_read(struct virtio_device *d, const struct virtq_chain *c, u64 from, void *data, u64 size)
{
	return move(d, c, false, from, data, size);
}

bool virtq_write(struct virtio_device *d, const struct virtq_chain *c, u64 from, const void *data, u64 size)
{
	return move(d, c, true, from, (u8 *)data, size);
}
