/* The NVMe controller as a PCI function: what configuration says, registers through BAR 0, MSI-X and the pin, resets.
 */
#include <check.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bus/bus.h"
#include "dev/nvme_pci.h"
#include "dev/pci_host.h"
#include "run_suite.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x100000u
#define ASQ_AT (RAM_BASE + 0x1000)
#define ACQ_AT (RAM_BASE + 0x2000)
#define MESSAGE_AT (RAM_BASE + 0x80000) /* messages land in memory, where they can be seen */
#define BAR 0x10000000ull
#define DEVICE 3u
#define CONFIG_AT (DEVICE << 15)

static struct {
	u8 ram[RAM_SIZE];
	struct bus bus;
	struct disk disk;
	struct nvme_pci nvme;
	struct pci_host host;
	unsigned streams; /* of the last access */
	bool line[4];
	unsigned tail, head;
} rig;

static enum dma_result upstream(void *ctx, const struct dma_request *q)
{
	rig.streams = q->stream;
	return bus_dma_access(ctx, q);
}

static void on_line(void *ctx, unsigned n, bool level)
{
	rig.line[n] = level;
}

static u32 config(u32 offset, unsigned size)
{
	u64 v;

	ck_assert_int_eq(pci_ecam_ops.read(&rig.host,
					   &(struct bus_access){ .offset = CONFIG_AT + offset, .size = (u8)size }, &v),
			 BUS_OK);
	return (u32)v;
}

static void set_config(u32 offset, unsigned size, u32 v)
{
	pci_ecam_ops.write(&rig.host, &(struct bus_access){ .offset = CONFIG_AT + offset, .size = (u8)size }, v);
}

static u32 rd(u64 offset)
{
	u64 v;

	pci_window_ops.read(&rig.host.window32, &(struct bus_access){ .offset = offset, .size = 4 }, &v);
	return (u32)v;
}

static void wr(u64 offset, u32 v)
{
	pci_window_ops.write(&rig.host.window32, &(struct bus_access){ .offset = offset, .size = 4 }, v);
}

static u32 message(unsigned n)
{
	u32 v;

	memcpy(&v, rig.ram + (MESSAGE_AT - RAM_BASE) + 4 * n, 4);
	return v;
}

static void start(void)
{
	memset(&rig, 0, sizeof(rig));
	bus_add(&rig.bus, &(struct bus_region){ .name = "ram", .base = RAM_BASE, .size = RAM_SIZE, .host = rig.ram });
	rig.disk = (struct disk){ .size = 1 << 20, .fd = memfd_create("disk", MFD_CLOEXEC) };
	ck_assert_int_eq(ftruncate(rig.disk.fd, 1 << 20), 0);
	for (unsigned i = 0; i < 4; i++)
		rig.host.line[i] = (struct line){ on_line, NULL, i };
	rig.host.upstream = (struct dma_port){ &rig.bus, upstream };
	rig.host.window32.base = BAR;
	pci_host_init(&rig.host);
	rig.nvme.nvme = (struct nvme){ .disk = &rig.disk, .serial = "S", .io_queues = 4, .mdts = 7 };
	nvme_pci_init(&rig.nvme);
	ck_assert(pci_plug(&rig.host, &rig.nvme.function, NULL, DEVICE));
}

/* Memory space, mastering, BAR 0 at the window's start; the controller enabled. */
static void enable(void)
{
	set_config(0x10, 4, BAR);
	set_config(0x14, 4, 0);
	set_config(0x04, 2, 6);
	wr(0x24, 0x000f000f);
	wr(0x28, ASQ_AT);
	wr(0x30, ACQ_AT);
	wr(0x14, 0x00460001);
	ck_assert_uint_eq(rd(0x1c), 1);
	rig.tail = rig.head = 0;
}

/* Get Features: number of queues. */
static void submit(void)
{
	u32 dw[16] = { 0x0a | (rig.tail + 1) << 16, [10] = 7 };

	memcpy(rig.ram + (ASQ_AT - RAM_BASE) + 64 * rig.tail, dw, sizeof(dw));
	rig.tail = (rig.tail + 1) % 16;
	wr(0x1000, rig.tail);
}

static void take(void)
{
	rig.head = (rig.head + 1) % 16;
	wr(0x1004, rig.head);
}

static u32 capability(u32 id)
{
	u32 at = config(0x34, 1);

	while (at && config(at, 1) != id)
		at = config(at + 1, 1);
	ck_assert_uint_ne(at, 0);
	return at;
}

START_TEST(identity)
{
	u32 msix;

	start();
	ck_assert_uint_eq(config(0x00, 4), 0x00101b36);
	ck_assert_uint_eq(config(0x08, 4), 0x01080202);
	ck_assert_uint_eq(config(0x2c, 4), 0x11001af4);
	ck_assert_uint_eq(config(0x3d, 1), 1);
	set_config(0x10, 4, ~0u); /* 16 KiB, 64 bits wide */
	set_config(0x14, 4, ~0u);
	ck_assert_uint_eq(config(0x10, 4), 0xffffc004);
	ck_assert_uint_eq(config(0x14, 4), ~0u);
	msix = capability(0x11);
	ck_assert_uint_eq(config(msix + 2, 2), 4); /* five vectors */
	ck_assert_uint_eq(config(msix + 4, 4), 0x2000);
	ck_assert_uint_eq(config(msix + 8, 4), 0x3000);
	capability(0x10);
	capability(0x01);
}
END_TEST

START_TEST(registers)
{
	start();
	set_config(0x10, 4, BAR);
	ck_assert_uint_eq(rd(0x08), ~0u); /* memory space is off */
	set_config(0x04, 2, 2);
	ck_assert_uint_eq(rd(0x08), 0x00010400);
	ck_assert_uint_eq(rd(0x1ffc), 0);
	ck_assert_uint_eq(rd(0x200c), 1); /* a vector's control: masked */
}
END_TEST

START_TEST(pin)
{
	start();
	enable();
	submit();
	ck_assert(rig.line[(DEVICE + 0) % 4]);
	ck_assert_uint_eq(rig.streams, DEVICE << 3);
	ck_assert_uint_eq(config(0x06, 2) & 8, 8);
	set_config(0x04, 2, 0x406); /* Interrupt Disable */
	ck_assert(!rig.line[DEVICE % 4]);
	set_config(0x04, 2, 6);
	ck_assert(rig.line[DEVICE % 4]);
	take();
	ck_assert(!rig.line[DEVICE % 4]);
}
END_TEST

START_TEST(messages)
{
	u32 msix;

	start();
	enable();
	msix = capability(0x11);
	wr(0x2000, MESSAGE_AT);
	wr(0x2008, 0x55aa);
	set_config(msix + 2, 2, 0x8000);
	submit(); /* while the vector is masked */
	ck_assert_uint_eq(message(0), 0);
	ck_assert_uint_eq(rd(0x3000), 1);
	ck_assert(!rig.line[DEVICE % 4]);
	wr(0x200c, 0);
	ck_assert_uint_eq(message(0), 0x55aa);
	ck_assert_uint_eq(rd(0x3000), 0);
	take();
	memset(rig.ram + (MESSAGE_AT - RAM_BASE), 0, 4);
	submit();
	ck_assert_uint_eq(message(0), 0x55aa);
}
END_TEST

/* Without Bus Master Enable nothing can be fetched, which no completion could say. */
START_TEST(no_master)
{
	start();
	enable();
	set_config(0x04, 2, 2);
	submit();
	ck_assert_uint_eq(rd(0x1c), 3);
}
END_TEST

/* A function-level reset, and the host's: the controller is as at power-on. */
START_TEST(resets)
{
	start();
	enable();
	submit();
	if (_i) {
		set_config(capability(0x10) + 8, 2, 0x8000);
		ck_assert_uint_eq(config(0x10, 4), 4);
	} else {
		pci_host_reset(&rig.host);
	}
	ck_assert(!rig.line[DEVICE % 4]);
	set_config(0x10, 4, BAR);
	set_config(0x04, 2, 6);
	ck_assert_uint_eq(rd(0x1c) | rd(0x14) | rd(0x24) | rd(0x28), 0);
	enable();
	submit();
	ck_assert(rig.line[DEVICE % 4]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dev_nvme_pci");
	TCase *t = tcase_create("function");

	tcase_add_test(t, identity);
	tcase_add_test(t, registers);
	tcase_add_test(t, pin);
	tcase_add_test(t, messages);
	tcase_add_test(t, no_master);
	tcase_add_loop_test(t, resets, 0, 2);
	suite_add_tcase(s, t);
	return run_suite(s);
}
