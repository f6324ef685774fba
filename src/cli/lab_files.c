/* The labs there are: those built in, and before them those of --labs FOLDER, which teachers write. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/lab.h"

#define OWN_FILES_MAX 512
#define OWN_SIZE_MAX (1 << 20)

/* Set once, before anything looks. */
static struct {
	const char *folder;
	struct lab_file file[OWN_FILES_MAX];
	unsigned count;
} own;

/* ---- looking ---- */

static const struct lab_file *nth_file(unsigned n)
{
	unsigned count;
	const struct lab_file *built_in = lab_files(&count);

	if (n < own.count)
		return &own.file[n];
	return n - own.count < count ? &built_in[n - own.count] : NULL;
}

const struct lab_file *lab_file(const char *lab, const char *name)
{
	const struct lab_file *f;

	for (unsigned i = 0; (f = nth_file(i)); i++)
		if (!strcmp(f->lab, lab) && !strcmp(f->name, name))
			return f;
	return NULL;
}

const struct lab_file *lab_shared(unsigned n)
{
	const struct lab_file *f;

	for (unsigned i = 0; (f = nth_file(i)); i++)
		if (!*f->lab && lab_file("", f->name) == f && !n--)
			return f;
	return NULL;
}

const char *lab_name(unsigned n)
{
	const struct lab_file *f;

	for (unsigned i = 0; (f = nth_file(i)); i++)
		if (*f->lab && !strcmp(f->name, "check") && lab_file(f->lab, "check") == f && !n--)
			return f->lab;
	return NULL;
}

const char *lab_find(const char *word)
{
	size_t n = strcspn(word, "./");
	unsigned long number;
	const char *lab;
	char *end;

	for (unsigned i = 0; (lab = lab_name(i)); i++)
		if (strlen(lab) == n && !memcmp(lab, word, n))
			return lab;
	number = strtoul(word, &end, 10);
	if (!n || end != word + n || *word < '0' || *word > '9')
		return NULL;
	for (unsigned i = 0; (lab = lab_name(i)); i++)
		if (strtoul(lab, NULL, 10) == number)
			return lab;
	return NULL;
}

struct lab_check *lab_check_of(const char *lab, struct error *e)
{
	const struct lab_file *f = lab_file(lab, "check");
	bool is_own = f >= own.file && f < own.file + own.count;
	char name[LAB_PATH_MAX];

	snprintf(name, sizeof(name), "%.200s%s%s/check", is_own ? own.folder : "", is_own ? "/" : "", lab);
	return lab_check_parse((const char *)f->data, f->size, name, e);
}

/* ---- a folder of one's own ---- */

static bool read_own(const char *path, const char *lab, const char *name, struct error *e)
{
	struct lab_file f = { .lab = strdup(lab), .name = strdup(name) };
	u8 *data = malloc(OWN_SIZE_MAX);
	FILE *in = fopen(path, "rb");

	if (!in || !data || !f.lab || !f.name || own.count == OWN_FILES_MAX) {
		free(data);
		if (in)
			fclose(in);
		return error_set(e, ERROR_FILE, "%s: cannot be read, or there are more than %u files", path,
				 OWN_FILES_MAX);
	}
	f.size = fread(data, 1, OWN_SIZE_MAX, in);
	f.data = data;
	fclose(in);
	own.file[own.count++] = f;
	return f.size < OWN_SIZE_MAX || error_set(e, ERROR_FILE, "%s: a lab's file has less than 1 MiB", path);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* Files of `folder`: with lab "" only those of its folders, one level down. */
static bool read_folder(const char *folder, const char *lab, struct error *e)
{
	struct dirent **entry;
	int count = scandir(folder, &entry, visible, alphasort);
	char path[2 * LAB_PATH_MAX];
	bool ok = count >= 0 || error_set(e, ERROR_FILE, "%s: cannot be read: %s", folder, strerror(errno));
	struct stat st;

	for (int i = 0; i < count; i++) {
		const char *name = entry[i]->d_name;

		snprintf(path, sizeof(path), "%.500s/%.255s", folder, name);
		if (ok && !stat(path, &st)) {
			if (S_ISDIR(st.st_mode) && !*lab)
				ok = read_folder(path, name, e);
			else if (S_ISREG(st.st_mode))
				ok = read_own(path, lab, name, e);
		}
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	return ok;
}

bool lab_use_folder(const char *folder, struct error *e)
{
	own.folder = folder;
	return read_folder(folder, "", e);
}
