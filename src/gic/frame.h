/*
 * Register frames: a frame is a table of rows, and the accessor does once what all registers have in common: finding
 * the row, access widths, halves of 64-bit registers, which interrupt an offset means, reserved space (RAZ/WI).
 */
#ifndef GIC_FRAME_H
#define GIC_FRAME_H

#include "gic/internal.h"

/* Access widths in bytes, as a set. */
enum { W8 = 1, W16 = 2, W32 = 4, W64 = 8 };

struct gic_access {
	struct gic *g;
	unsigned core;	/* whose redistributor; 0 for the distributor */
	unsigned at;	/* offset in the row */
	unsigned intid; /* rows with bits per interrupt: the first one that the access covers */
	unsigned size;	/* bytes: of the access, or of the register for 64-bit ones */
	u8 nsacr;	/* the row's */
	bool ns;	/* Non-secure access while there are two security states */
};

struct gic_reg {
	u16 at;
	u16 span; /* bytes */
	u8 bits;  /* per interrupt, or 0 */
	u8 widths;
	u8 nsacr; /* least NSACR value that shows Secure interrupts' fields to Non-secure accesses; 0: none does */
	u64 (*read)(const struct gic_access *a);	      /* NULL: RAZ */
	void (*write)(const struct gic_access *a, u64 value); /* NULL: WI */
	const char *name;
};

struct gic_frame {
	const struct gic_reg *regs;
	unsigned count;
	unsigned first_intid; /* rows with bits per interrupt: lower INTIDs are RAZ/WI */
};

u64 gic_frame_read(const struct gic_frame *f, struct gic_access *a, unsigned offset);
void gic_frame_write(const struct gic_frame *f, struct gic_access *a, unsigned offset, u64 value);

/* CoreSight identification, 0xffd0..0xfffc of the distributor's, RD_base's and the ITS's frame. */
u64 gic_read_id(const struct gic_access *a, unsigned pidr0);
#define GIC_IIDR 0x43b /* Arm */

/* ---- per-interrupt fields: irq_regs.c ---- */

u64 gic_read_group(const struct gic_access *a);
u64 gic_read_grpmod(const struct gic_access *a);
u64 gic_read_enable(const struct gic_access *a);
u64 gic_read_pending(const struct gic_access *a);
u64 gic_read_active(const struct gic_access *a);
u64 gic_read_priority(const struct gic_access *a);
u64 gic_read_config(const struct gic_access *a);
u64 gic_read_nsacr(const struct gic_access *a);
void gic_write_group(const struct gic_access *a, u64 value);
void gic_write_grpmod(const struct gic_access *a, u64 value);
void gic_set_enable(const struct gic_access *a, u64 value);
void gic_clear_enable(const struct gic_access *a, u64 value);
void gic_set_pending(const struct gic_access *a, u64 value);
void gic_clear_pending(const struct gic_access *a, u64 value);
void gic_set_active(const struct gic_access *a, u64 value);
void gic_clear_active(const struct gic_access *a, u64 value);
void gic_write_priority(const struct gic_access *a, u64 value);
void gic_write_config(const struct gic_access *a, u64 value);
void gic_write_nsacr(const struct gic_access *a, u64 value);
/* ---- GICR_CTLR, GICR_PROPBASER, GICR_PENDBASER, GICR_VPROPBASER, GICR_VPENDBASER: lpi_regs.c ---- */

u64 gicr_read_ctlr(const struct gic_access *a);
u64 gicr_read_propbaser(const struct gic_access *a);
u64 gicr_read_pendbaser(const struct gic_access *a);
u64 gicr_read_vpropbaser(const struct gic_access *a);
u64 gicr_read_vpendbaser(const struct gic_access *a);
void gicr_write_vpropbaser(const struct gic_access *a, u64 value);
void gicr_write_vpendbaser(const struct gic_access *a, u64 value);
void gicr_write_ctlr(const struct gic_access *a, u64 value);
void gicr_write_propbaser(const struct gic_access *a, u64 value);
void gicr_write_pendbaser(const struct gic_access *a, u64 value);

/* The bank's interrupts that the access may see, a bit each. */
u32 gic_visible(const struct gic_access *a);

#endif
