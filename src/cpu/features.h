/* What a core has: booleans computed once from its ID registers (features.def). Every gate in the project uses these.
 */
#ifndef CPU_FEATURES_H
#define CPU_FEATURES_H

#include "base/types.h"

struct cpu_features {
#define FEATURE(name, ...) bool name;
#define FEATURE_SIGNED(name, ...) bool name;
#define FEATURE_RULE(name) bool name;
#include "cpu/features.def"
	u8 pa_bits;	/* ID_AA64MMFR0_EL1.PARange: 32..52 */
	u8 breakpoints; /* how many there are */
	u8 watchpoints;
};

struct feature_info {
	const char *name;
	u16 offset; /* of its boolean in struct cpu_features */
};

/* From the ID registers in sr[] (cpu_state.sr, by enum sysreg). */
void cpu_features_compute(struct cpu_features *f, const u64 *sr);
/* All booleans by name, *count of them. */
const struct feature_info *cpu_features_list(unsigned *count);

#endif
