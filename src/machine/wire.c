/*
 * Who is connected to whom: regions of the bus, interrupt lines, a core's ports. Addresses and interrupt numbers come
 * from map.def.
 */
#include <string.h>

#include "cpu/engine.h"
#include "machine/history.h"
#include "machine/map.h"

/* ---- the bus ---- */

/* DMA, loaders and debuggers write behind the cores' backs. */
static void on_code_written(void *ctx, u64 at, unsigned size)
{
	struct machine *m = ctx;

	if (m->core[0] && m->core[0]->code)
		code_written(m->core[0], at, size);
}

/* Host pointers go; decoded pages may stay: they are found again only where the bus has the same bytes. */
static void on_host_changed(void *ctx, u64 base, u64 size)
{
	struct machine *m = ctx;

	for (unsigned i = 0; i < m->smp; i++)
		if (m->core[i] && m->core[i]->code) {
			host_flush(m->core[i]);
			m->core[i]->cur_gone = true;
		}
}

static void add_memory(struct machine *m, const char *name, u64 base, const struct memory *mem, bool secure)
{
	bus_add(&m->bus, &(struct bus_region){ .name = name,
					       .base = base,
					       .size = mem->size,
					       .kind = BUS_RAM,
					       .secure_only = secure,
					       .host = mem->bytes });
}

static void add_device(struct machine *m, const char *name, u64 base, u64 size, const struct bus_device_ops *ops,
		       void *ctx)
{
	bus_add(&m->bus,
		&(struct bus_region){
			.name = name, .base = base, .size = size, .kind = BUS_DEVICE, .ops = ops, .ctx = ctx });
}
#define ADD_DEVICE(m, name, NAME, ops, ctx) add_device(m, name, MAP_##NAME##_BASE, MAP_##NAME##_SIZE, ops, ctx)

void wire_bus(struct machine *m)
{
	add_memory(m, "ram", MAP_RAM_BASE, &m->ram, false);
	if (m->secure)
		add_memory(m, "secure-ram", MAP_SECURE_RAM_BASE, &m->secure_ram, true);
	m->bus.code_written = on_code_written;
	m->bus.code_ctx = m;
	m->bus.host_changed = on_host_changed;
	m->bus.host_ctx = m;
}

/* ---- interrupts ---- */

/* A line of core n's from the GIC: `which` is the same in enum gic_output and enum cpu_line. */
static void set_core_line(struct cpu *c, unsigned which, bool level)
{
	c->s.line[which] = level;
	if (!level)
		return;
	if ((c->s.halt == CORE_WFI || c->s.halt == CORE_WFE) && cpu_can_wake(c)) {
		c->s.halt = CORE_RUNS;
		if (c->s.time >> 4 < c->clock->now)
			c->s.time = c->clock->now << 4;
	}
	cpu_kick(c);
}

static void on_core_line(void *ctx, unsigned n, bool level)
{
	struct machine *m = ctx;
	struct cpu *c = m->core[n / GIC_OUTPUTS];

	if (c && c->s.line[n % GIC_OUTPUTS] != level)
		set_core_line(c, n % GIC_OUTPUTS, level);
}

_Static_assert((int)GIC_IRQ == LINE_IRQ && (int)GIC_FIQ == LINE_FIQ && (int)GIC_VIRQ == LINE_VIRQ &&
		       (int)GIC_VFIQ == LINE_VFIQ,
	       "the GIC's outputs and the core's inputs are numbered alike");
_Static_assert((int)GIC_OK == PORT_OK && (int)GIC_UNDEF == PORT_UNDEF && (int)GIC_TRAP_EL2 == PORT_TRAP_EL2 &&
		       (int)GIC_TRAP_EL3 == PORT_TRAP_EL3,
	       "results of register accesses are numbered alike");

void wire_gic(struct machine *m)
{
	struct gic_config cfg = { .cores = m->smp,
				  .spis = 224, /* INTIDs up to 255, as on `virt` */
				  .list_registers = m->virtualization ? m->model.list_registers : 0,
				  .pri_bits = m->model.gic_priority_bits,
				  .vpri_bits = m->model.gic_priority_bits,
				  .vpre_bits = m->model.gic_priority_bits < 7 ? m->model.gic_priority_bits : 7,
				  .security = m->secure,
				  .maintenance = PPI_GIC_MAINTENANCE,
				  .lpis = m->its,
				  .v4 = m->gic_v4,
				  .bus = &m->bus,
				  .trace = &m->trace };

	for (unsigned i = 0; i < m->smp; i++) {
		cfg.affinity[i] = map_affinity(i);
		for (unsigned out = 0; out < GIC_OUTPUTS; out++)
			cfg.out[i][out] = (struct line){ on_core_line, m, i * GIC_OUTPUTS + out };
	}
	gic_init(&m->gic, &cfg);
	ADD_DEVICE(m, "gicd", GICD, &gic_dist_ops, &m->gic);
	add_device(m, "gicr", MAP_GICR_BASE, gic_redist_size(&cfg) * m->smp, &gic_redist_ops, &m->gic);
	if (!m->its)
		return;
	add_device(m, "its", MAP_ITS_BASE, GITS_SIZE, &gic_its_ops, &m->gic);
	bus_add(&m->bus, &(struct bus_region){ .name = "its-translation",
					       .base = MAP_ITS_BASE + GITS_SIZE,
					       .size = GITS_SIZE,
					       .kind = BUS_MSI,
					       .ops = &gic_its_translation_ops,
					       .ctx = &m->gic });
}

/* ---- devices ---- */

static void on_uart_out(void *ctx, u8 byte)
{
	struct machine *m = ctx;

	if (m->console_out && !history_repeats(m))
		m->console_out(m->host_ctx, 0, byte);
}

static void on_secure_uart_out(void *ctx, u8 byte)
{
	struct machine *m = ctx;

	if (m->console_out && !history_repeats(m))
		m->console_out(m->host_ctx, 1, byte);
}

static void wire_uarts(struct machine *m)
{
	pl011_init(&m->uart[0], &m->clock);
	m->uart[0].irq = gic_spi(&m->gic, SPI(MAP_UART_SPI));
	m->uart[0].out = on_uart_out;
	m->uart[0].out_ctx = m;
	ADD_DEVICE(m, "uart", UART, &pl011_ops, &m->uart[0]);
	if (!m->secure)
		return;
	pl011_init(&m->uart[1], &m->clock);
	m->uart[1].irq = gic_spi(&m->gic, SPI(MAP_SECURE_UART_SPI));
	m->uart[1].out = on_secure_uart_out;
	m->uart[1].out_ctx = m;
	bus_add(&m->bus, &(struct bus_region){ .name = "secure-uart",
					       .base = MAP_SECURE_UART_BASE,
					       .size = MAP_SECURE_UART_SIZE,
					       .kind = BUS_DEVICE,
					       .secure_only = true,
					       .ops = &pl011_ops,
					       .ctx = &m->uart[1] });
}

/* What the real-time clock says at cycle 0: the start of 2024, as the host's time would make runs differ. */
#define EPOCH 1704067200u

static void wire_rtc(struct machine *m)
{
	pl031_init(&m->rtc, &m->clock, EPOCH);
	m->rtc.irq = gic_spi(&m->gic, SPI(MAP_RTC_SPI));
	ADD_DEVICE(m, "rtc", RTC, &pl031_ops, &m->rtc);
}

/* The Secure GPIO's outputs: 0 powers off, 1 resets. */
static void on_secure_pin(void *ctx, unsigned n, bool level)
{
	if (level)
		machine_end(ctx, n ? HYP_RESET : HYP_POWER_OFF);
}

static void wire_gpio(struct machine *m)
{
	pl061_init(&m->gpio[0], &m->clock);
	m->gpio[0].irq = gic_spi(&m->gic, SPI(MAP_GPIO_SPI));
	ADD_DEVICE(m, "gpio", GPIO, &pl061_ops, &m->gpio[0]);
	if (!m->secure)
		return;
	pl061_init(&m->gpio[1], &m->clock);
	m->gpio[1].irq = gic_spi(&m->gic, SPI(MAP_SECURE_GPIO_SPI));
	for (unsigned i = 0; i < 2; i++)
		m->gpio[1].out[i] = (struct line){ on_secure_pin, m, i };
	bus_add(&m->bus, &(struct bus_region){ .name = "secure-gpio",
					       .base = MAP_SECURE_GPIO_BASE,
					       .size = MAP_SECURE_GPIO_SIZE,
					       .kind = BUS_DEVICE,
					       .secure_only = true,
					       .ops = &pl061_ops,
					       .ctx = &m->gpio[1] });
}

static void wire_flash(struct machine *m)
{
	static const char *const names[2] = { "flash0", "flash1" };

	for (unsigned i = 0; i < 2; i++) {
		u64 base = i ? MAP_FLASH1_BASE : MAP_FLASH0_BASE;

		flash_init(&m->flash[i], &m->bus, base, m->flash_data[i].bytes);
		bus_add(&m->bus, &(struct bus_region){ .name = names[i],
						       .base = base,
						       .size = FLASH_BANK_SIZE,
						       .kind = BUS_DEVICE,
						       .secure_only = i == 0 && m->secure,
						       .host = m->flash_data[i].bytes,
						       .ops = &flash_ops,
						       .ctx = &m->flash[i] });
	}
}

static void wire_fw_cfg(struct machine *m)
{
	static const u8 no_uuid[16];

	fw_cfg_init(&m->fw_cfg, &m->bus);
	fw_cfg_add_number(&m->fw_cfg, FW_CFG_RAM_SIZE, m->mem, 8);
	fw_cfg_add(&m->fw_cfg, FW_CFG_UUID, no_uuid, sizeof(no_uuid));
	fw_cfg_add_number(&m->fw_cfg, FW_CFG_NOGRAPHIC, 0, 2);
	fw_cfg_add_number(&m->fw_cfg, FW_CFG_BOOT_MENU, 0, 2);
	fw_cfg_add_number(&m->fw_cfg, FW_CFG_NB_CPUS, m->smp, 2);
	fw_cfg_add_number(&m->fw_cfg, FW_CFG_MAX_CPUS, m->smp, 2);
	fw_cfg_add_number(&m->fw_cfg, FW_CFG_KERNEL_SIZE, 0, 4);
	fw_cfg_add_number(&m->fw_cfg, FW_CFG_INITRD_SIZE, 0, 4);
	fw_cfg_add_number(&m->fw_cfg, FW_CFG_CMDLINE_SIZE, 0, 4);
	ADD_DEVICE(m, "fw-cfg", FW_CFG, &fw_cfg_ops, &m->fw_cfg);
}

/* Before the SMMU is there: a device's port is a reference to the host's. */
static void wire_pcie(struct machine *m)
{
	struct pci_host *h = &m->pcie;

	h->trace = &m->trace;
	h->upstream =
		m->smmu ? (struct dma_port){ &m->iommu, smmu_access } : (struct dma_port){ &m->bus, bus_dma_access };
	for (unsigned i = 0; i < 4; i++)
		h->line[i] = gic_spi(&m->gic, SPI(MAP_PCIE_ECAM_SPI + i));
	h->intid = SPI(MAP_PCIE_ECAM_SPI);
	h->window32.base = MAP_PCIE_MEM32_BASE;
	h->window64.base = MAP_PCIE_MEM64_BASE;
	pci_host_init(h);
	ADD_DEVICE(m, "pcie-ecam", PCIE_ECAM, &pci_ecam_ops, h);
	ADD_DEVICE(m, "pcie-mem32", PCIE_MEM32, &pci_window_ops, &h->window32);
	ADD_DEVICE(m, "pcie-io", PCIE_IO, &pci_io_ops, NULL);
	ADD_DEVICE(m, "pcie-mem64", PCIE_MEM64, &pci_window_ops, &h->window64);
}

void wire_devices(struct machine *m)
{
	wire_uarts(m);
	wire_rtc(m);
	wire_gpio(m);
	wire_flash(m);
	wire_fw_cfg(m);
	ADD_DEVICE(m, "virtio-mmio", VIRTIO, &virtio_mmio_ops, &m->virtio);
	wire_pcie(m);
}

/* CMD_SYNC with SEV: an event for every core. */
static void on_smmu_event(void *ctx)
{
	struct machine *m = ctx;

	for (unsigned i = 0; i < m->smp; i++)
		m->core[i]->s.event = true;
	machine_interrupt_slice(m);
}

/* A core's TLBI that reaches the SMMU's shareability domain. */
static void on_broadcast_tlbi(void *ctx, const struct tlbi_scope *scope)
{
	struct machine *m = ctx;

	smmu_broadcast(&m->iommu, scope);
}

bool wire_smmu(struct machine *m)
{
	struct dma_client client;

	if (!smmu_init(&m->iommu, &m->bus, &m->trace))
		return false;
	for (unsigned i = 0; i < SMMU_LINES; i++)
		m->iommu.line[i] = gic_spi(&m->gic, SPI(MAP_SMMU_SPI + i));
	m->iommu.send_event = on_smmu_event;
	m->iommu.send_event_ctx = m;
	m->iommu.device_id = MAP_SMMU_DEVICE;
	smmu_set_pa_bits(&m->iommu, m->core[0]->feat.pa_bits);
	m->dma_engine.port = (struct dma_port){ &m->iommu, smmu_access };
	m->dma_engine.ats = (struct dma_ats_port){ &m->iommu, smmu_translate, smmu_request_page };
	m->dma_engine.line = gic_spi(&m->gic, SPI(MAP_DMA_SPI));
	client = dma_client(&m->dma_engine);
	smmu_attach(&m->iommu, DMA_STREAM, &client);
	for (unsigned i = 0; i < m->smp; i++) {
		m->core[i]->tlbi_sent = on_broadcast_tlbi;
		m->core[i]->tlbi_ctx = m;
	}
	ADD_DEVICE(m, "smmu", SMMU, &smmu_bus_ops, &m->iommu);
	ADD_DEVICE(m, "dma", DMA, &dma_bus_ops, &m->dma_engine);
	return true;
}

/* ---- cores ---- */

static enum port_result port_read(void *ctx, unsigned core, enum sysreg r, u64 *value)
{
	return (enum port_result)gic_sysreg_read(ctx, core, (u16)sysreg_key(r), value);
}

static enum port_result port_write(void *ctx, unsigned core, enum sysreg r, u64 value)
{
	return (enum port_result)gic_sysreg_write(ctx, core, (u16)sysreg_key(r), value);
}

static bool port_peek(void *ctx, unsigned core, enum sysreg r, u64 *value)
{
	return gic_sysreg_peek(ctx, core, (u16)sysreg_key(r), value);
}

static bool port_poke(void *ctx, unsigned core, enum sysreg r, u64 value)
{
	return gic_sysreg_poke(ctx, core, (u16)sysreg_key(r), value);
}

static void port_view_changed(void *ctx, unsigned core)
{
	gic_view_changed(ctx, core);
}

static void wire_timers(struct machine *m, struct cpu *c)
{
	static const u8 ppi[TIMER_COUNT] = { [TIMER_P] = PPI_CNTP,
					     [TIMER_V] = PPI_CNTV,
					     [TIMER_HP] = PPI_CNTHP,
					     [TIMER_HV] = PPI_CNTHV,
					     [TIMER_PS] = PPI_CNTPS };

	for (unsigned t = 0; t < TIMER_COUNT; t++) {
		c->timer_line[t] = gic_ppi(&m->gic, c->index, ppi[t]);
		c->timer_ref[t] = (struct timer_ref){ c, (enum timer)t };
		c->timer_deadline[t] = clock_add(&m->clock, timer_fire, &c->timer_ref[t]);
	}
	c->pmu_line = gic_ppi(&m->gic, c->index, PPI_PMU);
}

void wire_core(struct machine *m, unsigned n)
{
	struct cpu *c = m->core[n];

	c->index = n;
	c->affinity = map_affinity(n);
	c->bus = &m->bus;
	c->clock = &m->clock;
	c->trace = &m->trace;
	c->gic = (struct gic_port){ &m->gic, port_read, port_write, port_view_changed, port_peek, port_poke };
	c->gic_view = &m->gic.view[n];
	c->model = &m->model;
	c->peers = m->core;
	c->peer_count = m->smp;
	c->machine = m;
	c->firmware_call = psci_call;
	if (m->semihosting)
		c->semihosting = semihost_call;
	wire_timers(m, c);
}
