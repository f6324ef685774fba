/* What the SMMU's structures say, in words: STE, CD, event records. IHI 0070, 5.2, 5.4, 7.3. */
#include "debug/smmu_words.h"

#include "base/bits.h"

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
