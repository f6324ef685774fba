/* The guest: what each row does, and the report. */
#include "bench.h"

extern const u64 bench_scale, bench_mask;

void prepare_none(void)
{
}

void finish_none(void)
{
}

u64 work_load(u64 n)
{
	return kernel_load(n, DATA);
}
u64 work_store(u64 n)
{
	return kernel_store(n, COPY_TO);
}
u64 work_asid2(u64 n)
{
	return kernel_asid(n, stage1_root, 1, DATA);
}
u64 work_asid64(u64 n)
{
	return kernel_asid(n, stage1_root, 63, DATA);
}
u64 work_tlbi_va(u64 n)
{
	return kernel_tlbi_va(n, DATA);
}
u64 work_tlbi_ipa(u64 n)
{
	return kernel_tlbi_ipa(n, DATA);
}
u64 work_exclusive(u64 n)
{
	return kernel_exclusive(n, COPY_TO);
}
u64 work_lse(u64 n)
{
	return kernel_lse(n, COPY_TO);
}
u64 work_acqrel(u64 n)
{
	return kernel_acqrel(n, COPY_TO);
}
u64 work_rewrite(u64 n)
{
	return kernel_rewrite(n, REWRITTEN);
}
u64 work_cold(u64 n)
{
	return kernel_cold(n, CODE);
}

static u64 copy(u64 n, u64 bytes)
{
	u64 last = 0;

	while (n--)
		last = kernel_copy(COPY_TO, DATA, bytes);
	return last;
}

u64 work_copy1m(u64 n)
{
	return copy(n, 1 << 20);
}
u64 work_copy64m(u64 n)
{
	return copy(n, 1 << 26);
}

static u64 stride(u64 n, u64 pages)
{
	u64 end = 0;

	while (n--)
		end = kernel_stride(pages, DATA);
	return end;
}

u64 work_stride512(u64 n)
{
	return stride(n, 512);
}
u64 work_stride16k(u64 n)
{
	return stride(n, 16384);
}
u64 work_stride64k(u64 n)
{
	return stride(n, 65536);
}

void prepare_switch(void)
{
	CALL(CALL_SWITCH_PREPARE, 64, 0);
}
void prepare_world(void)
{
	CALL(CALL_SWITCH_PREPARE, 4, 0);
}

u64 work_switch1(u64 n)
{
	return CALL(CALL_SWITCH_START, 1, n);
}
u64 work_switch2(u64 n)
{
	return CALL(CALL_SWITCH_START, 2, n);
}
u64 work_switch256(u64 n)
{
	return CALL(CALL_SWITCH_START, 256, n);
}
u64 work_switch4096(u64 n)
{
	return CALL(CALL_SWITCH_START, 4096, n);
}

u64 work_demand(u64 n)
{
	u64 end = 0;

	while (n--) {
		CALL(CALL_DEMAND_RESET, 0, 0);
		end = kernel_stride(DEMAND_SIZE >> 12, DEMAND);
	}
	return end;
}

void prepare_virq(void)
{
	CALL(CALL_SET_HCR, HCR_BASE | HCR_FMO_IMO, 0);
	WRITE("s3_0_c12_c12_5", 7); /* ICC_SRE_EL1 */
	__asm__ volatile("isb");
	WRITE("s3_0_c4_c6_0", 0xff); /* ICC_PMR_EL1 */
	WRITE("s3_0_c12_c12_7", 1);  /* ICC_IGRPEN1_EL1 */
	__asm__ volatile("isb\n\tmsr daifclr, #2");
}

/* How many interrupts did not come. */
u64 work_virq(u64 n)
{
	u64 before = irq_count;

	kernel_inject(n);
	return before + n - irq_count;
}

void prepare_trap(void)
{
	CALL(CALL_SET_HCR, HCR_BASE | HCR_TVM, 0);
}

void finish_hcr(void)
{
	__asm__ volatile("msr daifset, #2");
	CALL(CALL_SET_HCR, HCR_BASE, 0);
}

/* Functions of fifteen random ADD, SUB, EOR, ORR (shifted register) on x2-x8, and RET; x8 is the caller's random
 * number. */
void prepare_cold(void)
{
	static const u32 operation[4] = { 0x8b000000, 0xcb000000, 0xca000000, 0xaa000000 };
	u32 *code = (u32 *)CODE, random = 1;

	for (u32 i = 0; i < 0x80000; i++) {
		random = random * 1664525 + 1013904223;
		code[i] = operation[random >> 30] | (2 + (random >> 8) % 7) << 16 | (random >> 24 & 7) << 10 |
			  (2 + (random >> 12) % 6) << 5 | (2 + (random >> 18) % 6);
		if (i % 16 == 15)
			code[i] = 0xd65f03c0;
	}
	for (u64 at = CODE; at < CODE + 0x200000; at += 16)
		__asm__ volatile("dc cvau, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb ish\n\tic ialluis\n\tdsb ish\n\tisb" : : : "memory");
}

static void put(char c)
{
	volatile u32 *uart = (u32 *)0x9000000;

	while (uart[6] & 1 << 5)
		;
	*uart = (u32)c;
}

static void print(const char *s)
{
	while (*s)
		put(*s++);
}

static void print_hex(u64 v)
{
	print(" 0x");
	for (int at = 60; at >= 0; at -= 4)
		put("0123456789abcdef"[v >> at & 15]);
}

struct row {
	const char *name;
	u64 iterations;
	u64 (*work)(u64 n);
	void (*prepare)(void), (*finish)(void);
};

static const struct row rows[] = {
#define BENCH_ROW(name, iterations, work, prepare, finish, events, what) { #name, iterations, work, prepare, finish },
#include "rows.def"
#undef BENCH_ROW
};

static int possible(const struct row *r)
{
	if (r->work == work_lse)
		return (READ("id_aa64isar0_el1") >> 20 & 15) != 0;
	if (r->work == kernel_fmadd || r->work == kernel_fadd || r->work == kernel_fmla4s || r->work == kernel_simdint)
		return (READ("id_aa64pfr0_el1") >> 16 & 15) != 15;
	return 1;
}

/* "B name", the work, "E name iterations check"; "S name" for what this core does not have. A quarter of the run first
 * warms up. */
static void measure(const struct row *r)
{
	u64 n = r->iterations >> bench_scale ? r->iterations >> bench_scale : 1, check;

	if (!possible(r)) {
		print("S ");
		print(r->name);
		print("\n");
		return;
	}
	r->prepare();
	r->work(n >> 2 ? n >> 2 : 1);
	print("B ");
	print(r->name);
	print("\n");
	check = r->work(n);
	print("E ");
	print(r->name);
	print_hex(n);
	print_hex(check);
	print("\n");
	r->finish();
}

void guest_main(void)
{
	WRITE("sctlr_el1", 0x30d01805);
	__asm__ volatile("isb");
	for (u32 i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (bench_mask >> i & 1)
			measure(&rows[i]);
	print("DONE\n");
	CALL(CALL_OFF, 0, 0);
}
