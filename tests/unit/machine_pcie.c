/* What is plugged into the machine's PCI Express: where it is found, what cannot be, and that a reset reaches it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/machine.h"
#include "machine/map.h"
#include "run_suite.h"

#define ANY HYP_PCI_ANY_SLOT
#define V .vectors = HYP_PCI_VECTORS_DEFAULT

static char path[32];

static void make_file(void)
{
	int f;

	strcpy(path, "/tmp/hypscope-pcie-XXXXXX");
	f = mkstemp(path);
	if (f < 0 || ftruncate(f, 1 << 20))
		abort();
	close(f);
}

static struct machine *make(const struct hyp_pci *pci, unsigned count, bool iommu, struct error *e)
{
	struct hyp_disk disk[] = { { .file = path, .ro = true }, { .file = path, .ro = true, .serial = "a-serial" } };
	struct hyp_config c = { .cpu = "cortex-a72",
				.smp = 2,
				.mem = 64 << 20,
				.smmu = iommu,
				.disk = disk,
				.disks = 2,
				.rng = true,
				.pci = pci,
				.pcis = count };

	*e = (struct error){ 0 };
	return machine_create(&c, e);
}

static u64 config(struct machine *m, unsigned bus, unsigned slot, unsigned offset, unsigned size)
{
	u64 v = 0;

	ck_assert_int_eq(
		bus_read(&m->bus, (pa_t){ MAP_PCIE_ECAM_BASE + (bus << 20 | slot << 15 | offset), true }, size, 0, &v),
		BUS_OK);
	return v;
}

static void configure(struct machine *m, unsigned bus, unsigned slot, unsigned offset, unsigned size, u64 v)
{
	ck_assert_int_eq(
		bus_write(&m->bus, (pa_t){ MAP_PCIE_ECAM_BASE + (bus << 20 | slot << 15 | offset), true }, size, 0, v),
		BUS_OK);
}

START_TEST(places)
{
	static const struct hyp_pci pci[] = {
		{ .kind = HYP_PCI_RNG, .slot = 3, V },
		{ .kind = HYP_PCI_ROOT_PORT, .slot = ANY, .name = "rp", .number = 9 },
		{ .kind = HYP_PCI_NVME, .slot = ANY, .bus = "rp", .disk = 1 },
		{ .kind = HYP_PCI_BLK, .slot = ANY, V },
	};
	struct error e;
	struct machine *m = make(pci, ARRAY_SIZE(pci), _i, &e);

	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert_uint_eq(config(m, 0, 0, 0, 4), 0x00081b36);
	ck_assert_uint_eq(config(m, 0, 1, 0, 4), 0x000c1b36);
	ck_assert_uint_eq(config(m, 0, 2, 0, 4), 0x10421af4);
	ck_assert_uint_eq(config(m, 0, 3, 0, 4), 0x10441af4);
	ck_assert_uint_eq(config(m, 0, 4, 0, 4), 0xffffffff);
	ck_assert_uint_eq(config(m, 1, 0, 0, 4), 0xffffffff);
	configure(m, 0, 1, 0x18, 4, 0x010100); /* bus 1 is behind the port */
	ck_assert_uint_eq(config(m, 1, 0, 0, 4), 0x00101b36);
	ck_assert_str_eq(m->nvme[0].nvme.serial, "a-serial");
	ck_assert_uint_eq(m->blk[0].device.queues, 2);
	ck_assert_uint_eq(m->virtio.used, 0);
	machine_destroy(m);
}
END_TEST

START_TEST(left_out)
{
	static const struct hyp_pci pci[] = { { .kind = HYP_PCI_BLK, .slot = ANY, .disk = 1, V } };
	struct error e;
	struct machine *m = make(pci, 1, false, &e);

	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert_uint_eq(m->virtio.used, 2); /* the other disk, and the random numbers */
	ck_assert_uint_eq(m->blk[0].device.queues, 1);
	ck_assert_int_eq(memcmp(m->blk[1].id, "a-serial", 9), 0);
	machine_destroy(m);
}
END_TEST

static const struct {
	struct hyp_pci pci[3];
	const char *says;
} wrong[] = {
	{ { { .kind = HYP_PCI_RNG, .slot = 2 }, { .kind = HYP_PCI_BLK, .slot = 2 } }, "slot 2" },
	{ { { .kind = HYP_PCI_RNG, .slot = 0 } }, "slot 0" },
	{ { { .kind = HYP_PCI_RNG, .slot = 32 } }, "slot 32" },
	{ { { .kind = HYP_PCI_RNG, .slot = ANY, .bus = "rp" } }, "no root port 'rp'" },
	{ { { .kind = HYP_PCI_ROOT_PORT, .slot = ANY, .name = "rp" }, { .kind = HYP_PCI_RNG, .slot = 1, .bus = "rp" } },
	  "slot 0" },
	{ { { .kind = HYP_PCI_ROOT_PORT, .slot = ANY, .name = "rp" },
	    { .kind = HYP_PCI_ROOT_PORT, .slot = ANY, .bus = "rp" } },
	  "behind another" },
	{ { { .kind = HYP_PCI_ROOT_PORT, .slot = ANY, .name = "rp" },
	    { .kind = HYP_PCI_RNG, .slot = ANY, .bus = "rp" },
	    { .kind = HYP_PCI_BLK, .slot = ANY, .bus = "rp" } },
	  "takes one device" },
	{ { { .kind = HYP_PCI_RNG, .slot = ANY }, { .kind = HYP_PCI_RNG, .slot = ANY } }, "twice" },
	{ { { .kind = HYP_PCI_BLK, .slot = ANY, .disk = 2 } }, "not there" },
	{ { { .kind = HYP_PCI_NVME, .slot = ANY, .disk = 1 }, { .kind = HYP_PCI_BLK, .slot = ANY, .disk = 1 } },
	  "not there" },
	{ { { .kind = HYP_PCI_NET, .slot = ANY } }, "not there" },
};

START_TEST(cannot_be)
{
	unsigned count = 1;
	struct error e;

	while (count < 3 && (wrong[_i].pci[count].kind || wrong[_i].pci[count].slot))
		count++;
	ck_assert_ptr_null(make(wrong[_i].pci, count, false, &e));
	ck_assert_int_eq(e.kind, ERROR_USAGE);
	ck_assert_msg(strstr(e.text, wrong[_i].says) != NULL, "%s", e.text);
}
END_TEST

/* A reset of the machine is one of every function; what software sees is in the state's hash. */
START_TEST(reset)
{
	static const struct hyp_pci pci[] = { { .kind = HYP_PCI_ROOT_PORT, .slot = ANY, .name = "rp" },
					      { .kind = HYP_PCI_RNG, .slot = ANY, .bus = "rp", V } };
	struct error e;
	struct machine *m = make(pci, 2, false, &e);
	struct boot boot = { 0 };
	u64 before, changed;

	ck_assert_msg(m != NULL, "%s", e.text);
	machine_reset(m, &boot);
	before = hyp_state_hash(m);
	configure(m, 0, 1, 0x18, 4, 0x010100);
	configure(m, 0, 1, 0x20, 4, 0x10001000);
	configure(m, 0, 1, PCI_COMMAND, 2, 6);
	configure(m, 1, 0, PCI_BAR0 + 4, 4, MAP_PCIE_MEM32_BASE);
	configure(m, 1, 0, PCI_COMMAND, 2, 6);
	changed = hyp_state_hash(m);
	ck_assert_uint_ne(changed, before);
	ck_assert_int_eq(bus_write(&m->bus, (pa_t){ MAP_PCIE_MEM32_BASE, true }, 4, 0, 0x1000), BUS_OK); /* a vector */
	ck_assert_uint_ne(hyp_state_hash(m), changed);
	machine_reset(m, &boot);
	ck_assert_uint_eq(hyp_state_hash(m), before);
	machine_destroy(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("machine_pcie");
	TCase *t = tcase_create("machine_pcie");
	int failed;

	make_file();
	tcase_add_loop_test(t, places, 0, 2);
	tcase_add_test(t, left_out);
	tcase_add_loop_test(t, cannot_be, 0, ARRAY_SIZE(wrong));
	tcase_add_test(t, reset);
	suite_add_tcase(s, t);
	failed = run_suite(s);
	unlink(path);
	return failed;
}
