/*
 * PCI Express functions as their authors see them: a configuration space, windows (BARs), MSI-X, the INTx pin, and DMA
 * under the function's requester ID. PCI Express Base 6.0, chapter 7 (registers), 6.1 (interrupts), 2.2 (requests).
 *
 * A function is plain data (its state), a description that never changes after pci_seal(), and wiring that the host
 * (pci_host.h) makes when the function is plugged in. Configuration writes change only bits that the masks allow; what
 * they mean is seen to here, for all functions alike.
 */
#ifndef DEV_PCI_H
#define DEV_PCI_H

#include "base/types.h"
#include "bus/dma.h"
#include "trace/event.h"

#define PCI_CONFIG_SIZE 4096u
#define PCI_BARS 6u
#define PCI_VECTORS_MAX 128u

/* Offsets in the header (7.5.1). */
enum {
	PCI_VENDOR = 0x00,
	PCI_DEVICE = 0x02,
	PCI_COMMAND = 0x04,
	PCI_STATUS = 0x06,
	PCI_REVISION = 0x08,
	PCI_CLASS = 0x09, /* programming interface, subclass, base class: a byte each */
	PCI_CACHE_LINE = 0x0c,
	PCI_HEADER_TYPE = 0x0e,
	PCI_BAR0 = 0x10,
	PCI_SUBSYSTEM_VENDOR = 0x2c,
	PCI_SUBSYSTEM = 0x2e,
	PCI_CAPABILITIES = 0x34,
	PCI_INTERRUPT_LINE = 0x3c,
	PCI_INTERRUPT_PIN = 0x3d,
	/* type 1 */
	PCI_PRIMARY_BUS = 0x18,
	PCI_SECONDARY_BUS = 0x19,
	PCI_SUBORDINATE_BUS = 0x1a,
	PCI_MEMORY_BASE = 0x20,
	PCI_PREFETCH_BASE = 0x24,
	PCI_PREFETCH_BASE_UPPER = 0x28,
	PCI_PREFETCH_LIMIT_UPPER = 0x2c,
	PCI_BRIDGE_CONTROL = 0x3e,
};
enum { PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4, PCI_COMMAND_SERR = 0x100, PCI_COMMAND_NO_INTX = 0x400 };
enum { PCI_STATUS_INTERRUPT = 8, PCI_STATUS_CAPABILITIES = 0x10, PCI_STATUS_ERRORS = 0xf900 };
enum { PCI_SECONDARY_BUS_RESET = 0x40 };
enum { PCI_CAP_POWER = 0x01, PCI_CAP_VENDOR = 0x09, PCI_CAP_EXPRESS = 0x10, PCI_CAP_MSIX = 0x11 };
/* Device/Port Type of the PCI Express capability. */
enum { PCI_ENDPOINT = 0, PCI_ROOT_PORT = 4, PCI_INTEGRATED_ENDPOINT = 9 };

struct pci_function;

/* A window of registers. Accesses are 1, 2, 4 or 8 bytes, naturally aligned, within `size`. */
struct pci_bar {
	u64 size;   /* bytes, a power of two from 16; 0: there is none */
	bool is_64; /* takes the next BAR's register too */
	bool prefetchable;
	u64 (*read)(struct pci_function *f, u64 offset, unsigned size);
	void (*write)(struct pci_function *f, u64 offset, unsigned size, u64 value);
};

struct pci_vector {
	u64 address;
	u32 data, control;
};

/* What software can observe. No padding: it is hashed as it is. */
struct pci_state {
	u8 config[PCI_CONFIG_SIZE];
	struct pci_vector vector[PCI_VECTORS_MAX];
	u64 pending[PCI_VECTORS_MAX / 64];
	u64 pin; /* 1: the function asks for an interrupt by its pin */
};

/* Where a window answers; size 0: nowhere. */
struct pci_place {
	u64 base, size;
};

struct pci_function {
	struct pci_state s;
	/* what it is */
	const char *name; /* in traces */
	void *own;	  /* the device's own struct */
	struct pci_bar bar[PCI_BARS];
	u8 writable[PCI_CONFIG_SIZE]; /* bits that a write changes */
	u8 clears[PCI_CONFIG_SIZE];   /* bits that writing 1 clears */
	u8 initial[PCI_CONFIG_SIZE];  /* as after reset */
	u8 express, msix, power;      /* offsets of these capabilities; 0: there is none */
	u8 msix_bar;
	u32 vectors, msix_table, msix_pending; /* count; offsets in their BAR */
	u8 last_cap, cap_end;		       /* while capabilities are added */
	u16 last_extended, extended_end;
	/* Back to power-on; may be NULL. Configuration and vectors are seen to already. */
	void (*reset)(struct pci_function *f);
	/* What a register of a vendor's capability does; may be NULL. Before a read, after a write. */
	void (*config_read)(struct pci_function *f, u32 offset, unsigned size);
	void (*config_written)(struct pci_function *f, u32 offset, unsigned size);
	/* wiring: by pci_plug() */
	struct pci_host *host;
	struct pci_function *bridge; /* it sits behind this root port; NULL: on the root bus */
	u8 devfn;		     /* device << 3 | function */
	struct dma_port upstream;    /* an SMMU, or memory */
	struct tracer *trace;	     /* may be NULL */
	/* derived: what the trace was told last */
	struct pci_place place[PCI_BARS]; /* of a bridge: its two windows */
	bool drives;			  /* its pin */
};

/* ---- describing a function, from zeroed memory ---- */

struct pci_identity {
	u16 vendor, device, subsystem_vendor, subsystem;
	u32 class; /* base class, subclass, programming interface: 24 bits */
	u8 revision;
};
void pci_describe(struct pci_function *f, const char *name, const struct pci_identity *id);
void pci_add_bar(struct pci_function *f, unsigned n, const struct pci_bar *bar);
/* A capability of `size` bytes, its header included, zero but for that; returns its offset. */
u8 pci_add_capability(struct pci_function *f, u8 id, unsigned size);
u16 pci_add_extended(struct pci_function *f, u16 id, unsigned version, unsigned size);
void pci_add_power(struct pci_function *f);
/* type: PCI_ENDPOINT (becomes integrated on the root bus) or PCI_ROOT_PORT. */
void pci_add_express(struct pci_function *f, unsigned type);
/* Vectors (1 to PCI_VECTORS_MAX), their table at `table` and pending bits at `pending` in BAR n, 8-byte aligned. */
void pci_add_msix(struct pci_function *f, unsigned n, unsigned vectors, u32 table, u32 pending);
/* A little-endian field of 1, 2 or 4 bytes: its value after reset, and which bits software may write. */
void pci_set(struct pci_function *f, u32 offset, unsigned size, u32 value, u32 writable);
/* The description is complete: enter the reset state. */
void pci_seal(struct pci_function *f);

/* ---- for the device ---- */

/* struct dma_port's function, ctx: struct pci_function. The requester ID takes the place of q->stream. Aborts unless
 * the function may master the bus. */
enum dma_result pci_dma(void *ctx, const struct dma_request *q);
/* Whether the function, and what is above it, may make requests. */
bool pci_may_master(const struct pci_function *f);
/* Bus, device, function: the requester ID, and so the stream and the device ID. */
u16 pci_requester(const struct pci_function *f);
/* Send the message of a vector, or mark it pending while it is masked. Nothing when MSI-X is off. */
void pci_message(struct pci_function *f, unsigned vector);
bool pci_msix_enabled(const struct pci_function *f);
/* The level of the INTx pin; what MSI-X, or Interrupt Disable, makes of it is seen to here. */
void pci_pin(struct pci_function *f, bool level);

u32 pci_get(const struct pci_function *f, u32 offset, unsigned size);

/* ---- for the host ---- */

/* 1, 2, 4 or 8 bytes, naturally aligned. */
u64 pci_config_read(struct pci_function *f, u32 offset, unsigned size);
void pci_config_write(struct pci_function *f, u32 offset, unsigned size, u64 value);
/* In D0 (7.5.2.2): in D3hot a function answers configuration accesses only, and makes no requests. */
bool pci_is_awake(const struct pci_function *f);
/* A conventional or function-level reset. */
void pci_reset(struct pci_function *f);
/* Where BAR n is, if memory space is enabled and the address is one that software gave it. */
bool pci_bar_base(const struct pci_function *f, unsigned n, u64 *base);
u64 pci_bar_read(struct pci_function *f, unsigned n, u64 offset, unsigned size);
void pci_bar_write(struct pci_function *f, unsigned n, u64 offset, unsigned size, u64 value);
/* The register at an offset, for the trace; NULL: it has no name. */
const char *pci_register_name(const struct pci_function *f, u32 offset);
/* Whether the function drives its pin. */
bool pci_pin_driven(const struct pci_function *f);
static inline bool pci_is_bridge(const struct pci_function *f)
{
	return f->s.config[PCI_HEADER_TYPE] & 1;
}

#endif
