#include "ui/key.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	int code;
} names[] = {
	{ "space", ' ' },
	{ "Enter", KEY_ENTER },
	{ "Esc", KEY_ESC },
	{ "Tab", KEY_TAB },
	{ "Backspace", KEY_BACKSPACE },
	{ "Delete", KEY_DELETE },
	{ "Up", KEY_UP },
	{ "Down", KEY_DOWN },
	{ "Left", KEY_LEFT },
	{ "Right", KEY_RIGHT },
	{ "PageUp", KEY_PAGE_UP },
	{ "PageDown", KEY_PAGE_DOWN },
	{ "Home", KEY_HOME },
	{ "End", KEY_END },
};
static const struct {
	const char *name;
	u8 mod;
} mods[] = { { "shift+", MOD_SHIFT }, { "ctrl+", MOD_CTRL }, { "alt+", MOD_ALT } };

static bool named(const char *text, int *code)
{
	char *end;
	long n;

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcasecmp(text, names[i].name)) {
			*code = names[i].code;
			return true;
		}
	if (text[0] != 'F' || !isdigit((u8)text[1]))
		return false;
	n = strtol(text + 1, &end, 10);
	*code = KEY_F1 + (int)n - 1;
	return !*end && n >= 1 && n <= 12;
}

/* "shift+", "ctrl+" and "alt+", in any order; the key is what stands behind them. */
static const char *take_mods(const char *text, u8 *set)
{
	for (unsigned i = 0; i < ARRAY_SIZE(mods); i++) {
		size_t n = strlen(mods[i].name);

		if (!strncasecmp(text, mods[i].name, n) && text[n]) {
			*set |= mods[i].mod;
			return take_mods(text + n, set);
		}
	}
	return text;
}

bool key_parse(const char *text, struct key *k)
{
	*k = (struct key){ 0 };
	text = take_mods(text, &k->mods);
	if (named(text, &k->code))
		return true;
	k->code = (u8)text[0];
	return isgraph((u8)text[0]) && !text[1];
}

bool key_equal(struct key a, struct key b)
{
	return a.code == b.code && a.mods == b.mods;
}

bool key_in(const char *keys, struct key k)
{
	char word[32];
	int used;

	for (; sscanf(keys, "%31s%n", word, &used) == 1; keys += used) {
		struct key candidate;

		if (key_parse(word, &candidate) && key_equal(candidate, k))
			return true;
	}
	return false;
}
