// exitcost.S: ROM `exitcost`: exercise 2 of the article: one million HVC against one million NOP.
// Article: "Hands-On Exercises", l.395-407. Corrects P2 (HVC from EL1, not EL0; PMCCFILTR_EL0.NSH, so that EL2 is
// counted). W7: no figure is promised: the totals are this machine's.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

	.equ	ITERATIONS, 1000000
	bss	exitcost_vcpu, vcpu_size, 16
	bss	exitcost_vm, vm_size, 16

func rom_main
	push	x29, x30
	adr_l	x0, exitcost_vcpu
	adr_l	x1, exitcost_vm
	string	x2, "guest"
	mov	x3, #1
	ldr	x4, =GUEST_A_PA
	ldr	x5, =S2_POOL_A
	adr_l	x6, guest_exitcost
	bl	guest_create
	adr_l	x0, exitcost_vm
	ldr	x1, =UART_BASE
	mov	x2, x1
	mov	x3, #PAGE_SIZE
	mov	x4, #S2_DEVICE
	bl	s2_map
	adr_l	x0, exitcost_vcpu
	bl	stage2_enable
	adr_l	x0, exitcost_vcpu
	bl	vcpu_load
	adr_l	x0, exitcost_vcpu
	bl	vm_execute
	pop	x29, x30
	ret
endfunc rom_main

// rom_hypercall: none but HVC #0.
func rom_hypercall
	b	exit_unhandled
endfunc rom_hypercall

// guest_exitcost: EL1. The loops are the same but for one instruction; an exit saves and restores all general-purpose
// registers, ELR_EL2 and SPSR_EL2, decodes ESR_EL2 and dispatches by it.
func guest_exitcost
	bl	guest_start
	ldr	x0, =PMCCFILTR_EL0_NSH
	bl	measure_start
	ldr	x0, =ITERATIONS
	say	"guest: %d times NOP, then %d times HVC #0\n", x0, x0
	ldr	x0, =ITERATIONS
	bl	measure_nop
	mov	x19, x0
	mov	x20, x1
	ldr	x0, =ITERATIONS
	bl	measure_hvc
	mov	x21, x0
	mov	x22, x1
	string	x2, "NOP"
	mov	x0, x19
	mov	x1, x20
	bl	report_cost
	string	x2, "HVC"
	mov	x0, x21
	mov	x1, x22
	bl	report_cost
	string	x2, "an exit (the difference)"
	sub	x0, x21, x19
	sub	x1, x22, x20
	bl	report_cost

	string	x23, "ok"
	string	x24, "WRONG"
	subs	x25, x21, x19
	csel	x4, x23, x24, hi
	say	"PMCCNTR_EL0: HVC costs more than NOP: %s\n", x4
	ldr	x0, =ITERATIONS
	udiv	x5, x25, x0
	cmp	x5, #20				// some 70 instructions at EL2 would take more on any core
	csel	x4, x23, x24, hs
	say	"PMCCNTR_EL0 counts EL2 (NSH=1): %s\n", x4
	subs	x25, x22, x20
	csel	x4, x23, x24, hi
	say	"CNTVCT_EL0: HVC costs more than NOP: %s\n", x4
	b	guest_off
endfunc guest_exitcost

// report_cost: in x0 = cycles, x1 = ticks, x2 = name; clobbers x0-x18
func report_cost
	push	x29, x30
	ldr	x3, =ITERATIONS
	udiv	x4, x0, x3
	mov	x7, #16				// one tick of 62.5 MHz is 16 ns
	mul	x6, x1, x7
	udiv	x6, x6, x3
	mov	x8, x0
	mov	x9, x1
	say	"%s: %d cycles, %d ticks; per iteration %d cycles, %d ns\n", x2, x8, x9, x4, x6
	pop	x29, x30
	ret
endfunc report_cost
