/* The bus: who answers where, in which size, in which security state. */
#include <check.h>
#include <string.h>

#include "bus/bus.h"
#include "bus/dma.h"
#include "run_suite.h"

#define RAM_SIZE 0x10000u

static u8 ram[RAM_SIZE], rom[0x1000], secure_ram[0x1000];
static struct bus bus;
static struct bus_access seen;
static u64 seen_value;
static unsigned code_calls;
static u64 code_at[8];
static unsigned code_size[8];
static unsigned host_calls;

static enum bus_result dev_read(void *ctx, const struct bus_access *a, u64 *value)
{
	seen = *a;
	*value = 0x1122334455667788;
	return a->size == 8 ? BUS_SLVERR : BUS_OK;
}

static enum bus_result dev_write(void *ctx, const struct bus_access *a, u64 value)
{
	seen = *a;
	seen_value = value;
	return BUS_OK;
}

static const struct bus_device_ops dev_ops = { dev_read, dev_write };

static void on_code(void *ctx, u64 at, unsigned size)
{
	ck_assert_uint_lt(code_calls, 8);
	code_at[code_calls] = at;
	code_size[code_calls++] = size;
}

static void on_host(void *ctx, u64 base, u64 size)
{
	host_calls++;
	ck_assert_uint_eq(base, 0x100000);
	ck_assert_uint_eq(size, 0x1000);
}

static void setup(void)
{
	memset(&bus, 0, sizeof(bus));
	memset(&seen, 0xee, sizeof(seen));
	code_calls = host_calls = 0;
	bus.code_written = on_code;
	bus.host_changed = on_host;
	for (unsigned i = 0; i < RAM_SIZE; i++)
		ram[i] = (u8)(i ^ i >> 8);
	/* Out of order on purpose. */
	bus_add(&bus, &(struct bus_region){ "ram", 0x40000000, RAM_SIZE, BUS_RAM, false, ram, NULL, NULL });
	bus_add(&bus, &(struct bus_region){ "rom", 0, sizeof(rom), BUS_ROM, false, rom, NULL, NULL });
	bus_add(&bus, &(struct bus_region){ "dev", 0x100000, 0x1000, BUS_DEVICE, false, NULL, &dev_ops, NULL });
	bus_add(&bus, &(struct bus_region){ "odd", 0x101000, 0x18, BUS_DEVICE, false, NULL, &dev_ops, NULL });
	bus_add(&bus, &(struct bus_region){ "secram", 0x200000, 0x1000, BUS_RAM, true, secure_ram, NULL, NULL });
	bus_add(&bus, &(struct bus_region){ "msi", 0x102000, 0x100, BUS_MSI, false, NULL, &dev_ops, NULL });
	bus_add(&bus, &(struct bus_region){ "top", ~0xfffull, 0x1000, BUS_DEVICE, false, NULL, &dev_ops, NULL });
}

static const struct {
	const char *name;
	u64 at;
	bool ns;
	u8 size;
	enum bus_result read, write;
} cases[] = {
	{ "RAM", 0x40000010, true, 8, BUS_OK, BUS_OK },
	{ "RAM, unaligned", 0x40000011, true, 4, BUS_OK, BUS_OK },
	{ "RAM's last byte", 0x4000ffff, true, 1, BUS_OK, BUS_OK },
	{ "across RAM's end", 0x4000fffe, true, 4, BUS_DECERR, BUS_DECERR },
	{ "past RAM", 0x40010000, true, 1, BUS_DECERR, BUS_DECERR },
	{ "below RAM", 0x3fffffff, true, 1, BUS_DECERR, BUS_DECERR },
	{ "ROM", 0, true, 4, BUS_OK, BUS_SLVERR },
	{ "hole after ROM", 0x1000, true, 4, BUS_DECERR, BUS_DECERR },
	{ "device", 0x100004, true, 4, BUS_OK, BUS_OK },
	{ "device, size it refuses", 0x100008, true, 8, BUS_SLVERR, BUS_OK },
	{ "device, unaligned", 0x100002, true, 4, BUS_SLVERR, BUS_SLVERR },
	{ "24-byte device", 0x101014, true, 4, BUS_OK, BUS_OK },
	{ "its end", 0x101018, true, 1, BUS_DECERR, BUS_DECERR },
	{ "across its end", 0x101010, true, 8, BUS_SLVERR, BUS_OK },
	{ "Secure RAM from Secure", 0x200000, false, 4, BUS_OK, BUS_OK },
	{ "Secure RAM from Non-secure", 0x200000, true, 4, BUS_DECERR, BUS_DECERR },
	{ "last page of the address space", ~0xfull, true, 4, BUS_OK, BUS_OK },
};

START_TEST(who_answers)
{
	u64 v;

	ck_assert_msg(bus_read(&bus, (pa_t){ cases[_i].at, cases[_i].ns }, cases[_i].size, 3, &v) == cases[_i].read,
		      "read: %s", cases[_i].name);
	ck_assert_msg(bus_write(&bus, (pa_t){ cases[_i].at, cases[_i].ns }, cases[_i].size, 3, 1) == cases[_i].write,
		      "write: %s", cases[_i].name);
}
END_TEST

START_TEST(device_sees_the_access)
{
	u64 v;

	bus_write(&bus, (pa_t){ 0x100ffe, true }, 2, 5, 0xabcd);
	ck_assert_uint_eq(seen.offset, 0xffe);
	ck_assert_uint_eq(seen.size, 2);
	ck_assert_uint_eq(seen.core, 5);
	ck_assert_uint_eq(seen.stream, 0);
	ck_assert(seen.ns);
	ck_assert_uint_eq(seen_value, 0xabcd);
	bus_dma_read(&bus, (pa_t){ 0x100000, false }, 4, 0x123, &v);
	ck_assert_uint_eq(seen.core, BUS_NO_CORE);
	ck_assert_uint_eq(seen.stream, 0x123);
	ck_assert(!seen.ns);
}
END_TEST

START_TEST(values)
{
	u64 v;

	ck_assert_int_eq(bus_write(&bus, (pa_t){ 0x40000101, true }, 8, 0, 0x8877665544332211), BUS_OK);
	ck_assert_uint_eq(ram[0x101], 0x11);
	ck_assert_uint_eq(ram[0x108], 0x88);
	ck_assert_int_eq(bus_read(&bus, (pa_t){ 0x40000102, true }, 2, 0, &v), BUS_OK);
	ck_assert_uint_eq(v, 0x3322);
	ck_assert_int_eq(bus_read(&bus, (pa_t){ 0x5000, true }, 8, 0, &v), BUS_DECERR);
	ck_assert_uint_eq(v, 0);
}
END_TEST

/* Stores of cores are the engine's own to watch; everybody else's writes are announced page by page. */
START_TEST(code_is_told)
{
	static u8 data[0x1800];

	bus_write(&bus, (pa_t){ 0x40000000, true }, 4, 0, 0);
	ck_assert_uint_eq(code_calls, 0);
	bus_write(&bus, (pa_t){ 0x40000000, true }, 4, BUS_NO_CORE, 0);
	ck_assert_uint_eq(code_calls, 1);
	bus_dma_write(&bus, (pa_t){ 0x40000ffe, true }, 4, 1, 0);
	ck_assert_uint_eq(code_calls, 3);
	ck_assert_uint_eq(code_at[1], 0x40000ffe);
	ck_assert_uint_eq(code_size[1], 2);
	ck_assert_uint_eq(code_at[2], 0x40001000);
	ck_assert_uint_eq(code_size[2], 2);
	ck_assert(bus_copy_in(&bus, (pa_t){ 0x40000c00, true }, data, sizeof(data)));
	ck_assert_uint_eq(code_calls, 6);
	ck_assert_uint_eq(code_size[5], 0x400);
}
END_TEST

START_TEST(host_pointers)
{
	u8 out[4];

	ck_assert_ptr_eq(bus_host(&bus, (pa_t){ 0x40001000, true }, 0x1000, true), ram + 0x1000);
	ck_assert_ptr_null(bus_host(&bus, (pa_t){ 0x4000f001, true }, 0x1000, true));
	ck_assert_ptr_eq(bus_host(&bus, (pa_t){ 8, true }, 8, false), rom + 8);
	ck_assert_ptr_null(bus_host(&bus, (pa_t){ 8, true }, 8, true));
	ck_assert_ptr_null(bus_host(&bus, (pa_t){ 0x100000, true }, 8, false));
	ck_assert_ptr_null(bus_host(&bus, (pa_t){ 0x200000, true }, 8, false));
	ck_assert(!bus_copy_in(&bus, (pa_t){ 4, true }, out, 4));
	ck_assert(bus_copy_out(&bus, (pa_t){ 4, true }, out, 4));
	ck_assert(!bus_copy_out(&bus, (pa_t){ 0x40000000, true }, out, RAM_SIZE + 1ull));
	ck_assert(!bus_copy_out(&bus, (pa_t){ 0x40000000, true }, out, ~0ull));
	ck_assert(bus_copy_out(&bus, (pa_t){ 0x9999, true }, out, 0));
	/* Flash in array mode: reads by pointer, writes to the device. */
	bus_set_host(&bus, 0x100000, rom);
	bus_set_host(&bus, 0x100000, rom);
	ck_assert_uint_eq(host_calls, 1);
	ck_assert_ptr_eq(bus_host(&bus, (pa_t){ 0x100010, true }, 4, false), rom + 0x10);
	ck_assert_ptr_null(bus_host(&bus, (pa_t){ 0x100010, true }, 4, true));
	bus_write(&bus, (pa_t){ 0x100020, true }, 4, 0, 7);
	ck_assert_uint_eq(seen.offset, 0x20);
	ck_assert_uint_eq(rom[0x20], 0);
	bus_set_host(&bus, 0x100000, NULL);
	ck_assert_uint_eq(host_calls, 2);
}
END_TEST

START_TEST(find)
{
	ck_assert_str_eq(bus_find(&bus, (pa_t){ 0x101017, true })->name, "odd");
	ck_assert_ptr_null(bus_find(&bus, (pa_t){ 0x200000, true }));
	ck_assert_str_eq(bus_find(&bus, (pa_t){ 0x200000, false })->name, "secram");
	ck_assert_str_eq(bus_find(&bus, (pa_t){ ~0ull, true })->name, "top");
}
END_TEST

static const struct {
	const char *name;
	u64 at;
	u32 size;
	bool is_write;
	enum dma_result want;
} dma_cases[] = {
	{ "RAM, write", 0x40000ffc, 4, true, DMA_OK },
	{ "RAM, read", 0x40000001, 3, false, DMA_OK },
	{ "ROM, read", 0x10, 16, false, DMA_OK },
	{ "ROM, write", 0x10, 16, true, DMA_ABORT },
	{ "Secure RAM", 0x200000, 4, true, DMA_ABORT },
	{ "a device, write", 0x100004, 4, true, DMA_ABORT },
	{ "a device, read", 0x100004, 4, false, DMA_ABORT },
	{ "a message of 4 bytes", 0x102040, 4, true, DMA_OK },
	{ "a message of 2 bytes", 0x102040, 2, true, DMA_OK },
	{ "a message, unaligned", 0x102042, 2, true, DMA_ABORT },
	{ "a message of 8 bytes", 0x102040, 8, true, DMA_ABORT },
	{ "a message's register, read", 0x102040, 4, false, DMA_ABORT },
	{ "nothing", 0x103000, 4, true, DMA_ABORT },
};

/* A device's access reaches memory, and of other devices only what takes messages. */
START_TEST(dma)
{
	u8 data[16] = { 0x78, 0x56, 0x34, 0x12 };
	struct dma_request q = { .stream = 0x1234,
				 .address = dma_cases[_i].at,
				 .size = dma_cases[_i].size,
				 .is_write = dma_cases[_i].is_write,
				 .data = data };
	bool is_message = dma_cases[_i].want == DMA_OK && dma_cases[_i].at == 0x102040;

	seen.offset = seen_value = 0;
	ck_assert_msg(bus_dma_access(&bus, &q) == dma_cases[_i].want, "%s", dma_cases[_i].name);
	ck_assert_msg(seen.offset == (is_message ? 0x40 : 0), "%s", dma_cases[_i].name);
	if (!is_message)
		return;
	ck_assert_uint_eq(seen.stream, 0x1234);
	ck_assert_uint_eq(seen.core, BUS_NO_CORE);
	ck_assert_uint_eq(seen_value, q.size == 4 ? 0x12345678 : 0x5678);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bus");
	TCase *t = tcase_create("bus");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, who_answers, 0, (int)ARRAY_SIZE(cases));
	tcase_add_test(t, device_sees_the_access);
	tcase_add_loop_test(t, dma, 0, (int)ARRAY_SIZE(dma_cases));
	tcase_add_test(t, values);
	tcase_add_test(t, code_is_told);
	tcase_add_test(t, host_pointers);
	tcase_add_test(t, find);
	suite_add_tcase(s, t);
	return run_suite(s);
}
