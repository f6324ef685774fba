#include "machine/state.h"

/* ---- devices ---- */

static void visit_function(struct pci_function *f, unsigned n, const struct state_visitor *v)
{
	STATE_MEMBER(v, "pci-function", n, f, s);
	STATE_MEMBERS(v, "pci-function", n, f, place, drives);
	STATE_MEMBER(v, "pci-function", n, f, drives);
}

static void visit_pcie(struct machine *m, const struct state_visitor *v)
{
	visit_function(&m->pcie.bridge, 0, v);
	for (unsigned i = 0; i < m->pcie.functions; i++)
		visit_function(m->pcie.function[i], i + 1, v);
	STATE_MEMBER(v, "pci-host", 0, &m->pcie, driven);
	for (unsigned i = 0; i < m->virtio_pcis; i++) {
		STATE_MEMBER(v, "virtio-pci", i, &m->virtio_pci[i], s);
		STATE_MEMBER(v, "virtio-pci", i, m->virtio_pci[i].device, s);
	}
	for (unsigned i = 0; i < m->nvmes; i++)
		STATE_MEMBER(v, "nvme", i, &m->nvme[i].nvme, s);
}

static void visit_devices(struct machine *m, const struct state_visitor *v)
{
	for (unsigned i = 0; i < 2; i++) {
		STATE_MEMBER(v, "uart", i, &m->uart[i], s);
		STATE_MEMBER(v, "gpio", i, &m->gpio[i], s);
		STATE_MEMBER(v, "flash", i, &m->flash[i], s);
	}
	STATE_MEMBER(v, "rtc", 0, &m->rtc, s);
	STATE_MEMBER(v, "fw-cfg", 0, &m->fw_cfg, s);
	STATE_MEMBER(v, "rng", 0, &m->rng, state);
	for (unsigned i = VIRTIO_MMIO_COUNT - m->virtio.used; i < VIRTIO_MMIO_COUNT; i++) {
		STATE_MEMBER(v, "virtio-mmio", i, &m->virtio.slot[i], s);
		STATE_MEMBER(v, "virtio-mmio", i, m->virtio.slot[i].device, s);
	}
	visit_pcie(m, v);
	if (!m->smmu)
		return;
	smmu_visit(&m->iommu, v);
	STATE_MEMBERS(v, "dma", 0, &m->dma_engine, ctrl, port);
}

/* ---- the whole ---- */

static void visit_board(struct machine *m, const struct state_visitor *v)
{
	STATE_MEMBERS(v, "clock", 0, &m->clock, now, per_tick);
	STATE_MEMBERS(v, "run", 0, m, time, running);
	STATE_MEMBERS(v, "run", 0, m, end, points);
	STATE_MEMBER(v, "run", 0, m, alone_core);
}

void machine_state_visit(struct machine *m, const struct state_visitor *v)
{
	visit_board(m, v);
	for (unsigned i = 0; i < m->smp; i++)
		cpu_visit(m->core[i], v);
	gic_visit(&m->gic, v);
	visit_devices(m, v);
}

void machine_state_restored(struct machine *m)
{
	for (unsigned i = 0; i < 2; i++)
		flash_show(&m->flash[i]);
	pci_host_restored(&m->pcie);
	if (m->smmu)
		smmu_restored(&m->iommu);
	for (unsigned i = 0; i < m->smp; i++)
		cpu_restored(m->core[i]);
	m->points.hit.any = false;
	m->step_core = -1;
}

bool machine_memory(struct machine *m, unsigned n, struct state_memory *out)
{
	const struct state_memory memory[] = {
		{ "ram", m->ram.bytes, m->ram.size },
		{ "flash0", m->flash_data[0].bytes, m->flash_data[0].size },
		{ "flash1", m->flash_data[1].bytes, m->flash_data[1].size },
		{ "secure-ram", m->secure_ram.bytes, m->secure_ram.size },
	};

	if (n >= (m->secure_ram.size ? 4u : 3u))
		return false;
	*out = memory[n];
	return true;
}
