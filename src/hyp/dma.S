// dma.S: the board's DMA engine, a copy machine behind the SMMU. EL2 looks whether it is there; a guest drives it.
// Article: "SMMU Stage-2 for DMA Isolation", l.340: "a guest could program a DMA-capable device to read/write any
// physical address".
	.include "constants.inc"
	.include "macros.inc"

	.equ	DMA_ID,			0x00
	.equ	DMA_ID_VALUE,		0x31414d44	// "DMA1"
	.equ	DMA_CTRL,		0x04
	.equ	DMA_CTRL_START,		1 << 0
	.equ	DMA_STATUS,		0x08
	.equ	DMA_STATUS_BUSY_BIT,	0
	.equ	DMA_STATUS_CLEAR,	0b110		// done, error: write one to clear
	.equ	DMA_SRC,		0x10
	.equ	DMA_DST,		0x18
	.equ	DMA_LEN,		0x20
	.equ	DMA_FAULT_ADDR,		0x28
	.equ	DMA_STREAM,		0x30

// dma_present: out x0 = 1: the board has it; clobbers x1-x3
func dma_present
	push	x29, x30
	ldr	x0, =DMA_BASE + DMA_ID
	bl	probe_read32
	ldr	x1, =DMA_ID_VALUE
	cmp	x0, x1
	cset	x0, eq
	pop	x29, x30
	ret
endfunc dma_present

// dma_stream: out w0 = its stream ID; clobbers x1
func dma_stream
	ldr	x1, =DMA_BASE
	ldr	w0, [x1, #DMA_STREAM]
	ret
endfunc dma_stream

// dma_copy: EL1: copy and wait.
//   in x0 = source, x1 = destination, w2 = bytes, addresses as the device sees them
//   out x0 = STATUS, x1 = FAULT_ADDR; clobbers x3
func dma_copy
	ldr	x3, =DMA_BASE
	str	x0, [x3, #DMA_SRC]
	str	x1, [x3, #DMA_DST]
	str	w2, [x3, #DMA_LEN]
	dsb	sy				// the data before the start
	mov	w0, #DMA_CTRL_START
	str	w0, [x3, #DMA_CTRL]
1:	ldr	w0, [x3, #DMA_STATUS]
	tbnz	w0, #DMA_STATUS_BUSY_BIT, 1b
	dsb	sy
	ldr	x1, [x3, #DMA_FAULT_ADDR]
	mov	w2, #DMA_STATUS_CLEAR
	str	w2, [x3, #DMA_STATUS]
	ret
endfunc dma_copy
