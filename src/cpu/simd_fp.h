/*
 * Advanced SIMD on floating-point numbers, lane by lane: what the EXECs of exec_simd_fp.c call, compiled once.
 *
 * struct op:	d, n, m	registers; what is above the lanes of the result becomes zero
 *		a	enum fp_size in bits 1:0, log2 of the number of lanes above
 *		imm	index of an element, fraction bits, or a rotation: see forms_simd_fp.c
 */
#ifndef CPU_SIMD_FP_H
#define CPU_SIMD_FP_H

#include "cpu/cpu.h"

typedef void simd_fp_fn(struct cpu *cpu, const struct op *op);

/* Every function, by the name that the decode table uses for it. */
/* clang-format off */
#define SIMD_FP_FUNCTIONS(F) \
	F(fadd_v) F(fsub_v) F(fmul_v) F(fmulx_v) F(fdiv_v) F(fmla_v) F(fmls_v) F(fabd_v) F(frecps_v) \
	F(frsqrts_v) F(fmax_v) F(fmin_v) F(fmaxnm_v) F(fminnm_v) F(faddp_v) F(fmaxp_v) F(fminp_v) \
	F(fmaxnmp_v) F(fminnmp_v) F(fcmeq_v) F(fcmge_v) F(fcmgt_v) F(facge_v) F(facgt_v) F(fmla_e) \
	F(fmls_e) F(fmul_e) F(fmulx_e) F(fmlal) F(fmlsl) F(fmlal_e) F(fmlsl_e) F(fcmla_v) F(fcmla_e) \
	F(fcadd_v) F(bfdot_v) F(bfdot_e) F(bfmmla) F(bfmlal_v) F(bfmlal_e) F(bfcvtn) F(fabs_v) F(fneg_v) \
	F(fsqrt_v) F(frecpe_v) F(frsqrte_v) F(frecpx_v) F(fcmgt_v0) F(fcmge_v0) F(fcmeq_v0) F(fcmle_v0) \
	F(fcmlt_v0) F(frintn_v) F(frintm_v) F(frintp_v) F(frintz_v) F(frinta_v) F(frintx_v) F(frinti_v) \
	F(frint32z_v) F(frint32x_v) F(frint64z_v) F(frint64x_v) F(fcvtns_v) F(fcvtnu_v) F(fcvtms_v) \
	F(fcvtmu_v) F(fcvtps_v) F(fcvtpu_v) F(fcvtzs_v) F(fcvtzu_v) F(fcvtas_v) F(fcvtau_v) F(scvtf_v) \
	F(ucvtf_v) F(fcvtn) F(fcvtl) F(fcvtxn) F(fcvtxn_s) F(across_fmax) F(across_fmin) F(across_fmaxnm) \
	F(across_fminnm) F(across_fadd)
/* clang-format on */

#define DECLARE_SIMD_FP(name) simd_fp_fn simd_##name;
SIMD_FP_FUNCTIONS(DECLARE_SIMD_FP)
#undef DECLARE_SIMD_FP

#endif
