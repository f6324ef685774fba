// The frame of 06-map: two pages and the UART, mapped by map_page beside the guest's own RAM.
	.include "lab.inc"
	.include "start.inc"
	.equ	IPA,	0
	.equ	PA,	1

func frame_main
	bl	map_guest
	adr_l	x0, guest_root
	param	x1, IPA
	param	x2, PA
	mov	x3, #0
	bl	map_page
	adr_l	x0, guest_root
	param	x1, IPA
	param	x2, PA
	add	x1, x1, #PAGE_SIZE
	add	x2, x2, #8 * PAGE_SIZE
	mov	x3, #0
	bl	map_page
	adr_l	x0, guest_root
	ldr	x1, =UART_BASE
	mov	x2, x1
	mov	x3, #1
	bl	map_page
	dsb	ish
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM
	msr	hcr_el2, x0
	isb
	.global	pages_are_mapped
pages_are_mapped:
	ldr	x0, =guest_start
	mov	x1, #PSTATE_EL1H
	param	x2, IPA
	bl	run_guest
	b	lab_off
endfunc frame_main

// new_table: out x0 = 4 KB of zeroes; uses x0 to x2
	variable table_pool, 16 * 4096, 4096
	variable tables_made, 8
func new_table
	adr_l	x1, tables_made
	ldr	x2, [x1]
	add	x0, x2, #1
	and	x0, x0, #15
	str	x0, [x1]
	adr_l	x0, table_pool
	add	x0, x0, x2, lsl #12
	ret
endfunc new_table

	.section .guest, "ax"
	.global	guest_start
guest_start:
	mov	x1, #0x55
	str	x1, [x0]
	mov	x1, #0x66
	add	x0, x0, #PAGE_SIZE
	str	x1, [x0]
	hvc	#0
	b	.
