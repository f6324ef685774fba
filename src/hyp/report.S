// report.S: exceptions in words: class, fault status, and the addresses that are valid for it.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

	.macro	name_row number, name
	.quad	\number
	string_ptr "\name"
	.endm
	.section .rodata.ec_names, "a"
	.balign	8
ec_names:
	name_row EC_UNKNOWN,		"unknown reason"
	name_row EC_WFX,		"WFI or WFE"
	name_row EC_FP,			"FP or SIMD"
	name_row EC_PAC,		"pointer authentication"
	name_row EC_BTI,		"branch target"
	name_row EC_ILLEGAL,		"illegal execution state"
	name_row EC_SVC64,		"SVC"
	name_row EC_HVC64,		"HVC"
	name_row EC_SMC64,		"SMC"
	name_row EC_SYSREG,		"MSR, MRS or system instruction"
	name_row EC_SVE,		"SVE"
	name_row EC_ERET,		"ERET"
	name_row EC_IABORT_LOWER,	"instruction abort from a lower EL"
	name_row EC_IABORT_SAME,	"instruction abort"
	name_row EC_PC_ALIGN,		"PC alignment"
	name_row EC_DABORT_LOWER,	"data abort from a lower EL"
	name_row EC_DABORT_SAME,	"data abort"
	name_row EC_SP_ALIGN,		"SP alignment"
	name_row EC_SERROR,		"SError"
	name_row EC_BRK64,		"BRK"
	.quad	-1
	string_ptr "another class"
fault_names:					// FSC[5:2]
	name_row 0b0000,		"address size fault"
	name_row 0b0001,		"translation fault"
	name_row 0b0010,		"access flag fault"
	name_row 0b0011,		"permission fault"
	name_row 0b0100,		"external abort"
	name_row 0b0101,		"external abort on a walk"
	name_row 0b1000,		"alignment fault"
	.quad	-1
	string_ptr "another fault"

// name_of: look a number up. in x0 = number, x1 = table; out x0 = string; clobbers x1, x2
func name_of
1:	ldr	x2, [x1], #16
	cmp	x2, x0
	ccmn	x2, #1, #4, ne			// the number, or the end
	b.ne	1b
	ldr	x0, [x1, #-8]
	ret
endfunc name_of

// report_ec: "      EC=0x24 data abort from a lower EL". in x0 = EC; clobbers x0-x18
func report_ec
	push	x29, x30
	mov	x3, x0
	adr_l	x1, ec_names
	bl	name_of
	say	"      EC=%x %s", x3, x0
	pop	x29, x30
	ret
endfunc report_ec

// report_abort_status: of an abort's syndrome: fault, level, S1PTW. Nothing for other classes.
//   in x0 = ESR; clobbers x0-x18
func report_abort_status
	push	x29, x30
	ubfx	x1, x0, #ESR_EL2_EC_LSB, #6
	cmp	x1, #EC_IABORT_LOWER
	b.lo	9f
	cmp	x1, #EC_DABORT_SAME
	b.hi	9f
	cmp	x1, #EC_PC_ALIGN
	b.eq	9f
	mov	x3, x0
	and	x4, x0, #0x3f			// IFSC or DFSC
	lsr	x0, x4, #2
	adr_l	x1, fault_names
	bl	name_of
	mov	x5, x0
	string	x6, ""
	string	x7, " (S1PTW: of a stage-1 descriptor)"
	tst	x3, #1 << ISS_DABT_S1PTW_BIT
	csel	x6, x7, x6, ne
	cmp	x4, #0x10			// the faults below, and those on walks (0x14-0x17), have a level
	b.lo	1f
	sub	x0, x4, #0x14
	cmp	x0, #4
	b.lo	1f
	say	"; FSC=%x %s%s", x4, x5, x6
	b	9f
1:	and	x0, x4, #3
	say	"; FSC=%x %s, level %d%s", x4, x5, x0, x6
9:	pop	x29, x30
	ret
endfunc report_abort_status

// report_exit: why the guest left, in two lines.
//   in x0 = vcpu; clobbers x0-x18
func report_exit
	stp	x29, x30, [sp, #-48]!
	stp	x19, x20, [sp, #16]
	str	x21, [sp, #32]
	mov	x19, x0
	ldr	x20, [x0, #vcpu_esr]
	ldr	x1, [x0, #vcpu_vector]
	ldr	x2, [x0, #vcpu_pc]
	ldr	x3, [x0, #vcpu_pstate]
	cmp	x1, #VECTOR_LOWER_FIQ
	b.eq	8f
	ldr	x4, [x0, #vcpu_vm]
	ldr	x4, [x4, #vm_name]
	say	"[EL2] %s: exit through vector %x: ESR_EL2=%x ELR_EL2=%x SPSR_EL2=%x\n", x4, x1, x20, x2, x3
	ubfx	x0, x20, #ESR_EL2_EC_LSB, #6
	mov	x21, x0
	bl	report_ec
	mov	x0, x20
	bl	report_abort_status
	and	x21, x21, #~0b100		// 0x20 and 0x24: from a lower EL
	cmp	x21, #EC_IABORT_LOWER
	b.ne	7f
	ldr	x1, [x19, #vcpu_far]
	mov	x0, x19
	bl	report_ipa
7:	say	"\n"
	b	9f
8:	say	"[EL2] physical FIQ while the guest ran: vector %x, SPSR_EL2=%x\n", x1, x3
9:	ldr	x21, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
endfunc report_exit

// report_ipa: FAR_EL2, and the IPA where one is known: HPFAR_EL2 is valid for translation, access flag and address size
// faults, and for all faults of a stage-1 walk; for another permission fault stage 1 is asked (X8; IPAValid()).
//   in x0 = vcpu; clobbers x0-x18
func report_ipa
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mov	x19, x0
	ldr	x3, [x0, #vcpu_far]
	say	"; FAR_EL2=%x", x3
	ldr	x3, [x19, #vcpu_far]
	ldr	x4, [x19, #vcpu_hpfar]
	ldr	x5, [x19, #vcpu_esr]
	and	x6, x5, #0x3f
	cmp	x6, #0x10
	b.hs	9f				// external aborts: no IPA
	tbnz	x5, #ISS_DABT_S1PTW_BIT, 1f
	cmp	x6, #0xc
	b.hs	2f
1:	ubfx	x6, x4, #4, #40
	lsl	x6, x6, #12
	say	" HPFAR_EL2=%x: IPA page %x", x4, x6
	b	9f
2:	mov	x0, x3
	bl	va_to_ipa
	tbnz	x0, #0, 9f
	say	"; by AT S1E1R: IPA page %x", x0
9:	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc report_ipa
