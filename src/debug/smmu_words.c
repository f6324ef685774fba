/* What the SMMU's structures say, in words: STE, CD, event records. IHI 0070, 5.2, 5.4, 7.3. */
#include "debug/smmu_words.h"

#include "base/bits.h"
#include "smmu/fields.h"

typedef unsigned long long ull;

static void s2_words(FILE *out, const u64 *ste)
{
	static const char *const granules[] = { "4K", "64K", "16K", "reserved" };

	fprintf(out, ", S2VMID %llu, S2TTB 0x%llx, S2T0SZ %llu, S2SL0 %llu, %s granule", (ull)bits(ste[2], 15, 0),
		(ull)(ste[3] & 0xffffffffffff0ull), (ull)bits(ste[2], 37, 32), (ull)bits(ste[2], 39, 38),
		granules[bits(ste[2], 47, 46)]);
}

void ste_words(FILE *out, const u64 *ste)
{
	static const char *const configs[] = { "abort",	 "abort",   "abort",   "abort",
					       "bypass", "stage 1", "stage 2", "stage 1 and stage 2" };
	unsigned config = (unsigned)bits(ste[0], 3, 1);

	fprintf(out, "%s, %s", bit(ste[0], 0) ? "valid" : "not valid", configs[config]);
	if (config & 4 && config & 1)
		fprintf(out, ", S1ContextPtr 0x%llx", (ull)(ste[0] & 0xfffffffffffc0ull));
	if (config & 4 && config & 2)
		s2_words(out, ste);
}

void cd_words(FILE *out, const u64 *cd)
{
	fprintf(out, "%s, ASID %llu, TTB0 0x%llx, T0SZ %llu", bit(cd[0], 31) ? "valid" : "not valid",
		(ull)bits(cd[0], 63, 48), (ull)(cd[1] & 0xffffffffffff0ull), (ull)bits(cd[0], 5, 0));
	if (!bit(cd[0], 30))
		fprintf(out, ", TTB1 0x%llx, T1SZ %llu", (ull)(cd[2] & 0xffffffffffff0ull), (ull)bits(cd[0], 21, 16));
}

void smmu_event_words(FILE *out, const u64 *record)
{
	static const char *const classes[] = { "CD fetch", "table walk", "input", "reserved class" };

	fprintf(out, "%s at 0x%llx, stage %u, %s", bit(record[1], 35) ? "read" : "write", (ull)record[2],
		bit(record[1], 39) ? 2 : 1, classes[bits(record[1], 41, 40)]);
	if (bit(record[1], 39))
		fprintf(out, ", IPA page 0x%llx", (ull)(record[3] & 0xffffffffff000ull));
}

/* ---- commands, chapter 4 ---- */

enum operand { OF_STREAM = 1, OF_SSID = 2, OF_VMID = 4, OF_ASID = 8, OF_ADDRESS = 16, OF_LEAF = 32, OF_STAG = 64 };

static const struct {
	u8 opcode, has;
} commands[] = {
	{ 0x01, OF_STREAM | OF_SSID },			    /* PREFETCH_CONFIG */
	{ 0x02, OF_STREAM | OF_SSID | OF_ADDRESS },	    /* PREFETCH_ADDR */
	{ 0x03, OF_STREAM | OF_LEAF },			    /* CFGI_STE */
	{ 0x05, OF_STREAM | OF_SSID | OF_LEAF },	    /* CFGI_CD */
	{ 0x06, OF_STREAM },				    /* CFGI_CD_ALL */
	{ 0x10, OF_VMID },				    /* TLBI_NH_ALL */
	{ 0x11, OF_VMID | OF_ASID },			    /* TLBI_NH_ASID */
	{ 0x12, OF_VMID | OF_ASID | OF_ADDRESS | OF_LEAF }, /* TLBI_NH_VA */
	{ 0x13, OF_VMID | OF_ADDRESS | OF_LEAF },	    /* TLBI_NH_VAA */
	{ 0x20, 0 },					    /* TLBI_EL2_ALL */
	{ 0x21, OF_ASID },				    /* TLBI_EL2_ASID */
	{ 0x22, OF_ASID | OF_ADDRESS | OF_LEAF },	    /* TLBI_EL2_VA */
	{ 0x23, OF_ADDRESS | OF_LEAF },			    /* TLBI_EL2_VAA */
	{ 0x28, OF_VMID },				    /* TLBI_S12_VMALL */
	{ 0x2a, OF_VMID | OF_ADDRESS | OF_LEAF },	    /* TLBI_S2_IPA */
	{ 0x30, 0 },					    /* TLBI_NSNH_ALL */
	{ 0x44, OF_STREAM | OF_STAG },			    /* RESUME */
	{ 0x45, OF_STREAM },				    /* STALL_TERM */
};

static void address_words(FILE *out, const u64 *w)
{
	fprintf(out, " address 0x%llx", (ull)CMD_ADDRESS(w));
	if (CMD_TG(w))
		fprintf(out, ", %llu granules of 2^%u bytes", (ull)((CMD_NUM(w) + 1) << CMD_SCALE(w)),
			10 + 2 * CMD_TG(w));
}

static void sync_words(FILE *out, const u64 *w)
{
	static const char *const signals[] = { "no signal", "signal by interrupt", "signal by event",
					       "reserved signal" };

	fprintf(out, " %s", signals[CMD_CS(w)]);
	if (CMD_CS(w) == 1 && CMD_MSI_ADDRESS(w))
		fprintf(out, ", message 0x%x to 0x%llx", CMD_MSI_DATA(w), (ull)CMD_MSI_ADDRESS(w));
}

static void operand_words(FILE *out, const u64 *w, unsigned has)
{
	if (has & OF_STREAM)
		fprintf(out, " stream 0x%x", CMD_STREAM(w));
	if (has & OF_SSID && CMD_SSV(w))
		fprintf(out, " substream %u", CMD_SUBSTREAM(w));
	if (has & OF_VMID)
		fprintf(out, " VMID %u", CMD_VMID(w));
	if (has & OF_ASID)
		fprintf(out, " ASID %u", CMD_ASID(w));
	if (has & OF_ADDRESS)
		address_words(out, w);
	if (has & OF_LEAF)
		fprintf(out, " leaf=%llu", (ull)CMD_LEAF(w));
	if (has & OF_STAG)
		fprintf(out, " STAG %u, %s", CMD_STAG(w),
			CMD_RETRY(w)   ? "retry"
			: CMD_ABORT(w) ? "abort"
				       : "ends as if it had succeeded");
}

void smmu_command_words(FILE *out, const u64 *w)
{
	unsigned i = 0;

	if (CMD_OPCODE(w) == 0x04 && CMD_RANGE(w) == 31)
		fputs(" all streams", out);
	else if (CMD_OPCODE(w) == 0x04)
		fprintf(out, " 2^%u streams from 0x%x", CMD_RANGE(w) + 1, CMD_STREAM(w) & ~(u32)ones(CMD_RANGE(w) + 1));
	else if (CMD_OPCODE(w) == 0x46)
		sync_words(out, w);
	else {
		while (i < ARRAY_SIZE(commands) && commands[i].opcode != CMD_OPCODE(w))
			i++;
		if (i < ARRAY_SIZE(commands))
			operand_words(out, w, commands[i].has);
	}
	fprintf(out, " (%016llx %016llx)", (ull)w[0], (ull)w[1]);
}
