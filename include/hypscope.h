/*
 * hypscope: the public interface of the machine. Command line, window, gdb server and tests are its clients.
 *
 * The library never prints, never exits, never reads a clock or a random source: the host reaches it only through
 * these calls, and it reaches the host only through the callbacks given here.
 */
#ifndef HYPSCOPE_H
#define HYPSCOPE_H

#include "base/error.h"
#include "base/types.h"
#include "mmu/mmu.h"
#include "trace/event.h"
#include "trace/point.h"

struct machine;
struct smmu_probe; /* smmu/inspect.h */
struct smmu_view;

enum hyp_timing { HYP_TIMING_APPROX, HYP_TIMING_FUNCTIONAL };

/* What is put into memory beside the image: a file, or a number; and where cores begin. */
struct hyp_load {
	const char *file; /* NULL: the number `data` of data_size bytes (0: nothing), least significant byte first */
	u64 at, data;
	unsigned data_size, core;
	bool at_given; /* else an ELF file goes where it says */
	bool raw;      /* the file's bytes as they are, even when it is an ELF file */
	bool starts;   /* `core` starts there (an ELF file: at its entry) */
};

/* What becomes of what the guest programs into a flash bank. */
enum hyp_flash_mode {
	HYP_FLASH_VOLATILE,   /* it is lost at the end of the run */
	HYP_FLASH_READ_ONLY,  /* the bank is write-protected: programming fails */
	HYP_FLASH_PERSISTENT, /* it goes to the file */
};

/* A disk: a raw image of whole 512-byte sectors. */
#define HYP_DISKS 8
#define HYP_NVME_QUEUES 64u
#define HYP_BLK_QUEUES 16u
#define HYP_NVME_MDTS 7u
struct hyp_disk {
	const char *file;
	bool ro;	    /* the guest cannot write */
	bool snapshot;	    /* what the guest writes stays in memory, and is lost at the end */
	const char *serial; /* at most 20 characters; NULL: hypscope-N */
	/* Queues: of an NVMe controller 1 to 64 pairs (0: 64), of virtio on PCIe 1 to 16 (0: one a core, if there can
	 * be). Data of an NVMe command: 4 KiB << mdts at most; 0: 7. */
	unsigned queues, mdts;
};

/* What is plugged into PCI Express, in this order. */
#define HYP_PCI_MAX 31
#define HYP_PCI_ANY_SLOT 0xff /* the next one that is free */
#define HYP_PCI_VECTORS_MAX 32u
#define HYP_PCI_VECTORS_DEFAULT ~0u /* as many as the device can use */
enum hyp_pci_kind { HYP_PCI_ROOT_PORT, HYP_PCI_BLK, HYP_PCI_NVME, HYP_PCI_NET, HYP_PCI_RNG, HYP_PCI_CONSOLE };
struct hyp_pci {
	u8 kind;	  /* enum hyp_pci_kind */
	u8 slot;	  /* device number on its bus, or HYP_PCI_ANY_SLOT */
	const char *bus;  /* the name of the root port that it is plugged into; NULL: the root bus */
	const char *name; /* of a root port */
	unsigned number;  /* a root port's physical slot number */
	unsigned disk;	  /* HYP_PCI_BLK, HYP_PCI_NVME: which; else 0 */
	unsigned vectors; /* virtio: 0 (none, the INTx pin) to 32, or HYP_PCI_VECTORS_DEFAULT */
	bool bypass;	  /* virtio: its requests, messages apart, do not go through the SMMU */
};

#define HYP_VIRTIO_CONSOLE 2 /* among the UARTs */

struct hyp_config {
	const char *cpu;	/* preset name; NULL: "max" */
	bool pauth_impdef;	/* sign pointers by an algorithm of our own instead of QARMA5 */
	unsigned smp;		/* cores, 1..64; 0: 1 */
	u64 mem;		/* RAM bytes, a multiple of 1 MiB; 0: 512 MiB */
	unsigned el;		/* where execution starts: 1, 2, 3; 0: 3 for built-in ROMs, else 2 */
	bool secure;		/* EL3, secure RAM and UART exist for the software (implied by el == 3) */
	bool no_virtualization; /* EL2 is not there (implied by el == 1) */
	unsigned gic_version;	/* 3, or 4: with virtual LPIs; 0: 3 */
	bool no_its;		/* neither LPIs nor an ITS, hence no MSIs */
	bool smmu;		/* SMMUv3 and the DMA engine behind it (built-in ROMs: always) */
	enum hyp_timing timing;
	const char *image; /* a file (ELF, Linux Image, raw) or the name of a built-in ROM; may be NULL with flash */
	const char *kernel, *initrd, *append, *dtb, *flash[2];
	enum hyp_flash_mode flash_mode[2];
	const struct hyp_load *load;
	unsigned loads;
	const struct hyp_disk *disk;
	unsigned disks;
	/* Disks and virtio devices that are not here are behind virtio-mmio. */
	const struct hyp_pci *pci;
	unsigned pcis;
	bool net, rng, virtio_console; /* which other virtio devices there are */
	u64 rng_seed;		       /* of the entropy device: the same seed, the same numbers */
	bool virtio_modern;	       /* virtio-mmio version 2; else the legacy interface */
	bool no_reboot;		       /* a reset ends the run (HYP_RESET); else the machine begins anew */
	bool no_seeds;		       /* the device tree has no random seeds (they are fixed numbers anyway) */
	bool no_acpi;		       /* firmware finds no ACPI tables, and passes the device tree on */
	bool bare;		       /* no image is needed: the machine is only to be looked at */
	bool semihosting;	       /* built-in ROMs: always */
	/* Host side; each may be NULL. */
	void (*console_out)(void *ctx, unsigned uart,
			    u8 byte); /* a byte left UART 0 (or 1, secure; HYP_VIRTIO_CONSOLE) */
	void (*net_out)(void *ctx, const u8 *frame, size_t size);
	void (*semihost_out)(void *ctx, const char *text, size_t n);
	/* Every core waits, at from_ns of the machine's time, until to_ns. False: it is to_ns now. True: not yet;
	 * hyp_run() returns (HYP_STOPPED) with nothing changed, and asks again when it is called again. */
	bool (*idle)(void *ctx, u64 from_ns, u64 to_ns);
	void *host_ctx;
};

enum hyp_end {
	HYP_RUNNING,
	HYP_POWER_OFF, /* PSCI SYSTEM_OFF */
	HYP_RESET,     /* PSCI SYSTEM_RESET, with no_reboot */
	HYP_EXIT,      /* semihosting SYS_EXIT with a code */
	HYP_DEADLOCK,  /* every core waits with nothing to wake it */
	HYP_LOCKUP,    /* a core takes exceptions in its own vectors for ever */
	HYP_LIMIT,     /* max_insns or cycle limit reached */
	HYP_STOPPED,   /* hyp_stop() was called */
	HYP_POINT,     /* a breakpoint or watchpoint: hyp_hit() says which */
	HYP_BEGINNING, /* travelling back: the history begins here */
	HYP_REPLAYED,  /* the recording that is replayed ends here */
	HYP_DIVERGED,  /* the replay departs from the recording: `why` says where */
};

struct hyp_status {
	enum hyp_end end;
	int exit_code;	   /* HYP_EXIT */
	char why[512];	   /* one or more sentences, for HYP_DEADLOCK and HYP_LOCKUP */
	u64 insns, cycles; /* so far: sum over cores; machine time */
};

/* Build the machine and load the image; NULL: *e says why. */
struct machine *hyp_create(const struct hyp_config *config, struct error *e);
/* Bring what persists (flash) to the disk, as at the end of a run; false: *e says what could not be written. */
bool hyp_sync(struct machine *m, struct error *e);
void hyp_destroy(struct machine *m);
/* Run at most max_insns (0: no bound) more; exact. Returns at any end, or when hyp_stop() is called (from a signal
 * handler or an observer). */
struct hyp_status hyp_run(struct machine *m, u64 max_insns);
void hyp_stop(struct machine *m);
/* Instructions so far, of all cores; exact also within a callback. */
u64 hyp_insns(struct machine *m);
/* A byte typed at UART `uart`; enters at the current cycle. False: its FIFO is full, offer it again later. */
bool hyp_console_in(struct machine *m, unsigned uart, u8 byte);
/* The user presses the board's power key, at the current cycle: the guest's GPIO driver hears of it. */
void hyp_power_key(struct machine *m);
/* A frame from the network, without its checksum; enters at the current cycle. False: the driver has no buffer for it,
 * offer it again later. */
bool hyp_net_in(struct machine *m, const u8 *frame, size_t size);
/* The observers' list (trace/event.h). */
struct tracer *hyp_tracer(struct machine *m);
/* Inspection: nothing changes by these. They may be called by an observer, or while hyp_run() is not running. */
struct hyp_core {
	u64 x[31], sp, pc;
	u8 el, nzcv;
	bool secure, halted;
};
unsigned hyp_core_count(const struct machine *m);
/* What a core has executed; cycles in sixteenths, without those that it waited. Exact for the core of an event. */
struct hyp_work {
	u64 insns, cycles16;
};
struct hyp_work hyp_core_work(const struct machine *m, unsigned core);
void hyp_core_view(const struct machine *m, unsigned core, struct hyp_core *out);
/* What a core does or waits for, and what could wake it. */
enum hyp_core_state { HYP_CORE_RUNS, HYP_CORE_WFI, HYP_CORE_WFE, HYP_CORE_OFF, HYP_CORE_LOCKUP };
enum { HYP_STALL_PENDING = 8, HYP_STALL_TIMERS = 5 };
struct hyp_stall {
	u8 state; /* enum hyp_core_state */
	u8 el, daif;
	bool secure, in_guest;
	u16 vmid;
	u64 pc, now;
	bool irq, fiq, virq, vfiq; /* asserted */
	unsigned pending_count;
	struct {
		unsigned intid;
		const char *obstacle; /* why it is not signalled; NULL: it is */
	} pending[HYP_STALL_PENDING]; /* in the interrupt controller, for this core */
	struct {
		const char *name;
		bool enabled, masked;
		u64 at; /* the cycle at which it expires; ~0: it has, or never will */
	} timer[HYP_STALL_TIMERS];
};
void hyp_core_stall(const struct machine *m, unsigned core, struct hyp_stall *out);
/* The translation regime of accesses that this core would make at `el` now. */
void hyp_regime(const struct machine *m, unsigned core, unsigned el, struct regime *out);
/* Translate in that regime (a->no_update is implied); returns false when it ends in a fault. */
bool hyp_walk(struct machine *m, unsigned core, const struct regime *r, const struct mmu_access *a, struct walk *w);
/* How the SMMU would translate a device's access: by what it has cached, or by what memory says now. The caller frees
 * it. NULL: there is no SMMU, or no memory. */
struct smmu_view *hyp_inspect_dma(struct machine *m, const struct smmu_probe *probe, bool with_caches);
/* The device behind a stream ID, which is its requester ID, or NULL. */
const char *hyp_stream_name(const struct machine *m, u32 stream);
/* The devices that have one, by number from 0 on; false: that was the last. */
bool hyp_stream_device(const struct machine *m, unsigned n, u32 *stream, const char **name);
/* Would a byte typed at this UART raise its interrupt? A machine that only waits for that is not dead. */
bool hyp_console_listens(const struct machine *m, unsigned uart);

/*
 * For debuggers, while hyp_run() is not running. Cores are numbered from 0 to hyp_core_count() - 1.
 */
/* Run until `core` has executed one instruction (HYP_LIMIT), or something else ends it. The other cores take their
 * turns as in hyp_run(), of which this is a piece; `alone`: none runs but this one, and nothing at all (HYP_STOPPED)
 * when this one waits or is off. An exception that is taken instead counts with the first instruction of its vector. */
struct hyp_status hyp_step(struct machine *m, unsigned core, bool alone);
/* A point's number, 0 to POINTS_MAX - 1; -1: there are that many already. With a point set, hyp_run() ends with
 * HYP_POINT before the instruction; the next run begins with it. Runs as fast as without, but for accesses to watched
 * pages. */
int hyp_point_add(struct machine *m, const struct point *p);
void hyp_point_remove(struct machine *m, unsigned number);
/* NULL: there is no such point. */
const struct point *hyp_point(const struct machine *m, unsigned number);
/* What the last HYP_POINT was. */
const struct point_hit *hyp_hit(const struct machine *m);
/* The debugger knows where `core` stands, and does not want it to stop at a breakpoint right there. */
void hyp_pass(struct machine *m, unsigned core);
/* X0-X30, SP and PC. */
void hyp_core_set(struct machine *m, unsigned core, const struct hyp_core *from);
/* PSTATE as SPSR_ELx has it. False: the core has no such state (AArch32, an EL that is not there). */
u64 hyp_pstate(const struct machine *m, unsigned core);
bool hyp_pstate_set(struct machine *m, unsigned core, u64 pstate);
/* V0-V31, the less significant word first. */
void hyp_vector(const struct machine *m, unsigned core, unsigned n, u64 value[2]);
void hyp_vector_set(struct machine *m, unsigned core, unsigned n, const u64 value[2]);
/* System registers (cpu/sysreg.h has their names and fields): whether there is such a register; its value, false when
 * it cannot be read, or not without a side effect; writing as MSR does, false when it cannot be written. */
bool hyp_sysreg_exists(struct machine *m, unsigned core, unsigned reg);
bool hyp_sysreg(struct machine *m, unsigned core, unsigned reg, u64 *value);
bool hyp_sysreg_set(struct machine *m, unsigned core, unsigned reg, u64 value);
/* Which addresses are meant: virtual ones of the core's EL, of EL1, of EL2; intermediate physical; physical (of the
 * core's security state). */
enum hyp_space { HYP_SPACE_VA, HYP_SPACE_EL1, HYP_SPACE_EL2, HYP_SPACE_IPA, HYP_SPACE_PA };
/* Move bytes of memory; returns how many, up to the first that is not translated, or is not memory: devices are left
 * alone. Rights, and the tables' Access flags, do not matter. */
u64 hyp_memory_read(struct machine *m, unsigned core, enum hyp_space space, u64 at, void *to, u64 size);
u64 hyp_memory_write(struct machine *m, unsigned core, enum hyp_space space, u64 at, const void *from, u64 size);
/* Begin anew, as after a reset that the guest asked for. False: the images cannot be loaded again. */
bool hyp_restart(struct machine *m);
/* The core's TLB entries, those of stage 2 alone last, from *at = 0 on; NULL: that was the last. */
const struct tlb_entry *hyp_tlb_next(const struct machine *m, unsigned core, unsigned *at);
/* A TLBI as `core` would execute it now, which nobody does. By name ("VAE1IS"), or in the order of the architecture's
 * table. */
struct hyp_tlbi {
	struct tlbi_scope scope;
	bool broadcast; /* from every core's TLB */
};
const char *hyp_tlbi_name(unsigned n); /* NULL: that was the last */
/* False: there is no such instruction, or it removes nothing (a reserved granule; stage 2 without EL2). */
bool hyp_tlbi(const struct machine *m, unsigned core, const char *name, u64 operand, struct hyp_tlbi *out);
/* Whether it would remove this entry, one that hyp_tlb_next() gave for `core`. */
bool hyp_tlbi_removes(const struct machine *m, unsigned core, const struct hyp_tlbi *tlbi, const struct tlb_entry *e);
/* An interrupt (INTID 0 to 31: the core's own) in the interrupt controller; false: there is none of that number. */
struct hyp_irq {
	bool enabled, pending, active, level, edge; /* level: the input line */
	u8 group, priority;			    /* group: 0, 1 Secure Group 1, 2 Non-secure Group 1 */
	s32 target;				    /* core, or -1: none, -2: any */
	const char *obstacle;			    /* why it is not signalled, while it is pending; NULL: it is */
};
bool hyp_irq(const struct machine *m, unsigned core, unsigned intid, struct hyp_irq *out);
/* The interrupt controller as a core has it, registers as they are, whatever the core's state would see of them. */
enum { HYP_GIC_GROUPS = 3, HYP_GIC_APRS = 4, HYP_GIC_LRS = 16 };
struct hyp_gic {
	u32 ctlr;    /* GICD_CTLR */
	bool asleep; /* GICR_WAKER.ProcessorSleep */
	bool lpis;   /* GICR_CTLR.EnableLPIs */
	/* the physical CPU interface; groups as in struct hyp_irq */
	u8 pre_bits; /* of priorities: bit n of the APRs stands for priority n << (8 - pre_bits) */
	u8 pmr, bpr[HYP_GIC_GROUPS];
	bool igrpen[HYP_GIC_GROUPS];
	u32 apr[HYP_GIC_GROUPS][HYP_GIC_APRS];
	u8 running; /* priority; 0xff: idle */
	u16 hppi;   /* the highest-priority pending interrupt; 1023: none */
	u8 hppi_priority;
	bool signalled; /* hppi is */
	/* the virtual one; list registers: 0 without EL2 */
	u8 list_registers, vpre_bits;
	u32 hcr, vmcr, misr; /* ICH_*_EL2 */
	u32 vapr[2][HYP_GIC_APRS];
	u64 lr[HYP_GIC_LRS];
	const char *lr_obstacle[HYP_GIC_LRS]; /* why it is not signalled, unless it is invalid; NULL: it is */
	u8 vrunning;
	s8 hppvi;	      /* the list register that comes first; HYP_GIC_LRS: a virtual LPI; -1: none */
	u16 ended;	      /* ICH_EISR_EL2 */
	unsigned maintenance; /* INTID */
	/* The lines to the core: IRQ, FIQ, virtual IRQ, virtual FIQ; why the core would not take one (NULL: it would).
	 */
	bool line[4];
	const char *line_obstacle[4];
};
void hyp_gic(const struct machine *m, unsigned core, struct hyp_gic *out);
/* The SMMU's state; false: there is none. */
struct hyp_smmu {
	u32 cr0, cr1, cr2, gbpa, irq_ctrl, gerror, gerrorn, strtab_base_cfg;
	u64 strtab_base, cmdq_base, eventq_base, priq_base;
	u32 cmdq_prod, cmdq_cons, eventq_prod, eventq_cons, priq_prod, priq_cons;
};
bool hyp_smmu(const struct machine *m, struct hyp_smmu *out);
/* What memory has in a queue's entry, by its index as PROD and CONS count. False: no SMMU, or no memory there. */
enum hyp_smmu_queue { HYP_CMDQ, HYP_EVENTQ, HYP_PRIQ };
struct hyp_smmu_entry {
	u64 at, word[4]; /* commands and page requests have two */
};
bool hyp_smmu_entry(const struct machine *m, enum hyp_smmu_queue queue, u32 index, struct hyp_smmu_entry *out);
/* Stream table entries, then context descriptors, that the SMMU has cached, from *at = 0 on; false: that was the last.
 */
struct hyp_stream {
	u32 stream, substream; /* substream: of a context descriptor */
	bool is_cd;
	const u64 *word; /* eight of them */
	const char *why; /* it is ILLEGAL; NULL: it is not */
};
bool hyp_smmu_stream(const struct machine *m, unsigned *at, struct hyp_stream *out);

/*
 * History: going back in time, while hyp_run() is not running. The machine keeps snapshots, and executes again from the
 * nearest one; so it comes to the very state that it had. docs/history.md.
 *
 * A position is a number of instructions, executed by all cores together. hyp_run() from a position in the past repeats
 * what was, silently (no output, no events, no waiting, and no input taken), up to the present, and goes on from there.
 * Whatever changes the machine in the past (registers, memory, hyp_step() of a core alone, the power key) makes that
 * the present: what came after it is forgotten. A restart forgets the history.
 */
struct hyp_position {
	u64 insns, cycles;
};
/* Begin to keep history, in at most `bytes`. False: *e says why not. */
bool hyp_history_start(struct machine *m, u64 bytes, struct error *e);
void hyp_history_stop(struct machine *m);
struct hyp_history {
	u64 bytes, limit;		    /* what it takes, and may take */
	struct hyp_position oldest, newest; /* what can be gone to; newest: the present */
	unsigned snapshots;
	bool in_past; /* the machine is not in the present */
};
/* False: no history is kept. */
bool hyp_history(const struct machine *m, struct hyp_history *out);
/* Where the snapshots are, n from 0 (the oldest); beyond the last one, or without history: zeros. */
struct hyp_position hyp_history_snapshot(const struct machine *m, unsigned n);
struct hyp_position hyp_position(const struct machine *m);
/* Go to a position, or to the first one at which `core` has reached a cycle, back or forward; points do not count.
 * HYP_LIMIT: there. HYP_BEGINNING: that is before the history, at whose beginning the machine is now. Else the machine
 * ended, or was stopped, on its way forward. */
struct hyp_status hyp_goto(struct machine *m, u64 insns);
struct hyp_status hyp_goto_cycle(struct machine *m, unsigned core, u64 cycle);
/* Back to before the last instruction that `core` executed: HYP_LIMIT; or HYP_BEGINNING. */
struct hyp_status hyp_reverse_step(struct machine *m, unsigned core);
/* Back to the last point that was met before (HYP_POINT; a watched access is about to be made), or HYP_BEGINNING;
 * HYP_STOPPED, where it was: hyp_stop() was called. */
struct hyp_status hyp_reverse_run(struct machine *m);

/*
 * Whole machine states as files (docs/state.md), while hyp_run() is not running.
 */
/* Write the state to a file, which appears when it is complete. False: *e says why not. */
bool hyp_save(struct machine *m, const char *path, struct error *e);
/* Put the machine into the state of a file that a machine of the same configuration, with the same images and disks,
 * wrote. False: *e says why not, and the machine is as it was. */
bool hyp_load(struct machine *m, const char *path, struct error *e);

/*
 * Recording what comes from the host (docs/state.md), so that a replay of it is the identical run without the host.
 */
/* From here on; what a debugger changes is not recorded. False: *e says why not. */
bool hyp_record(struct machine *m, struct error *e);
/* The recording ends: write it. False: *e says why not. */
bool hyp_record_end(struct machine *m, const char *path, struct error *e);
/* Let hyp_run() give what was recorded by a machine of the same configuration in the same state; the host can bring
 * nothing, and idle time passes at once. False: *e says why not. */
bool hyp_replay(struct machine *m, const char *path, struct error *e);

/* FNV-1a over the architectural state (cores, RAM touched, GIC, SMMU, devices): equal runs, equal hashes. */
u64 hyp_state_hash(struct machine *m);
/* The device tree blob the machine made (or was given). */
const void *hyp_device_tree(struct machine *m, size_t *size);
/* Built-in ROMs. */
struct hyp_rom {
	const char *name, *summary;
	const u8 *image;
	size_t size;
	u64 mem; /* RAM that it needs; 0: the default */
	const char *
		expect; /* the console output when all is well ({n}: any decimal number, {x}: any 0x number), or NULL */
};
const struct hyp_rom *hyp_roms(unsigned *count);

#endif
