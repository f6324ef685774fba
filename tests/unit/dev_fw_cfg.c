/* fw_cfg by register and by DMA; the empty virtio-mmio slots beside it, which firmware also probes.
 */
#include <check.h>
#include <string.h>

#include "dev/fw_cfg.h"
#include "dev/virtio_mmio.h"
#include "bus_rig.h"
#include "run_suite.h"

#define RAM 0x40000000ull
#define BASE 0x9020000ull
#define CONTROL (RAM + 0x100)

static struct fw_cfg cfg;
static struct virtio_mmio virtio;
static u8 ram[0x2000];

static void setup(void)
{
	memset(&bus, 0, sizeof(bus));
	memset(&virtio, 0, sizeof(virtio));
	memset(ram, 0xcc, sizeof(ram));
	fw_cfg_init(&cfg, &bus);
	bus_add(&bus, &(struct bus_region){ "ram", RAM, sizeof(ram), BUS_RAM, false, ram, NULL, NULL });
	bus_add(&bus, &(struct bus_region){ "fw-cfg", BASE, 24, BUS_DEVICE, false, NULL, &fw_cfg_ops, &cfg });
	bus_add(&bus, &(struct bus_region){ "virtio", 0xa000000, 0x4000, BUS_DEVICE, false, NULL, &virtio_mmio_ops,
					    &virtio });
}

static void choose(u16 key)
{
	wr(BASE + 8, 2, __builtin_bswap16(key));
}

START_TEST(by_register)
{
	choose(FW_CFG_SIGNATURE);
	ck_assert_uint_eq(rd(BASE, 1), 'Q');
	ck_assert_uint_eq(rd(BASE, 2), 'E' | 'M' << 8);
	ck_assert_uint_eq(rd(BASE, 4), 'U'); /* zeros beyond the end */
	choose(FW_CFG_ID);
	ck_assert_uint_eq(rd(BASE, 8), 3);
	fw_cfg_add(&cfg, FW_CFG_CMDLINE_DATA, "console=ttyAMA0", 16);
	fw_cfg_add_number(&cfg, FW_CFG_CMDLINE_SIZE, 16, 4);
	choose(FW_CFG_CMDLINE_SIZE);
	ck_assert_uint_eq(rd(BASE, 4), 16);
	choose(FW_CFG_CMDLINE_DATA);
	ck_assert_uint_eq(rd(BASE, 8), 0x3d656c6f736e6f63); /* "console=" */
	choose(FW_CFG_KERNEL_DATA);
	ck_assert_uint_eq(rd(BASE, 8), 0);
	choose(0xffff);
	ck_assert_uint_eq(rd(BASE, 8), 0);
	wr(BASE, 4, 1); /* the data register cannot be written */
	/* "QEMU CFG", big-endian. */
	ck_assert_uint_eq(rd(BASE + 16, 8), 0x47464320554d4551);
	ck_assert_uint_eq(rd(BASE + 20, 4), 0x47464320);
}
END_TEST

START_TEST(directory)
{
	char name[60];

	memset(name, 'n', sizeof(name));
	name[56] = 0;
	ck_assert(!fw_cfg_add_file(&cfg, name, "", 0));
	for (unsigned i = 0; i < FW_CFG_FILES; i++) {
		name[0] = (char)('A' + i);
		name[8] = 0;
		ck_assert(fw_cfg_add_file(&cfg, name, "0123456789", i));
	}
	ck_assert(!fw_cfg_add_file(&cfg, "one too many", "", 0));
	choose(FW_CFG_FILE_DIR);
	ck_assert_uint_eq(rd(BASE, 4), __builtin_bswap32(FW_CFG_FILES));
	ck_assert_uint_eq(rd(BASE, 4), 0);
	ck_assert_uint_eq(rd(BASE, 4), __builtin_bswap16(FW_CFG_FILE_FIRST));
	ck_assert_uint_eq(rd(BASE, 8), 0x6e6e6e6e6e6e6e41); /* "Annnnnnn" */
	for (unsigned i = 0; i < 48; i++)
		rd(BASE, 1);
	ck_assert_uint_eq(rd(BASE, 4), __builtin_bswap32(1));
	choose(FW_CFG_FILE_FIRST + 3);
	ck_assert_uint_eq(rd(BASE, 4), '0' | '1' << 8 | '2' << 16);
}
END_TEST

/* A DMA command, and what becomes of it. */
static u32 dma(u32 control, u32 length, u64 address)
{
	u32 words[2] = { __builtin_bswap32(control), __builtin_bswap32(length) };
	u64 be = __builtin_bswap64(address);
	u32 result;

	memcpy(ram + 0x100, words, 8);
	memcpy(ram + 0x108, &be, 8);
	wr(BASE + 16, 8, __builtin_bswap64(CONTROL));
	memcpy(&result, ram + 0x100, 4);
	return __builtin_bswap32(result);
}

enum { ERROR = 1, READ = 2, SKIP = 4, SELECT = 8, WRITE = 16 };

START_TEST(by_dma)
{
	fw_cfg_add(&cfg, FW_CFG_INITRD_DATA, "abcdefgh", 8);
	ck_assert_uint_eq(dma(FW_CFG_INITRD_DATA << 16 | SELECT | READ, 3, RAM + 0x200), 0);
	ck_assert_mem_eq(ram + 0x200, "abc\xcc", 4);
	ck_assert_uint_eq(dma(SKIP, 2, 0), 0);
	/* Beyond the end: zeros. */
	ck_assert_uint_eq(dma(READ, 5, RAM + 0x300), 0);
	ck_assert_mem_eq(ram + 0x300, "fgh\0\0\xcc", 6);
	ck_assert_uint_eq(dma(FW_CFG_INITRD_DATA << 16 | SELECT, 0, 0), 0);
	ck_assert_uint_eq(rd(BASE, 1), 'a');
	/* In two halves, the second of which starts it. */
	memset(ram + 0x100, 0, 16);
	ram[0x103] = SKIP;
	ram[0x107] = 1;
	wr(BASE + 16, 4, 0);
	wr(BASE + 20, 4, __builtin_bswap32((u32)CONTROL));
	ck_assert_uint_eq(ram[0x103], 0);
	ck_assert_uint_eq(rd(BASE, 1), 'c');
}
END_TEST

START_TEST(dma_refused)
{
	ck_assert_uint_eq(dma(READ, 8, 0x1234), ERROR);
	ck_assert_uint_eq(dma(READ, 8, RAM + sizeof(ram) - 7), ERROR);
	ck_assert_uint_eq(dma(READ, 0xffffffff, RAM), ERROR);
	ck_assert_uint_eq(dma(READ, 8, ~0ull), ERROR);
	ck_assert_uint_eq(dma(WRITE, 8, RAM), ERROR);
	/* The command itself is nowhere. */
	wr(BASE + 16, 8, __builtin_bswap64(0x1000));
	wr(BASE + 16, 8, ~0ull);
	/* It begins in memory, and ends beyond it. */
	memset(ram + sizeof(ram) - 8, 0, 8);
	wr(BASE + 16, 8, __builtin_bswap64(RAM + sizeof(ram) - 8));
	ck_assert_mem_eq(ram + sizeof(ram) - 8, "\0\0\0\1\0\0\0\0", 8);
	/* Reading wins over writing and skipping. */
	fw_cfg_add(&cfg, FW_CFG_INITRD_DATA, "abcdefgh", 8);
	ck_assert_uint_eq(dma(FW_CFG_INITRD_DATA << 16 | SELECT | READ | WRITE | SKIP, 2, RAM + 0x500), 0);
	ck_assert_mem_eq(ram + 0x500, "ab\xcc", 3);
	ck_assert_uint_eq(dma(SKIP, 0xffffffff, 0), 0);
	ck_assert_uint_eq(rd(BASE, 4), 0);
	/* An item that does not exist reads as zeros. */
	ck_assert_uint_eq(dma(0xabcdu << 16 | SELECT | READ, 2, RAM + 0x400), 0);
	ck_assert_mem_eq(ram + 0x400, "\0\0\xcc", 3);
}
END_TEST

START_TEST(virtio_slots)
{
	u64 v;

	for (u64 at = 0xa000000; at < 0xa004000; at += VIRTIO_MMIO_STRIDE) {
		ck_assert_uint_eq(rd(at, 4), 0x74726976);
		ck_assert_uint_eq(rd(at + 4, 4), 1);
		ck_assert_uint_eq(rd(at + 8, 4), 0);
		ck_assert_uint_eq(rd(at + 0x70, 4), 0);
		wr(at + 0x70, 4, 1);
		ck_assert_uint_eq(rd(at + 0x70, 4), 0);
	}
	ck_assert_int_eq(bus_read(&bus, (pa_t){ 0xa000000, true }, 8, 0, &v), BUS_SLVERR);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fw_cfg");
	TCase *t = tcase_create("fw_cfg");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, by_register);
	tcase_add_test(t, directory);
	tcase_add_test(t, by_dma);
	tcase_add_test(t, dma_refused);
	tcase_add_test(t, virtio_slots);
	suite_add_tcase(s, t);
	return run_suite(s);
}
