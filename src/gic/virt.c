/*
 * The hypervisor's side of the virtual CPU interface: ICH_* registers and the maintenance interrupt.
 * IHI 0069 5 (virtual interrupt handling), 12.4. What the guest sees of it is icv.c.
 */
#include <string.h>

#include "gic/internal.h"

void gic_reset_virtual(struct gic *g, unsigned core)
{
	struct gic_core *k = &g->s.core[core];

	k->ich_hcr = 0;
	k->vmcr = 0;
	memset(k->vapr, 0, sizeof(k->vapr));
	memset(k->lr, 0, sizeof(k->lr));
	k->lr_valid = k->lr_pending = k->lr_ended = 0;
	gic_virtual_active_priorities_changed(g, core);
	if (g->cfg.list_registers)
		ich_write_vmcr(g, core, 0, 0);
}

/* ---- list registers ---- */

u64 ich_read_lr(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].lr[n];
}

/* Bits [44:32] are the physical INTID when HW is set; otherwise bit 41 is EOI and the rest RES0. vINTIDs have 24 bits.
 */
static u64 lr_writable(const struct gic *g, u64 value)
{
	u64 low = (value & ICH_LR_HW ? ICH_LR_PINTID : ICH_LR_EOI) | (ICH_LR_VINTID & 0xffffff);
	u64 priority = (u64)gic_priority_mask(g->cfg.vpri_bits) << ICH_LR_PRIORITY_LSB;

	return ICH_LR_STATE | ICH_LR_HW | ICH_LR_GROUP | priority | low;
}

void gic_lr_changed(struct gic *g, unsigned core, unsigned n)
{
	struct gic_core *k = &g->s.core[core];
	u64 lr = k->lr[n], state = lr & ICH_LR_STATE;

	k->lr_valid = (u16)deposit(k->lr_valid, n, 1, state != 0);
	k->lr_pending = (u16)deposit(k->lr_pending, n, 1, state == ICH_LR_PENDING);
	/* The guest has ended the interrupt, and the hypervisor asked for a maintenance interrupt then. */
	k->lr_ended = (u16)deposit(k->lr_ended, n, 1, !state && !(lr & ICH_LR_HW) && lr & ICH_LR_EOI);
}

void gic_set_lr(struct gic *g, unsigned core, unsigned n, u64 value, const char *why)
{
	u64 *lr = &g->s.core[core].lr[n], old = *lr;

	*lr = value;
	gic_lr_changed(g, core, n);
	GIC_TRACE_LR(g, n, old, value, why);
}

void ich_write_lr(struct gic *g, unsigned core, unsigned n, u64 value)
{
	gic_set_lr(g, core, n, value & lr_writable(g, value), "write");
	gic_update_virtual(g, core);
}

u64 ich_read_eisr(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].lr_ended;
}

/* Free list registers: invalid, and not waiting in EISR. */
u64 ich_read_elrsr(struct gic *g, unsigned core, unsigned n)
{
	const struct gic_core *k = &g->s.core[core];

	return ones(g->cfg.list_registers) & ~(u64)(k->lr_valid | k->lr_ended);
}

/* ---- maintenance interrupt ---- */

static u32 misr_sources(const struct gic_core *k)
{
	u32 hcr = k->ich_hcr, vmcr = k->vmcr;
	const struct {
		bool asserted;
		u32 source;
	} sources[] = {
		{ k->lr_ended, ICH_MISR_EOI },
		{ hcr & ICH_HCR_UIE && !(k->lr_valid & (k->lr_valid - 1)), ICH_MISR_U }, /* none or one */
		{ hcr & ICH_HCR_LRENPIE && hcr & ICH_HCR_EOICOUNT, ICH_MISR_LRENP },
		{ hcr & ICH_HCR_NPIE && !k->lr_pending, ICH_MISR_NP },
		{ hcr & ICH_HCR_VGRP0EIE && vmcr & ICH_VMCR_VENG0, ICH_MISR_VGRP0E },
		{ hcr & ICH_HCR_VGRP0DIE && !(vmcr & ICH_VMCR_VENG0), ICH_MISR_VGRP0D },
		{ hcr & ICH_HCR_VGRP1EIE && vmcr & ICH_VMCR_VENG1, ICH_MISR_VGRP1E },
		{ hcr & ICH_HCR_VGRP1DIE && !(vmcr & ICH_VMCR_VENG1), ICH_MISR_VGRP1D },
	};
	u32 misr = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(sources); i++)
		misr |= sources[i].asserted ? sources[i].source : 0;
	return misr;
}

u32 gic_misr(const struct gic *g, unsigned core)
{
	const struct gic_core *k = &g->s.core[core];

	if (!k->lr_ended && !(k->ich_hcr & 0xfe)) /* no source is enabled: the common case while a guest runs */
		return 0;
	return misr_sources(k);
}

u64 ich_read_misr(struct gic *g, unsigned core, unsigned n)
{
	return gic_misr(g, core);
}

/* ---- control ---- */

u64 ich_read_hcr(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].ich_hcr;
}

void ich_write_hcr(struct gic *g, unsigned core, unsigned n, u64 value)
{
	/* TSEI is RES0 without SEIs, vSGIEOICount and DVIM without GICv4.1. */
	g->s.core[core].ich_hcr =
		(u32)value & (0xff | ICH_HCR_TC | ICH_HCR_TALL0 | ICH_HCR_TALL1 | ICH_HCR_TDIR | ICH_HCR_EOICOUNT);
	gic_update_virtual(g, core);
}

/* PRIbits, PREbits, 24-bit vINTIDs, Aff3 valid, whether there is no GICv4, TDIR, and the number of list registers. */
u64 ich_read_vtr(struct gic *g, unsigned core, unsigned n)
{
	if (!g->cfg.list_registers)
		return 0;
	return (u64)(g->cfg.vpri_bits - 1) << 29 | (u64)(g->cfg.vpre_bits - 1) << 26 | 1 << 23 | 1 << 21 |
	       (u64)!g->cfg.v4 << 20 | 1 << 19 | (g->cfg.list_registers - 1);
}

u64 ich_read_vmcr(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].vmcr;
}

/* VAckCtl is RES0 and VFIQEn RES1 as SRE is fixed. A binary point below its minimum becomes the minimum. */
void ich_write_vmcr(struct gic *g, unsigned core, unsigned n, u64 value)
{
	struct gic_core *k = &g->s.core[core];
	u32 pmr = (u32)gic_priority_mask(g->cfg.vpri_bits) << ICH_VMCR_VPMR_LSB;

	k->vmcr = (u32)value & (ICH_VMCR_VENG0 | ICH_VMCR_VENG1 | ICH_VMCR_VCBPR | ICH_VMCR_VEOIM |
				7u << ICH_VMCR_VBPR1_LSB | 7u << ICH_VMCR_VBPR0_LSB | pmr);
	k->vmcr = (u32)deposit(k->vmcr, ICH_VMCR_VBPR0_LSB, 3, gic_virtual_bpr(g, core, 0));
	k->vmcr = (u32)deposit(k->vmcr, ICH_VMCR_VBPR1_LSB, 3, gic_virtual_bpr(g, core, 1));
	k->vmcr |= ICH_VMCR_VFIQEN;
	gic_update_virtual(g, core);
}

/* ---- active priorities; also ICV_AP0R<n> and ICV_AP1R<n> ---- */

u64 ich_read_ap0r(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].vapr[0][n];
}

void ich_write_ap0r(struct gic *g, unsigned core, unsigned n, u64 value)
{
	g->s.core[core].vapr[0][n] = (u32)value;
	gic_virtual_active_priorities_changed(g, core);
	gic_update_virtual(g, core);
}

u64 ich_read_ap1r(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].vapr[1][n];
}

void ich_write_ap1r(struct gic *g, unsigned core, unsigned n, u64 value)
{
	g->s.core[core].vapr[1][n] = (u32)value;
	gic_virtual_active_priorities_changed(g, core);
	gic_update_virtual(g, core);
}
