/* MSI-X (PCI Express Base 6.0, 6.1.4, 7.7.2) and the INTx pin (6.1.2). */
#include <string.h>

#include "base/bits.h"
#include "dev/pci_host.h"

enum { MSIX_ENABLE = 0x80, MSIX_MASKED = 0x40 }; /* of Message Control's upper byte */

static u8 control(const struct pci_function *f)
{
	return f->msix ? f->s.config[f->msix + 3u] : 0;
}

bool pci_msix_enabled(const struct pci_function *f)
{
	return control(f) & MSIX_ENABLE;
}

static bool is_masked(const struct pci_function *f, unsigned vector)
{
	return (control(f) & MSIX_MASKED) || (f->s.vector[vector].control & 1);
}

static void send(struct pci_function *f, unsigned vector)
{
	const struct pci_vector *v = &f->s.vector[vector];
	u32 data = v->data;
	struct dma_request q = { .address = v->address, .size = 4, .is_write = true, .data = (u8 *)&data };

	trace_pci(f->trace, &(struct ev_pci){ .what = PCI_MSI,
					      .function = pci_requester(f),
					      .offset = (u16)vector,
					      .name = "MSI-X",
					      .value = data,
					      .detail = v->address });
	/* Where it goes is software's affair; a refused write is lost. */
	(void)pci_dma(f, &q);
}

void pci_message(struct pci_function *f, unsigned vector)
{
	if (!pci_msix_enabled(f) || vector >= f->vectors)
		return;
	if (is_masked(f, vector))
		f->s.pending[vector / 64] |= 1ull << vector % 64;
	else
		send(f, vector);
}

static void send_if_pending(struct pci_function *f, unsigned vector)
{
	u64 bit = 1ull << vector % 64;

	if (!(f->s.pending[vector / 64] & bit) || !pci_msix_enabled(f) || is_masked(f, vector))
		return;
	f->s.pending[vector / 64] &= ~bit;
	send(f, vector);
}

void pci_msix_changed(struct pci_function *f)
{
	for (unsigned i = 0; i < f->vectors; i++)
		send_if_pending(f, i);
	if (f->host)
		pci_host_pins_changed(f->host);
}

/* ---- the table, as memory ---- */

static u64 table_read(const struct pci_function *f, u64 offset, unsigned size)
{
	u64 v = 0;

	memcpy(&v, (const u8 *)f->s.vector + offset, size);
	return v;
}

/* 4 and 8 bytes only (7.7.2.1: others are undefined; here they change nothing). */
static void table_write(struct pci_function *f, u64 offset, unsigned size, u64 value)
{
	unsigned vector = (unsigned)(offset / sizeof(struct pci_vector));
	struct pci_vector *v = &f->s.vector[vector];

	if (size < 4)
		return;
	memcpy((u8 *)f->s.vector + offset, &value, size);
	v->address &= ~3ull;
	v->control &= 1;
	send_if_pending(f, vector);
}

static bool in_table(const struct pci_function *f, unsigned n, u64 offset, u64 start, u64 size)
{
	return f->msix && n == f->msix_bar && offset >= start && offset < start + size;
}

u64 pci_bar_read(struct pci_function *f, unsigned n, u64 offset, unsigned size)
{
	u64 bits = 0;

	if (in_table(f, n, offset, f->msix_table, f->vectors * sizeof(struct pci_vector)))
		return table_read(f, offset - f->msix_table, size);
	if (in_table(f, n, offset, f->msix_pending, align_up(f->vectors, 64) / 8)) {
		memcpy(&bits, (const u8 *)f->s.pending + (offset - f->msix_pending), size);
		return bits;
	}
	return f->bar[n].read ? f->bar[n].read(f, offset, size) & ones(8 * size) : 0;
}

void pci_bar_write(struct pci_function *f, unsigned n, u64 offset, unsigned size, u64 value)
{
	if (in_table(f, n, offset, f->msix_table, f->vectors * sizeof(struct pci_vector)))
		table_write(f, offset - f->msix_table, size, value);
	else if (in_table(f, n, offset, f->msix_pending, align_up(f->vectors, 64) / 8))
		return; /* pending bits are read-only */
	else if (f->bar[n].write)
		f->bar[n].write(f, offset, size, value);
}

/* ---- INTx ---- */

void pci_pin(struct pci_function *f, bool level)
{
	f->s.pin = level;
	f->s.config[PCI_STATUS] =
		(u8)((f->s.config[PCI_STATUS] & ~PCI_STATUS_INTERRUPT) | (level ? PCI_STATUS_INTERRUPT : 0));
	if (f->host)
		pci_host_pins_changed(f->host);
}

bool pci_pin_driven(const struct pci_function *f)
{
	return f->s.pin && !(pci_get(f, PCI_COMMAND, 2) & PCI_COMMAND_NO_INTX) && !pci_msix_enabled(f) &&
	       pci_is_awake(f);
}
