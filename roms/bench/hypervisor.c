/* The hypervisor of the benchmark image: set-up, the guest's calls, world switch, demand faults. */
#include "bench.h"

#define EC_HVC64 0x16
#define EC_SYSREG 0x18
#define EC_DATA_ABORT 0x24
#define PSCI_SYSTEM_OFF 0x84000008ull
#define WORLDS 4096
#define LR_PENDING_GROUP1 (1ull << 62 | 1ull << 60)
#define VINTID 40

void hyp_main(void);
_Noreturn void panic(u64 esr);

struct vcpu main_vcpu;
volatile u64 irq_count;
static struct vcpu world[WORLDS];
static struct {
	u64 worlds, left, current;
} turn;

static _Noreturn void power_off(void)
{
	for (;;) {
		register u64 x0 __asm__("x0") = PSCI_SYSTEM_OFF;

		__asm__ volatile("smc #0" : "+r"(x0) : : "memory");
	}
}

_Noreturn void panic(u64 esr)
{
	static const char text[] = "PANIC ";
	volatile u32 *uart = (u32 *)0x9000000;

	for (u32 i = 0; text[i]; i++)
		*uart = (u32)text[i];
	for (int at = 60; at >= 0; at -= 4)
		*uart = (u32)("0123456789abcdef"[esr >> at & 15]);
	*uart = '\n';
	power_off();
}

#define EL1_STATE(row)                                                                                                 \
	row("sctlr_el1") row("cpacr_el1") row("ttbr0_el1") row("ttbr1_el1") row("tcr_el1") row("esr_el1")              \
		row("afsr0_el1") row("afsr1_el1") row("far_el1") row("mair_el1") row("amair_el1") row("vbar_el1")      \
			row("contextidr_el1") row("cntkctl_el1") row("par_el1") row("tpidr_el1") row("tpidr_el0")      \
				row("tpidrro_el0") row("sp_el1") row("sp_el0")

static void world_save(struct vcpu *v)
{
	u64 *at = v->saved;

#define SAVE(name) *at++ = READ(name);
	EL1_STATE(SAVE)
#undef SAVE
	v->elr = READ("elr_el2");
	v->spsr = READ("spsr_el2");
}

static void world_load(const struct vcpu *v)
{
	const u64 *at = v->saved;

#define LOAD(name) WRITE(name, *at++);
	EL1_STATE(LOAD)
#undef LOAD
	WRITE("elr_el2", v->elr);
	WRITE("spsr_el2", v->spsr);
	WRITE("vttbr_el2", v->vttbr);
	__asm__ volatile("isb");
}

static void world_copy(struct vcpu *to, const struct vcpu *from)
{
	for (u32 i = 0; i < sizeof(*to) / sizeof(u64); i++)
		((u64 *)to)[i] = ((const u64 *)from)[i];
}

/* All worlds as the guest is now, but about to enter switch_guest. They share their tables and differ in their VMID;
 * with 8-bit VMIDs some share that too. */
static void switch_prepare(struct vcpu *v, u64 pages)
{
	u64 vmids = (READ("id_aa64mmfr1_el1") >> 4 & 15) == 2 ? 65535 : 255;

	world_save(v);
	for (u64 i = 0; i < WORLDS; i++) {
		world_copy(&world[i], v);
		world[i].elr = (u64)switch_guest;
		world[i].x[19] = pages;
		world[i].vttbr = stage2_vttbr() | (i % vmids + 1) << 48;
	}
}

static struct vcpu *switch_start(struct vcpu *v, u64 worlds, u64 switches)
{
	world_save(v);
	turn.worlds = worlds;
	turn.left = switches;
	turn.current = 0;
	world_load(&world[0]);
	return &world[0];
}

static struct vcpu *switch_world(struct vcpu *v)
{
	struct vcpu *next = &main_vcpu;

	if (turn.left--) {
		turn.current = turn.current + 1 == turn.worlds ? 0 : turn.current + 1;
		next = &world[turn.current];
	} else {
		main_vcpu.x[0] = turn.current;
	}
	world_save(v);
	world_load(next);
	return next;
}

static void forget_ipa(u64 ipa)
{
	__asm__ volatile("tlbi ipas2e1is, %0\n\tdsb ish\n\ttlbi vmalle1is\n\tdsb ish\n\tisb"
			 :
			 : "r"(ipa >> 12)
			 : "memory");
}

static struct vcpu *call(struct vcpu *v, u32 number)
{
	switch (number) {
	case CALL_SET_HCR: WRITE("hcr_el2", v->x[0]); return v;
	case CALL_FORGET_IPA: forget_ipa(v->x[0]); return v;
	case CALL_DEMAND_RESET: demand_unmap_all(); return v;
	case CALL_INJECT: WRITE("s3_4_c12_c12_0", LR_PENDING_GROUP1 | VINTID); return v;
	case CALL_SWITCH_PREPARE: switch_prepare(v, v->x[0]); return v;
	case CALL_SWITCH_START: return switch_start(v, v->x[0], v->x[1]);
	case CALL_SWITCH: return switch_world(v);
	case CALL_OFF: power_off();
	default: panic(number);
	}
}

/* The trapped MSR CONTEXTIDR_EL1, Xt. */
static void emulate_contextidr(struct vcpu *v, u64 esr)
{
	u32 rt = esr >> 5 & 31;

	if ((esr & 0x3ffc1f) != (3 << 20 | 1 << 17 | 13 << 10))
		panic(esr);
	WRITE("contextidr_el1", rt == 31 ? 0 : v->x[rt]);
	WRITE("elr_el2", READ("elr_el2") + 4);
}

static void demand_fault(u64 esr)
{
	u64 ipa = (READ("hpfar_el2") >> 4 & 0xfffffffff) << 12;

	if ((esr & 0x3c) != 4 || ipa < DEMAND || ipa >= DEMAND + DEMAND_SIZE)
		panic(esr);
	demand_map(ipa);
}

/* The general registers are in *v; returns whom to resume. */
struct vcpu *guest_exit(struct vcpu *v, u64 esr)
{
	switch (esr >> 26 & 63) {
	case EC_HVC64: return call(v, esr & 0xffff);
	case EC_SYSREG: emulate_contextidr(v, esr); return v;
	case EC_DATA_ABORT: demand_fault(esr); return v;
	default: panic(esr);
	}
}

static void guest_state_init(void)
{
	WRITE("sctlr_el1", 0x30d00800);
	WRITE("cpacr_el1", 3 << 20);
	WRITE("vbar_el1", guest_vectors);
#define CLEAR(name) WRITE(name, 0);
	/* clang-format off */
	CLEAR("ttbr1_el1")
	CLEAR("esr_el1")
	CLEAR("afsr0_el1")
	CLEAR("afsr1_el1") CLEAR("far_el1") CLEAR("amair_el1") CLEAR("contextidr_el1") CLEAR("cntkctl_el1")
		CLEAR("par_el1") CLEAR("tpidr_el1") CLEAR("tpidr_el0") CLEAR("tpidrro_el0") CLEAR("sp_el0")
	/* clang-format on */
#undef CLEAR
			WRITE("sp_el1", guest_stack);
	WRITE("elr_el2", guest_main);
	WRITE("spsr_el2", 0x3c5);
	WRITE("tpidr_el2", &main_vcpu);
}

void hyp_main(void)
{
	tables_build();
	main_vcpu.vttbr = stage2_vttbr() | 1ull << 48;
	WRITE("vttbr_el2", main_vcpu.vttbr);
	WRITE("cnthctl_el2", 3);
	WRITE("cntvoff_el2", 0);
	WRITE("vpidr_el2", READ("midr_el1"));
	WRITE("vmpidr_el2", READ("mpidr_el1"));
	WRITE("s3_4_c12_c9_5", 15); /* ICC_SRE_EL2 */
	BARRIER();
	WRITE("s3_4_c12_c11_0", 1); /* ICH_HCR_EL2.En */
	WRITE("s3_4_c12_c12_0", 0);
	WRITE("hcr_el2", HCR_BASE);
	guest_state_init();
	BARRIER();
}
