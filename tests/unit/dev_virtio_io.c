/* virtio-rng, virtio-console, virtio-net: what comes and goes, and buffers that do not fit. */
#include <check.h>

#include "dev/virtio_console.h"
#include "dev/virtio_net.h"
#include "dev/virtio_rng.h"
#include "virtio_rig.h"
#include "run_suite.h"

enum { RECEIVE, TRANSMIT };

static struct virtio_rng rng;
static struct virtio_console console;
static struct virtio_net net;
static u8 sent[4096];
static size_t sent_size;
static unsigned frames;

/* ---- entropy ---- */

static void start_rng(u64 seed, bool modern)
{
	virtio_rng_init(&rng, seed);
	rig_start(&rng.device, modern, VIRTIO_F_INDIRECT_DESC);
	desc(DESC_AT(0), 0, DATA_AT, 100, WRITE, 0);
}

START_TEST(same_seed_same_numbers)
{
	u8 first[100];
	u32 head;

	start_rng(7, _i);
	ck_assert_uint_eq(rd(R_DEVICE), 4);
	kick(0, 0);
	ck_assert_uint_eq(used_last(0, &head), 100);
	memcpy(first, mem(DATA_AT), 100);
	kick(0, 0);
	ck_assert_int_ne(memcmp(first, mem(DATA_AT), 100), 0);
	start_rng(7, _i);
	kick(0, 0);
	ck_assert_int_eq(memcmp(first, mem(DATA_AT), 100), 0);
	ck_assert_uint_eq(*(u8 *)mem(DATA_AT + 100), 0);
	start_rng(8, _i);
	kick(0, 0);
	ck_assert_int_ne(memcmp(first, mem(DATA_AT), 100), 0);
}
END_TEST

/* The generator's published first numbers for seed 1234567. */
START_TEST(split_mix)
{
	static const u64 want[3] = { 6457827717110365317ull, 3203168211198807973ull, 9817491932198370423ull };

	start_rng(1234567, false);
	kick(0, 0);
	ck_assert_int_eq(memcmp(mem(DATA_AT), want, sizeof(want)), 0);
}
END_TEST

START_TEST(rng_sizes)
{
	u32 head;

	start_rng(1, true);
	desc(DESC_AT(0), 0, DATA_AT, 0x20000 - 1, NEXT | WRITE, 1); /* more than it gives at once */
	desc(DESC_AT(0), 1, DATA_AT, 1, WRITE, 0);
	kick(0, 0);
	ck_assert_uint_eq(used_last(0, &head), 65536);
	desc(DESC_AT(0), 0, DATA_AT, 10, 0, 0); /* nothing to write to */
	kick(0, 0);
	ck_assert_uint_eq(used_last(0, &head), 0);
	desc(DESC_AT(0), 0, 0x1000, 10, WRITE, 0);
	kick(0, 0);
	ck_assert_uint_eq(used_count(0), 2);
	ck_assert_uint_eq(rig.errors, 1);
}
END_TEST

/* ---- console ---- */

static void on_byte(void *ctx, u8 byte)
{
	if (sent_size < sizeof(sent))
		sent[sent_size++] = byte;
}

static void start_console(bool modern)
{
	sent_size = 0;
	virtio_console_init(&console);
	console.out = on_byte;
	rig_start(&console.device, modern, VIRTIO_F_EVENT_IDX);
}

START_TEST(console_sends)
{
	u32 head;

	start_console(_i);
	ck_assert_uint_eq(rd(R_DEVICE), 3);
	memcpy(mem(DATA_AT), "hello ", 6);
	memset(mem(DATA_AT + 0x1000), 'x', 600);
	desc(DESC_AT(1), 0, DATA_AT, 6, NEXT, 1);
	desc(DESC_AT(1), 1, DATA_AT + 0x1000, 600, 0, 0);
	kick(TRANSMIT, 0);
	ck_assert_uint_eq(used_last(TRANSMIT, &head), 0);
	ck_assert_uint_eq(sent_size, 606);
	ck_assert_int_eq(memcmp(sent, "hello xx", 8), 0);
	ck_assert_uint_eq(sent[605], 'x');
	ck_assert(rig.line);
}
END_TEST

START_TEST(console_receives)
{
	u32 head;

	start_console(_i);
	ck_assert(!virtio_console_receive(&console, 'a')); /* no buffer yet */
	desc(DESC_AT(0), 3, DATA_AT, 8, WRITE, 0);
	kick(RECEIVE, 3);
	ck_assert_uint_eq(used_count(RECEIVE), 0);
	ck_assert(!rig.line);
	ck_assert(virtio_console_receive(&console, 'a'));
	ck_assert_uint_eq(used_last(RECEIVE, &head), 1);
	ck_assert_uint_eq(head, 3);
	ck_assert_uint_eq(*(u8 *)mem(DATA_AT), 'a');
	ck_assert(rig.line);
	ck_assert(!virtio_console_receive(&console, 'b'));
	desc(DESC_AT(0), 3, DATA_AT, 8, 0, 0); /* not to be written */
	kick(RECEIVE, 3);
	ck_assert(!virtio_console_receive(&console, 'b'));
	ck_assert_uint_eq(rig.errors, 1);
	ck_assert(!virtio_console_receive(&console, 'b'));
	ck_assert_uint_eq(rig.errors, 1);
}
END_TEST

START_TEST(console_buffer_outside)
{
	start_console(true);
	desc(DESC_AT(0), 0, 0x1000, 8, WRITE, 0);
	kick(RECEIVE, 0);
	ck_assert(!virtio_console_receive(&console, 'a'));
	ck_assert_uint_eq(rig.errors, 1);
	ck_assert(rd(R_STATUS) & VIRTIO_NEEDS_RESET);
	start_console(true);
	desc(DESC_AT(1), 0, 0x1000, 8, 0, 0);
	kick(TRANSMIT, 0);
	ck_assert_uint_eq(sent_size, 0);
	ck_assert_uint_eq(rig.errors, 1);
}
END_TEST

/* ---- network ---- */

static void on_frame(void *ctx, const u8 *frame, size_t size)
{
	memcpy(sent, frame, size);
	sent_size = size;
	frames++;
}

static void start_net(bool modern)
{
	static const u8 mac[6] = { 0x52, 0x54, 0, 1, 2, 3 };

	sent_size = frames = 0;
	virtio_net_init(&net, mac);
	net.out = on_frame;
	rig_start(&net.device, modern, VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS);
}

START_TEST(net_configuration)
{
	start_net(_i);
	ck_assert_uint_eq(rd(R_DEVICE), 1);
	ck_assert_uint_eq(rd(R_CONFIG), 0x01005452);
	ck_assert_uint_eq(rd_sized(R_CONFIG + 4, 2), 0x0302);
	ck_assert_uint_eq(rd_sized(R_CONFIG + 6, 2), 1); /* the link is up */
	ck_assert_uint_eq(rig_offered() & ~0x132000000ull & 0xffffff, VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS);
}
END_TEST

static void transmit(u32 bytes)
{
	desc(DESC_AT(1), 0, DATA_AT, bytes, 0, 0);
	kick(TRANSMIT, 0);
}

START_TEST(net_sends)
{
	u32 header = _i ? 12 : 10;

	start_net(_i);
	for (unsigned i = 0; i < 2000; i++)
		*(u8 *)mem(DATA_AT + i) = (u8)i;
	transmit(header + 60);
	ck_assert_uint_eq(sent_size, 60);
	ck_assert_uint_eq(sent[0], header);
	transmit(header + VIRTIO_NET_FRAME_MAX);
	ck_assert_uint_eq(sent_size, VIRTIO_NET_FRAME_MAX);
	transmit(header + VIRTIO_NET_FRAME_MAX + 1); /* no network carries that */
	transmit(header);
	ck_assert_uint_eq(frames, 2);
	ck_assert_uint_eq(used_count(TRANSMIT), 4);
	ck_assert_uint_eq(rig.errors, 0);
	transmit(header - 1);
	ck_assert_uint_eq(rig.errors, 1);
	ck_assert_uint_eq(used_count(TRANSMIT), 4);
}
END_TEST

START_TEST(net_receives)
{
	u32 head, header = _i ? 12 : 10;
	u8 frame[VIRTIO_NET_FRAME_MAX + 1];

	start_net(_i);
	memset(frame, 0xab, sizeof(frame));
	ck_assert(!virtio_net_receive(&net, frame, 60));
	memset(mem(DATA_AT), 0xee, 2000);
	desc(DESC_AT(0), 0, DATA_AT, header, NEXT | WRITE, 1);
	desc(DESC_AT(0), 1, DATA_AT + 0x800, 1526, WRITE, 0);
	kick(RECEIVE, 0);
	ck_assert(virtio_net_receive(&net, frame, sizeof(frame))); /* too large: lost */
	ck_assert_uint_eq(used_count(RECEIVE), 0);
	ck_assert(virtio_net_receive(&net, frame, 1514));
	ck_assert_uint_eq(used_last(RECEIVE, &head), header + 1514);
	for (u32 i = 0; i < header; i++)
		ck_assert_uint_eq(*(u8 *)mem(DATA_AT + i), i == 10 ? 1 : 0); /* num_buffers */
	ck_assert_uint_eq(*(u8 *)mem(DATA_AT + header), 0xee);
	ck_assert_int_eq(memcmp(mem(DATA_AT + 0x800), frame, 1514), 0);
	ck_assert(rig.line);
	desc(DESC_AT(0), 0, DATA_AT, header + 59, WRITE, 0);
	kick(RECEIVE, 0);
	ck_assert(!virtio_net_receive(&net, frame, 60));
	ck_assert_uint_eq(rig.errors, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dev_virtio_io");
	TCase *c = tcase_create("devices");

	tcase_add_loop_test(c, same_seed_same_numbers, 0, 2);
	tcase_add_test(c, split_mix);
	tcase_add_test(c, rng_sizes);
	tcase_add_loop_test(c, console_sends, 0, 2);
	tcase_add_loop_test(c, console_receives, 0, 2);
	tcase_add_test(c, console_buffer_outside);
	tcase_add_loop_test(c, net_configuration, 0, 2);
	tcase_add_loop_test(c, net_sends, 0, 2);
	tcase_add_loop_test(c, net_receives, 0, 2);
	suite_add_tcase(s, c);
	return run_suite(s);
}
