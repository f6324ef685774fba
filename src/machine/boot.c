/*
 * The state in which software finds a core: at the exception level where it starts, with the levels above it set as
 * firmware leaves them (Linux Documentation/arm64/booting.rst states what a kernel may expect).
 */
#include "cpu/features.h"
#include "machine/history.h"
#include "machine/machine.h"

#define BIT(REG, F) (1ull << REG##_##F##_LSB)

/* EL3 opens everything for Non-secure EL2 and EL1, which are in AArch64. */
static void leave_el3(struct cpu *c)
{
	u64 scr = BIT(SCR_EL3, NS) | BIT(SCR_EL3, RW) | BIT(SCR_EL3, HCE) | 1ull << 5 | 1ull << 4; /* RES1 [5:4] */

	if (c->feat.pauth)
		scr |= BIT(SCR_EL3, APK) | BIT(SCR_EL3, API);
	if (c->feat.fgt)
		scr |= BIT(SCR_EL3, FGTEn);
	if (c->feat.ecv)
		scr |= BIT(SCR_EL3, ECVEn);
	if (c->feat.hcx)
		scr |= BIT(SCR_EL3, HXEn);
	if (c->feat.csv2_2)
		scr |= BIT(SCR_EL3, EnSCXT);
	sysreg_poke(c, SR_SCR_EL3, scr);
	sysreg_poke(c, SR_CPTR_EL3, 0);
	sysreg_poke(c, SR_MDCR_EL3, 0);
}

void machine_start_core(struct machine *m, unsigned n, u64 pc, u64 x0)
{
	struct cpu *c = m->core[n];

	cpu_reset(c, m->el, pc);
	if (m->secure && m->el < 3)
		leave_el3(c);
	SYS(c, CNTFRQ_EL0) = CLOCK_CNTFRQ;
	c->s.r.x[0] = x0;
	c->s.halt = CORE_RUNS;
	c->s.time = m->clock.now << 4;
	cpu_context_changed(c);
	timer_update_all(c);
}

static void reset_devices(struct machine *m)
{
	for (unsigned i = 0; i <= m->secure; i++) {
		pl011_reset(&m->uart[i]);
		pl061_reset(&m->gpio[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		flash_reset(&m->flash[i]);
	pl031_reset(&m->rtc);
	fw_cfg_reset(&m->fw_cfg);
	virtio_mmio_reset(&m->virtio);
	pci_host_reset(&m->pcie);
	if (m->smmu) {
		smmu_reset(&m->iommu);
		dma_reset(&m->dma_engine);
	}
}

void machine_reset(struct machine *m, const struct boot *boot)
{
	gic_reset(&m->gic);
	reset_devices(m);
	for (unsigned i = 0; i < m->smp; i++) {
		machine_start_core(m, i, boot->pc, i ? 0 : boot->x0);
		/* Without PSCI to start them, all cores come out of reset together. */
		if (i && m->conduit != CONDUIT_NONE)
			m->core[i]->s.halt = CORE_OFF;
	}
	if (m->secure && m->el < 3)
		gic_boot_nonsecure(&m->gic);
	if (m->conduit != CONDUIT_NONE)
		gic_boot_awake(&m->gic);
	if (m->el == 1)
		gic_boot_el1(&m->gic);
	m->end = HYP_RUNNING;
}

/* Nothing of a translation or of decoded code outlives a reset. */
static void forget_translations(struct cpu *c)
{
	struct tlbi_scope scope = { .op = TLBI_ALL, .any_vmid = true, .ttl_level = -1, .name = "reset" };

	for (unsigned i = 0; i < 2 * REGIME_COUNT; i++) {
		scope.regime = (u8)(i / 2);
		scope.secure = i & 1;
		tlb_invalidate(c->tlb, &scope);
	}
	cpu_flush_host(c);
}

bool machine_restart(struct machine *m)
{
	return !m->no_reboot && hyp_restart(m);
}

bool hyp_restart(struct machine *m)
{
	struct boot boot;

	if (!m->images.load)
		return false;
	history_forget(m);
	for (unsigned i = 0; i < m->smp; i++)
		forget_translations(m->core[i]);
	memory_clear(&m->ram);
	memory_clear(&m->secure_ram);
	if (!m->images.load(m->images.ctx, &boot))
		return false;
	m->round.active = false;
	if (m->clock.now > m->time)
		m->time = m->clock.now;
	m->clock.now = m->time;
	machine_reset(m, &boot);
	return true;
}
