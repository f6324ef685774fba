/*
 * What an interrupt controller's CPU interface may know of its core: enough to choose IRQ or FIQ, the register bank and
 * the trap. The controller owns the storage, one per core; the core writes it whenever one of these changes and then
 * says so (`view_changed`), but for a change of `el` below EL3.
 */
#ifndef BUS_GIC_VIEW_H
#define BUS_GIC_VIEW_H

#include "base/types.h"

struct gic_view {
	u8 el;
	bool secure;	  /* IsSecure(): EL3 counts as Secure */
	bool el2_enabled; /* EL2 implemented and enabled in the current security state */
	u64 hcr_el2;	  /* effective value: IMO, FMO, TGE… (VSE, which a virtual SError clears, may be behind) */
	u64 scr_el3;
};

#endif
