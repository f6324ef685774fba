// expect: VMIDBits is 0 for 8 bits and 2 for 16.
	.include "lab.inc"
// VMIDBits taken for the number of bits.
func read_facts
	mrs	x2, id_aa64mmfr1_el1
	ubfx	x1, x2, #4, #4
	str	x1, [x0, #8]
	ret
endfunc read_facts
