/* What the parts of the benchmark image share. */
#ifndef BENCH_H
#define BENCH_H

typedef unsigned long long u64;
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

#define READ(reg)                                                                                                      \
	({                                                                                                             \
		u64 value_;                                                                                            \
		__asm__ volatile("mrs %0, " reg : "=r"(value_));                                                       \
		value_;                                                                                                \
	})
#define WRITE(reg, value) __asm__ volatile("msr " reg ", %0" : : "r"((u64)(value)) : "memory")
#define BARRIER() __asm__ volatile("dsb ish\n\tisb" : : : "memory")

/* Services of the hypervisor, by the HVC's immediate; 0 returns at once, without its C part. */
enum {
	CALL_NONE,
	CALL_SET_HCR,
	CALL_FORGET_IPA,
	CALL_DEMAND_RESET,
	CALL_INJECT,
	CALL_SWITCH_START,
	CALL_SWITCH,
	CALL_SWITCH_PREPARE,
	CALL_OFF,
};
#define CALL(n, a, b)                                                                                                  \
	({                                                                                                             \
		register u64 r0_ __asm__("x0") = (a);                                                                  \
		register u64 r1_ __asm__("x1") = (b);                                                                  \
		__asm__ volatile("hvc %2" : "+r"(r0_) : "r"(r1_), "i"(n) : "memory");                                  \
		r0_;                                                                                                   \
	})

/* Physical, intermediate and virtual addresses are equal, but for DEMAND, whose pages lie at DEMAND_PA. */
#define CODE 0x42000000ull /* 2 MiB of functions, and a page rewritten again and again */
#define REWRITTEN 0x42200000ull
#define DATA 0x43000000ull /* 256 MiB in 4 KiB pages in both stages */
#define DATA_SIZE 0x10000000ull
#define DEMAND 0x60000000ull /* 64 MiB that stage 2 maps on demand */
#define DEMAND_SIZE 0x4000000ull
#define DEMAND_PA 0x54000000ull
#define COPY_TO (DATA + 0x8000000)

#define HCR_BASE (1ull << 31 | 1 << 1 | 1) /* RW, SWIO, VM */
#define HCR_FMO_IMO (3ull << 3)
#define HCR_TVM (1ull << 26)

/* One virtual core: general registers at 0 (kernels.S knows), then what a world switch saves. */
#define SAVED_REGISTERS 20
struct vcpu {
	u64 x[31], vttbr, elr, spsr, saved[SAVED_REGISTERS];
};

extern struct vcpu main_vcpu;
extern volatile u64 irq_count;
extern u64 stage1_root;

/* hypervisor.c */
struct vcpu *guest_exit(struct vcpu *v, u64 esr);
void guest_main(void);
/* tables.c */
void tables_build(void);
u64 stage2_vttbr(void);
void demand_map(u64 ipa);
void demand_unmap_all(void);
/* mix.c */
u64 mix_run(u64 n);
/* work.c */
#define BENCH_ROW(name, iterations, work, prepare, finish, events, what)                                               \
	u64 work(u64 n);                                                                                               \
	void prepare(void);                                                                                            \
	void finish(void);
#include "rows.def"
#undef BENCH_ROW
/* kernels.S; first argument: iterations, unless its comment says otherwise */
u64 kernel_load(u64 n, u64 buffer), kernel_store(u64 n, u64 buffer), kernel_copy(u64 to, u64 from, u64 bytes);
u64 kernel_stride(u64 pages, u64 base), kernel_asid(u64 n, u64 root, u64 mask, u64 base);
u64 kernel_tlbi_va(u64 n, u64 base), kernel_tlbi_ipa(u64 n, u64 base), kernel_inject(u64 n);
u64 kernel_exclusive(u64 n, u64 at), kernel_lse(u64 n, u64 at), kernel_acqrel(u64 n, u64 at);
u64 kernel_rewrite(u64 n, u64 at), kernel_cold(u64 n, u64 code);
extern const char guest_vectors[], hyp_vectors[], guest_stack[], switch_guest[];

#endif
