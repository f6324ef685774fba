// mmio.S: a device that is not there: a load or store to an unmapped IPA, decoded from the syndrome and answered by
// EL2. Article: "VM Entry / Exit Assembly", `handle_data_abort`, of which it gives the name only (X8). The device is
// a PL011 as far as a guest that prints needs it: UARTDR collects a line, UARTFR is always ready.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

	.equ	UARTDR,			0x00
	.equ	UARTFR,			0x18
	.equ	UARTFR_TXFE_RXFE,	0x90
	.equ	LINE_MAX,		150

// mmio_emulate: one access to the guest's emulated UART.
//   in x0 = vcpu, x1 = IPA; out x0 = 1: done and stepped over, 0: no device there; clobbers x1-x18
func mmio_emulate
	stp	x29, x30, [sp, #-80]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	str	x25, [sp, #64]
	mov	x19, x0
	ldr	x20, [x0, #vcpu_vm]
	ldr	x21, [x0, #vcpu_esr]
	mov	x25, x1
	ldr	x2, [x20, #vm_uart_ipa]
	cbz	x2, 8f
	sub	x22, x1, x2			// offset in the device
	cmp	x22, #PAGE_SIZE
	b.hs	8f
	tbz	x21, #ISS_DABT_ISV_BIT, 8f	// no syndrome (LDP, writeback...): EL2 decodes no instructions here
	ubfx	x23, x21, #ISS_DABT_SRT_LSB, #5	// SRT: the register; 31 is XZR
	tbz	x21, #ISS_DABT_WNR_BIT, 2f

	mov	x24, #0				// a store: the value is in the saved register
	cmp	x23, #31
	b.eq	1f
	add	x0, x19, #vcpu_x
	ldr	x24, [x0, x23, lsl #3]
1:	bl	mmio_narrate
	cbnz	x22, 3f				// all but UARTDR: ignored
	mov	x0, x20
	mov	w1, w24
	bl	mmio_putc
	b	3f

2:	mov	x24, #0				// a load: the value goes into the saved register
	mov	x0, #UARTFR_TXFE_RXFE
	cmp	x22, #UARTFR
	csel	x24, x0, x24, eq
	bl	mmio_narrate
	cmp	x23, #31
	b.eq	3f
	add	x0, x19, #vcpu_x
	str	x24, [x0, x23, lsl #3]
3:	ldr	x0, [x19, #vcpu_pc]		// an abort returns to the instruction itself (X7)
	add	x0, x0, #4
	str	x0, [x19, #vcpu_pc]
	mov	x0, #1
	b	9f
8:	mov	x0, #0
9:	ldr	x25, [sp, #64]
	ldp	x23, x24, [sp, #48]
	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #80
	ret
endfunc mmio_emulate

// mmio_narrate: the syndrome in words, for the first accesses only (vm_mmio_trace).
//   in mmio_emulate's x20 = vm, x21 = ESR, x23 = SRT, x24 = value, x25 = IPA; clobbers x0-x18
func mmio_narrate
	ldr	x0, [x20, #vm_mmio_trace]
	cbnz	x0, 1f
	ret
1:	push	x29, x30
	sub	x0, x0, #1
	str	x0, [x20, #vm_mmio_trace]
	ubfx	x0, x21, #ISS_DABT_SAS_LSB, #2
	mov	x4, #8
	lsl	x4, x4, x0			// access size in bits
	string	x5, "load from"
	string	x6, "store to"
	tst	x21, #1 << ISS_DABT_WNR_BIT
	csel	x5, x6, x5, ne
	ldr	x6, [x20, #vm_name]
	say	"[EL2] %s: ESR_EL2=%x ISV=1: %d-bit %s IPA %x, register %d, value %x\n", x6, x21, x4, x5, x25, x23, x24
	pop	x29, x30
	ret
endfunc mmio_narrate

// mmio_putc: collect a line; print it whole behind the guest's name, so that guests never mix within a line.
//   in x0 = vm, w1 = character; clobbers x0-x18
func mmio_putc
	ldr	x2, [x0, #vm_line_length]
	add	x3, x0, #vm_line
	cmp	w1, #'\n'
	b.eq	1f
	cmp	x2, #LINE_MAX
	b.hs	1f
	strb	w1, [x3, x2]
	add	x2, x2, #1
	str	x2, [x0, #vm_line_length]
	ret
1:	push	x29, x30
	strb	wzr, [x3, x2]
	str	xzr, [x0, #vm_line_length]
	ldr	x4, [x0, #vm_name]
	say	"        %s: %s\n", x4, x3
	pop	x29, x30
	ret
endfunc mmio_putc
