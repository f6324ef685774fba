/* virtio over PCI Express: capabilities (4.1.4), common configuration (4.1.4.3), notifications, ISR. */
#include "dev/virtio_pci.h"

#include <string.h>

#include "base/bits.h"

enum { NO_VECTOR = 0xffff };

/* BAR 1: MSI-X. BAR 4: the device's structures, a page each. */
enum { MSIX_BAR = 1, MSIX_SIZE = 0x1000, MSIX_PENDING = 0x800, BAR = 4, BAR_SIZE = 0x4000, STRUCTURE_SIZE = 0x1000 };
enum { COMMON_AT = 0x0000, ISR_AT = 0x1000, CONFIG_AT = 0x2000, NOTIFY_AT = 0x3000 };
enum { NOTIFY_STRIDE = 4 };

/* 4.1.4: types of structures, and the fields of a capability */
enum { TYPE_COMMON = 1, TYPE_NOTIFY, TYPE_ISR, TYPE_DEVICE, TYPE_WINDOW };
enum { CAP_LENGTH = 2, CAP_TYPE = 3, CAP_BAR = 4, CAP_OFFSET = 8, CAP_SIZE = 12, CAP_EXTRA = 16 };

/* 4.1.4.3: the common configuration; all but the first four by halves of 16 bits */
enum {
	DEVICE_FEATURES_SEL = 0x00,
	DEVICE_FEATURES = 0x04,
	DRIVER_FEATURES_SEL = 0x08,
	DRIVER_FEATURES = 0x0c,
	CONFIG_VECTOR = 0x10,
	QUEUE_COUNT = 0x12,
	STATUS = 0x14,
	GENERATION = 0x15,
	QUEUE_SEL = 0x16,
	QUEUE_SIZE = 0x18,
	QUEUE_VECTOR = 0x1a,
	QUEUE_ENABLE = 0x1c,
	QUEUE_NOTIFY_OFF = 0x1e,
	QUEUE_DESC = 0x20,
	QUEUE_DRIVER = 0x28,
	QUEUE_DEVICE = 0x30,
	QUEUE_NOTIFY_DATA = 0x38,
	QUEUE_RESET = 0x3a,
	COMMON_END = 0x40
};

static struct virtq *selected(const struct virtio_pci *v)
{
	return v->s.queue_sel < v->device->queues ? &v->device->s.q[v->s.queue_sel] : NULL;
}

/* ---- reset ---- */

static void reset_transport(struct virtio_pci *v)
{
	v->s = (struct virtio_pci_state){ .config_vector = NO_VECTOR };
	for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++)
		v->s.queue_vector[i] = NO_VECTOR;
	for (unsigned i = 0; i < v->device->queues; i++)
		virtio_reset_queue(v->device, i);
}

static void reset_function(struct pci_function *f)
{
	struct virtio_pci *v = f->own;

	virtio_reset(v->device);
	reset_transport(v);
}

/* ---- the common configuration ---- */

static void put(u8 *image, unsigned offset, unsigned size, u64 value)
{
	memcpy(image + offset, &value, size);
}

static void show_queue(const struct virtio_pci *v, u8 *image)
{
	const struct virtq *q = selected(v);

	if (!q)
		return; /* 4.1.4.3.2: a size of 0 says that there is no such queue */
	put(image, QUEUE_SIZE, 2, q->size);
	put(image, QUEUE_VECTOR, 2, v->s.queue_vector[v->s.queue_sel]);
	put(image, QUEUE_ENABLE, 2, q->ready);
	put(image, QUEUE_NOTIFY_OFF, 2, v->s.queue_sel);
	put(image, QUEUE_DESC, 8, q->desc);
	put(image, QUEUE_DRIVER, 8, q->avail);
	put(image, QUEUE_DEVICE, 8, q->used);
	put(image, QUEUE_NOTIFY_DATA, 2, v->s.queue_sel);
}

/* The whole structure as it stands, so that every width reads the same. */
static void show_common(const struct virtio_pci *v, u8 *image)
{
	u32 device = v->s.device_features_sel, driver = v->s.driver_features_sel;

	put(image, DEVICE_FEATURES_SEL, 4, device);
	put(image, DEVICE_FEATURES, 4, device < 2 ? (u32)(virtio_offered(v->device) >> 32 * device) : 0);
	put(image, DRIVER_FEATURES_SEL, 4, driver);
	put(image, DRIVER_FEATURES, 4, driver < 2 ? (u32)(v->device->s.driver_features >> 32 * driver) : 0);
	put(image, CONFIG_VECTOR, 2, v->s.config_vector);
	put(image, QUEUE_COUNT, 2, v->device->queues);
	put(image, STATUS, 1, v->device->s.status);
	put(image, QUEUE_SEL, 2, v->s.queue_sel);
	show_queue(v, image);
}

static u64 read_common(const struct virtio_pci *v, u64 offset, unsigned size)
{
	u8 image[COMMON_END] = { 0 };
	u64 value = 0;

	if (offset + size > COMMON_END)
		return 0;
	show_common(v, image);
	memcpy(&value, image + offset, size);
	return value;
}

/* A vector that is not there reads as none (4.1.5.1.2). */
static u16 existing_vector(const struct virtio_pci *v, u16 vector)
{
	return vector < v->function.vectors ? vector : NO_VECTOR;
}

static void write_status(struct virtio_pci *v, u8 value)
{
	virtio_set_status(v->device, value);
	if (!value)
		reset_transport(v);
}

static void write_queue16(struct virtio_pci *v, struct virtq *q, unsigned offset, u16 value)
{
	unsigned n = v->s.queue_sel;

	switch (offset) {
	case QUEUE_SIZE:
		if (!q->ready)
			q->size = value;
		break;
	case QUEUE_VECTOR: v->s.queue_vector[n] = existing_vector(v, value); break;
	case QUEUE_ENABLE:
		if (value == 1 && !q->ready)
			virtio_start_queue(v->device, n);
		break;
	case QUEUE_RESET: /* 2.6.1: at once, so that it reads as done */
		if (value == 1 && virtio_has(v->device, VIRTIO_F_RING_RESET)) {
			virtio_reset_queue(v->device, n);
			v->s.queue_vector[n] = NO_VECTOR;
		}
		break;
	default: break;
	}
}

static void write16(struct virtio_pci *v, unsigned offset, u16 value)
{
	struct virtq *q = selected(v);

	if (offset == CONFIG_VECTOR)
		v->s.config_vector = existing_vector(v, value);
	else if (offset == QUEUE_SEL)
		v->s.queue_sel = value;
	else if (q)
		write_queue16(v, q, offset, value);
}

/* Halves of the queue's three places, which stay while it is in use. */
static void write_place(struct virtio_pci *v, unsigned offset, u32 value)
{
	struct virtq *q = selected(v);
	u64 *at;

	if (!q || q->ready || offset < QUEUE_DESC || offset >= QUEUE_NOTIFY_DATA)
		return;
	at = (u64 *[]){ &q->desc, &q->avail, &q->used }[(offset - QUEUE_DESC) / 8];
	*at = deposit(*at, offset & 4 ? 32 : 0, 32, value);
}

static void write32(struct virtio_pci *v, unsigned offset, u32 value)
{
	switch (offset) {
	case DEVICE_FEATURES_SEL: v->s.device_features_sel = value; break;
	case DRIVER_FEATURES_SEL: v->s.driver_features_sel = value; break;
	case DRIVER_FEATURES:
		if (v->s.driver_features_sel < 2)
			virtio_set_features(v->device, v->s.driver_features_sel, value);
		break;
	default: write_place(v, offset, value); break;
	}
}

/* 4.1.3.1: a driver writes each field by its own width, and the 64-bit ones also by halves. */
static void write_common(struct virtio_pci *v, u64 offset, unsigned size, u64 value)
{
	if (offset >= COMMON_END)
		return;
	switch (size) {
	case 1:
		if (offset == STATUS)
			write_status(v, (u8)value);
		break;
	case 2: write16(v, (unsigned)offset, (u16)value); break;
	case 4: write32(v, (unsigned)offset, (u32)value); break;
	default:
		write_place(v, (unsigned)offset, (u32)value);
		write_place(v, (unsigned)offset + 4, (u32)(value >> 32));
		break;
	}
}

/* ---- the BAR ---- */

/* 4.1.4.5: what is read is cleared. */
static u64 read_isr(struct virtio_pci *v)
{
	u8 isr = v->device->s.isr;

	virtio_ack(v->device, isr);
	return isr;
}

static u64 bar_read(struct pci_function *f, u64 offset, unsigned size)
{
	struct virtio_pci *v = f->own;

	switch (offset & ~(u64)(STRUCTURE_SIZE - 1)) {
	case COMMON_AT: return read_common(v, offset - COMMON_AT, size);
	case ISR_AT: return offset == ISR_AT ? read_isr(v) : 0;
	case CONFIG_AT: return virtio_config_read(v->device, offset - CONFIG_AT, size);
	default: return 0;
	}
}

static void bar_write(struct pci_function *f, u64 offset, unsigned size, u64 value)
{
	struct virtio_pci *v = f->own;

	switch (offset & ~(u64)(STRUCTURE_SIZE - 1)) {
	case COMMON_AT: write_common(v, offset - COMMON_AT, size, value); break;
	case CONFIG_AT: virtio_config_write(v->device, offset - CONFIG_AT, size, value); break;
	case NOTIFY_AT: virtio_notify(v->device, (unsigned)(offset - NOTIFY_AT) / NOTIFY_STRIDE); break;
	default: break;
	}
}

/* ---- the BAR by configuration accesses (4.1.4.9) ---- */

/* What the capability's fields select; false: nothing that can be accessed. */
static bool window(const struct virtio_pci *v, u32 *offset, unsigned *size)
{
	u32 length = pci_get(&v->function, v->window_cap + CAP_SIZE, 4);

	*offset = pci_get(&v->function, v->window_cap + CAP_OFFSET, 4);
	*size = length;
	return pci_get(&v->function, v->window_cap + CAP_BAR, 1) == BAR &&
	       (length == 1 || length == 2 || length == 4) && is_aligned(*offset, length) &&
	       *offset <= BAR_SIZE - length;
}

static bool is_data(const struct virtio_pci *v, u32 offset, unsigned size)
{
	u32 data = v->window_cap + CAP_EXTRA;

	return offset < data + 4 && offset + size > data;
}

static void config_read(struct pci_function *f, u32 offset, unsigned size)
{
	struct virtio_pci *v = f->own;
	unsigned length;
	u32 at, value;

	if (!is_data(v, offset, size) || !window(v, &at, &length))
		return;
	value = (u32)pci_bar_read(f, BAR, at, length);
	memcpy(f->s.config + v->window_cap + CAP_EXTRA, &value, 4);
}

static void config_written(struct pci_function *f, u32 offset, unsigned size)
{
	struct virtio_pci *v = f->own;
	unsigned length;
	u32 at;

	if (is_data(v, offset, size) && window(v, &at, &length))
		pci_bar_write(f, BAR, at, length, pci_get(f, v->window_cap + CAP_EXTRA, length));
}

/* ---- interrupts, DMA ---- */

static void on_interrupt(void *transport, bool level)
{
	struct virtio_pci *v = transport;

	pci_pin(&v->function, level);
}

static bool on_message(void *transport, unsigned source)
{
	struct virtio_pci *v = transport;

	if (!pci_msix_enabled(&v->function))
		return false;
	pci_message(&v->function, source == VIRTIO_CONFIG_SOURCE ? v->s.config_vector : v->s.queue_vector[source]);
	return true;
}

static enum dma_result direct_dma(void *ctx, const struct dma_request *q)
{
	struct virtio_pci *v = ctx;
	struct dma_request own = *q;

	own.stream = pci_requester(&v->function);
	return pci_may_master(&v->function) ? bus_dma_access(v->direct, &own) : DMA_ABORT;
}

/* ---- describing the function ---- */

/* As drivers for this board know them: of the device types that there are. */
static u32 class_of(u32 type)
{
	switch (type) {
	case 1: return 0x020000; /* Ethernet */
	case 2: return 0x010000; /* mass storage */
	case 3: return 0x078000; /* communication, other */
	default: return 0x00ff00;
	}
}

static u8 add_structure(struct pci_function *f, u8 type, u32 at, u32 size, u32 extra, unsigned extra_size)
{
	u8 length = (u8)(CAP_EXTRA + extra_size), cap = pci_add_capability(f, PCI_CAP_VENDOR, length);

	pci_set(f, cap + CAP_LENGTH, 1, length, 0);
	pci_set(f, cap + CAP_TYPE, 1, type, 0);
	pci_set(f, cap + CAP_BAR, 1, BAR, 0);
	pci_set(f, cap + CAP_OFFSET, 4, at, 0);
	pci_set(f, cap + CAP_SIZE, 4, size, 0);
	if (extra_size)
		pci_set(f, cap + CAP_EXTRA, extra_size, extra, 0);
	return cap;
}

static void add_structures(struct virtio_pci *v)
{
	struct pci_function *f = &v->function;
	u8 cap;

	add_structure(f, TYPE_COMMON, COMMON_AT, STRUCTURE_SIZE, 0, 0);
	add_structure(f, TYPE_ISR, ISR_AT, STRUCTURE_SIZE, 0, 0);
	add_structure(f, TYPE_DEVICE, CONFIG_AT, STRUCTURE_SIZE, 0, 0);
	add_structure(f, TYPE_NOTIFY, NOTIFY_AT, STRUCTURE_SIZE, NOTIFY_STRIDE, 4);
	cap = add_structure(f, TYPE_WINDOW, 0, 0, 0, 4);
	pci_set(f, cap + CAP_BAR, 1, 0, 0xff);
	pci_set(f, cap + CAP_OFFSET, 4, 0, ~0u);
	pci_set(f, cap + CAP_SIZE, 4, 0, ~0u);
	pci_set(f, cap + CAP_EXTRA, 4, 0, ~0u);
	v->window_cap = cap;
}

static void connect(struct virtio_pci *v, struct virtio_device *d, struct bus *direct)
{
	v->device = d;
	v->direct = direct;
	d->features |= VIRTIO_F_RING_RESET | (direct ? 0 : VIRTIO_F_ACCESS_PLATFORM);
	d->modern = true;
	d->port = direct ? (struct dma_port){ v, direct_dma } : (struct dma_port){ &v->function, pci_dma };
	d->interrupt = on_interrupt;
	d->message = on_message;
	d->transport = v;
}

void virtio_pci_init(struct virtio_pci *v, struct virtio_device *d, unsigned vectors, struct bus *direct)
{
	struct pci_identity id = { .vendor = 0x1af4,
				   .device = (u16)(0x1040 + d->class->id),
				   .subsystem_vendor = 0x1af4,
				   .subsystem = 0x1100,
				   .class = class_of(d->class->id),
				   .revision = 1 };
	struct pci_function *f = &v->function;

	if (vectors == VIRTIO_PCI_VECTORS_DEFAULT)
		vectors = d->queues + 1;
	connect(v, d, direct);
	f->own = v;
	f->reset = reset_function;
	f->config_read = config_read;
	f->config_written = config_written;
	pci_describe(f, d->class->name, &id);
	pci_add_bar(
		f, BAR,
		&(struct pci_bar){
			.size = BAR_SIZE, .is_64 = true, .prefetchable = true, .read = bar_read, .write = bar_write });
	pci_set(f, PCI_INTERRUPT_PIN, 1, 1, 0);
	if (vectors) {
		pci_add_bar(f, MSIX_BAR, &(struct pci_bar){ .size = MSIX_SIZE });
		pci_add_msix(f, MSIX_BAR, vectors, 0, MSIX_PENDING);
	}
	add_structures(v);
	pci_add_power(f);
	pci_add_express(f, PCI_ENDPOINT);
	pci_seal(f);
}
