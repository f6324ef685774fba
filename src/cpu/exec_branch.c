/*
 * Branches. C6.2, C1.3 "Branches, Exception generating, and System instructions".
 *
 * Each direct branch has two fast forms: the far one goes by virtual address; the near one, chosen when the target lies
 * in the same page (specialise.c), goes to the op `imm` places away, without looking anything up.
 */
#include "cpu/a64_rows.h"
#include "cpu/engine.h"
#include "cpu/exec.h"
#include "cpu/features.h"
#include "cpu/models.h"
#include "cpu/pauth.h"
#include "cpu/specialise.h"

#define TARGET_FAR JUMP(PC + op->imm)

#ifdef ENGINE_STEP
#define DIRECT(name, taken)                                                                                            \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		if (taken)                                                                                             \
			TARGET_FAR;                                                                                    \
		NEXT;                                                                                                  \
	}
#else
#define DIRECT(name, taken)                                                                                            \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		if (taken)                                                                                             \
			TARGET_FAR;                                                                                    \
		NEXT;                                                                                                  \
	}                                                                                                              \
	EXEC(name##_near)                                                                                              \
	{                                                                                                              \
		if (taken)                                                                                             \
			TARGET_NEAR;                                                                                   \
		NEXT;                                                                                                  \
	}
#endif

DIRECT(b, true)
DIRECT(cbz_w, W(d) == 0)
DIRECT(cbz_x, X(d) == 0)
DIRECT(cbnz_w, W(d) != 0)
DIRECT(cbnz_x, X(d) != 0)
DIRECT(tbz, !(X(d) >> op->a & 1))
DIRECT(tbnz, X(d) >> op->a & 1)

#ifdef ENGINE_STEP
DIRECT(b_cond, condition_holds(cpu, op->a))
#else
EXEC(b_cond)
{
	if (condition_holds(cpu, op->a))
		TARGET_FAR;
	NEXT;
}
#define COND(n, cc, holds)                                                                                             \
	EXEC(b_##cc##_near)                                                                                            \
	{                                                                                                              \
		if (holds)                                                                                             \
			TARGET_NEAR;                                                                                   \
		NEXT;                                                                                                  \
	}
CONDITIONS(COND)
#endif

EXEC(bl)
{
	cpu->s.r.x[30] = PC + 4;
	TARGET_FAR;
}
#ifndef ENGINE_STEP
EXEC(bl_near)
{
	cpu->s.r.x[30] = PC + 4;
	TARGET_NEAR;
}
#endif

/* ---- indirect ---- */

/* Most targets have no tag byte; the others are looked at with the regime in hand. */
static inline u64 branch_addr(const struct cpu *cpu, u64 va)
{
	if (likely((u64)((s64)va >> 55) + 1 <= 1))
		return va;
	return cpu_branch_addr(cpu, va);
}

#ifdef ENGINE_STEP
#define LEFT_AFTER ((u32)cpu->left - 1)
#else
#define LEFT_AFTER ((u32)(acc - op[1].cum))
#endif

/* BTypeCompatible is checked at the target (bti.c); here PSTATE.BTYPE is set for it. */
#define INDIRECT(va, type)                                                                                             \
	do {                                                                                                           \
		u64 to_ = branch_addr(cpu, (va));                                                                      \
		if (cpu->feat.bti)                                                                                     \
			SET_BTYPE(type, to_);                                                                          \
		JUMP(to_);                                                                                             \
	} while (0)
#define SET_BTYPE(type, to)                                                                                            \
	do {                                                                                                           \
		cpu->s.p.btype = (u8)(type);                                                                           \
		cpu->btype_left = LEFT_AFTER;                                                                          \
	} while (0)

/* BR: 1 through X16/X17 or from an unguarded page, else 3. */
#define BR_TYPE (op->n == 16 || op->n == 17 || !engine_page_guarded(cpu, PC) ? 1 : 3)

EXEC(br)
{
	INDIRECT(X(n), BR_TYPE);
}

EXEC(blr)
{
	u64 to = X(n);

	cpu->s.r.x[30] = PC + 4;
	INDIRECT(to, 2);
}

EXEC(ret)
{
#ifndef ENGINE_STEP
	u64 offset = X(n) - cpu->cur_va; /* calls within a page */

	if (offset < 4096 && !(offset & 3))
		TARGET_AT(cpu->cur_ops + (offset >> 2));
#endif
	JUMP(branch_addr(cpu, X(n)));
}

/* ---- with pointer authentication: n target, m modifier, a: key B ---- */

#define AUTHENTICATE(target)                                                                                           \
	do {                                                                                                           \
		bool ok_;                                                                                              \
		SLOW(ok_ = pauth_auth_branch(cpu, X(n), X(m), op->a ? PAUTH_IB : PAUTH_IA, &cpu->data[0]));            \
		if (unlikely(!ok_))                                                                                    \
			FAULT;                                                                                         \
		(target) = cpu->data[0];                                                                               \
	} while (0)

EXEC(bra)
{
	u64 to;

	AUTHENTICATE(to);
	INDIRECT(to, BR_TYPE);
}

EXEC(blra)
{
	u64 to;

	AUTHENTICATE(to);
	cpu->s.r.x[30] = PC + 4;
	INDIRECT(to, 2);
}

EXEC(reta)
{
	u64 to;

	AUTHENTICATE(to);
	JUMP(branch_addr(cpu, to));
}
