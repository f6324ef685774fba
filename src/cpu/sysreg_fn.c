/* System registers that are more than storage: identification under a hypervisor, PSTATE, stack pointers, random
 * numbers. */
#include "cpu/models.h"
#include "cpu/sysreg_row.h"

/* ---- identification ---- */

/* MIDR_EL1 and MPIDR_EL1 as EL1 sees them under EL2: VPIDR_EL2, VMPIDR_EL2. */
static u64 virtual_id(const struct cpu *cpu, enum sysreg physical, enum sysreg virtual)
{
	return cpu->s.p.el == 1 && cpu_el2_enabled(cpu) ? cpu->s.sr[virtual] : cpu->s.sr[physical];
}

/* CCSIDR_EL1 of the cache that CSSELR_EL1 selects; zero for one that is not there. */
static u64 selected_cache(const struct cpu *cpu)
{
	u64 sel = SYS(cpu, CSSELR_EL1);

	switch (sel & 15) {
	case 0: return cpu->model->ccsidr[0];
	case 1: return cpu->model->ccsidr[1];
	case 2: return cpu->model->ccsidr[2];
	default: return 0;
	}
}

/* DCZID_EL0.DZP says whether DC ZVA would trap here. */
static u64 zero_block(const struct cpu *cpu)
{
	u64 hcr = cpu_hcr(cpu);
	unsigned el = cpu->s.p.el;
	bool host = GET(hcr, HCR_EL2, E2H) && GET(hcr, HCR_EL2, TGE);
	bool prohibited = false;

	if (el == 0)
		prohibited = host ? !SYSF(cpu, SCTLR_EL2, DZE) : !SYSF(cpu, SCTLR_EL1, DZE);
	if (el <= 1 && !host)
		prohibited |= GET(hcr, HCR_EL2, TDZ);
	return SYS(cpu, DCZID_EL0) | (u64)prohibited << DCZID_EL0_DZP_LSB;
}

/* ---- interrupts ---- */

/* ISR_EL1: what is pending, virtual at EL1 where HCR_EL2 routes the physical one to EL2. */
static u64 pending(const struct cpu *cpu)
{
	u64 hcr = cpu_hcr(cpu);
	bool el1 = cpu->s.p.el == 1, tge = GET(hcr, HCR_EL2, TGE);
	bool virt_irq = el1 && !tge && GET(hcr, HCR_EL2, IMO), virt_fiq = el1 && !tge && GET(hcr, HCR_EL2, FMO),
	     virt_serror = el1 && !tge && GET(hcr, HCR_EL2, AMO);
	bool irq = virt_irq ? cpu->s.line[LINE_VIRQ] || GET(hcr, HCR_EL2, VI) : cpu->s.line[LINE_IRQ];
	bool fiq = virt_fiq ? cpu->s.line[LINE_VFIQ] || GET(hcr, HCR_EL2, VF) : cpu->s.line[LINE_FIQ];
	bool serror = virt_serror ? GET(hcr, HCR_EL2, VSE) : cpu->s.line[LINE_SERROR];

	return (u64)irq << ISR_EL1_I_LSB | (u64)fiq << ISR_EL1_F_LSB | (u64)serror << ISR_EL1_A_LSB;
}

/* Where DISR_EL1 leads: VDISR_EL2 for a guest with HCR_EL2.AMO; nowhere when SCR_EL3.EA takes SErrors to EL3. */
static enum sysreg deferred_error(const struct cpu *cpu)
{
	if (cpu->s.p.el == 1 && GET(cpu_hcr(cpu), HCR_EL2, AMO))
		return SR_VDISR_EL2;
	return cpu->s.p.el < 3 && cpu->feat.el3 && SYSF(cpu, SCR_EL3, EA) ? SR_COUNT : SR_DISR_EL1;
}

/* ---- random numbers: deterministic, from a state that a snapshot holds ---- */

/* One step of SplitMix64; the state is RNDR's storage, told apart by core. */
static u64 random_number(struct cpu *cpu)
{
	u64 z = SYS(cpu, RNDR) += 0x9e3779b97f4a7c15ull;

	z ^= (u64)cpu->index << 56;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	cpu_set_nzcv(cpu, 0);
	return z ^ z >> 31;
}

/* ---- stack pointers ---- */

/* SP_ELn by its name; the one in use lives in X[REG_SP], but that one is never reached this way (T_SPSEL, access
 * rules). */
static u8 stack_of(enum sysreg r)
{
	return r == SR_SP_EL0 ? 0 : r == SR_SP_EL1 ? 1 : 2;
}

static u64 read_pstate(const struct cpu *cpu, enum sysreg r)
{
	const struct pstate *p = &cpu->s.p;

	switch (r) {
	case SR_CurrentEL: return (u64)p->el << CurrentEL_EL_LSB;
	case SR_SPSel: return p->sp;
	case SR_DAIF: return (u64)p->daif << DAIF_F_LSB;
	case SR_NZCV: return cpu_nzcv(cpu);
	case SR_PAN: return (u64)p->pan << PAN_PAN_LSB;
	case SR_UAO: return (u64)p->uao << UAO_UAO_LSB;
	case SR_DIT: return (u64)p->dit << DIT_DIT_LSB;
	case SR_SSBS: return (u64)p->ssbs << SSBS_SSBS_LSB;
	case SR_TCO: return (u64)p->tco << TCO_TCO_LSB;
	case SR_ALLINT: return (u64)p->allint << ALLINT_ALLINT_LSB;
	default: return 0;
	}
}

u64 sysreg_fn_read(struct cpu *cpu, enum sysreg r)
{
	switch (r) {
	case SR_MIDR_EL1: return virtual_id(cpu, SR_MIDR_EL1, SR_VPIDR_EL2);
	case SR_MPIDR_EL1: return virtual_id(cpu, SR_MPIDR_EL1, SR_VMPIDR_EL2);
	case SR_CCSIDR_EL1: return selected_cache(cpu);
	case SR_DCZID_EL0: return zero_block(cpu);
	case SR_ISR_EL1: return pending(cpu);
	case SR_DISR_EL1: return deferred_error(cpu) == SR_COUNT ? 0 : cpu->s.sr[deferred_error(cpu)];
	case SR_RNDR:
	case SR_RNDRRS: return random_number(cpu);
	case SR_SP_EL0:
	case SR_SP_EL1:
	case SR_SP_EL2: return cpu->s.sp_el[stack_of(r)];
	case SR_DBGCLAIMSET_EL1: /* RAO: all eight tags can be set */ return 0xff;
	case SR_RMR_EL1:
	case SR_RMR_EL2:
	case SR_RMR_EL3:
	case SR_DBGCLAIMCLR_EL1: return cpu->s.sr[r];
	default: return read_pstate(cpu, r);
	}
}

static void write_flag(struct cpu *cpu, u8 *flag, bool value)
{
	*flag = value;
	cpu->context_stale = true;
}

static void write_pstate(struct cpu *cpu, enum sysreg r, u64 value)
{
	struct pstate *p = &cpu->s.p;

	switch (r) {
	case SR_SPSel: cpu_set_el_sp(cpu, p->el, value & 1); break;
	case SR_DAIF:
		p->daif = value >> DAIF_F_LSB & 15;
		cpu_kick(cpu);
		break;
	case SR_NZCV: cpu_set_nzcv(cpu, (u32)value); break;
	case SR_PAN: write_flag(cpu, &p->pan, bit(value, PAN_PAN_LSB)); break;
	case SR_UAO: write_flag(cpu, &p->uao, bit(value, UAO_UAO_LSB)); break;
	case SR_DIT: p->dit = bit(value, DIT_DIT_LSB); break;
	case SR_SSBS: p->ssbs = bit(value, SSBS_SSBS_LSB); break;
	case SR_TCO: p->tco = bit(value, TCO_TCO_LSB); break;
	case SR_ALLINT:
		p->allint = bit(value, ALLINT_ALLINT_LSB);
		cpu_kick(cpu);
		break;
	default: break;
	}
}

void sysreg_fn_write(struct cpu *cpu, enum sysreg r, u64 value)
{
	switch (r) {
	case SR_DISR_EL1:
		if (deferred_error(cpu) != SR_COUNT)
			cpu->s.sr[deferred_error(cpu)] = value;
		break;
	case SR_SP_EL0:
	case SR_SP_EL1:
	case SR_SP_EL2: cpu->s.sp_el[stack_of(r)] = value; break;
	case SR_OSLAR_EL1:
		SYS(cpu, OSLSR_EL1) = deposit(SYS(cpu, OSLSR_EL1), OSLSR_EL1_OSLK_LSB, 1, value & 1);
		cpu->context_stale = true; /* breakpoints, watchpoints, software step */
		break;
	case SR_DBGCLAIMSET_EL1: SYS(cpu, DBGCLAIMCLR_EL1) |= value & 0xff; break;
	case SR_DBGCLAIMCLR_EL1: SYS(cpu, DBGCLAIMCLR_EL1) &= ~(value & 0xff); break;
	case SR_RMR_EL1:
	case SR_RMR_EL2:
	case SR_RMR_EL3: cpu->s.sr[r] = value & ~2ull; break;
	default: write_pstate(cpu, r, value); break;
	}
}

/* ---- MSR (immediate): PSTATE fields by op1:op2. Arm ARM C6.2, "MSR (immediate)" ---- */

enum { DAIF_SET = 6, DAIF_CLEAR = 7 };

/* The register that has the same field, where in it, the lowest EL. */
static const struct pstate_field {
	u8 op1, op2;
	u16 reg; /* enum sysreg */
	u8 lsb, width, el;
} pstate_fields[] = {
	{ 0, 3, SR_UAO, UAO_UAO_LSB, 1, 1 },	      { 0, 4, SR_PAN, PAN_PAN_LSB, 1, 1 },
	{ 0, 5, SR_SPSel, SPSel_SP_LSB, 1, 1 },	      { 1, 0, SR_ALLINT, ALLINT_ALLINT_LSB, 1, 1 },
	{ 3, 1, SR_SSBS, SSBS_SSBS_LSB, 1, 0 },	      { 3, 2, SR_DIT, DIT_DIT_LSB, 1, 0 },
	{ 3, 4, SR_TCO, TCO_TCO_LSB, 1, 0 },	      { 3, DAIF_SET, SR_DAIF, DAIF_F_LSB, 4, 0 },
	{ 3, DAIF_CLEAR, SR_DAIF, DAIF_F_LSB, 4, 0 },
};

static const struct pstate_field *find_pstate_field(unsigned op1, unsigned op2)
{
	for (unsigned i = 0; i < ARRAY_SIZE(pstate_fields); i++) {
		if (pstate_fields[i].op1 == op1 && pstate_fields[i].op2 == op2)
			return &pstate_fields[i];
	}
	return NULL;
}

static bool immediate_allowed(struct cpu *cpu, const struct pstate_field *f, unsigned crm)
{
	struct access a = { SYSREG_KEY(0, f->op1, 4, crm, f->op2), 31, true };

	if (f->reg == SR_DAIF)
		return access_group_allowed(cpu, T_UMA, &a);
	return f->reg != SR_ALLINT || !crm || access_group_allowed(cpu, T_TALLINT, &a);
}

bool sysreg_write_immediate(struct cpu *cpu, unsigned op1, unsigned op2, unsigned crm)
{
	const struct pstate_field *f = find_pstate_field(op1, op2);
	u64 value = crm & 15;

	if (!f || !has_feature(cpu, sysreg_rows[f->reg].a.gate) || cpu->s.p.el < f->el ||
	    (f->reg == SR_ALLINT && crm > 1)) {
		cpu_undefined(cpu);
		return false;
	}
	if (!immediate_allowed(cpu, f, crm))
		return false;
	if (f->reg == SR_DAIF)
		value = op2 == DAIF_SET ? cpu->s.p.daif | value : cpu->s.p.daif & ~value;
	write_pstate(cpu, f->reg, (value & ones(f->width)) << f->lsb);
	return true;
}
