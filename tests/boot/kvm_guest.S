/*
 * The guests of kvm_guest.c, at EL1 with the MMU off. `report` (0x9000000) is no memory: each access there is an exit
 * to user space. Every guest ends by PSCI SYSTEM_OFF.
 */
#define REPORT_TEXT 0x00
#define REPORT_ECHO 0x04
#define REPORT_VALUE 0x08
#define REPORT_IRQ 0x0c
#define ICC_IAR1_EL1 S3_0_C12_C12_0
#define ICC_EOIR1_EL1 S3_0_C12_C12_1
#define ICC_SRE_EL1 S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICC_PMR_EL1 S3_0_C4_C6_0
#define TIMER_INTID 27

	.section .rodata
	.balign 2048
	.globl guest_code, guest_code_end
	.globl guest_hello, guest_exits, guest_memory, guest_vectors, guest_timer

/* The vectors of guest_timer; the code of all guests comes after them. */
guest_code:
	.org guest_code + 0x280
	mrs x9, ICC_IAR1_EL1
	bl set_timer
	str w9, [x19, #REPORT_IRQ]
	msr ICC_EOIR1_EL1, x9
	add x20, x20, #1
	eret
	.org guest_code + 0x800

set_timer:
	mov x8, #0x80000			/* 8.4 ms */
	msr cntv_tval_el0, x8
	isb
	ret

off:	ldr w0, =0x84000008
	hvc #0
	b .

/* Text, byte by byte; a value read from the device and given back; the EL; the PSCI version. */
guest_hello:
	mov x19, #0x9000000
	adr x1, 9f
1:	ldrb w0, [x1], #1
	cbz w0, 2f
	strb w0, [x19, #REPORT_TEXT]
	b 1b
2:	ldrh w0, [x19, #REPORT_ECHO]
	add w0, w0, #1
	str w0, [x19, #REPORT_VALUE]
	mrs x0, CurrentEL
	str w0, [x19, #REPORT_VALUE]
	mov w0, #0x84000000
	hvc #0
	str w0, [x19, #REPORT_VALUE]
	b off
9:	.asciz "a guest speaks\n"
	.balign 4

/* x0 exits, counted down. */
guest_exits:
	mov x19, #0x9000000
1:	str w0, [x19, #REPORT_VALUE]
	subs x0, x0, #1
	b.ne 1b
	b off

/* A word into each of x0 pages from 0x40100000, and the sum of what is read back. */
guest_memory:
	mov x19, #0x9000000
	mov x1, #0x40100000
	mov x2, x0
	mov x4, #0
1:	str x2, [x1]
	add x1, x1, #4096
	subs x2, x2, #1
	b.ne 1b
2:	sub x1, x1, #4096
	ldr x3, [x1]
	add x4, x4, x3
	subs x0, x0, #1
	b.ne 2b
	str w4, [x19, #REPORT_VALUE]
	b off

/* Vector registers live through exits, in which user space uses its own. */
guest_vectors:
	mov x19, #0x9000000
	mov x1, #3 << 20
	msr cpacr_el1, x1
	isb
	fmov d0, #1.0
	fmov d1, #1.0
	movi v31.16b, #0x5a
1:	fadd d0, d0, d1
	str w0, [x19, #REPORT_TEXT]
	subs x0, x0, #1
	b.ne 1b
	fcvtzu x1, d0
	str w1, [x19, #REPORT_VALUE]
	umov w1, v31.b[15]
	str w1, [x19, #REPORT_VALUE]
	b off

/* x0 interrupts of the virtual timer by the in-kernel GICv3, waited for by WFI. */
guest_timer:
	mov x19, #0x9000000
	mov x20, #0
	mov x21, x0
	adr x0, guest_code
	msr vbar_el1, x0
	isb
	mov x10, #0x8000000			/* GICD_CTLR: affinity routing, Group 1 */
	mov w0, #0x12
	str w0, [x10]
	ldr x11, =0x80a0000			/* GICR_WAKER; then the SGI frame: IGROUPR0, IPRIORITYR6, ISENABLER0 */
	str wzr, [x11, #0x14]
	add x11, x11, #0x10000
	mov w0, #-1
	str w0, [x11, #0x80]
	mov w0, #0x80808080
	str w0, [x11, #0x418]
	mov w0, #1 << TIMER_INTID
	str w0, [x11, #0x100]
	mov x0, #7
	msr ICC_SRE_EL1, x0
	isb
	mov x0, #0xff
	msr ICC_PMR_EL1, x0
	mov x0, #1
	msr ICC_IGRPEN1_EL1, x0
	isb
	bl set_timer
	mov x0, #1
	msr cntv_ctl_el0, x0
	msr daifclr, #2
1:	wfi
	cmp x20, x21
	b.lo 1b
	msr daifset, #2
	msr cntv_ctl_el0, xzr
	str w20, [x19, #REPORT_VALUE]
	b off
	.ltorg
guest_code_end:
	.section .note.GNU-stack, "", %progbits
