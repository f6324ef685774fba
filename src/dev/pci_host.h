/*
 * The board's PCI Express host: a root bus with its host bridge as device 0, root ports, and the functions plugged into
 * either; the ECAM window, the memory windows, four interrupt lines. What is absent reads as all ones and ignores
 * writes (PCI Express Base 6.0, 2.3.1 and 7.2.2: Unsupported Request, as a root complex answers its processor).
 */
#ifndef DEV_PCI_HOST_H
#define DEV_PCI_HOST_H

#include "bus/bus.h"
#include "bus/line.h"
#include "dev/pci.h"

#define PCI_FUNCTIONS_MAX 32u
#define PCI_ANY_SLOT 0xff

/* A BAR that answers: derived from configuration. */
struct pci_mapping {
	u64 base, size;
	struct pci_function *f;
	u32 bar;
};

/* A window of the processor's address space (ctx of pci_window_ops). PCI addresses in it are the processor's. */
struct pci_window {
	struct pci_host *host;
	u64 base;
};

struct pci_host {
	struct pci_function bridge; /* device 0 of the root bus */
	struct pci_function *function[PCI_FUNCTIONS_MAX];
	u32 functions;
	/* derived */
	struct pci_mapping mapping[PCI_FUNCTIONS_MAX * PCI_BARS];
	u32 mappings;
	u8 driven; /* interrupt lines, a bit each */
	/* wiring */
	struct line line[4];
	u32 intid; /* of the first line, for the trace */
	struct pci_window window32, window64;
	struct dma_port upstream;
	struct tracer *trace;
};

/* After the wiring is set: with nothing plugged in but the host bridge. */
void pci_host_init(struct pci_host *h);
/* The functions' state was restored from a copy. */
void pci_host_restored(struct pci_host *h);
/* Everything back to power-on. */
void pci_host_reset(struct pci_host *h);
/*
 * Plug a sealed function in: on the root bus (port NULL) at the given device number or the next free one from 1
 * (PCI_ANY_SLOT); or into a root port, which takes one, as device 0. False: the slot is taken, or there is none.
 */
bool pci_plug(struct pci_host *h, struct pci_function *f, struct pci_function *port, u8 slot);
/* Describe a root port (1b36:000c); `chassis` and `slot` number it for software. */
void pci_root_port_init(struct pci_function *f, u8 number);

extern const struct bus_device_ops pci_ecam_ops;   /* ctx: struct pci_host */
extern const struct bus_device_ops pci_window_ops; /* ctx: struct pci_window */
extern const struct bus_device_ops pci_io_ops;	   /* no context: nothing has I/O ports */

/* ---- between the files ---- */

bool pci_decodes_memory(const struct pci_function *f);
/* A bridge that holds the bus behind it in reset: nobody answers there. */
static inline bool pci_resets_bus(const struct pci_function *f)
{
	return pci_is_bridge(f) && f->s.config[PCI_BRIDGE_CONTROL] & PCI_SECONDARY_BUS_RESET;
}
void pci_msix_changed(struct pci_function *f);
void pci_host_pins_changed(struct pci_host *h);
void pci_host_config_written(struct pci_host *h, struct pci_function *f, u32 offset, unsigned size, bool bus_was_reset);
void pci_host_function_reset(struct pci_host *h, struct pci_function *f);

#endif
