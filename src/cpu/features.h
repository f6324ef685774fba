/* What a core implements, as booleans: the one place that decoding, traps and ID registers agree on. */
#ifndef CPU_FEATURES_H
#define CPU_FEATURES_H

#include "base/types.h"

struct cpu_features {
	/* instructions */
	bool crc32, cssc, pauth, pauth2, fpac, fpaccombine, epac, flagm, flagm2, hbc, dgh, ras, spe, trf, clrbhb, bti,
		wfxt;
	bool lse, lse2, lor, lrcpc, lrcpc2;
	bool xs, sb, uao, pan, nmi, ssbs, dit;
};

#endif
