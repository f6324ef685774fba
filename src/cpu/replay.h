/*
 * Repeating instructions whose effects follow from the registers and what they load (changes_follow()), without the
 * machine around them: a trace need not say what they did.
 */
#ifndef CPU_REPLAY_H
#define CPU_REPLAY_H

#include "cpu/cpu.h"
#include "cpu/models.h"

struct replay {
	struct cpu *core; /* its registers are the caller's to set */
	struct cpu_model model;
	struct code_cache *code;
	struct regime regime;
	struct tracer tracer;
	struct cpu_feed feed;
	u64 atomic[2];
};

/* What a core's instructions depend on besides: features, and the cost of each class. `feed` needs only access, ctx. */
bool replay_init(struct replay *r, const struct cpu_features *feat, const u16 cost[TIMING_COUNT],
		 const struct cpu_feed *feed);
void replay_destroy(struct replay *r);

/* What an instruction costs in 1/16 cycles. */
u64 replay_cost(struct replay *r, u32 word);
/* Repeat the instruction `word` at pc: reads and writes go by the feed. Fills in all of *i but where it is in memory
 * and at which level; core->next_pc is where it goes. False: it is none of these, or the feed said no. */
bool replay_insn(struct replay *r, u64 pc, u32 word, struct ev_insn *i);

#endif
