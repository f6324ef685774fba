/* Monitor commands that show a part of the machine. */
#include <string.h>

#include "base/bits.h"
#include "cpu/sysreg.h"
#include "debug/explain.h"
#include "debug/gdb_internal.h"

#define ENTRIES_SHOWN 200

typedef unsigned long long ull;

static u64 sysreg(const struct gdb_words *w, enum sysreg r)
{
	u64 value = 0;

	hyp_sysreg(w->g->m, w->g->core, r, &value);
	return value;
}

/* ---- walk ---- */

void gdb_monitor_walk(const struct gdb_words *w)
{
	struct mmu_access a = { .kind = ACCESS_READ };
	struct hyp_core c;
	struct regime r;
	struct walk walk;
	bool ipa = false, ok = true;
	u64 el;

	hyp_core_view(w->g->m, w->g->core, &c);
	el = c.el;
	if (!w->count)
		fputs("walk needs an address\n", w->out);
	if (!w->count || !gdb_value(w, w->word[0], &a.va))
		return;
	for (unsigned i = 1; i < w->count; i++) {
		if (!strcmp(w->word[i], "write"))
			a.kind = ACCESS_WRITE;
		else if (!strcmp(w->word[i], "fetch"))
			a.kind = ACCESS_FETCH;
		else if (!strcmp(w->word[i], "ipa"))
			ipa = true;
		else if (!gdb_named(w, i, "el", &el, &ok) || !ok || el > 3) {
			fprintf(w->out, "'%s' is not known here: write, fetch, ipa, el=0 to el=3 are\n", w->word[i]);
			return;
		}
	}
	a.privileged = el != 0;
	hyp_regime(w->g->m, w->g->core, ipa ? 1 : (unsigned)el, &r);
	if (ipa)
		r.s1.enabled = false; /* then an IPA is what a VA is */
	hyp_walk(w->g->m, w->g->core, &r, &a, &walk);
	explain_walk(w->out, &walk, &r, ipa ? 1 : (unsigned)el);
}

/* ---- tlb ---- */

struct filter {
	bool has_address;
	u64 address, vmid, asid;
};
#define ANY (~0ull)

static bool parse_filter(const struct gdb_words *w, struct filter *f)
{
	bool ok = true;

	for (unsigned i = 0; i < w->count && ok; i++) {
		if (gdb_named(w, i, "vmid", &f->vmid, &ok) || gdb_named(w, i, "asid", &f->asid, &ok))
			continue;
		ok = gdb_value(w, w->word[i], &f->address);
		f->has_address = true;
	}
	return ok;
}

static bool has_vmid(const struct tlb_entry *e)
{
	return e->regime == REGIME_EL10 || e->kind == TLB_S2;
}

static bool fits(const struct filter *f, const struct tlb_entry *e)
{
	if (f->vmid != ANY && (!has_vmid(e) || e->vmid != f->vmid))
		return false;
	if (f->asid != ANY && (e->kind == TLB_S2 || !e->ng || e->asid != f->asid))
		return false;
	return !f->has_address || (f->address ^ e->in) >> e->log2 == 0;
}

static void entry_words(FILE *out, const struct tlb_entry *e)
{
	static const char *const regimes[] = {
		[REGIME_EL10] = "EL1&0", [REGIME_EL20] = "EL2&0", [REGIME_EL2] = "EL2", [REGIME_EL3] = "EL3"
	};
	const struct perms *p = &e->perms;

	fprintf(out, "%-6s%s", e->kind == TLB_S2 ? "S2" : regimes[e->regime], e->secure ? "Secure " : "");
	if (has_vmid(e))
		fprintf(out, "VMID %-5u ", e->vmid);
	if (e->kind != TLB_S2 && e->ng)
		fprintf(out, "ASID %-5u ", e->asid);
	else if (e->kind != TLB_S2)
		fputs("global     ", out);
	fprintf(out, "%s 0x%llx", e->kind == TLB_S2 ? "IPA" : "VA", (ull)e->in);
	if (e->kind != TLB_S2 && e->s2_used)
		fprintf(out, " -> IPA 0x%llx", (ull)e->ipa);
	fprintf(out, " -> PA 0x%llx, 2^%u bytes", (ull)e->out, e->log2);
	if (e->kind != TLB_S2)
		fprintf(out, ", %c%c%c / EL0 %c%c%c", perms_read(p, true) ? 'r' : '-', perms_write(p, true) ? 'w' : '-',
			perms_execute(p, true) ? 'x' : '-', perms_read(p, false) ? 'r' : '-',
			perms_write(p, false) ? 'w' : '-', perms_execute(p, false) ? 'x' : '-');
	fputc('\n', out);
}

void gdb_monitor_tlb(const struct gdb_words *w)
{
	struct filter f = { .vmid = ANY, .asid = ANY };
	const struct tlb_entry *e;
	unsigned at = 0, shown = 0;

	if (!parse_filter(w, &f))
		return;
	while ((e = hyp_tlb_next(w->g->m, w->g->core, &at)))
		if (fits(&f, e) && shown++ < ENTRIES_SHOWN)
			entry_words(w->out, e);
	fprintf(w->out, "core %u: %u entries%s\n", w->g->core, shown,
		shown > ENTRIES_SHOWN ? "; narrow it down to see all" : "");
}

/* ---- gic, lr ---- */

static void irq_words(FILE *out, unsigned intid, const struct hyp_irq *irq)
{
	static const char *const groups[] = { "group 0", "Secure group 1", "group 1" };

	fprintf(out, "INTID %-4u %s%s%s%s%s, priority 0x%02x", intid, irq->enabled ? "enabled " : "disabled ",
		irq->pending ? "pending " : "", irq->active ? "active " : "",
		irq->edge    ? "edge "
		: irq->level ? "level, high; "
			     : "level ",
		groups[irq->group], irq->priority);
	if (intid >= 32 && irq->target >= 0)
		fprintf(out, ", to core %d", irq->target);
	else if (intid >= 32)
		fputs(irq->target == -2 ? ", to any core" : ", to no core", out);
	if (irq->pending)
		fprintf(out, ": %s", irq->obstacle ? irq->obstacle : "signalled");
	fputc('\n', out);
}

void gdb_monitor_gic(const struct gdb_words *w)
{
	struct hyp_irq irq;

	fprintf(w->out,
		"core %u: ICC_PMR_EL1 0x%llx, ICC_RPR_EL1 0x%llx, ICC_IGRPEN0_EL1 %llu, ICC_IGRPEN1_EL1 %llu, "
		"ICC_HPPIR1_EL1 %llu\n",
		w->g->core, (ull)sysreg(w, SR_ICC_PMR_EL1), (ull)sysreg(w, SR_ICC_RPR_EL1),
		(ull)sysreg(w, SR_ICC_IGRPEN0_EL1), (ull)sysreg(w, SR_ICC_IGRPEN1_EL1),
		(ull)sysreg(w, SR_ICC_HPPIR1_EL1));
	for (unsigned i = 0; hyp_irq(w->g->m, w->g->core, i, &irq); i++)
		if (irq.pending || irq.active || (irq.enabled && i >= 16))
			irq_words(w->out, i, &irq);
}

static void lr_words(FILE *out, unsigned n, u64 lr)
{
	static const char *const states[] = { "invalid", "pending", "active", "pending and active" };
	unsigned state = (unsigned)(lr >> 62);

	fprintf(out, "ICH_LR%u_EL2 0x%016llx: %s", n, (ull)lr, states[state]);
	if (lr) {
		fprintf(out, ", vINTID %u, group %llu, priority 0x%02llx", (unsigned)lr, (ull)(lr >> 60 & 1),
			(ull)(lr >> 48 & 0xff));
		if (lr >> 61 & 1)
			fprintf(out, ", physical INTID %llu", (ull)(lr >> 32 & 0x1fff));
		else if (lr >> 41 & 1)
			fputs(", maintenance interrupt at its end", out);
	}
	fputc('\n', out);
}

void gdb_monitor_lr(const struct gdb_words *w)
{
	u64 hcr, lr;

	if (!hyp_sysreg(w->g->m, w->g->core, SR_ICH_HCR_EL2, &hcr)) {
		fputs("there is no EL2\n", w->out);
		return;
	}
	fprintf(w->out,
		"core %u: ICH_HCR_EL2 0x%llx (En %llu), ICH_VMCR_EL2 0x%llx, ICH_MISR_EL2 0x%llx, ICH_ELRSR_EL2 "
		"0x%llx\n",
		w->g->core, (ull)hcr, (ull)(hcr & 1), (ull)sysreg(w, SR_ICH_VMCR_EL2), (ull)sysreg(w, SR_ICH_MISR_EL2),
		(ull)sysreg(w, SR_ICH_ELRSR_EL2));
	for (unsigned n = 0; n < 16; n++)
		if (hyp_sysreg(w->g->m, w->g->core, (enum sysreg)(SR_ICH_LR0_EL2 + n), &lr))
			lr_words(w->out, n, lr);
}

/* ---- smmu ---- */

static void queue_words(FILE *out, const char *name, u64 base, u32 prod, u32 cons)
{
	fprintf(out, "%-14s at 0x%llx, 2^%llu entries, PROD 0x%x, CONS 0x%x\n", name, (ull)(base & 0xfffffffffffe0),
		(ull)(base & 31), prod, cons);
}

void gdb_monitor_smmu(const struct gdb_words *w)
{
	struct hyp_stream stream;
	struct hyp_smmu s;
	unsigned at = 0;

	if (!hyp_smmu(w->g->m, &s)) {
		fputs("this machine has no SMMU: add --iommu smmuv3\n", w->out);
		return;
	}
	fprintf(w->out, "SMMU_CR0 0x%x (%s), GERROR 0x%x, GERRORN 0x%x\n", s.cr0, s.cr0 & 1 ? "enabled" : "disabled",
		s.gerror, s.gerrorn);
	fprintf(w->out, "stream table   at 0x%llx, STRTAB_BASE_CFG 0x%x\n", (ull)(s.strtab_base & 0xfffffffffffc0),
		s.strtab_base_cfg);
	queue_words(w->out, "command queue", s.cmdq_base, s.cmdq_prod, s.cmdq_cons);
	queue_words(w->out, "event queue", s.eventq_base, s.eventq_prod, s.eventq_cons);
	queue_words(w->out, "PRI queue", s.priq_base, s.priq_prod, s.priq_cons);
	while (hyp_smmu_stream(w->g->m, &at, &stream)) {
		fprintf(w->out, stream.is_cd ? "stream 0x%x, substream %u: CD " : "stream 0x%x: STE ", stream.stream,
			stream.substream);
		for (unsigned i = 0; i < 4; i++)
			fprintf(w->out, " %016llx", (ull)stream.word[i]);
		fprintf(w->out, "%s%s\n", stream.why ? "  illegal: " : "", stream.why ? stream.why : "");
	}
}
