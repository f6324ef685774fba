/* What QEMU's options come to, group by group. */
#include <string.h>

#include "cli/qemu.h"

#define QEMU_MEM (128ull << 20) /* its default */

#define USAGE(...) error_set(e, ERROR_USAGE, __VA_ARGS__)

static void take_text(const char **to, const char *from)
{
	if (from)
		*to = from;
}

/* The best that there is: with EL2, a GICv4. */
static bool gic_version(struct qemu *q, const char *version, struct error *e)
{
	q->gic_max = !strcmp(version, "max");
	q->o->gic_version = !strcmp(version, "4");
	if (q->gic_max || q->o->gic_version || !strcmp(version, "3"))
		return true;
	return USAGE("-machine gic-version=%s cannot be had: write gic-version=3, or 4", version);
}

bool qemu_machine(struct qemu *q, struct error *e)
{
	struct qemu_values *v = &q->v;
	struct options *o = q->o;

	if (v->type && strcmp(v->type, "virt"))
		return USAGE("-machine %s cannot be had: the board is virt, write -machine virt", v->type);
	if (v->iommu && strcmp(v->iommu, "none") && strcmp(v->iommu, "smmuv3"))
		return USAGE("-machine iommu=%s cannot be had: write iommu=smmuv3", v->iommu);
	q->has_machine |= v->type != NULL;
	if (v->virtualization.given)
		q->virtualization = v->virtualization.value;
	if (v->secure.given)
		o->secure = v->secure.value;
	if (v->gic_version && !gic_version(q, v->gic_version, e))
		return false;
	if (v->its.given)
		o->no_its = !v->its.value;
	if (v->acpi.given)
		o->no_acpi = !v->acpi.value;
	if (v->seeds.given)
		o->no_seeds = !v->seeds.value;
	if (v->iommu)
		o->iommu = !strcmp(v->iommu, "smmuv3");
	take_text(&o->dump_dtb, v->dumpdtb);
	take_text(&o->kernel, v->kernel);
	take_text(&o->initrd, v->initrd);
	take_text(&o->append, v->append);
	take_text(&o->dtb, v->dtb);
	return true;
}

bool qemu_cpu(struct qemu *q, struct error *e)
{
	q->has_cpu |= q->v.cpu != NULL;
	if (q->v.pauth_impdef.given)
		q->o->pauth_impdef = q->v.pauth_impdef.value;
	return !q->v.cpu || options_cpu(q->o, q->v.cpu, e);
}

bool qemu_smp(struct qemu *q, struct error *e)
{
	struct qemu_values *v = &q->v;
	u64 cpus = v->cpus.given ? v->cpus.value : v->cores.given ? v->cores.value : v->maxcpus.value;

	if (!cpus)
		return USAGE("-smp needs a number of cores: write for example -smp 4");
	if ((v->cores.given && v->cores.value != cpus) || (v->maxcpus.given && v->maxcpus.value != cpus))
		return USAGE("-smp: all cores are there from the start in one cluster: write -smp %llu alone",
			     (unsigned long long)cpus);
	q->o->smp = cpus;
	return true;
}

bool qemu_memory(struct qemu *q, struct error *e)
{
	if (!q->v.mem.value)
		return USAGE("-m needs a size: write for example -m 512 or -m 4G");
	q->o->mem = q->v.mem.value;
	return true;
}

bool qemu_accel(struct qemu *q, struct error *e)
{
	return true;
}

bool qemu_semihosting(struct qemu *q, struct error *e)
{
	q->o->semihosting = !q->v.semihosting.given || q->v.semihosting.value;
	return true;
}

bool qemu_serial(struct qemu *q, const char *word, struct error *e)
{
	static const char *const same[][2] = {
		{ "stdio", "stdio" }, { "mon:stdio", "stdio" }, { "null", "null" }, { "none", "null" }
	};
	const char *found = strncmp(word, "file:", 5) ? NULL : word;

	for (unsigned i = 0; i < ARRAY_SIZE(same); i++)
		if (!strcmp(word, same[i][0]))
			found = same[i][1];
	if (!found)
		return USAGE("-serial %s cannot be had: write stdio, mon:stdio, file:FILE, null or none", word);
	if (q->serials++ && strcmp(found, "null"))
		return USAGE("-serial %s: only the first UART can be seen: write -serial null", word);
	if (q->serials == 1)
		q->o->serial = found;
	return true;
}

/* "tcp::PORT", "tcp:localhost:PORT", either with ",server…": the server is on loopback whatever it says. */
bool qemu_gdb(struct qemu *q, const char *word, struct error *e)
{
	static const char *const hosts[] = { "tcp::", "tcp:localhost:", "tcp:127.0.0.1:" };
	char number[8] = "";
	u64 port;

	for (unsigned i = 0; i < ARRAY_SIZE(hosts); i++)
		if (!strncmp(word, hosts[i], strlen(hosts[i])))
			strncpy(number, word + strlen(hosts[i]), sizeof(number) - 1);
	number[strcspn(number, ",")] = 0;
	if (!parse_number(number, &port) || port > 65535)
		return USAGE("-gdb %s cannot be had: write -gdb tcp::1234", word);
	q->o->gdb_port = 1 + port;
	return true;
}

/* ---- drives ---- */

static bool flash_drive(struct qemu *q, struct error *e)
{
	const char **bank[2] = { &q->o->flash, &q->o->flash1 };
	u64 unit = q->v.unit.given ? q->v.unit.value : *bank[0] ? 1 : 0;

	if (unit > 1)
		return USAGE("-drive if=pflash,unit=%llu: there are two banks of flash: write unit=0 or unit=1",
			     (unsigned long long)unit);
	if (*bank[unit])
		return USAGE("-drive %s: flash bank %llu has %s already: write another unit", q->v.file,
			     (unsigned long long)unit, *bank[unit]);
	*bank[unit] = q->v.file;
	q->o->flash_mode[unit] = q->v.readonly.value ? HYP_FLASH_READ_ONLY : HYP_FLASH_PERSISTENT;
	return true;
}

bool qemu_drive(struct qemu *q, struct error *e)
{
	const char *interface = q->v.interface ? q->v.interface : "virtio"; /* the default on virt */
	bool alone = !strcmp(interface, "virtio");

	if (!q->v.file)
		return USAGE("-drive needs a file: write -drive file=…");
	if (!strcmp(interface, "pflash"))
		return flash_drive(q, e);
	if (strcmp(interface, "none") && !alone)
		return USAGE("-drive if=%s cannot be had: write if=none with a -device, if=virtio, or if=pflash",
			     interface);
	if (!alone && !q->v.id)
		return USAGE("-drive if=none,file=%s needs an id: write id=NAME, and drive=NAME with its -device",
			     q->v.file);
	if (q->v.unit.given)
		return USAGE("-drive %s: unit= and index= are for if=pflash: disks come in the order of their devices",
			     q->v.file);
	if (q->drives == QEMU_DRIVES)
		return USAGE("-drive %s: there may be %u drives: leave some out", q->v.file, QEMU_DRIVES);
	q->drive[q->drives++] = (struct qemu_drive){
		.id = alone ? NULL : q->v.id,
		.disk = { .file = q->v.file, .ro = q->v.readonly.value, .snapshot = q->v.snapshot.value },
	};
	return true;
}

bool qemu_global(struct qemu *q, struct error *e)
{
	if (q->v.legacy.given)
		q->o->virtio_mmio = q->v.legacy.value ? VIRTIO_MMIO_LEGACY : VIRTIO_MMIO_MODERN;
	return true;
}

/* ---- loader ---- */

static u64 swap(u64 v, unsigned size)
{
	return __builtin_bswap64(v) >> (64 - 8 * size);
}

static bool loader_number(struct qemu *q, struct hyp_load *l, struct error *e)
{
	struct qemu_values *v = &q->v;

	if (!v->data.given)
		return true;
	if (!v->addr.given || !v->data_len.value || v->data_len.value > 8)
		return USAGE("-device loader,data= needs a place: write addr=ADDRESS and data-len=1 to 8");
	l->data_size = (unsigned)v->data_len.value;
	if (l->data_size < 8 && v->data.value >> 8 * l->data_size)
		return USAGE("-device loader: data=0x%llx has more than data-len=%u bytes: write a larger data-len",
			     (unsigned long long)v->data.value, l->data_size);
	l->data = v->data_be.value ? swap(v->data.value, l->data_size) : v->data.value;
	return true;
}

bool qemu_loader(struct qemu *q, struct error *e)
{
	struct qemu_values *v = &q->v;
	struct options *o = q->o;
	struct hyp_load l = { .file = v->file,
			      .at = v->addr.value,
			      .core = (unsigned)v->cpu_num.value,
			      .at_given = v->addr.given,
			      .raw = v->raw.value,
			      .starts = v->cpu_num.given && !v->data.given };

	if (v->file && v->data.given)
		return USAGE("-device loader takes file= or data=: leave one of them out");
	if (!v->file && !v->data.given && !(v->addr.given && v->cpu_num.given))
		return USAGE(
			"-device loader has nothing to load: write file=FILE, data=NUMBER, or addr= with cpu-num=");
	if (v->cpu_num.value >> 16)
		return USAGE("-device loader,cpu-num=%llu: there is no such core: write cpu-num=0",
			     (unsigned long long)v->cpu_num.value);
	if (!loader_number(q, &l, e))
		return false;
	if (o->loads == LOADS_MAX)
		return USAGE("-device loader: there may be %u: leave some out", LOADS_MAX);
	o->load[o->loads++] = l;
	return true;
}

/* ---- the whole ---- */

bool qemu_finish(struct qemu *q, struct error *e)
{
	struct options *o = q->o;

	if (o->help || o->version)
		return true;
	if (!q->has_machine)
		return USAGE("there is no machine: write -machine virt,virtualization=on,gic-version=3");
	if (!q->has_cpu)
		return USAGE("there is no core: write for example -cpu max (QEMU's default has 32 bits)");
	o->mem = o->mem ? o->mem : QEMU_MEM;
	if (o->gdb && !o->gdb_port)
		o->gdb_port = 1 + GDB_PORT;
	if (o->wait && !o->gdb_port)
		return USAGE("-S waits for a debugger to start the machine: add -s or -gdb tcp::PORT");
	o->no_virtualization = !q->virtualization;
	if (q->gic_max)
		o->gic_version = q->virtualization && !o->no_its;
	if (o->nodefaults && !o->serial)
		o->serial = "null";
	if (!o->quiet && !o->json)
		o->quiet = true; /* as QEMU: nothing but the guest's console */
	return qemu_connect(q, e) && options_finish(o, e);
}
