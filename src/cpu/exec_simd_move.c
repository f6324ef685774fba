/*
 * What moves lanes about: DUP, INS, UMOV, SMOV, immediates, REV, ZIP, UZP, TRN, EXT, TBL, TBX.
 */
#include <string.h>

#include "cpu/a64_rows.h"
#include "cpu/vec_lanes.h"

/* One lane in memory */
#define LANE(f, e, index) (((U_##e *)(void *)cpu->s.z[op->f])[index])
#define SIGNED_LANE(f, e, index) (((S_##e *)(void *)cpu->s.z[op->f])[index])
#define VECTOR_b v16u8
#define VECTOR_h v8u16
#define VECTOR_s v4u32
#define VECTOR_d v2u64

/* ---- DUP, INS ---- */
#define COPY(name, e, ...)                                                                                             \
	EXEC_FP(dup_elem_##e)                                                                                          \
	{                                                                                                              \
		VREG(d) = (v2u64)((VECTOR_##e){ 0 } + LANE(n, e, op->imm)) & vec_keep[op->a];                          \
		NEXT;                                                                                                  \
	}                                                                                                              \
	EXEC_FP(dup_##e)                                                                                               \
	{                                                                                                              \
		VREG(d) = (v2u64)((VECTOR_##e){ 0 } + (U_##e)X(n)) & vec_keep[op->a];                                  \
		NEXT;                                                                                                  \
	}                                                                                                              \
	EXEC_FP(ins_##e)                                                                                               \
	{                                                                                                              \
		LANE(d, e, op->imm) = (U_##e)X(n);                                                                     \
		NEXT;                                                                                                  \
	}                                                                                                              \
	EXEC_FP(ins_elem_##e)                                                                                          \
	{                                                                                                              \
		LANE(d, e, op->imm) = LANE(n, e, op->a);                                                               \
		NEXT;                                                                                                  \
	}
FOR_BHSD(COPY, copy)

/* ---- to a general-purpose register ---- */
#define UMOV(name, e, ...)                                                                                             \
	EXEC_FP(umov_##e)                                                                                              \
	{                                                                                                              \
		X(d) = LANE(n, e, op->imm);                                                                            \
		NEXT;                                                                                                  \
	}
FOR_BHSD(UMOV, umov)
#define SMOV(name, e, T)                                                                                               \
	EXEC_FP(name##_##e)                                                                                            \
	{                                                                                                              \
		X(d) = (T)SIGNED_LANE(n, e, op->imm);                                                                  \
		NEXT;                                                                                                  \
	}
SMOV(smov_w, b, u32)
SMOV(smov_w, h, u32)
FOR_BHS(SMOV, smov_x, u64)

/* ---- modified immediate; BIC's is already inverted ---- */
EXEC_FP(movi)
{
	VREG(d) = (v2u64){ op->imm, op->imm } & vec_keep[op->a];
	NEXT;
}
EXEC_FP(orr_vimm)
{
	VREG(d) = (VREG(d) | op->imm) & vec_keep[op->a];
	NEXT;
}
EXEC_FP(bic_vimm)
{
	VREG(d) = VREG(d) & op->imm & vec_keep[op->a];
	NEXT;
}

/* ---- REV: lanes of e within groups of `group` bytes, in the opposite order ---- */
#define REV(name, e, group)                                                                                            \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op)                                                   \
	{                                                                                                              \
		union vreg vn = VREG_AT(n), r;                                                                         \
                                                                                                                       \
		for (unsigned i = 0; i < 16 / sizeof(U_##e); i++)                                                      \
			r.u##e[i] = vn.u##e[i ^ ((group) / sizeof(U_##e) - 1)];                                        \
		VREG(d) = r.v & vec_keep[op->a];                                                                       \
	}                                                                                                              \
	EXEC_V(name##_##e)
FOR_BHS(REV, rev64, 8)
REV(rev32, b, 4)
REV(rev32, h, 4)
REV(rev16, b, 2)

/* ---- ZIP, UZP, TRN: lane i of `count`, of n and m (part: 0 for the first instruction of a pair, 1 for the second)
 * ---- */
#define PERMUTE(name, e, value)                                                                                        \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op)                                                   \
	{                                                                                                              \
		union vreg vn = VREG_AT(n), vm = VREG_AT(m), r = { 0 };                                                \
		const U_##e *n = vn.u##e, *m = vm.u##e;                                                                \
		unsigned count = (op->a == KEEP_128 ? 16 : 8) / sizeof(U_##e);                                         \
                                                                                                                       \
		for (unsigned i = 0; i < count; i++)                                                                   \
			r.u##e[i] = (value);                                                                           \
		VREG(d) = r.v;                                                                                         \
	}                                                                                                              \
	EXEC_V(name##_##e)
#define ZIP(part) (i % 2 ? m : n)[(part)*count / 2 + i / 2]
#define UZP(part) (i < count / 2 ? n : m)[2 * (i % (count / 2)) + (part)]
#define TRN(part) (i % 2 ? m : n)[i / 2 * 2 + (part)]
FOR_BHSD(PERMUTE, zip1, ZIP(0))
FOR_BHSD(PERMUTE, zip2, ZIP(1))
FOR_BHSD(PERMUTE, uzp1, UZP(0))
FOR_BHSD(PERMUTE, uzp2, UZP(1))
FOR_BHSD(PERMUTE, trn1, TRN(0))
FOR_BHSD(PERMUTE, trn2, TRN(1))

/* ---- EXT: bytes from op->imm on of the concatenation Vm:Vn ---- */
HELPER do_ext_v(struct cpu *cpu, const struct op *op)
{
	unsigned bytes = op->a == KEEP_128 ? 16 : 8;
	u8 pair[32];

	memcpy(pair, cpu->s.z[op->n], bytes);
	memcpy(pair + bytes, cpu->s.z[op->m], bytes);
	V_LO(d) = V_HI(d) = 0;
	memcpy(cpu->s.z[op->d], pair + op->imm, bytes);
}
EXEC_V(ext_v)

/* ---- TBL, TBX: op->imm registers from Vn on are the table; beyond it TBL gives zero, TBX leaves the byte ---- */
static void look_up(struct cpu *cpu, const struct op *op, union vreg r)
{
	union vreg index = VREG_AT(m);
	u8 table[64];
	unsigned i, size = 16 * (unsigned)op->imm;

	for (i = 0; i < op->imm; i++)
		memcpy(table + 16 * i, cpu->s.z[(op->n + i) % 32], 16);
	for (i = 0; i < 16; i++) {
		if (index.ub[i] < size)
			r.ub[i] = table[index.ub[i]];
	}
	VREG(d) = r.v & vec_keep[op->a];
}

HELPER do_tbl(struct cpu *cpu, const struct op *op)
{
	look_up(cpu, op, (union vreg){ 0 });
}

HELPER do_tbx(struct cpu *cpu, const struct op *op)
{
	look_up(cpu, op, VREG_AT(d));
}
EXEC_V(tbl)
EXEC_V(tbx)
