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
#define BIN_VERSION 6
#define BIN_CHUNK_MAX (1u << 20)
/* No event is longer than this, its new names included. */
#define BIN_EVENT_MAX (32u << 10)
#define BIN_NAME_MAX 512
#define BIN_NAMES_MAX 65536

struct bin_header {
	char magic[8];
	u32 version;
	u32 mask;    /* the kinds of events that were recorded */
	u32 v_words; /* 64-bit words of a vector register: 2 for V, up to 8 for Z */
};
/* In front of every chunk; size 0 is the end, and `check` then the number of events (low 32 bits). */
struct bin_chunk {
	u32 size, check;
};

/* First byte of a record: kind in bits 3:0, these in 7:4. */
enum { TAG_PLACE = 15 }; /* not an event: where those that follow happen; or an event. By bits 7:4: */
enum { PLACE_EVENTS = 0, PLACE_INSNS = 0x10, KIND_FOLLOWS = 0x20 };
enum { INSN_JUMP = 0x10, INSN_NEW = 0x20, INSN_CHANGED = 0x40, INSN_CYCLES = 0x80 };
enum { MEM_IPA = 0x10, MEM_WRITE = 0x20, MEM_DEVICE = 0x40, MEM_PAGE = 0x80 };
/* Second byte of EV_MEM: the size, and these. */
enum { MEM_HIGH = 0x20, MEM_CYCLES = 0x40, MEM_SIZE = 0x1f };

#define BIN_CORES 128
#define BIN_INSNS 16384
#define BIN_MEMS 4096
#define BIN_PAGES 256
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
/* What a core did last. */
struct bin_core {
	u64 x[32]; /* X0-X30, SP */
	u64 z[32][EV_INSN_Z_WORDS];
	u64 fpsr, fpcr;
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
struct bin_model {
	u64 place; /* of struct event */
	u64 cycle;
	struct bin_core core[BIN_CORES + 1]; /* [0]: no core */
	struct bin_insn insn[BIN_INSNS];
	struct {
		u64 va, value[2];
	} mem[BIN_MEMS]; /* by the PC of the instruction */
	struct {
		u64 page, pa, ipa; /* offsets from the VA */
	} page[BIN_PAGES];
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
static inline unsigned bin_mem_index(const struct bin_core *c)
{
	return (unsigned)(c->next_pc >> 2) & (BIN_MEMS - 1);
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
	return c->x[n];
}
static inline u64 bin_guess_v(const struct bin_core *c, u32 word, unsigned n, unsigned i)
{
	return c->loaded > i && n == bin_rt(word) ? c->load[i] : c->z[n][i];
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
		memcpy(guess, c->z[rt], 16);
	} else {
		guess[0] = c->x[rt];
		guess[1] = c->x[bin_rt2(known->word)];
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

static inline unsigned bin_page_index(u64 va)
{
	return (unsigned)(va >> 12) & (BIN_PAGES - 1);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file is little-endian, and so must the host be");

#endif
