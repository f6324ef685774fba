// start.S: from reset at EL3 to the first instruction at EL2.
// Article: "EL2 Entry & HCR_EL2 Controls", l.126-129, which has this part in comments only (H8), and sets none of the
// registers whose reset value is UNKNOWN (H10).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"

	.equ	SCR_VALUE,  SCR_EL3_NS | SCR_EL3_RES1 | SCR_EL3_HCE | SCR_EL3_RW	// 0x531
	.equ	SPSR_VALUE, SPSR_DAIF | SPSR_EL2H					// 0x3c9

	bss	el3_stack, 4096, 16
	bss	el2_stack, 16384, 16

// _start: reset. Core 0 goes on; others sleep, since this firmware has no CPU_ON.
func _start
	mrs	x0, mpidr_el1
	tst	x0, #0xff
	b.ne	3f
	ldr	x0, =SCTLR_EL3_OFF
	msr	sctlr_el3, x0
	isb
	adr_l	x0, el3_stack + 4096
	mov	sp, x0
	adr_l	x0, el3_vectors
	msr	vbar_el3, x0
	isb

	adr_l	x0, __bss_start
	adr_l	x1, __bss_end
1:	cmp	x0, x1
	b.hs	2f
	stp	xzr, xzr, [x0], #16
	b	1b

2:	bl	uart_init
	bl	gic_init_el3
	mrs	x19, currentel
	lsr	x19, x19, #2
	say	"[EL3] reset: running at EL%d\n", x19
	b	el3_to_el2
3:	wfi
	b	3b
endfunc _start

// el3_to_el2: everything that EL2 must not find UNKNOWN, then the exception return that leaves EL3.
//   no return; at EL2: MMU off, DAIF masked, PC = el2_start
func el3_to_el2
	ldr	x0, =TIMER_HZ
	msr	cntfrq_el0, x0
	msr	cptr_el3, xzr			// no trap to EL3 for FP, CPACR_EL1, CPTR_EL2
	msr	mdcr_el3, xzr			// nor for debug and PMU registers
	msr	cntvoff_el2, xzr
	msr	hstr_el2, xzr
	msr	hcr_el2, xzr
	ldr	x0, =SCTLR_EL2_OFF
	msr	sctlr_el2, x0
	ldr	x19, =SCR_VALUE			// NS: below is Non-secure. HCE: HVC works. RW: EL2 is AArch64
	msr	scr_el3, x19			// IRQ, FIQ, EA = 0: interrupts stay below; SMD = 0: SMC works
	ldr	x20, =SPSR_VALUE
	msr	spsr_el3, x20
	adr_l	x0, el2_start
	msr	elr_el3, x0
	isb
	say	"[EL3] SCR_EL3=%x SPSR_EL3=%x: ERET to EL2h, Non-secure\n", x19, x20
	eret_sb
endfunc el3_to_el2

// el2_start: EL2's own stack and vectors, then the ROM's main; when that returns the machine goes off.
func el2_start
	adr_l	x0, el2_stack + 16384
	mov	sp, x0
	adr_l	x0, el2_vectors
	msr	vbar_el2, x0
	mrs	x0, midr_el1			// what the guests read as MIDR_EL1 and MPIDR_EL1 (H10)
	msr	vpidr_el2, x0
	mrs	x0, mpidr_el1
	msr	vmpidr_el2, x0
	ldr	x0, =CPTR_EL2_OWN
	msr	cptr_el2, x0
	mrs	x0, pmcr_el0			// MDCR_EL2.HPMN = PMCR_EL0.N: the guest owns the event counters
	ubfx	x0, x0, #11, #5
	msr	mdcr_el2, x0
	mov	x0, #CNTHCTL_EL2_EL1PCTEN
	msr	cnthctl_el2, x0
	isb
	bl	gic_init_el2
	mrs	x19, currentel
	lsr	x19, x19, #2
	say	"[EL2] up: running at EL%d\n", x19
	bl	rom_main
	b	power_off
endfunc el2_start

// power_off: PSCI SYSTEM_OFF. EL2 asks EL3 for it as it would ask any firmware.
func power_off
	ldr	x0, =PSCI_SYSTEM_OFF
	smc	#0
	b	.
endfunc power_off
