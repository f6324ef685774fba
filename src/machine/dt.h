/*
 * The device tree that the board gives its software: equal in meaning to what QEMU 7.2 generates for `virt`.
 * A pure function of the values below.
 */
#ifndef MACHINE_DT_H
#define MACHINE_DT_H

#include "base/error.h"
#include "base/types.h"

enum psci_conduit { CONDUIT_NONE, CONDUIT_HVC, CONDUIT_SMC };

#define DT_SIZE 0x100000u /* room for the blob; also what its consumers keep free for it */

struct dt_config {
	u64 mem;
	unsigned smp;
	unsigned gic_version; /* 3 or 4: in ACPI's tables alone */
	enum psci_conduit conduit;
	bool secure, virtualization, its, smmu;
	bool no_seeds;
	bool dma;		      /* the teaching DMA engine: only when asked for */
	const char *compatible;	      /* the cores': "arm,cortex-a72" */
	const char *bootargs;	      /* may be NULL */
	u64 initrd_start, initrd_end; /* none when equal */
};

/* Write the blob into buf (DT_SIZE bytes). */
void dt_build(const struct dt_config *c, void *buf);
/* Copy a blob given by the user into buf (DT_SIZE bytes) and put memory, bootargs and initrd of *c into it. */
bool dt_adopt(const struct dt_config *c, const void *blob, size_t size, const char *file, void *buf, struct error *e);

#endif
