/* Building and taking apart the board; the parts of the public interface that only look things up. */
#include "machine/machine.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/host_memory.h"
#include "machine/map.h"

#define MIB (1ull << 20)

/* ---- what the configuration says ---- */

static bool check_cpu(struct machine *m, const struct hyp_config *c, struct error *e)
{
	const char *name = c->cpu ? c->cpu : "max";
	const struct cpu_model *model = cpu_model_find(name);
	const struct cpu_model *all;
	char names[300] = "";
	unsigned count;

	if (model && c->pauth_impdef && !cpu_model_has_pauth(model))
		return error_set(e, ERROR_USAGE, "%s has no pointer authentication; leave --pauth-impdef out", name);
	if (model) {
		m->model = *model;
		m->model.pauth_impdef = c->pauth_impdef;
		return true;
	}
	all = cpu_model_list(&count);
	for (unsigned i = 0; i < count; i++) {
		size_t n = strlen(names);

		if (n + strlen(all[i].name) + 3 < sizeof(names))
			strcat(strcat(names, i ? ", " : ""), all[i].name);
	}
	return error_set(e, ERROR_USAGE, "there is no CPU called '%s'; choose one of %s", name, names);
}

static bool check_numbers(struct machine *m, const struct hyp_config *c, struct error *e)
{
	m->smp = c->smp ? c->smp : 1;
	m->mem = c->mem ? c->mem : 512 * MIB;
	m->el = c->el ? c->el : c->no_virtualization ? 1 : 2;
	if (m->smp > MACHINE_CORES)
		return error_set(e, ERROR_USAGE, "the board has at most %u cores, not %u; give --smp 1 to %u",
				 MACHINE_CORES, m->smp, MACHINE_CORES);
	if (m->el > 3)
		return error_set(e, ERROR_USAGE, "there is no EL%u to start in; give --el 1, 2 or 3", m->el);
	if (m->mem % MIB || m->mem > MAP_RAM_MAX)
		return error_set(e, ERROR_USAGE, "RAM of %llu bytes cannot be had; give whole MiB, at most %llu",
				 (unsigned long long)m->mem, MAP_RAM_MAX / MIB);
	if (c->no_virtualization && m->el == 2)
		return error_set(e, ERROR_USAGE, "without virtualization there is no EL2 to start in; give --el 1");
	return true;
}

static bool check_gic(struct machine *m, const struct hyp_config *c, struct error *e)
{
	m->its = !c->no_its;
	m->gic_v4 = c->gic_version == 4;
	if (c->gic_version && c->gic_version != 3 && c->gic_version != 4)
		return error_set(e, ERROR_USAGE, "there is no GICv%u; give --gic-version 3 or 4", c->gic_version);
	if (!m->gic_v4)
		return true;
	if (!m->virtualization || !m->its)
		return error_set(e, ERROR_USAGE, "a GICv4 needs EL2 and the ITS; give --gic-version 3, or both");
	if (m->smp > MAP_GICR_SIZE / GICR_V4_SIZE)
		return error_set(e, ERROR_USAGE, "there is room for the redistributors of %u cores with GICv4, not %u",
				 (unsigned)(MAP_GICR_SIZE / GICR_V4_SIZE), m->smp);
	return true;
}

/* Who serves PSCI: whatever is above the software's highest exception level (virt.md). */
static enum psci_conduit conduit_of(const struct machine *m)
{
	if (m->el == 3)
		return CONDUIT_NONE;
	return m->secure || m->virtualization ? CONDUIT_SMC : CONDUIT_HVC;
}

static bool configure(struct machine *m, const struct hyp_config *c, struct error *e)
{
	if (!check_cpu(m, c, e) || !check_numbers(m, c, e))
		return false;
	m->secure = c->secure || m->el == 3;
	m->virtualization = !c->no_virtualization && m->el != 1;
	if (!check_gic(m, c, e))
		return false;
	m->smmu = c->smmu;
	m->no_seeds = c->no_seeds;
	m->no_reboot = c->no_reboot;
	m->conduit = conduit_of(m);
	m->semihosting = c->semihosting;
	m->console_out = c->console_out;
	m->semihost_out = c->semihost_out;
	m->idle = c->idle;
	m->host_ctx = c->host_ctx;
	if (c->timing == HYP_TIMING_FUNCTIONAL)
		for (unsigned i = 0; i < TIMING_COUNT; i++)
			m->model.cost[i] = i < TIMING_exception_entry ? 16 : 0; /* events come after the classes */
	return true;
}

/* ---- memory ---- */

static bool memory_get(struct memory *mem, u64 size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return false;
	madvise(p, size, MADV_HUGEPAGE); /* fewer faults and TLB misses of the host's; only advice */
	*mem = (struct memory){ p, size };
	return true;
}

void memory_clear(struct memory *mem)
{
	if (mem->bytes)
		madvise(mem->bytes, mem->size, MADV_DONTNEED);
}

static void memory_put(struct memory *mem)
{
	if (mem->bytes)
		munmap(mem->bytes, mem->size);
}

static bool get_memories(struct machine *m)
{
	return memory_get(&m->ram, m->mem) && memory_get(&m->flash_data[0], FLASH_BANK_SIZE) &&
	       memory_get(&m->flash_data[1], FLASH_BANK_SIZE) &&
	       (!m->secure || memory_get(&m->secure_ram, MAP_SECURE_RAM_SIZE)) && (m->dt = calloc(1, DT_SIZE)) &&
	       (m->tables = calloc(1, sizeof(*m->tables)));
}

/* ---- cores ---- */

/* All cores are wired before any is initialised: they look at their peers. */
static bool get_cores(struct machine *m)
{
	for (unsigned i = 0; i < m->smp; i++) {
		m->core[i] = host_memory_get(sizeof(*m->core[i]));
		if (!m->core[i])
			return false;
	}
	for (unsigned i = 0; i < m->smp; i++)
		wire_core(m, i);
	for (unsigned i = 0; i < m->smp; i++) {
		if (!cpu_init(m->core[i], i ? m->core[0]->code : NULL))
			return false;
		cpu_model_apply(m->core[i], &m->model, m->virtualization, m->secure);
	}
	return true;
}

static void on_deadline_moved(void *ctx)
{
	machine_interrupt_slice(ctx);
}

struct machine *machine_create(const struct hyp_config *config, struct error *e)
{
	struct machine *m = calloc(1, sizeof(*m));
	struct dt_config board;

	if (m && !configure(m, config, e)) {
		free(m);
		return NULL;
	}
	if (!m || !get_memories(m)) {
		error_set(e, ERROR_USAGE, "the host has not enough memory for this machine; give less with --mem");
		machine_destroy(m);
		return NULL;
	}
	m->step_core = m->alone_core = m->until.core = -1;
	m->clock.per_tick = m->model.cycles_per_tick;
	m->clock.earliest = CLOCK_NEVER;
	m->clock.moved = on_deadline_moved;
	m->clock.moved_ctx = m;
	m->trace.cycles_per_tick = (u16)m->model.cycles_per_tick;
	m->trace.where = machine_where;
	m->trace.where_ctx = m;
	m->trace.attention = &m->stop_asked;
	wire_bus(m);
	wire_gic(m);
	wire_devices(m);
	if (!wire_virtio(m, config, e)) {
		machine_destroy(m);
		return NULL;
	}
	machine_dt_config(m, &board);
	tables_offer(&board, !config->no_acpi, m->tables, &m->fw_cfg);
	if (!get_cores(m) || (m->smmu && !wire_smmu(m))) {
		error_set(e, ERROR_USAGE,
			  "the host has not enough memory for a machine with %u cores; give fewer with --smp", m->smp);
		machine_destroy(m);
		return NULL;
	}
	return m;
}

void machine_destroy(struct machine *m)
{
	if (!m)
		return;
	hyp_history_stop(m);
	for (unsigned i = m->smp; i-- > 0;) {
		if (m->core[i] && m->core[i]->model)
			cpu_destroy(m->core[i], i == 0);
		host_memory_put(m->core[i], sizeof(*m->core[i]));
	}
	if (m->iommu.tlb)
		smmu_destroy(&m->iommu);
	for (unsigned i = 0; i < 2; i++)
		flash_file_close(&m->flash_file[i]);
	unplug_virtio(m);
	memory_put(&m->ram);
	memory_put(&m->flash_data[0]);
	memory_put(&m->flash_data[1]);
	memory_put(&m->secure_ram);
	for (unsigned i = 0; i < FILE_COUNT; i++)
		free(m->file[i].bytes);
	if (m->images.free)
		m->images.free(m->images.ctx);
	free(m->append);
	free(m->dt);
	free(m->tables);
	input_log_clear(&m->inputs.log);
	free(m);
}

/* ---- the device tree ---- */

/* The name that the device tree gives a core; "max" is no core of Arm's, and is called as QEMU calls it. */
static const char *compatible(const struct machine *m)
{
	static const char *const names[][2] = {
		{ "cortex-a53", "arm,cortex-a53" },   { "cortex-a57", "arm,cortex-a57" },
		{ "cortex-a72", "arm,cortex-a72" },   { "cortex-a76", "arm,cortex-a76" },
		{ "neoverse-n1", "arm,neoverse-n1" }, { "neoverse-v1", "arm,neoverse-v1" },
		{ "neoverse-v2", "arm,neoverse-v2" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(m->model.name, names[i][0]) == 0)
			return names[i][1];
	return "arm,cortex-a57";
}

void machine_dt_config(const struct machine *m, struct dt_config *c)
{
	*c = (struct dt_config){
		.mem = m->mem,
		.smp = m->smp,
		.conduit = m->conduit,
		.secure = m->secure,
		.virtualization = m->virtualization,
		.gic_version = m->gic_v4 ? 4 : 3,
		.its = m->its,
		.smmu = m->smmu,
		.no_seeds = m->no_seeds,
		.compatible = compatible(m),
		.bootargs = m->append,
	};
}

const void *hyp_device_tree(struct machine *m, size_t *size)
{
	*size = fdt_totalsize(m->dt);
	return m->dt;
}

struct tracer *hyp_tracer(struct machine *m)
{
	return &m->trace;
}

bool hyp_sync(struct machine *m, struct error *e)
{
	bool first = flash_file_sync(&m->flash_file[0], e);

	return flash_file_sync(&m->flash_file[1], e) && first;
}

void hyp_destroy(struct machine *m)
{
	machine_destroy(m);
}
