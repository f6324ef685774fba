// hello.S: ROM `hello`: exercise 3 of the article, with its challenge.
// Article: "Hands-On Exercises", l.410-420. Corrects P3 (starts at EL3), P4 (pages, not 1 GB blocks), P5 (32-bit IPA:
// one root).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

	bss	hello_vcpu, vcpu_size, 16
	bss	hello_vm, vm_size, 16

// rom_main: one guest; step numbers are those of the exercise.
func rom_main
	push	x29, x30
	adr_l	x0, hello_vcpu			// 4: payload, entry, EL1h
	adr_l	x1, hello_vm
	string	x2, "guest"
	mov	x3, #1				// 3: VMID 1
	ldr	x4, =GUEST_A_PA
	ldr	x5, =S2_POOL_A
	adr_l	x6, guest_hello
	bl	guest_create
	adr_l	x0, hello_vm			// 2: the UART, one page of Device memory
	ldr	x1, =UART_BASE
	mov	x2, x1
	mov	x3, #PAGE_SIZE
	mov	x4, #S2_DEVICE
	bl	s2_map
	adr_l	x0, hello_vcpu			// 1: HCR_EL2
	bl	stage2_enable
	bl	report_hcr
	bl	report_stage2
	adr_l	x0, hello_vcpu
	bl	vcpu_load
	adr_l	x0, hello_vcpu
	bl	vm_execute
	pop	x29, x30
	ret
endfunc rom_main

// rom_hypercall: the challenge. ELR_EL2 is already behind the HVC (X7).
//   in x0 = vcpu, x1 = immediate; out x0 = verdict
func rom_hypercall
	push	x29, x30
	mrs	x2, esr_el2
	ubfx	x3, x2, #ESR_EL2_EC_LSB, #6
	say	"[EL2] ESR_EL2=%x EC=%x ISS=%d\n", x2, x3, x1
	say	"Hypercall received!\n"
	mov	x0, #EXIT_RESUME
	pop	x29, x30
	ret
endfunc rom_hypercall

// guest_hello: EL1. 5: prints through the stage-2 mapping of the UART.
func guest_hello
	bl	guest_start
	say	"Hello from EL1!\n"
	hvc	#HVC_ARTICLE
	say	"guest: back at EL1 after HVC #42\n"
	b	guest_off
endfunc guest_hello
