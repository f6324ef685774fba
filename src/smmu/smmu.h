/*
 * SMMUv3.2: stream IDs to translations. Arm SMMU architecture, IHI 0070 (chapters named in the files).
 *
 * The Non-secure programming interface, with stage 1, stage 2 and both, substreams, stalls, HTTU, ATS and PRI,
 * broadcast TLB maintenance, MSIs. Left out: docs/gaps.md.
 *
 * Holds always: nothing that was read from a stream table or context descriptor is read again until a CFGI command
 * covers it (or its place in the cache is needed), and no translation leaves the TLB but by invalidation or
 * replacement.
 */
#ifndef SMMU_SMMU_H
#define SMMU_SMMU_H

#include "bus/bus.h"
#include "bus/dma.h"
#include "bus/line.h"
#include "mmu/mmu.h"
#include "trace/event.h"

#define SMMU_STES 128 /* cached stream table entries, by stream ID */
#define SMMU_CDS 256  /* cached context descriptors, by stream and substream ID */
#define SMMU_STALLS 16
#define SMMU_CLIENTS 8

enum smmu_line { SMMU_LINE_EVENT, SMMU_LINE_PRI, SMMU_LINE_SYNC, SMMU_LINE_GERROR, SMMU_LINES };

/* A stream's STE as fetched, valid or not. */
struct smmu_ste {
	bool cached;
	u32 stream;
	u64 word[8];
	const char *why;      /* it is ILLEGAL; NULL: it is not */
	struct regime regime; /* its translation without stage 1, when stage 2 translates */
};

/* A context descriptor as fetched through a stream's STE, valid or not. */
struct smmu_cd {
	bool cached;
	u32 stream, index;
	u64 word[8];
	bool e2h; /* CR2.E2H when it was fetched */
	const char *why;
	struct regime regime; /* stage 1, and stage 2 if the STE has it */
};

/* A transaction that waits; its STAG is its index. */
struct smmu_stall {
	bool used;
	bool told; /* its event record was written */
	u32 stream;
};

/* Plain words without padding: the state hash takes them as they are. */
struct smmu_regs {
	u64 strtab_base, cmdq_base, eventq_base, priq_base;
	u64 gerror_irq_cfg0, eventq_irq_cfg0, priq_irq_cfg0;
	u32 idr5, cr0, cr1, cr2, gbpa, irq_ctrl, gerror, gerrorn, strtab_base_cfg;
	u32 cmdq_prod, cmdq_cons, eventq_prod, eventq_cons, priq_prod, priq_cons;
	u32 atc_lost; /* an ATC invalidation since the last CMD_SYNC was not completed */
	u32 gerror_irq_cfg1, gerror_irq_cfg2, eventq_irq_cfg1, eventq_irq_cfg2, priq_irq_cfg1, priq_irq_cfg2;
};

struct smmu {
	/* state */
	struct smmu_regs r;
	struct smmu_ste ste[SMMU_STES];
	struct smmu_cd cd[SMMU_CDS];
	struct smmu_stall stall[SMMU_STALLS];
	/* wiring */
	struct bus *bus;
	struct tracer *trace;
	struct tlb *tlb;
	struct mmu_memory memory; /* for walks */
	struct line line[SMMU_LINES];
	u8 pa_bits;    /* output address size: 32..52 */
	u32 device_id; /* of the SMMU's own message-signalled interrupts */
	struct {
		u32 stream;
		struct dma_client client;
	} client[SMMU_CLIENTS];
	unsigned client_count;
	void (*send_event)(void *ctx); /* CMD_SYNC with SEV: wakes cores; may be NULL */
	void *send_event_ctx;
	bool only_looks; /* a copy for smmu_inspect(): no data moves, no record is written */
};

/* Allocates the TLB; false: no memory. The output size is 48 bits until smmu_set_pa_bits(). */
bool smmu_init(struct smmu *s, struct bus *bus, struct tracer *trace);
void smmu_destroy(struct smmu *s);
void smmu_reset(struct smmu *s);
/* Its state, for a copy of the machine (state.c), and what follows from it when it was restored. */
void smmu_visit(struct smmu *s, const struct state_visitor *v);
void smmu_restored(struct smmu *s);
void smmu_set_pa_bits(struct smmu *s, u8 pa_bits);
/* Who is called for a stream's stalls, ATC invalidations and page responses. Without a client nothing stalls. */
void smmu_attach(struct smmu *s, u32 stream, const struct dma_client *client);
extern const struct bus_device_ops smmu_bus_ops; /* ctx: struct smmu; 128 KiB */

/* A device's access, struct dma_port's function; and those of struct dma_ats_port. */
enum dma_result smmu_access(void *ctx, const struct dma_request *q);
enum dma_ats_status smmu_translate(void *ctx, const struct dma_translation_request *q, struct dma_translation *answer);
void smmu_request_page(void *ctx, const struct dma_page_request *q);

/* A TLBI of a core's that reaches the outer or inner shareable domain: obeyed unless CR2.PTM says otherwise. */
void smmu_broadcast(struct smmu *s, const struct tlbi_scope *scope);

/* ---- structures in memory, for whoever explains them ---- */

enum smmu_event_type {
	F_UUT = 0x01,
	C_BAD_STREAMID = 0x02,
	F_STE_FETCH = 0x03,
	C_BAD_STE = 0x04,
	F_BAD_ATS_TREQ = 0x05,
	F_STREAM_DISABLED = 0x06,
	F_TRANSL_FORBIDDEN = 0x07,
	C_BAD_SUBSTREAMID = 0x08,
	F_CD_FETCH = 0x09,
	C_BAD_CD = 0x0a,
	F_WALK_EABT = 0x0b,
	F_TRANSLATION = 0x10,
	F_ADDR_SIZE = 0x11,
	F_ACCESS = 0x12,
	F_PERMISSION = 0x13,
};
const char *smmu_event_name(unsigned type);
const char *smmu_command_name(unsigned opcode); /* "illegal" */

/* What makes a structure ILLEGAL (5.2.2, 5.4.2), in words; NULL: it can be used. */
const char *smmu_ste_why(const struct smmu *s, const u64 *ste);
const char *smmu_cd_why(const struct smmu *s, const u64 *ste, const u64 *cd);
/* The regime of an STE and a CD (NULL: stage 1 is bypassed), prepared. */
void smmu_build_regime(const struct smmu *s, const u64 *ste, const u64 *cd, struct regime *r);

#endif
