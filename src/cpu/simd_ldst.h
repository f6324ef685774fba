/* Loads and stores of SIMD&FP registers: what their operands mean, and how 16 and more bytes are reached. */
#ifndef CPU_SIMD_LDST_H
#define CPU_SIMD_LDST_H

#include "cpu/exec_fp.h"
#include "cpu/vec.h"

/* op->a of whole-register structures: log2 of the element's bytes, and Q */
#define STRUCT_LAYOUT(size, q) ((size) | (unsigned)(q) << 2)
#define STRUCT_SIZE(op) ((op)->a & 3u)
#define STRUCT_Q(op) ((op)->a >> 2)

/* 16 bytes of memory, wherever they are */
typedef u64 mem128 __attribute__((vector_size(16), aligned(1)));

/* The registers that follow Vt: after V31 comes V0. */
#define V_NEXT(f, k) (cpu->s.z[((op->f) + (k)) & 31])

/* Qd at va */
#define LOAD128(va, f)                                                                                                 \
	do {                                                                                                           \
		u64 va_ = (va);                                                                                        \
		if (SLOT_HIT(rd, mem128, va_)) {                                                                       \
			VREG(f) = *(const mem128 *)SLOT_PTR(rd, va_);                                                  \
		} else {                                                                                               \
			GO_SLOW;                                                                                       \
			bool ok_;                                                                                      \
			SLOW(ok_ = MEM_READ(cpu, op, va_, 16, 0));                                                     \
			if (unlikely(!ok_))                                                                            \
				FAULT;                                                                                 \
			VREG(f) = *(const mem128 *)cpu->data;                                                          \
		}                                                                                                      \
	} while (0)
#define STORE128(va, f)                                                                                                \
	do {                                                                                                           \
		u64 va_ = (va);                                                                                        \
		if (SLOT_HIT(wr, mem128, va_)) {                                                                       \
			*(mem128 *)SLOT_PTR(wr, va_) = VREG(f);                                                        \
		} else {                                                                                               \
			GO_SLOW;                                                                                       \
			bool ok_;                                                                                      \
			*(mem128 *)cpu->data = VREG(f);                                                                \
			SLOW(ok_ = MEM_WRITE(cpu, op, va_, 16, 0));                                                    \
			if (unlikely(!ok_))                                                                            \
				FAULT;                                                                                 \
		}                                                                                                      \
	} while (0)

/*
 * A block of `total` bytes, of elements of `size` bytes. READ_BLOCK: `const u8 *from` is where its bytes are now.
 * WRITE_BLOCK: `put(to)` fills `u8 *to`, which is memory itself or c->data on the way to it.
 */
#define BLOCK_HIT(table, va, size, total)                                                                              \
	(SLOT_HIT_LOW(table, (size)-1, va) && likely(((va)&0xfff) + (total) <= 0x1000))
#define READ_BLOCK(va, size, total, from)                                                                              \
	do {                                                                                                           \
		u64 va_ = (va);                                                                                        \
		if (BLOCK_HIT(rd, va_, size, total)) {                                                                 \
			(from) = SLOT_PTR(rd, va_);                                                                    \
		} else {                                                                                               \
			GO_SLOW;                                                                                       \
			bool ok_;                                                                                      \
			SLOW(ok_ = mem_read_block(cpu, op, va_, (unsigned)(size), (unsigned)(total)));                 \
			if (unlikely(!ok_))                                                                            \
				FAULT;                                                                                 \
			(from) = (const u8 *)cpu->data;                                                                \
		}                                                                                                      \
	} while (0)
#define WRITE_BLOCK(va, size, total, put)                                                                              \
	do {                                                                                                           \
		u64 va_ = (va);                                                                                        \
		if (BLOCK_HIT(wr, va_, size, total)) {                                                                 \
			put((u8 *)SLOT_PTR(wr, va_));                                                                  \
		} else {                                                                                               \
			GO_SLOW;                                                                                       \
			bool ok_;                                                                                      \
			put((u8 *)cpu->data);                                                                          \
			SLOW(ok_ = mem_write_block(cpu, op, va_, (unsigned)(size), (unsigned)(total)));                \
			if (unlikely(!ok_))                                                                            \
				FAULT;                                                                                 \
		}                                                                                                      \
	} while (0)

#endif
