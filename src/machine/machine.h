/*
 * The machine: owns every part of the board, wires them, and runs them. include/hypscope.h is its public face; this
 * header is for the layers above that load and inspect it.
 *
 * Time. The machine advances in rounds. A round ends at the next deadline of the clock, with several cores also after a
 * quantum; within it every running core, in fixed order, is run until its own time reaches the round's end. So an event
 * that is due at a cycle is never seen before that cycle, and runs are deterministic. A round may be left in its midst
 * (instruction limit) and is then continued, so that a run in pieces equals a run in one.
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include "cpu/cpu.h"
#include "cpu/models.h"
#include "dev/dma.h"
#include "dev/flash.h"
#include "dev/fw_cfg.h"
#include "dev/nvme_pci.h"
#include "dev/pci_host.h"
#include "dev/pl011.h"
#include "dev/pl031.h"
#include "dev/pl061.h"
#include "dev/virtio_blk.h"
#include "dev/virtio_console.h"
#include "dev/virtio_mmio.h"
#include "dev/virtio_net.h"
#include "dev/virtio_pci.h"
#include "dev/virtio_rng.h"
#include "gic/gic.h"
#include "hypscope.h"
#include "machine/dt.h"
#include "machine/flash_file.h"
#include "machine/input_log.h"
#include "machine/tables.h"
#include "smmu/smmu.h"

#define MACHINE_CORES 64
#define MACHINE_QUANTUM 50000 /* cycles, with several cores */

/* Where execution starts: core 0; the others are off until PSCI CPU_ON. */
struct boot {
	u64 pc, x0;
};

/* Memory that the machine gives: RAM, flash, secure RAM. Lazily backed by the host. */
struct memory {
	u8 *bytes;
	u64 size;
};

/* A host file whose bytes must outlive loading (fw_cfg items). */
struct host_file {
	u8 *bytes;
	size_t size;
};
enum { FILE_KERNEL, FILE_INITRD, FILE_COUNT };

/* How the images come into memory again after a reset: the loader's. Without `load` there is no restart. */
struct machine_images {
	bool (*load)(void *ctx, struct boot *boot);
	void (*free)(void *ctx);
	u64 (*digest)(void *ctx); /* a hash of them all */
	void *ctx;
};

struct round {
	bool active;
	unsigned core; /* the one that runs, or runs next */
	u64 start;     /* cycle */
	u64 limit;     /* the quantum's end, or CLOCK_NEVER */
};

/* Where a run ends, beside its bounds: when a core has executed so many instructions, or has reached a cycle. */
struct until {
	s32 core; /* -1: nowhere */
	u64 insns, cycle;
};

struct history;

struct machine {
	/* what it is */
	struct cpu_model model; /* of all cores, with the timing chosen */
	unsigned smp, el;
	u64 mem;
	bool secure, virtualization;
	bool no_seeds;	/* in the device tree */
	bool its;	/* LPIs and an ITS */
	bool gic_v4;	/* and virtual LPIs */
	bool smmu;	/* SMMUv3 and the DMA engine behind it */
	bool no_reboot; /* a reset ends the run */
	enum psci_conduit conduit;
	bool semihosting;
	void (*console_out)(void *ctx, unsigned uart, u8 byte);
	void (*semihost_out)(void *ctx, const char *text, size_t n);
	void (*net_out)(void *ctx, const u8 *frame, size_t size);
	bool (*idle)(void *ctx, u64 from_ns, u64 to_ns);
	void *host_ctx;

	/* the parts */
	struct bus bus;
	struct clock clock;
	struct tracer trace;
	struct cpu *core[MACHINE_CORES];
	struct gic gic;
	struct pl011 uart[2]; /* [1]: the Secure one */
	struct pl031 rtc;
	struct pl061 gpio[2]; /* [1]: the Secure one */
	struct flash flash[2];
	struct fw_cfg fw_cfg;
	struct pci_host pcie;
	struct virtio_mmio virtio;
	struct virtio_pci virtio_pci[HYP_PCI_MAX];
	unsigned virtio_pcis;
	struct pci_function root_port[HYP_PCI_MAX];
	unsigned root_ports;
	struct virtio_blk blk[HYP_DISKS];
	struct disk disk[HYP_DISKS];
	struct nvme_pci nvme[HYP_DISKS];
	unsigned nvmes;
	unsigned disks;
	struct virtio_net net;
	struct virtio_rng rng;
	struct virtio_console console;
	struct smmu iommu; /* when smmu */
	struct dma_engine dma_engine;
	struct flash_file flash_file[2];
	struct memory ram, flash_data[2], secure_ram;
	struct host_file file[FILE_COUNT];
	struct machine_images images;
	char *append;
	u8 *dt; /* DT_SIZE bytes */
	struct firmware_tables *tables;

	/* running */
	u64 time; /* cycles: what every running core has reached */
	struct round round;
	struct cpu *volatile running;
	volatile bool stop_asked;
	enum hyp_end end;
	int exit_code;
	char why[512];

	/* for a debugger */
	struct points points;
	s32 step_core;	/* hyp_step(): the core that executes one instruction; -1: none */
	s32 alone_core; /* that moved out of turn; -1: none */
	struct until until;
	struct history *history; /* or NULL */
	struct inputs inputs;
};

/* Build the board that `config` describes, without images; NULL: *e says why. */
struct machine *machine_create(const struct hyp_config *config, struct error *e);
void machine_destroy(struct machine *m);
/* The values of which the device tree is made; bootargs and initrd are the loader's to fill in. */
void machine_dt_config(const struct machine *m, struct dt_config *c);
/* Put every core into the state in which firmware hands over: core 0 at `boot`, the others off; reset all devices. */
void machine_reset(struct machine *m, const struct boot *boot);
/* The guest asked for a reset: begin anew as from power-on, at the time that it is. Flash keeps what it holds, and the
 * system counter and the real-time clock go on. False: it is to be the end of the run. */
bool machine_restart(struct machine *m);

/* ---- between the files of this folder ---- */

/* End the run, for a reason that the guest gave. */
void machine_end(struct machine *m, enum hyp_end end);
/* Leave the engine soon, because deadlines, cores or the end changed. */
void machine_interrupt_slice(struct machine *m);
/* Back to zeros, as it was before it was touched. */
void memory_clear(struct memory *mem);
/* Start core n at `pc` with `x0`, as firmware does (boot.c). */
void machine_start_core(struct machine *m, unsigned n, u64 pc, u64 x0);
/* Instructions of all cores. While none runs. */
u64 machine_insns(const struct machine *m);
/* A hash of what the cores are at: quick, for comparing runs on their way. */
u64 machine_check(const struct machine *m);
/* Input, whoever it comes from. False: there is no room for it now. */
bool machine_console_in(struct machine *m, unsigned uart, u8 byte);
bool machine_net_in(struct machine *m, const u8 *frame, size_t size);
struct hyp_status machine_status(const struct machine *m);
/* No point counts. */
void machine_points_off(struct machine *m, bool off);
/* struct cpu's callbacks. */
bool psci_call(void *machine, struct cpu *cpu, bool is_smc, u16 imm);
bool semihost_call(void *machine, struct cpu *cpu);
/* Wire core n to bus, GIC, timers, firmware (wire.c). */
void wire_core(struct machine *m, unsigned n);
void wire_gic(struct machine *m);
void wire_bus(struct machine *m);
void wire_devices(struct machine *m);
bool wire_smmu(struct machine *m);
/* Root ports, and the virtio devices on PCI Express, which are initialised (pcie.c). */
bool wire_pcie_devices(struct machine *m, const struct hyp_config *config, struct error *e);
/* The virtio devices that `config` asks for, with their host files (virtio.c). */
bool wire_virtio(struct machine *m, const struct hyp_config *config, struct error *e);
void unplug_virtio(struct machine *m);
/* struct tracer's `where` (inspect.c). */
void machine_where(void *ctx, struct event *e);

#endif
