/*
 * Decoded pages: an array of ops per 4 KiB page of physical memory, shared by all cores. A page's cost prefix (op.cum)
 * is a pure function of its bytes wherever it is looked at: an op that was overwritten is decoded again, and the prefix
 * after it mended, before it executes.
 */
#include "base/host_memory.h"
#include "cpu/engine.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/decode.h"
#include "cpu/exec.h"
#include "cpu/models.h"
#include "cpu/points.h"
#include "cpu/specialise.h"

/* Stores into a page, not executed meanwhile, after which it counts as data. */
#define WRITES_TO_DATA 64

u64 code_cost(const struct cpu *c, unsigned row)
{
	return (u64)c->model->cost[insn_rows[row].cls] << 32 | 1;
}

static bool class_branches(unsigned cls)
{
	return cls == CLASS_branch || cls == CLASS_branch_reg || cls == CLASS_branch_auth || cls == CLASS_eret;
}

const struct code_word *code_word_get(struct cpu *c, u32 insn)
{
	struct code_word *w = code_word_at(c, insn);

	if (w->op.insn != insn || !w->op.fn) {
		w->row = decode(&c->feat, insn, &w->op);
		w->cost = code_cost(c, w->row);
		w->step = insn_rows[w->row].step;
		w->branches = class_branches(insn_rows[w->row].cls);
		w->changes = changes_of(insn, insn_rows[w->row].cls);
		w->follows = w->row && changes_follow(insn, insn_rows[w->row].cls);
		w->keeps = !w->follows || insn_rows[w->row].cls == CLASS_branch_reg;
	}
	return w;
}

static u32 word_at(const struct code_page *p, unsigned index)
{
	u32 w;

	memcpy(&w, p->host + 4 * index, sizeof(w));
	return w;
}

/* The op after the last: go on in the next page. */
static EXEC(leave_page)
{
	/* As engine_jump() counts the op it comes from, and this one is none, step back first. */
	op--;
	JUMP(cpu->cur_va + 0x1000);
}

static op_fn fast_decode_again;

/* What an op does where a breakpoint of a debugger's may be. */
static op_fn *plain_form(struct cpu *c, const struct op *op)
{
	const struct code_page *p =
		(const struct code_page *)((const u8 *)c->cur_ops - offsetof(struct code_page, ops));
	unsigned index = (unsigned)(op - p->ops);
	const struct code_word *w = code_word(c, word_at(p, index));
	struct op copy = w->op;

	specialise(&copy, w->row, index);
	return copy.fn;
}

static bool breaks_at(struct cpu *c, u64 va, u64 left)
{
	c->s.pc = va;
	c->left = left;
	return points_break(c);
}

static EXEC(break_or_not)
{
	op_fn *form;

	if (unlikely(cpu->points) && breaks_at(cpu, PC, acc - op->cum))
#ifdef ENGINE_LOOP
		return NULL;
#else
		return;
#endif
	form = plain_form(cpu, op);
	CALL(form);
}

static bool may_break(const struct cpu *c, unsigned index)
{
	return unlikely(c->points) && points_break_index(c, index);
}

static unsigned decode_op(struct cpu *c, struct code_page *p, unsigned index)
{
	struct op *op = &p->ops[index];
	unsigned row = decode(&c->feat, word_at(p, index), op);

	specialise(op, row, index);
	if (may_break(c, index))
		op->fn = fast_break_or_not;
	return row;
}

/* Let one op do the work of several. The ops behind it are final. */
static void join(struct op *ops, unsigned row0, unsigned row1)
{
	specialise_pair(ops, row0, row1);
	specialise_simple(ops, row0, row1);
	specialise_run(ops);
}

static void decode_page(struct cpu *c, struct code_page *p)
{
	u16 row[CODE_PAGE_OPS];
	u64 cum = 0;

	for (unsigned i = 0; i < CODE_PAGE_OPS; i++) {
		row[i] = (u16)decode_op(c, p, i);
		p->ops[i].cum = cum;
		cum += code_cost(c, row[i]);
	}
	for (unsigned i = CODE_PAGE_OPS - 1; i-- > 0;)
		if (!may_break(c, i) && !may_break(c, i + 1))
			join(&p->ops[i], row[i], row[i + 1]);
	p->ops[CODE_PAGE_OPS] = (struct op){ .fn = fast_leave_page, .cum = cum };
}

/* An op whose word was overwritten: decode it, mend the prefix after it. */
static void redecode(struct cpu *c, const struct op *stale)
{
	struct code_page *p = (struct code_page *)((u8 *)c->cur_ops - offsetof(struct code_page, ops));
	unsigned index = (unsigned)(stale - p->ops);
	u64 before = p->ops[index + 1].cum - stale->cum;
	u64 cum = stale->cum, cost;
	unsigned row = decode_op(c, p, index);

	p->ops[index].cum = cum;
	cost = code_cost(c, row);
	if (cost != before)
		for (unsigned i = index + 1; i <= CODE_PAGE_OPS; i++)
			p->ops[i].cum += cost - before;
	p->writes = 0;
}

static EXEC(decode_again)
{
	redecode(cpu, op);
	GOTO(op);
}

static unsigned bucket_of(u64 pa)
{
	return (unsigned)((pa >> 12) * 0x9e3779b97f4a7c15ull >> 52);
}

static void flush_everywhere(struct cpu *c)
{
	code_flush(c->code);
	host_flush(c);
	for (unsigned i = 0; i < c->peer_count; i++) {
		host_flush(c->peers[i]);
		c->peers[i]->cur_gone = true;
	}
}

/* Decoded pages lie together, in huge pages of the host's: running touches many of them. */
#define CHUNK_PAGES 63
struct code_chunk {
	struct code_chunk *next;
	struct code_page page[CHUNK_PAGES];
};
_Static_assert(sizeof(struct code_chunk) <= 2 << 20, "a chunk fits into a huge page");

static void chunk_new(struct code_cache *k)
{
	struct code_chunk *chunk = host_memory_get(2 << 20);

	BUG_ON(!chunk);
	chunk->next = k->chunks;
	k->chunks = chunk;
	for (unsigned i = CHUNK_PAGES; i-- > 0;) {
		chunk->page[i].next = k->free;
		k->free = &chunk->page[i];
	}
}

void code_destroy(struct code_cache *k)
{
	while (k->chunks) {
		struct code_chunk *chunk = k->chunks;

		k->chunks = chunk->next;
		host_memory_put(chunk, 2 << 20);
	}
}

static struct code_page *page_new(struct cpu *c)
{
	struct code_cache *k = c->code;
	struct code_page *p;

	if (k->count == CODE_PAGES_MAX)
		flush_everywhere(c);
	if (!k->free)
		chunk_new(k);
	p = k->free;
	k->free = p->next;
	k->count++;
	return p;
}

enum { PAGE_HAS_CODE = 1, PAGE_HAS_WRITERS = 2 };

/* The marks of a page; NULL: they are kept of RAM only. */
static u8 *marks_of(const struct cpu *c, u64 pa)
{
	u64 page = (pa - c->bus->ram_base) >> 12;

	return page < c->code->marked_pages ? &c->code->marked[page] : NULL;
}

bool code_is_marked(const struct cpu *c, u64 pa)
{
	const u8 *marks = marks_of(c, pa);

	return !marks || *marks & PAGE_HAS_CODE;
}

void code_has_writer(struct cpu *c, u64 pa)
{
	*marks_of(c, pa) |= PAGE_HAS_WRITERS;
}

struct code_page *code_page_get(struct cpu *c, pa_t pa)
{
	u64 at = align_down(pa.v, 4096);
	struct code_cache *k = c->code;
	struct code_page **bucket = &k->bucket[bucket_of(at)], *p;
	const u8 *host = bus_host(c->bus, (pa_t){ at, pa.ns }, 4096, false);
	u8 *marks = marks_of(c, at);

	if (!host)
		return NULL;
	for (p = *bucket; p; p = p->next)
		if (p->pa == at && p->host == host)
			return p;
	p = page_new(c);
	bucket = &k->bucket[bucket_of(at)];
	p->pa = at;
	p->host = host;
	p->writes = 0;
	p->next = *bucket;
	*bucket = p;
	decode_page(c, p);
	if (marks && *marks & PAGE_HAS_WRITERS)
		host_drop_writes(c, host);
	if (marks)
		*marks = PAGE_HAS_CODE;
	return p;
}

/* Forget one page: it is data now. */
static void page_forget(struct cpu *c, struct code_page *p)
{
	struct code_cache *k = c->code;
	struct code_page **at = &k->bucket[bucket_of(p->pa)];

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	p->next = k->free;
	k->free = p;
	k->count--;
	for (unsigned i = 0; i < c->peer_count; i++)
		host_drop_code(c->peers[i], p);
}

/* Ops that do the work of the one at `index`, too. */
static void unfuse(struct code_page *p, u64 index)
{
	if (index)
		p->ops[index - 1].fn = fast_decode_again;
	for (unsigned back = 2; back < RUN_MAX && back <= index; back++)
		if (specialise_is_run(&p->ops[index - back]) && p->ops[index - back].m > back)
			p->ops[index - back].fn = fast_decode_again;
}

void code_forget_index(struct code_cache *k, unsigned index)
{
	for (unsigned b = 0; b < CODE_BUCKETS; b++)
		for (struct code_page *p = k->bucket[b]; p; p = p->next) {
			unfuse(p, index);
			p->ops[index].fn = fast_decode_again;
		}
}

static void page_written(struct cpu *c, struct code_page *p, u64 offset, u64 size)
{
	u8 *marks = marks_of(c, p->pa);
	bool executing = false;

	unfuse(p, offset / 4);
	for (u64 i = offset / 4; i <= (offset + size - 1) / 4; i++)
		p->ops[i].fn = fast_decode_again;
	for (unsigned i = 0; i < c->peer_count; i++)
		executing |= c->peers[i]->cur_ops == p->ops;
	if (++p->writes < WRITES_TO_DATA || executing)
		return;
	if (marks)
		*marks &= (u8)~PAGE_HAS_CODE;
	page_forget(c, p);
}

void code_written(struct cpu *c, u64 pa, u64 size)
{
	while (size) {
		u64 page = align_down(pa, 4096);
		u64 n = size < page + 4096 - pa ? size : page + 4096 - pa;
		struct code_page *p = code_is_marked(c, pa) ? c->code->bucket[bucket_of(page)] : NULL;

		while (p) {
			struct code_page *next = p->next;

			if (p->pa == page)
				page_written(c, p, pa - page, n);
			p = next;
		}
		pa += n;
		size -= n;
	}
}

void code_flush(struct code_cache *k)
{
	for (unsigned i = 0; i < CODE_BUCKETS; i++)
		while (k->bucket[i]) {
			struct code_page *p = k->bucket[i];

			k->bucket[i] = p->next;
			p->next = k->free;
			k->free = p;
		}
	k->count = 0;
	memset(k->marked, 0, k->marked_pages);
}
