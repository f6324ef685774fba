// 03-hcr: find the mistakes. These are the bits of the article's listing of HCR_EL2, as printed, and some of them are not
// where their names say. `hypscope lab show 03-hcr` says what is wanted; `hypscope decode HCR_EL2=0x840060f3` shows what
// this code makes.
	.include "lab.inc"

// set_hcr: in: nothing; out: HCR_EL2 is set; may use x0 to x18.
func set_hcr
	mov	x0, xzr
	// YOUR TURN: each line names what it is meant to set. Put each bit in its place, and add what is missing: the page
	// asks for more than the listing sets.
	orr	x0, x0, #1 << 0			// VM: stage 2 on
	orr	x0, x0, #1 << 1			// SWIO: set/way operations
	orr	x0, x0, #1 << 4			// PTW: no stage-1 tables in Device memory
	orr	x0, x0, #1 << 5			// AMO: physical SError to EL2
	orr	x0, x0, #1 << 6			// IMO: physical IRQ to EL2
	orr	x0, x0, #1 << 7			// FMO: physical FIQ to EL2
	orr	x0, x0, #1 << 13 | 1 << 14	// TWI, TWE: WFI and WFE trap
	orr	x0, x0, #1 << 26		// TVM: writes of EL1's MMU registers trap
	orr	x0, x0, #1 << 31		// RW: EL1 is AArch64
	msr	hcr_el2, x0
	isb
	ret
endfunc set_hcr
