/* A core over a little RAM, outside any machine: for tests of what instructions do to system state. */
#ifndef CPU_RIG_H
#define CPU_RIG_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#include "cpu/features.h"
#include "cpu/models.h"

#define RIG_RAM 0x40000000ull
#define RIG_RAM_SIZE 0x200000ull

struct cpu_rig {
	struct cpu *cpu;
	struct bus bus;
	struct clock clock;
	struct tracer trace;
	struct cpu_model model;
	struct cpu *peers[1];
	u8 *ram;
};

static inline void rig_create(struct cpu_rig *g)
{
	struct cpu *c = calloc(1, sizeof(*c));

	memset(g, 0, sizeof(*g));
	ck_assert_ptr_nonnull(c);
	g->cpu = g->peers[0] = c;
	g->ram = calloc(1, RIG_RAM_SIZE);
	g->model = (struct cpu_model){ .name = "test", .tlb_sets = 64, .tlb_ways = 4, .cycles_per_tick = 16 };
	g->clock.per_tick = 16;
	g->clock.earliest = CLOCK_NEVER;
	bus_add(&g->bus,
		&(struct bus_region){
			.name = "ram", .base = RIG_RAM, .size = RIG_RAM_SIZE, .kind = BUS_RAM, .host = g->ram });
	g->bus.ram = g->ram;
	g->bus.ram_base = RIG_RAM;
	g->bus.ram_size = RIG_RAM_SIZE;
	c->bus = &g->bus;
	c->clock = &g->clock;
	c->trace = &g->trace;
	c->model = &g->model;
	c->peers = g->peers;
	c->peer_count = 1;
	c->feat = (struct cpu_features){ .always = true,
					 .el2 = true,
					 .el3 = true,
					 .vhe = true,
					 .pan = true,
					 .pan2 = true,
					 .asid16 = true,
					 .vmid16 = true,
					 .ttl = true,
					 .tlbirange = true,
					 .granule_4k = true,
					 .granule_16k = true,
					 .granule_64k = true,
					 .pa_bits = 48 };
	SYS(c, SCR_EL3) = 1; /* NS */
	ck_assert(cpu_init(c, NULL));
	c->s.p.el = 2;
	c->s.p.sp = 1;
	cpu_context_changed(c);
}

static inline void rig_destroy(struct cpu_rig *g)
{
	cpu_destroy(g->cpu, true);
	free(g->cpu);
	free(g->ram);
}

/* The 64-bit word of RAM at physical address `at`. */
static inline u64 *rig_ram(struct cpu_rig *g, u64 at)
{
	ck_assert(at >= RIG_RAM && at < RIG_RAM + RIG_RAM_SIZE && at % 8 == 0);
	return (u64 *)(void *)(g->ram + (at - RIG_RAM));
}

#endif
