/*
 * An NVM Express 1.4 controller with one namespace, which is a disk: registers, admin and I/O queues, and the commands.
 * The specification is NVM Express 1.4; sections are cited by number. Which bus it is plugged into, and how interrupts
 * travel, is its owner's (nvme_pci.c).
 *
 * A command completes at once, within the write of the doorbell that submits it, so that when it completes depends on
 * nothing of the host's. It waits only where its completion queue is full, until the driver has made room.
 *
 * Holds always: of the doorbells' values, none is outside its queue, and no queue entry is in use twice.
 */
#ifndef DEV_NVME_H
#define DEV_NVME_H

#include "bus/dma.h"
#include "dev/disk.h"
#include "dev/nvme_spec.h"
#include "trace/event.h"

#define NVME_QUEUES 65u	      /* pairs: admin, and I/O */
#define NVME_ENTRIES_MAX 2048 /* of an I/O queue */
#define NVME_AERS 4u	      /* asynchronous event requests outstanding at a time */
#define NVME_ERRORS 4u	      /* kept in the error log */
#define NVME_LBA_SHIFT 9
#define NVME_MDTS_MAX 7u /* in powers of two of 4 KiB */
#define NVME_SERIAL 20	 /* characters */
#define NVME_WINDOW (NVME_DOORBELLS + 8 * NVME_QUEUES)

/* The state has no padding, so that it can be hashed as it is. A queue whose size is 0 does not exist. */
struct nvme_sq {
	u64 base;
	u16 size, head, tail, cq;
};

struct nvme_cq {
	u64 base;
	u16 size, head, tail, vector;
	u32 phase;	/* of the next entry */
	u32 interrupts; /* enabled */
};

struct nvme_error {
	u64 count, lba;
	u16 sq, cid, status, unused;
	u32 nsid, unused2;
};

/* The health log's counters: the device keeps them over every reset. */
struct nvme_health {
	u64 sectors_read, sectors_written, reads, writes;
	u64 power_cycles, unsafe_shutdowns, media_errors, errors;
};

struct nvme_state {
	u64 asq, acq;
	u32 aqa, cc, csts, intm;
	struct nvme_sq sq[NVME_QUEUES];
	struct nvme_cq cq[NVME_QUEUES];
	u32 feature[NVME_FEATURES];		  /* current values, by identifier */
	u32 cold;				  /* the lower temperature threshold */
	u32 uncoalesced[(NVME_QUEUES + 31) / 32]; /* a bit per vector */
	u32 aers;				  /* outstanding */
	u16 aer[NVME_AERS];			  /* their command identifiers */
	u32 event_pending, event_masked;	  /* a bit per type */
	u32 event_info[NVME_EVENTS];
	u32 level; /* of the pin */
	u32 unused;
	struct nvme_error error[NVME_ERRORS]; /* the newest first */
	struct nvme_health health;
};

struct nvme {
	struct nvme_state s;
	/* what it is */
	struct disk *disk;
	char serial[NVME_SERIAL + 1];
	u32 io_queues; /* pairs, 1 to NVME_QUEUES - 1 */
	u32 mdts;      /* 1 to NVME_MDTS_MAX */
	u32 number;    /* among the machine's: makes identifiers unique */
	/* within one write of a register: completion queues that are to interrupt */
	u64 signals[(NVME_QUEUES + 63) / 64];
	/* wiring */
	struct dma_port port; /* a stall counts as an abort: who is behind an SMMU must not be stalled */
	u32 stream;	      /* its requester ID */
	struct tracer *trace; /* may be NULL */
	/* A message for a vector, and the pin's level; the owner knows which of them is in use. */
	void (*message)(void *ctx, unsigned vector);
	void (*pin)(void *ctx, bool level);
	/* How many vectors may be used now (3.1.3: with the pin, one); NULL: NVME_QUEUES. */
	unsigned (*vectors)(const void *ctx);
	void *ctx;
};

/* What the owner has set up is kept: disk (not NULL), serial, io_queues, mdts, number, and the wiring. */
void nvme_init(struct nvme *n);
/* As from power-on, or by the bus's reset. */
void nvme_reset(struct nvme *n);
/* The register window, at `offset`: 1, 2, 4 or 8 bytes, naturally aligned. */
u64 nvme_read(const struct nvme *n, u64 offset, unsigned size);
void nvme_write(struct nvme *n, u64 offset, unsigned size, u64 value);

/* ---- between the files ---- */

/* A command (4.2), where it came from, and what its completion says. */
struct nvme_request {
	u32 dw[16];
	u16 sq;
	u32 result; /* dword 0 of the completion */
	u64 lba;    /* the first that the command is about, and how many: for the error log and the trace */
	u64 count;
};

static inline u8 nvme_opcode(const struct nvme_request *r)
{
	return (u8)r->dw[0];
}
static inline u16 nvme_cid(const struct nvme_request *r)
{
	return (u16)(r->dw[0] >> 16);
}
static inline u64 nvme_qword(const struct nvme_request *r, unsigned dw)
{
	return r->dw[dw] | (u64)r->dw[dw + 1] << 32;
}
static inline u64 nvme_page(const struct nvme *n)
{
	return 4096ull << (n->s.cc >> CC_MPS & 15);
}

struct nvme_command_entry {
	u8 opcode;
	bool writes; /* blocks */
	const char *name;
	u16 (*serve)(struct nvme *n, struct nvme_request *r);
};
extern const struct nvme_command_entry nvme_admin_commands[], nvme_io_commands[];
extern const unsigned nvme_admin_count, nvme_io_count;

/* nvme_queue.c */
/* Serve submission queue q until it is empty, its completion queue is full, or the controller is out of service. */
void nvme_serve(struct nvme *n, unsigned q);
/* The driver took entries from completion queue q, which was full. */
void nvme_resume(struct nvme *n, unsigned q);
bool nvme_cq_full(const struct nvme_cq *cq);
void nvme_complete(struct nvme *n, unsigned sq, u16 cid, u32 result, u16 status);
/* Interrupt for what was completed. */
void nvme_signal(struct nvme *n);
bool nvme_runs(const struct nvme *n);
/* An error that no completion can tell: the controller stops (CSTS.CFS). */
void nvme_fail(struct nvme *n, const char *why, u64 detail);
void nvme_complain(struct nvme *n, const char *why, u64 detail);
void nvme_log_error(struct nvme *n, const struct nvme_error *e);

/* nvme_event.c */
u16 nvme_async_event_request(struct nvme *n, struct nvme_request *r);
u16 nvme_abort(struct nvme *n, struct nvme_request *r);
bool nvme_is_waiting(const struct nvme *n, u16 cid);
void nvme_raise(struct nvme *n, enum nvme_event type, u32 info);
void nvme_tell_events(struct nvme *n);
void nvme_clear_event(struct nvme *n, enum nvme_event type);

/* nvme_data.c: a command's buffer (4.3), found and checked before anything moves. */
#define NVME_SEGMENTS ((1u << NVME_MDTS_MAX) + 1)
struct nvme_segment {
	u64 at;
	u32 size;
};
struct nvme_buffer {
	unsigned count, current;
	u32 done; /* bytes of the current segment */
	struct nvme_segment segment[NVME_SEGMENTS];
};
bool nvme_dma(struct nvme *n, u64 at, void *data, u64 size, bool is_write);
/* At most (1 << NVME_MDTS_MAX) * 4096 bytes. */
u16 nvme_find_buffer(struct nvme *n, const struct nvme_request *r, u32 size, struct nvme_buffer *b);
/* The next bytes of the buffer. */
u16 nvme_copy(struct nvme *n, struct nvme_buffer *b, void *data, u32 size, bool is_write);
/* Both for a command whose data is at hand. */
u16 nvme_reply(struct nvme *n, const struct nvme_request *r, const void *data, u32 size);

/* nvme_feature.c, nvme_identify.c, nvme_log.c */
void nvme_reset_features(struct nvme *n);
u16 nvme_set_features(struct nvme *n, struct nvme_request *r);
u16 nvme_get_features(struct nvme *n, struct nvme_request *r);
u16 nvme_identify(struct nvme *n, struct nvme_request *r);
u16 nvme_get_log_page(struct nvme *n, struct nvme_request *r);

#define NVME_KELVIN 323u /* its temperature, which never changes */
#define NVME_KELVIN_WARM 343u
#define NVME_KELVIN_HOT 373u
bool nvme_is_too_warm(const struct nvme *n);

#endif
