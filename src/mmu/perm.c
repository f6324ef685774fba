/*
 * Permissions: from descriptor fields to rights of each stage, and the check of one access. Arm ARM D8.4;
 * AArch64.S1DirectBasePermissions, AArch64.S1CheckPermissions, AArch64.S2DirectBasePermissions,
 * AArch64.S2CheckPermissions.
 *
 * Rights are kept for both privileges, before PAN, which belongs to the access; so one result serves every access.
 * Instruction fetch from Device memory is treated as Normal Non-cacheable: no fault by itself.
 */
#include "mmu/internal.h"

enum { UNPRIV = 1, PRIV = 2, BOTH = 3 };

/* A regime without EL0: one execute-never, AP[1] is RES1. */
static void resolve_el_only(struct s1_perms *p)
{
	p->r = PRIV;
	p->w = (p->ap | p->ap_table) & 2 ? 0 : PRIV;
	p->x = p->xn & (S1_UXN | S1_UXN_TABLE) ? 0 : PRIV;
}

static void resolve_with_el0(struct s1_perms *p)
{
	bool writable = !((p->ap | p->ap_table) & 2);
	bool el0 = (p->ap & 1) && !(p->ap_table & 1);

	p->r = PRIV | (el0 ? UNPRIV : 0);
	p->w = writable ? p->r : 0;
	p->x = p->xn & (S1_UXN | S1_UXN_TABLE) ? 0 : UNPRIV;
	if (!(p->xn & (S1_PXN | S1_PXN_TABLE)) && !(p->w & UNPRIV))
		p->x |= PRIV;
}

void s1_perms_resolve(const struct regime *r, bool out_ns, struct s1_perms *p)
{
	if (r->s1.has_el0)
		resolve_with_el0(p);
	else
		resolve_el_only(p);
	if (r->s1.wxn && (p->w & p->x)) {
		p->x &= (u8)~p->w;
		p->xn |= S1_WXN;
	}
	if (r->sif && r->secure && out_ns) {
		p->x = 0;
		p->xn |= S1_SIF;
	}
}

const struct s1_perms s1_perms_flat = { .r = BOTH, .w = BOTH, .x = BOTH, .ap = 1 };

/* XN[1:0] with FEAT_XNX: 00 both execute, 01 EL0 only, 10 neither, 11 EL1 only. */
void s2_perms_resolve(u8 ap, u8 xn, struct s2_perms *p)
{
	static const u8 executable[4] = { BOTH, UNPRIV, 0, PRIV };

	p->ap = ap;
	p->xn = xn;
	p->r = ap & 1;
	p->w = ap >> 1 & 1;
	p->x = executable[xn & 3];
}

const struct s2_perms s2_perms_flat = { .x = BOTH, .r = true, .w = true, .ap = 3 };

/* PSTATE.PAN, with FEAT_PAN3 (EPAN) also for memory that EL0 can only execute. */
static bool pan_denies(const struct s1_perms *p, const struct mmu_access *a, const struct regime *r)
{
	if (!a->pan || !a->privileged || a->kind == ACCESS_FETCH || a->kind == ACCESS_CACHE)
		return false;
	if (!r->s1.enabled || !r->s1.has_el0 || (r->id == REGIME_EL10 && r->s1.nv1))
		return false;
	return (p->r | p->w | (r->epan ? p->x : 0)) & UNPRIV;
}

/* ---- the field that denies, in words ---- */

static const char *why_s1_data(const struct s1_perms *p, const struct mmu_access *a, bool write)
{
	if (!a->privileged && !(p->ap & 1))
		return "AP[1]=0 forbids access from EL0";
	if (!a->privileged && (p->ap_table & 1))
		return "APTable[0]=1 forbids access from EL0";
	if (write && (p->ap & 2))
		return "AP[2]=1 makes it read-only";
	if (write && (p->ap_table & 2))
		return "APTable[1]=1 makes it read-only";
	return "PSTATE.PAN forbids privileged access to memory that EL0 can access";
}

static const char *why_s1_fetch(const struct s1_perms *p, const struct mmu_access *a, const struct regime *r)
{
	bool pxn = a->privileged && r->s1.has_el0;

	if (p->xn & (pxn ? S1_PXN : S1_UXN))
		return pxn	       ? "PXN=1 forbids execution"
		       : r->s1.has_el0 ? "UXN=1 forbids execution"
				       : "XN=1 forbids execution";
	if (p->xn & (pxn ? S1_PXN_TABLE : S1_UXN_TABLE))
		return pxn	       ? "PXNTable=1 forbids execution"
		       : r->s1.has_el0 ? "UXNTable=1 forbids execution"
				       : "XNTable=1 forbids execution";
	if (pxn && (p->w & UNPRIV))
		return "memory that EL0 can write is not executable at EL1 or above";
	if (p->xn & S1_SIF)
		return "SCR_EL3.SIF=1 forbids execution from Non-secure memory";
	return "SCTLR.WXN=1 forbids execution of writable memory";
}

static const char *why_s2_fetch(const struct s2_perms *p)
{
	static const char *const why[4] = {
		"",
		"stage 2 XN=01 forbids execution at EL1",
		"stage 2 XN=10 forbids execution",
		"stage 2 XN=11 forbids execution at EL0",
	};
	return why[p->xn & 3];
}

/* ---- the check ---- */

static bool deny(struct fault *f, enum fault_kind kind, s8 level, bool is_s2, bool write, const char *why)
{
	f->kind = kind;
	f->level = level;
	f->s2 = is_s2;
	f->write = write;
	f->why = why;
	return false;
}

/* Which rights the access needs; DC and IC: by privilege and operation. */
static void rights_needed(const struct mmu_access *a, bool *read, bool *write)
{
	switch (a->kind) {
	case ACCESS_READ:
	case ACCESS_AT_READ: *read = true, *write = a->also_write; break;
	case ACCESS_WRITE:
	case ACCESS_AT_WRITE: *read = a->also_write, *write = true; break;
	case ACCESS_CACHE: *read = !a->privileged && !a->also_write, *write = a->also_write; break;
	default: *read = *write = false; break;
	}
}

bool s1_perms_allow(const struct s1_perms *p, const struct mmu_access *a, const struct regime *r, struct fault *f)
{
	bool priv = a->privileged, pan, read, write;

	if (a->any_rights)
		return true;
	if (a->kind == ACCESS_FETCH)
		return (p->x >> priv & 1) || deny(f, FAULT_PERMISSION, p->level, false, false, why_s1_fetch(p, a, r));
	if (a->unaligned && p->device)
		return deny(f, FAULT_ALIGNMENT, p->level, false, f->write,
			    "unaligned access to memory that stage 1 makes Device");
	rights_needed(a, &read, &write);
	pan = pan_denies(p, a, r);
	if (read && (pan || !(p->r >> priv & 1)))
		return deny(f, FAULT_PERMISSION, p->level, false, a->kind == ACCESS_CACHE, why_s1_data(p, a, false));
	if (write && (pan || !(p->w >> priv & 1)))
		return deny(f, FAULT_PERMISSION, p->level, false, true, why_s1_data(p, a, true));
	return true;
}

bool s2_perms_allow(const struct s2_perms *p, const struct mmu_access *a, struct fault *f)
{
	bool read, write;

	if (a->any_rights)
		return true;
	if (a->kind == ACCESS_FETCH)
		return (p->x >> a->privileged & 1) || deny(f, FAULT_PERMISSION, p->level, true, false, why_s2_fetch(p));
	if (a->unaligned && p->device)
		return deny(f, FAULT_ALIGNMENT, p->level, true, f->write,
			    "unaligned access to memory that stage 2 makes Device");
	rights_needed(a, &read, &write);
	if (read && !p->r)
		return deny(f, FAULT_PERMISSION, p->level, true, a->kind == ACCESS_CACHE, "S2AP[0]=0 forbids reads");
	if (write && !p->w)
		return deny(f, FAULT_PERMISSION, p->level, true, true, "S2AP[1]=0 forbids writes");
	return true;
}

bool perms_allow(const struct perms *p, const struct mmu_access *a, const struct regime *r, struct fault *f)
{
	return s1_perms_allow(&p->s1, a, r, f) && s2_perms_allow(&p->s2, a, f);
}
