/* Running one image of RAM in both machines. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"

extern char **environ;

static void copy(u8 *to, const struct batch *b, u64 pa, u64 size)
{
	memcpy(to + (pa - RAM_BASE), b->ram + (pa - RAM_BASE), size);
}

void copy_image(u8 *to, const struct batch *b)
{
	copy(to, b, AT_HARNESS, AT_PATTERN + WINDOW_SIZE - AT_HARNESS);
	copy(to, b, AT_TESTS, b->count * sizeof(struct test));
	copy(to, b, AT_WINDOW, WINDOW_SIZE);
	copy(to, b, AT_CODE, (u64)b->count * SLOT_WORDS * 4);
}

/* ---- QEMU ---- */

static bool ram_file(struct side *s, char *path, size_t room)
{
	const char *tmp = getenv("TMPDIR");
	int fd;

	snprintf(s->dir, sizeof(s->dir), "%s/hypscope-diff-XXXXXX", tmp && strlen(tmp) < 30 ? tmp : "/tmp");
	if (!mkdtemp(s->dir)) {
		s->dir[0] = 0;
		return false;
	}
	snprintf(path, room, "%s/ram", s->dir);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || ftruncate(fd, RAM_SIZE) < 0)
		return false;
	s->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return s->ram != MAP_FAILED;
}

bool qemu_start(struct side *s, const struct batch *b, const char *qemu)
{
	char path[80], object[160];
	char *argv[] = { (char *)qemu,
			 "-M",
			 "virt,virtualization=on,gic-version=3,memory-backend=ram",
			 "-object",
			 object,
			 "-cpu",
			 "max",
			 "-m",
			 "512M",
			 "-display",
			 "none",
			 "-nodefaults",
			 "-device",
			 "loader,addr=0x40200000,cpu-num=0",
			 NULL };

	*s = (struct side){ 0 };
	if (!ram_file(s, path, sizeof(path))) {
		fprintf(stderr, "cannot make QEMU's RAM file: %s\n", strerror(errno));
		return false;
	}
	copy_image(s->ram, b);
	snprintf(object, sizeof(object), "memory-backend-file,id=ram,size=512M,mem-path=%s,share=on", path);
	if (posix_spawnp(&s->pid, qemu, NULL, NULL, argv, environ)) {
		fprintf(stderr, "cannot run %s\n", qemu);
		return false;
	}
	return true;
}

bool qemu_wait(struct side *s, unsigned seconds)
{
	int status = 0;

	for (u64 i = 0; i < seconds * 200ull; i++) {
		if (waitpid(s->pid, &status, WNOHANG) == s->pid) {
			s->pid = 0;
			return WIFEXITED(status) && WEXITSTATUS(status) == 0;
		}
		usleep(5000);
	}
	kill(s->pid, SIGKILL);
	waitpid(s->pid, &status, 0);
	s->pid = 0;
	fprintf(stderr, "QEMU did not end within %u seconds\n", seconds);
	return false;
}

/* ---- hypscope ---- */

static const u16 id_regs[ID_COUNT] = {
	SR_ID_AA64PFR0_EL1,  SR_ID_AA64PFR1_EL1,  SR_ID_AA64DFR0_EL1,  SR_ID_AA64ISAR0_EL1, SR_ID_AA64ISAR1_EL1,
	SR_ID_AA64ISAR2_EL1, SR_ID_AA64MMFR0_EL1, SR_ID_AA64MMFR1_EL1, SR_ID_AA64MMFR2_EL1, SR_CTR_EL0,
	SR_DCZID_EL0,	     SR_MIDR_EL1,	  SR_REVIDR_EL1,       SR_CLIDR_EL1,	    SR_MPIDR_EL1,
};

/* The board with a core that has what QEMU's says it has, as far as it is modelled. */
static struct machine *make(const u64 ids[ID_COUNT], struct id_value values[ID_COUNT + 1])
{
	struct hyp_config config = { .mem = RAM_SIZE, .el = 2, .timing = HYP_TIMING_FUNCTIONAL };
	struct error e = { 0 };
	struct machine *m = machine_create(&config, &e);

	if (!m) {
		fprintf(stderr, "%s\n", e.text);
		return NULL;
	}
	for (unsigned i = 0; i < ID_COUNT; i++)
		values[i] = (struct id_value){ id_regs[i], ids[i] };
	values[ID_COUNT] = (struct id_value){ SR_COUNT, 0 };
	m->model.ids = values;
	cpu_model_apply(m->core[0], &m->model, true, false);
	sysreg_build_masks(m->core[0]);
	return m;
}

bool core_features(const u64 ids[ID_COUNT], struct cpu_features *f)
{
	struct id_value values[ID_COUNT + 1];
	struct machine *m = make(ids, values);

	if (!m)
		return false;
	*f = m->core[0]->feat;
	machine_destroy(m);
	return true;
}

static void ignore(void *ctx, const struct event *e)
{
}

bool hypscope_run(struct side *s, const struct batch *b, const u64 ids[ID_COUNT], bool step)
{
	struct observer watch = { .mask = 1u << EV_INSN, .event = ignore };
	struct boot boot = { .pc = AT_HARNESS };
	struct id_value values[ID_COUNT + 1];
	struct hyp_status status;

	*s = (struct side){ .machine = make(ids, values) };
	if (!s->machine)
		return false;
	s->ram = s->machine->ram.bytes;
	copy_image(s->ram, b);
	machine_reset(s->machine, &boot);
	if (step)
		trace_attach(&s->machine->trace, &watch);
	status = hyp_run(s->machine, 40000000000ull);
	if (step)
		trace_detach(&s->machine->trace, &watch);
	if (status.end != HYP_POWER_OFF)
		fprintf(stderr, "hypscope did not power off (%d) after %llu instructions; PC 0x%llx. %s\n", status.end,
			(unsigned long long)status.insns, (unsigned long long)s->machine->core[0]->s.pc, status.why);
	return status.end == HYP_POWER_OFF;
}

void side_close(struct side *s)
{
	char path[80];

	if (s->machine)
		machine_destroy(s->machine);
	else if (s->ram && s->ram != MAP_FAILED)
		munmap(s->ram, RAM_SIZE);
	if (s->dir[0]) {
		snprintf(path, sizeof(path), "%s/ram", s->dir);
		unlink(path);
		rmdir(s->dir);
	}
	*s = (struct side){ 0 };
}
