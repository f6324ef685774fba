/*
 * CRC32 and CRC32C (FEAT_CRC32). Arm ARM C6: bit-reversed polynomials 0x04C11DB7 and 0x1EDC6F41, no final inversion.
 * Four bits at a time: small tables, of what a nibble shifted out contributes.
 */
#include "cpu/exec.h"

#include "cpu/a64_rows.h"

static const u32 crc32_nibble[16] = {
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
	0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};
static const u32 crc32c_nibble[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static u32 crc_update(const u32 *nibble, u32 crc, u64 value, unsigned bytes)
{
	unsigned i;

	for (i = 0; i < 2 * bytes; i++) {
		crc = crc >> 4 ^ nibble[(crc ^ value) & 15];
		value >>= 4;
	}
	return crc;
}

#define CRC(name, table, bytes)                                                                                        \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		X(d) = crc_update((table), W(n), X(m), (bytes));                                                       \
		NEXT;                                                                                                  \
	}
CRC(crc32b, crc32_nibble, 1)
CRC(crc32h, crc32_nibble, 2)
CRC(crc32w, crc32_nibble, 4)
CRC(crc32x, crc32_nibble, 8)
CRC(crc32cb, crc32c_nibble, 1)
CRC(crc32ch, crc32c_nibble, 2)
CRC(crc32cw, crc32c_nibble, 4)
CRC(crc32cx, crc32c_nibble, 8)
