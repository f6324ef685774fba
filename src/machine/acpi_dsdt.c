/*
 * The DSDT: what an operating system cannot find out by itself, except what belongs to the firmware (flash, clock).
 * The same devices as in the device tree.
 */
#include <stdio.h>

#include "dev/virtio_mmio.h"
#include "machine/acpi.h"
#include "machine/aml.h"
#include "machine/map.h"

static void cores(const struct dt_config *c, struct blob *b)
{
	char name[8];

	for (unsigned i = 0; i < c->smp; i++) {
		struct aml_mark device;

		snprintf(name, sizeof(name), "C%03X", i & 0xfff);
		device = aml_device(b, name);
		aml_name_text(b, "_HID", "ACPI0007");
		aml_name_integer(b, "_UID", i);
		aml_end(b, device);
	}
}

static void uart(struct blob *b)
{
	struct aml_mark device = aml_device(b, "COM0");
	struct aml_resources r;

	aml_name_text(b, "_HID", "ARMH0011");
	aml_name_integer(b, "_UID", 0);
	aml_resources(&r);
	aml_memory32(&r, MAP_UART_BASE, MAP_UART_SIZE);
	aml_interrupt(&r, SPI(MAP_UART_SPI));
	aml_name_resources(b, "_CRS", &r);
	aml_end(b, device);
}

static void fw_cfg(struct blob *b)
{
	struct aml_mark device = aml_device(b, "FWCF");
	struct aml_resources r;

	aml_name_text(b, "_HID", "QEMU0002");
	aml_name_integer(b, "_STA", 0xb); /* present, working, not to be shown */
	aml_name_integer(b, "_CCA", 1);
	aml_resources(&r);
	aml_memory32(&r, MAP_FW_CFG_BASE, MAP_FW_CFG_SIZE);
	aml_name_resources(b, "_CRS", &r);
	aml_end(b, device);
}

static void virtio(struct blob *b)
{
	char name[8];

	for (u32 i = 0; i < VIRTIO_MMIO_COUNT; i++) {
		struct aml_mark device;
		struct aml_resources r;

		snprintf(name, sizeof(name), "VR%02X", i & 0xff);
		device = aml_device(b, name);
		aml_name_text(b, "_HID", "LNRO0005");
		aml_name_integer(b, "_UID", i);
		aml_name_integer(b, "_CCA", 1);
		aml_resources(&r);
		aml_memory32(&r, MAP_VIRTIO_BASE + i * VIRTIO_MMIO_STRIDE, VIRTIO_MMIO_STRIDE);
		aml_interrupt(&r, SPI(MAP_VIRTIO_SPI + i));
		aml_name_resources(b, "_CRS", &r);
		aml_end(b, device);
	}
}

/* ---- PCI Express ---- */

static const char *const links[4] = { "GSI0", "GSI1", "GSI2", "GSI3" };

/* INTx of slot s, pin p goes to link (s + p) % 4. */
static void routing(struct blob *b)
{
	struct aml_mark table;

	aml_name(b, "_PRT");
	table = aml_package(b, 32 * 4);
	for (u32 slot = 0; slot < 32; slot++)
		for (u32 pin = 0; pin < 4; pin++) {
			struct aml_mark row = aml_package(b, 4);

			aml_integer(b, slot << 16 | 0xffff); /* any function */
			aml_integer(b, pin);
			aml_seg(b, links[(slot + pin) % 4]);
			aml_integer(b, 0);
			aml_end(b, row);
		}
	aml_end(b, table);
}

static void link(struct blob *b, u32 i)
{
	struct aml_mark device = aml_device(b, links[i]), method;
	struct aml_resources r;

	aml_name_text(b, "_HID", "PNP0C0F");
	aml_name_integer(b, "_UID", i);
	aml_resources(&r);
	aml_interrupt(&r, SPI(MAP_PCIE_ECAM_SPI + i));
	aml_name_resources(b, "_PRS", &r);
	aml_resources(&r);
	aml_interrupt(&r, SPI(MAP_PCIE_ECAM_SPI + i));
	aml_name_resources(b, "_CRS", &r);
	method = aml_method(b, "_SRS", 1); /* there is no choice */
	aml_end(b, method);
	aml_end(b, device);
}

static void set_bits(struct blob *b, const char *field, u64 mask)
{
	aml_op(b, AML_OR);
	aml_seg(b, field);
	aml_integer(b, mask);
	aml_seg(b, field);
}

static void granted(struct blob *b)
{
	struct aml_mark differs;

	aml_create_dword(b, AML_ARG3, 8, "CDW3");
	aml_op(b, AML_AND);
	aml_seg(b, "CDW3");
	aml_integer(b, 0x1f);
	aml_op(b, AML_LOCAL0);
	differs = aml_if(b);
	aml_differ(b);
	aml_op(b, AML_ARG1);
	aml_integer(b, 1);
	set_bits(b, "CDW1", 8); /* unknown revision */
	aml_end(b, differs);
	differs = aml_if(b);
	aml_differ(b);
	aml_seg(b, "CDW3");
	aml_op(b, AML_LOCAL0);
	set_bits(b, "CDW1", 0x10); /* not all was granted */
	aml_end(b, differs);
	aml_op(b, AML_STORE);
	aml_op(b, AML_LOCAL0);
	aml_seg(b, "CDW3");
	aml_op(b, AML_RETURN);
	aml_op(b, AML_ARG3);
}

/* _OSC (PCI Firmware Specification 3.2, 4.5.1): the system may have hot plug, SHPC, PME, AER and PCIe capabilities,
 * which no firmware keeps for itself. */
static void capabilities(struct blob *b)
{
	struct aml_mark method = aml_method(b, "_OSC", 4), known;

	aml_create_dword(b, AML_ARG3, 0, "CDW1");
	known = aml_if(b);
	aml_equal(b);
	aml_op(b, AML_ARG0);
	aml_uuid(b, "33db4d5b-1ff7-401c-9657-7441c03dd766");
	granted(b);
	aml_end(b, known);
	set_bits(b, "CDW1", 4); /* unknown UUID */
	aml_op(b, AML_RETURN);
	aml_op(b, AML_ARG3);
	aml_end(b, method);
}

static void windows(struct blob *b)
{
	struct aml_resources r;

	aml_resources(&r);
	aml_bus_numbers(&r, 0, 0xff);
	aml_window32(&r, AML_MEMORY, MAP_PCIE_MEM32_BASE, MAP_PCIE_MEM32_SIZE, 0);
	aml_window32(&r, AML_IO, 0, MAP_PCIE_IO_SIZE, MAP_PCIE_IO_BASE);
	aml_window64(&r, MAP_PCIE_MEM64_BASE, MAP_PCIE_MEM64_SIZE);
	aml_name_resources(b, "_CRS", &r);
}

/* The configuration window, so that nobody else takes its addresses. */
static void configuration(struct blob *b)
{
	struct aml_mark method = aml_method(b, "_CBA", 0), device;
	struct aml_resources r;

	aml_op(b, AML_RETURN);
	aml_integer(b, MAP_PCIE_ECAM_BASE);
	aml_end(b, method);
	device = aml_device(b, "RES0");
	aml_name_text(b, "_HID", "PNP0C02");
	aml_resources(&r);
	aml_window64(&r, MAP_PCIE_ECAM_BASE, MAP_PCIE_ECAM_SIZE);
	aml_name_resources(b, "_CRS", &r);
	aml_end(b, device);
}

static void pci(struct blob *b)
{
	struct aml_mark device = aml_device(b, "PCI0");

	aml_name_text(b, "_HID", "PNP0A08");
	aml_name_text(b, "_CID", "PNP0A03");
	aml_name_integer(b, "_SEG", 0);
	aml_name_integer(b, "_BBN", 0);
	aml_name_integer(b, "_UID", 0);
	aml_name_integer(b, "_CCA", 1);
	routing(b);
	for (u32 i = 0; i < 4; i++)
		link(b, i);
	windows(b);
	capabilities(b);
	configuration(b);
	aml_end(b, device);
}

/* ---- the power key ---- */

static void gpio(struct blob *b)
{
	struct aml_mark device = aml_device(b, "GPO0"), method;
	struct aml_resources r;

	aml_name_text(b, "_HID", "ARMH0061");
	aml_name_integer(b, "_UID", 0);
	aml_resources(&r);
	aml_memory32(&r, MAP_GPIO_BASE, MAP_GPIO_SIZE);
	aml_interrupt(&r, SPI(MAP_GPIO_SPI));
	aml_name_resources(b, "_CRS", &r);
	aml_resources(&r);
	aml_gpio_interrupt(&r, "GPO0", MAP_POWER_KEY_PIN);
	aml_name_resources(b, "_AEI", &r);
	method = aml_method(b, "_E03", 0); /* an edge of pin 3 */
	aml_op(b, AML_NOTIFY);
	aml_seg(b, "PWRB");
	aml_integer(b, 0x80);
	aml_end(b, method);
	aml_end(b, device);
}

static void power_button(struct blob *b)
{
	struct aml_mark device = aml_device(b, "PWRB");

	aml_name_text(b, "_HID", "PNP0C0C");
	aml_name_integer(b, "_UID", 0);
	aml_end(b, device);
}

void acpi_dsdt(const struct dt_config *c, struct blob *b)
{
	struct aml_mark scope = aml_scope(b, "\\_SB_");

	cores(c, b);
	uart(b);
	fw_cfg(b);
	virtio(b);
	pci(b);
	gpio(b);
	power_button(b);
	aml_end(b, scope);
}
