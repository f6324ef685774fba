/*
 * A core: its architectural state, and the caches that the engine derives from it.
 *
 * struct cpu_state is plain data without host pointers: a snapshot is a copy. Everything after it in struct cpu can be
 * thrown away at any instant and rebuilt (cpu_flush_host).
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include "base/bits.h"
#include "base/types.h"
#include "bus/bus.h"
#include "bus/clock.h"
#include "bus/gic_view.h"
#include "bus/line.h"
#include "cpu/features.h"
#include "cpu/sysreg.h"
#include "cpu/timer.h"
#include "mmu/mmu.h"
#include "trace/event.h"

/* x[] holds X0-X30 at 0..30; what number 31 means is resolved when an instruction is decoded. */
enum { REG_ZERO = 31, REG_SINK = 32, REG_SP = 33, REG_COUNT = 34 };

/* PSTATE but for NZCV, the EL, and SP selection, which stand beside it. One byte each, 0 or 1 unless said. */
struct pstate {
	u8 el;	 /* 0..3 */
	u8 sp;	 /* SPSel */
	u8 daif; /* D=8 A=4 I=2 F=1 */
	u8 il, ss, pan, uao, dit, ssbs, tco, allint;
	u8 btype; /* 0..3: as set by the last instruction */
};

struct cpu_regs {
	u64 x[REG_COUNT];
	/* NZCV, cheaply kept: N is n < 0, Z is z == 0. */
	s64 n;
	u64 z;
	u8 c, v;
};

/* An exception about to be taken (recorded by whoever finds it, taken by the engine). AArch64.TakeException. */
/* EXC_STOP: none, but a debugger's watchpoint stops the core before the instruction (cpu/points.h). */
enum exc_kind { EXC_NONE, EXC_SYNC, EXC_IRQ, EXC_FIQ, EXC_SERROR, EXC_STOP };
struct exc {
	u8 kind;      /* enum exc_kind */
	u8 target_el; /* 1..3 */
	u8 btype;     /* PSTATE.BTYPE when it was recorded, for SPSR */
	u64 esr;      /* complete: EC, IL, ISS (and ISS2) */
	u64 far, ipa; /* ipa: for HPFAR_EL2 */
	bool far_valid, hpfar_valid;
	bool ipa_ns; /* HPFAR_EL2.NS */
	u64 pc;	     /* preferred return address */
};

/* Why a core does not execute. */
enum core_halt { CORE_RUNS, CORE_WFI, CORE_WFE, CORE_OFF, CORE_LOCKUP };

struct pmu_state {
	u64 ccntr; /* PMCCNTR_EL0 as of ccntr_at */
	u64 evcntr[31];
	u64 synced_cycles; /* core's cycles at the last sync */
	u64 synced_insns;
};

struct cpu_state {
	struct cpu_regs r;
	struct pstate p;
	u64 pc;		  /* valid whenever the core is outside the engine */
	u64 sp_el[4];	  /* banked SP_ELx; the selected one lives in r.x[REG_SP] */
	u64 sr[SR_COUNT]; /* system register storage, by enum sysreg */
	/* SIMD&FP / SVE registers, up to 512 bits; V0-V31 are the low 128 */
	u64 z[32][8] __attribute__((aligned(16)));
	struct exc exc;			 /* pending, see above */
	u8 halt;			 /* enum core_halt */
	bool event;			 /* the event register (WFE) */
	bool line[8];			 /* inputs, by enum cpu_line */
	bool stepped, stepped_exclusive; /* what the last software step did, for its syndrome */
	bool excl_valid;		 /* local exclusive monitor */
	u8 excl_size;			 /* bytes */
	u64 excl_pa;
	u32 nested_exc; /* synchronous exceptions to the same EL since the last ERET: finds CORE_LOCKUP */
	u64 wake_at;	/* WFIT/WFET: cycle of the timeout, or CLOCK_NEVER */
	/* Published by the engine when it stops or calls out. Costs are in 1/16 cycles. */
	u64 cost, insns; /* executed by this core */
	u64 time;	 /* the machine time it has reached, in 1/16 cycles: cost plus idle time */
	bool mid_run;	 /* stopped inside a straight-line run: not a place where interrupts are looked at */
	bool kicked;	 /* something asked to be looked at, at the next boundary */
	struct pmu_state pmu;
};

enum cpu_line { LINE_IRQ, LINE_FIQ, LINE_VIRQ, LINE_VFIQ, LINE_SERROR };

struct cpu;
struct op;
#ifdef ENGINE_LOOP
typedef const struct op *op_fn(struct cpu *cpu, const struct op *op);
#else
typedef void op_fn(struct cpu *cpu, const struct op *op, u64 acc);
#endif
typedef void step_fn(struct cpu *cpu, const struct op *op);

/* A decoded instruction. */
struct op {
	op_fn *fn;
	u64 imm;       /* immediate, already extended/shifted/decoded */
	u64 cum;       /* cost of the page's instructions before this one: cycles/16 << 32 | count (see engine.h) */
	u32 insn;      /* the instruction word: rarely used fields are taken from it when executed */
	u8 d, n, m, a; /* registers as indexes of x[] (31 resolved), or small operands */
};

/* The host-pointer cache: see cpu/exec.h. */
struct host_slot {
	u64 tag;    /* VA page ^ cpu->ctx; HOST_SLOT_EMPTY when unused */
	u64 addend; /* host address - VA */
};
/* How many are for reading, writing, executing: powers of two. */
enum { HOST_SLOTS_RD = 65536, HOST_SLOTS_WR = 16384, HOST_SLOTS_EX = 4096 };
#define HOST_SLOT_EMPTY 0ull /* no context has this tag: see host_context() */
#define HOST_NO_CONTEXT 8ull /* no slot has a tag of it: nothing else sets bit 3 */

/* Who lives outside the core: interrupt controller's system registers. An access is dispatched here after all trap
 * checks of cpu/sysreg.c that do not depend on the GIC's own state. */
enum port_result { PORT_OK, PORT_UNDEF, PORT_TRAP_EL2, PORT_TRAP_EL3 };
struct gic_port {
	void *ctx;
	/* r: SR_ICC_* or SR_ICH_* (the register as named in the instruction; ICV redirection is the GIC's business,
	 * from the HCR_EL2/SCR_EL3 values it is told through `view`). */
	enum port_result (*read)(void *ctx, unsigned core, enum sysreg r, u64 *value);
	enum port_result (*write)(void *ctx, unsigned core, enum sysreg r, u64 value);
	/* The core came to EL3 or left it, or its security state or routing (HCR_EL2, SCR_EL3) changed: lines may
	 * change. */
	void (*view_changed)(void *ctx, unsigned core);
	/* For debuggers, whatever the core may; false: not to be had. */
	bool (*peek)(void *ctx, unsigned core, enum sysreg r, u64 *value);
	bool (*poke)(void *ctx, unsigned core, enum sysreg r, u64 value);
};
/* A result of the pointer authentication cipher, kept: it depends on nothing else. */
#define PAUTH_CACHE 64
struct pauth_entry {
	u64 ptr, modifier, key_hi, key_lo, code;
	bool valid;
};

/* Who knows what a repeated instruction accesses (replay.h): at most 16 bytes of a page at a time. False: it does not.
 */
struct cpu_feed {
	bool (*access)(void *ctx, u64 va, unsigned size, bool is_write, u8 *data);
	void *ctx;
	u64 *atomic; /* room for what an atomic operation works on: 16 bytes */
};

struct code_cache;
struct contexts;
struct host_links;
struct points;

struct cpu {
	struct cpu_state s;

	/* ---- wiring, set once ---- */
	unsigned index;
	u32 affinity; /* Aff3.Aff2.Aff1.Aff0, a byte each: MPIDR_EL1, GICR_TYPER */
	struct bus *bus;
	struct clock *clock;
	struct tracer *trace;
	struct gic_port gic;
	struct gic_view *gic_view;
	const struct cpu_model *model;
	struct cpu_features feat;		      /* what the ID registers advertise (cpu_model_apply) */
	u64 sr_writable[SR_COUNT], sr_ones[SR_COUNT]; /* which bits MSR changes; which always read as one */
	struct cpu **peers; /* all cores, for broadcast TLBI and SEV; peers[index] is this one */
	unsigned peer_count;
	/* Told of TLBIs that reach beyond the cores; may be NULL. */
	void (*tlbi_sent)(void *ctx, const struct tlbi_scope *s);
	void *tlbi_ctx;
	/* Firmware calls served by the machine (PSCI by conduit); returns true when it was served. */
	bool (*firmware_call)(void *ctx, struct cpu *cpu, bool is_smc, u16 imm);
	bool (*semihosting)(void *ctx, struct cpu *cpu); /* HLT #0xf000; false: not enabled */
	void *machine;
	struct mmu_memory memory; /* as the walker sees it from here (mem_init) */
	/* Generic timer outputs (to the GIC's PPIs), by enum timer (cpu/timer.h) and the PMU's, the GIC maintenance
	 * interrupt being the GIC's own */
	struct line timer_line[6];
	struct line pmu_line;
	unsigned timer_deadline[6]; /* clock_add()'s numbers, with timer_fire() and &timer_ref[t] */
	struct timer_ref timer_ref[6];

	/* ---- the engine's: derived, disposable ---- */
	struct tlb *tlb;
	u64 ctx;      /* what the current context number does to a slot's tag: bits 27:4, see host.c */
	u64 ctx_slot; /* what it does to a slot's place in its table, in bytes */
	/* The same for what LDTR and STTR access; HOST_NO_CONTEXT: not looked up since the context changed. */
	u64 unpriv_ctx, unpriv_slot;
	u64 cur_va; /* VA of the page being executed */
	u64 cur_pa; /* in a copy of the state: where it is; CPU_NO_PAGE: it is to be fetched */
	const struct op *cur_ops;
	u64 left;				 /* the slice: cost left << 32 | ENGINE_COUNT0 - instructions done */
	u64 slice;				 /* cost (1/16 cycles) granted to this slice */
	u64 slice_cost, slice_insns, slice_time; /* s.cost, s.insns, s.time at its start */
	u64 acc;				 /* ENGINE_LOOP only */
	bool stop;				 /* leave the engine at the next boundary */
	bool cur_gone;				 /* the decoded page of cur_ops was given up */
	bool refetch;				 /* the current page's translation or code may have changed */
	bool debugging;	       /* breakpoints, watchpoints or software step are set up: run by the step engine */
	struct points *points; /* where a debugger wants to stop; shared by all cores; NULL: nowhere (cpu/points.h) */
	bool context_stale;    /* regime and ctx must be looked at again before the next instruction */
	/* Of the current EL; with context_stale, as of before: */
	bool fp_on;	     /* it may use the SIMD&FP registers */
	bool big_endian;     /* its data accesses are: SCTLR_ELx.EE, SCTLR_EL1.E0E (BigEndian) */
	u8 fp_known, fp_els; /* bit per EL: fp_els holds since the context's registers last changed; what it holds */
	u32 btype_left;	     /* PSTATE.BTYPE counts only for the instruction at this count, see engine.h */
	u64 data[8];	     /* operands and result of a slow memory access */
	struct {	     /* traced atomics: the write that the instruction makes through a pointer; NULL: none */
		const u8 *host;
		struct ev_mem event;
	} rmw;
	const struct cpu_feed *feed; /* or NULL: memory is reached */
	struct stepped *stepped;     /* step engine: the instruction that is seen, or NULL */
	u64 next_pc;		     /* step engine */
	bool boundary;		     /* step engine: the fast engine would look at events here */
	u64 place;		     /* step engine: cpu_place() */
	const struct regime *regime; /* of the current EL */
	struct regime regimes[REGIME_COUNT];
	u8 regimes_valid;	   /* bit per regime_id */
	struct contexts *contexts; /* engine's context numbers */
	struct host_slot rd[HOST_SLOTS_RD], wr[HOST_SLOTS_WR];
	struct host_slot ex[HOST_SLOTS_EX]; /* addend: the decoded page's ops; 1 if it is guarded */
	struct host_links *links;	    /* which slots came from which TLB entry */
	struct code_cache *code;	    /* decoded pages by PA; shared by all cores */
	u64 passed_insns, passed_pc;	    /* the instruction where `points` stopped it last: count and place */
	bool passed_watch;		    /* its accesses do not stop it again, either */
	struct pauth_entry pauth_cache[PAUTH_CACHE];
};

/* Shorthand: a system register's stored value. */
#define SYS(cpu, NAME) ((cpu)->s.sr[SR_##NAME])
/* One field of a value / of a stored register, by the names of sysregs.def. */
#define GET(value, REG, F) bits(value, REG##_##F##_LSB + REG##_##F##_WIDTH - 1, REG##_##F##_LSB)
#define SYSF(cpu, REG, F) GET(SYS(cpu, REG), REG, F)

/* ---- state: cpu.c ---- */

/* NZCV as PSTATE bits [31:28] in place, and back. */
static inline u32 cpu_nzcv(const struct cpu *c)
{
	return (u32)(c->s.r.n < 0) << 31 | (u32)(c->s.r.z == 0) << 30 | (u32)c->s.r.c << 29 | (u32)c->s.r.v << 28;
}
static inline void cpu_set_nzcv(struct cpu *c, u32 v)
{
	c->s.r.n = v >> 31 ? -1 : 0;
	c->s.r.z = !(v >> 30 & 1);
	c->s.r.c = v >> 29 & 1;
	c->s.r.v = v >> 28 & 1;
}
/* Change EL and/or SPSel: banks SP, marks the regime stale, tells the GIC and the PMU. */
void cpu_set_el_sp(struct cpu *c, unsigned el, unsigned sp);
/* To call after a write to anything that a regime, routing or the engine's context depends on
 * (SCTLR, TCR, TTBR, MAIR, HCR, VTCR, VTTBR, SCR, PSTATE.PAN/UAO…): lazily rebuilt before the next access. */
void cpu_context_changed(struct cpu *c);
/* The same when it is known which register changed (its new value is stored). */
void cpu_context_register(struct cpu *c, enum sysreg r);
/* To call after anything that may make a pending interrupt deliverable, or the machine stop: the engine looks at events
 * at the next boundary. */
void cpu_kick(struct cpu *c);
/* Put the core into its reset state at `pc`, in `el` (1..3; the levels above are as if never used). */
void cpu_reset(struct cpu *c, unsigned el, u64 pc);
/* Its state, for a copy of the machine; and, when memory was restored too, what follows from it (state.c). */
#define CPU_NO_PAGE (~0ull)
void cpu_visit(struct cpu *c, const struct state_visitor *v);
void cpu_restored(struct cpu *c);
/* Exact time as seen by this core now (publishes s.cycles and clock->now). */
void cpu_sync_time(struct cpu *c);

/* ---- security and EL2 helpers (Arm ARM shared pseudocode names) ---- */
/* HaveEL */
static inline bool cpu_has_el(const struct cpu *c, unsigned el)
{
	return el < 2 || (el == 2 ? c->feat.el2 : c->feat.el3);
}
/* CurrentSecurityState() == SS_Secure; EL3 counts as Secure */
static inline bool cpu_is_secure(const struct cpu *c)
{
	return c->feat.el3 && (c->s.p.el == 3 || !SYSF(c, SCR_EL3, NS));
}
bool cpu_is_secure_below_el3(const struct cpu *c); /* IsSecureBelowEL3 */
/* EL2Enabled */
static inline bool cpu_el2_enabled(const struct cpu *c)
{
	if (!c->feat.el2)
		return false;
	if (!c->feat.el3 || SYSF(c, SCR_EL3, NS))
		return true;
	return c->feat.sel2 && SYSF(c, SCR_EL3, EEL2);
}
/* Effective HCR_EL2: 0 when EL2 is not enabled */
static inline u64 cpu_hcr(const struct cpu *c)
{
	return cpu_el2_enabled(c) ? SYS(c, HCR_EL2) : 0;
}
/* ELIsInHost */
static inline bool cpu_el_is_in_host(const struct cpu *c, unsigned el)
{
	u64 hcr = SYS(c, HCR_EL2);

	if (!GET(hcr, HCR_EL2, E2H) || !cpu_el2_enabled(c))
		return false;
	return el == 2 || (el == 0 && GET(hcr, HCR_EL2, TGE));
}

/* ---- exceptions: exception.c ---- */

/* Record a synchronous exception for this instruction; the caller then does FAULT. Routing (target EL, vector) and
 * syndrome completion are done here. `pc` of the record is the current instruction. */
void cpu_undefined(struct cpu *c);					/* EC 0x00 */
void cpu_trap(struct cpu *c, unsigned target_el, unsigned ec, u32 iss); /* e.g. EC 0x18 with its ISS to EL2 */
void cpu_data_abort(struct cpu *c, const struct fault *f, const struct mmu_access *a, u32 insn);
void cpu_fetch_abort(struct cpu *c, const struct fault *f);
void cpu_pc_alignment(struct cpu *c, u64 pc);
void cpu_sp_alignment(struct cpu *c);
/* SVC, HVC, SMC, BRK, HLT, illegal state… by the exec functions: EC, ISS, where the preferred return address is the
 * next instruction when `after`. Routed by AArch64.CallSupervisor etc. */
void cpu_call_exception(struct cpu *c, unsigned target_el, unsigned ec, u32 iss, bool after);
/* AArch64.SoftwareBreakpoint, BranchTargetException, PACFail, trapped FP access (EC 7), WFx (EC 1) all use cpu_trap
 * with route_to_el1(): EL1, or EL2 when HCR_EL2.TGE and EL0. */
unsigned cpu_route_el1(const struct cpu *c);
/* CheckFPAdvSIMDEnabled64() for the current EL, and the exception (EC 0x07, usually) of an instruction that fails it.
 */
bool cpu_fp_enabled(const struct cpu *c);
void cpu_fp_trap(struct cpu *c);
/* Take what was recorded: sets PSTATE, ELR, SPSR, ESR, FAR, HPFAR, PC. AArch64.TakeException. */
void cpu_take_exception(struct cpu *c);
/* The highest-priority asynchronous exception that can be taken now; records it. */
bool cpu_pending_interrupt(struct cpu *c);
/* AArch64.ExceptionReturn(ELR, SPSR) of the current EL. */
void cpu_exception_return(struct cpu *c, u64 new_pc, u64 spsr);
/* Whether something ends WFI (or, with the event register, WFE): a pending interrupt, masked or not (D1.6). */
bool cpu_can_wake(const struct cpu *c);
/* For displays: why the core would not take an IRQ or FIQ (physical or virtual) whose line is asserted; NULL: it would.
 */
const char *cpu_interrupt_obstacle(const struct cpu *c, enum cpu_line which);
/* PSTATE.IL is set: the next instruction is an Illegal Execution state exception. */
void cpu_illegal_state(struct cpu *c);
/* AArch64.BranchAddr: drop the tag byte of a branch target where TBI says so. */
u64 cpu_branch_addr(const struct cpu *c, u64 va);
/* Where events of this core happen now (struct event): core, EL, security state, VMID, ASID. */
u64 cpu_place(const struct cpu *c);
/* PSTATE as an SPSR value (GetPSRFromPSTATE). */
u64 cpu_spsr(const struct cpu *c);

/* ---- memory: mem.c ---- */

enum mem_flags {
	MEM_UNPRIV = 1,	   /* LDTR/STTR: EL0 permissions (UAO and TGE/E2H rules applied inside) */
	MEM_ORDERED = 2,   /* acquire/release: alignment required unless LSE2 within 16 bytes (SCTLR.nAA) */
	MEM_EXCLUSIVE = 4, /* must be naturally aligned; device memory: UNSUPPORTED_ATOMIC fault */
	MEM_ATOMIC = 8,	   /* read and write */
	MEM_PAIR = 16,	   /* two elements of `size` each, alignment to `size` */
	MEM_CACHE_OP = 32,
};
/*
 * The slow path of every access: translation, alignment, permissions, devices, page-crossing, code pages, events.
 * Values come and go in c->data[] (element 0, and 1 for pairs; 16-byte single accesses use both).
 * False: an exception is recorded.
 */
bool mem_read(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags);
bool mem_write(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags);
/* The same when a slot was looked for, and did not serve. */
bool mem_read_miss(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags);
bool mem_write_miss(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags);
/* `total` (at most 64) adjacent bytes in c->data, packed: elements of `size` (1..16), each aligned and ordered for
 * itself. */
bool mem_read_block(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned total);
bool mem_write_block(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned total);
/* Host pointer to RAM for an atomic read-modify-write or exclusive store of `size` (1..16) bytes at va, checked for
 * read and write; NULL: an exception is recorded. The caller writes through it at once. */
void *mem_atomic(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags);
/* AArch64.IsUnprivAccessPriv: LDTR and STTR access as this EL would anyway. */
bool mem_unpriv_is_privileged(const struct cpu *c);
/* Translate for DC/IC/AT-like use: physical address of a->va with the given access kind; false: exception recorded. */
bool mem_translate(struct cpu *c, const struct op *op, const struct mmu_access *a, struct translation *t);
/* CheckSPAlignment for a base register SP that is not aligned to 16. */
bool cpu_sp_check(struct cpu *c);
/* Without side effects (debugger, walk): reads guest memory at the current EL's regime. */
bool cpu_peek(struct cpu *c, u64 va, void *out, size_t n);
/* Throw away everything derived: host pointers, decoded pages. */
void cpu_flush_host(struct cpu *c);

/* ---- regimes: regime.c ---- */
/* Fill *r for accesses made at `el` now (el 0/1: EL1&0 or EL2&0 by E2H/TGE). */
void cpu_build_regime(const struct cpu *c, unsigned el, struct regime *r);
/* The regime of stage-1 EL1&0 with stage 2, whatever E2H/TGE say: AT S12E1*, S1E1* from EL2/EL3, and the debugger. */
void cpu_build_regime_el10(const struct cpu *c, struct regime *r);

/* ---- running: engine.c, step.c ---- */
enum cpu_stop { STOP_SLICE, STOP_HALT, STOP_REQUEST };
/* Run until the core's time reaches cycle `until` (may overshoot by one straight-line run), the core halts, or stop is
 * asked. clock->now follows the core's time. */
enum cpu_stop cpu_run(struct cpu *c, u64 until);
/* The same, by the traced engine, and at most max_insns (exact). Both may be mixed freely: equal results. */
enum cpu_stop cpu_run_traced(struct cpu *c, u64 until, u64 max_insns);
/* Allocate and empty what a core needs beside its wiring; `code` is shared by all cores of a machine (NULL: make it).
 */
bool cpu_init(struct cpu *c, struct code_cache *code);
void cpu_destroy(struct cpu *c, bool with_code);
/* Cycles executed by this core. */
static inline u64 cpu_cycles(const struct cpu *c)
{
	return c->s.cost >> 4;
}

#endif
