/* System registers; the one that is opened field by field, in words. */
#include <string.h>

#include "base/bits.h"
#include "cpu/sysreg.h"
#include "debug/explain.h"
#include "debug/regs.h"
#include "ui/words.h"

/* What somebody who writes a hypervisor looks at, in this order. */
static const struct {
	const char *title;
	u16 reg[20];
	u8 count;
} groups[] = {
	{ "Hypervisor control",
	  { SR_HCR_EL2, SR_VTTBR_EL2, SR_VTCR_EL2, SR_CPTR_EL2, SR_MDCR_EL2, SR_CNTHCTL_EL2, SR_HSTR_EL2 },
	  7 },
	{ "Exceptions at EL2", { SR_ESR_EL2, SR_FAR_EL2, SR_HPFAR_EL2, SR_ELR_EL2, SR_SPSR_EL2, SR_VBAR_EL2 }, 6 },
	{ "Translation at EL2", { SR_SCTLR_EL2, SR_TCR_EL2, SR_TTBR0_EL2, SR_MAIR_EL2 }, 4 },
	{ "Guest: translation",
	  { SR_SCTLR_EL1, SR_TCR_EL1, SR_TTBR0_EL1, SR_TTBR1_EL1, SR_MAIR_EL1, SR_CONTEXTIDR_EL1, SR_PAR_EL1 },
	  7 },
	{ "Guest: exceptions", { SR_ESR_EL1, SR_FAR_EL1, SR_ELR_EL1, SR_SPSR_EL1, SR_VBAR_EL1, SR_CPACR_EL1 }, 6 },
	{ "Timers",
	  { SR_CNTVOFF_EL2, SR_CNTHP_CTL_EL2, SR_CNTHP_CVAL_EL2, SR_CNTV_CTL_EL0, SR_CNTV_CVAL_EL0, SR_CNTP_CTL_EL0,
	    SR_CNTP_CVAL_EL0 },
	  7 },
	{ "Interrupts", { SR_ICH_HCR_EL2, SR_ICH_VMCR_EL2, SR_ICH_MISR_EL2, SR_ICH_ELRSR_EL2 }, 4 },
	{ "EL3", { SR_SCR_EL3, SR_ESR_EL3, SR_FAR_EL3, SR_ELR_EL3, SR_SPSR_EL3 }, 5 },
};

/* ---- one register ---- */

static void reserved(struct model *m, const struct reg_field *f, u64 v, const char *place)
{
	bool res0 = f->kind == REG_RES0;

	if (res0 ? !v : v == ones(f->width))
		return;
	model_row(m, ROW_CELLS)->indent = 1;
	model_cell(m, TONE_DIM, "%s", place);
	model_cell(m, TONE_DIM, "-");
	model_cell(m, TONE_BAD, "0x%llx", (ull)v);
	model_cell(m, TONE_BAD, res0 ? "RES0, must be written as 0" : "RES1, must be written as 1");
}

static void field(struct model *m, unsigned reg, const struct reg_field *f, u64 value, u64 was, bool compared)
{
	unsigned hi = f->lsb + f->width - 1u;
	u64 v = bits(value, hi, f->lsb);
	const char *words = f->name ? reg_meaning((int)reg, f->name, v) : NULL;
	char place[16];

	snprintf(place, sizeof(place), f->width == 1 ? "[%u]" : "[%u:%u]", f->width == 1 ? f->lsb : hi, f->lsb);
	if (!f->name) {
		reserved(m, f, v, place);
		return;
	}
	if (f->kind == REG_ALSO && !v)
		return;
	model_row(m, ROW_CELLS)->indent = 1;
	model_cell(m, TONE_DIM, "%s", place);
	model_cell(m, v ? TONE_NAME : TONE_DIM, "%s", f->name);
	model_cell(m, tone_of(compared, bits(was, hi, f->lsb), v, v ? TONE_NUMBER : TONE_DIM), "0x%llx", (ull)v);
	model_cell(m, v ? TONE_TEXT : TONE_DIM, "%s%s%s%s", words ? words : "", f->when ? " (" : "",
		   f->when ? f->when : "", f->when ? ")" : "");
}

/* The notes that explain_reg() has after the fields: "meaning: …", "note: …", "warning: …". */
static void notes(struct model *m, const char *name, u64 value)
{
	char text[8192] = "", *rest = text;
	FILE *f = fmemopen(text, sizeof(text), "w");

	if (!f)
		return;
	explain_reg(f, name, value);
	fclose(f);
	for (char *line; (line = strsep(&rest, "\n"));) {
		const char *words = line + strspn(line, " ");

		if (!strncmp(words, "meaning:", 8) || !strncmp(words, "note:", 5) || !strncmp(words, "Attr", 4)) {
			model_line(m, ROW_NOTE, TONE_SYMBOL, "%s", words);
			m->row[m->rows - 1].indent = 1;
		}
	}
}

static void fields(struct ui *ui, struct model *m, unsigned reg, u64 value)
{
	struct reg_field list[REG_FIELDS_MAX];
	bool compared = ui->compare.any && ui->compare.core == ui->core;
	unsigned n = reg_fields((int)reg, list);

	for (unsigned i = 0; i < n; i++)
		field(m, reg, &list[i], value, ui->compare.sysreg[reg], compared);
	notes(m, sysreg_name((enum sysreg)reg), value);
}

/* "VM TGE RW VMID=3": what is set, for the list. */
static void set_fields(struct model *m, unsigned reg, u64 value)
{
	struct reg_field list[REG_FIELDS_MAX];
	unsigned n = reg_fields((int)reg, list);
	char text[256] = "";
	size_t used = 0;

	for (unsigned i = 0; i < n; i++) {
		u64 v = bits(value, list[i].lsb + list[i].width - 1u, list[i].lsb);
		int wrote;

		if (list[i].kind != REG_FIELD || !v || list[i].width > 24)
			continue;
		wrote = snprintf(text + used, sizeof(text) - used,
				 list[i].width == 1 ? "%s%s"
				 : v > 9	    ? "%s%s=0x%llx"
						    : "%s%s=%llx",
				 used ? " " : "", list[i].name, (ull)v);
		if (wrote < 0 || used + (size_t)wrote >= sizeof(text))
			break;
		used += (size_t)wrote;
	}
	model_cell(m, TONE_DIM, "%s", text);
}

static void reg_row(struct ui *ui, struct model *m, unsigned reg)
{
	const char *name = sysreg_name((enum sysreg)reg);
	bool compared = ui->compare.any && ui->compare.core == ui->core, open = ui->sysregs.open == (s32)reg;
	struct row *r;
	u64 value;

	if (!ui_filtered(ui, VIEW_SYSREGS, name) || !hyp_sysreg_exists(ui->m, ui->core, reg))
		return;
	r = model_row(m, ROW_CELLS);
	r->id = reg;
	r->clip = true;
	model_cell(m, open ? TONE_TEXT : TONE_NAME, "%s %s", open ? "\u25be" : "\u25b8", name);
	model_link(m, (struct link){ .kind = LINK_OWN, .value = reg });
	if (!hyp_sysreg(ui->m, ui->core, reg, &value)) {
		model_cell(m, TONE_DIM, "cannot be read");
		return;
	}
	cell_address(ui, m, tone_of(compared, ui->compare.sysreg[reg], value, value ? TONE_NUMBER : TONE_DIM),
		     HYP_SPACE_VA, value);
	if (open)
		fields(ui, m, reg, value);
	else
		set_fields(m, reg, value);
}

/* ---- the list ---- */

static void list_regs(struct ui *ui, struct model *m, unsigned group)
{
	unsigned before;

	model_line(m, ROW_HEAD, TONE_TEXT, "%s", groups[group].title);
	before = m->rows;
	for (unsigned i = 0; i < groups[group].count; i++)
		reg_row(ui, m, groups[group].reg[i]);
	if (m->rows == before)
		m->rows--;
}

void model_sysregs(struct ui *ui, struct model *m)
{
	/* A filter looks through all of them. */
	if (ui->sysregs.all || ui->view[VIEW_SYSREGS].filter[0]) {
		model_line(m, ROW_HEAD, TONE_TEXT, "All system registers (a: only the important ones)");
		for (unsigned r = 0; r < SR_COUNT; r++)
			reg_row(ui, m, r);
	} else {
		for (unsigned g = 0; g < ARRAY_SIZE(groups); g++)
			list_regs(ui, m, g);
		model_line(m, ROW_NOTE, TONE_DIM, "a: all registers; /: find one by name; Enter: its fields in words");
	}
}

bool keys_sysregs(struct ui *ui, struct key k)
{
	struct view_state *v = &ui->view[VIEW_SYSREGS];
	const struct link *l = ui_link(ui, VIEW_SYSREGS);

	if (k.mods)
		return false;
	if (k.code == 'a') {
		ui->sysregs.all = !ui->sysregs.all;
		v->selected = 0;
		v->reveal = true;
		return true;
	}
	if (k.code == KEY_ENTER && l && l->kind == LINK_OWN) {
		ui->sysregs.open = ui->sysregs.open == (s32)l->value ? -1 : (s32)l->value;
		return true;
	}
	return false;
}
