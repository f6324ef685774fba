/*
 * Values in words: syndromes, descriptors, registers, translations. Every function writes to the stream that its caller
 * gives and looks at nothing but its arguments, so that the trace, `decode`, `walk` and the tests say the same.
 */
#ifndef DEBUG_EXPLAIN_H
#define DEBUG_EXPLAIN_H

#include <stdio.h>

#include "base/error.h"
#include "base/types.h"
#include "mmu/mmu.h"

/* ---- syndromes: explain_esr.c ---- */

/* "HVC #42": one line without its end, for the trace. */
void esr_words(FILE *out, u64 esr);
/* The same, and every field of the ISS on a line of its own. */
void explain_esr(FILE *out, u64 esr);
/* "Translation fault, level 2": a DFSC or IFSC. */
void fsc_words(FILE *out, unsigned fsc);
/* The same for all levels: the code that stands for them, and "Translation fault". */
unsigned fsc_without_level(unsigned fsc);
void fsc_class_words(FILE *out, unsigned fsc);
/* The syndrome that a fault of a walk produces: EC, IL, WnR, S1PTW, FSC; what only the instruction knows stays 0. */
u64 esr_of_fault(const struct fault *f, enum access_kind kind, bool from_lower_el);

/* ---- translation table descriptors: explain_desc.c ---- */

/* Where a descriptor stands: stage, level -1..3, granule; `ds`: FEAT_LPA2 layout (TCR.DS, VTCR.DS). */
struct desc_place {
	u8 stage;
	s8 level;
	u8 granule; /* enum granule */
	bool ds;
	bool fwb; /* stage 2: HCR_EL2.FWB */
	u64 mair; /* stage 1; 0: unknown, only AttrIndx is shown */
};

/* "block -> 0x80000000, Normal WB, rw, SH inner, AF" without the line's end. */
void desc_words(FILE *out, u64 desc, const struct desc_place *at);
/* Every field on a line of its own, then what is wrong with it. */
void explain_desc(FILE *out, u64 desc, const struct desc_place *at);
/* One field of a descriptor, or an address that it holds. */
#define DESC_FIELDS_MAX 14
struct desc_field {
	const char *name;
	s8 hi, lo; /* -1: an address, put together from several places */
	u64 value;
	char words[80]; /* what the value means, or "" */
};
/* All fields that mean something at this place, from the type on; returns how many. */
unsigned desc_fields(struct desc_field *to, u64 desc, const struct desc_place *at);
/* The output or next-table address of a descriptor. */
u64 desc_address(u64 desc, const struct desc_place *at);
/* Bytes (log2) that one entry of a table at this level covers. */
unsigned desc_log2(u8 granule, int level);
/* "Normal, outer WB RA WA, inner WB RA WA": one byte of MAIR_ELx. */
void mair_words(FILE *out, u8 attr);
/* "Normal WB": MemAttr[3:0] of stage 2; `fwb`: HCR_EL2.FWB. */
void memattr_words(FILE *out, u8 attr, bool fwb);

/* ---- one translation: explain_walk.c ---- */

/* The whole ladder: every descriptor read, then the result or the fault. `el` is the EL that makes the access. */
void explain_walk(FILE *out, const struct walk *w, const struct regime *r, unsigned el);
/* Which access, in which regime. */
void explain_walk_heading(FILE *out, const struct walk *w, const struct regime *r, unsigned el);
/* Its descriptors alone, numbered from `first`; returns the number after the last. `r` may be NULL. */
unsigned explain_steps(FILE *out, const struct walk *w, const struct regime *r, unsigned first);
/* Memory type, permissions and sizes of a walk that led somewhere: lines. */
void explain_mapping(FILE *out, const struct walk *w, const struct regime *r);
/* One line for one descriptor read; without a regime, memory types by AttrIndx alone. */
void walk_step_words(FILE *out, const struct walk_step *s, const struct walk *w, const struct regime *r);
/* Stage 2 took part, if only to find a descriptor of stage 1. */
bool walk_is_under_stage2(const struct walk *w);
/* Where its descriptor stands. */
struct desc_place walk_step_place(const struct walk_step *s, const struct regime *r);
/* The last line alone: where it led, or why it did not. */
void walk_result_words(FILE *out, const struct walk *w);
/* The same with another name for the input address than "VA". */
void walk_outcome_words(FILE *out, const struct walk *w, const char *input);

/* ---- registers: explain_reg.c ---- */

/* "HCR_EL2" and a value: every field, its meaning, RES0 bits that are set. False: no such register. */
bool explain_reg(FILE *out, const char *name, u64 value);
/* "VM 0->1, TSC 0->1": the fields that changed, without the line's end. */
void reg_change_words(FILE *out, const char *name, u64 old, u64 value);

/* ---- whole configurations: explain_stage2.c ---- */

/* What VTCR_EL2 (and VTTBR_EL2, when has_vttbr) make of stage 2, and every inconsistency. */
void explain_stage2(FILE *out, u64 vtcr, bool has_vttbr, u64 vttbr);

/* ---- `hypscope decode`: explain_value.c ---- */

/* NAME=VALUE arguments in order; combinations (VTCR_EL2 with VTTBR_EL2) are judged together. */
bool explain_values(FILE *out, unsigned count, char *const *args, struct error *e);

#endif
