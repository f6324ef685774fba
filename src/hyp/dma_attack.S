// dma_attack.S: ROM `dma-attack`: a guest drives a device, and aims it at its own stage-2 table.
// Article: "SMMU Stage-2 for DMA Isolation", l.340: "a guest could program a DMA-capable device to read/write any
// physical address". Four times the same DMA: stopped by stage 2 of the STE; stopped still while the STE says bypass in
// memory, but no CMD_CFGI_STE has been sent; not stopped by the STE in bypass, with what comes of it; and again until a
// CMD_CFGI_STE makes the mended STE known.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

	.equ	SRC_IPA,	GUEST_IPA + 0x3000
	.equ	DST_IPA,	GUEST_IPA + 0x4000
	.equ	SRC_PA,		GUEST_A_PA + 0x3000	// the same, without stage 2
	.equ	ENTRY_PA,	S2_POOL_A + 3 * 8	// entry 3 of the guest's own stage-2 root: IPA 0xc0000000 and up
	.equ	WINDOW_IPA,	0xc0000000
	.equ	FORGED,		RAM_BASE | S2_NORMAL | S2_BLOCK	// all of RAM's first gigabyte, as one block
	.equ	SECRET,		0x5ec2e7
	.equ	STE_STAGE2,	1 | 0b110 << 1
	.equ	STE_BYPASS,	1 | 0b100 << 1

	bss	attack_vcpu, vcpu_size, 16
	bss	attack_vm, vm_size, 16
	bss	secret, 8

	.macro	act title
	say	"\n== \title\n"
	.endm
	.macro	run
	adr_l	x0, attack_vcpu
	bl	run_guest
	.endm

// rom_main: in each act the guest makes its DMA and yields.
func rom_main
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	bl	dma_present
	cbz	x0, 1f
	bl	smmu_has_stage2
	cbz	x0, 1f
	bl	set_up
	bl	dma_stream
	mov	w19, w0

	act	"1. The STE gives the device the guest's stage 2"
	run
	bl	report

	act	"2. The STE in memory says bypass; the SMMU has not been told"
	mov	x0, x19
	mov	x1, #STE_BYPASS
	bl	smmu_set_config
	run
	bl	report

	act	"3. CMD_CFGI_STE: bypass"
	mov	x0, x19
	bl	smmu_forget_ste
	run
	bl	report

	act	"4. The STE in memory says stage 2 again, the entry is mended; the SMMU has not been told"
	bl	mend
	mov	x0, x19
	mov	x1, #STE_STAGE2
	bl	smmu_set_config
	run
	bl	report

	act	"5. CMD_CFGI_STE: stage 2"
	bl	mend
	mov	x0, x19
	bl	smmu_forget_ste
	run
	bl	report
	b	2f
1:	say	"[EL2] no DMA engine behind an SMMU with stage 2: nothing to show\n"
2:	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc rom_main

// set_up: the guest, its emulated UART, the DMA engine as its device: registers by stage 2 of the CPU, accesses by
// stage 2 of the SMMU.
func set_up
	stp	x29, x30, [sp, #-16]!
	adr_l	x0, secret
	ldr	x1, =SECRET
	str	x1, [x0]
	adr_l	x0, attack_vcpu
	adr_l	x1, attack_vm
	string	x2, "guest"
	mov	x3, #1
	ldr	x4, =GUEST_A_PA
	ldr	x5, =S2_POOL_A
	adr_l	x6, guest_attack
	bl	guest_create
	adr_l	x0, attack_vm
	ldr	x1, =UART_BASE
	str	x1, [x0, #vm_uart_ipa]
	ldr	x1, =DMA_BASE
	mov	x2, x1
	mov	x3, #PAGE_SIZE
	mov	x4, #S2_DEVICE
	bl	s2_map
	adr_l	x0, attack_vcpu
	bl	stage2_enable
	bl	smmu_init
	bl	dma_stream
	adr_l	x1, attack_vm
	bl	smmu_attach
	bl	dma_stream
	mov	w4, w0
	adr_l	x0, attack_vm
	ldr	x5, [x0, #vm_vmid]
	ldr	x6, [x0, #vm_vttbr]
	ubfx	x6, x6, #0, #48
	ldr	x7, =ENTRY_PA
	say	"[EL2] stream %x: stage 2, S2VMID=%d, S2TTB=%x; what the guest will aim at: PA %x\n", x4, x5, x6, x7
	ldp	x29, x30, [sp], #16
	ret
endfunc set_up

// mend: the forged entry, and what the TLBs may have of it.
func mend
	ldr	x0, =ENTRY_PA
	str	xzr, [x0]
	dsb	ish
	tlbi	vmalls12e1is
	dsb	ish
	isb
	ret
endfunc mend

// report: events, and what the DMA was aimed at; clobbers x0-x18
func report
	push	x29, x30
	bl	smmu_report_events
	cbnz	x0, 1f
	say	"[SMMU] no event\n"
1:	ldr	x4, =ENTRY_PA
	ldr	x5, [x4]
	adr_l	x6, secret
	ldr	x6, [x6]
	say	"[EL2] stage-2 entry at PA %x: %x; the hypervisor's secret: %x\n", x4, x5, x6
	pop	x29, x30
	ret
endfunc report

// rom_hypercall: in x0 = vcpu, x1 = immediate; out x0 = verdict
func rom_hypercall
	cmp	x1, #HVC_YIELD
	b.ne	exit_unhandled
	mov	x0, #EXIT_YIELD
	ret
endfunc rom_hypercall

// ---- the guest, EL1 ----

	.macro	yield
	hvc	#HVC_YIELD
	.endm

func guest_attack
	bl	guest_start
	ldr	x4, =SRC_IPA
	ldr	x5, =FORGED
	str	x5, [x4]
	ldr	x0, =SRC_IPA
	ldr	x1, =DST_IPA
	bl	aim
	ldr	x4, =DST_IPA
	ldr	x5, [x4]
	say	"what came: %x\n", x5
	ldr	x0, =SRC_IPA
	ldr	x1, =ENTRY_PA
	bl	aim
	yield
	ldr	x0, =SRC_PA
	ldr	x1, =ENTRY_PA
	bl	aim
	yield
	ldr	x0, =SRC_PA
	ldr	x1, =ENTRY_PA
	bl	aim
	bl	use_window
	yield
	ldr	x0, =SRC_PA
	ldr	x1, =ENTRY_PA
	bl	aim
	yield
	ldr	x0, =SRC_IPA
	ldr	x1, =ENTRY_PA
	bl	aim
	yield
	b	guest_off
endfunc guest_attack

// aim: one doubleword by DMA. in x0 = from, x1 = to; clobbers x0-x18
func aim
	stp	x29, x30, [sp, #-32]!
	stp	x20, x21, [sp, #16]
	mov	x20, x0
	mov	x21, x1
	mov	w2, #8
	bl	dma_copy
	mov	x6, x0
	mov	x7, x1
	say	"DMA %x -> %x: STATUS=%x, FAULT_ADDR=%x\n", x20, x21, x6, x7
	ldp	x20, x21, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc aim

// use_window: the forged block shows all of RAM: the hypervisor's secret is where its image has it; clobbers x0-x18
func use_window
	stp	x29, x30, [sp, #-32]!
	str	x20, [sp, #16]
	adr_l	x20, secret
	ldr	x0, =WINDOW_IPA - RAM_BASE
	add	x20, x20, x0
	ldr	x5, [x20]
	say	"the hypervisor's memory at IPA %x: %x\n", x20, x5
	ldr	x5, =0xbad
	str	x5, [x20]
	dsb	sy
	ldr	x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc use_window
