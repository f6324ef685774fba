/*
 * QARMA-64 with five rounds, as pointer authentication uses it. Arm ARM shared pseudocode, aarch64/functions/pac:
 * ComputePACQARMA, PACCellShuffle, PACMult, PACSub, TweakShuffle and their inverses.
 *
 * A state is 16 cells of 4 bits, cell 0 the lowest. Cells are moved by rotating the whole word: all cells that travel
 * the same distance go at once.
 */
#include "cpu/qarma.h"

#define ROUNDS 5
#define ALPHA 0xC0AC29B7C97C50DDull

static const u64 round_constant[ROUNDS] = { 0, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89,
					    0x452821E638D01377 };

/* S-boxes as 16 packed cells, entry 0 the lowest; made into tables of two cells by the compiler. */
#define SUB 0xA12D5473E90CF86Bull
#define INV_SUB 0x37C40F6291BA8DE5ull
#define CELL(box, i) ((u8)((box) >> 4 * (i)&15))
#define PAIR(box, i) (u8)(CELL(box, (i) >> 4) << 4 | CELL(box, (i)&15))
#define PAIR4(box, i) PAIR(box, i), PAIR(box, (i) + 1), PAIR(box, (i) + 2), PAIR(box, (i) + 3)
#define PAIR16(box, i) PAIR4(box, i), PAIR4(box, (i) + 4), PAIR4(box, (i) + 8), PAIR4(box, (i) + 12)
#define PAIR64(box, i) PAIR16(box, i), PAIR16(box, (i) + 16), PAIR16(box, (i) + 32), PAIR16(box, (i) + 48)
#define PAIR256(box) PAIR64(box, 0), PAIR64(box, 64), PAIR64(box, 128), PAIR64(box, 192)

static const u8 sub_pairs[256] = { PAIR256(SUB) };
static const u8 inv_sub_pairs[256] = { PAIR256(INV_SUB) };

static inline u64 substitute(const u8 *pairs, u64 v)
{
	u64 out = 0;
	unsigned i;

	for (i = 0; i < 64; i += 8)
		out |= (u64)pairs[v >> i & 0xff] << i;
	return out;
}

static inline u64 rotate_right(u64 v, unsigned by)
{
	return v >> by | v << (-by & 63);
}

/* The cells of `to` come from `distance` cells above (modulo 16). */
#define MOVE(v, distance, to) (rotate_right((v), 4 * (distance)) & (to##ull))

static inline u64 cell_shuffle(u64 v)
{
	return MOVE(v, 0, 0xf000000f00000000) | MOVE(v, 3, 0x00000000f00f0000) | MOVE(v, 4, 0x00000f0000000000) |
	       MOVE(v, 5, 0x00000000000000f0) | MOVE(v, 6, 0x0f0f000000000000) | MOVE(v, 7, 0x0000000000f00000) |
	       MOVE(v, 9, 0x0000000000000f00) | MOVE(v, 10, 0x0000f0f000000000) | MOVE(v, 11, 0x000000000f000000) |
	       MOVE(v, 12, 0x00f0000000000000) | MOVE(v, 13, 0x000000000000f00f);
}

static inline u64 cell_inv_shuffle(u64 v)
{
	return MOVE(v, 0, 0xf000000f00000000) | MOVE(v, 3, 0x00f000000000000f) | MOVE(v, 4, 0x000000f000000000) |
	       MOVE(v, 5, 0x00000000000000f0) | MOVE(v, 6, 0x0000000000f0f000) | MOVE(v, 7, 0x0000f00000000000) |
	       MOVE(v, 9, 0x000f000000000000) | MOVE(v, 10, 0x00000000000f0f00) | MOVE(v, 11, 0x000000000f000000) |
	       MOVE(v, 12, 0x0f00000000000000) | MOVE(v, 13, 0x00000f00f0000000);
}

/* RotCell() of every cell: left by 1 or 2 bits within the cell. */
static inline u64 rotate_cells(u64 v, unsigned by, u64 low)
{
	return (v << by & ~low) | (v >> (4 - by) & low);
}

/* PACMult(): each row of four cells becomes the next one, rotated by 1, the one after by 2, the third by 1. */
static inline u64 mix_columns(u64 v)
{
	return rotate_cells(rotate_right(v, 16) ^ rotate_right(v, 48), 1, 0x1111111111111111) ^
	       rotate_cells(rotate_right(v, 32), 2, 0x3333333333333333);
}

/* TweakShuffle(): moves all cells, then steps cells 2, 4, 7, 11, 12, 14 and 15 (TweakCellRot). */
static inline u64 tweak_shuffle(u64 v)
{
	const u64 stepped = 0xff0ff000f00f0f00;
	u64 moved = MOVE(v, 1, 0x00000000f0000000) | MOVE(v, 4, 0x00ffffff0000ffff) | MOVE(v, 7, 0x00000000000f0000) |
		    MOVE(v, 10, 0xf000000000000000) | MOVE(v, 12, 0x0f00000000000000) | MOVE(v, 13, 0x000000000ff00000);
	u64 cells = moved & stepped;
	u64 step = (cells >> 1 & 0x7777777777777777) | ((cells ^ cells >> 1) & 0x1111111111111111) << 3;

	return (moved & ~stepped) | step;
}

static inline u64 forward(u64 v, u64 round_key, bool full)
{
	v ^= round_key;
	if (full)
		v = mix_columns(cell_shuffle(v));
	return substitute(sub_pairs, v);
}

/* The reflector in the middle, whose key is key1 alone. */
static inline u64 reflect(u64 v, u64 key1)
{
	v = mix_columns(cell_shuffle(v)) ^ key1;
	return cell_inv_shuffle(mix_columns(substitute(inv_sub_pairs, cell_inv_shuffle(v))));
}

u64 qarma5(u64 data, u64 modifier, u64 key0, u64 key1)
{
	u64 modified_key0 = rotate_right(key0, 1) ^ key0 >> 63;
	u64 tweak[ROUNDS + 1];
	u64 v = data ^ key0;
	int i;

	tweak[0] = modifier;
	for (i = 0; i < ROUNDS; i++) {
		v = forward(v, key1 ^ tweak[i] ^ round_constant[i], i > 0);
		tweak[i + 1] = tweak_shuffle(tweak[i]);
	}
	v = forward(v, modified_key0 ^ tweak[ROUNDS], true);
	v = reflect(v, key1) ^ key0 ^ tweak[ROUNDS];
	for (i = ROUNDS - 1; i >= 0; i--) {
		v = substitute(inv_sub_pairs, v);
		if (i > 0)
			v = cell_inv_shuffle(mix_columns(v));
		v ^= key1 ^ tweak[i] ^ round_constant[i] ^ ALPHA;
	}
	return v ^ modified_key0;
}
