/*
 * The PCI Express host with functions on its root bus and behind root ports, by software that does anything: ECAM,
 * windows, and devices that master the bus, send messages and drive their pins. The input is a list of 16-byte steps.
 * The board is enumerated well at first, and what follows may ruin it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "dev/pci_host.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x10000u
#define DOORBELL_BASE 0x08090000ull
#define DOORBELL (DOORBELL_BASE + 0x40)
#define MEM32_BASE 0x10000000ull
#define MEM64_BASE 0x8000000000ull
#define MSIX_TABLE 0x800u
#define MSIX_PENDING 0xc00u
#define STEPS_MAX 300u
#define DEVICES 3u /* two on the root bus, one behind the first port */
#define PORTS 2u   /* the second one is empty */

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

struct step {
	u8 what; /* enum kind, and bits 6 and 7: values as they are, which are tamed otherwise */
	u8 where, size, vector;
	u32 offset;
	u64 v;
};
enum kind { CONFIG_WRITE, CONFIG_READ, BAR_WRITE, BAR_READ, MESSAGE, PIN, DMA, RESET, SET_UP, KINDS };
enum { WILD_OFFSET = 0x80, WILD_VALUE = 0x40 };

static const unsigned vectors[DEVICES] = { 3, 64, 1 };

static struct bus bus;
static struct pci_host host;
static struct pci_function device[DEVICES], port[PORTS];
static u8 ram[RAM_SIZE];
static u64 reg[DEVICES];
static bool level[4];

/* ---- the devices ---- */

static u64 reg_read(struct pci_function *f, u64 offset, unsigned size)
{
	if (offset >= f->bar[0].size || offset % size)
		abort();
	return reg[f - device];
}

static void reg_write(struct pci_function *f, u64 offset, unsigned size, u64 value)
{
	if (offset >= f->bar[0].size || offset % size)
		abort();
	reg[f - device] = value;
}

static void on_reset(struct pci_function *f)
{
	reg[f - device] = 0;
}

static void describe(unsigned n)
{
	static const struct pci_identity id = { 0x1b36, 0x1234, 0x1af4, 0x1100, 0x088000, 7 };
	struct pci_function *f = &device[n];

	pci_describe(f, "device", &id);
	pci_set(f, PCI_INTERRUPT_PIN, 1, 1 + n, 0);
	pci_add_bar(f, 0, &(struct pci_bar){ 0x1000, n != 1, n == 0, reg_read, reg_write });
	pci_add_bar(f, 2, &(struct pci_bar){ 0x10, false, false, NULL, NULL });
	pci_add_express(f, PCI_ENDPOINT);
	pci_add_power(f);
	pci_add_msix(f, 0, vectors[n], MSIX_TABLE, MSIX_PENDING);
	f->reset = on_reset;
	pci_seal(f);
}

/* ---- the board ---- */

static bool may_master(const struct pci_function *f)
{
	for (; f; f = f->bridge)
		if (!(f->s.config[PCI_COMMAND] & PCI_COMMAND_MASTER))
			return false;
	return true;
}

/* Some function that may master the bus has this requester ID. */
static enum dma_result upstream(void *ctx, const struct dma_request *q)
{
	bool known = false;

	for (unsigned i = 0; i < DEVICES; i++)
		known |= q->stream == pci_requester(&device[i]) && may_master(&device[i]);
	if (!known)
		abort();
	return bus_dma_access(&bus, q);
}

static enum bus_result msi_read(void *ctx, const struct bus_access *a, u64 *value)
{
	return BUS_SLVERR;
}

static enum bus_result msi_write(void *ctx, const struct bus_access *a, u64 value)
{
	return a->offset == DOORBELL - DOORBELL_BASE ? BUS_OK : BUS_SLVERR;
}

static void on_line(void *ctx, unsigned n, bool l)
{
	if (level[n] == l)
		abort();
	level[n] = l;
}

static void add(const char *name, u64 base, u64 size, enum bus_region_kind kind, const struct bus_device_ops *ops,
		void *ctx)
{
	bus_add(&bus,
		&(struct bus_region){ .name = name, .base = base, .size = size, .kind = kind, .ops = ops, .ctx = ctx });
}

static void build(void)
{
	static const struct bus_device_ops msi_ops = { msi_read, msi_write };

	memset(&bus, 0, sizeof(bus));
	memset(&host, 0, sizeof(host));
	memset(device, 0, sizeof(device));
	memset(port, 0, sizeof(port));
	memset(level, 0, sizeof(level));
	bus_add(&bus, &(struct bus_region){ .name = "ram", .base = RAM_BASE, .size = RAM_SIZE, .host = ram });
	add("its", DOORBELL_BASE, 0x10000, BUS_MSI, &msi_ops, NULL);
	host.upstream = (struct dma_port){ NULL, upstream };
	host.window32.base = MEM32_BASE;
	host.window64.base = MEM64_BASE;
	for (unsigned i = 0; i < 4; i++)
		host.line[i] = (struct line){ on_line, NULL, i };
	pci_host_init(&host);
	for (unsigned i = 0; i < DEVICES; i++)
		describe(i);
	for (unsigned i = 0; i < PORTS; i++)
		pci_root_port_init(&port[i], (u8)(i + 1));
	if (!pci_plug(&host, &device[0], NULL, PCI_ANY_SLOT) || !pci_plug(&host, &device[1], NULL, 30) ||
	    !pci_plug(&host, &port[0], NULL, PCI_ANY_SLOT) || !pci_plug(&host, &port[1], NULL, PCI_ANY_SLOT) ||
	    !pci_plug(&host, &device[2], &port[0], 0))
		abort();
}

/* ---- accesses ---- */

static u64 ecam(unsigned bus_number, unsigned slot, u32 offset)
{
	return (u64)bus_number << 20 | slot << 15 | offset;
}

static void access_ecam(u64 offset, unsigned size, bool write, u64 v)
{
	struct bus_access a = { .offset = align_down(offset & 0xfffffff, size), .size = (u8)size };
	u64 got;

	if (write)
		pci_ecam_ops.write(&host, &a, v);
	else if (pci_ecam_ops.read(&host, &a, &got) != BUS_OK || got & ~ones(8 * size))
		abort();
}

static void access_window(struct pci_window *w, u64 offset, unsigned size, bool write, u64 v)
{
	struct bus_access a = { .offset = align_down(offset, size), .size = (u8)size };
	u64 got;

	if (write)
		pci_window_ops.write(w, &a, v);
	else if (pci_window_ops.read(w, &a, &got) != BUS_OK || got & ~ones(8 * size))
		abort();
}

static void set_up_device(const struct pci_function *f, u64 at64, u64 at32)
{
	unsigned n = f->bridge ? 1 : 0, slot = f->devfn >> 3;

	access_ecam(ecam(n, slot, PCI_BAR0), 4, true, f->bar[0].is_64 ? at64 : at32);
	access_ecam(ecam(n, slot, PCI_BAR0 + 4), 4, true, at64 >> 32);
	access_ecam(ecam(n, slot, PCI_BAR0 + 8), 4, true, at32 + 0x1000);
	access_ecam(ecam(n, slot, f->msix + 2u), 2, true, 0x8000);
	access_ecam(ecam(n, slot, PCI_COMMAND), 2, true, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	for (unsigned i = 0; i < f->vectors; i++) {
		u64 entry = (f->bar[0].is_64 ? at64 - MEM64_BASE : at32 - MEM32_BASE) + MSIX_TABLE + 16 * i;
		struct pci_window *w = f->bar[0].is_64 ? &host.window64 : &host.window32;

		access_window(w, entry, 8, true, i % 3 ? DOORBELL : RAM_BASE + 4 * i);
		access_window(w, entry + 8, 8, true, i);
	}
}

static void set_up(void)
{
	for (unsigned i = 0; i < PORTS; i++) {
		unsigned slot = port[i].devfn >> 3;

		access_ecam(ecam(0, slot, PCI_PRIMARY_BUS), 4, true, (i + 1) << 16 | (i + 1) << 8);
		access_ecam(ecam(0, slot, PCI_MEMORY_BASE), 4, true,
			    (MEM32_BASE + 0x100000) >> 16 | (MEM32_BASE + 0x100000));
		access_ecam(ecam(0, slot, PCI_PREFETCH_BASE_UPPER), 8, true, 0x8000000080);
		access_ecam(ecam(0, slot, PCI_PREFETCH_BASE), 4, true, 0x00100010);
		access_ecam(ecam(0, slot, PCI_COMMAND), 2, true, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	}
	set_up_device(&device[0], MEM64_BASE, MEM32_BASE + 0x10000);
	set_up_device(&device[1], 0, MEM32_BASE + 0x20000);
	set_up_device(&device[2], MEM64_BASE + 0x100000, MEM32_BASE + 0x100000);
}

/* ---- steps ---- */

/* Offsets that mean something, unless the step wants any. */
static u64 config_place(const struct step *s)
{
	static const u8 buses[] = { 0, 0, 0, 1 };
	unsigned n = buses[s->where >> 4 & 3], slot = s->where & 15;

	if (s->what & WILD_OFFSET)
		return s->offset;
	return ecam(n, n ? 0 : slot == 15 ? 30 : slot % 5, s->offset & (s->where & 0x40 ? 0xfff : 0x7f));
}

static void access_bar(const struct step *s, bool write)
{
	const struct pci_mapping *m;
	bool high;

	if (s->what & WILD_OFFSET || !host.mappings) {
		access_window(s->where & 1 ? &host.window64 : &host.window32, s->offset, 1u << (s->size & 3), write,
			      s->v);
		return;
	}
	m = &host.mapping[s->where % host.mappings];
	high = m->base >= MEM64_BASE;
	access_window(high ? &host.window64 : &host.window32,
		      m->base - (high ? MEM64_BASE : MEM32_BASE) + s->offset % m->size, 1u << (s->size & 3), write,
		      s->v);
}

static void master(const struct step *s)
{
	static u8 data[4096];
	u64 at = s->what & WILD_VALUE ? s->v : RAM_BASE + s->v % (2 * RAM_SIZE);
	u32 room = 4096 - (u32)(at % 4096);
	struct dma_request q = { .stream = ~0u, .address = at, .size = s->offset % room + 1, .is_write = s->size & 1 };

	q.data = data;
	(void)pci_dma(&device[s->where % DEVICES], &q);
}

static void execute(const struct step *s)
{
	struct pci_function *f = &device[s->where % DEVICES];

	switch ((enum kind)(s->what % 64 % KINDS)) {
	case CONFIG_WRITE: access_ecam(config_place(s), 1u << (s->size & 3), true, s->v); break;
	case CONFIG_READ: access_ecam(config_place(s), 1u << (s->size & 3), false, 0); break;
	case BAR_WRITE: access_bar(s, true); break;
	case BAR_READ: access_bar(s, false); break;
	case MESSAGE: pci_message(f, s->what & WILD_VALUE ? (unsigned)s->v : s->vector % f->vectors); break;
	case PIN: pci_pin(f, s->v & 1); break;
	case DMA: master(s); break;
	case RESET: s->where & 0x80 ? pci_host_reset(&host) : pci_reset(f); break;
	case SET_UP: set_up(); break;
	case KINDS: break;
	}
}

/* ---- what holds always ---- */

/* What is not writable keeps its value; but a pin's level shows in the status. */
static void check_config(const struct pci_function *f)
{
	u8 wrong = 0;

	for (unsigned i = 0; i < PCI_CONFIG_SIZE; i++) {
		u8 changed = f->s.config[i] ^ f->initial[i];

		wrong |= (u8)(changed & ~(f->writable[i] | f->clears[i] | PCI_STATUS_INTERRUPT * (i == PCI_STATUS)));
	}
	if (wrong)
		abort();
}

/* Nothing is pending that could be sent. */
static void check_vectors(const struct pci_function *f)
{
	bool on = pci_get(f, f->msix + 2u, 2) >> 14 == 2;

	for (unsigned i = 0; i < f->vectors; i++) {
		const struct pci_vector *v = &f->s.vector[i];

		if (v->control > 1 || v->address & 3 || (f->s.pending[i / 64] >> i % 64 & 1 && on && !v->control))
			abort();
	}
	if (f->vectors < 64 && f->s.pending[0] >> f->vectors)
		abort();
}

/* A line is up exactly when a pin that leads to it is driven (interrupts of PCI 3.0, 2.2.6, and the board's routing).
 */
static void check_lines(void)
{
	bool want[4] = { false };

	for (unsigned i = 0; i < DEVICES; i++) {
		const struct pci_function *f = &device[i];
		u16 command = (u16)pci_get(f, PCI_COMMAND, 2);
		bool msix = pci_get(f, f->msix + 2u, 2) & 0x8000, sleeps = pci_get(f, f->power + 4u, 2) & 3;

		if (f->s.pin && !msix && !sleeps && !(command & PCI_COMMAND_NO_INTX))
			want[(i + (f->devfn >> 3) + (f->bridge ? f->bridge->devfn >> 3 : 0)) % 4] = true;
	}
	for (unsigned i = 0; i < 4; i++)
		if (level[i] != want[i])
			abort();
}

static void check(void)
{
	for (unsigned i = 0; i < DEVICES; i++)
		check_vectors(&device[i]);
	check_lines();
	for (unsigned i = 0; i < host.mappings; i++)
		if (host.mapping[i].base % host.mapping[i].size ||
		    !(host.mapping[i].f->s.config[PCI_COMMAND] & PCI_COMMAND_MEMORY))
			abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	memset(ram, 0, sizeof(ram));
	build();
	set_up();
	check();
	for (size_t i = 0; i < size / sizeof(struct step) && i < STEPS_MAX; i++) {
		struct step s;

		memcpy(&s, data + i * sizeof(s), sizeof(s));
		execute(&s);
		check();
	}
	for (unsigned i = 0; i < host.functions; i++)
		check_config(host.function[i]);
	return 0;
}
