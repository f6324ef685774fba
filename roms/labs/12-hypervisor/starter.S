// 12-hypervisor: the smallest hypervisor. `hypscope lab show 12-hypervisor` has the steps.
	.include "lab.inc"

	variable root, 4096, 4096		// level 1
	variable level2_low, 4096, 4096		// of IPA 0 to 1 GB
	variable level3_uart, 4096, 4096	// of the 2 MB around the UART
	variable level2_ram, 4096, 4096		// of IPA 2 to 3 GB

// hyp_main: EL2
func hyp_main
	mov	x29, x30
	// YOUR TURN: 1 vectors, 2 tables, 3 registers, 4 into the guest
	mov	x30, x29
	ret
endfunc hyp_main

// puts: in x0 = text, x1 = the UART's address; uses x2
func puts
1:	ldrb	w2, [x0], #1
	cbz	w2, 2f
	str	w2, [x1]
	b	1b
2:	ret
endfunc puts

	.section .guest, "ax"
	.global	guest_start
guest_start:
	// YOUR TURN: print, HVC #42, HVC #0 (a guest cannot call puts: that is not in its memory)
	b	.
