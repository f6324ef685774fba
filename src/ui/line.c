#include "ui/line.h"

#include <stdio.h>
#include <string.h>

void line_open(struct line *l, const char *text)
{
	l->open = true;
	l->choice = l->recalled = 0;
	snprintf(l->text, sizeof(l->text), "%s", text);
	l->at = (u32)strlen(l->text);
}

void line_remember(struct line *l)
{
	if (!l->text[0] || (l->history_count && !strcmp(l->history[(l->history_count - 1) % LINE_HISTORY], l->text)))
		return;
	memcpy(l->history[l->history_count++ % LINE_HISTORY], l->text, sizeof(l->text));
}

static void insert(struct line *l, int c)
{
	size_t n = strlen(l->text);

	if (n + 1 >= sizeof(l->text))
		return;
	memmove(l->text + l->at + 1, l->text + l->at, n - l->at + 1);
	l->text[l->at++] = (char)c;
	l->choice = 0;
}

static void erase(struct line *l, u32 at)
{
	size_t n = strlen(l->text);

	if (at >= n)
		return;
	memmove(l->text + at, l->text + at + 1, n - at);
	l->at = at;
	l->choice = 0;
}

static void recall(struct line *l, int step)
{
	u32 kept = l->history_count < LINE_HISTORY ? l->history_count : LINE_HISTORY;

	if ((step > 0 && l->recalled >= kept) || (step < 0 && !l->recalled))
		return;
	l->recalled += (u32)step;
	if (l->recalled)
		memcpy(l->text, l->history[(l->history_count - l->recalled) % LINE_HISTORY], sizeof(l->text));
	else
		l->text[0] = 0;
	l->at = (u32)strlen(l->text);
}

bool line_key(struct line *l, struct key k)
{
	u32 n = (u32)strlen(l->text);

	if (!k.mods && k.code >= ' ' && k.code < 0x7f) {
		insert(l, k.code);
		return true;
	}
	if (k.mods == MOD_CTRL && k.code == 'u') {
		l->text[0] = 0;
		l->at = 0;
		return true;
	}
	if (k.mods == MOD_CTRL && (k.code == 'n' || k.code == 'r')) {
		recall(l, k.code == 'r' ? 1 : -1);
		return true;
	}
	switch (k.code) {
	case KEY_BACKSPACE:
		if (l->at)
			erase(l, l->at - 1);
		return true;
	case KEY_DELETE: erase(l, l->at); return true;
	case KEY_LEFT: l->at -= l->at > 0; return true;
	case KEY_RIGHT: l->at += l->at < n; return true;
	case KEY_HOME: l->at = 0; return true;
	case KEY_END: l->at = n; return true;
	default: return false;
	}
}
