/*
 * Every architectural event exists once, as one of these. The text trace, the window, the debugger and the tests all
 * consume them; nothing is computed a second time for display.
 *
 * Cost: an emitter asks trace_wants() first, which is one load and one test; with no observer attached nothing else
 * is executed.
 */
#ifndef TRACE_EVENT_H
#define TRACE_EVENT_H

#include "base/types.h"

enum event_kind {
	EV_INSN,	/* one instruction executed (after its effects): struct ev_insn */
	EV_MEM,		/* one memory access of an instruction: struct ev_mem */
	EV_EXC,		/* an exception taken: struct ev_exc */
	EV_ERET,	/* an exception return: struct ev_eret */
	EV_WALK,	/* a translation-table walk done, all its steps: struct walk * (mmu/mmu.h) */
	EV_TLB_FILL,	/* an entry written: struct ev_tlb */
	EV_TLB_DROP,	/* an entry removed (eviction or TLBI): struct ev_tlb */
	EV_TLBI,	/* a TLBI instruction or SMMU command: struct ev_tlbi */
	EV_SYSREG,	/* MSR (and MRS when asked): struct ev_sysreg */
	EV_GIC,		/* distributor, redistributor, CPU interface: struct ev_gic */
	EV_LR,		/* a list register's change of state: struct ev_lr */
	EV_SMMU,	/* DMA translations, commands, event records: struct ev_smmu */
	EV_HYP,		/* VM entry and exit, PSCI, world switch (VTTBR_EL2 write): struct ev_hyp */
	EV_MMIO,	/* a device register access: struct ev_mmio */
	EV_GUEST_ERROR, /* guest error or CONSTRAINED UNPREDICTABLE choice: struct ev_text */
	EV_PCI,		/* configuration accesses, BARs, messages, INTx, resets: struct ev_pci */
	EV_ITS,		/* the ITS's commands, and messages that it translates: struct ev_its */
	EV_KINDS
};

/* Bits of ev_insn.changed: X0-X30 are 0 to 30. */
enum { EV_INSN_SP = 31, EV_INSN_NZCV, EV_INSN_FPSR, EV_INSN_FPCR };
#define EV_INSN_Z_WORDS 8
struct ev_insn {
	u64 pc;
	u32 word;
	u8 el; /* when it began: an ERET or MSR leaves another in struct event */
	bool secure;
	u64 pa;		/* physical address of the instruction */
	u64 changed;	/* the registers that it changed: bit n for Xn, and those below */
	u32 changed_v;	/* bit n for Vn */
	u8 nzcv;	/* after it, when changed; N is bit 3 */
	u64 sp;		/* after it, when changed */
	u64 fpsr, fpcr; /* after it, when changed */
	const u64 *x;	/* X0-X30 after it; only those changed may be read */
	const u64 (*z)[EV_INSN_Z_WORDS];
};
/* Room for a Z register of 512 bits; V0-V31 are the first two words. */
#define EV_INSN_V_WORDS 2
struct ev_mem {
	u64 va, ipa, pa;
	bool has_ipa; /* stage 2 took part */
	bool is_write, is_device;
	u8 size;
	u64 value[2];
};
/* What a change of EL goes between. */
enum crossing {
	CROSS_OTHER,
	CROSS_KERNEL, /* EL0 and the kernel that runs it: EL1, or EL2 with HCR_EL2.TGE */
	CROSS_VM,     /* a guest, which stage 2 (HCR_EL2.VM or DC) encloses, and EL2 */
	CROSS_HOST,   /* EL1 or EL0 without stage 2, and EL2 */
};
struct ev_exc {
	const char *vector; /* "sync", "irq", "fiq", "serror" */
	u8 from_el, to_el;
	u8 crossing; /* enum crossing */
	u16 offset;  /* from VBAR */
	u64 esr, far, hpfar, elr, spsr, new_pc;
	bool has_esr, has_far, has_hpfar;
};
struct ev_eret {
	u8 from_el, to_el;
	u8 crossing; /* enum crossing */
	u64 spsr, new_pc;
	bool illegal;
};
struct ev_tlb {
	u8 regime; /* enum regime_id */
	u8 kind;   /* enum tlb_kind */
	u8 level, log2_size;
	bool ng, ns;
	u16 asid, vmid;
	u64 in, out;	 /* VA (or IPA) and PA */
	const char *why; /* for EV_TLB_DROP: "evict" or the TLBI's name */
};
struct ev_tlbi {
	const char *name; /* "VAE1IS"… */
	u64 value;	  /* Xt, or the SMMU command's operands */
	unsigned dropped; /* entries removed, over all cores reached */
};
struct ev_sysreg {
	const char *name;
	bool is_write;
	u64 old, value;
};
struct ev_gic {
	const char *what; /* "pending", "active", "ack", "eoi", "deactivate", "sgi", "line"… */
	u32 intid;
	s32 target; /* core, or -1 */
	u64 detail;
};
struct ev_lr {
	u8 n;
	u64 old, value;
	const char *why; /* "write", "ack", "eoi", "deactivate" */
};
enum ev_smmu_what { SMMU_TRANSLATE, SMMU_COMMAND, SMMU_EVENT, SMMU_STE, SMMU_CD, SMMU_L1STD, SMMU_L1CD };
struct ev_smmu {
	u8 what; /* enum ev_smmu_what */
	const char *name;
	u32 stream;
	u64 iova, pa;
	bool is_write;
	const u64 *words; /* the raw command, event record, STE or CD */
	u8 word_count;
	u32 size; /* bytes of an access; 0: no data moved */
};
struct ev_hyp {
	/* "vm-exit": exception kind, ESR, PC, IPA (of a stage-2 abort, else 0); "vm-entry": PC, SPSR, VTTBR;
	 * "world-switch": VTTBR before and after; else a firmware call with its arguments. */
	const char *what;
	u64 detail[4];
};
struct ev_mmio {
	const char *device;
	u64 pa;
	u8 size;
	bool is_write, is_error;
	u64 value;
};
struct ev_text {
	const char *text;
	u64 detail;
};
enum ev_pci_what {
	PCI_CONFIG, /* a configuration access: offset, size, is_write, value; name: the register, or NULL */
	PCI_BAR,  /* a window went from `old` to `value` (~0: none); `detail` bytes; name: "BAR0", "bridge memory"... */
	PCI_MSI,  /* a message, name "MSI" or "MSI-X": vector `offset`, data `value` to address `detail` */
	PCI_INTX, /* name "INTA"...: `value` is its new level; detail: the INTID it is wired to */
	PCI_RESET,	/* name: "hot reset", "function level reset"... */
	PCI_COMPLETION, /* a controller completed a command, `name`: of queue `offset`, status `value`; with blocks:
			 * `old` of them from `detail` on */
};
struct ev_pci {
	u8 what; /* enum ev_pci_what */
	u8 size;
	bool is_write;
	u16 function; /* requester ID: bus, device, function */
	u16 offset;
	const char *name;
	u64 old, value, detail;
};
enum ev_its_what { ITS_COMMAND, ITS_STALL, ITS_MESSAGE };
struct ev_its {
	u8 what;	   /* enum ev_its_what */
	const char *name;  /* the command's; "message" */
	const char *error; /* what is wrong with it; NULL: nothing */
	/* A message; -1 and 0 where it did not get that far. Of a virtual LPI, `intid` is the virtual one. */
	u32 device, event, intid;
	s32 collection, core, vpe;
	u64 words[4]; /* a command; of a stalled queue its offset */
};

struct event {
	enum event_kind kind;
	u64 cycle;
	/* Where: filled in by trace_emit() from the tracer's current core. */
	union {
		struct {
			s16 core; /* -1: none was running */
			u8 el;
			bool secure;
			u16 vmid, asid;
		};
		u64 place; /* all of that as one */
	};
	union {
		struct ev_insn insn;
		struct ev_mem mem;
		struct ev_exc exc;
		struct ev_eret eret;
		const void *walk; /* const struct walk * */
		struct ev_tlb tlb;
		struct ev_tlbi tlbi;
		struct ev_sysreg sysreg;
		struct ev_gic gic;
		struct ev_lr lr;
		struct ev_smmu smmu;
		struct ev_hyp hyp;
		struct ev_mmio mmio;
		struct ev_text text;
		struct ev_pci pci;
		struct ev_its its;
	};
};

/* The new value of a changed general-purpose register, or SP. */
static inline u64 ev_insn_reg(const struct ev_insn *i, unsigned n)
{
	return n == EV_INSN_SP ? i->sp : i->x[n];
}

/*
 * An instruction with what it accessed, as one: the same that its EV_MEMs and its EV_INSN would say, for an observer
 * that can do with less. It holds back the accesses until the instruction is done, or another event comes.
 */
#define TRACE_ACCESSES 4
struct trace_access {
	u64 time, place; /* as of struct trace_step, when it was made */
	struct ev_mem mem;
};
/* What may have changed beside instructions: nothing, the selected SP, any register. */
enum trace_sync { SYNC_NONE, SYNC_SP, SYNC_ALL };
struct cpu;
struct trace_step {
	const struct cpu *core; /* that executes, as the instruction left it */
	u64 pc, pa;
	u64 time, cost; /* in 1/16 cycles: after it; what it took */
	u64 place;	/* of struct event */
	u32 word;
	u8 el;
	bool secure;
	u8 sync;       /* enum trace_sync: asked before the next instruction */
	bool released; /* some accesses were given out as events: it cannot be taken */
	unsigned count;
	struct trace_access access[TRACE_ACCESSES];
};

struct observer {
	u32 mask; /* bit per event_kind */
	void (*event)(void *ctx, const struct event *e);
	void *ctx;
	struct observer *next;
	/* Takes an instruction that is done and whose effects follow from the registers and what it loaded; false:
	 * wants the events. NULL: always does. Only asked when the mask has EV_INSN and EV_MEM. */
	bool (*step)(void *ctx, struct trace_step *s);
	/* With `step`: an instruction is about to execute, s->sync says after what; or none will for now. */
	void (*begins)(void *ctx, struct trace_step *s);
	void (*pauses)(void *ctx, struct trace_step *s);
};

struct tracer {
	u32 mask; /* the union of all observers' masks */
	struct observer *observers;
	struct observer *stepper; /* the first that takes steps, or NULL */
	bool stepper_alone;	  /* no other wants EV_INSN or EV_MEM */
	struct trace_step step;	  /* the instruction that executes, while there is a stepper */
	/* While this is set, every event must go by trace_emit(), as `where` has more to do; may be NULL. */
	const volatile bool *attention;
	/* Fills the `where` part of an event (cycle, core, el, secure, vmid, asid); set by the machine. */
	void (*where)(void *ctx, struct event *e);
	void *where_ctx;
	bool quiet;	     /* no observer is told of anything */
	u16 cycles_per_tick; /* of the system counter, CLOCK_CNTFRQ (bus/clock.h): what a cycle is in seconds */
};

static inline bool trace_wants(const struct tracer *t, enum event_kind k)
{
	return unlikely(t->mask >> k & 1);
}
static inline bool trace_needs_attention(const struct tracer *t)
{
	return unlikely(t->attention && *t->attention);
}

/* Fill in the place and hand the event to every observer that wants its kind. */
void trace_emit(struct tracer *t, struct event *e);
/* `t` may be NULL. */
void trace_pci(struct tracer *t, const struct ev_pci *what);
void trace_its(struct tracer *t, const struct ev_its *what);
/* Hand on an event whose place is filled in already, to every observer that wants its kind; `but` has it already. */
void trace_deliver(struct tracer *t, struct event *e, const struct observer *but);
/* Give out the accesses held back, as events; `but` has them already. */
void trace_release(struct tracer *t, const struct observer *but);
/* Attach and detach; an observer's struct belongs to the caller and must outlive its attachment. */
void trace_attach(struct tracer *t, struct observer *o);
void trace_detach(struct tracer *t, struct observer *o);
/* Whether observers are to be told nothing: what happens, happened before. */
void trace_quiet(struct tracer *t, bool quiet);

#endif
