/*
 * A transaction looked at instead of made: the SMMU's own code, on a copy of its state. Nothing changes: no memory, no
 * queue, no cache, no counter.
 */
#ifndef SMMU_INSPECT_H
#define SMMU_INSPECT_H

#include "smmu/smmu.h"

struct smmu_probe {
	u32 stream, ssid;
	u64 iova;
	bool has_ssid, is_write, privileged, instruction;
};

/* What a translation consists of, in order: structures fetched, and walks (of a structure's IPA, then of the IOVA). */
enum smmu_step_kind { SMMU_STEP_FETCH, SMMU_STEP_WALK };
struct smmu_step {
	u8 kind; /* enum smmu_step_kind */
	u8 what; /* of a fetch: enum ev_smmu_what */
	u64 at;	 /* of a fetch: PA */
	u64 word[8];
	struct walk walk;
};
#define SMMU_STEPS_MAX 8

struct smmu_view {
	struct smmu_regs r;
	unsigned steps;
	struct smmu_step step[SMMU_STEPS_MAX];
	bool has_ste, has_cd; /* those that rule, from memory or from the cache */
	u64 ste[8], cd[8];
	bool ste_cached, cd_cached; /* they came from the cache */
	const char *why;	    /* one of them is ILLEGAL; else NULL */
	bool translates;	    /* `regime` is that of the transaction */
	struct regime regime;
	bool from_tlb;	 /* a TLB entry answered, there was no walk */
	u8 result;	 /* enum dma_result */
	const char *how; /* "translated", "bypass"; NULL: it did not get through */
	u64 pa;		 /* when it got through */
	bool has_event;	 /* an event record would be written */
	u64 event[4];
};

/* An entry of a queue that begins at `base` (SMMU_CMDQ_BASE and kin), by its index as PROD and CONS count: its address,
 * and its doublewords. False: no memory there. */
bool smmu_look_at_entry(const struct smmu *s, u64 base, unsigned words, u32 index, u64 *at, u64 *to);

/* As things are (`with_caches`), or as memory says now. NULL: no memory. The caller frees it. */
struct smmu_view *smmu_inspect(const struct smmu *s, const struct smmu_probe *probe, bool with_caches);

#endif
