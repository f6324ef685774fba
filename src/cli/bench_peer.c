/* Other processes that the benchmark measures: QEMU on the same image, and this program from its start to its exit. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/bench.h"

#define SILENCE_MAX_MS 120000
#define NOT_STARTED 127

static double seconds_of(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Start a program with its standard output at `out` (-1: nowhere); no input. */
static pid_t start(const char *file, const char *const *argv, int out)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(out < 0 ? null : out, 1);
		execvp(file, (char *const *)argv);
		_exit(NOT_STARTED);
	}
	return pid;
}

static double child_cpu_time(void *ctx)
{
	return seconds_of(*(clockid_t *)ctx);
}

/* Read the console to its end. False: silent for too long. */
static bool follow(int fd, struct bench_follow *f)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	u8 bytes[256];
	ssize_t n;

	while (poll(&p, 1, SILENCE_MAX_MS) > 0) {
		n = read(fd, bytes, sizeof(bytes));
		if (n <= 0)
			return true;
		for (ssize_t i = 0; i < n; i++)
			bench_console(f, bytes[i]);
	}
	return false;
}

static bool qemu_follow(pid_t pid, int fd, struct bench_run *run, struct error *e)
{
	clockid_t clock;
	struct bench_follow f = { .run = run, .cpu_time = child_cpu_time, .ctx = &clock };
	int status;
	bool in_time;

	if (clock_getcpuclockid(pid, &clock))
		return error_set(e, ERROR_FILE, "qemu-system-aarch64: its CPU time cannot be read");
	in_time = follow(fd, &f);
	if (!in_time)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED)
		return error_set(e, ERROR_FILE,
				 "qemu-system-aarch64 cannot be started; install it (Debian: qemu-system-arm)");
	if (!in_time || !f.finished || f.garbled)
		return error_set(e, ERROR_FILE, "qemu-system-aarch64 did not run the benchmark image to its end");
	return true;
}

bool bench_run_qemu(const char *cpu, u64 mem, const char *path, struct bench_run *run, struct error *e)
{
	char megabytes[32];
	const char *const argv[] = { "qemu-system-aarch64",
				     "-M",
				     "virt,virtualization=on,gic-version=3",
				     "-cpu",
				     cpu,
				     "-m",
				     megabytes,
				     "-smp",
				     "1",
				     "-display",
				     "none",
				     "-nodefaults",
				     "-serial",
				     "stdio",
				     "-monitor",
				     "none",
				     "-accel",
				     "tcg,thread=multi",
				     "-kernel",
				     path,
				     NULL };
	int pipes[2];
	pid_t pid;
	bool ok;

	memset(run, 0, sizeof(*run));
	snprintf(megabytes, sizeof(megabytes), "%llu", (unsigned long long)(mem >> 20));
	if (pipe2(pipes, O_CLOEXEC))
		return error_set(e, ERROR_FILE, "no pipe: %s", strerror(errno));
	pid = start(argv[0], argv, pipes[1]);
	close(pipes[1]);
	ok = pid > 0 ? qemu_follow(pid, pipes[0], run, e) : error_set(e, ERROR_FILE, "no process: %s", strerror(errno));
	close(pipes[0]);
	return ok;
}

bool bench_run_self(const char *const *argv, double *seconds, u64 *peak, struct error *e)
{
	struct rusage usage;
	double begin = seconds_of(CLOCK_MONOTONIC);
	pid_t pid = start("/proc/self/exe", argv, -1);
	int status = 0;

	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		return error_set(e, ERROR_FILE, "%s %s could not be run by bench", argv[0], argv[1]);
	*seconds = seconds_of(CLOCK_MONOTONIC) - begin;
	*peak = (u64)usage.ru_maxrss << 10;
	return true;
}
