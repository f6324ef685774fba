/* The GIC's state, for copies of the machine: what is derived comes along, so that nothing is driven anew. */
#include "gic/internal.h"

void gic_visit(struct gic *g, const struct state_visitor *v)
{
	STATE_MEMBERS(v, "gic", 0, &g->s, ctlr, core);
	for (unsigned i = 0; i < g->cfg.cores; i++) {
		state_range(v, "gic-core", i, &g->s.core[i], sizeof(g->s.core[i]));
		state_range(v, "gic-view", i, &g->view[i], sizeof(g->view[i]));
	}
	for (unsigned i = 0; i < g->cfg.cores && g->cfg.lpis; i++) {
		state_range(v, "gic-lpis", i, &g->s.lpi[i][GIC_LPI], sizeof(g->s.lpi[i][GIC_LPI]));
		if (g->cfg.v4)
			state_range(v, "gic-vlpis", i, &g->s.lpi[i][GIC_VLPI], sizeof(g->s.lpi[i][GIC_VLPI]));
	}
}
