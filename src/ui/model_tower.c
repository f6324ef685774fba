/* The exception levels as a tower: what rules at each, which one runs, and the last changes with their reasons. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/sysreg.h"
#include "debug/explain.h"
#include "ui/record.h"
#include "ui/words.h"

#define TRANSITIONS 24

#define FIELD_OF(ui, reg, field)                                                                                       \
	bits(ui_sysreg(ui, SR_##reg), reg##_##field##_LSB + reg##_##field##_WIDTH - 1, reg##_##field##_LSB)

/* ---- the levels ---- */

static void level(struct model *m, const struct hyp_stall *s, unsigned el, const char *who)
{
	struct row *r = model_row(m, ROW_CARD);

	r->id = el;
	r->tone = (u8)(TONE_EL0 + el);
	r->current = s->el == el;
	model_cell(m, TONE_EL0 + el, "EL%u", el);
	model_cell(m, TONE_TEXT, "%s", who);
	if (s->el == el)
		model_cell(m, TONE_GOOD, "%s", s->secure ? "runs, Secure" : "runs");
}

static void named_address(struct ui *ui, struct model *m, const char *name, u64 value, unsigned space)
{
	char symbol[128];

	model_row(m, ROW_CELLS)->indent = 1;
	model_cell(m, TONE_NAME, "%s", name);
	model_cell(m, value ? TONE_ADDRESS : TONE_DIM, "%llx", (ull)value);
	model_link(m, link_to(space, ui->core, value));
	model_cell(m, TONE_SYMBOL, "%s", ui_symbol(ui, value, symbol));
}

static void words(struct model *m, const char *name, unsigned tone, const char *text)
{
	model_row(m, ROW_CELLS)->indent = 1;
	model_cell(m, TONE_NAME, "%s", name);
	model_cell(m, tone, "%s", text);
}

static void el3(struct ui *ui, struct model *m, const struct hyp_stall *s)
{
	level(m, s, 3, "monitor");
	if (s->el != 3)
		return; /* what it left behind is of no interest to those below */
	named_address(ui, m, "VBAR", ui_sysreg(ui, SR_VBAR_EL3), HYP_SPACE_VA);
	named_address(ui, m, "ELR", ui_sysreg(ui, SR_ELR_EL3), HYP_SPACE_VA);
}

static void el2(struct ui *ui, struct model *m, const struct hyp_stall *s)
{
	bool vhe = FIELD_OF(ui, HCR_EL2, E2H), tge = FIELD_OF(ui, HCR_EL2, TGE), vm = FIELD_OF(ui, HCR_EL2, VM);
	char text[64];

	level(m, s, 2, vhe ? "hypervisor and host (VHE)" : "hypervisor");
	snprintf(text, sizeof(text), "%s%s%s", vm ? "stage 2 on" : "stage 2 off", tge ? ", TGE: EL0 is the host's" : "",
		 FIELD_OF(ui, HCR_EL2, IMO) ? ", takes IRQs" : "");
	words(m, "HCR", TONE_TEXT, text);
	model_row(m, ROW_CELLS)->indent = 1;
	model_cell(m, TONE_NAME, "VTTBR");
	model_cell(m, vm ? TONE_ADDRESS : TONE_DIM, "%llx", (ull)(ui_sysreg(ui, SR_VTTBR_EL2) & 0xfffffffffffeull));
	model_link(m, link_to(HYP_SPACE_PA, ui->core, ui_sysreg(ui, SR_VTTBR_EL2) & 0xfffffffffffeull));
	model_cell(m, vm ? TONE_WORLD + s->vmid % WORLD_TONES : TONE_DIM, "VMID %u",
		   (unsigned)(ui_sysreg(ui, SR_VTTBR_EL2) >> 48));
	named_address(ui, m, "VBAR", ui_sysreg(ui, SR_VBAR_EL2), HYP_SPACE_EL2);
	named_address(ui, m, "ELR", ui_sysreg(ui, SR_ELR_EL2), HYP_SPACE_EL1);
}

static void el1(struct ui *ui, struct model *m, const struct hyp_stall *s)
{
	u64 tcr = ui_sysreg(ui, SR_TCR_EL1), ttbr = ui_sysreg(ui, bit(tcr, 22) ? SR_TTBR1_EL1 : SR_TTBR0_EL1);
	bool host = FIELD_OF(ui, HCR_EL2, TGE) && FIELD_OF(ui, HCR_EL2, E2H), vm = FIELD_OF(ui, HCR_EL2, VM);
	char text[64];

	snprintf(text, sizeof(text), vm ? "kernel of VM %u" : "kernel", s->vmid);
	level(m, s, 1, host ? "not in use (TGE)" : text);
	snprintf(text, sizeof(text), "%s, ASID %u", FIELD_OF(ui, SCTLR_EL1, M) ? "stage 1 on" : "stage 1 off",
		 (unsigned)(ttbr >> 48));
	words(m, "MMU", TONE_TEXT, text);
	named_address(ui, m, "VBAR", ui_sysreg(ui, SR_VBAR_EL1), HYP_SPACE_EL1);
	if (ui_sysreg(ui, SR_ELR_EL1))
		named_address(ui, m, "ELR", ui_sysreg(ui, SR_ELR_EL1), HYP_SPACE_EL1);
}

static void el0(struct ui *ui, struct model *m, const struct hyp_stall *s)
{
	bool host = FIELD_OF(ui, HCR_EL2, TGE) && FIELD_OF(ui, HCR_EL2, E2H);

	level(m, s, 0, host ? "the host's programs" : "programs");
}

/* ---- the last changes ---- */

/* Why, with the addresses that were at fault; the cell leads to the first of them. */
static void reason(struct ui *ui, struct model *m, const struct ev_exc *x)
{
	u64 ipa = bits(x->hpfar, 43, 4) << 12;
	char text[256] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	if (!f)
		return;
	if (x->has_esr)
		esr_words(f, x->esr);
	else
		for (const char *c = x->vector; *c; c++)
			fputc(toupper((u8)*c), f);
	if (x->has_far)
		fprintf(f, ", VA %llx", (ull)x->far);
	if (x->has_hpfar)
		fprintf(f, ", IPA %llx", (ull)ipa);
	fclose(f);
	model_cell(m, TONE_TEXT, "%s", text);
	if (x->has_far || x->has_hpfar)
		model_link(m, x->has_far ? link_to(HYP_SPACE_EL1, ui->core, x->far)
					 : link_to(HYP_SPACE_IPA, ui->core, ipa));
}

static void place(struct ui *ui, struct model *m, u64 at, unsigned space)
{
	char symbol[128];

	ui_symbol(ui, at, symbol);
	if (symbol[0])
		model_cell(m, TONE_SYMBOL, "%s", symbol);
	else
		model_cell(m, TONE_ADDRESS, "%llx", (ull)at);
	model_link(m, link_to(space, ui->core, at));
}

static void transition(struct ui *ui, struct model *m, const struct event *e)
{
	bool is_exc = e->kind == EV_EXC;
	unsigned from = is_exc ? e->exc.from_el : e->eret.from_el, to = is_exc ? e->exc.to_el : e->eret.to_el;
	u8 crossing = is_exc ? e->exc.crossing : e->eret.crossing;

	model_row(m, ROW_CELLS);
	model_cell(m, TONE_DIM, "%llu", (ull)e->cycle);
	model_right(m);
	model_link(m, (struct link){ .kind = LINK_CYCLE, .core = (u8)e->core, .value = e->cycle });
	model_cell(m, TONE_EL0 + from, "EL%u", from);
	model_cell(m, TONE_EL0 + to, "%s EL%u", is_exc ? "\u2191" : "\u2193", to);
	if (crossing == CROSS_VM)
		model_cell(m, TONE_WORLD + e->vmid % WORLD_TONES, "VM %u", e->vmid);
	else
		model_cell(m, TONE_DIM, "%s", "");
	place(ui, m, is_exc ? e->exc.elr : e->eret.new_pc, (is_exc ? from : to) < 2 ? HYP_SPACE_EL1 : HYP_SPACE_EL2);
	if (is_exc)
		reason(ui, m, &e->exc);
	else if (e->eret.illegal)
		model_cell(m, TONE_BAD, "illegal return");
}

/* What is still to come, when the machine is in the past, is not shown. */
static void transitions(struct ui *ui, struct model *m, u64 now)
{
	unsigned shown = 0;

	model_line(m, ROW_HEAD, TONE_TEXT, "Last changes of level");
	for (u64 back = 0; shown < TRANSITIONS; back++) {
		const struct event *e = record_event(ui->record, back);

		if (!e)
			break;
		if (e->core != (s16)ui->core || e->cycle > now)
			continue;
		transition(ui, m, e);
		shown++;
	}
	if (!shown)
		model_line(m, ROW_NOTE, TONE_DIM, "None yet.");
}

/* With several cores: what each does. */
static void cores(struct ui *ui, struct model *m)
{
	static const char *const states[] = { [HYP_CORE_RUNS] = "runs",
					      [HYP_CORE_WFI] = "waits (WFI)",
					      [HYP_CORE_WFE] = "waits (WFE)",
					      [HYP_CORE_OFF] = "off",
					      [HYP_CORE_LOCKUP] = "locked up" };
	char symbol[128];

	if (hyp_core_count(ui->m) == 1)
		return;
	model_line(m, ROW_HEAD, TONE_TEXT, "Cores");
	for (unsigned i = 0; i < hyp_core_count(ui->m); i++) {
		struct hyp_stall s;

		hyp_core_stall(ui->m, i, &s);
		model_row(m, ROW_CELLS)->current = i == ui->core;
		model_cell(m, TONE_NAME, "core %u", i);
		model_link(m, (struct link){ .kind = LINK_CORE, .value = i });
		model_cell(m, TONE_EL0 + s.el, "EL%u", s.el);
		model_cell(m, s.in_guest ? TONE_WORLD + s.vmid % WORLD_TONES : TONE_DIM, s.in_guest ? "VM %u" : "-",
			   s.vmid);
		model_cell(m, s.state == HYP_CORE_RUNS ? TONE_TEXT : TONE_DIM, "%s", states[s.state]);
		model_cell(m, TONE_ADDRESS, "%llx", (ull)s.pc);
		model_link(m, link_to(HYP_SPACE_VA, i, s.pc));
		model_cell(m, TONE_SYMBOL, "%s", ui_symbol(ui, s.pc, symbol));
	}
}

void model_tower(struct ui *ui, struct model *m)
{
	struct hyp_stall s;

	hyp_core_stall(ui->m, ui->core, &s);
	if (hyp_sysreg_exists(ui->m, ui->core, SR_SCR_EL3))
		el3(ui, m, &s);
	if (hyp_sysreg_exists(ui->m, ui->core, SR_HCR_EL2))
		el2(ui, m, &s);
	el1(ui, m, &s);
	el0(ui, m, &s);
	cores(ui, m);
	transitions(ui, m, s.now);
}

bool keys_tower(struct ui *ui, struct key k)
{
	return false;
}
