// expect: and its last bytes
	.include "lab.inc"
// The address of one run written into the program.
func make_block
	ldr	x0, =0x400007fd
	ret
endfunc make_block
