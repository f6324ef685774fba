// smmu.S: SMMUv3: a device of the guest sees the guest's memory, by the guest's own stage-2 tables, and nothing else.
// Article: "SMMU Stage-2 for DMA Isolation", which has no code. M1: STE.Config = 0b110 with S2TTB and S2VMID of the
// VM is what the architecture allows and the article says; Linux builds tables of its own.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

// Registers (IHI 0070, 6.3)
	.equ	SMMU_IDR0,		0x00
	.equ	SMMU_IDR0_S2P,		1 << 0
	.equ	SMMU_CR0,		0x20
	.equ	SMMU_CR0ACK,		0x24
	.equ	SMMU_CR0_SMMUEN,	1 << 0
	.equ	SMMU_CR0_EVENTQEN,	1 << 2
	.equ	SMMU_CR0_CMDQEN,	1 << 3
	.equ	SMMU_CR1,		0x28
	.equ	SMMU_STRTAB_BASE,	0x80
	.equ	SMMU_STRTAB_BASE_CFG,	0x88
	.equ	SMMU_CMDQ_BASE,		0x90
	.equ	SMMU_CMDQ_PROD,		0x98
	.equ	SMMU_CMDQ_CONS,		0x9c
	.equ	SMMU_EVENTQ_BASE,	0xa0
	.equ	SMMU_PAGE1,		SMMU_BASE + 0x10000
	.equ	SMMU_EVENTQ_PROD,	0xa8		// in page 1
	.equ	SMMU_EVENTQ_CONS,	0xac

// Stream table entry (5.2), in doublewords
	.equ	STE_SIZE_LOG2,		6
	.equ	STE_0_V,		1 << 0
	.equ	STE_0_CONFIG_S2,	0b110 << 1	// stage 1 bypass, stage 2 translate
	.equ	STE_1_SHCFG_INCOMING,	1 << 44
	.equ	STE_2_S2VTCR_LSB,	32		// [50:32] = VTCR_EL2[18:0]
	.equ	STE_2_S2VTCR_WIDTH,	19
	.equ	STE_2_S2AA64,		1 << 51
	.equ	STE_2_S2PTW,		1 << 54
	.equ	STE_2_S2R,		1 << 58		// record faults

// Commands (4.1)
	.equ	CMD_CFGI_STE,		0x03
	.equ	CMD_CFGI_ALL,		0x04
	.equ	CMD_CFGI_ALL_RANGE,	31
	.equ	CMD_TLBI_S12_VMALL,	0x28
	.equ	CMD_TLBI_NSNH_ALL,	0x30
	.equ	CMD_SYNC,		0x46

// Event record (7.3), in doublewords
	.equ	EVENT_SIZE_LOG2,	5
	.equ	EVENT_F_TRANSLATION,	0x10
	.equ	EVENT_1_RNW_BIT,	35
	.equ	EVENT_1_S2_BIT,		39

	.equ	STREAMS_LOG2,		9		// linear table for stream IDs 0-511
	.equ	QUEUE_LOG2,		4		// 16 entries
	.equ	QUEUE_WRAP_MASK,	(2 << QUEUE_LOG2) - 1	// index and wrap bit

	bss	stream_table, 1 << (STREAMS_LOG2 + STE_SIZE_LOG2), 1 << (STREAMS_LOG2 + STE_SIZE_LOG2)
	bss	command_queue, 16 << QUEUE_LOG2, 16 << QUEUE_LOG2
	bss	event_queue, 32 << QUEUE_LOG2, 32 << QUEUE_LOG2

// smmu_has_stage2: out x0 = 1: this SMMU translates stage 2 (that of QEMU 7.2 does not, M2); clobbers x1
func smmu_has_stage2
	ldr	x1, =SMMU_BASE
	ldr	w0, [x1, #SMMU_IDR0]
	and	x0, x0, #SMMU_IDR0_S2P
	ret
endfunc smmu_has_stage2

// smmu_set_cr0: in w0 = CR0; returns when CR0ACK says so; clobbers x1, x2
func smmu_set_cr0
	ldr	x1, =SMMU_BASE
	str	w0, [x1, #SMMU_CR0]
1:	ldr	w2, [x1, #SMMU_CR0ACK]
	cmp	w2, w0
	b.ne	1b
	ret
endfunc smmu_set_cr0

// smmu_init: queues, an empty stream table (every stream aborts: STE.V = 0), translation on. CR1 = 0: what the SMMU
// reads was written by EL2 with its caches off.
//   clobbers x0-x3
func smmu_init
	push	x29, x30
	mov	w0, #0
	bl	smmu_set_cr0
	ldr	x1, =SMMU_BASE
	str	wzr, [x1, #SMMU_CR1]
	adr_l	x0, stream_table
	str	x0, [x1, #SMMU_STRTAB_BASE]
	mov	w0, #STREAMS_LOG2
	str	w0, [x1, #SMMU_STRTAB_BASE_CFG]
	adr_l	x0, command_queue
	orr	x0, x0, #QUEUE_LOG2
	str	x0, [x1, #SMMU_CMDQ_BASE]
	str	wzr, [x1, #SMMU_CMDQ_PROD]
	str	wzr, [x1, #SMMU_CMDQ_CONS]
	adr_l	x0, event_queue
	orr	x0, x0, #QUEUE_LOG2
	str	x0, [x1, #SMMU_EVENTQ_BASE]
	ldr	x1, =SMMU_PAGE1
	str	wzr, [x1, #SMMU_EVENTQ_PROD]
	str	wzr, [x1, #SMMU_EVENTQ_CONS]
	mov	w0, #SMMU_CR0_CMDQEN
	bl	smmu_set_cr0
	mov	x0, #CMD_CFGI_ALL
	mov	x1, #CMD_CFGI_ALL_RANGE
	bl	smmu_command
	mov	x0, #CMD_TLBI_NSNH_ALL
	mov	x1, #0
	bl	smmu_command
	bl	smmu_sync
	mov	w0, #SMMU_CR0_CMDQEN | SMMU_CR0_EVENTQEN | SMMU_CR0_SMMUEN
	bl	smmu_set_cr0
	pop	x29, x30
	ret
endfunc smmu_init

// smmu_command: put one command into the queue and wait until it was consumed.
//   in x0, x1 = the command; clobbers x2-x5
func smmu_command
	ldr	x2, =SMMU_BASE
	ldr	w3, [x2, #SMMU_CMDQ_PROD]
	and	w4, w3, #(1 << QUEUE_LOG2) - 1
	adr_l	x5, command_queue
	add	x5, x5, x4, lsl #4
	stp	x0, x1, [x5]
	dsb	sy				// the command before the index that hands it over
	add	w3, w3, #1
	and	w3, w3, #QUEUE_WRAP_MASK
	str	w3, [x2, #SMMU_CMDQ_PROD]
1:	ldr	w4, [x2, #SMMU_CMDQ_CONS]
	and	w4, w4, #QUEUE_WRAP_MASK
	cmp	w4, w3
	b.ne	1b
	ret
endfunc smmu_command

// smmu_sync: all commands before have taken effect; clobbers x0-x5
func smmu_sync
	mov	x0, #CMD_SYNC
	mov	x1, #0
	b	smmu_command
endfunc smmu_sync

// smmu_attach: give a stream the stage 2 of a VM.
//   in x0 = stream ID, x1 = vm; clobbers x0-x7
func smmu_attach
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	mov	x19, x0
	mov	x20, x1
	adr_l	x2, stream_table
	add	x2, x2, x0, lsl #STE_SIZE_LOG2
	ldr	x3, [x1, #vm_vtcr]
	ubfx	x3, x3, #0, #STE_2_S2VTCR_WIDTH
	ldr	x4, [x1, #vm_vmid]
	orr	x3, x4, x3, lsl #STE_2_S2VTCR_LSB
	ldr	x4, =STE_2_S2AA64 | STE_2_S2PTW | STE_2_S2R
	orr	x3, x3, x4
	ldr	x4, [x1, #vm_vttbr]
	ubfx	x4, x4, #0, #48			// S2TTB: the very tables of VTTBR_EL2
	stp	x3, x4, [x2, #16]
	ldr	x3, =STE_1_SHCFG_INCOMING
	str	x3, [x2, #8]
	dsb	sy
	mov	x3, #STE_0_V | STE_0_CONFIG_S2
	str	x3, [x2]			// valid as the last
	dsb	sy
	mov	x0, #CMD_CFGI_STE
	orr	x0, x0, x19, lsl #32
	mov	x1, #1				// leaf
	bl	smmu_command
	mov	x0, #CMD_TLBI_S12_VMALL
	ldr	x1, [x20, #vm_vmid]
	orr	x0, x0, x1, lsl #32
	mov	x1, #0
	bl	smmu_command
	bl	smmu_sync
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc smmu_attach

// smmu_report_events: print and consume the event queue.
//   out x0 = how many; clobbers x1-x18
func smmu_report_events
	stp	x29, x30, [sp, #-48]!
	stp	x19, x20, [sp, #16]
	str	x21, [sp, #32]
	ldr	x19, =SMMU_PAGE1
	mov	x21, #0
1:	ldr	w0, [x19, #SMMU_EVENTQ_PROD]
	ldr	w20, [x19, #SMMU_EVENTQ_CONS]
	and	w0, w0, #QUEUE_WRAP_MASK
	and	w20, w20, #QUEUE_WRAP_MASK
	cmp	w0, w20
	b.eq	2f
	adr_l	x1, event_queue
	and	w2, w20, #(1 << QUEUE_LOG2) - 1
	add	x1, x1, x2, lsl #EVENT_SIZE_LOG2
	ldp	x4, x5, [x1]
	ldp	x6, x7, [x1, #16]
	and	x8, x4, #0xff
	lsr	x9, x4, #32
	ubfx	x10, x5, #EVENT_1_S2_BIT, #1
	string	x11, "write"
	string	x12, "read"
	tst	x5, #1 << EVENT_1_RNW_BIT
	csel	x11, x12, x11, ne
	string	x13, "F_TRANSLATION"
	string	x14, "another event"
	cmp	x8, #EVENT_F_TRANSLATION
	csel	x13, x13, x14, eq
	and	x7, x7, #0xfffffffffffff000
	say	"[SMMU] event %x (%s): stream %x, S2=%d, %s of %x, IPA page %x\n", x8, x13, x9, x10, x11, x6, x7
	add	w20, w20, #1
	and	w20, w20, #QUEUE_WRAP_MASK
	str	w20, [x19, #SMMU_EVENTQ_CONS]
	add	x21, x21, #1
	b	1b
2:	mov	x0, x21
	ldr	x21, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
endfunc smmu_report_events

// smmu_set_config: doubleword 0 of a stream's STE, in memory alone: the SMMU goes by what it has cached until it is
// told (3.21.3.1: an STE may be cached from its first use to the next CMD_CFGI_STE).
//   in x0 = stream ID, x1 = doubleword; clobbers x2
func smmu_set_config
	adr_l	x2, stream_table
	add	x2, x2, x0, lsl #STE_SIZE_LOG2
	str	x1, [x2]
	dsb	sy
	ret
endfunc smmu_set_config

// smmu_forget_ste: now it is told.
//   in x0 = stream ID; clobbers x0-x5
func smmu_forget_ste
	push	x29, x30
	mov	x1, x0
	mov	x0, #CMD_CFGI_STE
	orr	x0, x0, x1, lsl #32
	mov	x1, #1				// leaf
	bl	smmu_command
	bl	smmu_sync
	pop	x29, x30
	ret
endfunc smmu_forget_ste
