/*
 * The generated device tree. Node by node in the order in which QEMU lists them; every address and interrupt comes from
 * map.def. Bindings: Linux Documentation/devicetree/bindings (arm,gic-v3, arm,smmu-v3, arm,pl011, …).
 */
#include "machine/dt.h"

#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dev/virtio_mmio.h"
#include "machine/map.h"

/* Phandles. Cores count from CPU0. */
enum { PH_CLOCK = 0x8000, PH_GIC, PH_ITS, PH_GPIO, PH_SECURE_GPIO, PH_SMMU, PH_CPU0 = 0x8010 };

/* Interrupt specifier cells: arm,gic-v3. */
enum { IRQ_SPI = 0, IRQ_PPI = 1 };
enum { IRQ_EDGE = 1, IRQ_LEVEL = 4 };
#define PPI_CELL(intid) ((intid)-16)

/* The blob under construction. The first error sticks. */
struct fdt {
	void *blob;
	int error;
};

static void keep(struct fdt *f, int error)
{
	if (!f->error && error < 0)
		f->error = error;
}

static void begin(struct fdt *f, const char *name)
{
	keep(f, fdt_begin_node(f->blob, name));
}

__attribute__((format(printf, 3, 4))) static void begin_at(struct fdt *f, u64 address, const char *format, ...)
{
	char name[64];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(name, sizeof(name), format, ap);
	va_end(ap);
	snprintf(name + n, sizeof(name) - (size_t)n, "@%llx", (unsigned long long)address);
	begin(f, name);
}

static void end(struct fdt *f)
{
	keep(f, fdt_end_node(f->blob));
}

static void flag(struct fdt *f, const char *name)
{
	keep(f, fdt_property(f->blob, name, NULL, 0));
}

static void string(struct fdt *f, const char *name, const char *value)
{
	keep(f, fdt_property_string(f->blob, name, value));
}

/* A list of strings, written with \0 between them. */
#define STRINGS(f, name, list) keep(f, fdt_property((f)->blob, name, list, sizeof(list)))

static void cells(struct fdt *f, const char *name, const u32 *values, unsigned count)
{
	void *to;

	keep(f, fdt_property_placeholder(f->blob, name, (int)(count * 4), &to));
	for (unsigned i = 0; i < count && !f->error; i++)
		fdt32_st((u8 *)to + 4 * i, values[i]);
}

#define CELLS(f, name, ...) cells(f, name, (const u32[]){ __VA_ARGS__ }, sizeof((const u32[]){ __VA_ARGS__ }) / 4)
#define HI(v) ((u32)((u64)(v) >> 32))
#define LO(v) ((u32)(v))
#define REG64(base, size) HI(base), LO(base), HI(size), LO(size)
#define REG(f, NAME) CELLS(f, "reg", REG64(MAP_##NAME##_BASE, MAP_##NAME##_SIZE))

/* Nodes that only the Secure world may use. */
static void secure_only(struct fdt *f)
{
	string(f, "status", "disabled");
	string(f, "secure-status", "okay");
}

static void primecell_clock(struct fdt *f)
{
	CELLS(f, "clocks", PH_CLOCK);
	string(f, "clock-names", "apb_pclk");
}

/* ---- the parts ---- */

/* Seeds are fixed: runs are deterministic. */
static void seeds(struct fdt *f, u32 salt)
{
	u32 words[10], x = 0x68797073 + salt;

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		x = x * 1664525 + 1013904223;
		words[i] = x ^ x >> 16;
	}
	cells(f, "kaslr-seed", words, 2);
	cells(f, "rng-seed", words + 2, 8);
}

static void chosen(struct fdt *f, const struct dt_config *c)
{
	begin(f, "chosen");
	string(f, "stdout-path", "/pl011@9000000");
	if (!c->no_seeds)
		seeds(f, 0);
	if (c->bootargs)
		string(f, "bootargs", c->bootargs);
	if (c->initrd_end > c->initrd_start) {
		CELLS(f, "linux,initrd-start", HI(c->initrd_start), LO(c->initrd_start));
		CELLS(f, "linux,initrd-end", HI(c->initrd_end), LO(c->initrd_end));
	}
	end(f);
	if (!c->secure)
		return;
	begin(f, "secure-chosen");
	string(f, "stdout-path", "/pl011@9040000");
	if (!c->no_seeds)
		seeds(f, 1);
	end(f);
}

static void psci(struct fdt *f, const struct dt_config *c)
{
	if (c->conduit == CONDUIT_NONE)
		return;
	begin(f, "psci");
	STRINGS(f, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
	string(f, "method", c->conduit == CONDUIT_SMC ? "smc" : "hvc");
	CELLS(f, "cpu_suspend", 0xc4000001);
	CELLS(f, "cpu_off", 0x84000002);
	CELLS(f, "cpu_on", 0xc4000003);
	CELLS(f, "migrate", 0xc4000005);
	end(f);
}

static void cpu_map(struct fdt *f, const struct dt_config *c)
{
	char name[16];

	begin(f, "cpu-map");
	begin(f, "socket0");
	begin(f, "cluster0");
	for (unsigned i = 0; i < c->smp; i++) {
		snprintf(name, sizeof(name), "core%u", i);
		begin(f, name);
		CELLS(f, "cpu", PH_CPU0 + i);
		end(f);
	}
	end(f);
	end(f);
	end(f);
}

static void cpus(struct fdt *f, const struct dt_config *c)
{
	begin(f, "cpus");
	CELLS(f, "#address-cells", 1);
	CELLS(f, "#size-cells", 0);
	cpu_map(f, c);
	for (unsigned i = 0; i < c->smp; i++) {
		u32 affinity = map_affinity(i);

		begin_at(f, affinity, "cpu");
		string(f, "device_type", "cpu");
		string(f, "compatible", c->compatible);
		CELLS(f, "reg", affinity);
		if (c->smp > 1)
			string(f, "enable-method", "psci");
		CELLS(f, "phandle", PH_CPU0 + i);
		end(f);
	}
	end(f);
}

static void timer(struct fdt *f)
{
	begin(f, "timer");
	STRINGS(f, "compatible", "arm,armv8-timer\0arm,armv7-timer");
	flag(f, "always-on");
	/* Secure physical, Non-secure physical, virtual, hypervisor physical: the binding's order. */
	CELLS(f, "interrupts", IRQ_PPI, PPI_CELL(PPI_CNTPS), IRQ_LEVEL, IRQ_PPI, PPI_CELL(PPI_CNTP), IRQ_LEVEL, IRQ_PPI,
	      PPI_CELL(PPI_CNTV), IRQ_LEVEL, IRQ_PPI, PPI_CELL(PPI_CNTHP), IRQ_LEVEL);
	end(f);
	begin(f, "pmu");
	string(f, "compatible", "arm,armv8-pmuv3");
	CELLS(f, "interrupts", IRQ_PPI, PPI_CELL(PPI_PMU), IRQ_LEVEL);
	end(f);
	begin(f, "apb-pclk");
	string(f, "compatible", "fixed-clock");
	CELLS(f, "#clock-cells", 0);
	CELLS(f, "clock-frequency", 24000000);
	string(f, "clock-output-names", "clk24mhz");
	CELLS(f, "phandle", PH_CLOCK);
	end(f);
}

static void memory(struct fdt *f, const struct dt_config *c)
{
	begin_at(f, MAP_RAM_BASE, "memory");
	string(f, "device_type", "memory");
	CELLS(f, "reg", REG64(MAP_RAM_BASE, c->mem));
	end(f);
	if (!c->secure)
		return;
	begin_at(f, MAP_SECURE_RAM_BASE, "secram");
	string(f, "device_type", "memory");
	REG(f, SECURE_RAM);
	secure_only(f);
	end(f);
}

static void flash_node(struct fdt *f, const char *name, u64 base, u64 size, bool secure)
{
	begin_at(f, base, "%s", name);
	string(f, "compatible", "cfi-flash");
	CELLS(f, "reg", REG64(base, size));
	CELLS(f, "bank-width", 4);
	if (secure)
		secure_only(f);
	end(f);
}

static void flash(struct fdt *f, const struct dt_config *c)
{
	if (c->secure) {
		flash_node(f, "secflash", MAP_FLASH0_BASE, MAP_FLASH0_SIZE, true);
		flash_node(f, "flash", MAP_FLASH1_BASE, MAP_FLASH1_SIZE, false);
		return;
	}
	begin_at(f, MAP_FLASH0_BASE, "flash");
	string(f, "compatible", "cfi-flash");
	CELLS(f, "reg", REG64(MAP_FLASH0_BASE, MAP_FLASH0_SIZE), REG64(MAP_FLASH1_BASE, MAP_FLASH1_SIZE));
	CELLS(f, "bank-width", 4);
	end(f);
}

static void gic(struct fdt *f, const struct dt_config *c)
{
	begin_at(f, MAP_GICD_BASE, "intc");
	string(f, "compatible", "arm,gic-v3");
	CELLS(f, "#interrupt-cells", 3);
	flag(f, "interrupt-controller");
	CELLS(f, "#address-cells", 2);
	CELLS(f, "#size-cells", 2);
	flag(f, "ranges");
	CELLS(f, "#redistributor-regions", 1);
	CELLS(f, "reg", REG64(MAP_GICD_BASE, MAP_GICD_SIZE), REG64(MAP_GICR_BASE, MAP_GICR_SIZE));
	if (c->virtualization)
		CELLS(f, "interrupts", IRQ_PPI, PPI_CELL(PPI_GIC_MAINTENANCE), IRQ_LEVEL);
	CELLS(f, "phandle", PH_GIC);
	if (c->its) {
		begin_at(f, MAP_ITS_BASE, "its");
		string(f, "compatible", "arm,gic-v3-its");
		flag(f, "msi-controller");
		CELLS(f, "#msi-cells", 1);
		REG(f, ITS);
		CELLS(f, "phandle", PH_ITS);
		end(f);
	}
	end(f);
}

static void uart(struct fdt *f, u64 base, u32 spi, bool secure)
{
	begin_at(f, base, "pl011");
	STRINGS(f, "compatible", "arm,pl011\0arm,primecell");
	CELLS(f, "reg", REG64(base, MAP_UART_SIZE));
	CELLS(f, "interrupts", IRQ_SPI, spi, IRQ_LEVEL);
	CELLS(f, "clocks", PH_CLOCK, PH_CLOCK);
	STRINGS(f, "clock-names", "uartclk\0apb_pclk");
	if (secure)
		secure_only(f);
	end(f);
}

static void rtc(struct fdt *f)
{
	begin_at(f, MAP_RTC_BASE, "pl031");
	STRINGS(f, "compatible", "arm,pl031\0arm,primecell");
	REG(f, RTC);
	CELLS(f, "interrupts", IRQ_SPI, MAP_RTC_SPI, IRQ_LEVEL);
	primecell_clock(f);
	end(f);
}

static void gpio(struct fdt *f, u64 base, u32 spi, u32 phandle, bool secure)
{
	begin_at(f, base, "pl061");
	STRINGS(f, "compatible", "arm,pl061\0arm,primecell");
	CELLS(f, "reg", REG64(base, MAP_GPIO_SIZE));
	CELLS(f, "#gpio-cells", 2);
	flag(f, "gpio-controller");
	CELLS(f, "interrupts", IRQ_SPI, spi, IRQ_LEVEL);
	primecell_clock(f);
	CELLS(f, "phandle", phandle);
	if (secure)
		secure_only(f);
	end(f);
}

static void gpio_key(struct fdt *f)
{
	begin(f, "gpio-keys");
	string(f, "compatible", "gpio-keys");
	begin(f, "poweroff");
	string(f, "label", "GPIO Key Poweroff");
	CELLS(f, "linux,code", 116); /* KEY_POWER */
	CELLS(f, "gpios", PH_GPIO, MAP_POWER_KEY_PIN, 0);
	end(f);
	end(f);
}

/* Power-off and restart of the Secure world by its own GPIO. */
static void secure_power(struct fdt *f)
{
	static const char *const names[] = { "gpio-poweroff", "gpio-restart" };

	for (u32 pin = 0; pin < ARRAY_SIZE(names); pin++) {
		begin(f, names[pin]);
		string(f, "compatible", names[pin]);
		CELLS(f, "gpios", PH_SECURE_GPIO, pin, 0);
		secure_only(f);
		end(f);
	}
}

/* INTx of slot s, pin p goes to SPI 3 + (s + p) % 4; four slots repeat. */
static void pcie_intx(struct fdt *f)
{
	u32 map[16][10], n = 0;

	for (u32 slot = 0; slot < 4; slot++)
		for (u32 pin = 0; pin < 4; pin++, n++) {
			u32 row[10] = { slot << 11, 0,	     0,
					pin + 1,    PH_GIC,  0,
					0,	    IRQ_SPI, MAP_PCIE_ECAM_SPI + (slot + pin) % 4,
					IRQ_LEVEL };

			memcpy(map[n], row, sizeof(row));
		}
	cells(f, "interrupt-map", map[0], sizeof(map) / 4);
	CELLS(f, "interrupt-map-mask", 3 << 11, 0, 0, 7);
	CELLS(f, "#interrupt-cells", 1);
}

static void pcie(struct fdt *f, const struct dt_config *c)
{
	enum { SPACE_IO = 0x01000000, SPACE_MEM32 = 0x02000000, SPACE_MEM64 = 0x03000000 };

	begin_at(f, MAP_PCIE_MEM32_BASE, "pcie");
	string(f, "compatible", "pci-host-ecam-generic");
	string(f, "device_type", "pci");
	CELLS(f, "#address-cells", 3);
	CELLS(f, "#size-cells", 2);
	CELLS(f, "linux,pci-domain", 0);
	CELLS(f, "bus-range", 0, 0xff);
	flag(f, "dma-coherent");
	if (c->its)
		CELLS(f, "msi-map", 0, PH_ITS, 0, 0x10000);
	if (c->smmu)
		CELLS(f, "iommu-map", 0, PH_SMMU, 0, 0x10000);
	REG(f, PCIE_ECAM);
	CELLS(f, "ranges", SPACE_IO, 0, 0, REG64(MAP_PCIE_IO_BASE, MAP_PCIE_IO_SIZE), SPACE_MEM32,
	      HI(MAP_PCIE_MEM32_BASE), LO(MAP_PCIE_MEM32_BASE), REG64(MAP_PCIE_MEM32_BASE, MAP_PCIE_MEM32_SIZE),
	      SPACE_MEM64, HI(MAP_PCIE_MEM64_BASE), LO(MAP_PCIE_MEM64_BASE),
	      REG64(MAP_PCIE_MEM64_BASE, MAP_PCIE_MEM64_SIZE));
	pcie_intx(f);
	end(f);
}

static void smmu(struct fdt *f)
{
	begin_at(f, MAP_SMMU_BASE, "smmuv3");
	string(f, "compatible", "arm,smmu-v3");
	REG(f, SMMU);
	CELLS(f, "interrupts", IRQ_SPI, MAP_SMMU_SPI, IRQ_EDGE, IRQ_SPI, MAP_SMMU_SPI + 1, IRQ_EDGE, IRQ_SPI,
	      MAP_SMMU_SPI + 2, IRQ_EDGE, IRQ_SPI, MAP_SMMU_SPI + 3, IRQ_EDGE);
	STRINGS(f, "interrupt-names", "eventq\0priq\0cmdq-sync\0gerror");
	flag(f, "dma-coherent");
	CELLS(f, "#iommu-cells", 1);
	CELLS(f, "phandle", PH_SMMU);
	end(f);
}

static void dma(struct fdt *f, const struct dt_config *c)
{
	begin_at(f, MAP_DMA_BASE, "dma");
	string(f, "compatible", "hypscope,dma");
	REG(f, DMA);
	CELLS(f, "interrupts", IRQ_SPI, MAP_DMA_SPI, IRQ_LEVEL);
	flag(f, "dma-coherent");
	if (c->smmu)
		CELLS(f, "iommus", PH_SMMU, MAP_DMA_STREAM);
	end(f);
}

static void virtio(struct fdt *f)
{
	for (u32 i = 0; i < VIRTIO_MMIO_COUNT; i++) {
		u64 base = MAP_VIRTIO_BASE + i * VIRTIO_MMIO_STRIDE;

		begin_at(f, base, "virtio_mmio");
		string(f, "compatible", "virtio,mmio");
		CELLS(f, "reg", REG64(base, VIRTIO_MMIO_STRIDE));
		CELLS(f, "interrupts", IRQ_SPI, MAP_VIRTIO_SPI + i, IRQ_EDGE);
		flag(f, "dma-coherent");
		end(f);
	}
}

static void fw_cfg(struct fdt *f)
{
	begin_at(f, MAP_FW_CFG_BASE, "fw-cfg");
	string(f, "compatible", "qemu,fw-cfg-mmio");
	REG(f, FW_CFG);
	flag(f, "dma-coherent");
	end(f);
}

static void platform_bus(struct fdt *f)
{
	begin_at(f, MAP_PLATFORM_BASE, "platform-bus");
	STRINGS(f, "compatible", "qemu,platform\0simple-bus");
	CELLS(f, "#address-cells", 1);
	CELLS(f, "#size-cells", 1);
	CELLS(f, "ranges", 0, HI(MAP_PLATFORM_BASE), LO(MAP_PLATFORM_BASE), LO(MAP_PLATFORM_SIZE));
	CELLS(f, "interrupt-parent", PH_GIC);
	end(f);
}

static void root(struct fdt *f, const struct dt_config *c)
{
	begin(f, "");
	string(f, "compatible", "linux,dummy-virt");
	string(f, "model", "linux,dummy-virt");
	CELLS(f, "#address-cells", 2);
	CELLS(f, "#size-cells", 2);
	CELLS(f, "interrupt-parent", PH_GIC);
	psci(f, c);
	memory(f, c);
	platform_bus(f);
	fw_cfg(f);
	virtio(f);
	if (c->secure) {
		secure_power(f);
		gpio(f, MAP_SECURE_GPIO_BASE, MAP_SECURE_GPIO_SPI, PH_SECURE_GPIO, true);
		uart(f, MAP_SECURE_UART_BASE, MAP_SECURE_UART_SPI, true);
	}
	gpio_key(f);
	gpio(f, MAP_GPIO_BASE, MAP_GPIO_SPI, PH_GPIO, false);
	if (c->smmu)
		smmu(f);
	if (c->dma)
		dma(f, c);
	pcie(f, c);
	rtc(f);
	uart(f, MAP_UART_BASE, MAP_UART_SPI, false);
	gic(f, c);
	flash(f, c);
	cpus(f, c);
	timer(f);
	chosen(f, c);
	end(f);
}

void dt_build(const struct dt_config *c, void *buf)
{
	struct fdt f = { .blob = buf };

	memset(buf, 0, DT_SIZE);
	keep(&f, fdt_create(buf, DT_SIZE));
	keep(&f, fdt_finish_reservemap(buf));
	root(&f, c);
	keep(&f, fdt_finish(buf));
	/* Room for what boot loaders add. */
	if (!f.error)
		keep(&f, fdt_open_into(buf, buf, DT_SIZE));
	BUG_ON(f.error);
}

/* ---- a tree of the user's ---- */

static int set_u64(void *blob, int node, const char *name, u64 v)
{
	return fdt_setprop_u64(blob, node, name, v);
}

static int child(void *blob, const char *path, const char *name)
{
	int node = fdt_path_offset(blob, path);

	return node >= 0 ? node : fdt_add_subnode(blob, 0, name);
}

static int put_memory(const struct dt_config *c, void *blob)
{
	int node = child(blob, "/memory", "memory@40000000");
	u32 reg[] = { cpu_to_fdt32(HI(MAP_RAM_BASE)), cpu_to_fdt32(LO(MAP_RAM_BASE)), cpu_to_fdt32(HI(c->mem)),
		      cpu_to_fdt32(LO(c->mem)) };
	int r = node < 0 ? node : fdt_setprop_string(blob, node, "device_type", "memory");

	return r < 0 ? r : fdt_setprop(blob, node, "reg", reg, sizeof(reg));
}

static int put_chosen(const struct dt_config *c, void *blob)
{
	int node = child(blob, "/chosen", "chosen"), r = node;

	if (r >= 0 && c->bootargs)
		r = fdt_setprop_string(blob, node, "bootargs", c->bootargs);
	if (r >= 0 && c->initrd_end > c->initrd_start) {
		r = set_u64(blob, node, "linux,initrd-start", c->initrd_start);
		if (r >= 0)
			r = set_u64(blob, node, "linux,initrd-end", c->initrd_end);
	}
	return r;
}

bool dt_adopt(const struct dt_config *c, const void *blob, size_t size, const char *file, void *buf, struct error *e)
{
	int r = size < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_full(blob, size);

	memset(buf, 0, DT_SIZE);
	if (r >= 0)
		r = fdt_open_into(blob, buf, DT_SIZE);
	if (r >= 0)
		r = put_memory(c, buf);
	if (r >= 0)
		r = put_chosen(c, buf);
	if (r >= 0)
		return true;
	return error_set(e, ERROR_FILE, "%s: cannot be used as device tree: %s; give a blob made by dtc -O dtb", file,
			 fdt_strerror(r));
}
