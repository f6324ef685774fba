/*
 * System register accesses: does the register exist, who may touch it, and which interface answers. The rules are the
 * accessibility pseudocode of each register in IHI 0069 12.2 to 12.4. ICC_SRE_ELx.SRE is RAO/WI (system register access
 * is the only one), so that none of its traps exist.
 */
#include "gic/internal.h"

enum rule {
	RULE_GROUP0, /* FMO, TALL0, SCR_EL3.FIQ */
	RULE_GROUP1, /* IMO, TALL1, SCR_EL3.IRQ */
	RULE_APR0,   /* as GROUP0, one of several */
	RULE_APR1,
	RULE_COMMON, /* FMO or IMO, TC, both of SCR_EL3 */
	RULE_DIR,    /* as COMMON, and TDIR */
	RULE_SGI,    /* never virtual: FMO and IMO trap */
	RULE_SRE_EL1,
	RULE_SRE_EL2,
	RULE_EL3,
	RULE_ICH,
	RULE_ICH_APR,
	RULE_ICH_LR,
};

struct sysreg_row {
	u16 key;
	u8 rule;
	u8 n;
	gic_sysreg_read_fn *read;
	gic_sysreg_write_fn *write;
	gic_sysreg_read_fn *virtual_read;
	gic_sysreg_write_fn *virtual_write;
};

#define NONE NULL
enum row_number {
#define GIC_SYSREG(name, ...) ROW_##name,
#include "gic/sysregs.def"
#undef GIC_SYSREG
};
static const struct sysreg_row rows[] = {
#define GIC_SYSREG(name, op1, crn, crm, op2, rule, n, read, write, vread, vwrite)                                      \
	[ROW_##name] = { GIC_SYSREG_KEY(op1, crn, crm, op2), RULE_##rule, n, read, write, vread, vwrite },
#include "gic/sysregs.def"
#undef GIC_SYSREG
};

/* op1, CRm and op2 tell all of them apart. */
#define ROW_HASH(key) (((key) >> 11 & 7) << 7 | ((key)&0x7f))
static const u8 row_of[1024] = {
#define GIC_SYSREG(name, op1, crn, crm, op2, ...) [ROW_HASH(GIC_SYSREG_KEY(op1, crn, crm, op2))] = ROW_##name + 1,
#include "gic/sysregs.def"
#undef GIC_SYSREG
};

enum verdict { PHYSICAL, VIRTUAL, UNDEF, TRAP_EL2, TRAP_EL3 };

#define HCR_FMO (1u << 3)
#define HCR_IMO (1u << 4)
#define SCR_IRQ (1u << 1)
#define SCR_FIQ (1u << 2)
#define SCR_IRQ_FIQ (SCR_IRQ | SCR_FIQ)

/*
 * The common form: at EL1, ICH_HCR traps first, then HCR_EL2 redirects to the virtual interface, then SCR_EL3 traps;
 * at EL2, SCR_EL3 traps; at EL3 nothing does. All bits of `scr` must be set for its trap.
 */
static enum verdict route(const struct gic *g, unsigned core, u32 ich_trap, u32 hcr, u32 scr)
{
	const struct gic_view *view = &g->view[core];

	if (view->el == 1 && view->el2_enabled) {
		if (g->s.core[core].ich_hcr & ich_trap)
			return TRAP_EL2;
		if (view->hcr_el2 & hcr)
			return VIRTUAL;
	}
	if (view->el < 3 && g->cfg.security && (view->scr_el3 & scr) == scr)
		return TRAP_EL3;
	return PHYSICAL;
}

static enum verdict route_sgi(const struct gic *g, unsigned core)
{
	enum verdict v = route(g, core, ICH_HCR_TC, HCR_FMO | HCR_IMO, SCR_IRQ_FIQ);

	return v == VIRTUAL ? TRAP_EL2 : v;
}

static enum verdict route_sre(const struct gic *g, unsigned core, unsigned n)
{
	const struct gic_view *view = &g->view[core];
	const bool *enable = g->s.core[core].sre_enable;

	if (n == 2 && (view->el == 1 || (view->el == 3 && !view->el2_enabled)))
		return UNDEF;
	if (view->el == 1 && view->el2_enabled && !enable[2])
		return TRAP_EL2;
	if (view->el < 3 && g->cfg.security && !enable[3])
		return TRAP_EL3;
	return PHYSICAL;
}

/* An APR beyond the implemented preemption levels is UNDEFINED. */
static enum verdict route_apr(const struct gic *g, unsigned core, unsigned n, u32 ich_trap, u32 hcr, u32 scr)
{
	enum verdict v = route(g, core, ich_trap, hcr, scr);
	unsigned pre_bits = v == VIRTUAL ? g->cfg.vpre_bits : gic_pre_bits(g);

	return n < gic_apr_count(pre_bits) ? v : UNDEF;
}

static enum verdict judge(const struct gic *g, unsigned core, const struct sysreg_row *r)
{
	unsigned el = g->view[core].el;

	if (el == 0)
		return UNDEF;
	switch ((enum rule)r->rule) {
	case RULE_GROUP0: return route(g, core, ICH_HCR_TALL0, HCR_FMO, SCR_FIQ);
	case RULE_GROUP1: return route(g, core, ICH_HCR_TALL1, HCR_IMO, SCR_IRQ);
	case RULE_APR0: return route_apr(g, core, r->n, ICH_HCR_TALL0, HCR_FMO, SCR_FIQ);
	case RULE_APR1: return route_apr(g, core, r->n, ICH_HCR_TALL1, HCR_IMO, SCR_IRQ);
	case RULE_COMMON: return route(g, core, ICH_HCR_TC, HCR_FMO | HCR_IMO, SCR_IRQ_FIQ);
	case RULE_DIR: return route(g, core, ICH_HCR_TC | ICH_HCR_TDIR, HCR_FMO | HCR_IMO, SCR_IRQ_FIQ);
	case RULE_SGI: return route_sgi(g, core);
	case RULE_SRE_EL1:
	case RULE_SRE_EL2: return route_sre(g, core, r->n);
	case RULE_EL3: return el == 3 ? PHYSICAL : UNDEF;
	case RULE_ICH: return el >= 2 ? PHYSICAL : UNDEF;
	case RULE_ICH_APR: return el >= 2 && r->n < gic_apr_count(g->cfg.vpre_bits) ? PHYSICAL : UNDEF;
	case RULE_ICH_LR: return el >= 2 && r->n < g->cfg.list_registers ? PHYSICAL : UNDEF;
	}
	return UNDEF;
}

static const struct sysreg_row *find(u16 key)
{
	const struct sysreg_row *r = rows + row_of[ROW_HASH(key)] - 1;

	return row_of[ROW_HASH(key)] && r->key == key ? r : NULL;
}

static enum gic_result refused(enum verdict v)
{
	return v == TRAP_EL2 ? GIC_TRAP_EL2 : v == TRAP_EL3 ? GIC_TRAP_EL3 : GIC_UNDEF;
}

/* A direction that a register does not have is UNDEFINED before any trap. */
enum gic_result gic_sysreg_read(struct gic *g, unsigned core, u16 key, u64 *value)
{
	const struct sysreg_row *r = find(key);
	enum verdict v;

	if (!r || !r->read)
		return GIC_UNDEF;
	v = judge(g, core, r);
	if (v > VIRTUAL)
		return refused(v);
	*value = (v == VIRTUAL ? r->virtual_read : r->read)(g, core, r->n);
	return GIC_OK;
}

enum gic_result gic_sysreg_write(struct gic *g, unsigned core, u16 key, u64 value)
{
	const struct sysreg_row *r = find(key);
	enum verdict v;

	if (!r || !r->write)
		return GIC_UNDEF;
	v = judge(g, core, r);
	if (v > VIRTUAL)
		return refused(v);
	(v == VIRTUAL ? r->virtual_write : r->write)(g, core, r->n, value);
	return GIC_OK;
}

static bool is_there(const struct gic *g, const struct sysreg_row *r)
{
	switch ((enum rule)r->rule) {
	case RULE_APR0:
	case RULE_APR1: return r->n < gic_apr_count(gic_pre_bits(g));
	case RULE_ICH_APR: return r->n < gic_apr_count(g->cfg.vpre_bits);
	case RULE_ICH_LR: return r->n < g->cfg.list_registers;
	default: return true;
	}
}

bool gic_sysreg_peek(struct gic *g, unsigned core, u16 key, u64 *value)
{
	const struct sysreg_row *r = find(key);

	if (!r || !r->read || r->read == icc_read_iar || !is_there(g, r))
		return false;
	*value = r->read(g, core, r->n);
	return true;
}

bool gic_sysreg_poke(struct gic *g, unsigned core, u16 key, u64 value)
{
	const struct sysreg_row *r = find(key);

	if (!r || !r->write || !is_there(g, r))
		return false;
	r->write(g, core, r->n, value);
	return true;
}
