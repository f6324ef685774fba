/* The gdb server on arbitrary bytes from the debugger, with the machine running in between, forth or back, when it is
 * asked to. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug/gdb.h"
#include "machine/machine.h"
#include "machine/map.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void nobody(void *ctx, const void *bytes, size_t size)
{
}

static struct machine *machine(void)
{
	static const u32 program[] = { 0x91000400, 0xf9000021, 0xf9400022, 0x17fffffd };
	struct hyp_config config = { .cpu = "cortex-a72", .mem = 1 << 20, .el = 2, .smp = 2, .smmu = true };
	struct boot boot = { .pc = MAP_RAM_BASE };
	struct error e = { 0 };
	struct machine *m = machine_create(&config, &e);

	if (!m || !bus_copy_in(&m->bus, (pa_t){ MAP_RAM_BASE, true }, program, sizeof(program)))
		abort();
	machine_reset(m, &boot);
	if (!hyp_history_start(m, 32 << 20, &e))
		abort();
	return m;
}

/* A line of the input is a packet's body, framed as it should be, so that not all time goes into sums; one that begins
 * with a byte above 127 goes as it is. */
static void say(struct gdb *g, const u8 *line, size_t size)
{
	char check[4];
	u8 sum = 0;

	if (size && line[0] > 127) {
		gdb_take(g, line + 1, size - 1);
		return;
	}
	for (size_t i = 0; i < size; i++)
		sum = (u8)(sum + line[i]);
	snprintf(check, sizeof(check), "#%02x", sum);
	gdb_take(g, "$", 1);
	gdb_take(g, line, size);
	gdb_take(g, check, 3);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct machine *m;
	struct gdb_host host = { .send = nobody };
	struct gdb *g;

	if (!m)
		m = machine();
	g = gdb_open(m, &host);
	if (!g)
		abort();
	gdb_connect(g);
	while (size) {
		const u8 *end = memchr(data, '\n', size);
		size_t n = end ? (size_t)(end - data) : size;

		say(g, data, n);
		if (gdb_runs(g)) {
			gdb_run(g, 100);
			gdb_take(g, "\x03", 1);
		}
		n += end != NULL;
		data += n;
		size -= n;
	}
	gdb_close(g);
	return 0;
}
