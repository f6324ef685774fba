/* Looking at the machine without changing it. */
#include <string.h>

#include "machine/machine.h"

unsigned hyp_core_count(const struct machine *m)
{
	return m->smp;
}

struct hyp_work hyp_core_work(const struct machine *m, unsigned core)
{
	return (struct hyp_work){ m->core[core]->s.insns, m->core[core]->s.cost };
}

void hyp_core_view(const struct machine *m, unsigned core, struct hyp_core *out)
{
	const struct cpu *c = m->core[core];

	memcpy(out->x, c->s.r.x, sizeof(out->x));
	out->sp = c->s.r.x[REG_SP];
	out->pc = c->s.pc;
	out->el = c->s.p.el;
	out->nzcv = (u8)(cpu_nzcv(c) >> 28);
	out->secure = cpu_is_secure(c);
	out->halted = c->s.halt != CORE_RUNS;
}

void hyp_regime(const struct machine *m, unsigned core, unsigned el, struct regime *out)
{
	cpu_build_regime(m->core[core], el, out);
}

bool hyp_walk(struct machine *m, unsigned core, const struct regime *r, const struct mmu_access *a, struct walk *w)
{
	struct mmu_memory memory = cpu_walk_memory(m->core[core]);
	struct mmu_access quiet = *a;

	quiet.no_update = true;
	return mmu_walk(r, &quiet, &memory, w);
}

bool hyp_console_listens(const struct machine *m, unsigned uart)
{
	enum { RX = 1 << 4, RT = 1 << 6 };

	if (uart == HYP_VIRTIO_CONSOLE)
		return virtio_queue_runs(&m->console.device, 0);
	return uart < 2 && (uart == 0 || m->secure) && (m->uart[uart].s.imsc & (RX | RT));
}

/* The place of an event: the core that runs. Also where an observer's hyp_stop() takes effect, at the next event. */
void machine_where(void *ctx, struct event *e)
{
	struct machine *m = ctx;
	struct cpu *c = m->running;

	e->core = -1;
	if (c) {
		cpu_sync_time(c);
		if (m->stop_asked)
			machine_interrupt_slice(m);
		e->place = cpu_place(c);
	}
	e->cycle = m->clock.now;
}
