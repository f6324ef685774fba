#include "lab/events.h"

#include "base/bits.h"

#define DFSC 0x3fu

static bool is_abort(u64 ec)
{
	return (ec & 0x3e) == 0x20 || (ec & 0x3e) == 0x24;
}

/* exception: to, from, ec, iss, imm (of HVC, SMC, SVC), fsc (of aborts), vector (offset), ipa. */
static bool see_exception(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	const struct ev_exc *x = &e->exc;
	u64 ec = x->has_esr ? bits(x->esr, 31, 26) : ~0ull;

	s[0].number = x->to_el;
	s[1].number = x->from_el;
	s[2].number = ec;
	s[3].number = x->has_esr ? bits(x->esr, 24, 0) : ~0ull;
	s[4].number = x->has_esr ? bits(x->esr, 15, 0) : ~0ull;
	s[5].number = x->has_esr && is_abort(ec) ? x->esr & DFSC : ~0ull;
	s[6].number = x->offset;
	s[7].number = x->has_hpfar ? bits(x->hpfar, 43, 4) << 12 : ~0ull;
	s[8].text = x->vector;
	return true;
}

/* eret: to, from, spsr, pc, illegal. */
static bool see_eret(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].number = e->eret.to_el;
	s[1].number = e->eret.from_el;
	s[2].number = e->eret.spsr;
	s[3].number = e->eret.new_pc;
	s[4].number = e->eret.illegal;
	return true;
}

static bool see_tlbi(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].text = e->tlbi.name;
	s[1].number = e->tlbi.value;
	s[2].number = e->tlbi.dropped;
	s[3].number = e->vmid;
	return true;
}

static bool see_msr(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].text = e->sysreg.name;
	s[1].number = e->sysreg.value;
	s[2].number = e->el;
	return e->sysreg.is_write;
}

/* A list register's change of state: n, why (write, ack, eoi, deactivate), intid. */
static bool see_lr(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].number = e->lr.n;
	s[1].text = e->lr.why;
	s[2].number = bits(e->lr.value, 31, 0);
	s[3].number = bits(e->lr.value, 63, 62);
	return true;
}

static bool see_gic(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].text = e->gic.what;
	s[1].number = e->gic.intid;
	return true;
}

static bool see_dma(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].number = e->smmu.stream;
	s[1].number = e->smmu.iova;
	s[2].number = e->smmu.pa;
	s[3].number = e->smmu.is_write;
	return e->smmu.what == SMMU_TRANSLATE;
}

/* A record in the SMMU's event queue: number, stream. */
static bool see_smmu_event(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].number = e->smmu.words ? bits(e->smmu.words[0], 7, 0) : ~0ull;
	s[1].number = e->smmu.stream;
	return e->smmu.what == SMMU_EVENT;
}

static bool see_smmu_command(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].text = e->smmu.name;
	s[1].number = e->smmu.words ? bits(e->smmu.words[0], 63, 32) : ~0ull;
	return e->smmu.what == SMMU_COMMAND;
}

static bool see_mmio(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].text = e->mmio.device;
	s[1].number = e->mmio.pa;
	s[2].number = e->mmio.is_write;
	s[3].number = e->el;
	return true;
}

static bool see_hyp(const struct event *e, struct lab_seen s[LAB_KEYS_MAX])
{
	s[0].text = e->hyp.what;
	return true;
}

static const struct lab_event_type types[] = {
	{ "exception", EV_EXC, { "to", "from", "ec", "iss", "imm", "fsc", "vector", "ipa", "kind" }, see_exception },
	{ "eret", EV_ERET, { "to", "from", "spsr", "pc", "illegal" }, see_eret },
	{ "tlbi", EV_TLBI, { "name", "value", "dropped", "vmid" }, see_tlbi },
	{ "msr", EV_SYSREG, { "name", "value", "el" }, see_msr },
	{ "lr", EV_LR, { "n", "why", "intid", "state" }, see_lr },
	{ "gic", EV_GIC, { "what", "intid" }, see_gic },
	{ "dma", EV_SMMU, { "stream", "iova", "pa", "write" }, see_dma },
	{ "smmu_event", EV_SMMU, { "number", "stream" }, see_smmu_event },
	{ "smmu_command", EV_SMMU, { "name", "high" }, see_smmu_command },
	{ "mmio", EV_MMIO, { "device", "pa", "write", "el" }, see_mmio },
	{ "hyp", EV_HYP, { "what" }, see_hyp },
};

const struct lab_event_type *lab_event_type(unsigned i)
{
	return i < ARRAY_SIZE(types) ? &types[i] : NULL;
}
