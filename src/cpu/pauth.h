/* Pointer authentication: FEAT_PAuth with QARMA5, FEAT_EPAC, FEAT_PAuth2, FEAT_FPAC, FEAT_FPACCOMBINE. */
#ifndef CPU_PAUTH_H
#define CPU_PAUTH_H

#include "cpu/cpu.h"

enum pauth_key { PAUTH_IA, PAUTH_IB, PAUTH_DA, PAUTH_DB };

/*
 * The instructions, with their enables and traps: AddPACIA() and kin, AuthIA() and kin, AddPACGA(). True: *out is the
 * result (the pointer as given when SCTLR_ELx disables the key). False: an exception is recorded.
 */
bool pauth_sign(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, u64 *out);
bool pauth_auth(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, u64 *out);
bool pauth_generic(struct cpu *c, u64 value, u64 modifier, u64 *out);
/* Authentication as part of a branch or load: a failure faults at once only with FEAT_FPACCOMBINE. */
bool pauth_auth_branch(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, u64 *out);

/* Strip(): the pointer without its code. */
u64 pauth_strip(const struct cpu *c, u64 ptr, bool is_data);

#endif
