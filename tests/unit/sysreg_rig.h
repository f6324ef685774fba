/* A core without a machine, for tests of system registers: clock, tracer, one page of RAM, no GIC. */
#ifndef SYSREG_RIG_H
#define SYSREG_RIG_H

#include <check.h>
#include <stdlib.h>

#include "cpu/engine.h"
#include "cpu/models.h"
#include "cpu/sysinsn.h"
#include "cpu/sysreg.h"

struct sysreg_rig {
	struct cpu *cpu;
	struct clock clock;
	struct tracer trace;
	struct bus bus;
	u8 ram[0x1000];
	struct cpu *peers[1];
};

/* Controls that let everything through: no trap is on but those that a test asks for. */
static inline void rig_open(struct cpu *c)
{
	SYS(c, SCR_EL3) = 1u << SCR_EL3_NS_LSB | 1u << SCR_EL3_HCE_LSB | 1u << SCR_EL3_RW_LSB | 1u << SCR_EL3_ST_LSB |
			  1u << SCR_EL3_APK_LSB | 1u << SCR_EL3_API_LSB | 1u << SCR_EL3_EnSCXT_LSB |
			  1u << SCR_EL3_FGTEn_LSB | 1u << SCR_EL3_ECVEn_LSB | 1ull << SCR_EL3_HXEn_LSB;
	SYS(c, HCR_EL2) =
		1ull << HCR_EL2_RW_LSB | 1ull << HCR_EL2_APK_LSB | 1ull << HCR_EL2_API_LSB | 1ull << HCR_EL2_EnSCXT_LSB;
	SYS(c, SCTLR_EL1) = SYS(c, SCTLR_EL2) = 1u << SCTLR_EL1_UCT_LSB | 1u << SCTLR_EL1_UMA_LSB |
						1u << SCTLR_EL1_UCI_LSB | 1u << SCTLR_EL1_DZE_LSB |
						1u << SCTLR_EL1_EnRCTX_LSB;
	SYS(c, CNTKCTL_EL1) = 0x303;
	SYS(c, CNTHCTL_EL2) = 3;
	SYS(c, PMUSERENR_EL0) = 1;
}

static inline void rig_make(struct sysreg_rig *r, const char *model, bool el2, bool el3)
{
	const struct cpu_model *m = cpu_model_find(model);

	*r = (struct sysreg_rig){ .clock = { .per_tick = m->cycles_per_tick, .earliest = CLOCK_NEVER } };
	r->cpu = calloc(1, sizeof(*r->cpu));
	r->peers[0] = r->cpu;
	r->bus.ram = r->ram;
	r->bus.ram_base = 0x40000000;
	r->bus.ram_size = sizeof(r->ram);
	r->cpu->bus = &r->bus;
	r->cpu->clock = &r->clock;
	r->cpu->trace = &r->trace;
	r->cpu->peers = r->peers;
	r->cpu->peer_count = 1;
	for (unsigned i = 0; i < ARRAY_SIZE(r->cpu->timer_deadline); i++)
		r->cpu->timer_deadline[i] = ~0u;
	cpu_model_apply(r->cpu, m, el2, el3);
	ck_assert(cpu_init(r->cpu, NULL));
	sysreg_reset(r->cpu);
	r->cpu->s.p.sp = 1;
}

static inline void rig_free(struct sysreg_rig *r)
{
	cpu_destroy(r->cpu, true);
	free(r->cpu);
}

#endif
