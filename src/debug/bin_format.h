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
#define BIN_VERSION 2
#define BIN_CHUNK_MAX (1u << 20)
/* No event is longer than this, its new names included. */
#define BIN_EVENT_MAX (32u << 10)
#define BIN_NAME_MAX 512
#define BIN_NAMES_MAX 65536

struct bin_header {
	char magic[8];
	u32 version;
	u32 mask; /* the kinds of events that were recorded */
};
/* In front of every chunk; size 0 is the end, and `check` then the number of events (low 32 bits). */
struct bin_chunk {
	u32 size, check;
};

/* First byte of a record: kind in bits 3:0, these in 7:4. */
enum { TAG_PLACE = 15 }; /* not an event: where those that follow happen */
enum { INSN_JUMP = 0x10, INSN_NEW = 0x20, INSN_CHANGED = 0x40, INSN_CYCLES = 0x80 };
enum { MEM_IPA = 0x10, MEM_WRITE = 0x20, MEM_DEVICE = 0x40, MEM_PAGE = 0x80 };
/* Second byte of EV_MEM: the size, and these. */
enum { MEM_HIGH = 0x20, MEM_CYCLES = 0x40, MEM_SIZE = 0x1f };

#define BIN_CORES 8
#define BIN_INSNS 16384
#define BIN_MEMS 4096
#define BIN_PAGES 256
#define BIN_NZCV 32 /* bit of a set of changed registers */

struct bin_place {
	s16 core;
	u8 el;
	bool secure;
	u16 vmid, asid;
};
/* What an instruction at a PC did the last time. */
struct bin_insn {
	u64 pc, pa, cycles, changed;
	u32 word;
	u8 el;
	bool secure;
};
struct bin_model {
	struct bin_place place;
	u64 cycle;
	struct {
		u64 x[32]; /* X0-X30, SP */
		u64 next_pc, pa_offset;
	} core[BIN_CORES + 1]; /* [0]: no core */
	struct bin_insn insn[BIN_INSNS];
	struct {
		u64 va, value;
	} mem[BIN_MEMS]; /* by the PC of the instruction */
	struct {
		u64 page, pa, ipa; /* offsets from the VA */
	} page[BIN_PAGES];
	struct event last[EV_KINDS];
	struct walk walk;
};

/* One field of an event that is coded by table. */
enum bin_coding {
	FIELD_DELTA,	/* difference to the last event of the kind */
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
static inline unsigned bin_mem_index(const struct bin_model *m, unsigned core)
{
	return (unsigned)(m->core[core].next_pc >> 2) & (BIN_MEMS - 1);
}
static inline unsigned bin_page_index(u64 va)
{
	return (unsigned)(va >> 12) & (BIN_PAGES - 1);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file is little-endian, and so must the host be");

#endif
