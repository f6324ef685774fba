/*
 * The system bus: RAM and ROM by host pointer, devices by register window. Whoever masters the bus (a core, the
 * walker, the SMMU, a device's DMA) sees a physical address space and gets data or an external abort, never
 * anything else: an address where nothing lives is BUS_DECERR, not RAZ/WI.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include "base/types.h"
#include "bus/page_watch.h"

enum bus_result {
	BUS_OK,
	BUS_DECERR, /* nothing lives there */
	BUS_SLVERR, /* the device refuses (size, alignment, security) */
};

/* One access: naturally aligned, 1, 2, 4 or 8 bytes, little-endian value in the low bits. */
struct bus_access {
	u64 offset; /* from the region's base */
	u8 size;    /* bytes */
	bool ns;    /* Non-secure access */
	u16 core;   /* the core that makes it, or BUS_NO_CORE */
	u32 stream; /* requester ID of a DMA master (0 for cores); the GIC ITS and the SMMU look at it */
};
#define BUS_NO_CORE 0xffff

struct bus_device_ops {
	enum bus_result (*read)(void *ctx, const struct bus_access *a, u64 *value);
	enum bus_result (*write)(void *ctx, const struct bus_access *a, u64 value);
};

enum bus_region_kind {
	BUS_RAM,
	BUS_ROM,
	BUS_DEVICE,
	BUS_MSI, /* a device's window that DMA masters may write: message-signalled interrupts */
};

struct bus_region {
	const char *name;
	u64 base, size;
	enum bus_region_kind kind;
	bool secure_only; /* a Non-secure access is BUS_DECERR */
	u8 *host; /* RAM, ROM: the bytes (mmap'ed lazily); also a device in read-array mode (flash), else NULL */
	const struct bus_device_ops *ops;
	void *ctx;
};

#define BUS_REGIONS_MAX 128

struct bus {
	unsigned count;
	struct bus_region regions[BUS_REGIONS_MAX]; /* sorted by base, disjoint */
	/* RAM, once more, for the fast test */
	u64 ram_base, ram_size;
	u8 *ram;
	/* Called before a write that does not come from a core's own store (DMA, loader, debugger) so that decoded
	 * code on that page can be dropped; may be NULL. `at` and `size` never cross a 4 KiB page. */
	void (*code_written)(void *ctx, u64 at, unsigned size);
	void *code_ctx;
	/* Called after a region's host pointer came or went (flash leaving or entering array mode), so that host
	 * pointers derived from it can be dropped; may be NULL. */
	void (*host_changed)(void *ctx, u64 base, u64 size);
	void *host_ctx;
	struct page_watch *watch; /* told of every write to memory; NULL: nobody is */
};

/* Add a region; it must not overlap another. Keeps the list sorted. */
void bus_add(struct bus *b, const struct bus_region *r);
/* Change the host pointer of the region at `base` (NULL: every access goes to its ops). */
void bus_set_host(struct bus *b, u64 base, u8 *host);
/* The region that holds `at`, or NULL (also for a Non-secure access to a Secure region). */
const struct bus_region *bus_find(const struct bus *b, pa_t at);
/* One access. For RAM any alignment inside a region is fine. */
enum bus_result bus_read(struct bus *b, pa_t at, unsigned size, unsigned core, u64 *value);
enum bus_result bus_write(struct bus *b, pa_t at, unsigned size, unsigned core, u64 value);
/* The same for a DMA master with a stream (requester) ID. */
enum bus_result bus_dma_read(struct bus *b, pa_t at, unsigned size, u32 stream, u64 *value);
enum bus_result bus_dma_write(struct bus *b, pa_t at, unsigned size, u32 stream, u64 value);
/* [host, host+size) is written now by whoever has that memory's host pointer from elsewhere. */
static inline void bus_will_write(struct bus *b, const u8 *host, u64 size)
{
	if (unlikely(b->watch))
		page_watch_write(b->watch, host, size);
}
u8 *bus_host_elsewhere(struct bus *b, pa_t at, u64 size, bool write);
/* Host pointer to [at, at+size) when all of it is RAM (or ROM, for reading), else NULL. `write`: it is written now. */
static inline u8 *bus_host(struct bus *b, pa_t at, u64 size, bool write)
{
	u64 offset = at.v - b->ram_base;

	if (unlikely(offset >= b->ram_size || size > b->ram_size - offset))
		return bus_host_elsewhere(b, at, size, write);
	if (write)
		bus_will_write(b, b->ram + offset, size);
	return b->ram + offset;
}
/* Copy to or from RAM/ROM/RAM-like; false when any byte is not memory. Used by loaders, debugger, queues. */
bool bus_copy_in(struct bus *b, pa_t at, const void *from, u64 size);
bool bus_copy_out(struct bus *b, pa_t at, void *to, u64 size);

#endif
