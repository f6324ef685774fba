/* System registers: names, storage, fields. All from sysregs.def. */
#ifndef CPU_SYSREG_H
#define CPU_SYSREG_H

#include "base/types.h"

enum sysreg {
#define SYSREG(name, ...) SR_##name,
#define FIELD(...)
#define RES0(...)
#define RES1(...)
#define END(...)
#include "cpu/sysregs.def"
#undef SYSREG
#undef FIELD
#undef RES0
#undef RES1
#undef END
	SR_COUNT
};

/* HCR_EL2_TGE_LSB, HCR_EL2_TGE_WIDTH, … */
enum {
#define SYSREG(...)
#define FIELD(reg, name, lsb, width) reg##_##name##_LSB = (lsb), reg##_##name##_WIDTH = (width),
#define RES0(...)
#define RES1(...)
#define END(...)
#include "cpu/sysregs.def"
#undef SYSREG
#undef FIELD
#undef RES0
#undef RES1
#undef END
};

#endif
