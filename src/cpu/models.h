/* CPU presets: `--cpu`. Identification registers, geometry and cost of each core that can be modelled. */
#ifndef CPU_MODELS_H
#define CPU_MODELS_H

#include "cpu/sysreg.h"

/* What costs time: first the classes of enum insn_class (cpu/decode.h), by the same numbers, then events. */
enum timing {
#define TIMING(name, ...) TIMING_##name,
#define EVENT(name, ...) TIMING_##name,
#include "cpu/timing.def"
	TIMING_COUNT
};

struct id_value {
	u16 reg; /* enum sysreg */
	u64 value;
};

struct cpu_model {
	const char *name, *summary;
	u16 tlb_sets, tlb_ways;
	u8 cycles_per_tick; /* of the 62.5 MHz system counter */
	u8 list_registers;  /* 1..16 */
	u8 pmu_counters;    /* PMCR_EL0.N */
	u64 pmcr;	    /* PMCR_EL0.IMP and IDCODE */
	u8 gic_priority_bits;
	bool pauth_impdef; /* sign pointers by an algorithm of our own: asked for of the machine, not the preset's */
	u64 ccsidr[3];	   /* L1 data, L1 instruction, L2 unified */
	u16 cost[TIMING_COUNT];	    /* 1/16 cycles, by enum timing */
	const struct id_value *ids; /* ends at reg == SR_COUNT */
};

/* By name, or NULL. */
const struct cpu_model *cpu_model_find(const char *name);
/* Does it sign pointers at all? */
bool cpu_model_has_pauth(const struct cpu_model *m);
/* All presets, *count of them. */
const struct cpu_model *cpu_model_list(unsigned *count);

/*
 * Give a core the identity of a preset, reduced to what is implemented and to the exception levels that exist: sets
 * cpu->model, its identification registers, cpu->feat. Call before sysreg_reset().
 */
struct cpu;
void cpu_model_apply(struct cpu *cpu, const struct cpu_model *m, bool has_el2, bool has_el3);

#endif
