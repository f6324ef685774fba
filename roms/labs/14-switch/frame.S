// The frame of 14-switch: two vCPUs, each with EL1 state of its own, moved in turns.
	.include "lab.inc"
	.include "start.inc"
	.equ	SALT,	0			// makes thread pointers differ from run to run
	variable vcpu_a, 256, 16
	variable vcpu_b, 256, 16

func frame_main
	mov	x0, #0
	bl	set_state			// guest A has run
	adr_l	x0, vcpu_a
	bl	vcpu_put
	mov	x0, #1
	bl	set_state			// guest B has run
	adr_l	x0, vcpu_b
	bl	vcpu_put
	adr_l	x0, vcpu_a
	bl	vcpu_load
	isb
	.global	back_in_a, back_in_b
back_in_a:
	adr_l	x0, vcpu_a
	bl	vcpu_put
	adr_l	x0, vcpu_b
	bl	vcpu_load
	isb
back_in_b:
	b	lab_off
endfunc frame_main

	.macro	set_register reg, a, b
	ldr	x1, =\a
	ldr	x2, =\b
	cmp	x0, #0
	csel	x1, x1, x2, eq
	msr	\reg, x1
	.endm

// set_state: in x0 = 0: guest A, 1: guest B; uses x1 to x3
func set_state
	set_register sctlr_el1, 0x30d00980, 0x30d0098a
	set_register cpacr_el1, 0x300000, 0x100000
	set_register ttbr0_el1, 0x1000050001000, 0x2000050002000
	set_register ttbr1_el1, 0x50003000, 0x50004000
	set_register tcr_el1, 0x280003519, 0x280003510
	set_register mair_el1, 0xff4400, 0x44ff00
	set_register vbar_el1, 0xffff000000080800, 0xffff000000200800
	set_register contextidr_el1, 0xb, 0x16
	set_register tpidr_el1, 0x1111000011110000, 0x2222000022220000
	set_register tpidr_el0, 0x1111, 0x2222
	set_register tpidrro_el0, 0x11110, 0x22220
	set_register sp_el0, 0x7ffff0000, 0x6ffff0000
	set_register sp_el1, 0xffff000000100000, 0xffff000000200000
	set_register elr_el1, 0x400100, 0x500200
	set_register spsr_el1, 0x60000000, 0x20000000
	set_register esr_el1, 0x56000000, 0x92000007
	set_register far_el1, 0xdead000, 0xbeef000
	set_register par_el1, 0xff00000050001000, 0xff00000050002000
	param	x3, SALT
	mrs	x1, tpidr_el1
	add	x1, x1, x3
	msr	tpidr_el1, x1
	isb
	ret
	.ltorg
endfunc set_state

	.section .guest, "ax"
	.global	guest_start
guest_start:
	b	.
