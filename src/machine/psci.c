/*
 * PSCI 1.1 (Arm DEN 0022) and the SMC Calling Convention (DEN 0028), served by the machine in place of the firmware
 * that a real board has above the software's highest exception level.
 */
#include "base/bits.h"
#include "machine/machine.h"
#include "machine/map.h"

enum {
	SMCCC_VERSION = 0x80000000,
	SMCCC_ARCH_FEATURES = 0x80000001,
	PSCI_VERSION = 0x84000000,
	CPU_SUSPEND = 0x84000001,
	CPU_OFF = 0x84000002,
	CPU_ON = 0x84000003,
	AFFINITY_INFO = 0x84000004,
	MIGRATE_INFO_TYPE = 0x84000006,
	SYSTEM_OFF = 0x84000008,
	SYSTEM_RESET = 0x84000009,
	PSCI_FEATURES = 0x8400000a,
	SYSTEM_RESET2 = 0x84000012,
};
#define SMC64 0x40000000u /* the same function with 64-bit arguments */

enum {
	SUCCESS = 0,
	NOT_SUPPORTED = -1,
	INVALID_PARAMETERS = -2,
	ALREADY_ON = -4,
	INVALID_ADDRESS = -9,
};

#define MPIDR_AFFINITY 0xff00ffffffull
#define NOT_PRESENT MACHINE_CORES

/* Functions: which may be called with 64-bit arguments, and what serves them. Arguments are X1-X3. */
typedef s64 service(struct machine *m, struct cpu *c, const u64 *arg);

static unsigned core_of(const struct machine *m, u64 mpidr)
{
	for (unsigned i = 0; i < m->smp; i++)
		if ((SYS(m->core[i], MPIDR_EL1) & MPIDR_AFFINITY) == mpidr)
			return i;
	return NOT_PRESENT;
}

static s64 psci_version(struct machine *m, struct cpu *c, const u64 *arg)
{
	return 0x10001; /* 1.1 */
}

static s64 smccc_version(struct machine *m, struct cpu *c, const u64 *arg)
{
	return 0x10001; /* 1.1 */
}

static s64 smccc_arch_features(struct machine *m, struct cpu *c, const u64 *arg)
{
	u32 function = (u32)arg[0];

	return function == (u32)SMCCC_VERSION || function == (u32)SMCCC_ARCH_FEATURES ? SUCCESS : NOT_SUPPORTED;
}

/* Every power state is entered as a standby state, which the caller must be ready for (5.4.1). */
static s64 cpu_suspend(struct machine *m, struct cpu *c, const u64 *arg)
{
	if (!cpu_can_wake(c)) {
		c->s.halt = CORE_WFI;
		c->s.wake_at = CLOCK_NEVER;
	}
	return SUCCESS;
}

static s64 cpu_off(struct machine *m, struct cpu *c, const u64 *arg)
{
	c->s.halt = CORE_OFF;
	return SUCCESS; /* never seen */
}

static s64 cpu_on(struct machine *m, struct cpu *c, const u64 *arg)
{
	unsigned n = core_of(m, arg[0]);

	if (n == NOT_PRESENT)
		return INVALID_PARAMETERS;
	if (m->core[n]->s.halt != CORE_OFF)
		return ALREADY_ON;
	if (arg[1] & 3 || !bus_host(&m->bus, (pa_t){ arg[1], true }, 4, false))
		return INVALID_ADDRESS;
	gic_reset_cpu_interface(&m->gic, n);
	machine_start_core(m, n, arg[1], arg[2]);
	return SUCCESS;
}

static s64 affinity_info(struct machine *m, struct cpu *c, const u64 *arg)
{
	unsigned n = core_of(m, arg[0]);

	if (n == NOT_PRESENT || arg[1])
		return INVALID_PARAMETERS;
	return m->core[n]->s.halt == CORE_OFF; /* 0: on, 1: off */
}

static s64 migrate_info_type(struct machine *m, struct cpu *c, const u64 *arg)
{
	return 2; /* no Trusted OS, or one that need not migrate */
}

static s64 system_off(struct machine *m, struct cpu *c, const u64 *arg)
{
	machine_end(m, HYP_POWER_OFF);
	return SUCCESS;
}

static s64 system_reset(struct machine *m, struct cpu *c, const u64 *arg)
{
	machine_end(m, HYP_RESET);
	return SUCCESS;
}

static s64 system_reset2(struct machine *m, struct cpu *c, const u64 *arg)
{
	if ((u32)arg[0]) /* only SYSTEM_WARM_RESET */
		return INVALID_PARAMETERS;
	return system_reset(m, c, arg);
}

static s64 psci_features(struct machine *m, struct cpu *c, const u64 *arg);

static const struct function {
	u32 id;
	bool has_64;
	service *serve;
	const char *name;
} functions[] = {
	{ SMCCC_VERSION, false, smccc_version, "SMCCC_VERSION" },
	{ SMCCC_ARCH_FEATURES, false, smccc_arch_features, "SMCCC_ARCH_FEATURES" },
	{ PSCI_VERSION, false, psci_version, "PSCI_VERSION" },
	{ CPU_SUSPEND, true, cpu_suspend, "CPU_SUSPEND" },
	{ CPU_OFF, false, cpu_off, "CPU_OFF" },
	{ CPU_ON, true, cpu_on, "CPU_ON" },
	{ AFFINITY_INFO, true, affinity_info, "AFFINITY_INFO" },
	{ MIGRATE_INFO_TYPE, false, migrate_info_type, "MIGRATE_INFO_TYPE" },
	{ SYSTEM_OFF, false, system_off, "SYSTEM_OFF" },
	{ SYSTEM_RESET, false, system_reset, "SYSTEM_RESET" },
	{ PSCI_FEATURES, false, psci_features, "PSCI_FEATURES" },
	{ SYSTEM_RESET2, true, system_reset2, "SYSTEM_RESET2" },
};

static const struct function *find(u32 id)
{
	for (unsigned i = 0; i < ARRAY_SIZE(functions); i++)
		if (functions[i].id == id || (functions[i].has_64 && (functions[i].id | SMC64) == id))
			return &functions[i];
	return NULL;
}

static s64 psci_features(struct machine *m, struct cpu *c, const u64 *arg)
{
	const struct function *f = find((u32)arg[0]);

	/* Of the SMCCC, only SMCCC_VERSION is asked for here (SMCCC 1.1, discovery). */
	return f && f->id != (u32)SMCCC_ARCH_FEATURES ? SUCCESS : NOT_SUPPORTED;
}

static void emit(struct machine *m, const struct function *f, const u64 *arg)
{
	struct event e = { .kind = EV_HYP };

	if (!trace_wants(&m->trace, EV_HYP))
		return;
	e.hyp.what = f->name;
	for (unsigned i = 0; i < 3; i++)
		e.hyp.detail[i] = arg[i];
	trace_emit(&m->trace, &e);
}

bool psci_call(void *machine, struct cpu *c, bool is_smc, u16 imm)
{
	struct machine *m = machine;
	const struct function *f;
	bool narrow = !(c->s.r.x[0] & SMC64);
	u64 arg[3];

	if (m->conduit != (is_smc ? CONDUIT_SMC : CONDUIT_HVC) || imm)
		return false;
	f = find((u32)c->s.r.x[0]);
	for (unsigned i = 0; i < 3; i++)
		arg[i] = narrow ? (u32)c->s.r.x[i + 1] : c->s.r.x[i + 1];
	if (!f) {
		c->s.r.x[0] = (u64)NOT_SUPPORTED;
		return true;
	}
	cpu_sync_time(c);
	emit(m, f, arg);
	c->s.r.x[0] = (u64)f->serve(m, c, arg);
	machine_interrupt_slice(m);
	return true;
}
