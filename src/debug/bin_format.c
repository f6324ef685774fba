/* The fields of the events that are rare enough to be coded by table. */
#include "debug/bin_format.h"

#define FIELD(type, f, coding, max)                                                                                    \
	{                                                                                                              \
		offsetof(type, f), sizeof(((type *)0)->f), coding, max                                                 \
	}
#define DELTA(f) FIELD(struct event, f, FIELD_DELTA, 0)
#define SMALL(f, max) FIELD(struct event, f, FIELD_SMALL, max)
#define FLAG(f) SMALL(f, 1)
#define NAME(f) FIELD(struct event, f, FIELD_NAME, 0)
#define OPTIONAL(f) FIELD(struct event, f, FIELD_OPTIONAL, 0)

static const struct bin_field exc[] = {
	NAME(exc.vector),  SMALL(exc.from_el, 3), SMALL(exc.to_el, 3), SMALL(exc.crossing, CROSS_HOST),
	DELTA(exc.offset), DELTA(exc.esr),	  DELTA(exc.far),      DELTA(exc.hpfar),
	DELTA(exc.elr),	   DELTA(exc.spsr),	  DELTA(exc.new_pc),   FLAG(exc.has_esr),
	FLAG(exc.has_far), FLAG(exc.has_hpfar),
};
static const struct bin_field eret[] = {
	SMALL(eret.from_el, 3), SMALL(eret.to_el, 3), SMALL(eret.crossing, CROSS_HOST),
	DELTA(eret.spsr),	DELTA(eret.new_pc),   FLAG(eret.illegal),
};
static const struct bin_field tlb[] = {
	SMALL(tlb.regime, 3), SMALL(tlb.kind, 2), SMALL(tlb.level, 255), SMALL(tlb.log2_size, 255),
	FLAG(tlb.ng),	      FLAG(tlb.ns),	  DELTA(tlb.asid),	 DELTA(tlb.vmid),
	DELTA(tlb.in),	      DELTA(tlb.out),	  OPTIONAL(tlb.why),
};
static const struct bin_field tlbi[] = { NAME(tlbi.name), DELTA(tlbi.value), DELTA(tlbi.dropped) };
static const struct bin_field sysreg[] = {
	NAME(sysreg.name),
	FLAG(sysreg.is_write),
	DELTA(sysreg.old),
	DELTA(sysreg.value),
};
static const struct bin_field gic[] = { NAME(gic.what), DELTA(gic.intid), DELTA(gic.target), DELTA(gic.detail) };
static const struct bin_field lr[] = { SMALL(lr.n, 255), DELTA(lr.old), DELTA(lr.value), NAME(lr.why) };
static const struct bin_field smmu[] = {
	SMALL(smmu.what, SMMU_L1CD),
	NAME(smmu.name),
	DELTA(smmu.stream),
	DELTA(smmu.iova),
	DELTA(smmu.pa),
	DELTA(smmu.size),
	FLAG(smmu.is_write),
	SMALL(smmu.word_count, 255),
};
static const struct bin_field hyp[] = {
	NAME(hyp.what), DELTA(hyp.detail[0]), DELTA(hyp.detail[1]), DELTA(hyp.detail[2]), DELTA(hyp.detail[3]),
};
static const struct bin_field mmio[] = {
	NAME(mmio.device),   DELTA(mmio.pa),	  SMALL(mmio.size, 255),
	FLAG(mmio.is_write), FLAG(mmio.is_error), DELTA(mmio.value),
};
static const struct bin_field text[] = { NAME(text.text), DELTA(text.detail) };
static const struct bin_field pci[] = {
	SMALL(pci.what, PCI_COMPLETION),
	SMALL(pci.size, 255),
	FLAG(pci.is_write),
	DELTA(pci.function),
	DELTA(pci.offset),
	OPTIONAL(pci.name),
	DELTA(pci.old),
	DELTA(pci.value),
	DELTA(pci.detail),
};
static const struct bin_field its[] = {
	SMALL(its.what, ITS_MESSAGE),
	NAME(its.name),
	OPTIONAL(its.error),
	DELTA(its.device),
	DELTA(its.event),
	DELTA(its.intid),
	DELTA(its.collection),
	DELTA(its.core),
	DELTA(its.vpe),
	DELTA(its.words[0]),
	DELTA(its.words[1]),
	DELTA(its.words[2]),
	DELTA(its.words[3]),
};

/* Of a walk: the access, the result, the fault; a consumer that wants more reads the steps. */
#define W_DELTA(f) FIELD(struct walk, f, FIELD_DELTA, 0)
#define W_SMALL(f, max) FIELD(struct walk, f, FIELD_SMALL, max)
static const struct bin_field walk[] = {
	W_DELTA(access.va),
	W_SMALL(access.kind, ACCESS_AT_WRITE),
	W_SMALL(access.privileged, 1),
	W_SMALL(access.pan, 1),
	W_SMALL(count, WALK_STEPS_MAX),
	W_SMALL(reads, 255),
	W_SMALL(s1_used, 1),
	W_SMALL(s2_used, 1),
	W_DELTA(va),
	W_DELTA(ipa.v),
	W_DELTA(pa.v),
	W_SMALL(pa.ns, 1),
	W_SMALL(fault.kind, FAULT_DEBUG),
	W_DELTA(fault.level),
	W_SMALL(fault.s2, 1),
	W_SMALL(fault.s1ptw, 1),
	W_SMALL(fault.s2_walk, 1),
	W_SMALL(fault.write, 1),
	W_DELTA(fault.va),
	W_DELTA(fault.ipa.v),
	FIELD(struct walk, fault.why, FIELD_OPTIONAL, 0),
};

#define S_DELTA(f) FIELD(struct walk_step, f, FIELD_DELTA, 0)
#define S_SMALL(f, max) FIELD(struct walk_step, f, FIELD_SMALL, max)
static const struct bin_field step[] = {
	S_SMALL(stage, 2),  S_DELTA(level),	   S_SMALL(kind, STEP_CACHED),
	S_SMALL(nested, 1), S_SMALL(updated, 1),   S_DELTA(input),
	S_DELTA(at_ipa),    S_DELTA(at),	   S_DELTA(desc),
	S_DELTA(output),    S_SMALL(index_hi, 63), S_SMALL(index_lo, 63),
};

#define FIELDS(table)                                                                                                  \
	{                                                                                                              \
		table, ARRAY_SIZE(table)                                                                               \
	}
const struct bin_fields bin_event_fields[EV_KINDS] = {
	[EV_EXC] = FIELDS(exc),		 [EV_ERET] = FIELDS(eret),    [EV_WALK] = FIELDS(walk),
	[EV_TLB_FILL] = FIELDS(tlb),	 [EV_TLB_DROP] = FIELDS(tlb), [EV_TLBI] = FIELDS(tlbi),
	[EV_SYSREG] = FIELDS(sysreg),	 [EV_GIC] = FIELDS(gic),      [EV_LR] = FIELDS(lr),
	[EV_SMMU] = FIELDS(smmu),	 [EV_HYP] = FIELDS(hyp),      [EV_MMIO] = FIELDS(mmio),
	[EV_GUEST_ERROR] = FIELDS(text), [EV_PCI] = FIELDS(pci),      [EV_ITS] = FIELDS(its),
};
const struct bin_fields bin_step_fields = FIELDS(step);

/* Eight bytes at a time, as the file may be long; every byte reaches every bit of the result. */
u32 bin_check(const u8 *data, size_t n)
{
	u64 h = n * 0x9e3779b97f4a7c15ull;

	for (; n >= 8; data += 8, n -= 8) {
		h = (h ^ bin_load(data, 8)) * 0x9fb21c651e98df25ull;
		h ^= h >> 32;
	}
	h = (h ^ bin_load(data, (unsigned)n)) * 0x9fb21c651e98df25ull;
	return (u32)(h ^ h >> 32);
}

u32 bin_registers_check(const u64 *x, const u64 (*z)[EV_INSN_Z_WORDS], u8 nzcv, u64 fpsr)
{
	u32 h = bin_check((const u8 *)x, 31 * sizeof(u64)) + nzcv + (u32)fpsr;

	for (unsigned i = 0; i < 32; i++)
		h = h * 31 + bin_check((const u8 *)z[i], EV_INSN_V_WORDS * sizeof(u64));
	return h;
}
