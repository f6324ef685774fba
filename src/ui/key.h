/* A key: a character as typed, or one that has a name. */
#ifndef UI_KEY_H
#define UI_KEY_H

#include "base/types.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	KEY_ENTER = 0x110000, /* above all characters */
	KEY_ESC,
	KEY_TAB,
	KEY_BACKSPACE,
	KEY_DELETE,
	KEY_UP,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_F1, /* to KEY_F1 + 11 */
	KEY_F12 = KEY_F1 + 11,
};
enum { MOD_SHIFT = 1, MOD_CTRL = 2, MOD_ALT = 4 };

/* MOD_SHIFT is not set for characters: 'A' and '?' say it themselves. */
struct key {
	int code;
	u8 mods;
};

/* "F5", "shift+F10", "ctrl+p", "space", "a": false: there is no such key. */
bool key_parse(const char *text, struct key *k);
bool key_equal(struct key a, struct key b);
/* Is it one of those in "F5 space"? */
bool key_in(const char *keys, struct key k);

#ifdef __cplusplus
}
#endif
#endif
