/* What the files of the GIC share with one another. */
#ifndef GIC_INTERNAL_H
#define GIC_INTERNAL_H

#include "base/bits.h"
#include "gic/gic.h"
#include "gic/gic_regs.h"

#define GIC_PRIORITY_IDLE 0xff

/* ---- interrupts: lines.c ---- */

static inline struct gic_bank *gic_bank(struct gic *g, unsigned core, unsigned intid)
{
	return intid < 32 ? &g->s.core[core].bank : &g->s.spi[intid / 32 - 1];
}

static inline const struct gic_bank *gic_bank_const(const struct gic *g, unsigned core, unsigned intid)
{
	return intid < 32 ? &g->s.core[core].bank : &g->s.spi[intid / 32 - 1];
}

static inline u32 gic_pending_word(const struct gic_bank *b)
{
	return b->latch | (b->level & ~b->edge);
}

static inline bool gic_has_intid(const struct gic *g, u64 intid)
{
	return intid < 32 + g->cfg.spis;
}

static inline bool gic_ds(const struct gic *g)
{
	return g->s.ctlr & GICD_CTLR_DS;
}

/* The interrupt belongs to Secure state, so Non-secure software may neither see nor end it. */
static inline bool gic_is_secure_group(const struct gic *g, enum gic_group group)
{
	return !gic_ds(g) && group != GIC_G1NS;
}

/* What software may name at the end of an interrupt. */
static inline bool gic_is_intid(const struct gic *g, u64 intid)
{
	return gic_has_intid(g, intid) || (g->cfg.lpis && intid >= GIC_INTID_LPI && !(intid >> GIC_LPI_ID_BITS));
}

/* The bank's bits changed: recompute what follows from them and the lines of every core that it may concern. */
void gic_bank_changed(struct gic *g, unsigned core, unsigned intid);
/* The same for one interrupt, cheaper. */
void gic_irq_changed(struct gic *g, unsigned core, unsigned intid);
/* An SPI's GICD_IROUTER changed. */
void gic_route_changed(struct gic *g, unsigned intid);
/* Group enables (GICD_CTLR, ICC_IGRPEN) or a redistributor's sleep changed. */
void gic_groups_changed(struct gic *g);
/* Something else that decides over all interrupts of the core (or of all cores) changed. */
void gic_update_core(struct gic *g, unsigned core);
void gic_update_all(struct gic *g);
/* Only priorities or the view changed: is the pending interrupt signalled, and as what? */
void gic_update_signals(struct gic *g, unsigned core);
/* List registers, ICH_HCR, ICH_VMCR or virtual active priorities changed. */
void gic_update_virtual(struct gic *g, unsigned core);
void gic_set_input(struct gic *g, unsigned core, unsigned intid, bool level);
/* Pending to active, and active to inactive (the HW-linked form as well). */
void gic_activate(struct gic *g, unsigned core, unsigned intid);
void gic_deactivate(struct gic *g, unsigned core, unsigned intid);

/* ---- LPIs: lpi.c ---- */

#define GIC_PROPBASER_ADDRESS 0x000ffffffffff000ull
#define GIC_PENDBASER_ADDRESS 0x000fffffffff0000ull

/* The redistributor's tables have it, and its LPIs are enabled (a vPE is resident). */
bool gic_lpi_exists(const struct gic *g, unsigned core, enum gic_lpi_kind k, u64 intid);
bool gic_lpi_is_pending(const struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid);
bool gic_lpi_is_enabled(const struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid);
u8 gic_lpi_priority(const struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid); /* of one that exists */
/* An LPI arrives; it is ignored where it does not exist. */
void gic_lpi_set_pending(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid);
void gic_lpi_acknowledge(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid);
/* Commands of the ITS. core.lpi may be out of date after each, until gic_lpi_settle() is called after the last. */
bool gic_lpi_clear_pending(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid);
void gic_lpi_invalidate(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid);
void gic_lpi_invalidate_all(struct gic *g, unsigned core, enum gic_lpi_kind k);
void gic_lpi_move_all(struct gic *g, unsigned from, unsigned to);
void gic_lpi_settle(struct gic *g);
/* Enable the LPIs, with what is pending by the table in memory; disable them, which leaves it there: whether an enabled
 * one is among it. */
void gic_lpi_start(struct gic *g, unsigned core, enum gic_lpi_kind k, bool none_pending);
bool gic_lpi_stop(struct gic *g, unsigned core, enum gic_lpi_kind k);
void gic_lpi_reset(struct gic *g, unsigned core);
/* Compute again what is derived of all LPIs; gic_update_all() is the caller's to call. */
void gic_lpi_all_changed(struct gic *g);

/* ---- priorities: prio.c ---- */

#define GIC_LEVEL_IDLE 256u

/* The most urgent active level of one group's Active Priorities Registers, or GIC_LEVEL_IDLE. */
static inline unsigned gic_apr_first(const u32 apr[GIC_APR_MAX])
{
	for (unsigned i = 0; i < GIC_APR_MAX; i++)
		if (apr[i])
			return i * 32 + (unsigned)__builtin_ctz(apr[i]);
	return GIC_LEVEL_IDLE;
}
/* Priority drop: clears that bit. */
void gic_apr_drop(u32 apr[GIC_APR_MAX]);
void gic_apr_set(u32 apr[GIC_APR_MAX], unsigned level);
/* How many APRs exist for that many preemption bits. */
unsigned gic_apr_count(unsigned pre_bits);

/* The implemented bits of a priority field, from the top. */
static inline u8 gic_priority_mask(unsigned pri_bits)
{
	return (u8)(0xff00u >> pri_bits);
}
static inline unsigned gic_pre_bits(const struct gic *g)
{
	return g->cfg.pri_bits > 7 ? 7 : g->cfg.pri_bits;
}
/* Least value of ICC_BPR0 and the Secure ICC_BPR1; that of the Non-secure (and of the only) ICC_BPR1 is one more. */
static inline u8 gic_min_bpr(unsigned pre_bits)
{
	return 7 - pre_bits;
}

/* To call after a change of the APRs, physical or virtual: keeps core.running and core.vrunning. */
void gic_active_priorities_changed(struct gic *g, unsigned core);
void gic_virtual_active_priorities_changed(struct gic *g, unsigned core);
bool gic_can_preempt(const struct gic *g, unsigned core, const struct gic_hppi *h);
void gic_raise_running_priority(struct gic *g, unsigned core, const struct gic_hppi *h);
bool gic_virtual_can_preempt(const struct gic *g, unsigned core, u64 lr);
/* ICH_VMCR_EL2.VBPR<group>, never below its minimum, and the mask of the group priority that it gives. */
u8 gic_virtual_bpr(const struct gic *g, unsigned core, unsigned group);
u8 gic_virtual_group_mask(const struct gic *g, unsigned core, unsigned group);

/* ---- CPU interfaces: access.c dispatches, cpuif.c, sgi.c, virt.c and icv.c serve ---- */

typedef u64 gic_sysreg_read_fn(struct gic *g, unsigned core, unsigned n);
typedef void gic_sysreg_write_fn(struct gic *g, unsigned core, unsigned n, u64 value);

gic_sysreg_read_fn icc_read_pmr, icc_read_iar, icc_read_hppir, icc_read_bpr0, icc_read_bpr1, icc_read_ap0r,
	icc_read_ap1r, icc_read_rpr, icc_read_ctlr, icc_read_sre, icc_read_igrpen0, icc_read_igrpen1, icc_read_ctlr_el3,
	icc_read_igrpen1_el3;
gic_sysreg_write_fn icc_write_pmr, icc_write_eoir, icc_write_bpr0, icc_write_bpr1, icc_write_ap0r, icc_write_ap1r,
	icc_write_dir, icc_write_sgi1r, icc_write_asgi1r, icc_write_sgi0r, icc_write_ctlr, icc_write_sre,
	icc_write_igrpen0, icc_write_igrpen1, icc_write_ctlr_el3, icc_write_igrpen1_el3;
gic_sysreg_read_fn icv_read_pmr, icv_read_iar, icv_read_hppir, icv_read_bpr, icv_read_rpr, icv_read_ctlr,
	icv_read_igrpen;
gic_sysreg_write_fn icv_write_pmr, icv_write_eoir, icv_write_bpr, icv_write_dir, icv_write_ctlr, icv_write_igrpen;
gic_sysreg_read_fn ich_read_ap0r, ich_read_ap1r, ich_read_hcr, ich_read_vtr, ich_read_misr, ich_read_eisr,
	ich_read_elrsr, ich_read_vmcr, ich_read_lr;
gic_sysreg_write_fn ich_write_ap0r, ich_write_ap1r, ich_write_hcr, ich_write_vmcr, ich_write_lr;

/* The Non-secure bank (1) or the Secure one (0) of a register that has both. */
static inline unsigned gic_bank_state(const struct gic *g, unsigned core)
{
	return !g->cfg.security || (g->view[core].scr_el3 & 1);
}

/* ICH_LR<n> = value; `why` is for the trace. gic_update_virtual() is the caller's to call. */
void gic_set_lr(struct gic *g, unsigned core, unsigned n, u64 value, const char *why);
/* The derived words about list register n. */
void gic_lr_changed(struct gic *g, unsigned core, unsigned n);
/* The highest-priority pending virtual interrupt (core.hppvi is not -1), in the form of a list register. */
static inline u64 gic_hppvi_lr(const struct gic_core *k)
{
	const struct gic_hppi *vlpi = &k->lpi[GIC_VLPI];

	if (k->hppvi != GIC_HPPVI_LPI)
		return k->lr[k->hppvi];
	return ICH_LR_PENDING | ICH_LR_GROUP | (u64)vlpi->priority << ICH_LR_PRIORITY_LSB | vlpi->intid;
}

/* Physical deactivation on behalf of software in the core's current state: EOIR, DIR, a HW-linked list register. */
void gic_deactivate_by_software(struct gic *g, unsigned core, unsigned intid);
void gic_reset_virtual(struct gic *g, unsigned core);

/* ---- events: gic.c ---- */

void gic_emit(struct gic *g, const char *what, unsigned intid, int target, u64 detail);
void gic_emit_lr(struct gic *g, unsigned n, u64 old, u64 value, const char *why);
void gic_emit_error(struct gic *g, const char *text, u64 detail);

static inline bool gic_traced(const struct gic *g, enum event_kind k)
{
	return g->cfg.trace && trace_wants(g->cfg.trace, k);
}
#define GIC_TRACE(g, ...)                                                                                              \
	do {                                                                                                           \
		if (gic_traced(g, EV_GIC))                                                                             \
			gic_emit(g, __VA_ARGS__);                                                                      \
	} while (0)
#define GIC_TRACE_LR(g, ...)                                                                                           \
	do {                                                                                                           \
		if (gic_traced(g, EV_LR))                                                                              \
			gic_emit_lr(g, __VA_ARGS__);                                                                   \
	} while (0)

#endif
