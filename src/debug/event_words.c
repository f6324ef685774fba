/*
 * One event as text. The first line of each starts with the time and the place: cycle, core, EL and security state,
 * VMID and ASID; what follows is indented.
 */
#include "debug/event_words.h"

#include <string.h>

#include "base/bits.h"
#include "cpu/cpu.h"
#include "debug/device_words.h"
#include "debug/disasm.h"
#include "debug/explain.h"
#include "debug/smmu_words.h"

typedef unsigned long long ull;

static void place(FILE *out, const struct event *e)
{
	bool is_insn = e->kind == EV_INSN;
	bool secure = is_insn ? e->insn.secure : e->secure;

	fprintf(out, "%12llu ", (ull)e->cycle);
	if (e->core < 0)
		fprintf(out, "%-15s ", "machine");
	else
		fprintf(out, "c%d EL%u%c v%-3u a%-3u ", e->core, is_insn ? e->insn.el : e->el, secure ? 's' : ' ',
			e->vmid, e->asid);
}

#define INDENT "                             "

/* ---- instructions and memory ---- */

/* As the Arm ARM writes them: bit 127 first. */
static void vector_words(FILE *out, const struct ev_insn *i)
{
	for (u32 set = i->changed_v; set; set &= set - 1) {
		const u64 *z = i->z[__builtin_ctz(set)];

		fprintf(out, " v%d=0x%016llx%016llx", __builtin_ctz(set), (ull)z[1], (ull)z[0]);
	}
	if (bit(i->changed, EV_INSN_FPSR))
		fprintf(out, " fpsr=0x%llx", (ull)i->fpsr);
	if (bit(i->changed, EV_INSN_FPCR))
		fprintf(out, " fpcr=0x%llx", (ull)i->fpcr);
}

static void insn(FILE *out, const struct event *e, struct disasm_cache *cache)
{
	const struct ev_insn *i = &e->insn;
	char text[DISASM_MAX];

	fprintf(out, "%016llx %08x  %-36s", (ull)i->pc, i->word, disasm_cached(cache, text, i->pc, i->word));
	for (u32 set = i->changed & ((1u << EV_INSN_SP) - 1); set; set &= set - 1)
		fprintf(out, " x%d=0x%llx", __builtin_ctz(set), (ull)i->x[__builtin_ctz(set)]);
	if (bit(i->changed, EV_INSN_SP))
		fprintf(out, " sp=0x%llx", (ull)i->sp);
	vector_words(out, i);
	if (bit(i->changed, EV_INSN_NZCV))
		fprintf(out, " nzcv=%u%u%u%u", i->nzcv >> 3 & 1, i->nzcv >> 2 & 1, i->nzcv >> 1 & 1, i->nzcv & 1);
	fputc('\n', out);
}

static void mem(FILE *out, const struct event *e)
{
	const struct ev_mem *m = &e->mem;

	fprintf(out, "%s %u VA 0x%llx", m->is_write ? "write" : "read", m->size, (ull)m->va);
	if (m->has_ipa)
		fprintf(out, " IPA 0x%llx", (ull)m->ipa);
	fprintf(out, " PA 0x%llx%s = 0x%llx", (ull)m->pa, m->is_device ? " (device)" : "", (ull)m->value[0]);
	if (m->size > 8)
		fprintf(out, " 0x%llx", (ull)m->value[1]);
	fputc('\n', out);
}

static void mmio(FILE *out, const struct event *e)
{
	const struct ev_mmio *m = &e->mmio;

	fprintf(out, "mmio %s %u %s PA 0x%llx", m->is_write ? "write" : "read", m->size, m->device, (ull)m->pa);
	if (m->is_error)
		fputs(": bus error\n", out);
	else
		fprintf(out, " = 0x%llx\n", (ull)m->value);
}

/* ---- exceptions ---- */

static void pstate_words(FILE *out, u64 spsr)
{
	static const char daif[] = "DAIF";

	if (bit(spsr, 4)) {
		fputs("AArch32", out);
		return;
	}
	fprintf(out, "EL%u%c", (unsigned)bits(spsr, 3, 2), bit(spsr, 0) ? 'h' : 't');
	for (unsigned i = 0; i < 4; i++)
		fputc(bit(spsr, 9 - i) ? daif[i] : '-', out);
}

static void exc(FILE *out, const struct event *e)
{
	const struct ev_exc *x = &e->exc;

	if (x->crossing == CROSS_VM)
		fputs("VM EXIT, ", out);
	fprintf(out, "EXCEPTION %s EL%u -> EL%u, VBAR_EL%u+0x%03x = 0x%llx", x->vector, x->from_el, x->to_el, x->to_el,
		x->offset, (ull)x->new_pc);
	if (x->has_esr) {
		fputs(": ", out);
		esr_words(out, x->esr);
	}
	fprintf(out, "\n" INDENT "ELR_EL%u=0x%llx SPSR_EL%u=0x%llx (", x->to_el, (ull)x->elr, x->to_el, (ull)x->spsr);
	pstate_words(out, x->spsr);
	fputc(')', out);
	if (x->has_esr)
		fprintf(out, " ESR_EL%u=0x%llx", x->to_el, (ull)x->esr);
	if (x->has_far)
		fprintf(out, " FAR_EL%u=0x%llx", x->to_el, (ull)x->far);
	if (x->has_hpfar)
		fprintf(out, " HPFAR_EL2=0x%llx (IPA page 0x%llx)", (ull)x->hpfar, (ull)(bits(x->hpfar, 43, 4) << 12));
	fputc('\n', out);
}

static void eret(FILE *out, const struct event *e)
{
	const struct ev_eret *x = &e->eret;

	if (x->crossing == CROSS_VM)
		fputs("VM ENTRY, ", out);
	fprintf(out, "ERET EL%u -> EL%u at 0x%llx, SPSR=0x%llx (", x->from_el, x->to_el, (ull)x->new_pc, (ull)x->spsr);
	pstate_words(out, x->spsr);
	fprintf(out, ")%s\n", x->illegal ? ": ILLEGAL exception return, PSTATE.IL set" : "");
}

/* ---- translation ---- */

static void walk(FILE *out, const struct event *e)
{
	const struct walk *w = e->walk;

	fputs("walk ", out);
	walk_result_words(out, w);
	fputc('\n', out);
	for (unsigned i = 0; i < w->count; i++) {
		fprintf(out, INDENT "%2u ", i + 1);
		walk_step_words(out, &w->step[i], w, NULL);
		fputc('\n', out);
	}
}

static void tlb(FILE *out, const struct event *e)
{
	static const char *const regimes[] = { "EL1&0", "EL2&0", "EL2", "EL3" };
	const struct ev_tlb *t = &e->tlb;

	fprintf(out, "tlb %s %s 0x%llx -> 0x%llx%s, %s", e->kind == EV_TLB_FILL ? "fill" : "drop",
		t->kind == TLB_S2 ? "IPA" : "VA", (ull)t->in, (ull)t->out, t->ns ? "" : " (Secure)",
		regimes[t->regime & 3]);
	if (t->regime == REGIME_EL10)
		fprintf(out, " VMID %u", t->vmid);
	if (t->kind != TLB_S2 && t->regime <= REGIME_EL20) {
		if (t->ng)
			fprintf(out, " ASID %u", t->asid);
		else
			fputs(" global", out);
	}
	fprintf(out, ", level %d, 2^%u bytes", (s8)t->level, t->log2_size);
	if (t->why)
		fprintf(out, " (%s)", t->why);
	fputc('\n', out);
}

static void tlbi(FILE *out, const struct event *e)
{
	fprintf(out, "tlbi %s 0x%llx: %u %s dropped\n", e->tlbi.name, (ull)e->tlbi.value, e->tlbi.dropped,
		e->tlbi.dropped == 1 ? "entry" : "entries");
}

/* ---- registers, interrupts, DMA ---- */

static void sysreg(FILE *out, const struct event *e)
{
	const struct ev_sysreg *s = &e->sysreg;

	if (!s->is_write) {
		fprintf(out, "mrs %s = 0x%llx\n", s->name, (ull)s->value);
		return;
	}
	fprintf(out, "msr %s 0x%llx -> 0x%llx", s->name, (ull)s->old, (ull)s->value);
	if (s->old != s->value) {
		fputs("  ", out);
		reg_change_words(out, s->name, s->old, s->value);
	}
	fputc('\n', out);
}

static void gic(FILE *out, const struct event *e)
{
	fprintf(out, "gic %s INTID %u", e->gic.what, e->gic.intid);
	if (e->gic.target >= 0)
		fprintf(out, " core %d", e->gic.target);
	if (e->gic.detail)
		fprintf(out, " (0x%llx)", (ull)e->gic.detail);
	fputc('\n', out);
}

static void lr_words(FILE *out, u64 v)
{
	static const char *const states[] = { "inactive", "pending", "active", "pending+active" };

	fprintf(out, "%s vINTID %llu %s prio 0x%02llx", states[bits(v, 63, 62)], (ull)bits(v, 31, 0),
		bit(v, 60) ? "IRQ" : "FIQ", (ull)bits(v, 55, 48));
	if (bit(v, 61))
		fprintf(out, " HW pINTID %llu", (ull)bits(v, 44, 32));
	else if (bit(v, 41))
		fputs(" EOI", out);
}

static void lr(FILE *out, const struct event *e)
{
	fprintf(out, "ICH_LR%u_EL2 by %s: 0x%llx (", e->lr.n, e->lr.why, (ull)e->lr.old);
	lr_words(out, e->lr.old);
	fprintf(out, ") -> 0x%llx (", (ull)e->lr.value);
	lr_words(out, e->lr.value);
	fputs(")\n", out);
}

/* F_TRANSLATION, F_ADDR_SIZE, F_ACCESS, F_PERMISSION. */
static bool has_address(const u64 *record)
{
	return bits(record[0], 7, 2) == 4;
}

/* Which explanation fits the words of an SMMU event; NULL: they are shown as they are. */
static void (*words_of(const struct ev_smmu *s))(FILE *, const u64 *)
{
	switch (s->what) {
	case SMMU_STE: return s->word_count >= 4 ? ste_words : NULL;
	case SMMU_CD: return s->word_count >= 3 ? cd_words : NULL;
	case SMMU_EVENT: return s->word_count >= 4 && has_address(s->words) ? smmu_event_words : NULL;
	default: return NULL;
	}
}

static void smmu(FILE *out, const struct event *e)
{
	const struct ev_smmu *s = &e->smmu;

	if (s->what == SMMU_COMMAND && s->words && s->word_count == 2) {
		fprintf(out, "smmu %s", s->name);
		smmu_command_words(out, s->words);
		fputc('\n', out);
		return;
	}
	fprintf(out, "smmu %s stream 0x%x", s->name, s->stream);
	if (s->what == SMMU_TRANSLATE)
		fprintf(out, " %s IOVA 0x%llx -> PA 0x%llx", s->is_write ? "write" : "read", (ull)s->iova, (ull)s->pa);
	if (s->size)
		fprintf(out, ", %u bytes", s->size);
	for (unsigned i = 0; s->words && i < s->word_count; i++)
		fprintf(out, " %016llx", (ull)s->words[i]);
	if (s->words && words_of(s)) {
		fputs("\n" INDENT, out);
		words_of(s)(out, s->words);
	}
	fputc('\n', out);
}

/* What the detail words of an EV_HYP mean depends on what happened. */
static void vm_exit(FILE *out, const u64 *d)
{
	static const char *const kinds[] = { [EXC_IRQ] = "IRQ", [EXC_FIQ] = "FIQ", [EXC_SERROR] = "SError" };

	fprintf(out, "VM EXIT from 0x%llx: ", (ull)d[2]);
	if (d[0] == EXC_SYNC)
		esr_words(out, d[1]);
	else
		fputs(d[0] < ARRAY_SIZE(kinds) && kinds[d[0]] ? kinds[d[0]] : "unknown", out);
	if (d[3])
		fprintf(out, ", IPA 0x%llx", (ull)d[3]);
}

static void vm_entry(FILE *out, const u64 *d)
{
	fprintf(out, "VM ENTRY at 0x%llx (", (ull)d[0]);
	pstate_words(out, d[1]);
	fprintf(out, "), VMID %llu, stage-2 table 0x%llx", (ull)(d[2] >> 48), (ull)(d[2] & 0xfffffffffffeull));
}

static void world_switch(FILE *out, const u64 *d)
{
	fprintf(out, "WORLD SWITCH from VMID %llu, table 0x%llx to VMID %llu, table 0x%llx", (ull)(d[0] >> 48),
		(ull)(d[0] & 0xfffffffffffeull), (ull)(d[1] >> 48), (ull)(d[1] & 0xfffffffffffeull));
}

static void hyp(FILE *out, const struct event *e)
{
	static const struct {
		const char *what;
		void (*words)(FILE *, const u64 *);
	} kinds[] = { { "vm-exit", vm_exit }, { "vm-entry", vm_entry }, { "world-switch", world_switch } };
	const u64 *d = e->hyp.detail;
	unsigned i = 0;

	while (i < ARRAY_SIZE(kinds) && strcmp(kinds[i].what, e->hyp.what))
		i++;
	if (i < ARRAY_SIZE(kinds))
		kinds[i].words(out, d);
	else
		fprintf(out, "firmware call %s 0x%llx 0x%llx 0x%llx", e->hyp.what, (ull)d[0], (ull)d[1], (ull)d[2]);
	fputc('\n', out);
}

static void guest_error(FILE *out, const struct event *e)
{
	fprintf(out, "guest error: %s (0x%llx)\n", e->text.text, (ull)e->text.detail);
}

static void pci(FILE *out, const struct event *e)
{
	pci_words(out, &e->pci);
	fputc('\n', out);
}

static void its(FILE *out, const struct event *e)
{
	its_words(out, &e->its);
	fputc('\n', out);
}

static void (*const writers[EV_KINDS])(FILE *, const struct event *) = {
	[EV_MEM] = mem,	     [EV_EXC] = exc,
	[EV_ERET] = eret,    [EV_WALK] = walk,
	[EV_TLB_FILL] = tlb, [EV_TLB_DROP] = tlb,
	[EV_TLBI] = tlbi,    [EV_SYSREG] = sysreg,
	[EV_GIC] = gic,	     [EV_LR] = lr,
	[EV_SMMU] = smmu,    [EV_HYP] = hyp,
	[EV_MMIO] = mmio,    [EV_GUEST_ERROR] = guest_error,
	[EV_PCI] = pci,	     [EV_ITS] = its,
};

void event_body_words(FILE *out, const struct event *e)
{
	writers[e->kind](out, e);
}

void event_words(FILE *out, const struct event *e, struct disasm_cache *cache)
{
	place(out, e);
	if (e->kind == EV_INSN)
		insn(out, e, cache);
	else
		writers[e->kind](out, e);
}
