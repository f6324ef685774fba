/* What the GIC view shows of one core: rows, from the registers as they are. */
#ifndef UI_GIC_ROWS_H
#define UI_GIC_ROWS_H

#include "hypscope.h"
#include "ui/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The lines to the core, and why it does not take what is asserted. */
void gic_line_rows(struct model *to, const struct hyp_gic *g);
/* Masks, running priority, the next interrupt, active priorities: physical, then virtual. */
void gic_cpu_rows(struct model *to, const struct hyp_gic *g);
/* List registers that are not free, a card each, and the free ones in a line. */
void gic_lr_rows(struct model *to, const struct hyp_gic *g);
/* What the maintenance interrupt is raised for. */
void gic_maintenance_rows(struct model *to, const struct machine *m, unsigned core, const struct hyp_gic *g);
/* The distributor, and interrupts that are enabled, pending or active and have `filter` ("": any) in their line; `all`:
 * the others too. */
void gic_irq_rows(struct model *to, const struct machine *m, unsigned core, const struct hyp_gic *g, bool all,
		  const char *filter);

/* A list register's fields. */
struct lr_fields {
	u8 state; /* 0 invalid, 1 pending, 2 active, 3 both */
	bool hw, eoi;
	u8 group, priority;
	u32 vintid;
	u16 pintid;
};
struct lr_fields lr_fields(u64 lr);
const char *lr_state_name(unsigned state);
/* What the guest's next access does to it, "ICV_IAR1_EL1 is read: active"; two at most, NULL after the last. */
const char *lr_next(const struct hyp_gic *g, unsigned n, unsigned which, char text[128]);

#ifdef __cplusplus
}
#endif
#endif
