/* Repeating instructions: a core without memory, time or interrupts, whose accesses are answered by who knows them. */
#include "cpu/replay.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/engine.h"

bool replay_init(struct replay *r, const struct cpu_features *feat, const u16 cost[TIMING_COUNT],
		 const struct cpu_feed *feed)
{
	struct cpu *c = calloc(1, sizeof(*c));

	*r = (struct replay){ .core = c, .code = calloc(1, sizeof(*r->code)), .feed = *feed };
	if (!c || !r->code) {
		replay_destroy(r);
		return false;
	}
	memcpy(r->model.cost, cost, sizeof(r->model.cost));
	r->feed.atomic = r->atomic;
	c->feat = *feat;
	c->model = &r->model;
	c->code = r->code;
	c->trace = &r->tracer;
	c->regime = &r->regime;
	c->feed = &r->feed;
	c->fp_on = true;
	c->context_stale = true; /* no host pointers */
	c->s.r.z = 1;
	return true;
}

void replay_destroy(struct replay *r)
{
	free(r->core);
	free(r->code);
	r->core = NULL;
	r->code = NULL;
}

u64 replay_cost(struct replay *r, u32 word)
{
	return code_word(r->core, word)->cost >> 32;
}

/* The write of an atomic operation, or of none. */
static bool finish_atomic(struct replay *r)
{
	struct cpu *c = r->core;

	return !c->rmw.host || r->feed.access(r->feed.ctx, c->rmw.event.va, c->rmw.event.size, true, (u8 *)r->atomic);
}

bool replay_insn(struct replay *r, u64 pc, u32 word, struct ev_insn *i)
{
	struct cpu *c = r->core;
	const struct code_word *what = code_word(c, word);
	struct before before;

	if (!what->follows)
		return false;
	c->s.pc = pc;
	c->next_pc = pc + 4;
	c->s.exc.kind = EXC_NONE;
	c->rmw.host = NULL;
	changes_before(c, &what->changes, &before);
	what->step(c, &what->op);
	if (c->s.exc.kind != EXC_NONE || !finish_atomic(r))
		return false;
	i->pc = pc;
	i->word = word;
	i->x = c->s.r.x;
	i->z = c->s.z;
	changes_after(c, &what->changes, &before, i);
	return true;
}
