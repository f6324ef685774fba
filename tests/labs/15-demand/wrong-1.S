// expect: FAR_EL2 is a virtual address of the guest
	.include "lab.inc"

func on_abort
	stp	x29, x30, [sp, #-16]!
	mrs	x0, esr_el2
	ubfx	x0, x0, #2, #4			// the kind of fault, without its level
	cmp	x0, #1
	b.ne	1f
	bl	new_page
	mov	x1, x0
	mrs	x0, far_el2
	bl	map_page
	mov	x0, #0
	b	2f
1:	mov	x0, #1
2:	ldp	x29, x30, [sp], #16
	ret
endfunc on_abort
