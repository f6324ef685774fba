/* The SMMU's registers, queues and streams as rows. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "debug/fields.h"
#include "debug/smmu_words.h"
#include "smmu/fields.h"
#include "smmu/inspect.h"
#include "ui/smmu_data.h"

typedef unsigned long long ull;

#define ENTRIES_SHOWN 8

/* What a function of debug/ writes, as a cell. */
typedef void words_fn(FILE *out, const u64 *words);
static void words_cell(struct model *to, unsigned tone, words_fn *write, const u64 *words)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		to->failed = true;
		return;
	}
	write(out, words);
	fclose(out);
	model_cell(to, tone, "%s", text + strspn(text, " "));
	free(text);
}

/* ---- registers ---- */

static void field_words(struct model *to, const char *name, u64 value)
{
	struct field_set set;

	if (!fields_find(name, &set))
		return;
	for (unsigned i = 0; i < set.count; i++) {
		const struct named_field *f = &set.field[i];
		u64 v = field_value(f, &value);
		const char *words = field_meaning(f, v);

		if (words)
			model_cell(to, v ? TONE_GOOD : TONE_DIM, "%s: %s", f->name, words);
		else if (v)
			model_cell(to, TONE_NUMBER, "%s=0x%llx", f->name, (ull)v);
	}
}

static void register_row(struct model *to, const char *name, u64 value)
{
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "%s", name);
	model_cell(to, TONE_NUMBER, "0x%llx", (ull)value);
	field_words(to, name, value);
}

void smmu_register_rows(struct model *to, const struct machine *m)
{
	struct hyp_smmu s;

	hyp_smmu(m, &s);
	model_line(to, ROW_HEAD, TONE_TEXT, "Registers");
	register_row(to, "SMMU_CR0", s.cr0);
	register_row(to, "SMMU_CR2", s.cr2);
	if (!(s.cr0 & 1))
		register_row(to, "SMMU_GBPA", s.gbpa);
	register_row(to, "SMMU_STRTAB_BASE", s.strtab_base);
	register_row(to, "SMMU_STRTAB_BASE_CFG", s.strtab_base_cfg);
	register_row(to, "SMMU_IRQ_CTRL", s.irq_ctrl);
	model_row(to, ROW_CELLS)->marked = s.gerror != s.gerrorn;
	model_cell(to, TONE_NAME, "errors");
	if (s.gerror == s.gerrorn)
		model_cell(to, TONE_DIM, "none active (GERROR = GERRORN = 0x%x)", s.gerror);
	else
		field_words(to, "SMMU_GERROR", s.gerror ^ s.gerrorn);
}

/* ---- queues ---- */

struct queue {
	const char *title, *enabled_by;
	u8 number; /* enum hyp_smmu_queue */
	bool enabled;
	u64 base;
	u32 prod, cons;
};

static unsigned queue_log2(const struct queue *q)
{
	unsigned n = (unsigned)bits(q->base, 4, 0);

	return n > 19 ? 19 : n;
}

static u32 queue_used(const struct queue *q)
{
	return (q->prod - q->cons) & (u32)ones(queue_log2(q) + 1);
}

static void queue_state(struct model *to, const struct queue *q)
{
	u32 used = queue_used(q), size = 1u << queue_log2(q);
	unsigned error = q->number == HYP_CMDQ ? (unsigned)bits(q->cons, 30, 24) : 0;
	static const char *const errors[] = { "", "CERROR_ILL: the command is illegal",
					      "CERROR_ABT: the command cannot be read",
					      "CERROR_ATC_INV_SYNC: an ATC invalidation timed out" };

	if (!q->enabled)
		model_cell(to, TONE_DIM, "off (%s=0)", q->enabled_by);
	else if (error)
		model_cell(to, TONE_BAD, "stopped: %s", error < ARRAY_SIZE(errors) ? errors[error] : "reserved error");
	else if (q->number != HYP_CMDQ && (q->prod ^ q->cons) >> 31)
		model_cell(to, TONE_BAD, "overflowed: records were lost");
	else if (used == size)
		model_cell(to, TONE_WARN, "full");
	else
		model_cell(to, used ? TONE_WARN : TONE_GOOD, used ? "%u waiting" : "empty", used);
}

static void queue_row(struct model *to, const struct queue *q)
{
	u32 mask = (u32)ones(queue_log2(q));

	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "%s", q->title);
	model_cell(to, TONE_ADDRESS, "0x%llx", (ull)(q->base & ones(52) & ~31ull));
	model_cell(to, TONE_NUMBER, "%u", 1u << queue_log2(q));
	model_cell(to, TONE_NUMBER, "%u%s", q->prod & mask, q->prod & (mask + 1) ? " w" : "");
	model_cell(to, TONE_NUMBER, "%u%s", q->cons & mask, q->cons & (mask + 1) ? " w" : "");
	queue_state(to, q);
}

/* Linux lets a CMD_SYNC's message (4.7.3) be written over the command itself. */
static bool is_completed_sync(const struct hyp_smmu_entry *e)
{
	return !(u32)e->word[0] && CMD_MSI_ADDRESS(e->word) == e->at;
}

static void command_cells(struct model *to, const struct hyp_smmu_entry *e)
{
	const char *name = smmu_command_name((unsigned)bits(e->word[0], 7, 0));

	if (is_completed_sync(e)) {
		model_cell(to, TONE_CODE, "CMD_SYNC");
		model_cell(to, TONE_TEXT, "completed: its message was written over it");
		return;
	}
	model_cell(to, strcmp(name, "illegal") ? TONE_CODE : TONE_BAD, "CMD_%s", name);
	words_cell(to, TONE_TEXT, smmu_command_words, e->word);
}

static void event_cells(struct model *to, const struct hyp_smmu_entry *e)
{
	unsigned type = (unsigned)bits(e->word[0], 7, 0);

	model_cell(to, TONE_BAD, "%s", smmu_event_name(type));
	model_cell(to, TONE_NUMBER, "stream 0x%llx", (ull)(e->word[0] >> 32));
	if (bit(e->word[0], 11))
		model_cell(to, TONE_NUMBER, "substream %llu", (ull)bits(e->word[0], 31, 12));
	if (type >= F_TRANSLATION)
		words_cell(to, TONE_TEXT, smmu_event_words, e->word);
}

/* 8.1 */
static void page_request_cells(struct model *to, const struct hyp_smmu_entry *e)
{
	u64 w = e->word[0];

	model_cell(to, TONE_CODE, "page request");
	model_cell(to, TONE_NUMBER, "stream 0x%x", (u32)w);
	model_cell(to, TONE_TEXT, "%s%s%s 0x%llx, group %llu%s", bit(w, 60) ? "r" : "-", bit(w, 61) ? "w" : "-",
		   bit(w, 59) ? "x" : "-", (ull)(e->word[1] & ~0xfffull), (ull)bits(e->word[1], 8, 0),
		   bit(w, 62) ? ", last" : "");
}

/* The newest entries that were written since the counter was last 0, the newest first. */
static void entry_rows(struct model *to, const struct machine *m, const struct queue *q)
{
	static void (*const cells[])(struct model * to, const struct hyp_smmu_entry *e) = { command_cells, event_cells,
											    page_request_cells };
	u32 mask = (u32)ones(queue_log2(q) + 1), prod = q->prod & mask, used = queue_used(q), size = (mask + 1) / 2;
	struct hyp_smmu_entry e;

	for (u32 n = 1; n <= prod && n <= ENTRIES_SHOWN && n <= size; n++) {
		if (!hyp_smmu_entry(m, (enum hyp_smmu_queue)q->number, prod - n, &e))
			continue;
		model_row(to, ROW_CELLS)->marked = n <= used;
		to->row[to->rows - 1].indent = 1;
		model_cell(to, TONE_NUMBER, "%u", (prod - n) & (size - 1));
		model_right(to);
		model_cell(to, TONE_ADDRESS, "0x%llx", (ull)e.at);
		model_cell(to, n <= used ? TONE_WARN : TONE_DIM, n <= used ? "waits" : "done");
		cells[q->number](to, &e);
	}
}

void smmu_queue_rows(struct model *to, const struct machine *m)
{
	static const char *const columns[] = { "queue", "at", "entries", "PROD", "CONS", "state" };
	struct hyp_smmu s;

	hyp_smmu(m, &s);
	const struct queue queues[] = {
		{ "commands", "CMDQEN", HYP_CMDQ, s.cr0 & 8, s.cmdq_base, s.cmdq_prod, s.cmdq_cons },
		{ "events", "EVENTQEN", HYP_EVENTQ, s.cr0 & 4, s.eventq_base, s.eventq_prod, s.eventq_cons },
		{ "page requests", "PRIQEN", HYP_PRIQ, s.cr0 & 2, s.priq_base, s.priq_prod, s.priq_cons },
	};
	model_line(to, ROW_HEAD, TONE_TEXT, "Queues");
	model_row(to, ROW_COLUMNS);
	for (unsigned i = 0; i < ARRAY_SIZE(columns); i++)
		model_cell(to, TONE_NAME, "%s", columns[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(queues); i++)
		queue_row(to, &queues[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(queues); i++) {
		if (!queues[i].enabled || !(queues[i].prod & 0xfffff))
			continue;
		model_line(to, ROW_HEAD, TONE_TEXT, "The last %s", queues[i].title);
		entry_rows(to, m, &queues[i]);
	}
}

/* ---- streams ---- */

static bool find_cached(const struct machine *m, u32 stream, struct hyp_stream *out)
{
	unsigned at = 0;

	while (hyp_smmu_stream(m, &at, out))
		if (!out->is_cd && out->stream == stream)
			return true;
	return false;
}

static void ste_cells(struct model *to, const char *where, const u64 *ste, const char *why)
{
	model_cell(to, TONE_DIM, "%s", where);
	words_cell(to, why ? TONE_BAD : TONE_TEXT, ste_words, ste);
	if (why)
		model_cell(to, TONE_BAD, "ILLEGAL: %s", why);
}

/* The STE that rules: the cached one, else what memory has. */
static void stream_cells(struct model *to, struct machine *m, u32 stream)
{
	struct smmu_probe probe = { .stream = stream };
	struct hyp_stream cached;
	struct smmu_view *v;

	if (find_cached(m, stream, &cached)) {
		ste_cells(to, "cached", cached.word, cached.why);
		return;
	}
	v = hyp_inspect_dma(m, &probe, false);
	if (v && v->has_ste)
		ste_cells(to, "in memory", v->ste, v->why);
	else
		model_cell(to, TONE_DIM, "no STE: the stream table has no such stream");
	free(v);
}

static void device_rows(struct model *to, struct machine *m, const struct smmu_data *d)
{
	bool is_on = d->is && d->is->r.cr0 & 1;
	const char *name;
	u32 stream;

	for (unsigned n = 0; hyp_stream_device(m, n, &stream, &name); n++) {
		struct row *row = model_row(to, ROW_CELLS);

		row->id = stream;
		row->current = stream == d->probe.stream;
		model_cell(to, TONE_NUMBER, "0x%x", stream);
		model_link(to, (struct link){ .kind = LINK_OWN, .value = SMMU_LINK_STREAM + stream });
		model_cell(to, TONE_SYMBOL, "%s", name);
		if (is_on)
			stream_cells(to, m, stream);
		else
			model_cell(to, TONE_DIM, "the SMMU is off: SMMU_GBPA decides");
	}
}

static void cached_rows(struct model *to, const struct machine *m)
{
	struct hyp_stream s;
	unsigned at = 0;

	while (hyp_smmu_stream(m, &at, &s)) {
		if (!s.is_cd && hyp_stream_name(m, s.stream))
			continue;
		model_row(to, ROW_CELLS)->id = s.stream;
		model_cell(to, TONE_NUMBER, "0x%x", s.stream);
		if (s.is_cd)
			model_cell(to, TONE_NAME, "CD of substream %u", s.substream);
		else
			model_cell(to, TONE_NAME, "no device");
		model_cell(to, TONE_DIM, "cached");
		words_cell(to, s.why ? TONE_BAD : TONE_TEXT, s.is_cd ? cd_words : ste_words, s.word);
		if (s.why)
			model_cell(to, TONE_BAD, "ILLEGAL: %s", s.why);
	}
}

void smmu_stream_rows(struct model *to, struct machine *m, const struct smmu_data *d)
{
	static const char *const columns[] = { "stream", "device", "STE", "says" };

	model_line(to, ROW_HEAD, TONE_TEXT, "Streams");
	model_row(to, ROW_COLUMNS);
	for (unsigned i = 0; i < ARRAY_SIZE(columns); i++)
		model_cell(to, TONE_NAME, "%s", columns[i]);
	device_rows(to, m, d);
	cached_rows(to, m);
}

void smmu_all_rows(struct model *to, struct machine *m, const struct smmu_data *d)
{
	struct hyp_smmu s;

	if (!hyp_smmu(m, &s)) {
		model_line(to, ROW_NOTE, TONE_DIM, "This machine has no SMMU: start it with --iommu smmuv3.");
		return;
	}
	smmu_access_rows(to, d);
	smmu_stream_rows(to, m, d);
	smmu_queue_rows(to, m);
	smmu_structure_rows(to, d);
	smmu_register_rows(to, m);
}
