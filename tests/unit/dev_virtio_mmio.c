/* virtio-mmio in both versions: registers, features, status, queues' places, interrupts, and rings that break rules. */
#include <check.h>

#include "virtio_rig.h"
#include "run_suite.h"

#define OFFERED 0x25ull

/* A device whose buffers come back as they are, with the bytes read from them in the first written ones. */
static struct virtio_device echo;

static void echo_notify(struct virtio_device *d, unsigned n)
{
	struct virtq_chain c;
	u8 data[64] = { 0 };

	for (unsigned left = virtq_available(d, n); left && virtq_take(d, n, &c); left--) {
		u64 size = c.out < sizeof(data) ? c.out : sizeof(data);

		size = size < c.in ? size : c.in;
		if (virtq_read(d, &c, 0, data, size) && virtq_write(d, &c, 0, data, size))
			virtq_give(d, n, &c, (u32)size);
	}
	virtq_tell(d, n);
}

static void echo_reset(struct virtio_device *d)
{
	memcpy(d->s.config, "abcdefgh", 8);
}

static const struct virtio_class echo_class = {
	.name = "echo", .id = 99, .queues = 2, .notify = echo_notify, .reset = echo_reset, .writable_config = 0xc
};

static void attach(bool modern)
{
	virtio_init(&echo, &echo_class, NULL, OFFERED);
	echo.config_size = 8;
	rig_attach(&echo, modern);
}

static void start(bool modern, u64 features)
{
	virtio_init(&echo, &echo_class, NULL, OFFERED);
	echo.config_size = 8;
	rig_start(&echo, modern, features);
}

/* ---- registers ---- */

START_TEST(identity)
{
	attach(_i);
	ck_assert_uint_eq(rd(R_MAGIC), 0x74726976);
	ck_assert_uint_eq(rd(R_VERSION), 1 + _i);
	ck_assert_uint_eq(rd(R_DEVICE), 99);
	ck_assert_uint_eq(rd(R_VENDOR), 0x554d4551);
	ck_assert_uint_eq(rd(R_NUM_MAX), 1024);
	wr(R_SEL, 2);
	ck_assert_uint_eq(rd(R_NUM_MAX), 0);
	wr(R_SEL, 0xffffffff);
	ck_assert_uint_eq(rd(R_NUM_MAX), 0);
	wr(R_PFN, 1);
	wr(R_READY, 1);
	ck_assert_uint_eq(rd(R_READY), 0);
	ck_assert_uint_eq(rd_sized(R_MAGIC, 2), 0); /* registers are 32 bits wide */
	ck_assert_uint_eq(rd_sized(R_MAGIC, 8), ~0ull);
	ck_assert_uint_eq(rd(0xb0), _i ? 0xffffffff : 0); /* no shared memory */
}
END_TEST

START_TEST(empty_slots)
{
	struct bus_access a = { .offset = 0, .size = 4 };
	u64 v;

	attach(false);
	for (a.offset = 0; a.offset < 31 * VIRTIO_MMIO_STRIDE; a.offset += 4) {
		u64 reg = a.offset % VIRTIO_MMIO_STRIDE;

		ck_assert_int_eq(virtio_mmio_ops.write(&rig.mmio, &a, ~0ull), BUS_OK);
		ck_assert_int_eq(virtio_mmio_ops.read(&rig.mmio, &a, &v), BUS_OK);
		ck_assert_uint_eq(v, reg == R_MAGIC	? 0x74726976
				     : reg == R_VERSION ? 1
				     : reg == R_VENDOR	? 0x554d4551
							: 0);
	}
}
END_TEST

START_TEST(last_slot_first)
{
	static struct virtio_device d[VIRTIO_MMIO_COUNT + 1];

	memset(&rig, 0, sizeof(rig));
	for (unsigned i = 0; i < ARRAY_SIZE(d); i++) {
		virtio_init(&d[i], &echo_class, NULL, 0);
		ck_assert_int_eq(virtio_mmio_attach(&rig.mmio, &d[i]), i < VIRTIO_MMIO_COUNT);
		if (i < VIRTIO_MMIO_COUNT)
			ck_assert_ptr_eq(rig.mmio.slot[VIRTIO_MMIO_COUNT - 1 - i].device, &d[i]);
	}
}
END_TEST

START_TEST(config_space)
{
	attach(_i);
	ck_assert_uint_eq(rd(R_CONFIG), 0x64636261);
	ck_assert_uint_eq(rd_sized(R_CONFIG + 1, 1), 'b');
	ck_assert_uint_eq(rd_sized(R_CONFIG + 6, 2), 0x6867);
	ck_assert_uint_eq(rd(R_CONFIG + 8), 0);
	ck_assert_uint_eq(rd(R_CONFIG + 0xfc), 0);
	wr(R_CONFIG, 0x11223344);
	ck_assert_uint_eq(rd(R_CONFIG), 0x11226261); /* bytes 2 and 3 can be written */
	wr_sized(R_CONFIG + 0xff, 1, 7);
	wr(R_STATUS, 0);
	ck_assert_uint_eq(rd(R_CONFIG), 0x64636261);
}
END_TEST

/* ---- features and status ---- */

#define RING (VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX)

START_TEST(features)
{
	attach(_i);
	ck_assert_uint_eq(rig_offered(), OFFERED | RING | (_i ? VIRTIO_F_VERSION_1 : VIRTIO_F_ANY_LAYOUT));
	wr(R_FEATURES_SEL, 2);
	ck_assert_uint_eq(rd(R_FEATURES), 0);
	wr(R_DRIVER_FEATURES_SEL, 2);
	wr(R_DRIVER_FEATURES, ~0u);
	ck_assert_uint_eq(echo.s.driver_features, 0);
}
END_TEST

START_TEST(legacy_features_are_masked)
{
	attach(false);
	rig_negotiate(~0ull);
	ck_assert_uint_eq(echo.s.driver_features, OFFERED | RING | VIRTIO_F_ANY_LAYOUT);
}
END_TEST

static const struct {
	u64 accepted;
	bool ok;
} modern_features[] = {
	{ VIRTIO_F_VERSION_1, true },
	{ VIRTIO_F_VERSION_1 | OFFERED, true },
	{ VIRTIO_F_VERSION_1 | 1 << 1, false }, /* not offered */
	{ VIRTIO_F_VERSION_1 | 1ull << 63, false },
	{ OFFERED, false }, /* without VERSION_1 */
};

START_TEST(modern_features_ok)
{
	attach(true);
	for (unsigned i = 0; i < 2; i++) {
		wr(R_DRIVER_FEATURES_SEL, i);
		wr(R_DRIVER_FEATURES, modern_features[_i].accepted >> 32 * i);
	}
	wr(R_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
	ck_assert_int_eq(!!(rd(R_STATUS) & VIRTIO_FEATURES_OK), modern_features[_i].ok);
	wr(R_DRIVER_FEATURES, 0x80000000); /* too late, once they are accepted */
	ck_assert_int_eq(echo.s.driver_features >> 63, !modern_features[_i].ok || modern_features[_i].accepted >> 63);
	wr(R_STATUS, 0);
	ck_assert_uint_eq(rd(R_STATUS), 0);
	ck_assert_uint_eq(echo.s.driver_features, 0);
}
END_TEST

START_TEST(status_is_the_drivers)
{
	attach(_i);
	wr(R_STATUS, 0xff);
	ck_assert_uint_eq(rd(R_STATUS), 0xff & ~(VIRTIO_NEEDS_RESET | VIRTIO_FEATURES_OK));
}
END_TEST

/* ---- queues ---- */

START_TEST(legacy_place)
{
	attach(false);
	rig_negotiate(0);
	wr(R_PAGE_SIZE, 5); /* no power of two: as before */
	wr(R_SEL, 1);
	wr(R_NUM, 256);
	wr(R_ALIGN, 12);
	wr(R_ALIGN, 8192);
	wr(R_PFN, RAM_BASE / 4096);
	ck_assert_uint_eq(rd(R_PFN), RAM_BASE / 4096);
	ck_assert(echo.s.q[1].ready && !echo.s.q[0].ready);
	ck_assert_uint_eq(echo.s.q[1].desc, RAM_BASE);
	ck_assert_uint_eq(echo.s.q[1].avail, RAM_BASE + 4096);
	ck_assert_uint_eq(echo.s.q[1].used, RAM_BASE + 8192);
	wr(R_NUM, 2);
	ck_assert_uint_eq(echo.s.q[1].size, 256); /* in use */
	wr(R_PFN, 0);
	ck_assert(!echo.s.q[1].ready);
	ck_assert_uint_eq(rd(R_PFN), 0);
}
END_TEST

START_TEST(modern_place)
{
	attach(true);
	rig_negotiate(0);
	wr(R_SEL, 1);
	wr(R_NUM, 8);
	wr(R_DESC, 0x1000);
	wr(R_DESC + 4, 1);
	wr(R_AVAIL, 0x2002);
	wr(R_AVAIL + 4, 2);
	wr(R_USED, 0x3004);
	wr(R_USED + 4, 3);
	wr(R_READY, 1);
	ck_assert_uint_eq(rd(R_READY), 1);
	wr(R_DESC, 0x9000); /* in use */
	wr(R_NUM, 4);
	ck_assert_uint_eq(echo.s.q[1].desc, 0x100001000);
	ck_assert_uint_eq(echo.s.q[1].avail, 0x200002002);
	ck_assert_uint_eq(echo.s.q[1].used, 0x300003004);
	ck_assert_uint_eq(echo.s.q[1].size, 8);
	wr(R_READY, 0);
	ck_assert_uint_eq(rd(R_READY), 0);
	ck_assert_uint_eq(rig.errors, 0);
}
END_TEST

static const struct {
	u32 num, desc, avail, used;
} bad_places[] = {
	{ 0, 0x1000, 0x2000, 0x3000 },	   { 3, 0x1000, 0x2000, 0x3000 }, { 2048, 0x1000, 0x2000, 0x3000 },
	{ 65536, 0x1000, 0x2000, 0x3000 }, { 8, 0x1008, 0x2000, 0x3000 }, { 8, 0x1000, 0x2001, 0x3000 },
	{ 8, 0x1000, 0x2000, 0x3002 },
};

START_TEST(modern_bad_place)
{
	attach(true);
	rig_negotiate(0);
	wr(R_NUM, bad_places[_i].num);
	wr(R_DESC, bad_places[_i].desc);
	wr(R_AVAIL, bad_places[_i].avail);
	wr(R_USED, bad_places[_i].used);
	wr(R_READY, 1);
	ck_assert_uint_eq(rd(R_READY), 0);
	ck_assert(rd(R_STATUS) & VIRTIO_NEEDS_RESET);
	ck_assert_uint_eq(rig.errors, 1);
}
END_TEST

/* ---- buffers ---- */

static void fill(u64 at, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		((u8 *)mem(at))[i] = (u8)(i + 1);
}

START_TEST(a_buffer)
{
	u32 head;

	start(_i & 1, _i & 2 ? RING : 0);
	fill(DATA_AT, 12);
	desc(DESC_AT(1), 5, DATA_AT, 5, NEXT, 7);
	desc(DESC_AT(1), 7, DATA_AT + 5, 7, NEXT, 0);
	desc(DESC_AT(1), 0, DATA_AT + 0xffd, 6, NEXT | WRITE, 1); /* across a page's end */
	desc(DESC_AT(1), 1, DATA_AT + 0x2000, 6, WRITE, 9);
	kick(1, 5);
	ck_assert_uint_eq(used_count(1), 1);
	ck_assert_uint_eq(used_last(1, &head), 12);
	ck_assert_uint_eq(head, 5);
	ck_assert_int_eq(memcmp(mem(DATA_AT), mem(DATA_AT + 0xffd), 6), 0);
	ck_assert_int_eq(memcmp(mem(DATA_AT + 6), mem(DATA_AT + 0x2000), 6), 0);
	ck_assert(rig.line);
	ck_assert_uint_eq(rd(R_ISR), VIRTIO_INT_QUEUE);
	wr(R_ACK, VIRTIO_INT_CONFIG);
	ck_assert(rig.line);
	wr(R_ACK, VIRTIO_INT_QUEUE);
	ck_assert(!rig.line);
	ck_assert_uint_eq(rig.errors, 0);
}
END_TEST

START_TEST(indirect)
{
	u32 head;

	start(_i, RING);
	fill(DATA_AT, 9);
	desc(DESC_AT(0), 0, DATA_AT, 4, NEXT, 1); /* a direct piece, then the table */
	desc(DESC_AT(0), 1, TABLE_AT, 3 * 16, INDIRECT, 0);
	desc(TABLE_AT, 0, DATA_AT + 4, 5, NEXT, 2);
	desc(TABLE_AT, 2, DATA_AT + 0x100, 0, NEXT | WRITE, 1); /* empty */
	desc(TABLE_AT, 1, DATA_AT + 0x100, 32, WRITE, 0);
	kick(0, 0);
	ck_assert_uint_eq(used_last(0, &head), 9);
	ck_assert_int_eq(memcmp(mem(DATA_AT), mem(DATA_AT + 0x100), 9), 0);
}
END_TEST

/* The indexes go around 2^16, and the rings around their end. */
START_TEST(around)
{
	u32 head;

	start(_i & 1, _i & 2 ? RING : 0);
	for (unsigned i = 0; i < 66000; i++) {
		desc(DESC_AT(0), i % QUEUE_SIZE, DATA_AT, 4, WRITE, 0);
		kick(0, i % QUEUE_SIZE);
		ck_assert_uint_eq(used_count(0), (i + 1) & 0xffff);
		used_last(0, &head);
		ck_assert_uint_eq(head, i % QUEUE_SIZE);
	}
	ck_assert_uint_eq(rig.errors, 0);
}
END_TEST

START_TEST(no_interrupt_flag)
{
	start(_i, 0);
	desc(DESC_AT(0), 0, DATA_AT, 4, WRITE, 0);
	*u16_at(AVAIL_AT(0)) = 1;
	kick(0, 0);
	ck_assert(!rig.line);
	*u16_at(AVAIL_AT(0)) = 0;
	wr(R_NOTIFY, 0);
	ck_assert(!rig.line); /* nothing new */
	kick(0, 0);
	ck_assert(rig.line);
}
END_TEST

/* used_event: no interrupt before the entry that the driver waits for; avail_event: tell me of the next. */
START_TEST(event_index)
{
	start(_i, RING);
	desc(DESC_AT(0), 0, DATA_AT, 4, WRITE, 0);
	*u16_at(AVAIL_AT(0)) = 1; /* without a meaning now */
	*u16_at(AVAIL_AT(0) + 4 + 2 * QUEUE_SIZE) = 2;
	kick(0, 0);
	kick(0, 0);
	ck_assert(!rig.line);
	offer(0, 0);
	kick(0, 0);
	ck_assert(rig.line);
	ck_assert_uint_eq(used_count(0), 4);
	ck_assert_uint_eq(*u16_at(USED_AT(0) + 4 + 8 * QUEUE_SIZE), 4);
}
END_TEST

/* A legacy driver may use a queue before DRIVER_OK, a modern one may not. */
START_TEST(before_driver_ok)
{
	attach(_i);
	rig_negotiate(0);
	rig_place_queue(0);
	desc(DESC_AT(0), 0, DATA_AT, 4, WRITE, 0);
	kick(0, 0);
	ck_assert_uint_eq(used_count(0), _i ? 0 : 1);
	wr(R_NOTIFY, 1); /* a queue without a place */
	wr(R_NOTIFY, 7); /* no queue */
	ck_assert_uint_eq(rig.errors, 0);
}
END_TEST

/* ---- broken rules ---- */

static void available_too_far(void)
{
	*u16_at(AVAIL_AT(0) + 2) = QUEUE_SIZE + 1;
}

static void head_outside(void)
{
	offer(0, QUEUE_SIZE);
}

static void next_outside(void)
{
	desc(DESC_AT(0), 0, DATA_AT, 4, NEXT, 0xffff);
	offer(0, 0);
}

static void loop(void)
{
	desc(DESC_AT(0), 0, DATA_AT, 4, NEXT, 1);
	desc(DESC_AT(0), 1, DATA_AT, 4, NEXT, 0);
	offer(0, 0);
}

static void empty_loop(void)
{
	desc(DESC_AT(0), 0, DATA_AT, 0, NEXT, 0);
	offer(0, 0);
}

static void readable_behind_writable(void)
{
	desc(DESC_AT(0), 0, DATA_AT, 4, NEXT | WRITE, 1);
	desc(DESC_AT(0), 1, DATA_AT, 4, 0, 0);
	offer(0, 0);
}

static void buffer_outside(void)
{
	desc(DESC_AT(0), 0, RAM_BASE + RAM_SIZE - 2, 4, NEXT, 1);
	desc(DESC_AT(0), 1, DATA_AT, 4, WRITE, 0);
	offer(0, 0);
}

static void written_outside(void)
{
	desc(DESC_AT(0), 0, DATA_AT, 4, NEXT, 1);
	desc(DESC_AT(0), 1, ~0ull - 1, 4, WRITE, 0); /* and around 2^64 */
	offer(0, 0);
}

static void too_many_bytes(void)
{
	desc(DESC_AT(0), 0, DATA_AT, ~0u, NEXT | WRITE, 1);
	desc(DESC_AT(0), 1, DATA_AT, ~0u, WRITE, 0);
	offer(0, 0);
}

static void table_of_no_size(void)
{
	desc(DESC_AT(0), 0, TABLE_AT, 0, INDIRECT, 0);
	offer(0, 0);
}

static void table_of_odd_size(void)
{
	desc(DESC_AT(0), 0, TABLE_AT, 24, INDIRECT, 0);
	offer(0, 0);
}

static void table_too_large(void)
{
	desc(DESC_AT(0), 0, TABLE_AT, 16 * 1025, INDIRECT, 0);
	offer(0, 0);
}

static void table_with_next(void)
{
	desc(DESC_AT(0), 0, TABLE_AT, 16, INDIRECT | NEXT, 1);
	offer(0, 0);
}

static void table_in_table(void)
{
	desc(DESC_AT(0), 0, TABLE_AT, 16, INDIRECT, 0);
	desc(TABLE_AT, 0, TABLE_AT, 16, INDIRECT, 0);
	offer(0, 0);
}

static void table_outside(void)
{
	desc(DESC_AT(0), 0, 0x1000, 16, INDIRECT, 0);
	offer(0, 0);
}

static void loop_in_table(void)
{
	desc(DESC_AT(0), 0, TABLE_AT, 16, INDIRECT, 0);
	desc(TABLE_AT, 0, DATA_AT, 4, NEXT, 0);
	offer(0, 0);
}

static void longer_than_any_queue(void)
{
	desc(DESC_AT(0), 0, DATA_AT, 1, NEXT, 1);
	desc(DESC_AT(0), 1, TABLE_AT, 16 * 1024, INDIRECT, 0);
	for (unsigned i = 0; i < 1024; i++)
		desc(TABLE_AT, i, DATA_AT, 1, i < 1023 ? NEXT : 0, i + 1);
	offer(0, 0);
}

static void (*const broken[])(void) = {
	available_too_far,
	head_outside,
	next_outside,
	loop,
	empty_loop,
	readable_behind_writable,
	buffer_outside,
	written_outside,
	too_many_bytes,
	table_of_no_size,
	table_of_odd_size,
	table_too_large,
	table_with_next,
	table_in_table,
	table_outside,
	loop_in_table,
	longer_than_any_queue,
};

static void check_broken(void)
{
	ck_assert_uint_eq(rig.errors, 1);
	ck_assert_uint_eq(used_count(0), 0);
	ck_assert_int_eq(!!(rd(R_STATUS) & VIRTIO_NEEDS_RESET), rig.mmio.modern);
	ck_assert_uint_eq(rd(R_ISR), rig.mmio.modern ? VIRTIO_INT_CONFIG : 0);
	wr(R_STATUS, rd(R_STATUS) & ~VIRTIO_NEEDS_RESET);
	ck_assert_int_eq(!!(rd(R_STATUS) & VIRTIO_NEEDS_RESET), rig.mmio.modern); /* the device's own */
}

/* The device says so, serves nothing more, and is well again after a reset. */
static void check_rule(unsigned i, bool modern)
{
	start(modern, RING);
	broken[i]();
	wr(R_NOTIFY, 0);
	check_broken();
	desc(DESC_AT(1), 0, DATA_AT, 4, WRITE, 0);
	kick(1, 0);
	ck_assert_uint_eq(used_count(1), 0);
	memset(rig.ram, 0, sizeof(rig.ram));
	rig_negotiate(RING);
	ck_assert_uint_eq(rd(R_STATUS) & VIRTIO_NEEDS_RESET, 0);
	ck_assert(!rig.line);
	rig_place_queue(0);
	wr(R_STATUS, rd(R_STATUS) | VIRTIO_DRIVER_OK);
	desc(DESC_AT(0), 0, DATA_AT, 4, WRITE, 0);
	kick(0, 0);
	ck_assert_uint_eq(used_count(0), 1);
}

START_TEST(broken_rule)
{
	check_rule((unsigned)_i, false);
	check_rule((unsigned)_i, true);
}
END_TEST

START_TEST(indirect_not_negotiated)
{
	start(_i, 0);
	desc(DESC_AT(0), 0, TABLE_AT, 16, INDIRECT, 0);
	desc(TABLE_AT, 0, DATA_AT, 4, WRITE, 0);
	kick(0, 0);
	check_broken();
}
END_TEST

/* Rings that are not in memory, one part after the other. */
START_TEST(ring_outside)
{
	start(true, RING);
	wr(R_SEL, 0);
	wr(R_READY, 0);
	wr((u64[]){ R_DESC, R_AVAIL, R_USED }[_i] + 4, 0x7fff0000);
	wr(R_READY, 1);
	desc(DESC_AT(0), 0, DATA_AT, 4, WRITE, 0);
	kick(0, 0);
	ck_assert_uint_eq(used_count(0), 0);
	ck_assert_uint_eq(rig.errors, 1);
	ck_assert(rd(R_STATUS) & VIRTIO_NEEDS_RESET);
}
END_TEST

/* A device that is made to overwrite its own available ring serves what was there when it was told, and ends. */
START_TEST(own_ring_overwritten)
{
	start(_i, 0);
	for (unsigned i = 0; i < 64; i += 2)
		*u16_at(DATA_AT + i) = 0;
	*u16_at(DATA_AT + 2) = 3; /* the index that is to be */
	desc(DESC_AT(0), 0, DATA_AT, 4, NEXT, 1);
	desc(DESC_AT(0), 1, AVAIL_AT(0), 4, WRITE, 0);
	kick(0, 0);
	ck_assert_uint_eq(used_count(0), 1);
	wr(R_NOTIFY, 0);
	ck_assert_uint_eq(used_count(0), 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dev_virtio_mmio");
	TCase *regs = tcase_create("registers"), *queues = tcase_create("queues"), *rules = tcase_create("rules");

	tcase_add_loop_test(regs, identity, 0, 2);
	tcase_add_test(regs, empty_slots);
	tcase_add_test(regs, last_slot_first);
	tcase_add_loop_test(regs, config_space, 0, 2);
	tcase_add_loop_test(regs, features, 0, 2);
	tcase_add_test(regs, legacy_features_are_masked);
	tcase_add_loop_test(regs, modern_features_ok, 0, ARRAY_SIZE(modern_features));
	tcase_add_loop_test(regs, status_is_the_drivers, 0, 2);
	tcase_add_test(queues, legacy_place);
	tcase_add_test(queues, modern_place);
	tcase_add_loop_test(queues, modern_bad_place, 0, ARRAY_SIZE(bad_places));
	tcase_add_loop_test(queues, a_buffer, 0, 4);
	tcase_add_loop_test(queues, indirect, 0, 2);
	tcase_add_loop_test(queues, around, 0, 4);
	tcase_add_loop_test(queues, no_interrupt_flag, 0, 2);
	tcase_add_loop_test(queues, event_index, 0, 2);
	tcase_add_loop_test(queues, before_driver_ok, 0, 2);
	tcase_add_loop_test(rules, broken_rule, 0, ARRAY_SIZE(broken));
	tcase_add_loop_test(rules, indirect_not_negotiated, 0, 2);
	tcase_add_loop_test(rules, ring_outside, 0, 3);
	tcase_add_loop_test(rules, own_ring_overwritten, 0, 2);
	suite_add_tcase(s, regs);
	suite_add_tcase(s, queues);
	suite_add_tcase(s, rules);
	return run_suite(s);
}
