/*
 * Every device of the board, driven by arbitrary accesses: reads, writes, DMA, console input, time. The input is a list
 * of 12-byte commands; what is left of RAM holds a copy of the input, so that queues and tables have contents.
 */
#include <stdlib.h>
#include <string.h>

#include "hypscope.h"
#include "machine/machine.h"
#include "machine/map.h"

struct command {
	u8 what;   /* bits 1:0: read, write, console, time; 3:2: log2 size; 4: Non-secure */
	u8 region; /* of the bus */
	u16 offset_hi;
	u32 offset;
	u32 value;
} __attribute__((packed));

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void execute(struct machine *m, const struct command *c)
{
	const struct bus_region *r = &m->bus.regions[c->region % m->bus.count];
	unsigned bytes = 1u << (c->what >> 2 & 3);
	u64 offset = ((u64)c->offset_hi << 32 | c->offset) % r->size;
	u64 v = c->value | (u64)c->value << 32;
	pa_t at = { r->base + offset, c->what >> 4 & 1 };

	if (c->what & 0x20)
		at.v &= ~(u64)(bytes - 1);
	switch (c->what & 3) {
	case 0: bus_read(&m->bus, at, bytes, c->region >> 7, &v); break;
	case 1: bus_write(&m->bus, at, bytes, c->region >> 7, v); break;
	case 2: hyp_console_in(m, c->region & 1, (u8)c->value); break;
	default:
		m->clock.now += c->value;
		clock_fire(&m->clock);
		break;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct hyp_config config = { .cpu = "max",
				     .smp = 2,
				     .mem = 1 << 20,
				     .el = 3,
				     .secure = true,
				     .smmu = true,
				     .net = true,
				     .rng = true,
				     .virtio_console = true };
	struct boot boot = { .pc = MAP_RAM_BASE };
	struct error e = { 0 };
	struct machine *m = machine_create(&config, &e);

	if (!m)
		abort();
	machine_reset(m, &boot);
	memcpy(m->ram.bytes, data, size < m->ram.size ? size : m->ram.size);
	for (size_t i = 0; i + sizeof(struct command) <= size; i += sizeof(struct command)) {
		struct command c;

		memcpy(&c, data + i, sizeof(c));
		execute(m, &c);
	}
	machine_destroy(m);
	return 0;
}
