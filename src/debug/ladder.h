/*
 * One translation as data: each step of the ladder, then how it ended, in the words that `walk` prints. `walk --json`,
 * `walk --html` and the window show this and nothing else, so that they agree step for step.
 */
#ifndef DEBUG_LADDER_H
#define DEBUG_LADDER_H

#include "debug/explain.h"
#include "mmu/mmu.h"

#define LADDER_WORDS_MAX 400

struct ladder_step {
	unsigned number; /* from 1, as `walk` prints it */
	u8 stage;
	s8 level;
	bool nested;		  /* of stage 2, to find a descriptor of stage 1 */
	bool updated;		  /* the Access flag or dirty state was written back */
	const char *kind;	  /* table, block, page, invalid, reserved, abort, tlb, walk-cache */
	const char *space;	  /* of the input: "va" or "ipa" */
	u64 input;		  /* what this stage translates */
	bool has_index;		  /* a descriptor was looked up: the next three lines are filled */
	u8 index_hi, index_lo;	  /* bits of the input */
	u64 index, table, at;	  /* entry `index` of the table at PA `table`, which is PA `at` */
	u64 table_ipa, at_ipa;	  /* of stage 1 under stage 2: the same as IPAs; else 0 */
	bool has_descriptor;	  /* and it was read */
	u64 descriptor, output;	  /* output: next table, or what the leaf gives (without the input's low bits) */
	const char *output_space; /* "ipa" or "pa"; NULL: there is no output */
	unsigned fields;
	struct desc_field field[DESC_FIELDS_MAX];
	char words[LADDER_WORDS_MAX]; /* the whole line */
};

/* Step i of the walk; `r` may be NULL. */
void ladder_step(struct ladder_step *to, const struct walk *w, const struct regime *r, unsigned i);

/* Memory type and shareability, of stage 2 as its leaf has them. */
struct ladder_memory {
	bool is_known;
	u8 attr; /* as in MAIR_ELx; of stage 2: MemAttr */
	char words[80];
	const char *shareability;
};
/* "rwx", "r--". */
struct ladder_rights {
	bool is_known;
	char privileged[4], el0[4]; /* el0: "" in regimes without EL0 */
};
struct ladder_size {
	bool is_known; /* false: that stage is off */
	u8 log2;
	s8 level;
};
/* Memory and rights of a stage alone, then of both. */
enum ladder_part { LADDER_STAGE1, LADDER_STAGE2, LADDER_BOTH, LADDER_PARTS };

struct ladder_end {
	bool faulted;
	char words[LADDER_WORDS_MAX]; /* where it led, or why it did not */
	/* It led somewhere. */
	bool has_ipa, secure, is_global;
	u64 ipa, pa;
	struct ladder_memory memory[LADDER_PARTS];
	struct ladder_rights rights[LADDER_PARTS];
	struct ladder_size size[2]; /* stage 1, stage 2 */
	/* It faulted. */
	u8 stage;
	s8 level;
	u8 fsc, target_el;
	char fsc_words[80], esr_words[160];
	bool on_table_walk; /* stage 2, for a descriptor of stage 1 */
	const char *why;    /* the field that did it, or NULL */
	bool has_hpfar;
	u64 esr, far, hpfar, fault_ipa;
};

/* `el` is the EL that makes the access. */
void ladder_end(struct ladder_end *to, const struct walk *w, const struct regime *r, unsigned el);

/* The names of things in the heading. */
const char *ladder_access_words(const struct walk *w);
const char *ladder_regime_words(const struct regime *r);

/* `hypscope walk --json`, a member at a time. docs/walk.md has the names. */
struct json;
void ladder_json_access(struct json *j, const struct walk *w, const struct regime *r, unsigned el);
void ladder_json_regime(struct json *j, const struct regime *r);
/* Memory, permissions and sizes of a walk that led somewhere. */
void ladder_json_mapping(struct json *j, const struct walk *w, const struct regime *r);
/* Its steps, into the array that is open; number them from `first`, return the number after the last. */
unsigned ladder_json_steps(struct json *j, const struct walk *w, const struct regime *r, unsigned first);
void ladder_json_end(struct json *j, const struct walk *w, const struct regime *r, unsigned el);

#endif
