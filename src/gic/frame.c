#include "gic/frame.h"

static const struct gic_reg *find(const struct gic_frame *f, unsigned offset)
{
	for (unsigned i = 0; i < f->count; i++)
		if (offset - f->regs[i].at < f->regs[i].span)
			return &f->regs[i];
	return NULL;
}

/*
 * The row of an access, with *a filled in; NULL when the access is RAZ/WI. Reserved space and widths that a register
 * does not have are CONSTRAINED UNPREDICTABLE; RAZ/WI is one of the choices.
 */
static const struct gic_reg *select(const struct gic_frame *f, struct gic_access *a, unsigned offset)
{
	const struct gic_reg *r = find(f, offset);

	if (!r) {
		gic_emit_error(a->g, "GIC: reserved register", offset);
		return NULL;
	}
	if (!(r->widths & a->size) || !is_aligned(offset, a->size)) {
		gic_emit_error(a->g, "GIC: a register has no access of this width or alignment", offset);
		return NULL;
	}
	a->at = offset - r->at;
	a->nsacr = r->nsacr;
	if (!r->bits)
		return r;
	a->intid = a->at * 8 / r->bits;
	return a->intid >= f->first_intid && gic_has_intid(a->g, a->intid) ? r : NULL;
}

/* A 32-bit access to half of a 64-bit register. */
static bool is_half(const struct gic_reg *r, const struct gic_access *a)
{
	return r->widths & W64 && a->size == 4;
}

static struct gic_access whole(const struct gic_access *a)
{
	struct gic_access w = *a;

	w.at &= ~7u;
	w.size = 8;
	return w;
}

u64 gic_frame_read(const struct gic_frame *f, struct gic_access *a, unsigned offset)
{
	const struct gic_reg *r = select(f, a, offset);
	struct gic_access w;

	if (!r || !r->read)
		return 0;
	if (!is_half(r, a))
		return r->read(a);
	w = whole(a);
	return r->read(&w) >> a->at % 8 * 8 & 0xffffffff;
}

void gic_frame_write(const struct gic_frame *f, struct gic_access *a, unsigned offset, u64 value)
{
	const struct gic_reg *r = select(f, a, offset);
	struct gic_access w;

	if (!r || !r->write)
		return;
	if (!is_half(r, a)) {
		r->write(a, value);
		return;
	}
	w = whole(a);
	r->write(&w, deposit(r->read(&w), a->at % 8 * 8, 32, value));
}

/* PIDR4-7, PIDR0-3, CIDR0-3, a word each: a GICv3 or v4 designed by Arm. */
u64 gic_read_id(const struct gic_access *a, unsigned pidr0)
{
	static const u8 ids[] = { 0x44, 0, 0, 0, 0, 0xb4, 0x0b, 0, 0x0d, 0xf0, 0x05, 0xb1 };

	switch (a->at / 4) {
	case 4: return pidr0;
	case 6: return ids[6] | (a->g->cfg.v4 ? 0x40 : 0x30);
	default: return ids[a->at / 4];
	}
}
