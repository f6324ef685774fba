/* From a hand-in to a program: by the host's cross tools, with bounds on what they may take. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/lab.h"

#define TOOL_SECONDS 20
#define TOOL_ALARM 60 /* of time that passes, whatever it waits for */
#define TOOL_FILE_MAX (64u << 20)
#define SAID_MAX 4000 /* bytes of what a tool says that are shown */
#define ARGS_MAX 24

/* ---- files ---- */

static bool write_file(const char *folder, const struct lab_file *f, struct error *e)
{
	char path[LAB_PATH_MAX + 64];
	FILE *out;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s", folder, f->name);
	out = fopen(path, "wb");
	ok = out && fwrite(f->data, 1, f->size, out) == f->size;
	if (out)
		ok &= fclose(out) == 0;
	return ok || error_set(e, ERROR_FILE, "%s: cannot be written", path);
}

/* What the hand-in includes and is linked with: the shared files and the lab's own frame. */
static bool make_folder(struct lab_build *b, const char *lab, struct error *e)
{
	const char *tmp = getenv("TMPDIR");
	const struct lab_file *f, *frame = lab_file(lab, "frame.S");

	if (!frame)
		return error_set(e, ERROR_FILE, "%s: the lab has no frame.S", lab);
	snprintf(b->folder, sizeof(b->folder), "%.400s/hypscope-lab-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(b->folder)) {
		b->folder[0] = 0;
		return error_set(e, ERROR_FILE, "a temporary folder cannot be made: is TMPDIR right?");
	}
	for (unsigned i = 0; (f = lab_shared(i)); i++)
		if (!write_file(b->folder, f, e))
			return false;
	return write_file(b->folder, frame, e);
}

void lab_build_free(struct lab_build *b)
{
	static const char *const made[] = { "hand-in.o", "frame.o", "lab.elf", "said", "frame.S" };
	char path[LAB_PATH_MAX + 64];
	const struct lab_file *f;

	free(b->why);
	b->why = NULL;
	if (!b->folder[0])
		return;
	for (unsigned i = 0; i < ARRAY_SIZE(made); i++) {
		snprintf(path, sizeof(path), "%s/%s", b->folder, made[i]);
		unlink(path);
	}
	for (unsigned i = 0; (f = lab_shared(i)); i++) {
		snprintf(path, sizeof(path), "%s/%s", b->folder, f->name);
		unlink(path);
	}
	rmdir(b->folder);
	b->folder[0] = 0;
}

/* ---- tools ---- */

static bool in_path(const char *tool)
{
	const char *path = getenv("PATH");
	char at[LAB_PATH_MAX];

	while (path && *path) {
		size_t n = strcspn(path, ":");

		snprintf(at, sizeof(at), "%.*s/%s", (int)n, path, tool);
		if (!access(at, X_OK))
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

/* In the child: bounds, and where what it says goes. */
static void bound(int said)
{
	const struct rlimit seconds = { TOOL_SECONDS, TOOL_SECONDS }, bytes = { TOOL_FILE_MAX, TOOL_FILE_MAX };
	const struct rlimit memory = { 2ull << 30, 2ull << 30 };
	int null = open("/dev/null", O_RDONLY);

	alarm(TOOL_ALARM);
	setrlimit(RLIMIT_CPU, &seconds);
	setrlimit(RLIMIT_FSIZE, &bytes);
	setrlimit(RLIMIT_AS, &memory);
	dup2(null, 0);
	dup2(said, 1);
	dup2(said, 2);
}

static char *read_said(int said)
{
	char *text = calloc(1, SAID_MAX + 1);
	ssize_t n = text ? pread(said, text, SAID_MAX, 0) : 0;

	while (n > 0 && text[n - 1] == '\n')
		text[--n] = 0;
	return text;
}

/* Run a tool to its end. *why: what it said, when it failed. */
static bool run_tool(struct lab_build *b, const char *const *args, struct error *e)
{
	char path[LAB_PATH_MAX + 16];
	int said, status = -1;
	pid_t child;

	snprintf(path, sizeof(path), "%s/said", b->folder);
	said = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	child = said < 0 ? -1 : fork();
	if (!child) {
		bound(said);
		execvp(args[0], (char *const *)args);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child > 0 && status) {
		b->why = read_said(said);
		if (b->why && !*b->why)
			snprintf(b->why, SAID_MAX, "%s stopped without a word: does it repeat something for ever?",
				 args[0]);
	}
	if (said >= 0)
		close(said);
	return child > 0 || error_set(e, ERROR_FILE, "%s cannot be started: %s", args[0], strerror(errno));
}

struct tools {
	const char *compiler, *target, *linker;
};

static bool find_tools(struct tools *t, struct error *e)
{
	static const struct tools known[] = { { "aarch64-linux-gnu-gcc", NULL, "aarch64-linux-gnu-ld" },
					      { "clang", "--target=aarch64-linux-gnu", "ld.lld" } };

	for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
		if (in_path(known[i].compiler) && in_path(known[i].linker)) {
			*t = known[i];
			return true;
		}
	return error_set(
		e, ERROR_FILE,
		"there is no assembler for AArch64 here: install gcc-aarch64-linux-gnu, or clang and lld; an ELF "
		"file can be checked without");
}

static bool assemble(struct lab_build *b, const struct tools *t, const char *file, const char *object, struct error *e)
{
	const char *args[ARGS_MAX], **a = args;

	*a++ = t->compiler;
	if (t->target)
		*a++ = t->target;
	*a++ = "-c";
	*a++ = "-x";
	*a++ = "assembler-with-cpp";
	*a++ = "-march=armv8.5-a";
	*a++ = "-I";
	*a++ = b->folder;
	*a++ = "-o";
	*a++ = object;
	*a++ = file;
	*a = NULL;
	return run_tool(b, args, e);
}

static bool link_all(struct lab_build *b, const struct tools *t, const char *hand_in, const char *frame,
		     struct error *e)
{
	char script[LAB_PATH_MAX + 16];
	const char *args[] = { t->linker, "--build-id=none", "-z",  "noexecstack", "-T", script, "-o",
			       b->elf,	  hand_in,	     frame, NULL };

	snprintf(script, sizeof(script), "%s/lab.lds", b->folder);
	return run_tool(b, args, e);
}

/* ---- all of it ---- */

static bool is_elf(const char *file, bool *readable)
{
	static const u8 magic[4] = { 0x7f, 'E', 'L', 'F' };
	u8 first[4] = { 0 };
	struct stat st;
	FILE *in = NULL;

	/* Not of a pipe or a device: opening those may wait for ever. */
	errno = EINVAL;
	if (!stat(file, &st) && S_ISREG(st.st_mode))
		in = fopen(file, "rb");
	*readable = in != NULL;
	if (!in)
		return false;
	*readable = fread(first, 1, 4, in) == 4 || !ferror(in);
	fclose(in);
	return !memcmp(first, magic, 4);
}

bool lab_build(struct lab_build *b, const char *lab, const char *file, struct error *e)
{
	char hand_in[LAB_PATH_MAX + 16], frame[LAB_PATH_MAX + 16], source[LAB_PATH_MAX + 16];
	struct tools t = { 0 };
	bool readable;

	memset(b, 0, sizeof(*b));
	if (is_elf(file, &readable)) {
		snprintf(b->elf, sizeof(b->elf), "%s", file);
		return true;
	}
	if (!readable)
		return error_set(e, ERROR_FILE, "%s: cannot be read: %s", file, strerror(errno));
	if (!find_tools(&t, e) || !make_folder(b, lab, e))
		return false;
	snprintf(hand_in, sizeof(hand_in), "%s/hand-in.o", b->folder);
	snprintf(frame, sizeof(frame), "%s/frame.o", b->folder);
	snprintf(source, sizeof(source), "%s/frame.S", b->folder);
	snprintf(b->elf, sizeof(b->elf), "%s/lab.elf", b->folder);
	return assemble(b, &t, file, hand_in, e) && (b->why || assemble(b, &t, source, frame, e)) &&
	       (b->why || link_all(b, &t, hand_in, frame, e));
}
