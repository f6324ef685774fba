/* Configuration space: how it is described, and what writes to it do. PCI Express Base 6.0, 7.5. */
#include "dev/pci.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "dev/pci_host.h"

/* ---- fields ---- */

static u32 get(const u8 *bytes, u32 offset, unsigned size)
{
	u32 v = 0;

	memcpy(&v, bytes + offset, size);
	return v;
}

u32 pci_get(const struct pci_function *f, u32 offset, unsigned size)
{
	return get(f->s.config, offset, size);
}

void pci_set(struct pci_function *f, u32 offset, unsigned size, u32 value, u32 writable)
{
	memcpy(f->initial + offset, &value, size);
	memcpy(f->writable + offset, &writable, size);
}

/* ---- description ---- */

void pci_describe(struct pci_function *f, const char *name, const struct pci_identity *id)
{
	f->name = name;
	f->cap_end = 0x40;
	f->extended_end = 0x100;
	pci_set(f, PCI_VENDOR, 2, id->vendor, 0);
	pci_set(f, PCI_DEVICE, 2, id->device, 0);
	pci_set(f, PCI_COMMAND, 2, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_SERR | PCI_COMMAND_NO_INTX);
	pci_set(f, PCI_REVISION, 4, id->class << 8 | id->revision, 0);
	pci_set(f, PCI_CACHE_LINE, 1, 0, 0xff);
	pci_set(f, PCI_SUBSYSTEM_VENDOR, 2, id->subsystem_vendor, 0);
	pci_set(f, PCI_SUBSYSTEM, 2, id->subsystem, 0);
	pci_set(f, PCI_INTERRUPT_LINE, 1, 0, 0xff);
	f->clears[PCI_STATUS + 1] = PCI_STATUS_ERRORS >> 8;
}

void pci_add_bar(struct pci_function *f, unsigned n, const struct pci_bar *bar)
{
	u64 mask = ~(bar->size - 1);

	BUG_ON(n + bar->is_64 >= PCI_BARS || bar->size < 16 || (bar->size & (bar->size - 1)));
	f->bar[n] = *bar;
	pci_set(f, PCI_BAR0 + 4 * n, 4, (u32)bar->is_64 << 2 | (u32)bar->prefetchable << 3, (u32)mask);
	if (bar->is_64)
		pci_set(f, PCI_BAR0 + 4 * n + 4, 4, 0, (u32)(mask >> 32));
}

u8 pci_add_capability(struct pci_function *f, u8 id, unsigned size)
{
	u8 at = f->cap_end;

	BUG_ON(at + size > 0x100);
	f->cap_end = (u8)align_up(at + size, 4);
	f->initial[at] = id;
	f->initial[f->last_cap ? f->last_cap + 1u : PCI_CAPABILITIES] = at;
	f->initial[PCI_STATUS] |= PCI_STATUS_CAPABILITIES;
	f->last_cap = at;
	return at;
}

u16 pci_add_extended(struct pci_function *f, u16 id, unsigned version, unsigned size)
{
	u16 at = f->extended_end;

	BUG_ON(at + size > PCI_CONFIG_SIZE);
	f->extended_end = (u16)align_up(at + size, 4);
	pci_set(f, at, 4, id | version << 16, 0);
	if (f->last_extended)
		pci_set(f, f->last_extended + 2u, 2, get(f->initial, f->last_extended + 2u, 2) | (u32)at << 4, 0);
	f->last_extended = at;
	return at;
}

/* 7.5.2: D0 and D3hot; the latter keeps everything (No_Soft_Reset). */
void pci_add_power(struct pci_function *f)
{
	u8 at = pci_add_capability(f, PCI_CAP_POWER, 8);

	f->power = at;
	pci_set(f, at + 2u, 2, 3, 0);
	pci_set(f, at + 4u, 2, 8, 3);
}

/* 7.5.3: one lane at 2.5 GT/s, which is up; a reset of the function. */
void pci_add_express(struct pci_function *f, unsigned type)
{
	bool port = type == PCI_ROOT_PORT;
	u8 at = pci_add_capability(f, PCI_CAP_EXPRESS, 0x3c);

	f->express = at;
	pci_set(f, at + 2u, 2, 2 | type << 4, 0);
	pci_set(f, at + 4u, 4, 0x8000 | (port ? 0 : 1u << 28), 0); /* role-based errors; function-level reset */
	pci_set(f, at + 8u, 2, 0x2810, port ? 0x7fff : 0xffff);	   /* Device Control */
	f->clears[at + 10u] = 0x0f;
	pci_set(f, at + 0xcu, 4, 1 | 1 << 4 | (port ? 1u << 20 : 0), 0); /* Link Capabilities */
	pci_set(f, at + 0x10u, 2, 0, 0x3c3 | (port ? 0x30 : 0));	 /* Link Control */
	pci_set(f, at + 0x12u, 2, 1 | 1 << 4 | (port ? 1u << 13 : 0), 0);
	if (port)
		pci_set(f, at + 0x1cu, 2, 0, 0x1f); /* Root Control */
	pci_set(f, at + 0x28u, 2, 0, 0x1f);	    /* Device Control 2 */
	pci_set(f, at + 0x30u, 2, 1, 0x0f);	    /* Link Control 2: the target speed */
}

void pci_add_msix(struct pci_function *f, unsigned n, unsigned vectors, u32 table, u32 pending)
{
	u8 at = pci_add_capability(f, PCI_CAP_MSIX, 12);

	BUG_ON(!vectors || vectors > PCI_VECTORS_MAX);
	f->msix = at;
	f->msix_bar = (u8)n;
	f->vectors = vectors;
	f->msix_table = table;
	f->msix_pending = pending;
	pci_set(f, at + 2u, 2, vectors - 1, 0xc000);
	pci_set(f, at + 4u, 4, table | n, 0);
	pci_set(f, at + 8u, 4, pending | n, 0);
}

static void forget_state(struct pci_function *f)
{
	memcpy(f->s.config, f->initial, sizeof(f->s.config));
	memset(f->s.pending, 0, sizeof(f->s.pending));
	for (unsigned i = 0; i < PCI_VECTORS_MAX; i++)
		f->s.vector[i] = (struct pci_vector){ .control = 1 };
	f->s.pin = 0;
}

void pci_seal(struct pci_function *f)
{
	forget_state(f);
}

/* ---- what is read and written ---- */

static void trace_config(const struct pci_function *f, u32 offset, unsigned size, bool is_write, u64 value)
{
	if (f->trace && trace_wants(f->trace, EV_PCI))
		trace_pci(f->trace, &(struct ev_pci){ .what = PCI_CONFIG,
						      .size = (u8)size,
						      .is_write = is_write,
						      .function = pci_requester(f),
						      .offset = (u16)offset,
						      .name = pci_register_name(f, offset),
						      .value = value });
}

u64 pci_config_read(struct pci_function *f, u32 offset, unsigned size)
{
	u64 v = 0;

	if (f->config_read)
		f->config_read(f, offset, size);
	memcpy(&v, f->s.config + offset, size);
	trace_config(f, offset, size, false, v);
	return v;
}

static bool touches(u32 offset, unsigned size, u32 at, unsigned length)
{
	return offset < at + length && at < offset + size;
}

/* A function-level reset (6.6.2) is asked for by a bit that always reads 0. */
static bool takes_reset(struct pci_function *f)
{
	u8 *high = &f->s.config[f->express + 9u];
	bool asked = *high & 0x80 && f->initial[f->express + 7u] & 0x10;

	*high &= 0x7f;
	return asked;
}

static void written(struct pci_function *f, u32 offset, unsigned size, bool bus_was_reset)
{
	if (f->express && touches(offset, size, f->express + 8u, 2) && takes_reset(f)) {
		trace_pci(f->trace, &(struct ev_pci){ .what = PCI_RESET,
						      .function = pci_requester(f),
						      .name = "function level reset" });
		pci_reset(f);
		return;
	}
	if (f->msix && touches(offset, size, f->msix + 2u, 2))
		pci_msix_changed(f);
	if (f->config_written)
		f->config_written(f, offset, size);
	if (f->host)
		pci_host_config_written(f->host, f, offset, size, bus_was_reset);
}

void pci_config_write(struct pci_function *f, u32 offset, unsigned size, u64 value)
{
	bool bus_was_reset = pci_resets_bus(f);

	trace_config(f, offset, size, true, value);
	for (unsigned i = 0; i < size; i++) {
		u8 v = (u8)(value >> 8 * i), *to = &f->s.config[offset + i], mask = f->writable[offset + i];

		*to = (u8)((*to & ~mask) | (v & mask));
		*to &= (u8) ~(v & f->clears[offset + i]);
	}
	written(f, offset, size, bus_was_reset);
}

void pci_reset(struct pci_function *f)
{
	forget_state(f);
	if (f->host)
		pci_host_function_reset(f->host, f);
	if (f->reset)
		f->reset(f);
}

bool pci_is_awake(const struct pci_function *f)
{
	return !f->power || !(f->s.config[f->power + 4u] & 3);
}

bool pci_decodes_memory(const struct pci_function *f)
{
	return (f->s.config[PCI_COMMAND] & PCI_COMMAND_MEMORY) && pci_is_awake(f);
}

bool pci_bar_base(const struct pci_function *f, unsigned n, u64 *base)
{
	const struct pci_bar *b = &f->bar[n];
	u64 at = pci_get(f, PCI_BAR0 + 4 * n, 4) & ~15u;

	if (!b->size || !pci_decodes_memory(f))
		return false;
	if (b->is_64)
		at |= (u64)pci_get(f, PCI_BAR0 + 4 * n + 4, 4) << 32;
	*base = at;
	return at && at + b->size > at; /* 0 is what a reset leaves, the topmost place what a sizing does */
}

/* ---- DMA ---- */

u16 pci_requester(const struct pci_function *f)
{
	unsigned bus = f->bridge ? f->bridge->s.config[PCI_SECONDARY_BUS] : 0;

	return (u16)(bus << 8 | f->devfn);
}

bool pci_may_master(const struct pci_function *f)
{
	for (; f; f = f->bridge)
		if (!(f->s.config[PCI_COMMAND] & PCI_COMMAND_MASTER) || !pci_is_awake(f))
			return false;
	return true;
}

enum dma_result pci_dma(void *ctx, const struct dma_request *q)
{
	const struct pci_function *f = ctx;
	struct dma_request own = *q;

	if (!pci_may_master(f) || !f->upstream.access)
		return DMA_ABORT;
	own.stream = pci_requester(f);
	return f->upstream.access(f->upstream.ctx, &own);
}
