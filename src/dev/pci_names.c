/* What the registers of a configuration header are called, for the trace. PCI Express Base 6.0, 7.5.1. */
#include "base/bits.h"
#include "dev/pci.h"

enum { BOTH, ENDPOINT, BRIDGE };

static const struct register_name {
	u8 offset, size, type;
	const char *name;
} names[] = {
	{ 0x00, 2, BOTH, "VENDOR_ID" },
	{ 0x02, 2, BOTH, "DEVICE_ID" },
	{ 0x04, 2, BOTH, "COMMAND" },
	{ 0x06, 2, BOTH, "STATUS" },
	{ 0x08, 1, BOTH, "REVISION_ID" },
	{ 0x09, 3, BOTH, "CLASS_CODE" },
	{ 0x0c, 1, BOTH, "CACHE_LINE_SIZE" },
	{ 0x0d, 1, BOTH, "LATENCY_TIMER" },
	{ 0x0e, 1, BOTH, "HEADER_TYPE" },
	{ 0x10, 4, BOTH, "BAR0" },
	{ 0x14, 4, BOTH, "BAR1" },
	{ 0x18, 4, ENDPOINT, "BAR2" },
	{ 0x1c, 4, ENDPOINT, "BAR3" },
	{ 0x20, 4, ENDPOINT, "BAR4" },
	{ 0x24, 4, ENDPOINT, "BAR5" },
	{ 0x2c, 2, ENDPOINT, "SUBSYSTEM_VENDOR_ID" },
	{ 0x2e, 2, ENDPOINT, "SUBSYSTEM_ID" },
	{ 0x30, 4, ENDPOINT, "EXPANSION_ROM" },
	{ 0x18, 1, BRIDGE, "PRIMARY_BUS" },
	{ 0x19, 1, BRIDGE, "SECONDARY_BUS" },
	{ 0x1a, 1, BRIDGE, "SUBORDINATE_BUS" },
	{ 0x1c, 2, BRIDGE, "IO_BASE_LIMIT" },
	{ 0x1e, 2, BRIDGE, "SECONDARY_STATUS" },
	{ 0x20, 4, BRIDGE, "MEMORY_BASE_LIMIT" },
	{ 0x24, 4, BRIDGE, "PREFETCH_BASE_LIMIT" },
	{ 0x28, 4, BRIDGE, "PREFETCH_BASE_UPPER" },
	{ 0x2c, 4, BRIDGE, "PREFETCH_LIMIT_UPPER" },
	{ 0x3e, 2, BRIDGE, "BRIDGE_CONTROL" },
	{ 0x34, 1, BOTH, "CAPABILITIES" },
	{ 0x3c, 1, BOTH, "INTERRUPT_LINE" },
	{ 0x3d, 1, BOTH, "INTERRUPT_PIN" },
};

const char *pci_register_name(const struct pci_function *f, u32 offset)
{
	u8 type = pci_is_bridge(f) ? BRIDGE : ENDPOINT;

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (offset - names[i].offset < names[i].size && (names[i].type == BOTH || names[i].type == type))
			return names[i].name;
	if (f->express && offset - f->express < 0x3c)
		return "PCIE";
	if (f->msix && offset - f->msix < 12)
		return "MSIX";
	if (f->power && offset - f->power < 8)
		return "PM";
	return NULL;
}
