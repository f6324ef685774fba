/* PCI Express: configuration space, BARs, bridges' windows, MSI-X, INTx, resets, and who may master the bus. */
#include <check.h>
#include <string.h>

#include "base/bits.h"
#include "dev/pci_host.h"
#include "bus_rig.h"
#include "run_suite.h"

#define RAM 0x40000000ull
#define ECAM 0x4010000000ull
#define MEM32 0x10000000ull
#define MEM64 0x8000000000ull
#define MSIX_TABLE 0x1000u
#define MSIX_PENDING 0x1800u
#define VECTORS 70u

static struct pci_host host;
static struct pci_function near_fn, far_fn, port;
static u8 ram[0x2000];
static u64 reg[2][8]; /* the registers of near_fn, far_fn */
static unsigned resets[2];
static bool level[4];

/* ---- a device of eight registers and MSI-X ---- */

static unsigned number_of(const struct pci_function *f)
{
	return f == &far_fn;
}

static u64 reg_read(struct pci_function *f, u64 offset, unsigned size)
{
	return offset < sizeof(reg[0]) ? reg[number_of(f)][offset / 8] >> 8 * (offset % 8) : 0;
}

static void reg_write(struct pci_function *f, u64 offset, unsigned size, u64 value)
{
	if (offset < sizeof(reg[0]))
		reg[number_of(f)][offset / 8] = value;
}

static void on_reset(struct pci_function *f)
{
	memset(reg[number_of(f)], 0, sizeof(reg[0]));
	resets[number_of(f)]++;
}

static void describe(struct pci_function *f)
{
	static const struct pci_identity id = { 0x1b36, 0x1234, 0x1af4, 0x1100, 0x088000, 7 };

	memset(f, 0, sizeof(*f));
	pci_describe(f, "test", &id);
	pci_set(f, PCI_INTERRUPT_PIN, 1, 1, 0);
	pci_add_bar(f, 0, &(struct pci_bar){ 0x4000, true, true, reg_read, reg_write });
	pci_add_bar(f, 2, &(struct pci_bar){ 0x10, false, false, reg_read, reg_write });
	pci_add_express(f, PCI_ENDPOINT);
	pci_add_power(f);
	pci_add_msix(f, 0, VECTORS, MSIX_TABLE, MSIX_PENDING);
	f->reset = on_reset;
	pci_seal(f);
}

/* ---- the board ---- */

static void on_line(void *ctx, unsigned n, bool l)
{
	level[n] = l;
}

static void setup(void)
{
	memset(&bus, 0, sizeof(bus));
	memset(&host, 0, sizeof(host));
	memset(ram, 0x5a, sizeof(ram));
	memset(level, 0, sizeof(level));
	memset(resets, 0, sizeof(resets));
	bus_add(&bus, &(struct bus_region){ "ram", RAM, sizeof(ram), BUS_RAM, false, ram, NULL, NULL });
	take_messages();
	bus_add(&bus, &(struct bus_region){ "ecam", ECAM, 0x10000000, BUS_DEVICE, false, NULL, &pci_ecam_ops, &host });
	bus_add(&bus, &(struct bus_region){ "mem32", MEM32, 0x2eff0000, BUS_DEVICE, false, NULL, &pci_window_ops,
					    &host.window32 });
	bus_add(&bus, &(struct bus_region){ "mem64", MEM64, 0x8000000000, BUS_DEVICE, false, NULL, &pci_window_ops,
					    &host.window64 });
	bus_add(&bus, &(struct bus_region){ "io", 0x3eff0000, 0x10000, BUS_DEVICE, false, NULL, &pci_io_ops, NULL });
	host.upstream = (struct dma_port){ &bus, bus_dma_access };
	host.window32.base = MEM32;
	host.window64.base = MEM64;
	for (unsigned i = 0; i < 4; i++)
		host.line[i] = (struct line){ on_line, NULL, i };
	pci_host_init(&host);
	describe(&near_fn);
	describe(&far_fn);
	memset(&port, 0, sizeof(port));
	pci_root_port_init(&port, 1);
	ck_assert(pci_plug(&host, &near_fn, NULL, PCI_ANY_SLOT));
	ck_assert(pci_plug(&host, &port, NULL, 4));
	ck_assert(pci_plug(&host, &far_fn, &port, PCI_ANY_SLOT));
	memset(resets, 0, sizeof(resets));
}

#define CONFIG(bus_, dev) (ECAM + ((u64)(bus_) << 20) + ((u64)(dev) << 15))
#define NEAR CONFIG(0, 1)
#define PORT CONFIG(0, 4)
#define FAR CONFIG(3, 0)
#define NEAR_BAR 0x8000004000ull
#define FAR_BAR 0x10200000ull

/* As software does: buses, windows, BARs, memory and mastering on. */
static void enumerate(void)
{
	wr(NEAR + 0x10, 4, (u32)NEAR_BAR);
	wr(NEAR + 0x14, 4, NEAR_BAR >> 32);
	wr(NEAR + 0x18, 4, MEM32 + 0x1000);
	wr(NEAR + 4, 2, 6);
	wr(PORT + 0x18, 4, 0x030300);
	wr(PORT + 0x20, 4, (FAR_BAR & 0xfff00000) | (FAR_BAR >> 16 & 0xfff0));
	wr(PORT + 4, 2, 6);
	wr(FAR + 0x10, 4, FAR_BAR);
	wr(FAR + 0x14, 4, 0);
	wr(FAR + 4, 2, 6);
}

/* ---- configuration space ---- */

START_TEST(host_bridge)
{
	u64 v;

	ck_assert_uint_eq(rd(ECAM, 4), 0x00081b36);
	ck_assert_uint_eq(rd(ECAM + 2, 2), 0x0008);
	ck_assert_uint_eq(rd(ECAM + 11, 1), 0x06);
	ck_assert_uint_eq(rd(ECAM + 0x2c, 4), 0x11001af4);
	wr(ECAM, 4, 0);
	ck_assert_uint_eq(rd(ECAM, 4), 0x00081b36);
	/* Other functions, devices and buses, and the windows: nobody. */
	ck_assert_uint_eq(rd(ECAM + 0x1000, 4), 0xffffffff);
	ck_assert_uint_eq(rd(CONFIG(0, 2), 2), 0xffff);
	ck_assert_uint_eq(rd(NEAR + 0x1000, 4), 0xffffffff);
	ck_assert_uint_eq(rd(ECAM + 0xffff000, 8), ~0ull);
	ck_assert_uint_eq(rd(MEM32, 1), 0xff);
	wr(MEM32, 8, 0);
	ck_assert_uint_eq(rd(MEM32, 8), ~0ull);
	ck_assert_uint_eq(rd(0x3eff0000, 2), 0xffff);
	ck_assert_int_eq(bus_read(&bus, (pa_t){ ECAM + 0x10000000, true }, 4, 0, &v), BUS_DECERR);
}
END_TEST

START_TEST(header_and_capabilities)
{
	static const u8 order[] = { PCI_CAP_EXPRESS, PCI_CAP_POWER, PCI_CAP_MSIX };
	u64 at;

	ck_assert_uint_eq(rd(NEAR, 4), 0x12341b36);
	ck_assert_uint_eq(rd(NEAR + 8, 4), 0x08800007);
	ck_assert_uint_eq(rd(NEAR + PCI_STATUS, 2), PCI_STATUS_CAPABILITIES);
	wr(NEAR, 8, ~0ull);
	ck_assert_uint_eq(rd(NEAR, 4), 0x12341b36);
	ck_assert_uint_eq(rd(NEAR + 4, 4), 0x00100506);
	at = rd(NEAR + PCI_CAPABILITIES, 1);
	for (unsigned i = 0; i < ARRAY_SIZE(order); i++, at = rd(NEAR + at + 1, 1)) {
		ck_assert_uint_ge(at, 0x40);
		ck_assert_uint_eq(rd(NEAR + at, 1), order[i]);
	}
	ck_assert_uint_eq(at, 0);
	at = near_fn.express;
	ck_assert_uint_eq(rd(NEAR + at + 2, 2) >> 4 & 15, PCI_INTEGRATED_ENDPOINT);
	ck_assert_uint_eq(rd(NEAR + at + 12, 4), 0); /* it has no link */
	wr(PORT + 0x18, 4, 0x030300);
	ck_assert_uint_eq(rd(FAR + at + 2, 2) >> 4 & 15, PCI_ENDPOINT);
	ck_assert_uint_ne(rd(FAR + at + 12, 4), 0);
	ck_assert_uint_eq(rd(PORT + port.express + 2, 2) >> 4 & 15, PCI_ROOT_PORT);
	ck_assert_uint_eq(rd(NEAR + near_fn.msix + 2, 2), VECTORS - 1);
	ck_assert_uint_eq(rd(NEAR + 0x100, 4), 0); /* no extended capability */
}
END_TEST

START_TEST(bar_sizing)
{
	ck_assert_uint_eq(rd(NEAR + 0x10, 8), 0xc);
	wr(NEAR + 0x10, 8, ~0ull);
	ck_assert_uint_eq(rd(NEAR + 0x10, 8), ~0x3fffull | 0xc);
	wr(NEAR + 0x18, 4, ~0u);
	ck_assert_uint_eq(rd(NEAR + 0x18, 4), 0xfffffff0);
	wr(NEAR + 0x1c, 4, ~0u);
	ck_assert_uint_eq(rd(NEAR + 0x1c, 4), 0);
	wr(NEAR + 0x30, 4, ~0u); /* no expansion ROM */
	ck_assert_uint_eq(rd(NEAR + 0x30, 4), 0);
	wr(NEAR + 4, 2, 2); /* memory on, at the places that sizing leaves: nobody there */
	ck_assert_uint_eq(rd(MEM64 + 0x7fffffc000, 4), 0xffffffff);
}
END_TEST

START_TEST(windows)
{
	enumerate();
	wr(NEAR_BAR + 8, 8, 0x1122334455667788);
	ck_assert_uint_eq(reg[0][1], 0x1122334455667788);
	ck_assert_uint_eq(rd(NEAR_BAR + 12, 4), 0x11223344);
	ck_assert_uint_eq(rd(MEM32 + 0x1008, 1), 0x88); /* the other BAR */
	ck_assert_uint_eq(rd(MEM32 + 0x1010, 1), 0xff);
	wr(NEAR + 4, 2, 4);
	ck_assert_uint_eq(rd(NEAR_BAR + 8, 8), ~0ull);
	/* behind the port: only what its window passes */
	wr(FAR_BAR, 4, 5);
	ck_assert_uint_eq(reg[1][0], 5);
	wr(PORT + 0x20, 4, 0x00001030);
	ck_assert_uint_eq(rd(FAR_BAR, 4), 0xffffffff);
	wr(PORT + 0x24, 4, 0x10201020); /* the prefetchable one will do */
	wr(PORT + 0x28, 8, 0);
	ck_assert_uint_eq(rd(FAR_BAR, 4), 5);
	wr(PORT + 4, 2, 4);
	ck_assert_uint_eq(rd(FAR_BAR, 4), 0xffffffff);
}
END_TEST

START_TEST(slots)
{
	static struct pci_function more[3];

	for (unsigned i = 0; i < 3; i++)
		describe(&more[i]);
	ck_assert(!pci_plug(&host, &more[0], NULL, 1));
	ck_assert(!pci_plug(&host, &more[0], NULL, 0));
	ck_assert(!pci_plug(&host, &more[0], NULL, 32));
	ck_assert(!pci_plug(&host, &more[0], &port, PCI_ANY_SLOT));
	ck_assert(pci_plug(&host, &more[0], NULL, PCI_ANY_SLOT) && more[0].devfn == 2 << 3);
	ck_assert(pci_plug(&host, &more[1], NULL, PCI_ANY_SLOT) && more[1].devfn == 3 << 3);
	ck_assert(pci_plug(&host, &more[2], NULL, PCI_ANY_SLOT) && more[2].devfn == 5 << 3);
}
END_TEST

/* ---- DMA ---- */

START_TEST(masters)
{
	u8 data[4] = { 1, 2, 3, 4 };
	struct dma_request q = { .address = RAM + 8, .size = 4, .is_write = true, .data = data };

	ck_assert_int_eq(pci_dma(&near_fn, &q), DMA_ABORT); /* Bus Master Enable is clear */
	enumerate();
	ck_assert_int_eq(pci_dma(&near_fn, &q), DMA_OK);
	ck_assert_uint_eq(ram[8], 1);
	q.address = RAM + sizeof(ram);
	ck_assert_int_eq(pci_dma(&near_fn, &q), DMA_ABORT);
	q.address = RAM;
	ck_assert_int_eq(pci_dma(&far_fn, &q), DMA_OK);
	wr(PORT + 4, 2, 2); /* nothing passes up */
	ck_assert_int_eq(pci_dma(&far_fn, &q), DMA_ABORT);
	ck_assert_uint_eq(pci_requester(&near_fn), 1 << 3);
	ck_assert_uint_eq(pci_requester(&far_fn), 3 << 8);
}
END_TEST

/* ---- MSI-X ---- */

static void set_vector(u64 bar, unsigned n, u32 data, u32 control)
{
	wr(bar + MSIX_TABLE + 16 * n, 8, DOORBELL);
	wr(bar + MSIX_TABLE + 16 * n + 8, 4, data);
	wr(bar + MSIX_TABLE + 16 * n + 12, 4, control);
}

static void expect(unsigned count, u32 stream, u64 value)
{
	ck_assert_uint_eq(message.count, count);
	ck_assert_uint_eq(message.stream, stream);
	ck_assert_uint_eq(message.value, value);
}

START_TEST(messages)
{
	const u64 control = NEAR + near_fn.msix + 2;

	enumerate();
	ck_assert_uint_eq(rd(NEAR_BAR + MSIX_TABLE + 12, 4), 1); /* masked after reset */
	set_vector(NEAR_BAR, 3, 0x77, 0);
	pci_message(&near_fn, 3);
	expect(0, 0, 0); /* MSI-X is off */
	ck_assert_uint_eq(rd(NEAR_BAR + MSIX_PENDING, 8), 0);
	wr(control, 2, 0x8000);
	pci_message(&near_fn, 3);
	expect(1, 1 << 3, 0x77);
	pci_message(&near_fn, VECTORS); /* there is none */
	expect(1, 1 << 3, 0x77);

	set_vector(NEAR_BAR, 3, 0x78, 1);
	pci_message(&near_fn, 3);
	pci_message(&near_fn, 3);
	ck_assert_uint_eq(rd(NEAR_BAR + MSIX_PENDING, 8), 1 << 3);
	wr(NEAR_BAR + MSIX_PENDING, 8, 0);
	ck_assert_uint_eq(rd(NEAR_BAR + MSIX_PENDING, 4), 1 << 3);
	expect(1, 1 << 3, 0x77);
	wr(NEAR_BAR + MSIX_TABLE + 16 * 3 + 12, 4, 0);
	expect(2, 1 << 3, 0x78); /* once */
	ck_assert_uint_eq(rd(NEAR_BAR + MSIX_PENDING, 8), 0);

	wr(control, 2, 0xc000); /* Function Mask */
	set_vector(NEAR_BAR, 69, 0x79, 0);
	pci_message(&near_fn, 69);
	ck_assert_uint_eq(rd(NEAR_BAR + MSIX_PENDING + 8, 8), 1 << 5);
	wr(control, 2, 0x8000);
	expect(3, 1 << 3, 0x79);
	wr(NEAR + 4, 2, 2); /* not a master: lost */
	pci_message(&near_fn, 3);
	expect(3, 1 << 3, 0x79);
	ck_assert_uint_eq(rd(NEAR_BAR + MSIX_TABLE + 16 * VECTORS, 4), 0); /* beyond the table: the device's own */
}
END_TEST

START_TEST(message_behind_port)
{
	enumerate();
	wr(FAR + far_fn.msix + 2, 2, 0x8000);
	set_vector(FAR_BAR, 0, 9, 0);
	pci_message(&far_fn, 0);
	expect(1, 3 << 8, 9);
}
END_TEST

/* ---- INTx ---- */

START_TEST(pins)
{
	enumerate();
	pci_pin(&near_fn, true); /* device 1, INTA: line 1 */
	ck_assert(!level[0] && level[1] && !level[2] && !level[3]);
	ck_assert_uint_eq(rd(NEAR + PCI_STATUS, 1) & PCI_STATUS_INTERRUPT, PCI_STATUS_INTERRUPT);
	pci_pin(&far_fn, true); /* device 0 behind device 4: line 0 */
	ck_assert(level[0] && level[1]);
	wr(NEAR + 4, 2, 0x406); /* Interrupt Disable: the status stays */
	ck_assert(level[0] && !level[1]);
	ck_assert_uint_eq(rd(NEAR + PCI_STATUS, 1) & PCI_STATUS_INTERRUPT, PCI_STATUS_INTERRUPT);
	wr(NEAR + 4, 2, 6);
	ck_assert(level[1]);
	wr(NEAR + near_fn.msix + 2, 2, 0x8000); /* with MSI-X there is no pin */
	ck_assert(!level[1]);
	wr(NEAR + near_fn.msix + 2, 2, 0);
	ck_assert(level[1]);
	pci_pin(&near_fn, false);
	pci_pin(&far_fn, false);
	ck_assert(!level[0] && !level[1]);
}
END_TEST

/* ---- resets ---- */

START_TEST(function_level_reset)
{
	enumerate();
	wr(NEAR_BAR, 8, 3);
	pci_pin(&near_fn, true);
	wr(NEAR + near_fn.express + 8, 2, 0x8000 | rd(NEAR + near_fn.express + 8, 2));
	ck_assert_uint_eq(resets[0], 1);
	ck_assert_uint_eq(resets[1], 0);
	ck_assert_uint_eq(rd(NEAR + near_fn.express + 8, 2) & 0x8000, 0);
	ck_assert_uint_eq(rd(NEAR + 4, 2), 0);
	ck_assert_uint_eq(rd(NEAR_BAR, 8), ~0ull);
	ck_assert(!level[1]);
}
END_TEST

START_TEST(hot_reset)
{
	enumerate();
	wr(FAR_BAR, 8, 3);
	wr(PORT + PCI_BRIDGE_CONTROL, 2, PCI_SECONDARY_BUS_RESET);
	wr(PORT + PCI_BRIDGE_CONTROL, 2, PCI_SECONDARY_BUS_RESET); /* still the same reset */
	ck_assert_uint_eq(rd(FAR, 4), 0xffffffff);		   /* nobody answers while it lasts */
	wr(PORT + PCI_BRIDGE_CONTROL, 2, 0);
	ck_assert_uint_eq(rd(FAR, 4), 0x12341b36);
	ck_assert_uint_eq(resets[0], 0);
	ck_assert_uint_eq(resets[1], 1);
	ck_assert_uint_eq(rd(FAR + 0x10, 8), 0xc);
	ck_assert_uint_eq(rd(PORT + 0x18, 4), 0x030300);
	pci_host_reset(&host);
	ck_assert_uint_eq(resets[0], 1);
	ck_assert_uint_eq(rd(PORT + 0x18, 4), 0);
	ck_assert_uint_eq(rd(FAR, 4), 0xffffffff); /* no bus number leads there */
}
END_TEST

/* D3hot (5.3.1.4.1): configuration accesses only; everything is still there in D0, as No_Soft_Reset says. */
START_TEST(power_states)
{
	u8 data[4] = { 0 };
	struct dma_request q = { .address = RAM, .size = 4, .is_write = true, .data = data };
	const u64 state = NEAR + near_fn.power + 4, port_state = PORT + port.power + 4;

	enumerate();
	wr(NEAR_BAR, 8, 3);
	pci_pin(&near_fn, true);
	wr(state, 2, 3);
	ck_assert_uint_eq(rd(state, 2), 0xb);
	ck_assert_uint_eq(rd(NEAR_BAR, 8), ~0ull);
	ck_assert(!level[1]);
	ck_assert_int_eq(pci_dma(&near_fn, &q), DMA_ABORT);
	wr(state & ~7ull, 8, 0);
	ck_assert_uint_eq(rd(NEAR_BAR, 8), 3);
	ck_assert(level[1]);
	ck_assert_int_eq(pci_dma(&near_fn, &q), DMA_OK);
	ck_assert_int_eq(pci_dma(&far_fn, &q), DMA_OK);
	wr(port_state, 2, 3);
	ck_assert_uint_eq(rd(FAR_BAR, 8), ~0ull);
	ck_assert_int_eq(pci_dma(&far_fn, &q), DMA_ABORT);
}
END_TEST

/* ---- the trace ---- */

static struct ev_pci seen[16];
static unsigned seen_count;

static void on_event(void *ctx, const struct event *e)
{
	if (e->pci.what != PCI_CONFIG)
		seen[seen_count++ % ARRAY_SIZE(seen)] = e->pci;
	else if (e->pci.is_write)
		seen[ARRAY_SIZE(seen) - 1] = e->pci;
}

static void expect_event(unsigned n, u8 what, const char *name, u64 old, u64 value, u64 detail)
{
	ck_assert_uint_lt(n, seen_count);
	ck_assert_uint_eq(seen[n].what, what);
	ck_assert_str_eq(seen[n].name, name);
	ck_assert_uint_eq(seen[n].old, old);
	ck_assert_uint_eq(seen[n].value, value);
	ck_assert_uint_eq(seen[n].detail, detail);
}

START_TEST(events)
{
	static struct tracer tracer;
	struct observer observer = { .mask = 1u << EV_PCI, .event = on_event };

	tracer = (struct tracer){ 0 };
	trace_attach(&tracer, &observer);
	near_fn.trace = far_fn.trace = port.trace = host.trace = &tracer;
	host.intid = 35;
	seen_count = 0;
	enumerate();
	expect_event(0, PCI_BAR, "BAR0", ~0ull, NEAR_BAR, 0x4000);
	expect_event(1, PCI_BAR, "BAR2", ~0ull, MEM32 + 0x1000, 0x10);
	expect_event(2, PCI_BAR, "bridge memory", ~0ull, FAR_BAR, 0x100000);
	expect_event(3, PCI_BAR, "bridge prefetchable memory", ~0ull, 0, 0x100000);
	expect_event(4, PCI_BAR, "BAR0", ~0ull, FAR_BAR, 0x4000);
	ck_assert_uint_eq(seen[4].function, 3 << 8);
	ck_assert_str_eq(seen[ARRAY_SIZE(seen) - 1].name, "COMMAND");
	ck_assert_uint_eq(seen[ARRAY_SIZE(seen) - 1].value, 6);
	ck_assert_uint_eq(seen_count, 5);

	pci_pin(&near_fn, true);
	expect_event(5, PCI_INTX, "INTA", 0, 1, 36);
	set_vector(NEAR_BAR, 2, 0x55, 0);
	wr(NEAR + near_fn.msix + 2, 2, 0x8000);
	expect_event(6, PCI_INTX, "INTA", 0, 0, 36);
	pci_message(&near_fn, 2);
	expect_event(7, PCI_MSI, "MSI-X", 0, 0x55, DOORBELL);
	ck_assert_uint_eq(seen[7].offset, 2);
	wr(NEAR + near_fn.express + 8, 2, 0x8000);
	expect_event(8, PCI_RESET, "function level reset", 0, 0, 0);
	expect_event(9, PCI_BAR, "BAR0", NEAR_BAR, ~0ull, 0);
	wr(PORT + PCI_BRIDGE_CONTROL, 2, PCI_SECONDARY_BUS_RESET);
	expect_event(11, PCI_RESET, "hot reset", 0, 0, 0);
	ck_assert_uint_eq(seen[11].function, 3 << 8);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		host_bridge, header_and_capabilities,
		bar_sizing,  windows,
		slots,	     masters,
		messages,    message_behind_port,
		pins,	     function_level_reset,
		hot_reset,   power_states,
		events,
	};
	Suite *s = suite_create("dev_pci");
	TCase *t = tcase_create("pci");

	tcase_add_checked_fixture(t, setup, NULL);
	for (unsigned i = 0; i < ARRAY_SIZE(tests); i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
	return run_suite(s);
}
