/* Faults as syndromes report them. Arm ARM D17.2.37 (ESR_ELx, DFSC); EncodeLDFSC. */
#include "mmu/internal.h"

/* Codes that end in the level, and their forms for level -1 (0: the fault cannot occur there). */
static const struct {
	u8 base, minus_one;
} by_level[] = {
	[FAULT_ADDRESS_SIZE] = { 0x00, 0x29 },	     [FAULT_TRANSLATION] = { 0x04, 0x2b },
	[FAULT_ACCESS_FLAG] = { 0x08, 0 },	     [FAULT_PERMISSION] = { 0x0c, 0 },
	[FAULT_SYNC_EXTERNAL_WALK] = { 0x14, 0x13 },
};

u8 fault_status_code(const struct fault *f)
{
	switch (f->kind) {
	case FAULT_NONE: return 0;
	case FAULT_SYNC_EXTERNAL: return 0x10;
	case FAULT_ALIGNMENT: return 0x21;
	case FAULT_DEBUG: return 0x22;
	case FAULT_TLB_CONFLICT: return 0x30;
	case FAULT_UNSUPPORTED_ATOMIC: return 0x35;
	default: return f->level < 0 ? by_level[f->kind].minus_one : by_level[f->kind].base | (f->level & 3);
	}
}
