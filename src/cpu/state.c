/*
 * A core's state, for copies of the machine. Beside struct cpu_state and the TLB that is where it executes: in the
 * midst of a straight-line run a page is executed further whose translation may be gone.
 */
#include "cpu/engine.h"

static u64 executing_page(const struct cpu *c)
{
	if (!c->cur_ops || c->cur_gone)
		return CPU_NO_PAGE;
	return ((const struct code_page *)((const u8 *)c->cur_ops - offsetof(struct code_page, ops)))->pa;
}

void cpu_visit(struct cpu *c, const struct state_visitor *v)
{
	if (v->restores)
		cpu_flush_host(c);
	else
		c->cur_pa = executing_page(c);
	STATE_MEMBER(v, "core", c->index, c, s);
	STATE_MEMBER(v, "core", c->index, c, cur_va);
	STATE_MEMBER(v, "core", c->index, c, cur_pa);
	STATE_MEMBER(v, "core", c->index, c, debugging);
	tlb_visit(c->tlb, v, "tlb", c->index);
}

void cpu_restored(struct cpu *c)
{
	struct code_page *page = c->cur_pa == CPU_NO_PAGE ? NULL : code_page_get(c, (pa_t){ .v = c->cur_pa });

	c->cur_ops = page ? page->ops : NULL;
	c->cur_gone = false;
	c->refetch = true;
	c->stop = false;
	c->rmw.host = NULL;
	c->passed_insns = ~0ull;
	engine_begin(c, c->s.time); /* a slice of no time, so that publishing it changes nothing */
}
