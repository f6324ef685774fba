/*
 * The ITS's tables in memory (IHI 0069 5.2). Software provides the memory (GITS_BASER<n>, MAPD) and knows how large an
 * entry is, 8 bytes in every table; what is in it is the ITS's own affair, and this:
 *
 *	device		[63] valid, [51:8] address of its interrupt translation table, [4:0] EventID bits, less one
 *	collection	[63] valid, [15:0] number of the core
 *	interrupt	[63] valid, [62] virtual, [15:0] INTID, [31:16] doorbell, [47:32] collection or vPE
 *	vPE		[63] valid, [59:52] number of the core, [51:16] address of its pending table, [4:0] INTID bits,
 *less one
 *
 * All but interrupt tables are flat, or of two levels (GITS_BASER<n>.Indirect): entries of the first are [63]
 *valid, [51:12] address of a page of the second. Nothing is cached.
 */
#include "gic/its.h"

#define ITT_ADDRESS 0x000fffffffffff00ull
#define ENTRY_VIRTUAL (1ull << 62)

const char *const its_error_names[ITS_ERRORS] = {
	[ITS_OK] = "ok",
	[ITS_UNKNOWN_COMMAND] = "ITS: there is no such command",
	[ITS_DEVICE_OOR] = "ITS: the DeviceID is out of the device table's range",
	[ITS_ITTSIZE_OOR] = "ITS: more EventID bits than GITS_TYPER.ID_bits",
	[ITS_EVENT_OOR] = "ITS: the EventID is out of the device's range (MAPD)",
	[ITS_PHYSICALID_OOR] = "ITS: the INTID is not that of an LPI",
	[ITS_COLLECTION_OOR] = "ITS: the collection is out of the collection table's range",
	[ITS_PROCNUM_OOR] = "ITS: no core has this number",
	[ITS_DEVICE_UNMAPPED] = "ITS: the device is not mapped (MAPD)",
	[ITS_INTERRUPT_UNMAPPED] = "ITS: the interrupt is not mapped (MAPTI)",
	[ITS_COLLECTION_UNMAPPED] = "ITS: the collection is not mapped (MAPC)",
	[ITS_ID_IS_VIRTUAL] = "ITS: the interrupt is a virtual one (VMAPTI)",
	[ITS_ID_IS_PHYSICAL] = "ITS: the interrupt is not a virtual one",
	[ITS_VPE_OOR] = "ITS: the vPE is out of the vPE table's range",
	[ITS_VPE_UNMAPPED] = "ITS: the vPE is not mapped (VMAPP)",
	[ITS_VPTSIZE_OOR] = "ITS: more INTID bits than there are, or too few for an LPI",
	[ITS_VIRTUALID_OOR] = "ITS: the virtual INTID is out of the vPE's range",
	[ITS_DOORBELL_OOR] = "ITS: the doorbell is neither an LPI nor 1023",
	[ITS_NOT_IN_MEMORY] = "ITS: a table or the command queue is not in memory",
};

static bool read_entry(const struct gic *g, u64 at, u64 *entry)
{
	return bus_copy_out(g->cfg.bus, (pa_t){ at, true }, entry, ITS_ENTRY);
}

static enum its_error write_entry(const struct gic *g, u64 at, u64 entry)
{
	return bus_copy_in(g->cfg.bus, (pa_t){ at, true }, &entry, ITS_ENTRY) ? ITS_OK : ITS_NOT_IN_MEMORY;
}

/* GITS_BASER<n>.Page_Size: 4, 16 or 64 KiB. */
static u64 page_size(u64 baser)
{
	return 4096ull << 2 * bits(baser, 9, 8);
}

/* With pages of 64 KiB, address bits [51:48] are in bits [15:12]. */
static u64 table_address(u64 baser)
{
	u64 address = baser & 0x0000fffffffff000ull;

	if (page_size(baser) < 0x10000)
		return address & ~(page_size(baser) - 1);
	return (address & ~0xffffull) | bits(baser, 15, 12) << 48;
}

/* Where the table has the entry of `id`; false: it has none. */
static bool find_entry(const struct gic *g, enum its_table table, u32 id, u64 *at)
{
	u64 baser = g->s.its.baser[table], page = page_size(baser), size = (bits(baser, 7, 0) + 1) * page;
	u64 each = bit(baser, 62) ? page / ITS_ENTRY : 1; /* entries that one of the first level stands for */
	u64 first;

	*at = table_address(baser) + id / each * ITS_ENTRY;
	if (!(baser & ITS_VALID) || id / each * ITS_ENTRY >= size)
		return false;
	if (each == 1)
		return true;
	if (!read_entry(g, *at, &first) || !(first & ITS_VALID))
		return false;
	*at = (first & 0x000ffffffffff000ull & ~(page - 1)) + id % each * ITS_ENTRY;
	return true;
}

/* ---- devices ---- */

enum its_error its_get_device(const struct gic *g, u32 id, struct its_device *d)
{
	u64 at, entry;

	if (id >> ITS_DEVICE_BITS || !find_entry(g, ITS_DEVICES, id, &at))
		return ITS_DEVICE_OOR;
	if (!read_entry(g, at, &entry))
		return ITS_NOT_IN_MEMORY;
	*d = (struct its_device){ entry & ITS_VALID, entry & ITT_ADDRESS, (unsigned)bits(entry, 4, 0) + 1 };
	return d->valid ? ITS_OK : ITS_DEVICE_UNMAPPED;
}

enum its_error its_set_device(struct gic *g, u32 id, const struct its_device *d)
{
	u64 at;

	if (id >> ITS_DEVICE_BITS || !find_entry(g, ITS_DEVICES, id, &at))
		return ITS_DEVICE_OOR;
	return write_entry(g, at, d->valid ? ITS_VALID | d->itt | (d->bits - 1) : 0);
}

/* ---- interrupts ---- */

static bool has_event(const struct its_device *d, u32 event)
{
	return d->bits <= ITS_EVENT_BITS && !((u64)event >> d->bits);
}

enum its_error its_get_interrupt(const struct gic *g, const struct its_device *d, u32 event, struct its_interrupt *i)
{
	u64 entry;

	if (!has_event(d, event))
		return ITS_EVENT_OOR;
	if (!read_entry(g, d->itt + (u64)event * ITS_ENTRY, &entry))
		return ITS_NOT_IN_MEMORY;
	*i = (struct its_interrupt){ entry & ITS_VALID, entry & ENTRY_VIRTUAL, (u16)entry, (u16)bits(entry, 47, 32),
				     (u16)bits(entry, 31, 16) };
	return i->valid ? ITS_OK : ITS_INTERRUPT_UNMAPPED;
}

enum its_error its_set_interrupt(struct gic *g, const struct its_device *d, u32 event, const struct its_interrupt *i)
{
	u64 entry;

	if (!has_event(d, event))
		return ITS_EVENT_OOR;
	entry = ITS_VALID | (i->is_virtual ? ENTRY_VIRTUAL : 0) | (u64)i->owner << 32 | (u64)i->doorbell << 16 |
		i->intid;
	return write_entry(g, d->itt + (u64)event * ITS_ENTRY, i->valid ? entry : 0);
}

/* ---- collections ---- */

/* What memory holds may name a core that is not there: then the collection is not mapped. */
enum its_error its_get_collection(const struct gic *g, u32 id, struct its_collection *c)
{
	u64 at, entry;

	if (id >> ITS_COLLECTION_BITS || !find_entry(g, ITS_COLLECTIONS, id, &at))
		return ITS_COLLECTION_OOR;
	if (!read_entry(g, at, &entry))
		return ITS_NOT_IN_MEMORY;
	*c = (struct its_collection){ entry & ITS_VALID, (unsigned)bits(entry, 15, 0) };
	return c->valid && c->core < g->cfg.cores ? ITS_OK : ITS_COLLECTION_UNMAPPED;
}

enum its_error its_set_collection(struct gic *g, u32 id, const struct its_collection *c)
{
	u64 at;

	if (id >> ITS_COLLECTION_BITS || !find_entry(g, ITS_COLLECTIONS, id, &at))
		return ITS_COLLECTION_OOR;
	return write_entry(g, at, c->valid ? ITS_VALID | c->core : 0);
}

/* ---- vPEs ---- */

enum its_error its_get_vpe(const struct gic *g, u32 id, struct its_vpe *v)
{
	u64 at, entry;

	if (id >> ITS_VPE_BITS || !find_entry(g, ITS_VPES, id, &at))
		return ITS_VPE_OOR;
	if (!read_entry(g, at, &entry))
		return ITS_NOT_IN_MEMORY;
	*v = (struct its_vpe){ entry & ITS_VALID, (unsigned)bits(entry, 59, 52), entry & GIC_PENDBASER_ADDRESS,
			       (unsigned)bits(entry, 4, 0) + 1 };
	return v->valid && v->core < g->cfg.cores ? ITS_OK : ITS_VPE_UNMAPPED;
}

enum its_error its_set_vpe(struct gic *g, u32 id, const struct its_vpe *v)
{
	u64 at;

	if (id >> ITS_VPE_BITS || !find_entry(g, ITS_VPES, id, &at))
		return ITS_VPE_OOR;
	return write_entry(g, at, v->valid ? ITS_VALID | (u64)v->core << 52 | v->pending | (v->bits - 1) : 0);
}
