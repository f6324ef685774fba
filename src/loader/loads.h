/* What is put into memory beside the image (struct hyp_load), and that nothing lies on anything else. */
#ifndef LOADER_LOADS_H
#define LOADER_LOADS_H

#include "base/error.h"
#include "loader/file.h"

#define PLACES_MAX 32

/* What lies where, so far. */
struct places {
	struct place {
		const char *name;
		u64 lo, hi; /* [lo, hi) */
	} place[PLACES_MAX];
	unsigned count;
};

/* Note that [at, at + size) holds `name`; false, with a sentence, when something else is there. */
bool place_add(struct places *p, const char *name, u64 at, u64 size, struct error *e);
bool place_is_taken(const struct places *p, u64 at, u64 size);
/* Put one thing into memory; f: the bytes of its file, if it has one. *entry: where a core that it starts begins. */
bool load_one(struct bus *b, struct places *p, const struct hyp_load *l, const struct host_file *f, u64 *entry,
	      struct error *e);

#endif
