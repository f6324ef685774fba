// errata-v7: V6, V7, V8. Article: "Virtualization Architecture Overview", l.115; "VMID, ASID & TLB Tagging", l.159-180.
	.include "errata/experiment.inc"
	.equ	IPA, 0x80000000
	.equ	OTHER_TABLES, S2_POOL_A + 0x10000
	experiment "V7, V8", "l.115, l.159-180", "VMIDs are said to keep VMs apart; tables do that, a VMID keeps TLB entries apart"
	run	"two sets of tables, one VMID, no TLBI: the TLB may answer from the old ones, and does here"
	with	guest_reads_twice, prepare=prepare_tables, execute=execute_switch, a=IPA, b=7
	run	"two VMIDs: nothing to invalidate"
	with	guest_reads_twice, prepare=prepare_tables, execute=execute_switch, a=IPA, b=8
	run	"one VMID, but TLBI VMALLS12E1 between"
	with	guest_reads_twice, prepare=prepare_tables, execute=execute_switch_tlbi, a=IPA, b=7
	experiment_end

	bss	other_vm, vm_size, 16

// prepare_tables: IPA is a page with 0x11111111 by the guest's tables, and one with 0x22222222 by others, of VMID
// run_b.
func prepare_tables
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	mov	x19, x1
	adr_l	x20, other_vm
	ldr	x4, =OTHER_TABLES
	add	x5, x4, #PAGE_SIZE
	str	x5, [x20, #vm_pool]
	ldr	x5, [x2, #run_b]
	orr	x5, x4, x5, lsl #VTTBR_EL2_VMID_LSB
	str	x5, [x20, #vm_vttbr]
	ldr	x5, [x1, #vm_vttbr]
	ubfx	x5, x5, #0, #48
	ldp	x6, x7, [x5]
	stp	x6, x7, [x4]			// RAM and UART alike
	stp	xzr, xzr, [x4, #16]
	ldr	x5, =DEMAND_PA
	ldr	w6, =0x11111111
	str	x6, [x5]
	ldr	w6, =0x22222222
	str	x6, [x5, #PAGE_SIZE]
	mov	x0, x19
	ldr	x1, =IPA
	ldr	x2, =DEMAND_PA
	mov	x3, #PAGE_SIZE
	mov	x4, #S2_NORMAL
	bl	s2_map
	mov	x0, x20
	ldr	x1, =IPA
	ldr	x2, =DEMAND_PA + PAGE_SIZE
	mov	x3, #PAGE_SIZE
	mov	x4, #S2_NORMAL
	bl	s2_map
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc prepare_tables

// switch_tables: VTTBR_EL2 of the other tables; clobbers x1
	.macro	switch_tables
	adr_l	x1, other_vm
	ldr	x1, [x1, #vm_vttbr]
	msr	vttbr_el2, x1
	isb
	.endm

// execute_switch: in x0 = vcpu: up to the guest's first yield, then on with the other tables.
func execute_switch
	stp	x29, x30, [sp, #-32]!
	str	x0, [sp, #16]
	bl	vm_execute
	switch_tables
	ldr	x0, [sp, #16]
	ldp	x29, x30, [sp], #32
	b	vm_execute
endfunc execute_switch
func execute_switch_tlbi
	stp	x29, x30, [sp, #-32]!
	str	x0, [sp, #16]
	bl	vm_execute
	switch_tables
	tlbi	vmalls12e1
	dsb	nsh
	isb
	ldr	x0, [sp, #16]
	ldp	x29, x30, [sp], #32
	b	vm_execute
endfunc execute_switch_tlbi

// guest_reads_twice: in x2 = address
func guest_reads_twice
	bl	guest_start
	mov	x4, x2
	ldr	x5, [x4]
	hvc	#HVC_YIELD
	ldr	x6, [x4]
	say	"guest: %x read %x, and after the switch of tables %x\n", x4, x5, x6
	b	guest_stop
endfunc guest_reads_twice
