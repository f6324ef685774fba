/*
 * Loading states: arbitrary files, and states with some of their bytes changed, packed as they should be so that not
 * all time goes into checksums. What is taken for a state is run.
 *
 * Input: a byte, 0: the rest is the file. Else changes of the state, 4 bytes each: where (24 bits), and the new byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "machine/machine.h"
#include "machine/map.h"
#include "machine/state_file.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct machine *m;
static char path[64];
static int fd;
static u8 *state;
static size_t state_size;

static struct machine *machine(void)
{
	static const u32 program[] = { 0x91000400, 0xf9000021, 0xf9400022, 0x17fffffd };
	struct hyp_config config = {
		.cpu = "cortex-a72", .mem = 1 << 20, .el = 2, .smp = 2, .smmu = true, .rng = true
	};
	struct boot boot = { .pc = MAP_RAM_BASE };
	struct error e = { 0 };
	struct machine *new = machine_create(&config, &e);

	if (!new || !bus_copy_in(&new->bus, (pa_t){ MAP_RAM_BASE, true }, program, sizeof(program)))
		abort();
	machine_reset(new, &boot);
	hyp_run(new, 1000);
	return new;
}

/* What hyp_save() packs. */
static void unpack_state(void)
{
	static u8 packed[1 << 20];
	struct error e = { 0 };
	ZSTD_DCtx *zstd = ZSTD_createDCtx();
	ZSTD_inBuffer in = { packed, 0, sizeof(struct state_head) };
	ZSTD_outBuffer out = { malloc(1 << 22), 1 << 22, 0 };
	FILE *f;

	if (!hyp_save(m, path, &e) || !(f = fopen(path, "rb")))
		abort();
	in.size = fread(packed, 1, sizeof(packed), f);
	fclose(f);
	if (ZSTD_decompressStream(zstd, &out, &in) != 0)
		abort();
	ZSTD_freeDCtx(zstd);
	state = out.dst;
	state_size = out.pos;
}

static void end(void)
{
	hyp_destroy(m);
	free(state);
}

static void begin(void)
{
	char name[] = "/tmp/hypscope-state-XXXXXX";
	int old = mkstemp(name);

	strcpy(path, name);
	close(old);
	m = machine();
	unpack_state();
	atexit(end);
	unlink(path);
	fd = memfd_create("state", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
}

static void pack_changed(const u8 *data, size_t size)
{
	static const struct state_head head = { STATE_MAGIC, STATE_VERSION, 0 };
	size_t room = ZSTD_compressBound(state_size);
	u8 *changed = malloc(state_size), *packed = malloc(room);

	memcpy(changed, state, state_size);
	for (; size >= 4; size -= 4, data += 4)
		changed[(size_t)(data[0] | data[1] << 8 | data[2] << 16) % state_size] = data[3];
	room = ZSTD_compress(packed, room, changed, state_size, 1);
	if (pwrite(fd, &head, sizeof(head), 0) < 0 || pwrite(fd, packed, room, sizeof(head)) < 0)
		abort();
	free(changed);
	free(packed);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct error e = { 0 };

	if (!m)
		begin();
	if (!size || ftruncate(fd, 0))
		return 0;
	if (data[0])
		pack_changed(data + 1, size - 1);
	else if (pwrite(fd, data + 1, size - 1, 0) < 0)
		abort();
	if (hyp_load(m, path, &e)) {
		hyp_run(m, 3000);
		hyp_state_hash(m);
	}
	return 0;
}
