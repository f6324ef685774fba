/*
 * A virtio device as its driver sees it behind any transport: features, status, virtqueues, configuration space. The
 * specification is OASIS virtio 1.2; sections are cited by number.
 *
 * A device type is a struct virtio_class; a transport (virtio_mmio.c) owns the registers, and calls what is below.
 * Requests are served at once, within the notification, so that when they complete depends on nothing of the host's.
 */
#ifndef DEV_VIRTIO_H
#define DEV_VIRTIO_H

#include "base/types.h"
#include "bus/dma.h"
#include "trace/event.h"

#define VIRTQ_SIZE_MAX 1024u
#define VIRTIO_QUEUES_MAX 16u
#define VIRTIO_CONFIG_MAX 64u

/* 2.1: device status */
enum {
	VIRTIO_ACKNOWLEDGE = 1,
	VIRTIO_DRIVER = 2,
	VIRTIO_DRIVER_OK = 4,
	VIRTIO_FEATURES_OK = 8,
	VIRTIO_NEEDS_RESET = 0x40,
	VIRTIO_FAILED = 0x80
};

/* 6: features of the queues and of the device as a whole */
#define VIRTIO_F_ANY_LAYOUT (1ull << 27) /* legacy only */
#define VIRTIO_F_INDIRECT_DESC (1ull << 28)
#define VIRTIO_F_EVENT_IDX (1ull << 29)
#define VIRTIO_F_VERSION_1 (1ull << 32)
#define VIRTIO_F_ACCESS_PLATFORM (1ull << 33)
#define VIRTIO_F_RING_RESET (1ull << 40)

/* 4.2.2, 4.1.4.5: why a device interrupts */
enum { VIRTIO_INT_QUEUE = 1, VIRTIO_INT_CONFIG = 2 };
#define VIRTIO_CONFIG_SOURCE ~0u /* beside the queues' numbers */

/* A split virtqueue (2.7): where its three parts are, and how far each side has come. */
struct virtq {
	u64 desc, avail, used; /* descriptor table, driver area, device area */
	u16 size;
	bool ready;
	u16 next_avail; /* the next entry of the available ring to be taken */
	u16 next_used;
	u16 told_used; /* next_used when the driver was last looked at for an interrupt */
};

/* What the guest can observe, but for the queues' contents, which are in its memory. */
struct virtio_state {
	u64 driver_features;
	u8 status, isr;
	bool broken; /* the driver broke a rule: nothing is served until it resets the device */
	struct virtq q[VIRTIO_QUEUES_MAX];
	u8 config[VIRTIO_CONFIG_MAX];
};

struct virtio_device;

struct virtio_class {
	const char *name;
	u32 id;		 /* 5: device types */
	unsigned queues; /* at least */
	/* The driver notified queue n, which is ready. */
	void (*notify)(struct virtio_device *d, unsigned n);
	/* Set up what the device has of its own, the configuration space included; may be NULL. */
	void (*reset)(struct virtio_device *d);
	u64 writable_config; /* a bit per byte of the configuration space */
};

struct virtio_device {
	struct virtio_state s;
	const struct virtio_class *class;
	void *own;	 /* the device type's own struct */
	unsigned queues; /* the class's, or more where that has so many */
	u64 features;	 /* offered, VIRTIO_F_VERSION_1 and VIRTIO_F_ANY_LAYOUT aside */
	u32 config_size; /* bytes */
	bool modern;	 /* the transport offers VIRTIO_F_VERSION_1 */
	/* wiring */
	struct dma_port port; /* a stall counts as an abort: who is behind such an SMMU must not be stalled */
	u32 stream;
	struct tracer *trace; /* may be NULL */
	void (*interrupt)(void *transport, bool level);
	/* Send a message for a queue, or VIRTIO_CONFIG_SOURCE; false: messages are not in use. May be NULL. */
	bool (*message)(void *transport, unsigned source);
	void *transport;
};

/* ---- for transports ---- */

void virtio_init(struct virtio_device *d, const struct virtio_class *class, void *own, u64 features);
void virtio_reset(struct virtio_device *d);
u64 virtio_offered(const struct virtio_device *d);
/* Half n of the driver's features. */
void virtio_set_features(struct virtio_device *d, unsigned n, u32 value);
void virtio_set_status(struct virtio_device *d, u8 value);
void virtio_ack(struct virtio_device *d, u8 reasons);
void virtio_notify(struct virtio_device *d, unsigned n);
/* Start a queue whose parts and size are set; what cannot be right breaks the device. */
void virtio_start_queue(struct virtio_device *d, unsigned n);
/* A queue as after the device's reset. */
void virtio_reset_queue(struct virtio_device *d, unsigned n);
u64 virtio_config_read(const struct virtio_device *d, u64 offset, unsigned size);
void virtio_config_write(struct virtio_device *d, u64 offset, unsigned size, u64 value);

/* ---- for device types ---- */

static inline bool virtio_has(const struct virtio_device *d, u64 feature)
{
	return (d->s.driver_features & feature) != 0;
}

/* May queue n be used now? */
bool virtio_queue_runs(const struct virtio_device *d, unsigned n);
/* Interrupt for a queue, or for VIRTIO_CONFIG_SOURCE. */
void virtio_interrupt(struct virtio_device *d, unsigned source);
/* The driver broke a rule (2.1.2): tell it by DEVICE_NEEDS_RESET, and serve it no more. */
void virtio_break(struct virtio_device *d, const char *why, u64 detail);
/* Copy to or from guest memory; false: an address that is not memory. */
bool virtio_dma(struct virtio_device *d, u64 at, void *data, u64 size, bool is_write);

/* A buffer of the driver's, in pieces: those that the device reads come first. */
struct virtq_piece {
	u64 at;
	u32 size;
};

struct virtq_chain {
	u16 head;
	unsigned readable, count; /* pieces */
	u64 out, in;		  /* bytes that the device reads, and may write */
	struct virtq_piece piece[VIRTQ_SIZE_MAX];
};

/* How many buffers the driver has made available in queue n. */
unsigned virtq_available(struct virtio_device *d, unsigned n);
/* Take the next buffer; false: there is none, or the device broke on it. */
bool virtq_take(struct virtio_device *d, unsigned n, struct virtq_chain *c);
/* Give a buffer back, into which `written` bytes were written. */
void virtq_give(struct virtio_device *d, unsigned n, const struct virtq_chain *c, u32 written);
/* Interrupt for what was given back, if the driver wants to know. */
void virtq_tell(struct virtio_device *d, unsigned n);
/* Serve every buffer that is there now, then tell. */
void virtq_serve(struct virtio_device *d, unsigned n,
		 void (*serve)(struct virtio_device *d, unsigned n, const struct virtq_chain *c));
/* Copy out of the readable part, or into the writable part, from byte `from`. False: beyond it, or not memory; for the
 * latter the device breaks. */
bool virtq_read(struct virtio_device *d, const struct virtq_chain *c, u64 from, void *data, u64 size);
bool virtq_write(struct virtio_device *d, const struct virtq_chain *c, u64 from, const void *data, u64 size);

#endif
