// expect: is a register used as a base after it was given to the guest?
	.include "lab.inc"
	.equ	PC,	256
	.equ	PSTATE,	264
	.equ	VTTBR,	272

func vm_enter
	ldr	x0, [x20, #VTTBR]
	ldr	x0, [x20, #PC]
	msr	elr_el2, x0
	ldr	x0, [x20, #PSTATE]
	msr	spsr_el2, x0
	ldp	x0, x1, [x20, #0]
	ldp	x2, x3, [x20, #16]
	ldp	x4, x5, [x20, #32]
	ldp	x6, x7, [x20, #48]
	ldp	x8, x9, [x20, #64]
	ldp	x10, x11, [x20, #80]
	ldp	x12, x13, [x20, #96]
	ldp	x14, x15, [x20, #112]
	ldp	x16, x17, [x20, #128]
	ldp	x18, x19, [x20, #144]
	ldp	x22, x23, [x20, #176]
	ldp	x24, x25, [x20, #192]
	ldp	x26, x27, [x20, #208]
	ldp	x28, x29, [x20, #224]
	ldr	x30, [x20, #240]
	ldp	x20, x21, [x20, #160]
	eret
	dsb	nsh				// no speculation past ERET
	isb
endfunc vm_enter
