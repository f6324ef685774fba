/*
 * The board's PCIe host with nothing plugged in: an ECAM window in which bus 0 has its host bridge as device 0 and
 * every other function is absent, and memory and I/O windows that nobody claims. What is absent reads as all ones and
 * ignores writes (PCIe 6.0, 2.3.1 and 7.2.2: Unsupported Request, as a root complex answers its processor).
 */
#ifndef DEV_PCIE_HOST_H
#define DEV_PCIE_HOST_H

#include "bus/bus.h"

struct pcie_host_state {
	u16 command;
	u8 cache_line, interrupt_line;
};

struct pcie_host {
	struct pcie_host_state s;
};

extern const struct bus_device_ops pcie_ecam_ops;   /* context: struct pcie_host */
extern const struct bus_device_ops pcie_window_ops; /* no context */

#endif
