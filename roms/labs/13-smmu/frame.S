// The frame of 13-smmu: the SMMU with queues and a linear stream table; a VM's tables; two copies of the DMA engine.
	.include "lab.inc"
	.include "start.inc"
	.equ	VMID,	0
	.equ	SMMU,	0x09050000
	.equ	DMA,	0x0b000000
	.equ	STREAM,	0x100
	.equ	CR0_ALL, 0xd			// SMMUEN, EVENTQEN, CMDQEN
	variable streams, 0x8000, 0x8000	// 512 entries of 64 bytes
	variable commands, 256, 256		// 16 of 16 bytes
	variable events, 512, 512		// 16 of 32 bytes
	variable first_status, 8
	variable second_status, 8

func frame_main
	bl	map_guest
	mrs	x0, vttbr_el2			// with the VMID of this run
	and	x0, x0, #0x0000ffffffffffff
	param	x1, VMID
	orr	x0, x0, x1, lsl #48
	msr	vttbr_el2, x0
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM
	msr	hcr_el2, x0
	isb
	ldr	x0, =GUEST_PA + 0x1000
	ldr	x1, =0x1122334455667788
	str	x1, [x0]
	bl	smmu_on
	adr_l	x0, streams + STREAM * 64
	mrs	x1, vttbr_el2
	mrs	x2, vtcr_el2
	bl	make_ste
	dsb	sy
	ldr	x0, =3 | STREAM << 32		// CMD_CFGI_STE
	mov	x1, #1				// leaf
	bl	command
	mov	x0, #0x30			// CMD_TLBI_NSNH_ALL
	mov	x1, #0
	bl	command
	mov	x0, #0x46			// CMD_SYNC
	mov	x1, #0
	bl	command
	.global	ste_is_there
ste_is_there:
	ldr	x0, =GUEST_IPA + 0x1000
	ldr	x1, =GUEST_IPA + 0x2000
	bl	copy
	adr_l	x1, first_status
	str	x0, [x1]
	ldr	x0, =GUEST_IPA + 0x1000
	ldr	x1, =FREE_PA			// the guest has nothing there
	bl	copy
	adr_l	x1, second_status
	str	x0, [x1]
	b	lab_off
endfunc frame_main

// smmu_on: uses x0 to x5
func smmu_on
	ldr	x0, =SMMU
	adr_l	x1, streams
	str	x1, [x0, #0x80]			// STRTAB_BASE
	mov	w1, #9				// STRTAB_BASE_CFG: linear, 512 entries
	str	w1, [x0, #0x88]
	adr_l	x1, commands
	orr	x1, x1, #4
	str	x1, [x0, #0x90]			// CMDQ_BASE
	adr_l	x1, events
	orr	x1, x1, #4
	str	x1, [x0, #0xa0]			// EVENTQ_BASE
	mov	w1, #CR0_ALL
	str	w1, [x0, #0x20]			// CR0
1:	ldr	w2, [x0, #0x24]			// CR0ACK
	cmp	w1, w2
	b.ne	1b
	ret
endfunc smmu_on

// command: in x0, x1; uses x2 to x5
func command
	ldr	x2, =SMMU
	ldr	w3, [x2, #0x98]			// CMDQ_PROD
	and	w4, w3, #15
	adr_l	x5, commands
	add	x5, x5, x4, lsl #4
	stp	x0, x1, [x5]
	dsb	sy
	add	w3, w3, #1
	and	w3, w3, #31
	str	w3, [x2, #0x98]
1:	ldr	w4, [x2, #0x9c]			// CMDQ_CONS
	and	w4, w4, #31
	cmp	w4, w3
	b.ne	1b
	ret
endfunc command

// copy: 8 bytes by the DMA engine; in x0 = from, x1 = to; out x0 = STATUS; uses x2
func copy
	ldr	x2, =DMA
	str	x0, [x2, #0x10]
	str	x1, [x2, #0x18]
	mov	w0, #8
	str	w0, [x2, #0x20]
	dsb	sy
	mov	w0, #1
	str	w0, [x2, #0x04]
1:	ldr	w0, [x2, #0x08]
	tbnz	w0, #0, 1b
	mov	w1, #6
	str	w1, [x2, #0x08]
	ret
endfunc copy

	.section .guest, "ax"
	.global	guest_start
guest_start:
	b	.
