/* The memory map (map.def) as constants: MAP_UART_BASE, MAP_UART_SIZE, MAP_UART_SPI; private interrupts. */
#ifndef MACHINE_MAP_H
#define MACHINE_MAP_H

#include "base/types.h"

#define NO_SPI (-1)
#define REGION(NAME, base, size, spi)                                                                                  \
	static const u64 MAP_##NAME##_BASE = base, MAP_##NAME##_SIZE = size;                                           \
	enum { MAP_##NAME##_SPI = spi };
#include "machine/map.def"
#undef REGION

#define MAP_RAM_BASE 0x40000000ull
#define MAP_RAM_MAX 0x1000000000ull /* 64 GiB: well below the PCIe ECAM window */

/* INTID of shared peripheral interrupt n. */
#define SPI(n) (32u + (n))

/* Private peripheral interrupts, as INTIDs. */
enum {
	PPI_PMU = 23,
	PPI_GIC_MAINTENANCE = 25,
	PPI_CNTHP = 26, /* EL2 physical timer */
	PPI_CNTV = 27,	/* EL1 virtual timer */
	PPI_CNTHV = 28, /* EL2 virtual timer */
	PPI_CNTPS = 29, /* EL3 (Secure) physical timer */
	PPI_CNTP = 30,	/* EL1 physical timer */
};

/* Aff3.Aff2.Aff1.Aff0 of core n: clusters of 16, as many as one ICC_SGI1R_EL1 reaches. */
static inline u32 map_affinity(unsigned n)
{
	return n / 16 << 8 | n % 16;
}

/* The power key: a pin of the first GPIO. */
#define MAP_POWER_KEY_PIN 3

/* The DMA engine's requester ID at the SMMU. */
#define MAP_DMA_STREAM 0x100u
/* The SMMU's device ID for its own message-signalled interrupts: no PCIe function has it. */
#define MAP_SMMU_DEVICE 0xffffu

#endif
