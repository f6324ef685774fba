#include "debug/exit_reason.h"

#include "base/bits.h"
#include "cpu/cpu.h"
#include "debug/explain.h"
#include "debug/regs.h"

#define KIND_LSB 56
#define EC_LSB 26
#define IL (1ull << 25)
#define RT_MSR (31ull << 5)

enum { EC_WFX = 0x01, EC_HVC = 0x16, EC_SMC = 0x17, EC_MSR = 0x18, EC_IABT = 0x20, EC_DABT = 0x24 };
enum { ISS_WFX_TI = 3, ISS_IMM16 = 0xffff, ISS_ABORT_S1PTW = 1 << 7, ISS_ABORT_WNR = 1 << 6 };

/* What of the ISS tells one reason from another. */
static u64 iss_of(unsigned ec, u64 iss)
{
	switch (ec) {
	case EC_WFX: return iss & ISS_WFX_TI;
	case EC_HVC:
	case EC_SMC: return iss & ISS_IMM16;
	case EC_MSR: return iss & ~RT_MSR;
	case EC_IABT:
	case EC_DABT: return (iss & (ISS_ABORT_S1PTW | ISS_ABORT_WNR)) | fsc_without_level((unsigned)bits(iss, 5, 0));
	default: return 0;
	}
}

u64 exit_reason(unsigned kind, u64 esr)
{
	unsigned ec = (unsigned)bits(esr, 31, 26);

	if (kind != EXC_SYNC)
		return (u64)kind << KIND_LSB;
	return (u64)kind << KIND_LSB | (u64)ec << EC_LSB | IL | iss_of(ec, bits(esr, 24, 0));
}

static void msr_words(FILE *out, u64 iss)
{
	u8 op0 = (u8)bits(iss, 21, 20), op1 = (u8)bits(iss, 16, 14), crn = (u8)bits(iss, 13, 10);
	u8 crm = (u8)bits(iss, 4, 1), op2 = (u8)bits(iss, 19, 17);
	const char *name = reg_name_of(op0, op1, crn, crm, op2);

	fputs(op0 == 1 ? "sys " : bit(iss, 0) ? "mrs " : "msr ", out);
	if (name)
		fputs(name, out);
	else
		fprintf(out, "S%u_%u_C%u_C%u_%u", op0, op1, crn, crm, op2);
}

static void abort_words(FILE *out, unsigned ec, u64 iss)
{
	fputs(ec == EC_IABT ? "Instruction Abort: " : "Data Abort: ", out);
	fsc_class_words(out, (unsigned)bits(iss, 5, 0));
	if (ec == EC_DABT)
		fputs(iss & ISS_ABORT_WNR ? " on a write" : " on a read", out);
	if (iss & ISS_ABORT_S1PTW)
		fputs(", by stage 2 on a stage-1 table walk", out);
}

void exit_reason_words(FILE *out, u64 reason)
{
	static const char *const kinds[] = { [EXC_IRQ] = "IRQ", [EXC_FIQ] = "FIQ", [EXC_SERROR] = "SError" };
	unsigned kind = (unsigned)(reason >> KIND_LSB), ec = (unsigned)bits(reason, 31, 26);

	if (kind < ARRAY_SIZE(kinds) && kinds[kind])
		fputs(kinds[kind], out);
	else if (ec == EC_MSR)
		msr_words(out, bits(reason, 24, 0));
	else if (ec == EC_IABT || ec == EC_DABT)
		abort_words(out, ec, bits(reason, 24, 0));
	else
		esr_words(out, bits(reason, 31, 0));
}
