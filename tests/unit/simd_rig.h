/*
 * One SIMD&FP instruction at EL1, with stage 1 on, in either engine: for tests with vectors made by
 * tools/gen_v_vectors.py, which says what registers and memory hold before.
 */
#ifndef SIMD_RIG_H
#define SIMD_RIG_H

#include "cpu/engine.h"
#include "cpu_rig.h"

static struct cpu_rig g;

#define L1 (RIG_RAM + 0x1000)
#define L2 (RIG_RAM + 0x2000)
#define L3 (RIG_RAM + 0x3000)
#define CODE (RIG_RAM + 0x4000)
#define DATA (RIG_RAM + 0x8000)

/* Pages from VA 0: code, then these, which follow each other at DATA */
enum { CODE_PAGE, NORMAL, NORMAL_2, DEVICE, READ_ONLY, ABSENT };
#define VA(page) ((u64)(page) << 12)
#define MEMORY_BYTES 256u
#define BASE (VA(NORMAL) + 0x40) /* x1 */

#define WFI 0xd503207full
#define SCTLR_A (1ull << 1)

enum engine { STEP, FAST_COLD, FAST_WARM, ENGINES };
static const char *const engine_names[] = { "step", "fast, no slots", "fast, slots" };

static inline u8 register_byte(unsigned i, unsigned j, unsigned variant)
{
	return (u8)((i * 7 + j * 29 + 3) ^ variant * 0xb5 * (j + i));
}

static inline u64 register_half(unsigned i, unsigned half, unsigned variant)
{
	u64 value = 0;

	for (unsigned j = 0; j < 8; j++)
		value |= (u64)register_byte(i, 8 * half + j, variant) << 8 * j;
	return value;
}

static inline void map_pages(void)
{
	static const u64 attributes[] = { 0, 0, 0, 1 << 2, 2 << 6 };

	*rig_ram(&g, L1) = L2 | 3;
	*rig_ram(&g, L2) = L3 | 3;
	for (unsigned i = CODE_PAGE; i <= READ_ONLY; i++)
		*rig_ram(&g, L3 + 8 * i) = (i ? DATA + VA(i - 1) : CODE) | attributes[i] | 1 << 10 | 3 << 8 | 3;
}

static inline void set_up(u32 insn, u64 sctlr, unsigned variant)
{
	struct cpu *c = g.cpu;

	memset(c->s.sr, 0, sizeof(c->s.sr));
	memset(g.ram, 0, DATA - RIG_RAM);
	for (unsigned i = 0; i < 0x4000; i++)
		g.ram[DATA - RIG_RAM + i] = (u8)(i ^ 0xa5);
	map_pages();
	*rig_ram(&g, CODE) = (u64)0x39000127 << 32 | 0x39400127; /* ldrb w7, [x9]; strb w7, [x9] */
	*rig_ram(&g, CODE + 8) = WFI << 32 | insn;
	*rig_ram(&g, CODE + 0x200) = WFI; /* the vector */
	SYS(c, SCR_EL3) = 1;
	SYS(c, CPACR_EL1) = 3ull << CPACR_EL1_FPEN_LSB;
	SYS(c, TCR_EL1) = 25ull << TCR_EL1_T0SZ_LSB | 1ull << TCR_EL1_EPD1_LSB | 5ull << TCR_EL1_IPS_LSB;
	SYS(c, TTBR0_EL1) = L1;
	SYS(c, MAIR_EL1) = 0x00ff;
	SYS(c, SCTLR_EL1) = sctlr | 1ull << SCTLR_EL1_M_LSB | 1ull << SCTLR_EL1_C_LSB;
	memset(&c->s.r, 0, sizeof(c->s.r));
	c->s.r.x[1] = c->s.r.x[REG_SP] = BASE;
	c->s.r.x[2] = 24;
	c->s.r.x[3] = 0x12345678fffffff8;
	c->s.r.x[4] = 0xdeadbeef00000008;
	c->s.r.x[5] = 0x7ffffffffffffffd;
	c->s.r.x[6] = 5;
	for (unsigned i = 0; i < 32; i++)
		for (unsigned half = 0; half < 2; half++)
			c->s.z[i][half] = register_half(i, half, variant);
	c->s.p = (struct pstate){ .el = 1, .sp = 1, .daif = 15 };
	c->s.nested_exc = 0;
	cpu_flush_host(c);
	tlb_init(c->tlb, 64, 4, NULL);
	c->tlb->dropped = host_tlb_dropped;
	c->tlb->dropped_ctx = c;
	cpu_context_changed(c);
}

/*
 * Execute the instruction until WFI or an exception. Warm: with slots for the page of `va` (Normal memory), from an
 * access before. Returns ESR_EL1, 0 when there was no exception.
 */
static inline u64 execute(u64 va, enum engine e)
{
	struct cpu *c = g.cpu;
	u64 until = (c->s.time >> 4) + 10000;
	bool warm = e == FAST_WARM;

	c->s.r.x[9] = align_down(va, 4096) + 0xff0;
	c->s.pc = warm ? 0 : 8;
	c->s.halt = CORE_RUNS;
	SYS(c, ESR_EL1) = SYS(c, FAR_EL1) = 0;
	if (e == STEP)
		cpu_run_traced(c, until, 2);
	else
		cpu_run(c, until);
	ck_assert_uint_eq(c->s.halt, CORE_WFI);
	return SYS(c, ESR_EL1);
}

/* Every V register is as before, but for those in `changed` (a bit each). */
static inline void check_other_registers(u32 changed, unsigned variant, const char *text)
{
	for (unsigned i = 0; i < 32; i++) {
		const u64 *z = g.cpu->s.z[i];

		ck_assert_msg(changed >> i & 1 ||
				      (z[0] == register_half(i, 0, variant) && z[1] == register_half(i, 1, variant)),
			      "%s changes v%u", text, i);
		for (unsigned k = 2; k < 8; k++)
			ck_assert_uint_eq(z[k], 0);
	}
}

static inline void rig_create_simd(void)
{
	rig_create(&g);
	memset(&g.cpu->feat, 0, sizeof(g.cpu->feat));
	g.cpu->feat = (struct cpu_features){ .always = true,
					     .el2 = true,
					     .el3 = true,
					     .asid16 = true,
					     .granule_4k = true,
					     .pa_bits = 48,
					     .fp = true,
					     .advsimd = true,
					     .aes = true,
					     .pmull = true,
					     .sha1 = true,
					     .sha2 = true,
					     .sha512 = true,
					     .sha3 = true,
					     .sm3 = true,
					     .sm4 = true };
}

static inline void rig_destroy_simd(void)
{
	rig_destroy(&g);
}

#endif
