/* The root complex: which function a configuration or memory access reaches, bridges' windows, resets, INTx lines. */
#include "dev/pci_host.h"

#include <string.h>

#include "base/bits.h"

/* ---- plugging ---- */

static bool is_taken(const struct pci_host *h, const struct pci_function *port, u8 devfn)
{
	if (!port && devfn == 0)
		return true;
	for (unsigned i = 0; i < h->functions; i++)
		if (h->function[i]->bridge == port && h->function[i]->devfn == devfn)
			return true;
	return false;
}

static u8 next_slot(const struct pci_host *h)
{
	u8 slot = 1;

	while (slot < 32 && is_taken(h, NULL, (u8)(slot << 3)))
		slot++;
	return slot;
}

/* On the root bus an endpoint is part of the root complex (7.5.3.2), and has no link (7.5.3: Link registers are 0). */
static void integrate(struct pci_function *f)
{
	u8 *type = &f->initial[f->express + 2u];

	if (!f->express || *type >> 4 != PCI_ENDPOINT)
		return;
	*type |= PCI_INTEGRATED_ENDPOINT << 4;
	pci_set(f, f->express + 0xcu, 4, 0, 0);
	pci_set(f, f->express + 0x10u, 4, 0, 0);
	pci_set(f, f->express + 0x30u, 2, 0, 0);
}

bool pci_plug(struct pci_host *h, struct pci_function *f, struct pci_function *port, u8 slot)
{
	if (port)
		slot = 0;
	else if (slot == PCI_ANY_SLOT)
		slot = next_slot(h);
	if (slot > 31 || h->functions == PCI_FUNCTIONS_MAX || is_taken(h, port, (u8)(slot << 3)))
		return false;
	if (!port)
		integrate(f);
	f->host = h;
	f->bridge = port;
	f->devfn = (u8)(slot << 3);
	f->upstream = h->upstream;
	f->trace = h->trace;
	h->function[h->functions++] = f;
	pci_reset(f);
	return true;
}

void pci_host_init(struct pci_host *h)
{
	static const struct pci_identity id = { 0x1b36, 0x0008, 0x1af4, 0x1100, 0x060000, 0 };

	pci_describe(&h->bridge, "pcie-host", &id);
	pci_seal(&h->bridge);
	h->bridge.trace = h->trace;
	h->window32.host = h->window64.host = h;
}

void pci_host_reset(struct pci_host *h)
{
	pci_reset(&h->bridge);
	for (unsigned i = 0; i < h->functions; i++)
		pci_reset(h->function[i]);
}

/* ---- configuration accesses ---- */

static struct pci_function *function_at(struct pci_host *h, unsigned bus, unsigned devfn)
{
	if (bus == 0 && devfn == 0)
		return &h->bridge;
	for (unsigned i = 0; i < h->functions; i++) {
		struct pci_function *f = h->function[i];

		if (f->devfn != devfn || pci_requester(f) >> 8 != bus || (bus == 0) != (f->bridge == NULL))
			continue;
		return f->bridge && pci_resets_bus(f->bridge) ? NULL : f;
	}
	return NULL;
}

static struct pci_function *ecam_function(struct pci_host *h, const struct bus_access *a)
{
	return function_at(h, (unsigned)(a->offset >> 20), (unsigned)(a->offset >> 12 & 0xff));
}

static enum bus_result ecam_read(void *ctx, const struct bus_access *a, u64 *value)
{
	struct pci_function *f = ecam_function(ctx, a);

	*value = f ? pci_config_read(f, (u32)(a->offset & 0xfff), a->size) : ones(8 * a->size);
	return BUS_OK;
}

static enum bus_result ecam_write(void *ctx, const struct bus_access *a, u64 value)
{
	struct pci_function *f = ecam_function(ctx, a);

	if (f)
		pci_config_write(f, (u32)(a->offset & 0xfff), a->size, value);
	return BUS_OK;
}

/* ---- memory ---- */

/* What a bridge passes down by window 0 (memory, 7.5.1.3.8) or 1 (prefetchable memory, 7.5.1.3.9), in units of 1 MiB.
 */
static struct pci_place bridge_window(const struct pci_function *b, unsigned n)
{
	unsigned at = n ? PCI_PREFETCH_BASE : PCI_MEMORY_BASE;
	u64 base = (u64)(pci_get(b, at, 2) & 0xfff0) << 16;
	u64 limit = (u64)(pci_get(b, at + 2, 2) & 0xfff0) << 16 | 0xfffff;

	if (n) {
		base |= (u64)pci_get(b, PCI_PREFETCH_BASE_UPPER, 4) << 32;
		limit |= (u64)pci_get(b, PCI_PREFETCH_LIMIT_UPPER, 4) << 32;
	}
	if (!pci_decodes_memory(b) || limit < base)
		return (struct pci_place){ 0 };
	return (struct pci_place){ base, limit - base + 1 };
}

static bool bridge_passes(const struct pci_function *b, u64 at, u64 size)
{
	for (unsigned n = 0; n < 2; n++) {
		struct pci_place w = bridge_window(b, n);

		if (at - w.base < w.size && size <= w.size - (at - w.base))
			return true;
	}
	return false;
}

static void move(struct pci_function *f, unsigned n, const char *name, struct pci_place to)
{
	struct pci_place was = f->place[n];

	if (to.base == was.base && to.size == was.size)
		return;
	f->place[n] = to;
	trace_pci(f->trace, &(struct ev_pci){ .what = PCI_BAR,
					      .function = pci_requester(f),
					      .name = name,
					      .old = was.size ? was.base : ~0ull,
					      .value = to.size ? to.base : ~0ull,
					      .detail = to.size });
}

static void map_function(struct pci_host *h, struct pci_function *f)
{
	static const char *const names[PCI_BARS] = { "BAR0", "BAR1", "BAR2", "BAR3", "BAR4", "BAR5" };

	for (unsigned n = 0; n < PCI_BARS; n++) {
		u64 base, size = f->bar[n].size;
		bool answers = pci_bar_base(f, n, &base) && (!f->bridge || bridge_passes(f->bridge, base, size));

		if (answers)
			h->mapping[h->mappings++] = (struct pci_mapping){ base, size, f, n };
		if (size)
			move(f, n, names[n], answers ? (struct pci_place){ base, size } : (struct pci_place){ 0 });
	}
}

static void map_again(struct pci_host *h)
{
	h->mappings = 0;
	for (unsigned i = 0; i < h->functions; i++) {
		struct pci_function *f = h->function[i];

		if (pci_is_bridge(f)) {
			move(f, 0, "bridge memory", bridge_window(f, 0));
			move(f, 1, "bridge prefetchable memory", bridge_window(f, 1));
		}
		map_function(h, f);
	}
}

/* Where windows are, and what pins are driven to, came with the copy: nothing moves. */
void pci_host_restored(struct pci_host *h)
{
	map_again(h);
	pci_host_pins_changed(h);
}

/* Of BARs that overlap, the first one answers. */
static const struct pci_mapping *mapping_at(const struct pci_window *w, u64 at)
{
	for (unsigned i = 0; i < w->host->mappings; i++)
		if (at - w->host->mapping[i].base < w->host->mapping[i].size)
			return &w->host->mapping[i];
	return NULL;
}

static enum bus_result window_read(void *ctx, const struct bus_access *a, u64 *value)
{
	const struct pci_window *w = ctx;
	const struct pci_mapping *m = mapping_at(w, w->base + a->offset);

	*value = m ? pci_bar_read(m->f, m->bar, w->base + a->offset - m->base, a->size) : ones(8 * a->size);
	return BUS_OK;
}

static enum bus_result window_write(void *ctx, const struct bus_access *a, u64 value)
{
	const struct pci_window *w = ctx;
	const struct pci_mapping *m = mapping_at(w, w->base + a->offset);

	if (m)
		pci_bar_write(m->f, m->bar, w->base + a->offset - m->base, a->size, value);
	return BUS_OK;
}

static enum bus_result io_read(void *ctx, const struct bus_access *a, u64 *value)
{
	*value = ones(8 * a->size);
	return BUS_OK;
}

static enum bus_result io_write(void *ctx, const struct bus_access *a, u64 value)
{
	return BUS_OK;
}

const struct bus_device_ops pci_ecam_ops = { ecam_read, ecam_write };
const struct bus_device_ops pci_window_ops = { window_read, window_write };
const struct bus_device_ops pci_io_ops = { io_read, io_write };

/* ---- interrupts ---- */

/* Pins are swizzled by device number at every bus above the function (the board's device tree does the same). */
static unsigned line_of(const struct pci_function *f)
{
	unsigned pin = f->s.config[PCI_INTERRUPT_PIN] - 1u;

	for (; f; f = f->bridge)
		pin += f->devfn >> 3;
	return pin % 4;
}

static void drive(struct pci_host *h, struct pci_function *f, bool level)
{
	static const char *const names[4] = { "INTA", "INTB", "INTC", "INTD" };

	if (f->drives == level)
		return;
	f->drives = level;
	trace_pci(f->trace, &(struct ev_pci){ .what = PCI_INTX,
					      .function = pci_requester(f),
					      .name = names[(f->s.config[PCI_INTERRUPT_PIN] - 1u) % 4],
					      .value = level,
					      .detail = h->intid + line_of(f) });
}

void pci_host_pins_changed(struct pci_host *h)
{
	u8 wanted = 0, changed;

	for (unsigned i = 0; i < h->functions; i++) {
		struct pci_function *f = h->function[i];

		if (!f->s.config[PCI_INTERRUPT_PIN])
			continue;
		drive(h, f, pci_pin_driven(f));
		wanted |= (u8)(f->drives << line_of(f));
	}
	changed = wanted ^ h->driven;
	h->driven = wanted;
	for (unsigned i = 0; i < 4; i++)
		if (changed >> i & 1)
			line_set(&h->line[i], wanted >> i & 1);
}

/* ---- what configuration changes ---- */

static void reset_behind(struct pci_host *h, const struct pci_function *bridge)
{
	for (unsigned i = 0; i < h->functions; i++)
		if (h->function[i]->bridge == bridge) {
			trace_pci(h->trace, &(struct ev_pci){ .what = PCI_RESET,
							      .function = pci_requester(h->function[i]),
							      .name = "hot reset" });
			pci_reset(h->function[i]);
		}
}

void pci_host_config_written(struct pci_host *h, struct pci_function *f, u32 offset, unsigned size, bool bus_was_reset)
{
	bool power = f->power && offset < f->power + 8u && offset + size > f->power + 4u;

	if (offset >= 0x40 && !power)
		return;
	if (pci_resets_bus(f) && !bus_was_reset)
		reset_behind(h, f);
	map_again(h);
	pci_host_pins_changed(h);
}

void pci_host_function_reset(struct pci_host *h, struct pci_function *f)
{
	if (pci_is_bridge(f))
		reset_behind(h, f);
	map_again(h);
	pci_host_pins_changed(h);
}

/* ---- root ports ---- */

void pci_root_port_init(struct pci_function *f, u8 number)
{
	static const struct pci_identity id = { 0x1b36, 0x000c, 0, 0, 0x060400, 0 };

	pci_describe(f, "root-port", &id);
	f->initial[PCI_HEADER_TYPE] = 1;
	pci_set(f, PCI_SUBSYSTEM_VENDOR, 4, 0, ~0u); /* of type 1: the prefetchable limit's upper half */
	pci_set(f, PCI_PRIMARY_BUS, 4, 0, 0xffffff);
	pci_set(f, PCI_MEMORY_BASE, 4, 0, 0xfff0fff0);
	pci_set(f, PCI_PREFETCH_BASE, 4, 0x00010001, 0xfff0fff0);
	pci_set(f, PCI_PREFETCH_BASE_UPPER, 4, 0, ~0u);
	pci_set(f, PCI_INTERRUPT_PIN, 1, 1, 0);
	pci_set(f, PCI_BRIDGE_CONTROL, 2, 0, 0x43);
	pci_add_express(f, PCI_ROOT_PORT);
	pci_set(f, f->express + 0x14u, 4, (u32)number << 19, 0); /* Physical Slot Number */
	pci_add_power(f);
	pci_seal(f);
}
