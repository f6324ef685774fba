/* virtio-mmio: registers (4.2.2) and legacy registers (4.2.4). */
#include "dev/virtio_mmio.h"

#include "base/bits.h"

enum {
	MAGIC = 0x00,
	VERSION = 0x04,
	DEVICE_ID = 0x08,
	VENDOR_ID = 0x0c,
	DEVICE_FEATURES = 0x10,
	DEVICE_FEATURES_SEL = 0x14,
	DRIVER_FEATURES = 0x20,
	DRIVER_FEATURES_SEL = 0x24,
	GUEST_PAGE_SIZE = 0x28, /* legacy */
	QUEUE_SEL = 0x30,
	QUEUE_NUM_MAX = 0x34,
	QUEUE_NUM = 0x38,
	QUEUE_ALIGN = 0x3c, /* legacy */
	QUEUE_PFN = 0x40,   /* legacy */
	QUEUE_READY = 0x44,
	QUEUE_NOTIFY = 0x50,
	INTERRUPT_STATUS = 0x60,
	INTERRUPT_ACK = 0x64,
	STATUS = 0x70,
	QUEUE_DESC = 0x80,
	QUEUE_DRIVER = 0x90,
	QUEUE_DEVICE = 0xa0,
	SHM_LEN = 0xb0, /* 64 bits, and SHMBase behind it: there is no shared memory, all ones */
	SHM_END = 0xc0,
	CONFIG_GENERATION = 0xfc,
	CONFIG = 0x100
};

static struct virtq *selected(struct virtio_mmio_slot *slot)
{
	u32 n = slot->s.queue_sel;

	return n < slot->device->queues ? &slot->device->s.q[n] : NULL;
}

/* ---- the legacy interface ---- */

/* 2.7.2: all three parts in a row from a page on, the used ring at the next multiple of the alignment. */
static void place_queue(struct virtio_mmio_slot *slot, struct virtq *q, u32 pfn)
{
	u64 align = slot->s.align[slot->s.queue_sel], end;

	slot->s.pfn[slot->s.queue_sel] = pfn;
	q->ready = false;
	if (!pfn)
		return;
	q->desc = (u64)pfn * slot->s.page_size;
	q->avail = q->desc + 16ull * q->size;
	end = q->avail + 6 + 2ull * q->size;
	q->used = align_up(end, align);
	virtio_start_queue(slot->device, slot->s.queue_sel);
}

static bool is_power_of_two(u32 v)
{
	return v && !(v & (v - 1));
}

static void write_legacy(struct virtio_mmio_slot *slot, u64 reg, u32 value)
{
	struct virtq *q = selected(slot);

	switch (reg) {
	case GUEST_PAGE_SIZE:
		if (is_power_of_two(value))
			slot->s.page_size = value;
		break;
	case QUEUE_ALIGN:
		if (q && is_power_of_two(value))
			slot->s.align[slot->s.queue_sel] = value;
		break;
	case QUEUE_PFN:
		if (q)
			place_queue(slot, q, value);
		break;
	default: break;
	}
}

/* ---- the modern interface ---- */

static void set_half(u64 *address, bool high, u32 value)
{
	*address = deposit(*address, high ? 32 : 0, 32, value);
}

/* 4.2.2.1: a queue in use keeps its places until QueueReady is 0. */
static void write_modern(struct virtio_mmio_slot *slot, u64 reg, u32 value)
{
	struct virtq *q = selected(slot);

	if (!q)
		return;
	if (reg == QUEUE_READY && !(value & 1))
		q->ready = false;
	if (q->ready)
		return;
	switch (reg & ~4u) {
	case QUEUE_READY & ~4u:
		if (reg == QUEUE_READY && value & 1)
			virtio_start_queue(slot->device, slot->s.queue_sel);
		break;
	case QUEUE_DESC: set_half(&q->desc, reg & 4, value); break;
	case QUEUE_DRIVER: set_half(&q->avail, reg & 4, value); break;
	case QUEUE_DEVICE: set_half(&q->used, reg & 4, value); break;
	default: break;
	}
}

/* ---- what both have ---- */

/* Legacy drivers set the page size once, before they reset the device for the first time: it stays. */
static void reset_slot(struct virtio_mmio_slot *slot)
{
	slot->s = (struct virtio_mmio_state){ .page_size = slot->s.page_size };
	for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++)
		slot->s.align[i] = 4096;
	for (unsigned i = 0; i < slot->device->queues; i++)
		virtio_reset_queue(slot->device, i);
}

static void write_status(struct virtio_mmio_slot *slot, u8 value)
{
	virtio_set_status(slot->device, value);
	if (!value)
		reset_slot(slot);
}

static void write_reg(struct virtio_mmio *v, struct virtio_mmio_slot *slot, u64 reg, u32 value)
{
	struct virtq *q = selected(slot);

	switch (reg) {
	case DEVICE_FEATURES_SEL: slot->s.device_features_sel = value; break;
	case DRIVER_FEATURES_SEL: slot->s.driver_features_sel = value; break;
	case DRIVER_FEATURES:
		if (slot->s.driver_features_sel <= v->modern)
			virtio_set_features(slot->device, slot->s.driver_features_sel, value);
		break;
	case QUEUE_SEL: slot->s.queue_sel = value; break;
	case QUEUE_NUM:
		if (q && !q->ready)
			q->size = (u16)(value <= VIRTQ_SIZE_MAX ? value : 0);
		break;
	case QUEUE_NOTIFY: virtio_notify(slot->device, value); break;
	case INTERRUPT_ACK: virtio_ack(slot->device, (u8)value); break;
	case STATUS: write_status(slot, (u8)value); break;
	default: (v->modern ? write_modern : write_legacy)(slot, reg, value);
	}
}

static u32 read_features(const struct virtio_mmio *v, const struct virtio_mmio_slot *slot)
{
	u32 n = slot->s.device_features_sel;

	return n > v->modern ? 0 : (u32)(virtio_offered(slot->device) >> 32 * n);
}

static u32 read_reg(struct virtio_mmio *v, struct virtio_mmio_slot *slot, u64 reg)
{
	const struct virtq *q = selected(slot);

	switch (reg) {
	case DEVICE_FEATURES: return read_features(v, slot);
	case QUEUE_NUM_MAX: return q ? VIRTQ_SIZE_MAX : 0;
	case QUEUE_PFN: return q && !v->modern ? slot->s.pfn[slot->s.queue_sel] : 0;
	case QUEUE_READY: return q && v->modern && q->ready;
	case INTERRUPT_STATUS: return slot->device->s.isr;
	case STATUS: return slot->device->s.status;
	case CONFIG_GENERATION: return 0; /* the device itself changes nothing of what drivers read in two parts */
	default: return v->modern && reg >= SHM_LEN && reg < SHM_END ? ~0u : 0;
	}
}

/* ---- the bus ---- */

static enum bus_result virtio_mmio_read(void *ctx, const struct bus_access *a, u64 *value)
{
	struct virtio_mmio *v = ctx;
	struct virtio_mmio_slot *slot = &v->slot[a->offset / VIRTIO_MMIO_STRIDE % VIRTIO_MMIO_COUNT];
	u64 reg = a->offset % VIRTIO_MMIO_STRIDE;

	if (a->size > 4)
		return BUS_SLVERR;
	*value = 0;
	if (slot->device && reg >= CONFIG)
		*value = virtio_config_read(slot->device, reg - CONFIG, a->size);
	if (reg >= CONFIG || a->size != 4)
		return BUS_OK; /* 4.2.2.2: a driver must use aligned 32-bit accesses below */
	switch (reg) {
	case MAGIC: *value = 0x74726976; break;	    /* "virt" */
	case VENDOR_ID: *value = 0x554d4551; break; /* "QEMU", as drivers for this board know it */
	case VERSION: *value = v->modern ? 2 : 1; break;
	case DEVICE_ID: *value = slot->device ? slot->device->class->id : 0; break;
	default: *value = slot->device ? read_reg(v, slot, reg) : 0; break;
	}
	return BUS_OK;
}

static enum bus_result virtio_mmio_write(void *ctx, const struct bus_access *a, u64 value)
{
	struct virtio_mmio *v = ctx;
	struct virtio_mmio_slot *slot = &v->slot[a->offset / VIRTIO_MMIO_STRIDE % VIRTIO_MMIO_COUNT];
	u64 reg = a->offset % VIRTIO_MMIO_STRIDE;

	if (a->size > 4)
		return BUS_SLVERR;
	if (!slot->device)
		return BUS_OK;
	if (reg >= CONFIG)
		virtio_config_write(slot->device, reg - CONFIG, a->size, value);
	else if (a->size == 4)
		write_reg(v, slot, reg, (u32)value);
	return BUS_OK;
}

const struct bus_device_ops virtio_mmio_ops = { virtio_mmio_read, virtio_mmio_write };

/* ---- attaching ---- */

static void on_interrupt(void *transport, bool level)
{
	struct virtio_mmio_slot *slot = transport;

	line_set(&slot->irq, level);
}

bool virtio_mmio_attach(struct virtio_mmio *v, struct virtio_device *d)
{
	struct virtio_mmio_slot *slot;

	if (v->used == VIRTIO_MMIO_COUNT)
		return false;
	slot = &v->slot[VIRTIO_MMIO_COUNT - ++v->used];
	slot->device = d;
	d->modern = v->modern;
	d->interrupt = on_interrupt;
	d->transport = slot;
	virtio_reset(d);
	reset_slot(slot);
	return true;
}

void virtio_mmio_reset(struct virtio_mmio *v)
{
	for (unsigned i = VIRTIO_MMIO_COUNT - v->used; i < VIRTIO_MMIO_COUNT; i++) {
		v->slot[i].s.page_size = 0;
		virtio_reset(v->slot[i].device);
		reset_slot(&v->slot[i]);
	}
}
