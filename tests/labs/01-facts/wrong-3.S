// expect: ListRegs is one less than how many there are
	.include "lab.inc"
// One list register too few.
func read_facts
	mrs	x2, ich_vtr_el2
	and	x1, x2, #0x1f
	str	x1, [x0, #24]
	ret
endfunc read_facts
