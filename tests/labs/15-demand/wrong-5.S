// expect: on_abort must return 1
	.include "lab.inc"

func on_abort
	stp	x29, x30, [sp, #-16]!
	mrs	x0, esr_el2
	ubfx	x0, x0, #2, #4			// the kind of fault, without its level
	cmp	x0, #1
	b.ne	1f
	bl	new_page
	mov	x1, x0
	mrs	x0, hpfar_el2
	ubfx	x0, x0, #4, #40
	lsl	x0, x0, #12
	bl	map_page
	mov	x0, #0
	b	2f
1:	mrs	x0, elr_el2
	add	x0, x0, #4
	msr	elr_el2, x0
	mov	x0, #0
2:	ldp	x29, x30, [sp], #16
	ret
endfunc on_abort
