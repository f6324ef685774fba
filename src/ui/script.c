#include "ui/script.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

static char *read_all(const char *name)
{
	FILE *f = fopen(name, "rb");
	char *text = NULL;
	size_t size = 0, n = 0;

	if (!f)
		return NULL;
	do {
		char *bigger = realloc(text, size + 4096);

		if (!bigger)
			break;
		text = bigger;
		n = fread(text + size, 1, 4095, f);
		size += n;
		text[size] = 0;
	} while (n);
	fclose(f);
	return text;
}

static void skip_space(struct script *s)
{
	for (;;) {
		while (isspace((u8)*s->at))
			s->at++;
		if (*s->at != '#')
			return;
		s->at += strcspn(s->at, "\n");
	}
}

/* The next word; quoted ones keep their first quote. False: there is none. */
static bool next_word(struct script *s, char word[256])
{
	bool quoted;
	size_t n;

	skip_space(s);
	quoted = *s->at == '"';
	n = quoted ? 1 + strcspn(s->at + 1, "\"") : strcspn(s->at, " \t\r\n");
	if (!n)
		return false;
	snprintf(word, 256, "%.*s", (int)n, s->at);
	s->at += n;
	if (quoted && *s->at == '"')
		s->at++;
	return true;
}

/* What a word is, beside keys and texts. */
static bool is_order(const char *word)
{
	return !strncmp(word, "wait:", 5) || !strncmp(word, "shot:", 5) || !strncmp(word, "dump:", 5) ||
	       !strncmp(word, "size:", 5);
}

static bool is_wait(const char *what)
{
	return !strcmp(what, "stop") || !strcmp(what, "run") || !strcmp(what, "gdb");
}

static bool check(struct script *s, struct error *e)
{
	char word[256];
	struct key k;
	u64 n;

	while (next_word(s, word)) {
		if (word[0] == '"' && word[1])
			continue;
		if (!strncmp(word, "wait:", 5) && !is_wait(word + 5) && !parse_number(word + 5, &n))
			return error_set(e, ERROR_USAGE,
					 "--keys: '%s' waits for frames (wait:10), wait:stop, wait:run or wait:gdb",
					 word);
		if (!is_order(word) && !key_parse(word, &k))
			return error_set(e, ERROR_USAGE,
					 "--keys: '%s' is no key: F5, shift+F10, Down, a, \"text\", wait:stop, "
					 "shot:FILE and dump:FILE are words of a script",
					 word);
	}
	s->at = s->text;
	return true;
}

bool script_open(struct script *s, const char *text, struct error *e)
{
	*s = (struct script){ .text = read_all(text) };
	if (!s->text)
		s->text = strdup(text);
	s->at = s->text;
	if (!s->text)
		return error_set(e, ERROR_FILE, "--keys: %s", strerror(ENOMEM));
	return check(s, e);
}

void script_close(struct script *s)
{
	free(s->text);
	s->text = NULL;
}

static bool dump(struct ui *ui, const char *name, struct error *e)
{
	FILE *f = !strcmp(name, "-") ? stdout : fopen(name, "w");

	if (!f)
		return error_set(e, ERROR_FILE, "%s: %s; the dump needs a file that can be written", name,
				 strerror(errno));
	ui_dump(ui, f);
	if (f != stdout)
		fclose(f);
	return true;
}

static enum script_step order(struct script *s, struct ui *ui, const char *word, char arg[256], struct error *e)
{
	u64 n = 0;

	snprintf(arg, 256, "%s", word + 5);
	if (!strncmp(word, "dump:", 5))
		return dump(ui, arg, e) ? SCRIPT_GOES_ON : SCRIPT_ERROR;
	if (!strncmp(word, "shot:", 5))
		return SCRIPT_SHOT;
	if (!strncmp(word, "size:", 5))
		return SCRIPT_SIZE;
	if (is_wait(arg) && strcmp(arg, "stop") && !ui->debugger.server) {
		error_set(e, ERROR_USAGE, "--keys: '%s' waits for a debugger: add --gdb", word);
		return SCRIPT_ERROR;
	}
	s->wait_stop = !strcmp(arg, "stop");
	s->wait_run = !strcmp(arg, "run");
	s->debugged += !strcmp(arg, "gdb");
	if (!is_wait(arg) && parse_number(arg, &n))
		s->wait = (u32)n;
	return SCRIPT_DRAW;
}

static void type_word(struct ui *ui, const char *text)
{
	for (; *text; text++)
		ui_key(ui, (struct key){ .code = (u8)*text });
}

/* What F5 or a debugger began goes on until somebody waits for it; every other run is short, and waited for. */
static bool has_to_wait(const struct script *s, const struct ui *ui)
{
	bool runs = ui->run.mode != RUN_PAUSED, is_long = ui->run.mode == RUN_FREE || ui->run.mode == RUN_DEBUGGER;

	return (runs && (s->wait_stop || !is_long)) || (!runs && s->wait_run) || ui->debugger.stops < s->debugged;
}

enum script_step script_step(struct script *s, struct ui *ui, char arg[256], struct error *e)
{
	char word[256];
	struct key k;

	if (has_to_wait(s, ui))
		return SCRIPT_DRAW;
	s->wait_stop = s->wait_run = false;
	if (s->wait) {
		s->wait--;
		return SCRIPT_DRAW;
	}
	if (!next_word(s, word))
		return SCRIPT_ENDED;
	if (is_order(word))
		return order(s, ui, word, arg, e);
	if (word[0] == '"')
		type_word(ui, word + 1);
	else if (key_parse(word, &k))
		ui_key(ui, k);
	/* Keys act upon what is shown. */
	ui_refresh(ui, false);
	return SCRIPT_GOES_ON;
}
