#include "ui/gic_rows.h"

#include <string.h>

#include "base/bits.h"

typedef unsigned long long ull;

static void name_row(struct model *to, const char *name)
{
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "%s", name);
}

static void number_row(struct model *to, const char *name, u64 value, const char *words)
{
	name_row(to, name);
	model_cell(to, TONE_NUMBER, "0x%llx", (ull)value);
	model_cell(to, TONE_TEXT, "%s", words);
}

static bool is_asserted(const struct hyp_gic *g, unsigned line)
{
	return g->line[line];
}

void gic_line_rows(struct model *to, const struct hyp_gic *g)
{
	static const char *const names[4] = { "IRQ", "FIQ", "virtual IRQ", "virtual FIQ" };

	model_line(to, ROW_HEAD, TONE_TEXT, "Interrupt lines to the core");
	for (unsigned i = 0; i < 4; i++) {
		name_row(to, names[i]);
		model_cell(to, is_asserted(g, i) ? TONE_WARN : TONE_DIM, "%s", is_asserted(g, i) ? "asserted" : "idle");
		if (is_asserted(g, i))
			model_cell(to, g->line_obstacle[i] ? TONE_BAD : TONE_GOOD, "%s%s",
				   g->line_obstacle[i] ? "not taken: " : "is taken at the next instruction",
				   g->line_obstacle[i] ? g->line_obstacle[i] : "");
		else if (g->line_obstacle[i])
			model_cell(to, TONE_DIM, "would not be taken: %s", g->line_obstacle[i]);
		else
			model_cell(to, TONE_DIM, "would be taken");
	}
}

/* ---- CPU interfaces ---- */

static const char *const group_names[HYP_GIC_GROUPS] = { "group 0", "Secure group 1", "group 1" };

/* The priorities whose bits are set, the most urgent first. */
static void active_row(struct model *to, const char *name, const u32 apr[HYP_GIC_APRS], unsigned pre_bits)
{
	bool any = false;

	name_row(to, name);
	for (unsigned level = 0; level < 32 * HYP_GIC_APRS; level++)
		if (apr[level / 32] >> level % 32 & 1) {
			model_cell(to, TONE_CHANGED, "0x%02x", level << (8 - pre_bits));
			any = true;
		}
	if (!any)
		model_cell(to, TONE_DIM, "none active");
}

static void running_row(struct model *to, const char *name, u8 running)
{
	name_row(to, name);
	if (running == 0xff)
		model_cell(to, TONE_DIM, "idle (0xff)");
	else
		model_cell(to, TONE_NUMBER, "0x%02x", running);
}

static void enables(struct model *to, const char *name, bool g0, bool g1s, bool g1, bool has_secure)
{
	name_row(to, name);
	model_cell(to, g0 ? TONE_GOOD : TONE_DIM, "group 0 %s", g0 ? "on" : "off");
	if (has_secure)
		model_cell(to, g1s ? TONE_GOOD : TONE_DIM, "Secure group 1 %s", g1s ? "on" : "off");
	model_cell(to, g1 ? TONE_GOOD : TONE_DIM, "group 1 %s", g1 ? "on" : "off");
}

static void physical_rows(struct model *to, const struct hyp_gic *g)
{
	bool two_states = !(g->ctlr >> 6 & 1); /* GICD_CTLR.DS */

	model_line(to, ROW_HEAD, TONE_TEXT, "CPU interface: physical interrupts");
	number_row(to, "ICC_PMR_EL1", g->pmr, "interrupts of a lower number (more urgent) pass");
	running_row(to, "ICC_RPR_EL1", g->running);
	number_row(to, "ICC_BPR0_EL1", g->bpr[0], "");
	model_cell(to, TONE_TEXT, "of group 1: 0x%x", g->bpr[2]);
	enables(to, "ICC_IGRPEN", g->igrpen[0], g->igrpen[1], g->igrpen[2], two_states);
	for (unsigned i = 0; i < HYP_GIC_GROUPS; i++)
		if (i != 1 || two_states)
			active_row(to,
				   i == 0   ? "active, group 0"
				   : i == 1 ? "active, Secure group 1"
					    : "active, group 1",
				   g->apr[i], g->pre_bits);
	name_row(to, "comes next");
	if (g->hppi == 1023)
		model_cell(to, TONE_DIM, "nothing is pending and enabled");
	else
		model_cell(to, g->signalled ? TONE_GOOD : TONE_WARN, "INTID %u, priority 0x%02x: %s", g->hppi,
			   g->hppi_priority,
			   g->signalled			? "signalled"
			   : g->hppi_priority >= g->pmr ? "masked by ICC_PMR_EL1"
							: "does not preempt the running priority");
}

static void virtual_rows(struct model *to, const struct hyp_gic *g)
{
	bool on = g->hcr & 1;

	model_line(to, ROW_HEAD, TONE_TEXT, "CPU interface: virtual interrupts, as the guest has it");
	name_row(to, "ICH_HCR_EL2.En");
	model_cell(to, on ? TONE_GOOD : TONE_DIM, on ? "on" : "off: list registers signal nothing");
	number_row(to, "ICV_PMR_EL1", g->vmcr >> 24, "ICH_VMCR_EL2.VPMR");
	running_row(to, "ICV_RPR_EL1", g->vrunning);
	number_row(to, "ICV_BPR0_EL1", g->vmcr >> 21 & 7, "");
	model_cell(to, TONE_TEXT, "of group 1: 0x%x", g->vmcr >> 18 & 7);
	enables(to, "ICV_IGRPEN", g->vmcr & 1, false, g->vmcr >> 1 & 1, false);
	name_row(to, "EOImode");
	model_cell(to, TONE_TEXT,
		   g->vmcr >> 9 & 1 ? "1: ICV_EOIR drops the priority, ICV_DIR deactivates"
				    : "0: ICV_EOIR drops the priority and deactivates");
	active_row(to, "active, group 0", g->vapr[0], g->vpre_bits);
	active_row(to, "active, group 1", g->vapr[1], g->vpre_bits);
	name_row(to, "comes next");
	if (g->hppvi < 0)
		model_cell(to, TONE_DIM, "no list register is pending in an enabled group");
	else if (g->hppvi == HYP_GIC_LRS)
		model_cell(to, TONE_TEXT, "a virtual LPI");
	else
		model_cell(to, g->lr_obstacle[g->hppvi] ? TONE_WARN : TONE_GOOD, "list register %d", g->hppvi);
	if (g->hcr >> 27)
		number_row(to, "EOIcount", g->hcr >> 27, "interrupts ended for which no list register was found");
}

void gic_cpu_rows(struct model *to, const struct hyp_gic *g)
{
	physical_rows(to, g);
	if (g->list_registers)
		virtual_rows(to, g);
}

/* ---- list registers ---- */

struct lr_fields lr_fields(u64 lr)
{
	return (struct lr_fields){ .state = (u8)(lr >> 62),
				   .hw = lr >> 61 & 1,
				   .eoi = !(lr >> 61 & 1) && lr >> 41 & 1,
				   .group = lr >> 60 & 1,
				   .priority = (u8)(lr >> 48),
				   .vintid = (u32)lr,
				   .pintid = lr >> 32 & 0x1fff };
}

const char *lr_state_name(unsigned state)
{
	static const char *const names[] = { "invalid", "pending", "active", "pending and active" };

	return names[state & 3];
}

/* Ending it: EOIR, and with EOImode DIR, deactivates. IHI 0069 5, 12.3. */
const char *lr_next(const struct hyp_gic *g, unsigned n, unsigned which, char text[128])
{
	struct lr_fields f = lr_fields(g->lr[n]);
	const char *end = g->vmcr >> 9 & 1 ? "ICV_DIR_EL1" : f.group ? "ICV_EOIR1_EL1" : "ICV_EOIR0_EL1";
	bool lpi = f.vintid >= 8192;

	if (f.state == 1 && which == 0)
		snprintf(text, 128, "the guest reads ICV_IAR%u_EL1: %s", f.group, lpi ? "invalid (an LPI)" : "active");
	else if (f.state >= 2 && which == 0)
		snprintf(text, 128, "the guest writes %s: %s", end, f.state == 3 ? "pending" : "invalid");
	else if (f.state >= 2 && which == 1 && f.hw)
		snprintf(text, 128, "then physical INTID %u is deactivated too", f.pintid);
	else if (f.state == 2 && which == 1 && f.eoi)
		snprintf(text, 128, "then a maintenance interrupt is raised");
	else if (f.state == 0 && which == 0 && g->ended >> n & 1)
		snprintf(text, 128, "was ended: it waits in ICH_EISR_EL2 for the hypervisor");
	else
		return NULL;
	return text;
}

static unsigned state_tone(unsigned state)
{
	static const u8 tones[] = { TONE_DIM, TONE_WARN, TONE_GOOD, TONE_CHANGED };

	return tones[state & 3];
}

static void state_machine_row(struct model *to, const struct lr_fields *f)
{
	name_row(to, "state");
	to->row[to->rows - 1].kind = ROW_FIGURE;
	to->row[to->rows - 1].figure = FIGURE_STATES;
	for (unsigned i = 0; i < 4; i++)
		model_cell(to, f->state == i ? state_tone(i) : TONE_DIM, f->state == i ? "[%s]" : "%s",
			   lr_state_name(i));
}

static void lr_card(struct model *to, const struct hyp_gic *g, unsigned n)
{
	struct lr_fields f = lr_fields(g->lr[n]);
	char text[128];
	struct row *card = model_row(to, ROW_CARD);

	card->tone = (u8)state_tone(f.state);
	card->id = n;
	card->marked = g->hppvi == (s8)n && !g->lr_obstacle[n];
	model_cell(to, state_tone(f.state), "ICH_LR%u_EL2  vINTID %u, %s", n, f.vintid, lr_state_name(f.state));
	state_machine_row(to, &f);
	name_row(to, "priority");
	model_cell(to, TONE_NUMBER, "0x%02x", f.priority);
	model_cell(to, TONE_TEXT, "group %u (virtual %s)", f.group, f.group ? "IRQ" : "FIQ");
	name_row(to, f.hw ? "HW" : "software");
	if (f.hw)
		model_cell(to, TONE_NUMBER, "physical INTID %u", f.pintid);
	else
		model_cell(to, TONE_TEXT, f.eoi ? "EOI=1: its end raises a maintenance interrupt" : "EOI=0");
	if (f.state == 1 || f.state == 3) {
		name_row(to, "signalled");
		model_cell(to, g->lr_obstacle[n] ? TONE_BAD : TONE_GOOD, "%s%s", g->lr_obstacle[n] ? "no: " : "yes",
			   g->lr_obstacle[n] ? g->lr_obstacle[n] : "");
	}
	for (unsigned i = 0; i < 2 && lr_next(g, n, i, text); i++) {
		name_row(to, i ? "" : "next");
		model_cell(to, TONE_TEXT, "%s", text);
	}
	name_row(to, "value");
	model_cell(to, TONE_DIM, "0x%016llx", (ull)g->lr[n]);
}

void gic_lr_rows(struct model *to, const struct hyp_gic *g)
{
	unsigned free_ones = 0;

	if (!g->list_registers)
		return;
	for (unsigned n = 0; n < g->list_registers; n++)
		free_ones += !(g->lr[n] >> 62) && !(g->ended >> n & 1);
	model_line(to, ROW_HEAD, TONE_TEXT, "List registers: %u of %u in use", g->list_registers - free_ones,
		   g->list_registers);
	for (unsigned n = 0; n < g->list_registers; n++)
		if (g->lr[n] >> 62 || g->ended >> n & 1)
			lr_card(to, g, n);
	if (free_ones == g->list_registers)
		model_line(to, ROW_CELLS, TONE_DIM, "all are free: the hypervisor has injected nothing");
}

/* ---- maintenance ---- */

/* ICH_MISR_EL2, and what makes each source. */
static const struct {
	const char *name, *words;
	s8 enable; /* bit of ICH_HCR_EL2; -1: of the list register (EOI) */
} sources[] = {
	{ "EOI", "a list register with EOI=1 was ended", -1 },
	{ "U", "underflow: at most one list register is valid", 1 },
	{ "LRENP", "an interrupt was ended that is in no list register", 2 },
	{ "NP", "no list register is pending", 3 },
	{ "VGrp0E", "the guest has group 0 on", 4 },
	{ "VGrp0D", "the guest has group 0 off", 5 },
	{ "VGrp1E", "the guest has group 1 on", 6 },
	{ "VGrp1D", "the guest has group 1 off", 7 },
};

void gic_maintenance_rows(struct model *to, const struct machine *m, unsigned core, const struct hyp_gic *g)
{
	struct hyp_irq irq;

	if (!g->list_registers)
		return;
	model_line(to, ROW_HEAD, TONE_TEXT, "Maintenance interrupt: INTID %u", g->maintenance);
	if (hyp_irq(m, core, g->maintenance, &irq)) {
		name_row(to, "its line");
		model_cell(to, irq.level ? TONE_WARN : TONE_DIM, irq.level ? "asserted" : "idle");
		model_cell(to, TONE_TEXT, "%s",
			   irq.pending && irq.obstacle ? irq.obstacle
			   : irq.active		       ? "active: the hypervisor handles it"
						       : "");
	}
	model_row(to, ROW_COLUMNS);
	model_cell(to, TONE_NAME, "ICH_MISR_EL2");
	model_cell(to, TONE_NAME, "enabled");
	model_cell(to, TONE_NAME, "raised");
	model_cell(to, TONE_NAME, "when");
	for (unsigned i = 0; i < ARRAY_SIZE(sources); i++) {
		bool enabled = sources[i].enable < 0 || g->hcr >> sources[i].enable & 1, raised = g->misr >> i & 1;

		model_row(to, ROW_CELLS)->marked = raised;
		model_cell(to, raised ? TONE_WARN : TONE_NAME, "%s", sources[i].name);
		model_cell(to, enabled ? TONE_TEXT : TONE_DIM,
			   sources[i].enable < 0 ? "by LR"
			   : enabled		 ? "yes"
						 : "no");
		model_cell(to, raised ? TONE_WARN : TONE_DIM, raised ? "raised" : "no");
		model_cell(to, enabled ? TONE_TEXT : TONE_DIM, "%s", sources[i].words);
	}
}

/* ---- the distributor ---- */

/* The PPIs of Arm's Base System Architecture, which the board follows. */
static void irq_name(char *text, size_t size, const struct hyp_gic *g, unsigned intid)
{
	static const struct {
		u8 intid;
		const char *name;
	} known[] = { { 23, "PMU" },	     { 26, "timer CNTHP" }, { 27, "timer CNTV" },
		      { 28, "timer CNTHV" }, { 29, "timer CNTPS" }, { 30, "timer CNTP" } };

	snprintf(text, size, intid < 16 ? "SGI" : intid < 32 ? "PPI" : "SPI");
	if (g->list_registers && intid == g->maintenance)
		snprintf(text, size, "PPI maintenance");
	for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].intid == intid)
			snprintf(text, size, "PPI %s", known[i].name);
}

static const char *irq_state(const struct hyp_irq *irq)
{
	return irq->pending && irq->active ? "pending and active"
	       : irq->pending		   ? "pending"
	       : irq->active		   ? "active"
					   : "inactive";
}

static void target_cell(struct model *to, const struct hyp_irq *irq, unsigned intid)
{
	if (intid < 32)
		model_cell(to, TONE_DIM, "own");
	else if (irq->target >= 0)
		model_cell(to, TONE_TEXT, "core %d", irq->target);
	else
		model_cell(to, TONE_DIM, irq->target == -2 ? "any core" : "no core");
}

static void irq_row(struct model *to, const struct hyp_gic *g, unsigned intid, const struct hyp_irq *irq)
{
	unsigned state = (unsigned)irq->pending | (unsigned)irq->active << 1;
	struct row *row = model_row(to, ROW_CELLS);
	char name[32];

	row->id = intid;
	row->marked = irq->pending && !irq->obstacle;
	irq_name(name, sizeof(name), g, intid);
	model_cell(to, TONE_NUMBER, "%u", intid);
	model_right(to);
	model_cell(to, TONE_TEXT, "%s", name);
	model_cell(to, irq->enabled ? TONE_GOOD : TONE_DIM, irq->enabled ? "enabled" : "off");
	model_cell(to, state_tone(state), "%s", irq_state(irq));
	model_cell(to, irq->level ? TONE_WARN : TONE_DIM, "%s%s", irq->edge ? "edge" : "level",
		   irq->level ? ", high" : "");
	model_cell(to, TONE_NUMBER, "0x%02x", irq->priority);
	model_cell(to, TONE_TEXT, "%s", group_names[irq->group]);
	target_cell(to, irq, intid);
	if (irq->pending)
		model_cell(to, irq->obstacle ? TONE_BAD : TONE_GOOD, "%s",
			   irq->obstacle ? irq->obstacle : "is signalled");
}

static void distributor_rows(struct model *to, const struct hyp_gic *g)
{
	model_line(to, ROW_HEAD, TONE_TEXT, "Distributor and redistributor");
	number_row(to, "GICD_CTLR", g->ctlr,
		   g->ctlr >> 6 & 1 ? "one security state (DS=1)" : "two security states (DS=0)");
	enables(to, "forwards", g->ctlr & 1, g->ctlr >> 2 & 1, g->ctlr >> 1 & 1, !(g->ctlr >> 6 & 1));
	name_row(to, "redistributor");
	model_cell(to, g->asleep ? TONE_BAD : TONE_GOOD, g->asleep ? "sleeps (GICR_WAKER): nothing passes" : "awake");
	model_cell(to, TONE_TEXT, g->lpis ? "LPIs on" : "LPIs off");
}

static bool row_has(const struct model *m, const struct row *r, const char *text)
{
	for (u32 i = 0; i < r->count; i++)
		if (strcasestr(model_text(m, &m->cell[r->first + i]), text))
			return true;
	return false;
}

/* Take the last row back. */
static void drop_row(struct model *m)
{
	m->cells = m->row[--m->rows].first;
}

/* LPIs have neither an active state nor a level; only those that are pending are known without reading all tables. */
static void lpi_rows(struct model *to, const struct machine *m, unsigned core)
{
	struct hyp_stall s;

	hyp_core_stall(m, core, &s);
	for (unsigned i = 0; i < s.pending_count; i++) {
		const char *obstacle = s.pending[i].obstacle;

		if (s.pending[i].intid < 8192)
			continue;
		model_row(to, ROW_CELLS)->marked = !obstacle;
		model_cell(to, TONE_NUMBER, "%u", s.pending[i].intid);
		model_right(to);
		model_cell(to, TONE_TEXT, "LPI");
		model_cell(to, TONE_DIM, "%s", "");
		model_cell(to, state_tone(1), "pending");
		model_cell(to, TONE_DIM, "edge");
		for (unsigned empty = 0; empty < 3; empty++)
			model_cell(to, TONE_DIM, "%s", "");
		model_cell(to, obstacle ? TONE_BAD : TONE_GOOD, "%s", obstacle ? obstacle : "is signalled");
	}
}

void gic_irq_rows(struct model *to, const struct machine *m, unsigned core, const struct hyp_gic *g, bool all,
		  const char *filter)
{
	struct hyp_irq irq;

	distributor_rows(to, g);
	model_line(to, ROW_HEAD, TONE_TEXT, "%s",
		   all ? "Interrupts" : "Interrupts that are enabled, pending or active");
	model_row(to, ROW_COLUMNS);
	for (unsigned i = 0; i < 9; i++) {
		static const char *const names[] = { "INTID", "kind",	 "enable",
						     "state", "trigger", "priority",
						     "group", "target",	 "why it is not taken" };

		model_cell(to, TONE_NAME, "%s", names[i]);
	}
	for (unsigned i = 0; hyp_irq(m, core, i, &irq); i++) {
		if (!all && !irq.pending && !irq.active && (!irq.enabled || i < 16))
			continue;
		irq_row(to, g, i, &irq);
		if (*filter && !row_has(to, &to->row[to->rows - 1], filter))
			drop_row(to);
	}
	if (g->lpis && !*filter)
		lpi_rows(to, m, core);
}
