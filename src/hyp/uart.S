// uart.S: PL011 output: characters, and print(), a formatted print for assembly. EL3, EL2 and the guests use the same
// code.
	.include "constants.inc"
	.include "macros.inc"

	.equ	UARTDR,		0x00
	.equ	UARTFR,		0x18
	.equ	UARTFR_TXFF_BIT, 5
	.equ	UARTIBRD,	0x24
	.equ	UARTFBRD,	0x28
	.equ	UARTLCR_H,	0x2c
	.equ	UARTCR,		0x30

// uart_init: 115200 8N1 from a 24 MHz clock, FIFOs on, transmitter and receiver on.
//   clobbers x0, x1
func uart_init
	ldr	x0, =UART_BASE
	str	wzr, [x0, #UARTCR]
	mov	w1, #13
	str	w1, [x0, #UARTIBRD]
	mov	w1, #1
	str	w1, [x0, #UARTFBRD]
	mov	w1, #0x70			// FEN, WLEN=8
	str	w1, [x0, #UARTLCR_H]
	mov	w1, #0x301			// RXE, TXE, UARTEN
	str	w1, [x0, #UARTCR]
	ret
endfunc uart_init

// putc: one character, when the FIFO has room.
//   in w0 = character; clobbers x16, x17
func putc
	ldr	x16, =UART_BASE
1:	ldr	w17, [x16, #UARTFR]
	tbnz	w17, #UARTFR_TXFF_BIT, 1b
	str	w0, [x16, #UARTDR]
	ret
endfunc putc

// puts: a string up to its zero byte.
//   in x0 = string; clobbers x0, x1, x16, x17
func puts
	push	x29, x30
	mov	x1, x0
1:	ldrb	w0, [x1], #1
	cbz	w0, 2f
	bl	putc
	b	1b
2:	pop	x29, x30
	ret
endfunc puts

// put_hex: 0x and the digits without leading zeros.
//   in x0 = value; clobbers x0-x3, x16, x17
func put_hex
	push	x29, x30
	mov	x1, x0
	mov	w0, #'0'
	bl	putc
	mov	w0, #'x'
	bl	putc
	orr	x2, x1, #1			// zero has one digit too
	clz	x2, x2
	mov	w3, #60
	and	x2, x2, #0x3c			// leading zero bits, in whole digits
	sub	w3, w3, w2			// shift of the first digit
1:	lsr	x0, x1, x3
	and	w0, w0, #0xf
	add	w2, w0, #'0'
	add	w0, w0, #'a' - 10
	cmp	w2, #'9'
	csel	w0, w2, w0, ls
	bl	putc
	subs	w3, w3, #4
	b.pl	1b
	pop	x29, x30
	ret
endfunc put_hex

// put_dec: an unsigned decimal number.
//   in x0 = value; clobbers x0-x3, x16, x17
func put_dec
	stp	x29, x30, [sp, #-48]!
	add	x1, sp, #47			// digits are made from the last backwards
	strb	wzr, [x1]
	mov	x2, #10
1:	udiv	x3, x0, x2
	msub	x16, x3, x2, x0
	add	w16, w16, #'0'
	strb	w16, [x1, #-1]!
	mov	x0, x3
	cbnz	x0, 1b
	mov	x0, x1
	bl	puts
	ldp	x29, x30, [sp], #48
	ret
endfunc put_dec

// print: formatted text: %x hexadecimal with 0x, %d unsigned decimal, %s string, %c character; %% is not needed here.
//   in x0 = format, x1 = the arguments, 64 bits each; clobbers x0-x3, x16, x17
func print
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	mov	x19, x0
	mov	x20, x1
.Lnext:	ldrb	w0, [x19], #1
	cbz	w0, .Ldone
	cmp	w0, #'%'
	b.eq	.Largument
	bl	putc
	b	.Lnext
.Largument:
	ldrb	w1, [x19], #1
	ldr	x0, [x20], #8
	adr	x30, .Lnext			// each of these returns to the next character
	cmp	w1, #'x'
	b.eq	put_hex
	cmp	w1, #'d'
	b.eq	put_dec
	cmp	w1, #'s'
	b.eq	puts
	b	putc
.Ldone:	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc print
