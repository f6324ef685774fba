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
static void resolve_el_only(struct perms *p)
{
	p->s1_r = PRIV;
	p->s1_w = (p->s1_ap | p->s1_ap_table) & 2 ? 0 : PRIV;
	p->s1_x = p->s1_xn & (S1_UXN | S1_UXN_TABLE) ? 0 : PRIV;
}

static void resolve_with_el0(struct perms *p)
{
	bool writable = !((p->s1_ap | p->s1_ap_table) & 2);
	bool el0 = (p->s1_ap & 1) && !(p->s1_ap_table & 1);

	p->s1_r = PRIV | (el0 ? UNPRIV : 0);
	p->s1_w = writable ? p->s1_r : 0;
	p->s1_x = p->s1_xn & (S1_UXN | S1_UXN_TABLE) ? 0 : UNPRIV;
	if (!(p->s1_xn & (S1_PXN | S1_PXN_TABLE)) && !(p->s1_w & UNPRIV))
		p->s1_x |= PRIV;
}

void s1_perms_resolve(const struct regime *r, bool out_ns, struct perms *p)
{
	if (r->s1.has_el0)
		resolve_with_el0(p);
	else
		resolve_el_only(p);
	if (r->s1.wxn && (p->s1_w & p->s1_x)) {
		p->s1_x &= (u8)~p->s1_w;
		p->s1_xn |= S1_WXN;
	}
	if (r->sif && r->secure && out_ns) {
		p->s1_x = 0;
		p->s1_xn |= S1_SIF;
	}
}

void s1_perms_flat(struct perms *p)
{
	p->s1_r = p->s1_w = p->s1_x = BOTH;
	p->guarded = p->s1_dbm_clean = false;
	p->s1_level = 0;
	p->s1_ap = 1;
	p->s1_ap_table = p->s1_xn = 0;
}

/* XN[1:0] with FEAT_XNX: 00 both execute, 01 EL0 only, 10 neither, 11 EL1 only. */
void s2_perms_resolve(u8 s2_ap, u8 s2_xn, struct perms *p)
{
	p->s2_ap = s2_ap;
	p->s2_xn = s2_xn;
	p->s2_r = s2_ap & 1;
	p->s2_w = s2_ap >> 1 & 1;
	p->s2_x = (s2_xn == 0 || s2_xn == 3 ? PRIV : 0) | (s2_xn == 0 || s2_xn == 1 ? UNPRIV : 0);
}

void s2_perms_flat(struct perms *p)
{
	s2_perms_resolve(3, 0, p);
	p->s2_device = p->s2_dbm_clean = false;
	p->s2_level = 0;
}

/* PSTATE.PAN, with FEAT_PAN3 (EPAN) also for memory that EL0 can only execute. */
static bool pan_denies(const struct perms *p, const struct mmu_access *a, const struct regime *r)
{
	if (!a->pan || !a->privileged || a->kind == ACCESS_FETCH || a->kind == ACCESS_CACHE)
		return false;
	if (!r->s1.enabled || !r->s1.has_el0 || (r->id == REGIME_EL10 && r->s1.nv1))
		return false;
	return (p->s1_r | p->s1_w | (r->epan ? p->s1_x : 0)) & UNPRIV;
}

/* ---- the field that denies, in words ---- */

static const char *why_s1_data(const struct perms *p, const struct mmu_access *a, bool write)
{
	if (!a->privileged && !(p->s1_ap & 1))
		return "AP[1]=0 forbids access from EL0";
	if (!a->privileged && (p->s1_ap_table & 1))
		return "APTable[0]=1 forbids access from EL0";
	if (write && (p->s1_ap & 2))
		return "AP[2]=1 makes it read-only";
	if (write && (p->s1_ap_table & 2))
		return "APTable[1]=1 makes it read-only";
	return "PSTATE.PAN forbids privileged access to memory that EL0 can access";
}

static const char *why_s1_fetch(const struct perms *p, const struct mmu_access *a, const struct regime *r)
{
	bool pxn = a->privileged && r->s1.has_el0;

	if (p->s1_xn & (pxn ? S1_PXN : S1_UXN))
		return pxn	       ? "PXN=1 forbids execution"
		       : r->s1.has_el0 ? "UXN=1 forbids execution"
				       : "XN=1 forbids execution";
	if (p->s1_xn & (pxn ? S1_PXN_TABLE : S1_UXN_TABLE))
		return pxn	       ? "PXNTable=1 forbids execution"
		       : r->s1.has_el0 ? "UXNTable=1 forbids execution"
				       : "XNTable=1 forbids execution";
	if (pxn && (p->s1_w & UNPRIV))
		return "memory that EL0 can write is not executable at EL1 or above";
	if (p->s1_xn & S1_SIF)
		return "SCR_EL3.SIF=1 forbids execution from Non-secure memory";
	return "SCTLR.WXN=1 forbids execution of writable memory";
}

static const char *why_s2_fetch(const struct perms *p)
{
	static const char *const why[4] = {
		"",
		"stage 2 XN=01 forbids execution at EL1",
		"stage 2 XN=10 forbids execution",
		"stage 2 XN=11 forbids execution at EL0",
	};
	return why[p->s2_xn & 3];
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

bool s1_perms_allow(const struct perms *p, const struct mmu_access *a, const struct regime *r, struct fault *f)
{
	bool priv = a->privileged, pan, read, write;

	if (a->any_rights)
		return true;
	if (a->kind == ACCESS_FETCH)
		return (p->s1_x >> priv & 1) ||
		       deny(f, FAULT_PERMISSION, p->s1_level, false, false, why_s1_fetch(p, a, r));
	if (a->unaligned && p->s1_device)
		return deny(f, FAULT_ALIGNMENT, p->s1_level, false, f->write,
			    "unaligned access to memory that stage 1 makes Device");
	rights_needed(a, &read, &write);
	pan = pan_denies(p, a, r);
	if (read && (pan || !(p->s1_r >> priv & 1)))
		return deny(f, FAULT_PERMISSION, p->s1_level, false, a->kind == ACCESS_CACHE, why_s1_data(p, a, false));
	if (write && (pan || !(p->s1_w >> priv & 1)))
		return deny(f, FAULT_PERMISSION, p->s1_level, false, true, why_s1_data(p, a, true));
	return true;
}

bool s2_perms_allow(const struct perms *p, const struct mmu_access *a, struct fault *f)
{
	bool read, write;

	if (a->any_rights)
		return true;
	if (a->kind == ACCESS_FETCH)
		return (p->s2_x >> a->privileged & 1) ||
		       deny(f, FAULT_PERMISSION, p->s2_level, true, false, why_s2_fetch(p));
	if (a->unaligned && p->s2_device)
		return deny(f, FAULT_ALIGNMENT, p->s2_level, true, f->write,
			    "unaligned access to memory that stage 2 makes Device");
	rights_needed(a, &read, &write);
	if (read && !p->s2_r)
		return deny(f, FAULT_PERMISSION, p->s2_level, true, a->kind == ACCESS_CACHE, "S2AP[0]=0 forbids reads");
	if (write && !p->s2_w)
		return deny(f, FAULT_PERMISSION, p->s2_level, true, true, "S2AP[1]=0 forbids writes");
	return true;
}

bool perms_allow(const struct perms *p, const struct mmu_access *a, const struct regime *r, struct fault *f)
{
	return s1_perms_allow(p, a, r, f) && s2_perms_allow(p, a, f);
}
