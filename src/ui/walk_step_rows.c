/* The current step of a walk: how its address comes about, what was read there; or how the walk ends. */
#include "base/bits.h"
#include "debug/ladder.h"
#include "ui/walk_data.h"

typedef unsigned long long ull;

static void name_row(struct model *to, const char *name)
{
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "%s", name);
}

static void address_row(struct model *to, const char *name, u64 value, enum hyp_space space, unsigned core)
{
	name_row(to, name);
	model_cell(to, TONE_ADDRESS, "0x%llx", (ull)value);
	model_link(to, (struct link){ .kind = LINK_ADDRESS, .space = (u8)space, .core = (u8)core, .value = value });
}

/* ---- a step ---- */

static void source_words(struct model *to, const struct walk_data *w)
{
	unsigned from;
	const char *root = walk_table_source(w, w->at, &from);

	if (root)
		model_cell(to, TONE_TEXT, "from %s", root);
	else
		model_cell(to, TONE_TEXT, "the descriptor of step %u points there", from + 1);
}

/* table + index * 8 = descriptor: in the space that the stage's addresses are of. */
static void address_rows(struct model *to, const struct walk_data *w, const struct ladder_step *s)
{
	bool has_ipa = s->stage == 1 && w->walk.s2_used;
	const char *input = s->stage == 2 ? "IPA" : w->regime.is_smmu ? "IOVA" : "VA";

	name_row(to, "translates");
	model_cell(to, TONE_ADDRESS, "%s 0x%llx", input, (ull)s->input);
	name_row(to, "index");
	model_cell(to, TONE_NUMBER, "%s[%u:%u] = %llu (0x%llx)", input, s->index_hi, s->index_lo, (ull)s->index,
		   (ull)s->index);
	name_row(to, "table");
	model_cell(to, TONE_ADDRESS, "%s 0x%llx", has_ipa ? "IPA" : "PA", (ull)(has_ipa ? s->table_ipa : s->table));
	source_words(to, w);
	name_row(to, "descriptor at");
	model_cell(to, TONE_ADDRESS, "%s 0x%llx", has_ipa ? "IPA" : "PA", (ull)(has_ipa ? s->at_ipa : s->at));
	model_cell(to, TONE_TEXT, "= 0x%llx + %llu * 8", (ull)(has_ipa ? s->table_ipa : s->table), (ull)s->index);
	if (has_ipa) {
		address_row(to, "  in memory", s->at, HYP_SPACE_PA, w->query.core);
		model_cell(to, TONE_TEXT, "where stage 2 puts that IPA");
	}
}

static void field_row(struct model *to, const struct desc_field *f)
{
	model_row(to, ROW_CELLS)->indent = 1;
	if (f->lo < 0)
		model_cell(to, TONE_DIM, "%s", "");
	else if (f->hi == f->lo)
		model_cell(to, TONE_DIM, "[%d]", f->hi);
	else
		model_cell(to, TONE_DIM, "[%d:%d]", f->hi, f->lo);
	model_cell(to, TONE_NAME, "%s", f->name);
	model_cell(to, f->lo < 0 ? TONE_ADDRESS : f->value ? TONE_NUMBER : TONE_DIM, "0x%llx", (ull)f->value);
	model_cell(to, TONE_TEXT, "%s", f->words);
}

static void step_rows(struct model *to, const struct walk_data *w)
{
	struct ladder_step s;

	ladder_step(&s, &w->walk, &w->regime, w->at);
	model_row(to, ROW_CELLS);
	model_cell(to, s.stage == 1 ? TONE_STAGE1 : TONE_STAGE2, "stage %u, level %d", s.stage, s.level);
	model_cell(to, TONE_TEXT, "%s",
		   s.nested			    ? "to find a descriptor of stage 1"
		   : s.stage == 2 && w->grid.has_s1 ? "of the address that stage 1 gave"
						    : "");
	if (!s.has_index) {
		model_line(to, ROW_CELLS, TONE_TEXT, "%s", s.words);
		return;
	}
	address_rows(to, w, &s);
	name_row(to, "read");
	if (!s.has_descriptor) {
		model_cell(to, TONE_BAD, "aborts: there is no memory");
		return;
	}
	model_cell(to, TONE_NUMBER, "0x%016llx", (ull)s.descriptor);
	model_cell(to, TONE_TEXT, "%s%s", s.kind, s.updated ? ", AF or dirty state written back" : "");
	for (unsigned i = 0; i < s.fields; i++)
		field_row(to, &s.field[i]);
}

/* ---- how it ends ---- */

static const char *const part_names[LADDER_PARTS] = { "stage 1", "stage 2", "together" };
static const u8 part_tones[LADDER_PARTS] = { TONE_STAGE1, TONE_STAGE2, TONE_GOOD };

static void combined_rows(struct model *to, const struct ladder_end *e)
{
	model_row(to, ROW_COLUMNS);
	model_cell(to, TONE_NAME, "%s", "");
	model_cell(to, TONE_NAME, "privileged");
	model_cell(to, TONE_NAME, "EL0");
	model_cell(to, TONE_NAME, "memory");
	model_cell(to, TONE_NAME, "shareability");
	for (unsigned i = 0; i < LADDER_PARTS; i++) {
		if (!e->rights[i].is_known && !e->memory[i].is_known)
			continue;
		model_row(to, ROW_CELLS);
		model_cell(to, part_tones[i], "%s", part_names[i]);
		model_cell(to, TONE_NUMBER, "%s", e->rights[i].privileged);
		model_cell(to, TONE_NUMBER, "%s", e->rights[i].el0);
		model_cell(to, TONE_TEXT, "%s", e->memory[i].words);
		model_cell(to, TONE_TEXT, "%s", e->memory[i].is_known ? e->memory[i].shareability : "");
	}
}

static void size_rows(struct model *to, const struct ladder_end *e)
{
	static const char units[] = "BKMGTP";

	for (unsigned i = 0; i < 2; i++) {
		if (!e->size[i].is_known)
			continue;
		name_row(to, i ? "stage 2 maps" : "stage 1 maps");
		if (e->size[i].log2 >= 60)
			model_cell(to, TONE_NUMBER, "everything");
		else
			model_cell(to, TONE_NUMBER, "%u%c at level %d", 1u << e->size[i].log2 % 10,
				   units[e->size[i].log2 / 10], e->size[i].level);
		if (!i)
			model_cell(to, TONE_TEXT, "%s", e->is_global ? "global" : "of this ASID");
	}
}

static void result_rows(struct model *to, const struct walk_data *w, const struct ladder_end *e)
{
	model_line(to, ROW_CELLS, TONE_GOOD, "%s", e->words);
	address_row(to, "PA", e->pa, HYP_SPACE_PA, w->query.core);
	model_cell(to, TONE_TEXT, "%s", e->secure ? "Secure" : "Non-secure");
	combined_rows(to, e);
	size_rows(to, e);
}

static void register_row(struct model *to, const char *name, unsigned el, u64 value)
{
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "%s_EL%u", name, el);
	model_cell(to, TONE_NUMBER, "0x%llx", (ull)value);
}

/* Only cores have an EL to take it to; what an SMMU does with a fault, its own view says. */
static void exception_rows(struct model *to, const struct ladder_end *e)
{
	name_row(to, "taken to");
	model_cell(to, TONE_EL0 + e->target_el, "EL%u", e->target_el);
	register_row(to, "ESR", e->target_el, e->esr);
	model_cell(to, TONE_TEXT, "%s", e->esr_words);
	register_row(to, "FAR", e->target_el, e->far);
	model_cell(to, TONE_TEXT, "the address that was translated");
	if (!e->has_hpfar)
		return;
	register_row(to, "HPFAR", 2, e->hpfar);
	model_cell(to, TONE_TEXT, "IPA page 0x%llx: FIPA is IPA[51:12]", (ull)(e->fault_ipa & ~0xfffull));
}

static void fault_rows(struct model *to, const struct walk_data *w, const struct ladder_end *e)
{
	struct ladder_end rights;

	model_line(to, ROW_CELLS, TONE_BAD, "%s", e->words);
	name_row(to, "fault");
	model_cell(to, TONE_BAD, "stage %u, level %d%s", e->stage, e->level,
		   e->on_table_walk ? ", on a stage-1 table walk" : "");
	name_row(to, "status code");
	model_cell(to, TONE_NUMBER, "0x%02x", e->fsc);
	model_cell(to, TONE_TEXT, "%s", e->fsc_words);
	if (e->why) {
		name_row(to, "because");
		model_cell(to, TONE_TEXT, "%s", e->why);
	}
	if (!w->regime.is_smmu)
		exception_rows(to, e);
	if (w->has_rights) {
		ladder_end(&rights, &w->rights, &w->regime, w->query.el);
		if (!rights.faulted)
			combined_rows(to, &rights);
	}
}

void walk_step_rows(struct model *to, const struct walk_data *w)
{
	struct ladder_end e;

	if (w->at < w->walk.count) {
		step_rows(to, w);
		return;
	}
	ladder_end(&e, &w->walk, &w->regime, w->query.el);
	if (e.faulted)
		fault_rows(to, w, &e);
	else
		result_rows(to, w, &e);
}
