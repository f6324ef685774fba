/*
 * SMMUv3: stream IDs to translations. Arm SMMU architecture, IHI 0070 (chapters named in the files).
 *
 * Non-secure programming interface only. Left out (docs/gaps.md): substreams beyond SSID 0, ATS/PRI, HTTU reports to
 * software other than through the tables, MSIs, the Secure interface.
 *
 * Holds always: nothing that was read from a stream table or context descriptor is read again until a CFGI command
 * covers it, and no translation leaves the TLB but by a TLBI command or by replacement.
 */
#ifndef SMMU_SMMU_H
#define SMMU_SMMU_H

#include "bus/bus.h"
#include "bus/dma.h"
#include "bus/line.h"
#include "mmu/mmu.h"
#include "trace/event.h"

#define SMMU_CONFIGS 64 /* cached stream configurations */
#define SMMU_STALLS 16

enum smmu_line { SMMU_LINE_EVENT, SMMU_LINE_PRI, SMMU_LINE_SYNC, SMMU_LINE_GERROR, SMMU_LINES };

/* One stream's STE and CD as fetched. */
struct smmu_config_entry {
	bool valid, has_cd;
	u32 stream;
	u64 ste[8], cd[8];
};

struct smmu_stall {
	bool used;
	u32 stream;
};

struct smmu_regs {
	u32 cr0, cr1, cr2, gbpa, irq_ctrl, gerror, gerrorn, strtab_base_cfg;
	u64 strtab_base, cmdq_base, eventq_base;
	u32 cmdq_prod, cmdq_cons, eventq_prod, eventq_cons;
	u64 gerror_irq_cfg0, eventq_irq_cfg0;
	u32 gerror_irq_cfg1, gerror_irq_cfg2, eventq_irq_cfg1, eventq_irq_cfg2;
};

struct smmu {
	/* state */
	struct smmu_regs r;
	struct smmu_config_entry config[SMMU_CONFIGS];
	struct smmu_stall stall[SMMU_STALLS];
	/* wiring */
	struct bus *bus;
	struct tracer *trace;
	struct tlb *tlb;
	struct line line[SMMU_LINES];
	struct dma_client client[SMMU_STALLS]; /* who waits, by STAG */
	struct dma_client current;	       /* who makes the access now, when it can wait */
	void (*send_event)(void *ctx);	       /* CMD_SYNC with SEV: wakes cores; may be NULL */
	void *send_event_ctx;
};

/* Allocates the TLB; false: no memory. */
bool smmu_init(struct smmu *s, struct bus *bus, struct tracer *trace);
void smmu_destroy(struct smmu *s);
void smmu_reset(struct smmu *s);
extern const struct bus_device_ops smmu_bus_ops; /* ctx: struct smmu; 128 KiB */

/* A device's access; struct dma_port's function. */
enum dma_result smmu_access(void *ctx, const struct dma_request *q);

/* ---- between the files ---- */

enum smmu_event_type {
	F_UUT = 0x01,
	C_BAD_STREAMID = 0x02,
	F_STE_FETCH = 0x03,
	C_BAD_STE = 0x04,
	F_STREAM_DISABLED = 0x06,
	C_BAD_SUBSTREAMID = 0x08,
	F_CD_FETCH = 0x09,
	C_BAD_CD = 0x0a,
	F_WALK_EABT = 0x0b,
	F_TRANSLATION = 0x10,
	F_ADDR_SIZE = 0x11,
	F_ACCESS = 0x12,
	F_PERMISSION = 0x13,
	F_TLB_CONFLICT = 0x20,
};

/* What an event record says; words it does not use are zero. */
struct smmu_event {
	u8 type; /* enum smmu_event_type */
	u32 stream;
	bool stall;
	u16 stag;
	bool privileged, instruction, is_read, s2;
	u8 klass;    /* 0 CD, 1 TTD, 2 IN */
	u64 address; /* input address */
	u64 fetch;   /* IPA, or address of the structure fetched */
};

/* config.c: the stream's configuration, from the cache or the tables; false: *e says why (type 0: no record). */
bool smmu_find_config(struct smmu *s, u32 stream, const struct smmu_config_entry **config, struct smmu_event *e);
void smmu_forget_streams(struct smmu *s, u32 first, u64 count);
/* config.c: the translation regime of a configuration. */
void smmu_build_regime(const struct smmu_config_entry *c, struct regime *r);
struct mmu_memory smmu_walk_memory(struct smmu *s);
/* command.c: run the command queue until it is empty or in error. */
void smmu_run_commands(struct smmu *s);
/* event.c */
void smmu_record_event(struct smmu *s, const struct smmu_event *e);
void smmu_raise_gerror(struct smmu *s, u32 bit);
void smmu_update_lines(struct smmu *s);
void smmu_trace(struct smmu *s, unsigned what, const char *name, u32 stream, u64 iova, u64 pa, bool is_write,
		const u64 *words, unsigned count);

/* Configuration fields of STE and CD used in more than one file: [hi:lo] of a 64-bit word. */
#define STE_CONFIG(ste) bits((ste)[0], 3, 1)
#define STE_BYPASS 4u
#define STE_S1 1u
#define STE_S2 2u

#endif
