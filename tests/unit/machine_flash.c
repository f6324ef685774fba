/* Flash as the machine has it: files behind the banks, what persists, what cannot be written, code that runs from it.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/machine.h"
#include "machine/map.h"
#include "run_suite.h"

#define PROGRAM (MAP_RAM_BASE + 0x1000)

static char path[] = "/tmp/hypscope-flash-XXXXXX";
static struct machine *m;

/* An image of `size` bytes with a hole, in which `text` lies at `at`. */
static void image(off_t size, const char *text, off_t at)
{
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	ck_assert_int_eq(pwrite(fd, text, strlen(text), at), (ssize_t)strlen(text));
	close(fd);
}

static void begin(void)
{
	strcpy(path, "/tmp/hypscope-flash-XXXXXX");
	m = NULL;
}

static void finish(void)
{
	machine_destroy(m);
	unlink(path);
}

static void make(void)
{
	struct hyp_config c = { .el = 2, .mem = 16 << 20 };
	struct error e = { 0 };

	machine_destroy(m);
	m = machine_create(&c, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
}

/* Bank 1 with the image in it. */
static bool attach(bool persist, struct error *e)
{
	make();
	if (!flash_file_load(&m->flash_file[1], path, persist, m->flash_data[1].bytes, e))
		return false;
	if (persist) {
		m->flash[1].store = flash_file_store;
		m->flash[1].store_ctx = &m->flash_file[1];
	}
	return true;
}

static void wr(u64 offset, u32 v)
{
	ck_assert_int_eq(bus_write(&m->bus, (pa_t){ MAP_FLASH1_BASE + offset, true }, 4, 0, v), BUS_OK);
}

static u32 rd(u64 offset)
{
	u64 v;

	ck_assert_int_eq(bus_read(&m->bus, (pa_t){ MAP_FLASH1_BASE + offset, true }, 4, 0, &v), BUS_OK);
	return (u32)v;
}

static void program_word(u64 at, u32 v)
{
	wr(at, 0x00400040);
	wr(at, v);
}

static void erase(u64 at)
{
	wr(at, 0x00200020);
	wr(at, 0x00d000d0);
}

static struct stat status_of_file(void)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st;
}

START_TEST(persistent)
{
	struct error e = { 0 };

	image(FLASH_BANK_SIZE, "HELLO", FLASH_BANK_SIZE - 0x100000);
	ck_assert_msg(attach(true, &e), "%s", e.text);
	ck_assert_uint_eq(rd(FLASH_BANK_SIZE - 0x100000), 'H' | 'E' << 8 | 'L' << 16 | 'L' << 24);
	erase(0x40000);
	program_word(0x40010, 0x12345678);
	wr(0x40100, 0x00e800e8);
	wr(0x40100, 0x00010001);
	wr(0x40104, 0xbbbbbbbb);
	wr(0x40100, 0xaaaaaaaa);
	wr(0x40100, 0x00d000d0);
	ck_assert_uint_eq(rd(0), 0x00800080);
	ck_assert(hyp_sync(m, &e));
	ck_assert_msg(attach(true, &e), "%s", e.text);
	ck_assert_uint_eq(rd(0x40010), 0x12345678);
	ck_assert_uint_eq(rd(0x40014), 0xffffffff);
	ck_assert_uint_eq(rd(0x40100), 0xaaaaaaaa);
	ck_assert_uint_eq(rd(0x40104), 0xbbbbbbbb);
	ck_assert_uint_eq(rd(0x3fffc), 0);
	ck_assert_uint_eq(rd(FLASH_BANK_SIZE - 0x100000), 'H' | 'E' << 8 | 'L' << 16 | 'L' << 24);
	/* The file is as long as it was, and its holes are still there. */
	ck_assert_int_eq(status_of_file().st_size, FLASH_BANK_SIZE);
	ck_assert_int_le(status_of_file().st_blocks * 512, 1 << 20);
}
END_TEST

START_TEST(lost)
{
	struct error e = { 0 };

	image(8, "ABCDEFGH", 0);
	ck_assert(attach(false, &e));
	program_word(0, 0);
	wr(0, 0x00ff00ff);
	ck_assert_uint_eq(rd(0), 0);
	ck_assert(hyp_sync(m, &e) && attach(false, &e));
	ck_assert_uint_eq(rd(0), 'A' | 'B' << 8 | 'C' << 16 | 'D' << 24);
}
END_TEST

/* A short image grows only as far as it is programmed. */
START_TEST(grows)
{
	struct error e = { 0 };

	image(0, "", 0);
	ck_assert(attach(true, &e));
	erase(0);
	program_word(4, 5);
	ck_assert_int_eq(status_of_file().st_size, FLASH_BLOCK);
	ck_assert(hyp_sync(m, &e) && attach(true, &e));
	ck_assert_uint_eq(rd(0), 0xffffffff);
	ck_assert_uint_eq(rd(4), 5);
	ck_assert_uint_eq(rd(FLASH_BLOCK), 0);
}
END_TEST

START_TEST(write_protected)
{
	struct error e = { 0 };

	image(8, "ABCDEFGH", 0);
	ck_assert(attach(false, &e));
	m->flash[1].write_protected = true;
	program_word(0, 0);
	ck_assert_uint_eq(rd(0), 0x00900090);
	erase(0);
	ck_assert_uint_eq(rd(0), 0x00b000b0);
	wr(0, 0x00500050);
	ck_assert_uint_eq(rd(0), 'A' | 'B' << 8 | 'C' << 16 | 'D' << 24);
}
END_TEST

/* What the host cannot write is a program error for the guest, and is told at the end. */
START_TEST(disk_full)
{
	struct rlimit limit = { FLASH_BLOCK, FLASH_BLOCK };
	struct error e = { 0 };

	image(0, "", 0);
	ck_assert(attach(true, &e));
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	erase(0);
	ck_assert_uint_eq(rd(0), 0x00800080);
	erase(FLASH_BLOCK);
	ck_assert_uint_eq(rd(0), 0x00a000a0);
	program_word(2 * FLASH_BLOCK, 0);
	ck_assert_uint_eq(rd(0), 0x00b000b0);
	ck_assert(!hyp_sync(m, &e));
	ck_assert_int_eq(e.kind, ERROR_FILE);
	ck_assert(strstr(e.text, path) && strstr(e.text, "could not be written"));
}
END_TEST

START_TEST(refused)
{
	static const char *const says[] = { "cannot be opened", "not a regular file", "has room for",
					    "another machine" };
	struct error e = { 0 };
	struct flash_file other = { 0 };
	u8 *bytes = mmap(NULL, FLASH_BANK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (_i == 1)
		strcpy(path, "/dev/null");
	if (_i == 2)
		image(FLASH_BANK_SIZE + 1, "", 0);
	if (_i == 3) {
		image(8, "", 0);
		ck_assert(flash_file_load(&other, path, true, bytes, &e));
	}
	ck_assert(!attach(_i == 3, &e));
	ck_assert_int_eq(e.kind, ERROR_FILE);
	ck_assert_msg(strstr(e.text, path) && strstr(e.text, says[_i]), "%s", e.text);
	flash_file_close(&other);
	if (_i == 1)
		strcpy(path, "/tmp/hypscope-flash-XXXXXX");
	munmap(bytes, FLASH_BANK_SIZE);
}
END_TEST

/* A function in flash is called, programmed to return another value (bits are only cleared), and called again. */
static const u32 calls_flash[] = {
	0xd2a08013,		/* mov x19, #0x4000000 */
	0xd63f0260,		/* blr x19 */
	0x2a0003f4,		/* mov w20, w0 */
	0x52800802,		/* mov w2, #0x40 */
	0xb9000262,		/* str w2, [x19] */
	0x52800403,		/* mov w3, #0x20 */
	0x72aa5003,		/* movk w3, #0x5280, lsl #16 */
	0xb9000263,		/* str w3, [x19]: mov w0, #1 */
	0x52801fe2,		/* mov w2, #0xff */
	0xb9000262,		/* str w2, [x19] */
	0xd5033fdf,		/* isb */
	0xd63f0260,		/* blr x19 */
	0x2a0003f5,		/* mov w21, w0 */
	0x52800100,		/* mov w0, #0x84000008 */
	0x72b08000, 0xd4000003, /* smc #0 */
};
static const u32 returns_3[] = { 0x52800060, 0xd65f03c0 }; /* mov w0, #3; ret */

START_TEST(executes)
{
	struct boot boot = { .pc = PROGRAM };

	make();
	memcpy(m->flash_data[1].bytes, returns_3, sizeof(returns_3));
	ck_assert(bus_copy_in(&m->bus, (pa_t){ PROGRAM, true }, calls_flash, sizeof(calls_flash)));
	machine_reset(m, &boot);
	ck_assert_int_eq(hyp_run(m, 10000).end, HYP_POWER_OFF);
	ck_assert_uint_eq(m->core[0]->s.r.x[20], 3);
	ck_assert_uint_eq(m->core[0]->s.r.x[21], 1);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("flash");
	Suite *s = suite_create("machine_flash");

	tcase_add_checked_fixture(c, begin, finish);
	tcase_add_test(c, persistent);
	tcase_add_test(c, lost);
	tcase_add_test(c, grows);
	tcase_add_test(c, write_protected);
	tcase_add_test(c, disk_full);
	tcase_add_loop_test(c, refused, 0, 4);
	tcase_add_test(c, executes);
	suite_add_tcase(s, c);
	return run_suite(s);
}
