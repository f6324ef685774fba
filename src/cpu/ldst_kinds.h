/* What LDR* and STR* move: the sizes and extensions that every addressing mode repeats. */
#ifndef CPU_LDST_KINDS_H
#define CPU_LDST_KINDS_H

#include "base/types.h"

/* F(suffix of the mnemonic and register size, element in memory, register as written: its upper bits are zeroed) */
#define LOAD_KINDS(F)                                                                                                  \
	F(b, u8, u64)                                                                                                  \
	F(h, u16, u64)                                                                                                 \
	F(_w, u32, u64)                                                                                                \
	F(_x, u64, u64)                                                                                                \
	F(sb_w, s8, u32)                                                                                               \
	F(sh_w, s16, u32)                                                                                              \
	F(sb_x, s8, u64)                                                                                               \
	F(sh_x, s16, u64)                                                                                              \
	F(sw, s32, u64)

/* F(suffix, element in memory) */
#define STORE_KINDS(F)                                                                                                 \
	F(b, u8)                                                                                                       \
	F(h, u16)                                                                                                      \
	F(_w, u32)                                                                                                     \
	F(_x, u64)

#endif
