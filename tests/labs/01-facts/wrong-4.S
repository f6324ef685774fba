// expect: a Cortex-A72, which is Armv8.0, does not have it
	.include "lab.inc"
// Everybody has VHE.
func read_facts
	mov	x1, #1
	str	x1, [x0, #16]
	ret
endfunc read_facts
