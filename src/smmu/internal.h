/* What the files of this folder share; nobody else includes it. */
#ifndef SMMU_INTERNAL_H
#define SMMU_INTERNAL_H

#include "smmu/fields.h"
#include "smmu/smmu.h"

enum { CR0_SMMUEN = 1, CR0_PRIQEN = 2, CR0_EVENTQEN = 4, CR0_CMDQEN = 8, CR0_ATSCHK = 16 };
#define CR0_VMW(cr0) ((unsigned)bits(cr0, 8, 6))
enum { CR2_E2H = 1, CR2_RECINVSID = 2, CR2_PTM = 4 };
enum { IRQ_GERROR = 1, IRQ_PRIQ = 2, IRQ_EVENTQ = 4 };
enum {
	GERROR_CMDQ = 1,
	GERROR_EVENTQ_ABT = 1 << 2,
	GERROR_PRIQ_ABT = 1 << 3,
	GERROR_MSI_CMDQ_ABT = 1 << 4,
	GERROR_MSI_EVENTQ_ABT = 1 << 5,
	GERROR_MSI_PRIQ_ABT = 1 << 6,
	GERROR_MSI_GERROR_ABT = 1 << 7,
};

#define ADDRESS_BITS ones(52)  /* of addresses in registers */
#define SMMU_STREAM_BITS 16    /* IDR1.SIDSIZE */
#define SMMU_SUBSTREAM_BITS 20 /* IDR1.SSIDSIZE */
#define SMMU_QUEUE_LOG2_MAX 19 /* IDR1.CMDQS, EVENTQS, PRIQS */

enum smmu_class { CLASS_CD, CLASS_TT, CLASS_IN };

/* What an event record says; what its type has no field for is ignored. */
struct smmu_event {
	u8 type; /* enum smmu_event_type; 0: nothing is recorded */
	u32 stream, ssid;
	bool has_ssid;
	bool privileged, instruction, is_read;
	bool s2, tt_read, stall;
	u8 klass; /* enum smmu_class */
	u16 stag;
	u64 address; /* input address */
	u64 fetch;   /* IPA, or address of the structure fetched */
};

/* A transaction, or a translation request, on its way. */
struct smmu_path {
	u32 stream, ssid;
	bool has_ssid;
	const struct smmu_ste *ste;
	const struct smmu_cd *cd;    /* NULL: stage 1 does not translate */
	const struct regime *regime; /* NULL: nothing translates */
	struct smmu_event e;
};

/* ---- config.c: STE and CD, from the cache or from memory; false: p->e says why ---- */
bool smmu_find_ste(struct smmu *s, struct smmu_path *p);
bool smmu_find_context(struct smmu *s, struct smmu_path *p); /* after smmu_find_ste(), and when traffic can pass */
/* What the words of an entry mean: whether it can be used, and its regime. */
void smmu_understand_ste(const struct smmu *s, struct smmu_ste *e);
void smmu_understand_cd(const struct smmu *s, const u64 *ste, struct smmu_cd *c);
/* The place in the cache of a stream's STE. */
struct smmu_ste *smmu_ste_of(struct smmu *s, u32 stream);
void smmu_forget_streams(struct smmu *s, u32 first, u64 count);
void smmu_forget_cds(struct smmu *s, u32 stream, bool all, u32 index);
bool smmu_fail(struct smmu_path *p, enum smmu_event_type type, u64 fetch);

/* ---- translate.c ---- */
/* smmu_access(), telling in *p how it went. */
enum dma_result smmu_access_by(struct smmu *s, const struct dma_request *q, struct smmu_path *p);
void smmu_set_memory(struct smmu *s); /* how walks reach memory */
void smmu_event_of_fault(const struct fault *f, struct smmu_event *e);
/* After STE.PRIVCFG and INSTCFG. */
bool smmu_override(unsigned cfg, bool incoming);
enum dma_result smmu_finish_fault(struct smmu *s, struct smmu_path *p, const struct dma_request *q);
enum dma_result smmu_translate_and_move(struct smmu *s, struct smmu_path *p, const struct dma_request *q);

/* ---- ats.c ---- */
enum dma_result smmu_translated_access(struct smmu *s, const struct dma_request *q);

/* ---- command.c: run the command queue until it is empty or in error ---- */
void smmu_run_commands(struct smmu *s);

/* ---- tlbi.c: TLBI commands; false: CERROR_ILL ---- */
const char *smmu_tlbi_name(unsigned opcode);
bool smmu_tlbi(struct smmu *s, const u64 *command);

/* ---- stall.c ---- */
int smmu_stall(struct smmu *s, u32 stream, bool told); /* its STAG; -1: it cannot */
void smmu_end_stall(struct smmu *s, unsigned stag, enum dma_resume how);
void smmu_end_stalls(struct smmu *s, u32 stream, bool all);
void smmu_retry_untold(struct smmu *s); /* the event queue has become writable */
const struct dma_client *smmu_client(const struct smmu *s, u32 stream);

/* ---- queue.c: an output queue, or the command queue, by its registers ---- */
struct smmu_queue {
	u64 base;
	u32 *prod, *cons;
	u8 entry_log2;
};
unsigned smmu_queue_log2(u64 base);
bool smmu_queue_is_empty(const struct smmu_queue *q);
bool smmu_queue_is_full(const struct smmu_queue *q);
u64 smmu_queue_entry(const struct smmu *s, const struct smmu_queue *q, u32 index);
bool smmu_queue_overflowed(const struct smmu_queue *q); /* and not acknowledged */
void smmu_queue_set_overflow(struct smmu_queue *q);
/* Write a record and move PROD on; false: external abort. */
bool smmu_queue_put(struct smmu *s, struct smmu_queue *q, const u64 *words);

/* ---- event.c ---- */
bool smmu_events_writable(struct smmu *s);
void smmu_record_event(struct smmu *s, const struct smmu_event *e);

/* ---- irq.c ---- */
void smmu_raise_gerror(struct smmu *s, u32 bit);
bool smmu_gerror_is_active(const struct smmu *s, u32 bit);
void smmu_update_lines(struct smmu *s);
bool smmu_is_last_only(const struct smmu *s); /* PRIQ_IRQ_CFG2.LO */
/* A queue's interrupt condition arose. */
void smmu_interrupt(struct smmu *s, u32 irq_ctrl_bit);
bool smmu_send_msi(struct smmu *s, u64 address, u32 data);

/* An access goes through. */
void smmu_trace_access(struct smmu *s, const struct dma_request *q, u64 pa, const char *how);
void smmu_trace(struct smmu *s, unsigned what, const char *name, u32 stream, u64 iova, u64 pa, bool is_write,
		const u64 *words, unsigned count);

#endif
