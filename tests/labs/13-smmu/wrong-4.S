// expect: The device does not reach the guest's memory
	.include "lab.inc"

func make_ste
	lsr	x3, x1, #48			// S2VMID
	ubfx	x4, x2, #0, #19
	orr	x3, x3, x4, lsl #32
	orr	x3, x3, #1 << 51		// S2AA64
	orr	x3, x3, #1 << 58		// S2R
	str	x3, [x0, #16]
	and	x4, x1, #0x0000fffffffffff0
	mov	x3, #1 << 44			// SHCFG
	str	x3, [x0, #8]
	dsb	sy
	mov	x3, #1 | 0b110 << 1
	str	x3, [x0]
	ret
endfunc make_ste
