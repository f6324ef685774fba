/*
 * The registers with one field an interrupt, for SPIs in the distributor and for SGIs and PPIs in the redistributors.
 * IHI 0069 12.9, 12.11; what Non-secure accesses see of Secure interrupts: 4.6.3, GICD_NSACR.
 */
#include "gic/frame.h"

static struct gic_bank *bank(const struct gic_access *a)
{
	return gic_bank(a->g, a->core, a->intid);
}

u32 gic_visible(const struct gic_access *a)
{
	const struct gic_bank *b = bank(a);
	u32 visible = b->group;

	if (!a->ns)
		return ~0u;
	if (a->nsacr)
		for (unsigned i = 0; i < 32; i++)
			visible |= (u32)(bits(b->nsacr, i * 2 + 1, i * 2) >= a->nsacr) << i;
	return visible;
}

static void changed(const struct gic_access *a)
{
	gic_bank_changed(a->g, a->core, a->intid);
}

static void trace_bits(const struct gic_access *a, const char *what, u32 changes)
{
	if (!gic_traced(a->g, EV_GIC))
		return;
	for (; changes; changes &= changes - 1) {
		unsigned n = (unsigned)__builtin_ctz(changes);

		gic_emit(a->g, what, (a->intid & ~31u) + n, a->intid < 32 ? (int)a->core : -1, 0);
	}
}

/* Set or clear those bits of a word of the bank that the value names and the access may touch. */
static void set_bits(const struct gic_access *a, u32 *word, u64 value, const char *what)
{
	u32 mask = (u32)value & gic_visible(a);

	trace_bits(a, what, mask & ~*word);
	*word |= mask;
	changed(a);
}

static void clear_bits(const struct gic_access *a, u32 *word, u64 value, const char *what)
{
	u32 mask = (u32)value & gic_visible(a);

	trace_bits(a, what, mask & *word);
	*word &= ~mask;
	changed(a);
}

/* ---- one bit an interrupt ---- */

u64 gic_read_group(const struct gic_access *a)
{
	return a->ns ? 0 : bank(a)->group;
}

void gic_write_group(const struct gic_access *a, u64 value)
{
	if (a->ns)
		return;
	bank(a)->group = (u32)value;
	changed(a);
}

u64 gic_read_grpmod(const struct gic_access *a)
{
	return a->ns || gic_ds(a->g) ? 0 : bank(a)->grpmod;
}

void gic_write_grpmod(const struct gic_access *a, u64 value)
{
	if (a->ns || gic_ds(a->g))
		return;
	bank(a)->grpmod = (u32)value;
	changed(a);
}

u64 gic_read_enable(const struct gic_access *a)
{
	return bank(a)->enable & gic_visible(a);
}

void gic_set_enable(const struct gic_access *a, u64 value)
{
	set_bits(a, &bank(a)->enable, value, "enable");
}

void gic_clear_enable(const struct gic_access *a, u64 value)
{
	clear_bits(a, &bank(a)->enable, value, "disable");
}

u64 gic_read_pending(const struct gic_access *a)
{
	return gic_pending_word(bank(a)) & gic_visible(a);
}

void gic_set_pending(const struct gic_access *a, u64 value)
{
	set_bits(a, &bank(a)->latch, value, "pending");
}

/* A level-sensitive interrupt stays pending while its line is asserted. */
void gic_clear_pending(const struct gic_access *a, u64 value)
{
	clear_bits(a, &bank(a)->latch, value, "not pending");
}

u64 gic_read_active(const struct gic_access *a)
{
	return bank(a)->active & gic_visible(a);
}

/* NSACR lets the Non-secure state read a Secure interrupt's active state, but not change it. */
static struct gic_access without_nsacr(const struct gic_access *a)
{
	struct gic_access w = *a;

	w.nsacr = 0;
	return w;
}

void gic_set_active(const struct gic_access *a, u64 value)
{
	struct gic_access w = without_nsacr(a);

	set_bits(&w, &bank(a)->active, value, "active");
}

void gic_clear_active(const struct gic_access *a, u64 value)
{
	struct gic_access w = without_nsacr(a);

	clear_bits(&w, &bank(a)->active, value, "not active");
}

/* ---- priorities: a byte each, by byte or by word ---- */

/* The Non-secure state sees its priorities, 0x80..0xff, as 0x00..0xff. */
u64 gic_read_priority(const struct gic_access *a)
{
	const struct gic_bank *b = bank(a);
	u32 visible = gic_visible(a);
	u64 value = 0;

	for (unsigned i = 0; i < a->size; i++) {
		unsigned n = a->intid % 32 + i;
		u8 priority = bit(visible, n) ? b->priority[n] : 0;

		value |= (u64)(u8)(a->ns ? priority << 1 : priority) << i * 8;
	}
	return value;
}

void gic_write_priority(const struct gic_access *a, u64 value)
{
	struct gic_bank *b = bank(a);
	u32 visible = gic_visible(a);
	u8 mask = gic_priority_mask(a->g->cfg.pri_bits);

	for (unsigned i = 0; i < a->size; i++) {
		unsigned n = a->intid % 32 + i;
		u8 priority = (u8)(value >> i * 8);

		if (bit(visible, n))
			b->priority[n] = (a->ns ? 0x80 | priority >> 1 : priority) & mask;
	}
	changed(a);
}

/* ---- two bits an interrupt ---- */

/* The upper bit says edge, the lower one is RES0. */
u64 gic_read_config(const struct gic_access *a)
{
	u32 edge = (bank(a)->edge & gic_visible(a)) >> a->intid % 32;
	u64 value = 0;

	for (unsigned i = 0; i < 16; i++)
		value |= (u64)(edge >> i & 1) << (i * 2 + 1);
	return value;
}

void gic_write_config(const struct gic_access *a, u64 value)
{
	struct gic_bank *b = bank(a);
	u32 visible = gic_visible(a);

	if (a->intid < 16) /* SGIs are always edge-triggered */
		return;
	for (unsigned i = 0; i < 16; i++) {
		unsigned n = a->intid % 32 + i;

		if (bit(visible, n))
			b->edge = (u32)deposit(b->edge, n, 1, value >> (i * 2 + 1));
	}
	changed(a);
}

u64 gic_read_nsacr(const struct gic_access *a)
{
	return a->ns || gic_ds(a->g) ? 0 : bits(bank(a)->nsacr, a->intid % 32 * 2 + 31, a->intid % 32 * 2);
}

void gic_write_nsacr(const struct gic_access *a, u64 value)
{
	struct gic_bank *b = bank(a);

	if (!a->ns && !gic_ds(a->g))
		b->nsacr = deposit(b->nsacr, a->intid % 32 * 2, 32, value);
}
