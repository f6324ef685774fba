// expect: a permission fault is not a missing page
	.include "lab.inc"

func on_abort
	stp	x29, x30, [sp, #-16]!
	mrs	x0, esr_el2
	bl	new_page
	mov	x1, x0
	mrs	x0, hpfar_el2
	ubfx	x0, x0, #4, #40
	lsl	x0, x0, #12
	bl	map_page
	mov	x0, #0
	b	2f
1:	mov	x0, #1
2:	ldp	x29, x30, [sp], #16
	ret
endfunc on_abort
