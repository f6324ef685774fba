/*
 * The machine's state but for memories and disks (machine/state.h) as it was at a snapshot, laid out as it is in this
 * process: what lies in one page of the host's lies in one page of the image. So state that did not change is equal,
 * wherever ranges begin.
 */
#ifndef MACHINE_HISTORY_IMAGE_H
#define MACHINE_HISTORY_IMAGE_H

#include "machine/history_delta.h"
#include "machine/machine.h"

struct image_page {
	u64 host;  /* number of the host's page */
	u8 *bytes; /* as of the snapshot */
	u8 * xor ; /* while an update runs: what changed; NULL: nothing */
};

struct image {
	struct image_page *page;
	u64 count, room;
	u32 *place; /* hash: index + 1; 0: none */
	u64 places;
	bool failed; /* the host has not enough memory */
};

/* Take the machine's state. `changed` is told of every page that changed, in ascending order of the pages' numbers;
 * NULL: nobody is. False: there is not enough memory. */
bool image_update(struct image *g, struct machine *m, void (*changed)(void *ctx, u64 page, const u8 * xor), void *ctx);
/* Page n becomes its exclusive or with `xor`. */
void image_apply(struct image *g, u64 n, const u8 * xor);
/* The machine's state becomes what the image says. */
void image_restore(struct image *g, struct machine *m);
void image_free(struct image *g);
u64 image_size(const struct image *g);

#endif
