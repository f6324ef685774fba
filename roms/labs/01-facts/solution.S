// 01-facts, the reference solution.
	.include "lab.inc"

func read_facts
	adr	x2, pa_bits
	mrs	x1, id_aa64mmfr0_el1
	and	x1, x1, #0xf
	ldrb	w1, [x2, x1]
	str	x1, [x0]
	mrs	x2, id_aa64mmfr1_el1
	ubfx	x1, x2, #4, #4			// VMIDBits: 0 or 2
	lsl	x1, x1, #2
	add	x1, x1, #8
	str	x1, [x0, #8]
	tst	x2, #0xf00			// VH
	cset	x1, ne
	str	x1, [x0, #16]
	mrs	x2, ich_vtr_el2
	and	x1, x2, #0x1f
	add	x1, x1, #1
	str	x1, [x0, #24]
	ubfx	x1, x2, #29, #3
	add	x1, x1, #1
	str	x1, [x0, #32]
	ret
pa_bits:
	.byte	32, 36, 40, 42, 44, 48, 52, 0
endfunc read_facts
