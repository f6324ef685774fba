/* virtio over PCI Express: structures, queues, messages and the pin, resets, and whose addresses a request has. */
#include <check.h>
#include <string.h>

#include "base/bits.h"
#include "dev/pci_host.h"
#include "dev/virtio_pci.h"
#include "dev/virtio_rng.h"
#include "bus_rig.h"
#include "run_suite.h"

#define RAM 0x40000000ull
#define DESC RAM
#define AVAIL (RAM + 0x1000)
#define USED (RAM + 0x2000)
#define DATA (RAM + 0x3000)
#define ECAM 0x4010000000ull
#define MEM32 0x10000000ull
#define MEM64 0x8000000000ull
#define SLOT 3u
#define CONFIG (ECAM + (SLOT << 15))
#define SIZE 8u
#define FEATURES (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_RING_RESET)

static struct pci_host host;
static struct virtio_rng rng;
static struct virtio_pci function;
static u8 ram[0x8000];
static bool level[4];
static unsigned translated; /* requests that went through what translates */
static u32 translated_stream;
static u64 common, isr, device, notify; /* where the structures are */

static void on_line(void *ctx, unsigned n, bool l)
{
	level[n] = l;
}

static enum dma_result translate(void *ctx, const struct dma_request *q)
{
	translated++;
	translated_stream = q->stream;
	return bus_dma_access(&bus, q);
}

static void window(const char *name, u64 base, u64 size, const struct bus_device_ops *ops, void *ctx)
{
	bus_add(&bus, &(struct bus_region){
			      .name = name, .base = base, .size = size, .kind = BUS_DEVICE, .ops = ops, .ctx = ctx });
}

static u64 cap_of_type(unsigned type)
{
	u64 at = rd(CONFIG + 0x34, 1);

	while (at && !(rd(CONFIG + at, 1) == 9 && rd(CONFIG + at + 3, 1) == type))
		at = rd(CONFIG + at + 1, 1);
	return at;
}

static u64 find_structure(unsigned type)
{
	u64 at = cap_of_type(type);

	ck_assert_uint_ne(at, 0);
	ck_assert_uint_eq(rd(CONFIG + at + 4, 1), 4);
	return MEM64 + rd(CONFIG + at + 8, 4);
}

static void plug(unsigned vectors, struct bus *direct)
{
	memset(&bus, 0, sizeof(bus));
	memset(&host, 0, sizeof(host));
	memset(&rng, 0, sizeof(rng));
	memset(&function, 0, sizeof(function));
	memset(ram, 0, sizeof(ram));
	memset(level, 0, sizeof(level));
	translated = 0;
	bus_add(&bus, &(struct bus_region){ .name = "ram", .base = RAM, .size = sizeof(ram), .host = ram });
	take_messages();
	pci_host_init(&host);
	host.upstream = (struct dma_port){ NULL, translate };
	for (unsigned i = 0; i < 4; i++)
		host.line[i] = (struct line){ on_line, NULL, i };
	host.window32.base = MEM32;
	host.window64.base = MEM64;
	window("ecam", ECAM, 0x10000000, &pci_ecam_ops, &host);
	window("mem32", MEM32, 0x10000000, &pci_window_ops, &host.window32);
	window("mem64", MEM64, 0x10000000, &pci_window_ops, &host.window64);
	virtio_rng_init(&rng, 1);
	virtio_pci_init(&function, &rng.device, vectors, direct);
	ck_assert(pci_plug(&host, &function.function, NULL, SLOT));
	pci_host_reset(&host);
	wr(CONFIG + PCI_BAR0 + 4, 4, MEM32);
	wr(CONFIG + PCI_BAR0 + 16, 4, 0);
	wr(CONFIG + PCI_BAR0 + 20, 4, MEM64 >> 32);
	wr(CONFIG + PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	common = find_structure(1);
	notify = find_structure(2);
	isr = find_structure(3);
	device = find_structure(4);
}

static void accept(u64 features)
{
	wr(common + 0x14, 1, 0);
	wr(common + 0x14, 1, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	for (unsigned i = 0; i < 2; i++) {
		wr(common + 0x08, 4, i);
		wr(common + 0x0c, 4, (u32)(features >> 32 * i));
	}
	wr(common + 0x14, 1, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
}

static void place_queue(void)
{
	wr(common + 0x16, 2, 0);
	wr(common + 0x18, 2, SIZE);
	wr(common + 0x20, 8, DESC);
	wr(common + 0x28, 4, (u32)AVAIL);
	wr(common + 0x2c, 4, AVAIL >> 32);
	wr(common + 0x30, 8, USED);
	wr(common + 0x1c, 2, 1);
}

static void start(u64 features)
{
	accept(features);
	place_queue();
	wr(common + 0x14, 1, rd(common + 0x14, 1) | VIRTIO_DRIVER_OK);
}

/* Ask for 16 bytes. */
static void ask(void)
{
	u64 at = DATA;
	u32 size = 16;
	u16 write[2] = { 2, 0 }, index;

	memcpy(ram, &at, 8);
	memcpy(ram + 8, &size, 4);
	memcpy(ram + 12, write, 4);
	memcpy(&index, ram + 0x1002, 2);
	index++;
	memcpy(ram + 0x1002, &index, 2);
	wr(notify, 2, 0);
}

static unsigned used(void)
{
	return ram[0x2002];
}

static void enable_messages(u16 queue_vector)
{
	for (unsigned i = 0; i < 2; i++) {
		wr(MEM32 + 16 * i, 8, DOORBELL);
		wr(MEM32 + 16 * i + 8, 4, 0x20 + i);
		wr(MEM32 + 16 * i + 12, 4, 0);
	}
	wr(CONFIG + function.function.msix + 2, 2, 0x8000);
	wr(common + 0x16, 2, 0);
	wr(common + 0x1a, 2, queue_vector);
}

/* ---- tests ---- */

START_TEST(identity)
{
	plug(VIRTIO_PCI_VECTORS_DEFAULT, NULL);
	ck_assert_uint_eq(rd(CONFIG, 4), 0x10441af4);
	ck_assert_uint_eq(rd(CONFIG + 8, 4), 0x00ff0001);
	ck_assert_uint_eq(rd(CONFIG + cap_of_type(2) + 16, 4), 4);
	ck_assert_uint_eq(rd(CONFIG + function.function.msix + 2, 2), 1); /* two vectors */
	ck_assert_uint_eq(rd(common + 0x12, 2), 1);
	ck_assert_uint_eq(rd(common + 0x18, 2), VIRTQ_SIZE_MAX);
	ck_assert_uint_eq(rd(common + 0x10, 4), 0x0001ffff); /* a queue; no vector */
	wr(common, 4, 1);
	ck_assert_uint_eq(rd(common + 4, 4), FEATURES >> 32);
	wr(common, 4, 2);
	ck_assert_uint_eq(rd(common + 4, 4), 0);
	wr(common + 0x16, 2, 1); /* there is no second queue */
	ck_assert_uint_eq(rd(common + 0x18, 8), 0);
	wr(common + 0x18, 2, 4);
	wr(common + 0x1c, 2, 1);
	ck_assert_uint_eq(rd(common + 0x1c, 2), 0);
	ck_assert_uint_eq(rd(common + 0x40, 4) | rd(device, 4) | rd(notify, 2), 0);
}
END_TEST

START_TEST(by_pin)
{
	plug(0, NULL);
	ck_assert_uint_eq(function.function.msix, 0);
	start(FEATURES);
	ask();
	ck_assert_uint_eq(used(), 1);
	ck_assert_uint_eq(ram[0x2008], 16);
	ck_assert(level[SLOT % 4]);
	ck_assert_uint_eq(rd(isr, 1), VIRTIO_INT_QUEUE);
	ck_assert(!level[SLOT % 4]);
	ck_assert_uint_eq(rd(isr, 1), 0);
	ck_assert_uint_eq(message.count, 0);
	wr(common + 0x1a, 2, 0); /* there are no vectors */
	ck_assert_uint_eq(rd(common + 0x1a, 2), 0xffff);
}
END_TEST

START_TEST(by_message)
{
	plug(VIRTIO_PCI_VECTORS_DEFAULT, NULL);
	start(FEATURES);
	enable_messages(1);
	ck_assert_uint_eq(rd(common + 0x1a, 2), 1);
	ask();
	ck_assert_uint_eq(used(), 1);
	ck_assert_uint_eq(message.count, 1);
	ck_assert_uint_eq(message.value, 0x21);
	ck_assert_uint_eq(message.stream, SLOT << 3);
	ck_assert_uint_eq(rd(isr, 1), 0);
	ck_assert(!level[SLOT % 4]);
	wr(common + 0x1a, 2, 2); /* beyond the table */
	ck_assert_uint_eq(rd(common + 0x1a, 2), 0xffff);
	ask();
	ck_assert_uint_eq(used(), 2);
	ck_assert_uint_eq(message.count, 1);
}
END_TEST

START_TEST(configuration_message)
{
	plug(VIRTIO_PCI_VECTORS_DEFAULT, NULL);
	start(FEATURES);
	enable_messages(1);
	wr(common + 0x10, 2, 0);
	memset(ram + 0x1002, 0xff, 2); /* more buffers than the queue has room for */
	wr(notify, 2, 0);
	ck_assert_uint_eq(rd(common + 0x14, 1) & VIRTIO_NEEDS_RESET, VIRTIO_NEEDS_RESET);
	ck_assert_uint_eq(message.count, 1);
	ck_assert_uint_eq(message.value, 0x20);
	ck_assert_uint_eq(rd(isr, 1), VIRTIO_INT_CONFIG);
}
END_TEST

START_TEST(translated_or_not)
{
	plug(VIRTIO_PCI_VECTORS_DEFAULT, NULL);
	start(VIRTIO_F_VERSION_1); /* a driver that does not know of translation */
	ck_assert_uint_eq(rd(common + 0x14, 1) & VIRTIO_FEATURES_OK, 0);
	start(FEATURES);
	ck_assert_uint_eq(rd(common + 0x14, 1) & VIRTIO_FEATURES_OK, VIRTIO_FEATURES_OK);
	ask();
	ck_assert_uint_eq(used(), 1);
	ck_assert_uint_gt(translated, 0);
	ck_assert_uint_eq(translated_stream, SLOT << 3);

	plug(VIRTIO_PCI_VECTORS_DEFAULT, &bus);
	start(FEATURES); /* now this one was not offered */
	ck_assert_uint_eq(rd(common + 0x14, 1) & VIRTIO_FEATURES_OK, 0);
	start(VIRTIO_F_VERSION_1);
	ask();
	ck_assert_uint_eq(used(), 1);
	ck_assert_uint_eq(translated, 0);
	enable_messages(1); /* messages are the function's */
	ask();
	ck_assert_uint_eq(message.count, 1);
	ck_assert_uint_eq(translated, 1);
}
END_TEST

START_TEST(may_not_master)
{
	for (unsigned direct = 0; direct < 2; direct++) {
		plug(VIRTIO_PCI_VECTORS_DEFAULT, direct ? &bus : NULL);
		start(direct ? VIRTIO_F_VERSION_1 : FEATURES);
		wr(CONFIG + PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
		ask();
		ck_assert_uint_eq(used(), 0);
		ck_assert_uint_eq(rd(common + 0x14, 1) & VIRTIO_NEEDS_RESET, VIRTIO_NEEDS_RESET);
	}
}
END_TEST

START_TEST(queue_reset)
{
	plug(VIRTIO_PCI_VECTORS_DEFAULT, NULL);
	start(FEATURES);
	wr(common + 0x20, 8, 0x1234); /* a queue in use keeps its places and size */
	wr(common + 0x18, 2, 4);
	ck_assert_uint_eq(rd(common + 0x20, 8), DESC);
	ck_assert_uint_eq(rd(common + 0x18, 2), SIZE);
	wr(common + 0x3a, 2, 1);
	ck_assert_uint_eq(rd(common + 0x3a, 2) | rd(common + 0x1c, 2), 0);
	ck_assert_uint_eq(rd(common + 0x18, 2), VIRTQ_SIZE_MAX);
	ask();
	ck_assert_uint_eq(used(), 0);
	memset(ram + 0x1000, 0, 0x2000);
	place_queue();
	ask();
	ck_assert_uint_eq(used(), 1);
}
END_TEST

START_TEST(resets)
{
	plug(VIRTIO_PCI_VECTORS_DEFAULT, NULL);
	start(FEATURES);
	enable_messages(1);
	wr(common + 0x14, 1, 0);
	ck_assert_uint_eq(rd(common + 0x14, 1) | rd(common + 0x1c, 2), 0);
	ck_assert_uint_eq(rd(common + 0x1a, 2), 0xffff);
	ck_assert(pci_msix_enabled(&function.function)); /* that is the function's */
	start(FEATURES);
	wr(CONFIG + function.function.express + 8, 2, 0x8000); /* function-level reset */
	ck_assert_uint_eq(rng.device.s.status, 0);
	ck_assert(!rng.device.s.q[0].ready && !pci_msix_enabled(&function.function));
	ck_assert_uint_eq(rd(common, 4), 0xffffffff); /* its memory space is off */
}
END_TEST

/* The BAR by configuration accesses alone. */
START_TEST(configuration_window)
{
	u64 cap;

	plug(VIRTIO_PCI_VECTORS_DEFAULT, NULL);
	cap = CONFIG + cap_of_type(5);
	wr(CONFIG + PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	wr(cap + 4, 1, 4);
	wr(cap + 8, 4, 0x14);
	wr(cap + 12, 4, 1);
	wr(cap + 16, 1, VIRTIO_ACKNOWLEDGE);
	ck_assert_uint_eq(rng.device.s.status, VIRTIO_ACKNOWLEDGE);
	ck_assert_uint_eq(rd(cap + 16, 1), VIRTIO_ACKNOWLEDGE);
	wr(cap + 8, 4, 0x12);
	wr(cap + 12, 4, 2);
	ck_assert_uint_eq(rd(cap + 16, 4), 1);
	/* What selects nothing does nothing. */
	static const u32 wrong[][3] = { { 1, 0, 4 }, { 4, 2, 4 }, { 4, 0x4000, 1 },
					{ 4, 0, 8 }, { 4, 0, 0 }, { 4, ~0u, 1 } };
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		wr(cap + 4, 1, wrong[i][0]);
		wr(cap + 8, 4, wrong[i][1]);
		wr(cap + 12, 4, wrong[i][2]);
		wr(cap + 16, 4, 0x5a);
		ck_assert_uint_eq(rd(cap + 16, 4), 0x5a);
	}
	ck_assert_uint_eq(rng.device.s.status, VIRTIO_ACKNOWLEDGE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("virtio_pci");
	TCase *t = tcase_create("virtio_pci");

	tcase_add_test(t, identity);
	tcase_add_test(t, by_pin);
	tcase_add_test(t, by_message);
	tcase_add_test(t, configuration_message);
	tcase_add_test(t, translated_or_not);
	tcase_add_test(t, may_not_master);
	tcase_add_test(t, queue_reset);
	tcase_add_test(t, resets);
	tcase_add_test(t, configuration_window);
	suite_add_tcase(s, t);
	return run_suite(s);
}
