/*
 * The bus: a sorted list of disjoint regions, found by bisection, with a short cut for RAM.
 *
 * Holds always: regions[i].base + regions[i].size <= regions[i + 1].base, and no region wraps around 2^64.
 */
#include "bus/bus.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"

#define PAGE 4096u

void bus_add(struct bus *b, const struct bus_region *r)
{
	unsigned at = 0;

	BUG_ON(b->count == BUS_REGIONS_MAX || !r->size || r->base + r->size - 1 < r->base);
	while (at < b->count && b->regions[at].base < r->base)
		at++;
	BUG_ON(at < b->count && r->base + r->size > b->regions[at].base);
	BUG_ON(at && b->regions[at - 1].base + b->regions[at - 1].size > r->base);
	memmove(&b->regions[at + 1], &b->regions[at], (b->count - at) * sizeof(*r));
	b->regions[at] = *r;
	b->count++;
	if (r->kind == BUS_RAM && !r->secure_only && r->size > b->ram_size) {
		b->ram_base = r->base;
		b->ram_size = r->size;
		b->ram = r->host;
	}
}

static struct bus_region *find(struct bus *b, u64 at)
{
	unsigned lo = 0, hi = b->count;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (b->regions[mid].base <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* regions[lo - 1] is the last one that begins at or below `at`. */
	if (!lo || at - b->regions[lo - 1].base >= b->regions[lo - 1].size)
		return NULL;
	return &b->regions[lo - 1];
}

static struct bus_region *find_visible(struct bus *b, pa_t at)
{
	struct bus_region *r = find(b, at.v);

	return r && r->secure_only && at.ns ? NULL : r;
}

const struct bus_region *bus_find(const struct bus *b, pa_t at)
{
	return find_visible((struct bus *)b, at);
}

void bus_set_host(struct bus *b, u64 base, u8 *host)
{
	struct bus_region *r = find(b, base);

	BUG_ON(!r);
	if (r->host == host)
		return;
	r->host = host;
	if (b->host_changed)
		b->host_changed(b->host_ctx, r->base, r->size);
}

static void tell_code(struct bus *b, u64 at, u64 size)
{
	while (b->code_written && size) {
		u64 n = PAGE - at % PAGE;

		if (n > size)
			n = size;
		b->code_written(b->code_ctx, at, (unsigned)n);
		at += n;
		size -= n;
	}
}

static u64 load(const u8 *from, unsigned size)
{
	u64 v = 0;

	memcpy(&v, from, size); /* hosts are little-endian, as the guest's bus is */
	return v;
}

static bool fits(const struct bus_region *r, u64 at, u64 size)
{
	return size <= r->size && at - r->base <= r->size - size;
}

static enum bus_result region_read(const struct bus_region *r, pa_t at, const struct bus_access *a, u64 *value)
{
	if (!fits(r, at.v, a->size))
		return BUS_DECERR;
	if (r->host) {
		*value = load(r->host + a->offset, a->size);
		return BUS_OK;
	}
	if (!is_aligned(at.v, a->size) || !r->ops || !r->ops->read)
		return BUS_SLVERR;
	return r->ops->read(r->ctx, a, value);
}

static enum bus_result region_write(struct bus *b, const struct bus_region *r, pa_t at, const struct bus_access *a,
				    u64 value)
{
	if (!fits(r, at.v, a->size))
		return BUS_DECERR;
	if (r->kind == BUS_RAM) {
		if (a->core == BUS_NO_CORE)
			tell_code(b, at.v, a->size);
		bus_will_write(b, r->host + a->offset, a->size);
		memcpy(r->host + a->offset, &value, a->size);
		return BUS_OK;
	}
	if (r->kind == BUS_ROM || !is_aligned(at.v, a->size) || !r->ops || !r->ops->write)
		return BUS_SLVERR;
	return r->ops->write(r->ctx, a, value);
}

static enum bus_result do_read(struct bus *b, pa_t at, struct bus_access a, u64 *value)
{
	const struct bus_region *r = find_visible(b, at);

	*value = 0;
	if (!r)
		return BUS_DECERR;
	a.ns = at.ns;
	a.offset = at.v - r->base;
	return region_read(r, at, &a, value);
}

static enum bus_result do_write(struct bus *b, pa_t at, struct bus_access a, u64 value)
{
	const struct bus_region *r = find_visible(b, at);

	if (!r)
		return BUS_DECERR;
	a.ns = at.ns;
	a.offset = at.v - r->base;
	return region_write(b, r, at, &a, value);
}

enum bus_result bus_read(struct bus *b, pa_t at, unsigned size, unsigned core, u64 *value)
{
	u64 off = at.v - b->ram_base;

	if (likely(off < b->ram_size && b->ram_size - off >= size)) {
		*value = load(b->ram + off, size);
		return BUS_OK;
	}
	return do_read(b, at, (struct bus_access){ .size = (u8)size, .core = (u16)core }, value);
}

enum bus_result bus_write(struct bus *b, pa_t at, unsigned size, unsigned core, u64 value)
{
	u64 off = at.v - b->ram_base;

	if (likely(off < b->ram_size && b->ram_size - off >= size && core != BUS_NO_CORE)) {
		bus_will_write(b, b->ram + off, size);
		memcpy(b->ram + off, &value, size);
		return BUS_OK;
	}
	return do_write(b, at, (struct bus_access){ .size = (u8)size, .core = (u16)core }, value);
}

enum bus_result bus_dma_read(struct bus *b, pa_t at, unsigned size, u32 stream, u64 *value)
{
	return do_read(b, at, (struct bus_access){ .size = (u8)size, .core = BUS_NO_CORE, .stream = stream }, value);
}

enum bus_result bus_dma_write(struct bus *b, pa_t at, unsigned size, u32 stream, u64 value)
{
	return do_write(b, at, (struct bus_access){ .size = (u8)size, .core = BUS_NO_CORE, .stream = stream }, value);
}

u8 *bus_host_elsewhere(struct bus *b, pa_t at, u64 size, bool write)
{
	const struct bus_region *r = find_visible(b, at);
	u8 *host;

	if (!r || !r->host || !fits(r, at.v, size) || (write && r->kind != BUS_RAM))
		return NULL;
	host = r->host + (at.v - r->base);
	if (write)
		bus_will_write(b, host, size);
	return host;
}

bool bus_copy_in(struct bus *b, pa_t at, const void *from, u64 size)
{
	u8 *to = size ? bus_host(b, at, size, true) : NULL;

	if (!size)
		return true;
	if (!to)
		return false;
	tell_code(b, at.v, size);
	memcpy(to, from, size);
	return true;
}

bool bus_copy_out(struct bus *b, pa_t at, void *to, u64 size)
{
	const u8 *from = size ? bus_host(b, at, size, false) : NULL;

	if (!size)
		return true;
	if (!from)
		return false;
	memcpy(to, from, size);
	return true;
}
