/* What a summary counts: between summary.c, which counts, and summary_words.c, which tells. */
#ifndef DEBUG_SUMMARY_DATA_H
#define DEBUG_SUMMARY_DATA_H

#include "debug/summary.h"
#include "debug/summary_dma.h"

#define SUMMARY_CORES 128

struct spent {
	u64 insns, cycles16;
};

struct reason {
	u64 key; /* exit_reason() */
	u64 count;
	u64 cycles16; /* of the core, until the guest went on there */
};
struct reasons {
	struct reason *of;
	unsigned count, room;
};

/* Stage-2 aborts by IPA page: open addressing, a power of two of slots. */
struct page {
	u64 ipa, count; /* count 0: the slot is free */
};
struct pages {
	struct page *slot;
	u64 used, slots;
};

/* A guest: who runs under one VTTBR_EL2. */
struct guest {
	u64 vttbr; /* without CnP */
	u64 entries, exits;
	struct spent el[2];
	struct reasons reasons;
	struct pages pages;
	/* By core: which of the reasons it was left for and has not gone on since, plus one; and when. */
	struct {
		unsigned why;
		u64 at; /* cycles16 */
	} left[SUMMARY_CORES];
};

struct core_place {
	struct hyp_work last;
	u8 el;
	bool secure;
	s32 guest; /* index, or NO_GUEST */
};
#define NO_GUEST (-1)

struct summary {
	struct machine *m;
	struct observer observer;
	unsigned cores;
	struct core_place core[SUMMARY_CORES];
	struct spent el[4][2]; /* outside guests; [1]: Secure */
	struct guest *guest;
	unsigned guests, room;
	struct reasons host_calls;			    /* to EL2 from software that no stage 2 encloses */
	u64 kernel_calls, kernel_faults, kernel_interrupts; /* from EL0 */
	u64 world_switches, firmware_calls;
	u64 walks, stage2_walks, walk_faults;
	u64 tlbis, tlb_dropped;
	struct dma_summary dma;
	u64 cycles;	 /* the machine's, at the end */
	bool incomplete; /* memory ran out: counts are too low */
};

#endif
