/* PCIe host bridge and empty windows. PCI Local Bus 3.0, 6.1: the type 0 configuration header. */
#include "dev/pcie_host.h"

#include "base/bits.h"

/* The bridge as `virt` presents it: vendor and device ID, class "host bridge", subsystem. */
enum { HEADER_ID = 0x00081b36, HEADER_CLASS = 0x06000000, HEADER_SUBSYSTEM = 0x11001af4 };
enum { COMMAND_WRITABLE = 0x0507 }; /* I/O, memory, master, SERR, interrupt disable */

static u32 header_word(const struct pcie_host *p, u64 offset)
{
	switch (offset) {
	case 0x00: return HEADER_ID;
	case 0x04: return p->s.command;
	case 0x08: return HEADER_CLASS;
	case 0x0c: return p->s.cache_line;
	case 0x2c: return HEADER_SUBSYSTEM;
	case 0x3c: return p->s.interrupt_line;
	default: return 0;
	}
}

static enum bus_result ecam_read(void *ctx, const struct bus_access *a, u64 *value)
{
	u64 v = ~0ull;

	if (a->offset < 0x1000) { /* bus 0, device 0, function 0 */
		u64 word = align_down(a->offset, 4);

		v = header_word(ctx, word) | (u64)header_word(ctx, word + 4) << 32;
		v >>= 8 * (a->offset - word);
	}
	*value = v & ones(8 * a->size);
	return BUS_OK;
}

static void write_byte(struct pcie_host *p, u64 offset, u8 v)
{
	switch (offset) {
	case 0x04: p->s.command = (u16)((p->s.command & 0xff00) | (v & COMMAND_WRITABLE)); break;
	case 0x05: p->s.command = (u16)((p->s.command & 0xff) | ((v << 8) & COMMAND_WRITABLE)); break;
	case 0x0c: p->s.cache_line = v; break;
	case 0x3c: p->s.interrupt_line = v; break;
	default: break;
	}
}

static enum bus_result ecam_write(void *ctx, const struct bus_access *a, u64 value)
{
	for (unsigned i = 0; i < a->size && a->offset < 0x1000; i++)
		write_byte(ctx, a->offset + i, (u8)(value >> 8 * i));
	return BUS_OK;
}

static enum bus_result window_read(void *ctx, const struct bus_access *a, u64 *value)
{
	*value = ones(8 * a->size);
	return BUS_OK;
}

static enum bus_result window_write(void *ctx, const struct bus_access *a, u64 value)
{
	return BUS_OK;
}

const struct bus_device_ops pcie_ecam_ops = { ecam_read, ecam_write };
const struct bus_device_ops pcie_window_ops = { window_read, window_write };
