/*
 * What the TLB view shows: the entries of one core with their tags, those that a filter keeps, in the order asked for,
 * and which of them a TLBI would remove.
 */
#ifndef UI_TLB_DATA_H
#define UI_TLB_DATA_H

#include <stdio.h>

#include "hypscope.h"
#include "ui/model.h"

#ifdef __cplusplus
extern "C" {
#endif

enum tlb_column {
	TLB_STAGE,
	TLB_REGIME,
	TLB_SECURITY,
	TLB_VMID,
	TLB_ASID,
	TLB_INPUT,
	TLB_IPA,
	TLB_OUTPUT,
	TLB_SIZE,
	TLB_LEVEL,
	TLB_RIGHTS,
	TLB_MEMORY,
	TLB_COLUMNS
};

struct tlb_query {
	unsigned core;
	char filter[160]; /* words that an entry must fit, all of them: tlb_filter_help() */
	u8 sort;	  /* enum tlb_column */
	bool descending;
	char tlbi[24];	  /* "VAE1IS"; empty: none is tried */
	char operand[64]; /* a number, or words: va= ipa= asid= */
};

struct tlb_row {
	struct tlb_entry e;
	bool removed; /* the TLBI would */
};

struct tlb_data {
	unsigned total, count, room;
	struct tlb_row *row;	/* `count` that the filter keeps */
	unsigned removed;	/* of all entries */
	unsigned removed_other; /* on other cores, when it is broadcast */
	bool has_tlbi, is_broadcast;
	char problem[128]; /* what is wrong with the query; or empty */
	char scope[256];   /* what the TLBI names, in words */
};

/* A model starts zeroed. False: no memory. */
bool tlb_data_update(struct tlb_data *t, struct machine *m, const struct tlb_query *q);
void tlb_data_free(struct tlb_data *t);

const char *tlb_column_name(unsigned column);
/* At most `size` - 1 characters; returns `text`. */
const char *tlb_cell(const struct tlb_row *row, unsigned column, char *text, size_t size);
/* The words that a filter knows. */
const char *tlb_filter_help(void);
/* The narrowest TLBI that removes this entry; the next wider one when q->tlbi has removed it already. Fills q->tlbi and
 * q->operand. */
void tlb_choose_removal(const struct tlb_row *row, struct tlb_query *q);
/* What is shown: the query, what the TLBI names and removes, and the entries from number `from` on, at most `rows`. */
void tlb_all_rows(struct model *to, const struct tlb_data *t, const struct tlb_query *q, unsigned from, unsigned rows);

#ifdef __cplusplus
}
#endif
#endif
