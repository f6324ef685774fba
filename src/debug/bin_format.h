/*
 * The binary trace file: what writer and reader share (docs/trace.md describes the format).
 *
 * Both keep the same model of what came before and code each event as its difference to that. A step of the model is
 * written once, here or in bin_format.c, wherever it is more than an assignment.
 */
#ifndef DEBUG_BIN_FORMAT_H
#define DEBUG_BIN_FORMAT_H

#include <string.h>

#include "mmu/mmu.h"
#include "trace/event.h"

#define BIN_MAGIC "HYPTRACE"
#define BIN_VERSION 9
#define BIN_CHUNK_MAX (1u << 20)
/* No event is longer than this, its new names included. */
#define BIN_EVENT_MAX (32u << 10)
#define BIN_NAME_MAX 512
#define BIN_NAMES_MAX 65536

struct bin_header {
	char magic[8];
	u32 version;
	u32 mask;	     /* the kinds of events that were recorded */
	u16 v_words;	     /* 64-bit words of a vector register: 2 for V, up to 8 for Z */
	u16 cycles_per_tick; /* of struct tracer */
};
/* In front of every chunk; size 0 is the end, and `check` then the number of events (low 32 bits). */
struct bin_chunk {
	u32 size, check;
};

/* First byte of a record, bits 3:0; in bits 7:4: flags; the kind of an event, from EV_EXC on, less 16 for TAG_MORE. */
enum { TAG_INSN, TAG_MEM, TAG_EVENT, TAG_MORE, TAG_STATE = 15 };
/* With TAG_STATE: no event, but what those that follow build upon. */
enum {
	STATE_PLACE,
	STATE_INSNS = 0x10,
	STATE_REGISTERS = 0x20,
	STATE_CORE = 0x30,
	STATE_PAGE = 0x40,
	STATE_WORD = 0x50,
	STATE_SP = 0x60,
	STATE_CHECK = 0x70
};
/* ... or instructions with their accesses, of which just the number is said, and what does not follow from it. */
enum { RUN = 0x80, RUN_JUMP = 0x10, RUN_TIME = 0x20, RUN_MAX = 255 };
/* Byte of STATE_PLACE: EL, bit 2 Secure, and what is not as before. */
enum { PLACE_CORE = 8, PLACE_VMID = 16, PLACE_ASID = 32 };
enum { INSN_JUMP = 0x10, INSN_NEW = 0x20, INSN_CHANGED = 0x40, INSN_CYCLES = 0x80 };
enum { MEM_WRITE = 0x20, MEM_DEVICE = 0x40, MEM_PAGE = 0x80 };
/* Second byte of EV_MEM: the size, and these. */
enum { MEM_HIGH = 0x20, MEM_CYCLES = 0x40, MEM_SIZE = 0x1f };

/* Runs are written when all of these are recorded. */
#define BIN_RUN_KINDS (1u << EV_INSN | 1u << EV_MEM | 1u << EV_EXC | 1u << EV_ERET)

#define BIN_CORES 128
#define BIN_INSNS 16384
#define BIN_MEMS 4096
#define BIN_PAGES 4096
#define BIN_STEPS 16384
#define BIN_HAS_V 63 /* bit of a set of changed registers: that of vector registers follows */
#define BIN_CHANGED (1ull << BIN_HAS_V | ((2ull << EV_INSN_FPCR) - 1))

/* What an instruction at a PC did the last time. */
struct bin_insn {
	u64 pc;
	u32 word, cycles;
	u64 changed; /* as struct ev_insn, and BIN_HAS_V */
	u32 changed_v;
};
struct bin_registers {
	u64 x[32]; /* X0-X30, SP */
	u64 z[32][EV_INSN_Z_WORDS];
	u64 fpsr, fpcr;
	u8 nzcv;
};
/* What a core did last. */
struct bin_core {
	struct bin_registers said; /* as last written out, one by one: not what came of it since */
	struct bin_registers are;  /* all of them, while the core does not execute */
	u64 sp, sp_of[4];	   /* the stack pointer, and what it was when each level was left */
	u64 next_pc;
	/* Of instructions: where they are in memory, and at which level. */
	u64 pa_offset;
	u8 el;
	bool secure;
	/* What the instruction now executing has loaded; words beyond `loaded` are none. */
	unsigned loaded;
	u64 load[2];
};
/* A step of a walk, as the last time at its place, and the place of the one that came after it. */
struct bin_step {
	struct walk_step s;
	u32 next;
};
/* Where a page of accesses is: offsets from the VA. */
struct bin_page {
	u64 key, pa, ipa;
	bool has_ipa;
};
struct bin_model {
	u64 place; /* of struct event */
	u64 cycle;
	u64 time;			     /* in 1/16 cycles, as far as known */
	u64 context;			     /* of pages: by `place` */
	struct bin_core core[BIN_CORES + 1]; /* [0]: no core */
	struct bin_insn insn[BIN_INSNS];
	struct {
		u64 va, value[2];
	} mem[BIN_MEMS]; /* by the PC of the instruction */
	struct bin_page page[BIN_PAGES], last_page;
	struct event last[EV_KINDS];
	struct walk walk;
	struct bin_step step[BIN_STEPS]; /* by bin_step_index() */
	u32 last_step;
};

/* One field of an event that is coded by table. */
enum bin_coding {
	FIELD_DELTA,	/* difference to the last one */
	FIELD_SMALL,	/* as it is, at most `max` */
	FIELD_NAME,	/* const char * */
	FIELD_OPTIONAL, /* the same, may be NULL */
};
struct bin_field {
	u16 offset;
	u8 size, coding;
	u8 max;
};
struct bin_fields {
	const struct bin_field *field;
	unsigned count;
};
/* By kind; for EV_WALK the fields of struct walk without its steps. Empty for EV_INSN and EV_MEM. */
extern const struct bin_fields bin_event_fields[EV_KINDS];
extern const struct bin_fields bin_step_fields;

/* What protects a chunk against damage. */
u32 bin_check(const u8 *data, size_t n);
/* The same of what runs lead to, against repeating by other rules than it was recorded by. */
u32 bin_registers_check(const u64 *x, const u64 (*z)[EV_INSN_Z_WORDS], u8 nzcv, u64 fpsr);

static inline u64 bin_load(const void *from, unsigned size)
{
	u64 v = 0;

	memcpy(&v, from, size);
	return v;
}
/* A field of a struct, by loads as wide as it was stored. */
static inline u64 bin_field_get(const void *from, unsigned size)
{
	switch (size) {
	case 1: return *(const u8 *)from;
	case 2: return *(const u16 *)from;
	case 4: return *(const u32 *)from;
	default: return *(const u64 *)from;
	}
}
static inline void bin_field_set(void *to, unsigned size, u64 v)
{
	switch (size) {
	case 1: *(u8 *)to = (u8)v; break;
	case 2: *(u16 *)to = (u16)v; break;
	case 4: *(u32 *)to = (u32)v; break;
	default: *(u64 *)to = v; break;
	}
}

/* Differences are signed: small in either direction is short. */
static inline u64 bin_zigzag(u64 v)
{
	return v << 1 ^ (u64)((s64)v >> 63);
}
static inline u64 bin_unzigzag(u64 v)
{
	return v >> 1 ^ -(v & 1);
}

static inline struct bin_insn *bin_insn_at(struct bin_model *m, u64 pc)
{
	return &m->insn[(pc >> 2) & (BIN_INSNS - 1)];
}
/* Of the instruction's nth access. */
static inline unsigned bin_mem_index(const struct bin_core *c, unsigned n)
{
	return ((unsigned)(c->next_pc >> 2) + n) & (BIN_MEMS - 1);
}

/* ---- predictions: values are coded as differences to these ---- */

/* The register fields of a word that loads or stores: Rt and Rt2. */
static inline unsigned bin_rt(u32 word)
{
	return word & 31;
}
static inline unsigned bin_rt2(u32 word)
{
	return word >> 10 & 31;
}
static inline bool bin_is_vector(u32 word)
{
	return word >> 26 & 1;
}

/* Register n of the executing instruction: what it loaded, else as before. */
static inline u64 bin_guess_x(const struct bin_core *c, u32 word, unsigned n)
{
	if (c->loaded > 0 && n == bin_rt(word))
		return c->load[0];
	if (c->loaded > 1 && n == bin_rt2(word))
		return c->load[1];
	return c->said.x[n];
}
static inline u64 bin_guess_v(const struct bin_core *c, u32 word, unsigned n, unsigned i)
{
	return c->loaded > i && n == bin_rt(word) ? c->load[i] : c->said.z[n][i];
}

/* What the instruction after the last one stores: its registers, if it is known; else what it did the last time. */
static inline void bin_guess_store(const struct bin_model *m, const struct bin_core *c, unsigned at, unsigned size,
				   u64 guess[2])
{
	const struct bin_insn *known = &m->insn[(c->next_pc >> 2) & (BIN_INSNS - 1)];
	unsigned rt = bin_rt(known->word);

	if (known->pc != c->next_pc || rt == 31) {
		memcpy(guess, m->mem[at].value, sizeof(m->mem[at].value));
	} else if (bin_is_vector(known->word)) {
		memcpy(guess, c->said.z[rt], 16);
	} else {
		guess[0] = c->said.x[rt];
		guess[1] = c->said.x[bin_rt2(known->word)];
	}
	if (size < 8)
		guess[0] &= (1ull << 8 * size) - 1;
}

/* The place of a step that reads (or would read) its descriptor at `at`. */
static inline u32 bin_step_index(u64 at)
{
	return (u32)((at >> 3) * 0x9e3779b97f4a7c15ull >> 50) & (BIN_STEPS - 1);
}
/* Where a step at `at`, that was not expected, is coded and kept: the fields compare with what it was the last time, or
 * with the step that was expected. */
static inline u32 bin_new_step(struct bin_model *m, u32 guess, u64 at)
{
	u32 index = bin_step_index(at);

	if (m->step[index].s.at != at)
		m->step[index].s = m->step[guess].s;
	m->step[index].s.at = at;
	m->step[m->last_step].next = index;
	return index;
}
/* Bytes of the set of steps that were not expected. */
static inline unsigned bin_news_bytes(const struct walk *w)
{
	return (w->count + 7) / 8;
}
/* What a step translates: of its own stage's input; on behalf of another stage, as the last time. */
static inline u64 bin_guess_input(const struct walk *w, const struct walk_step *last)
{
	if (last->nested)
		return last->input;
	return last->stage == 1 ? w->va : w->ipa.v;
}

static inline void bin_set_place(struct bin_model *m, u64 place)
{
	const struct event at = { .place = place };

	m->place = place;
	m->context = (at.el < 2 ? at.vmid | (u64)at.asid << 16 : at.el) * 0x9e3779b97f4a7c15ull;
}
/* Pages are told apart by their VA in the context of the VM and its ASID, or of a higher level. */
static inline u64 bin_page_key(const struct bin_model *m, u64 va)
{
	return (va >> 12) + m->context + 1;
}
static inline struct bin_page *bin_page_at(struct bin_model *m, u64 key)
{
	return &m->page[key * 0x9e3779b97f4a7c15ull >> 52 & (BIN_PAGES - 1)];
}
/* The stack pointer after an exception or a return, if it is as when the level was left; a return says the change. */
static inline void bin_bank_sp(struct bin_core *c, const struct event *e)
{
	if (e->kind == EV_EXC) {
		c->sp_of[e->exc.from_el & 3] = c->sp;
		c->sp = c->sp_of[e->exc.to_el & 3];
	} else if (e->kind == EV_ERET) {
		c->sp_of[e->eret.from_el & 3] = c->sp;
		c->said.x[EV_INSN_SP] = c->sp_of[e->eret.to_el & 3];
	}
}
/* An event came at m->cycle. */
static inline void bin_set_cycle(struct bin_model *m, u64 cycle)
{
	m->cycle = cycle;
	if (m->time >> 4 != cycle)
		m->time = cycle << 4;
}
/* An instruction at a PC not met lately. */
static inline void bin_new_insn(struct bin_insn *i, u64 pc, u32 word)
{
	*i = (struct bin_insn){ .pc = pc, .word = word };
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file is little-endian, and so must the host be");

#endif
