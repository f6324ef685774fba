/* TLB entries as rows. */
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "debug/explain.h"
#include "ui/tlb_data.h"

typedef unsigned long long ull;

static bool has_vmid(const struct tlb_entry *e)
{
	return e->regime == REGIME_EL10 || e->kind == TLB_S2;
}

static bool has_asid(const struct tlb_entry *e)
{
	return e->kind == TLB_S1 && e->ng;
}

const char *tlb_column_name(unsigned column)
{
	static const char *const names[TLB_COLUMNS] = { "stage", "regime", "state", "VMID",  "ASID",   "VA / IPA",
							"IPA",	 "PA",	   "size",  "level", "rights", "memory" };

	return names[column];
}

static const char *format(char *text, size_t size, const char *how, ...)
{
	va_list args;

	va_start(args, how);
	vsnprintf(text, size, how, args);
	va_end(args);
	return text;
}

static const char *size_cell(const struct tlb_entry *e, char *text, size_t size)
{
	static const char units[] = "BKMGTP";

	if (e->log2 >= 60)
		return format(text, size, "all");
	return format(text, size, "%u%c", 1u << e->log2 % 10, units[e->log2 / 10]);
}

static const char *rights_cell(const struct tlb_entry *e, char *text, size_t size)
{
	const struct perms *p = &e->perms;

	if (e->kind == TLB_S2)
		return format(text, size, "%c%c%c/%c%c%c", p->s2.r ? 'r' : '-', p->s2.w ? 'w' : '-',
			      p->s2.x & 2 ? 'x' : '-', p->s2.r ? 'r' : '-', p->s2.w ? 'w' : '-',
			      p->s2.x & 1 ? 'x' : '-');
	return format(text, size, "%c%c%c/%c%c%c", perms_read(p, true) ? 'r' : '-', perms_write(p, true) ? 'w' : '-',
		      perms_execute(p, true) ? 'x' : '-', perms_read(p, false) ? 'r' : '-',
		      perms_write(p, false) ? 'w' : '-', perms_execute(p, false) ? 'x' : '-');
}

static const char *memory_cell(const struct tlb_entry *e, char *text, size_t size)
{
	static const char *const sh[] = { "", "", ", OSH", ", ISH" };
	FILE *out;

	if (e->kind == TLB_S2)
		return format(text, size, "MemAttr 0x%x%s", e->s2_attr & 15, sh[e->s2_attr >> 4 & 3]);
	text[0] = 0;
	out = fmemopen(text, size, "w");
	if (!out)
		return text;
	mair_words(out, e->attrs.mair);
	fputs(sh[e->attrs.sh], out);
	fclose(out);
	text[size - 1] = 0;
	return text;
}

const char *tlb_cell(const struct tlb_row *row, unsigned column, char *text, size_t size)
{
	static const char *const regimes[] = {
		[REGIME_EL10] = "EL1&0", [REGIME_EL20] = "EL2&0", [REGIME_EL2] = "EL2", [REGIME_EL3] = "EL3"
	};
	const struct tlb_entry *e = &row->e;

	switch (column) {
	case TLB_STAGE: return format(text, size, e->kind == TLB_S2 ? "2" : e->s2_used ? "1+2" : "1");
	case TLB_REGIME: return format(text, size, "%s", regimes[e->regime]);
	case TLB_SECURITY:
		return format(text, size, "%s%s", e->secure ? "S" : "NS", e->secure && e->out_ns ? "->NS" : "");
	case TLB_VMID: return has_vmid(e) ? format(text, size, "%u", e->vmid) : format(text, size, "-");
	case TLB_ASID:
		return has_asid(e) ? format(text, size, "%u", e->asid)
				   : format(text, size, e->kind == TLB_S2 ? "-" : "global");
	case TLB_INPUT: return format(text, size, "0x%llx", (ull)e->in);
	case TLB_IPA:
		return e->kind == TLB_S1 && e->s2_used ? format(text, size, "0x%llx", (ull)e->ipa)
						       : format(text, size, "-");
	case TLB_OUTPUT: return format(text, size, "0x%llx", (ull)e->out);
	case TLB_SIZE: return size_cell(e, text, size);
	case TLB_LEVEL:
		return e->kind == TLB_S1 && !e->s1_on ? format(text, size, "flat") : format(text, size, "%d", e->level);
	case TLB_RIGHTS: return rights_cell(e, text, size);
	default: return memory_cell(e, text, size);
	}
}

/* From the narrowest on. */
#define WIDER_MAX 6
static unsigned removals(const struct tlb_entry *e, const char *name[WIDER_MAX])
{
	static const char *const el1[] = { "VAE1IS", "VAAE1IS", "ASIDE1IS", "VMALLE1IS", "VMALLS12E1IS", "ALLE1IS" },
				 *const stage2[] = { "IPAS2E1IS", "VMALLS12E1IS", "ALLE1IS" },
				 *const el2[] = { "VAE2IS", "ALLE2IS" }, *const el3[] = { "VAE3IS", "ALLE3IS" };
	const char *const *from = e->kind == TLB_S2	     ? stage2
				  : e->regime == REGIME_EL10 ? el1
				  : e->regime == REGIME_EL3  ? el3
							     : el2;
	unsigned count = from == el1 ? 6 : from == stage2 ? 3 : 2, n = 0;

	for (unsigned i = 0; i < count; i++)
		if (has_asid(e) || strncmp(from[i], "ASID", 4))
			name[n++] = from[i];
	return n;
}

/* What this TLBI takes of the entry: its address, its ASID, both, nothing. */
static void removal_operand(const struct tlb_entry *e, struct tlb_query *q)
{
	const char *name = q->tlbi;
	bool all = !strncmp(name, "VMALL", 5) || !strncmp(name, "ALL", 3), by_asid = !strncmp(name, "ASID", 4);
	char address[32] = "", asid[16] = "";

	if (!all && !by_asid)
		snprintf(address, sizeof(address), "%s=0x%llx", e->kind == TLB_S2 ? "ipa" : "va", (ull)e->in);
	if (has_asid(e) && (by_asid || !strncmp(name, "VAE", 3)))
		snprintf(asid, sizeof(asid), "%sasid=%u", *address ? " " : "", e->asid);
	snprintf(q->operand, sizeof(q->operand), "%s%s", address, asid);
}

void tlb_choose_removal(const struct tlb_row *row, struct tlb_query *q)
{
	const struct tlb_entry *e = &row->e;
	const char *name[WIDER_MAX];
	unsigned count = removals(e, name), n = 0;

	for (unsigned i = 0; row->removed && i < count; i++)
		if (!strcasecmp(q->tlbi, name[i]))
			n = (i + 1) % count;
	snprintf(q->tlbi, sizeof(q->tlbi), "%s", name[n]);
	removal_operand(e, q);
}

/* ---- rows ---- */

static unsigned cell_tone(const struct tlb_row *row, unsigned column)
{
	const struct tlb_entry *e = &row->e;

	switch (column) {
	case TLB_STAGE: return e->kind == TLB_S2 ? TONE_STAGE2 : TONE_STAGE1;
	case TLB_VMID: return has_vmid(e) ? TONE_WORLD + e->vmid % WORLD_TONES : TONE_DIM;
	case TLB_ASID: return has_asid(e) ? TONE_NUMBER : TONE_DIM;
	case TLB_REGIME: {
		static const u8 tones[] = { TONE_EL1, TONE_EL2, TONE_EL2, TONE_EL3 };

		return tones[e->regime];
	}
	case TLB_INPUT:
	case TLB_OUTPUT: return TONE_ADDRESS;
	case TLB_IPA: return e->kind == TLB_S1 && e->s2_used ? TONE_ADDRESS : TONE_DIM;
	case TLB_SIZE:
	case TLB_LEVEL: return TONE_NUMBER;
	default: return TONE_TEXT;
	}
}

static void entry_row(struct model *to, const struct tlb_row *row, unsigned core, unsigned number)
{
	struct row *r = model_row(to, ROW_CELLS);
	const struct tlb_entry *e = &row->e;
	char text[64];

	r->id = number;
	r->marked = row->removed;
	model_cell(to, row->removed ? TONE_BAD : TONE_DIM, row->removed ? " gone" : "");
	for (unsigned c = 0; c < TLB_COLUMNS; c++) {
		model_cell(to, cell_tone(row, c), "%s", tlb_cell(row, c, text, sizeof(text)));
		if (c == TLB_INPUT && e->regime != REGIME_EL3)
			model_link(to, (struct link){ .kind = LINK_ADDRESS,
						      .space = e->kind == TLB_S2	  ? HYP_SPACE_IPA
							       : e->regime == REGIME_EL10 ? HYP_SPACE_EL1
											  : HYP_SPACE_EL2,
						      .core = (u8)core,
						      .value = e->in });
		if (c == TLB_OUTPUT)
			model_link(to, (struct link){ .kind = LINK_ADDRESS,
						      .space = HYP_SPACE_PA,
						      .core = (u8)core,
						      .value = row->e.out });
	}
}

static void tlbi_rows(struct model *to, const struct tlb_data *t, const struct tlb_query *q)
{
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "TLBI");
	if (!*q->tlbi) {
		model_cell(to, TONE_DIM, "none is tried");
		return;
	}
	model_cell(to, TONE_CODE, "%s %s", q->tlbi, q->operand);
	if (!t->has_tlbi)
		return;
	model_cell(to, t->removed ? TONE_BAD : TONE_GOOD, "would remove %u of %u here", t->removed, t->total);
	if (t->is_broadcast)
		model_cell(to, TONE_TEXT, "and %u on other cores", t->removed_other);
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "%s", "");
	model_cell(to, TONE_TEXT, "%s", t->scope);
}

void tlb_all_rows(struct model *to, const struct tlb_data *t, const struct tlb_query *q, unsigned from, unsigned rows)
{
	if (from > t->count)
		from = t->count;
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "core %u", q->core);
	model_cell(to, TONE_NUMBER, "%u of %u entries", t->count, t->total);
	if (*q->filter)
		model_cell(to, TONE_TEXT, "that fit: %s", q->filter);
	if (t->count > rows)
		model_cell(to, TONE_DIM, "from %u on, %u shown", from + 1,
			   t->count - from < rows ? t->count - from : rows);
	tlbi_rows(to, t, q);
	if (*t->problem)
		model_line(to, ROW_CELLS, TONE_BAD, "%s", t->problem);
	model_line(to, ROW_HEAD, TONE_TEXT, "Entries, by %s%s", tlb_column_name(q->sort),
		   q->descending ? ", downwards" : "");
	model_row(to, ROW_COLUMNS);
	model_cell(to, TONE_NAME, "%s", "");
	for (unsigned c = 0; c < TLB_COLUMNS; c++)
		model_cell(to, c == q->sort ? TONE_CHANGED : TONE_NAME, "%s", tlb_column_name(c));
	for (unsigned i = from; i < t->count && i - from < rows; i++)
		entry_row(to, &t->row[i], q->core, i);
}
