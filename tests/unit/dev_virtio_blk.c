/* virtio-blk: every request, well and badly formed; the disk's file, read-only, snapshot, and errors of the host's. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "dev/virtio_blk.h"
#include "virtio_rig.h"
#include "run_suite.h"

#define SECTORS 2048u
#define HEADER_AT DATA_AT
#define RANGES_AT (DATA_AT + 0x100)
#define STATUS_AT (DATA_AT + 0x800)
#define BUFFER_AT (DATA_AT + 0x1200)

enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8, DISCARD = 11, ZEROES = 13 };
enum { UNTOUCHED = 0xee };
#define ALL_WRITES (VIRTIO_BLK_F_FLUSH | VIRTIO_BLK_F_CONFIG_WCE | VIRTIO_BLK_F_DISCARD | VIRTIO_BLK_F_WRITE_ZEROES)

static char path[32];
static struct disk disk;
static struct virtio_blk blk;

static void make_file(u64 size)
{
	int fd;

	strcpy(path, "virtio_blk.XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	for (u64 i = 0; i < size; i += DISK_SECTOR) {
		u8 sector[DISK_SECTOR];
		u64 n = size - i < DISK_SECTOR ? size - i : DISK_SECTOR;

		memset(sector, (int)(i / DISK_SECTOR) + 1, sizeof(sector));
		ck_assert_int_eq(write(fd, sector, n), (ssize_t)n);
	}
	close(fd);
}

static void start(bool modern, bool ro, bool snapshot)
{
	struct error e = { 0 };

	make_file(SECTORS * DISK_SECTOR);
	ck_assert_msg(disk_open(&disk, path, ro, snapshot, &e), "%s", e.text);
	virtio_blk_init(&blk, &disk, 3);
	rig_start(&blk.device, modern, VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC | (ro ? 0 : ALL_WRITES));
}

static void end(void)
{
	disk_close(&disk);
	unlink(path);
}

/* A byte of the file, as any other program sees it. */
static u8 file_byte(u64 at)
{
	int fd = open(path, O_RDONLY);
	u8 v = 0;

	ck_assert_int_eq(pread(fd, &v, 1, (off_t)at), 1);
	close(fd);
	return v;
}

/* One request: its status; *used: the length given back. */
static u8 request_with(u32 type, u64 sector, u64 data, u32 size, bool writes, u32 *used)
{
	u32 head, words[2] = { type, 0 };

	memcpy(mem(HEADER_AT), words, 8);
	memcpy(mem(HEADER_AT + 8), &sector, 8);
	*(u8 *)mem(STATUS_AT) = UNTOUCHED;
	desc(DESC_AT(0), 0, HEADER_AT, 16, NEXT, size ? 1 : 2);
	desc(DESC_AT(0), 1, data, size, NEXT | (writes ? WRITE : 0), 2);
	desc(DESC_AT(0), 2, STATUS_AT, 1, WRITE, 0);
	kick(0, 0);
	*used = used_last(0, &head);
	return *(u8 *)mem(STATUS_AT);
}

static u8 request(u32 type, u64 sector, u32 size)
{
	u32 used;

	return request_with(type, sector, BUFFER_AT, size, type == IN || type == GET_ID, &used);
}

static u8 ranges(u32 type, u64 sector, u32 sectors, u32 flags, u32 size)
{
	u32 used, words[2] = { sectors, flags };

	for (unsigned i = 0; i < 0x200; i += 16) {
		memcpy(mem(RANGES_AT + i), &sector, 8);
		memcpy(mem(RANGES_AT + i + 8), words, 8);
	}
	return request_with(type, 0, RANGES_AT, size, false, &used);
}

static bool buffer_is(u8 byte, u64 n)
{
	const u8 *p = mem(BUFFER_AT);

	for (u64 i = 0; i < n; i++)
		if (p[i] != byte)
			return false;
	return true;
}

/* ---- what is offered ---- */

START_TEST(configuration)
{
	u64 writes = VIRTIO_BLK_F_CONFIG_WCE | VIRTIO_BLK_F_DISCARD | VIRTIO_BLK_F_WRITE_ZEROES;

	start(_i & 1, _i & 2, false);
	ck_assert_uint_eq(rd(R_DEVICE), 2);
	ck_assert_uint_eq(rd(R_CONFIG), SECTORS);
	ck_assert_uint_eq(rd(R_CONFIG + 4), 0);
	ck_assert_uint_eq(rd(R_CONFIG + 12), 1022);
	ck_assert_uint_eq(rd(R_CONFIG + 20), 512);
	ck_assert_uint_eq(rig_offered() & 0xffff, VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH |
							  (_i & 2 ? VIRTIO_BLK_F_RO : writes));
	end();
}
END_TEST

/* Every queue serves the same disk, and interrupts for itself. */
START_TEST(several_queues)
{
	struct error e = { 0 };
	struct {
		u32 type, reserved;
		u64 sector;
	} header = { IN, 0, 5 };
	u32 head;

	make_file(SECTORS * DISK_SECTOR);
	ck_assert_msg(disk_open(&disk, path, false, false, &e), "%s", e.text);
	virtio_blk_init(&blk, &disk, 3);
	virtio_blk_set_queues(&blk, 3);
	rig_start(&blk.device, true, VIRTIO_BLK_F_MQ);
	ck_assert_uint_eq(rig_offered() & VIRTIO_BLK_F_MQ, VIRTIO_BLK_F_MQ);
	ck_assert_uint_eq(rd_sized(R_CONFIG + 34, 2), 3);
	memcpy(mem(DATA_AT), &header, sizeof(header));
	for (unsigned n = 3; n-- > 0;) {
		desc(DESC_AT(n), 0, DATA_AT, sizeof(header), NEXT, 1);
		desc(DESC_AT(n), 1, BUFFER_AT, 512, NEXT | WRITE, 2);
		desc(DESC_AT(n), 2, DATA_AT + 32, 1, WRITE, 0);
		memset(mem(BUFFER_AT), 0, 512);
		kick(n, 0);
		ck_assert_uint_eq(used_count(n), 1);
		ck_assert_uint_eq(used_last(n, &head), 513);
		ck_assert(buffer_is(6, 512));
	}
	wr(R_SEL, 3);
	ck_assert_uint_eq(rd(R_NUM_MAX), 0);
	end();
}
END_TEST

/* ---- requests ---- */

START_TEST(reading)
{
	u32 used;

	start(_i, false, false);
	ck_assert_uint_eq(request_with(IN, 5, BUFFER_AT, 512, true, &used), VIRTIO_BLK_S_OK);
	ck_assert_uint_eq(used, 513);
	ck_assert(buffer_is(6, 512));
	ck_assert_uint_eq(request_with(IN, 200, BUFFER_AT, 200 * 512, true, &used), VIRTIO_BLK_S_OK); /* in parts */
	for (unsigned i = 0; i < 200; i++)
		ck_assert_uint_eq(*(u8 *)mem(BUFFER_AT + 512 * i + 511), (u8)(201 + i));
	ck_assert_uint_eq(request(IN, 7, 0), VIRTIO_BLK_S_OK);
	end();
}
END_TEST

START_TEST(writing)
{
	u32 used;

	start(_i & 1, false, _i & 2);
	memset(mem(BUFFER_AT), 0xa5, 300 * 512);
	ck_assert_uint_eq(request_with(OUT, 100, BUFFER_AT, 300 * 512, false, &used), VIRTIO_BLK_S_OK);
	ck_assert_uint_eq(used, 1);
	ck_assert_uint_eq(request(FLUSH, 0, 0), VIRTIO_BLK_S_OK);
	ck_assert_uint_eq(file_byte(100 * 512), _i & 2 ? 101 : 0xa5);
	ck_assert_uint_eq(file_byte(400 * 512 - 1), _i & 2 ? (u8)400 : 0xa5);
	ck_assert_uint_eq(file_byte(400 * 512), (u8)401);
	memset(mem(BUFFER_AT), 0, 300 * 512);
	ck_assert_uint_eq(request(IN, 100, 300 * 512), VIRTIO_BLK_S_OK);
	ck_assert(buffer_is(0xa5, 300 * 512));
	ck_assert_uint_eq(request(IN, 99, 512), VIRTIO_BLK_S_OK);
	ck_assert(buffer_is(100, 512));
	end();
}
END_TEST

START_TEST(identifying)
{
	u32 used;

	start(_i, false, false);
	memset(mem(BUFFER_AT), 'x', 32);
	ck_assert_uint_eq(request_with(GET_ID, 0, BUFFER_AT, 20, true, &used), VIRTIO_BLK_S_OK);
	ck_assert_uint_eq(used, 21);
	ck_assert_str_eq(mem(BUFFER_AT), "hypscope-3");
	memset(mem(BUFFER_AT), 'x', 32);
	ck_assert_uint_eq(request(GET_ID, 0, 3), VIRTIO_BLK_S_OK);
	ck_assert_int_eq(memcmp(mem(BUFFER_AT), "hypx", 4), 0);
	end();
}
END_TEST

START_TEST(discarding)
{
	u32 type = _i & 1 ? DISCARD : ZEROES;

	start(true, false, _i & 2);
	ck_assert_uint_eq(ranges(type, 10, 20, 0, 16), VIRTIO_BLK_S_OK);
	for (unsigned i = 9; i < 31; i++) {
		ck_assert_uint_eq(request(IN, i, 512), VIRTIO_BLK_S_OK);
		ck_assert(buffer_is(i < 10 || i == 30 ? (u8)(i + 1) : 0, 512));
	}
	ck_assert_uint_eq(file_byte(10 * 512), _i & 2 ? 11 : 0);
	ck_assert_uint_eq(ranges(type, SECTORS - 1, 1, 0, 16), VIRTIO_BLK_S_OK);
	end();
}
END_TEST

static const struct {
	u32 type;
	u64 sector;
	u32 sectors, flags, size;
	u8 status;
} range_cases[] = {
	{ DISCARD, 0, 8, 1, 16, VIRTIO_BLK_S_UNSUPP }, /* unmap is write-zeroes' */
	{ ZEROES, 0, 8, 1, 16, VIRTIO_BLK_S_OK },	   { ZEROES, 0, 8, 2, 16, VIRTIO_BLK_S_UNSUPP },
	{ ZEROES, 0, 8, 0, 8, VIRTIO_BLK_S_UNSUPP }, /* half a range */
	{ ZEROES, 0, 8, 0, 0, VIRTIO_BLK_S_UNSUPP }, /* none */
	{ ZEROES, 0, 8, 0, 256, VIRTIO_BLK_S_OK },	   { ZEROES, 0, 8, 0, 272, VIRTIO_BLK_S_IOERR }, /* too many */
	{ ZEROES, SECTORS, 1, 0, 16, VIRTIO_BLK_S_IOERR }, { ZEROES, SECTORS - 1, 2, 0, 16, VIRTIO_BLK_S_IOERR },
	{ DISCARD, ~0ull, 1, 0, 16, VIRTIO_BLK_S_IOERR },  { DISCARD, 0, ~0u, 0, 16, VIRTIO_BLK_S_IOERR },
};

START_TEST(range_case)
{
	start(false, false, false);
	ck_assert_uint_eq(ranges(range_cases[_i].type, range_cases[_i].sector, range_cases[_i].sectors,
				 range_cases[_i].flags, range_cases[_i].size),
			  range_cases[_i].status);
	end();
}
END_TEST

static const struct {
	u32 type;
	u64 sector;
	u32 size;
	u8 status;
} bad[] = {
	{ IN, SECTORS, 512, VIRTIO_BLK_S_IOERR },
	{ IN, SECTORS - 1, 1024, VIRTIO_BLK_S_IOERR },
	{ IN, 0, 513, VIRTIO_BLK_S_IOERR },
	{ IN, 1ull << 55, 512, VIRTIO_BLK_S_IOERR },
	{ IN, ~0ull, 512, VIRTIO_BLK_S_IOERR },
	{ OUT, SECTORS, 512, VIRTIO_BLK_S_IOERR },
	{ OUT, SECTORS - 1, 1024, VIRTIO_BLK_S_IOERR },
	{ OUT, 0, 100, VIRTIO_BLK_S_IOERR },
	{ OUT, 0xff80000000000000, 512, VIRTIO_BLK_S_IOERR },
	{ 2, 0, 512, VIRTIO_BLK_S_UNSUPP },
	{ 0x80000000, 0, 0, VIRTIO_BLK_S_UNSUPP },
	{ IN, 0, 0xc0000, VIRTIO_BLK_S_OK },
};

START_TEST(bad_request)
{
	start(_i & 1, false, false);
	ck_assert_uint_eq(request(bad[_i].type, bad[_i].sector, bad[_i].size), bad[_i].status);
	ck_assert_uint_eq(request(IN, 1, 512), VIRTIO_BLK_S_OK); /* the device is none the worse for it */
	ck_assert_uint_eq(rig.errors, 0);
	end();
}
END_TEST

START_TEST(read_only)
{
	start(true, true, _i);
	ck_assert_uint_eq(request(OUT, 0, 512), VIRTIO_BLK_S_IOERR);
	ck_assert_uint_eq(ranges(ZEROES, 0, 8, 0, 16), VIRTIO_BLK_S_IOERR);
	ck_assert_uint_eq(ranges(DISCARD, 0, 8, 0, 16), VIRTIO_BLK_S_IOERR);
	ck_assert_uint_eq(request(FLUSH, 0, 0), VIRTIO_BLK_S_OK);
	ck_assert_uint_eq(request(IN, 0, 512), VIRTIO_BLK_S_OK);
	ck_assert(buffer_is(1, 512));
	ck_assert_uint_eq(file_byte(0), 1);
	end();
}
END_TEST

/* The host's file becomes shorter under the machine: reads fail, and nothing worse. */
START_TEST(host_error)
{
	start(true, false, _i);
	ck_assert_int_eq(truncate(path, 100 * 512), 0);
	ck_assert_uint_eq(request(IN, 99, 1024), VIRTIO_BLK_S_IOERR);
	ck_assert_uint_eq(request(IN, 0, 512), VIRTIO_BLK_S_OK);
	close(disk.fd);
	disk.fd = open(path, O_RDONLY);
	if (!_i)
		ck_assert_uint_eq(request(OUT, 0, 512), VIRTIO_BLK_S_IOERR);
	else
		ck_assert_uint_eq(request(OUT, 150, 512), VIRTIO_BLK_S_IOERR); /* its chunk cannot be read */
	end();
}
END_TEST

static void no_status(void)
{
	desc(DESC_AT(0), 0, HEADER_AT, 16, 0, 0);
}

static void short_header(void)
{
	desc(DESC_AT(0), 0, HEADER_AT, 15, NEXT, 1);
	desc(DESC_AT(0), 1, STATUS_AT, 1, WRITE, 0);
}

static void header_outside(void)
{
	desc(DESC_AT(0), 0, 0x1000, 16, NEXT, 1);
	desc(DESC_AT(0), 1, STATUS_AT, 1, WRITE, 0);
}

static void data_outside(void)
{
	memset(mem(HEADER_AT), 0, 16);
	desc(DESC_AT(0), 0, HEADER_AT, 16, NEXT, 1);
	desc(DESC_AT(0), 1, RAM_BASE + RAM_SIZE - 256, 512, NEXT | WRITE, 2);
	desc(DESC_AT(0), 2, STATUS_AT, 1, WRITE, 0);
}

static void status_outside(void)
{
	memset(mem(HEADER_AT), 0, 16);
	desc(DESC_AT(0), 0, HEADER_AT, 16, NEXT, 1);
	desc(DESC_AT(0), 1, RAM_BASE - 1, 1, WRITE, 0);
}

static void (*const malformed[])(void) = { no_status, short_header, header_outside, data_outside, status_outside };

START_TEST(malformed_request)
{
	start(true, false, false);
	malformed[_i]();
	kick(0, 0);
	ck_assert_uint_eq(rig.errors, 1);
	ck_assert(rd(R_STATUS) & VIRTIO_NEEDS_RESET);
	ck_assert_uint_eq(used_count(0), 0);
	end();
}
END_TEST

/* Any framing will do: header and status in pieces, data together with either. */
START_TEST(any_layout)
{
	u32 head, words[4] = { IN, 0, 9, 0 };

	start(_i, false, false);
	memcpy(mem(HEADER_AT), words, 16);
	desc(DESC_AT(0), 0, HEADER_AT, 3, NEXT, 1);
	desc(DESC_AT(0), 1, HEADER_AT + 3, 13, NEXT, 2);
	desc(DESC_AT(0), 2, BUFFER_AT, 500, NEXT | WRITE, 3);
	desc(DESC_AT(0), 3, BUFFER_AT + 500, 13, WRITE, 0);
	kick(0, 0);
	ck_assert_uint_eq(used_last(0, &head), 513);
	ck_assert(buffer_is(10, 512));
	ck_assert_uint_eq(*(u8 *)mem(BUFFER_AT + 512), VIRTIO_BLK_S_OK);
	end();
}
END_TEST

START_TEST(cache_switch)
{
	start(true, false, false);
	ck_assert_uint_eq(rd_sized(R_CONFIG + 32, 1), 1);
	wr_sized(R_CONFIG + 32, 1, 0);
	ck_assert_uint_eq(rd_sized(R_CONFIG + 32, 1), 0);
	ck_assert_uint_eq(request(OUT, 1, 512), VIRTIO_BLK_S_OK);
	wr(R_CONFIG, 77);
	ck_assert_uint_eq(rd(R_CONFIG), SECTORS);
	end();
}
END_TEST

/* ---- files ---- */

static bool opens(u64 size, bool ro, struct error *e)
{
	*e = (struct error){ 0 };
	make_file(size);
	return disk_open(&disk, path, ro, false, e);
}

START_TEST(odd_files)
{
	struct error e = { 0 };

	ck_assert(!opens(1000, true, &e) && e.kind == ERROR_FILE && strstr(e.text, "1000 bytes") &&
		  strstr(e.text, path));
	unlink(path);
	ck_assert(!opens(0, true, &e) && e.kind == ERROR_FILE && strstr(e.text, "empty"));
	unlink(path);
	e = (struct error){ 0 };
	ck_assert(!disk_open(&disk, "no/such/file", false, false, &e) && e.kind == ERROR_FILE);
	e = (struct error){ 0 };
	ck_assert(!disk_open(&disk, ".", true, false, &e) && e.kind == ERROR_FILE && strstr(e.text, "no file"));
}
END_TEST

START_TEST(locked)
{
	struct disk second;
	struct error e;

	ck_assert(opens(4096, false, &e));
	ck_assert(!disk_open(&second, path, true, false, &e) && strstr(e.text, "in use"));
	disk_close(&disk);
	e = (struct error){ 0 };
	ck_assert(disk_open(&disk, path, true, false, &e));
	ck_assert(disk_open(&second, path, false, true, &e)); /* reading and a snapshot go together */
	disk_close(&second);
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dev_virtio_blk");
	TCase *c = tcase_create("requests"), *files = tcase_create("files");

	tcase_add_loop_test(c, configuration, 0, 4);
	tcase_add_test(c, several_queues);
	tcase_add_loop_test(c, reading, 0, 2);
	tcase_add_loop_test(c, writing, 0, 4);
	tcase_add_loop_test(c, identifying, 0, 2);
	tcase_add_loop_test(c, discarding, 0, 4);
	tcase_add_loop_test(c, range_case, 0, ARRAY_SIZE(range_cases));
	tcase_add_loop_test(c, bad_request, 0, ARRAY_SIZE(bad));
	tcase_add_loop_test(c, read_only, 0, 2);
	tcase_add_loop_test(c, host_error, 0, 2);
	tcase_add_loop_test(c, malformed_request, 0, ARRAY_SIZE(malformed));
	tcase_add_loop_test(c, any_layout, 0, 2);
	tcase_add_test(c, cache_switch);
	tcase_add_test(files, odd_files);
	tcase_add_test(files, locked);
	suite_add_tcase(s, c);
	suite_add_tcase(s, files);
	return run_suite(s);
}
