/*
 * Inside the engine: decoded pages, the host-pointer cache, accounting. Not for the rest of the machine.
 *
 * Accounting. Every op knows `cum`, the cost of its page's ops before it: cost in 1/16 cycles in bits 63:32, count in
 * 31:0. While code runs, `acc` (a register) is such that acc - op->cum is what is left of the slice at op: cost left in
 * bits 63:32 (negative: the slice is over), ENGINE_COUNT0 minus instructions done in 31:0. So a straight line costs
 * nothing to account for, and a taken branch two subtractions. Slices are short enough that the count never borrows.
 *
 * PSTATE.BTYPE is non-zero for one instruction after an indirect branch: s.p.btype counts only while the count part of
 * what is left equals btype_left, so nothing has to clear it.
 */
#ifndef CPU_ENGINE_H
#define CPU_ENGINE_H

#include "cpu/changes.h"
#include "cpu/cpu.h"

#define ENGINE_COUNT0 0x7fffffffull
#define SLICE_COST_MAX (1ull << 28)

#define CODE_PAGE_OPS 1024

struct code_page {
	u64 pa;				  /* of the page */
	struct code_page *next;		  /* same hash bucket */
	const u8 *host;			  /* its bytes */
	unsigned writes;		  /* stores into it since it was last executed from */
	struct op ops[CODE_PAGE_OPS + 1]; /* the last one leaves the page */
};

/* The step engine's decoded words, by word: what a word decodes to depends on nothing else. */
#define CODE_WORDS 8192
struct code_word {
	struct op op; /* op.fn NULL: unused */
	u64 cost;
	unsigned row;
	bool branches; /* by its class */
	bool follows;  /* changes_follow() */
	bool keeps;    /* it may be seen with its changes, whatever it accesses */
	step_fn *step;
	struct changes changes;
} __attribute__((aligned(128)));

#define CODE_BUCKETS 4096
#define CODE_PAGES_MAX 1400
struct code_cache {
	struct code_page *bucket[CODE_BUCKETS];
	struct code_page *free;
	struct code_chunk *chunks; /* where pages come from */
	unsigned count;
	u8 *marked; /* a byte per RAM page: what code.c knows of it */
	u64 marked_pages;
	struct code_word word[CODE_WORDS];
};

/* ---- code.c ---- */
/* The decoded page that holds physical address `pa`; decodes it if need be. NULL: not memory (fetch abort). */
struct code_page *code_page_get(struct cpu *c, pa_t pa);
/* Whether a page (by PA) may have decoded code, as every page beside the RAM may; a store to it must go through
 * code_written(). */
bool code_is_marked(const struct cpu *c, u64 pa);
/* A write slot is made for this page, which is not marked. */
void code_has_writer(struct cpu *c, u64 pa);
/* [pa, pa+size) was written: its ops are decoded again when executed. */
void code_written(struct cpu *c, u64 pa, u64 size);
/* Forget all decoded pages (all cores' ex slots must go too: host_flush_all()). */
void code_flush(struct code_cache *k);
/* Give the memory of decoded pages back. */
void code_destroy(struct code_cache *k);
/* A word as the step engine executes it; the answer holds until the next call. */
const struct code_word *code_word_get(struct cpu *c, u32 insn);
static inline struct code_word *code_word_at(const struct cpu *c, u32 insn)
{
	_Static_assert(CODE_WORDS == 1u << (32 - 19), "the shift below");
	return &c->code->word[insn * 0x9e3779b1u >> 19];
}
/* The same, mostly there already. */
static inline const struct code_word *code_word(struct cpu *c, u32 insn)
{
	const struct code_word *w = code_word_at(c, insn);

	return likely(w->op.insn == insn && w->op.fn) ? w : code_word_get(c, insn);
}
/* What an op costs, as cum counts it. */
u64 code_cost(const struct cpu *c, unsigned row);

/* ---- host.c: host-pointer slots and context numbers ---- */
enum slot_table { SLOT_RD, SLOT_WR, SLOT_EX, SLOT_TABLES };
bool host_init(struct cpu *c);
void host_destroy(struct cpu *c);
void host_flush(struct cpu *c);
/* The slots for reading and writing alone: nothing is fetched anew for it. */
void host_flush_data(struct cpu *c);
void host_flush_writes(struct cpu *c);
/* Remember that `va` (its 4 KiB page) translates by TLB entry `entry`. */
void host_fill(struct cpu *c, enum slot_table table, u64 va, u64 addend, s32 entry);
/* The same for LDTR and STTR. */
void host_fill_unpriv(struct cpu *c, enum slot_table table, u64 va, u64 addend, s32 entry);
/* The host address of va if its page has a slot (rd or wr) and va is so aligned, with the TLB entry behind it; or NULL.
 */
u8 *host_slot(const struct cpu *c, enum slot_table table, u64 va, unsigned alignment, const struct tlb_entry **entry);
/* struct tlb's `dropped` callback; ctx is the cpu. */
void host_tlb_dropped(void *ctx, struct tlb *t, unsigned index);
/* No core may keep a write slot on this host page. */
void host_drop_writes(struct cpu *c, const u8 *host_page);
/* No slot may name this decoded page. */
void host_drop_code(struct cpu *c, const struct code_page *page);
/* The numbers of a regime's contexts must be looked up again. */
void host_forget_contexts(struct cpu *c, enum regime_id id);
/* Bring cpu->regime and cpu->ctx up to date. */
void host_context(struct cpu *c);

/* The place of va in a table of `slots`. */
static inline unsigned slot_index(const struct cpu *c, u64 va, unsigned slots)
{
	return (unsigned)(va >> 12 ^ c->ctx_slot >> 4) & (slots - 1);
}

/* A slot's number among all tables: readers, writers, then code. */
enum { FIRST_WR = HOST_SLOTS_RD, FIRST_EX = FIRST_WR + HOST_SLOTS_WR, LINKS = FIRST_EX + HOST_SLOTS_EX };

/* Slots of one TLB entry form a list, so that the entry can take them along. */
struct host_links {
	struct {
		s32 next, prev;
		s32 owner; /* the entry + 1; 0: the slot is empty */
		s32 unused;
	} slot[LINKS];
	const u8 *wr_page[HOST_SLOTS_WR]; /* host page of a slot for writing; NULL when empty */
};

/* host_slot(), where it matters. */
static inline u8 *engine_slot(const struct cpu *c, enum slot_table table, u64 va, unsigned alignment,
			      const struct tlb_entry **entry)
{
	unsigned at = slot_index(c, va, table == SLOT_RD ? HOST_SLOTS_RD : HOST_SLOTS_WR);
	const struct host_slot *slot = table == SLOT_RD ? &c->rd[at] : &c->wr[at];

	if (slot->tag != ((va & (~0xfffull | (alignment - 1))) ^ c->ctx))
		return NULL;
	*entry = &c->tlb->entry[c->links->slot[table == SLOT_RD ? at : FIRST_WR + at].owner - 1];
	return (u8 *)(uintptr_t)(slot->addend + va);
}

/* ---- regime.c ---- */
/* TTBRn_EL1, or VTTBR_EL2, changed: the EL1&0 regime that was built before follows. */
void regime_update_ttbr(const struct cpu *c, struct regime *r);
void regime_update_vttbr(const struct cpu *c, struct regime *r);

/* The time that the running slice has reached, in 1/16 cycles. */
static inline u64 engine_time(const struct cpu *c)
{
	return c->slice_time + c->slice - (u64)((s64)c->left >> 32);
}
static inline u64 engine_cycle(const struct cpu *c)
{
	return engine_time(c) >> 4;
}
/*
 * Begin an event that comes with every instruction: when and where, as trace_emit() would find it, for trace_deliver().
 * Clearing all of struct event would take longer than the rest.
 */
static inline void engine_event(const struct cpu *c, struct event *e, enum event_kind kind)
{
	e->kind = kind;
	e->cycle = engine_cycle(c);
	e->place = c->place;
}
/* An access out of the ordinary: the instruction may be seen with its changes, so its registers are kept. They are as
 * before it, as it changes none before its last access. */
void step_keep(struct cpu *c);
static inline void engine_keep(struct cpu *c)
{
	if (unlikely(c->stepped))
		step_keep(c);
}
/* Where the executing instruction's next access is to be noted, which engine_accessed() then may give out. */
static inline struct ev_mem *engine_access(struct cpu *c)
{
	struct trace_step *s = &c->trace->step;
	struct trace_access *a;

	if (unlikely(s->count == TRACE_ACCESSES))
		trace_release(c->trace, NULL);
	a = &s->access[s->count++];
	a->time = engine_time(c);
	a->place = c->place;
	return &a->mem;
}
/* Without an observer that takes steps, accesses are events at once. */
static inline void engine_accessed(struct cpu *c)
{
	if (unlikely(!c->trace->stepper))
		trace_release(c->trace, NULL);
}

/* ---- mem.c ---- */
void mem_init(struct cpu *c);

/* ---- mem_slot.c: as LOAD, STORE and ATOMIC do it in the fast engine, with events ---- */
/* The same for one or two (MEM_PAIR) aligned elements of at most 8 bytes, in c->data[0] and [1]. */
bool mem_elements_by_slot(struct cpu *c, u64 va, unsigned size, unsigned flags, bool is_write);
bool mem_by_slot(struct cpu *c, u64 va, unsigned size, unsigned total, unsigned flags, bool is_write, u8 *data);
void *mem_atomic_by_slot(struct cpu *c, u64 va, unsigned size, unsigned flags);
/* DC ZVA of Normal memory */
bool mem_zero_by_slot(struct cpu *c, u64 block, unsigned size);

/* The event of the write that followed mem_atomic(), once it was made (c->rmw). */
void mem_emit_rmw(struct cpu *c);

/* ---- engine.c ---- */
/* Publish time and counts of a running slice (s.cost, s.insns, s.time, clock->now) from c->left. */
void engine_publish(struct cpu *c);
/* Begin a slice until machine time `until` (1/16 cycles). */
void engine_begin(struct cpu *c, u64 until);
/* What happens at a boundary: context, stop, halt, interrupts. False: the core cannot go on now. */
bool engine_boundary(struct cpu *c);
static inline bool engine_over(const struct cpu *c)
{
	return (s64)c->left < 0;
}
/* Charge cost (1/16 cycles) to the running slice. */
static inline void engine_charge(struct cpu *c, u64 cost)
{
	c->left -= cost << 32;
}
/* Fetch: the decoded op at s.pc, with cur_va and cur_ops set; NULL: a fetch abort was recorded. */
const struct op *engine_fetch(struct cpu *c);
/* Go on at s.pc after an exception or a change of context; NULL: back to cpu_run(). */
const struct op *engine_resume(struct cpu *c);
/* Go on at va after a taken branch; NULL: back to cpu_run(). */
const struct op *engine_go(struct cpu *c, u64 va);
/* Begin a slice until machine time `end` (1/16 cycles): false, with *stop, when the core is not to run now. *op may be
 * NULL: an exception used the slice up; publish and enter again. */
bool engine_enter(struct cpu *c, u64 end, const struct op **op, enum cpu_stop *stop);
/* step.c: execute from op by the step engine until the slice ends. */
void engine_step_slice(struct cpu *c, const struct op *op);
/* BTI: whether va's page, of a recent fetch, is guarded. */
bool engine_page_guarded(struct cpu *c, u64 va);
/* bti.c: false: a Branch Target exception was recorded instead of executing `word` at va. */
bool engine_bti_allows(struct cpu *c, u64 va, u32 word);
/* The translation of an instruction fetch. */
bool engine_fetch_translate(struct cpu *c, u64 va, struct translation *t);
/* PSTATE.BTYPE as it holds for the instruction at which c->left stands. */
static inline unsigned engine_btype(const struct cpu *c)
{
	return (u32)c->left == c->btype_left ? c->s.p.btype : 0;
}

#endif
