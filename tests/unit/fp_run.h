/*
 * What the floating-point instructions are tested with, by tests/unit/cpu_fp.c here and by tests/unit/fp_record.c where
 * the expected digests come from: operands at and near the edges of each format, in all rounding and flushing modes.
 */
#ifndef FP_RUN_H
#define FP_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The state that an instruction (Vd = V0, Vn = V1, Vm = V2, Va = V3; or X0 and X1) starts from and leaves. */
struct fp_io {
	uint64_t v[4][2];
	uint64_t x0, x1;
	uint64_t nzcv, fpcr, fpsr;
};
typedef void fp_run_fn(void *ctx, struct fp_io *io);

struct fp_case {
	const char *row;
	uint32_t word;
	char operand;	  /* h, s, d: floating point; x: an integer in X1; in capitals: vectors, see fp_lanes() */
	unsigned sources; /* 1..3 */
};

#define FP_MODES 8
/* RN RP RM RZ; flushing with RN and RM; default NaNs; alternative half precision */
static const uint64_t fp_modes[FP_MODES] = {
	0, 1u << 22, 2u << 22, 3u << 22, 1u << 24 | 1u << 19, 1u << 24 | 1u << 19 | 2u << 22, 1u << 25, 1u << 26
};

#define FP_VALUES 34
static inline uint64_t fp_value(char operand, unsigned i)
{
	unsigned f = operand == 'h' ? 10 : operand == 's' ? 23 : 52, e = operand == 'h' ? 5 : operand == 's' ? 8 : 11;
	uint64_t one = ((1ull << (e - 1)) - 1) << f, sign = 1ull << (e + f), inf = ((1ull << e) - 1) << f;
	uint64_t ulp = 1ull << f, half = ulp >> 1;
	const uint64_t values[FP_VALUES] = {
		0,
		sign,
		one,
		sign | one,
		inf,
		sign | inf,
		inf | half | 5,
		sign | inf | 3,
		1,
		sign | (ulp - 1),
		ulp,
		sign | (ulp + 1),
		inf - 1,
		sign | (inf - 1),
		one + 1,
		sign | (one + half),
		one + ulp - 1,
		one - 1,
		one + ulp + half / 2,
		sign | (one + ulp + half / 2),
		one - ulp,
		sign | (one - ulp - 1),
		one + f * ulp + 1,
		one + (f - 1) * ulp + 3,
		sign | (one + 31 * (e > 5) * ulp),
		one + 31 * (e > 5) * ulp - 1,
		one + 63 * (e > 5) * ulp,
		sign | (one + 63 * (e > 5) * ulp + 1),
		sign | inf | half,
		inf | 1,
		half,
		one + ulp + ulp / 3,
		sign | (one - 3 * ulp + ulp / 5),
		inf - ulp + 7,
	};
	const uint64_t integers[FP_VALUES] = {
		0,
		1,
		2,
		3,
		~0ull,
		~1ull,
		0x7fffffff,
		0x80000000,
		0x80000001,
		0xffffffff,
		0x100000000,
		0x7fffffffffffffff,
		0x8000000000000000,
		0x8000000000000001,
		0xffffffffffffff80,
		0x1000001,
		0x1000003,
		0x2000000000000001 >> 8,
		0x20000000000003,
		0x1fffffffffffff,
		0x7ffffbff,
		0x7fffffffffffffff - 0x3ff,
		0x123456789abcdef,
		0xffe0,
		0xfff0,
		65519,
		65520,
		2047,
		2049,
		2051,
		0xffffffff7fffffff,
		0xffffff00,
		0xfffffe80ffffff80,
		0x5555555555555555,
	};

	return operand == 'x' ? integers[i] : values[i];
}

/* Numbers whose exponents are near each other and near 1: carries, cancellation, ties. */
static inline uint64_t fp_random(char operand, uint64_t *seed)
{
	unsigned f = operand == 'h' ? 10 : operand == 's' ? 23 : 52, e = operand == 'h' ? 5 : operand == 's' ? 8 : 11;
	uint64_t r, exp, frac;

	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	r = *seed;
	if (operand == 'x')
		return r >> (r & 63);
	frac = (r >> 20) & ((1ull << f) - 1);
	if (r & 1)
		frac &= -(1ull << (r >> 1 & 31) % (f + 1));
	exp = r & 2 ? (r >> 6) & ((1ull << e) - 1) : (1ull << (e - 1)) - 1 + (r >> 6 & 7) - 4;
	return (r >> 63) << (e + f) | exp << f | frac;
}

typedef void fp_seen_fn(const struct fp_io *in, const struct fp_io *out);

static inline uint64_t fp_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

struct fp_digest {
	uint64_t h;
	unsigned mode;
	fp_run_fn *run;
	void *ctx;
	fp_seen_fn *seen;
};

/* ---- vectors: V0 (if it is a third source), V1, V2 ---- */

/* What is in a register: format of a lane for fp_value(), bytes a lane, and how far to shift the value down. */
struct fp_lanes {
	char format;
	unsigned bytes, shift;
};
/* H, S, D; X: integers; L: halves, added to singles; B: BFloat16, added to singles */
static inline struct fp_lanes fp_lanes(char operand, bool destination)
{
	switch (operand) {
	case 'H': return (struct fp_lanes){ 'h', 2, 0 };
	case 'S': return (struct fp_lanes){ 's', 4, 0 };
	case 'D': return (struct fp_lanes){ 'd', 8, 0 };
	case 'L': return destination ? (struct fp_lanes){ 's', 4, 0 } : (struct fp_lanes){ 'h', 2, 0 };
	case 'B': return destination ? (struct fp_lanes){ 's', 4, 0 } : (struct fp_lanes){ 's', 2, 16 };
	default: return (struct fp_lanes){ 'x', 8, 0 };
	}
}

/*
 * Lane `lane` of register `reg` in case n: half of the cases have an edge value in one lane and 1.0 in the others, so
 * that flags tell lanes apart; the others, and those of registers of integers, have edge values everywhere. The last
 * cases are random.
 */
#define FP_EDGE_CASES (FP_VALUES * FP_VALUES / 2)
#define FP_VECTOR_CASES (FP_EDGE_CASES + 300)
static inline uint64_t fp_lane(struct fp_lanes l, unsigned n, unsigned reg, unsigned lane, uint64_t *seed)
{
	static const unsigned step[3] = { 3, 5, 7 };
	unsigned i = n / (FP_VALUES / 2), j = n % (FP_VALUES / 2) * 2 + (i & 1), count = 16 / l.bytes;
	unsigned at = reg == 1 ? i : reg == 2 ? j : 7 * i + 3 * j;

	if (n >= FP_EDGE_CASES)
		return fp_random(l.format, seed) >> l.shift;
	if (n / 2 % 2 && l.format != 'x')
		return fp_value(l.format, n / 4 % count == lane ? at % FP_VALUES : 2) >> l.shift;
	return fp_value(l.format, (at + lane * step[reg]) % FP_VALUES) >> l.shift;
}

static inline void fp_digest_vectors(struct fp_digest *d, const struct fp_case *c)
{
	uint64_t seed = 0x9e3779b97f4a7c15ull + d->mode;

	for (unsigned n = 0; n < FP_VECTOR_CASES; n++) {
		struct fp_io in = { .fpcr = fp_modes[d->mode] }, io;

		for (unsigned reg = 0; reg < 3; reg++) {
			struct fp_lanes l = fp_lanes(c->operand, reg == 0);

			for (unsigned lane = 0; lane < 16 / l.bytes; lane++) {
				uint64_t v = fp_lane(l, n, reg, lane, &seed);
				memcpy((char *)in.v[reg] + lane * l.bytes, &v, l.bytes);
			}
		}
		for (unsigned flags = 0; flags < 2; flags++) {
			in.fpsr = flags ? 0x10 : 0;
			io = in;
			d->run(d->ctx, &io);
			d->h = fp_mix(fp_mix(fp_mix(d->h, io.v[0][0]), io.v[0][1]), io.fpsr);
			if (d->seen)
				d->seen(&in, &io);
		}
	}
}

/* ---- scalars ---- */

/* With FPSR clear, and with the flags set without which host arithmetic is not tried. */
static inline void fp_digest_one(struct fp_digest *d, char operand, const uint64_t v[3])
{
	for (unsigned flags = 0; flags < 2; flags++) {
		struct fp_io in = { .fpcr = fp_modes[d->mode],
				    .fpsr = flags ? 0x10 : 0,
				    .nzcv = v[0] * 0x9e3779b9 & 0xf0000000 },
			     io;

		for (unsigned i = 0; i < 3; i++) {
			in.v[i + 1][0] = v[i];
			in.v[i + 1][1] = ~v[i];
		}
		in.v[0][0] = operand == 'h' ? v[2] << 16 : v[2];
		in.v[0][1] = ~in.v[0][0];
		in.x1 = operand == 'x' ? v[0] : 0x5a5a5a5a5a5a5a5a;
		io = in;
		d->run(d->ctx, &io);
		d->h = fp_mix(fp_mix(fp_mix(d->h, io.v[0][0]), io.v[0][1]), io.x0);
		d->h = fp_mix(fp_mix(d->h, io.fpsr), io.nzcv);
		if (d->seen)
			d->seen(&in, &io);
	}
}

/* A number that stands for all results, flags included, of an instruction in a mode. */
static inline uint32_t fp_digest(const struct fp_case *c, unsigned mode, fp_run_fn *run, void *ctx, fp_seen_fn *seen)
{
	struct fp_digest d = { .h = 1, .mode = mode, .run = run, .ctx = ctx, .seen = seen };
	unsigned step = c->sources == 3 ? 2 : 1, n1 = FP_VALUES, n2 = c->sources > 1 ? FP_VALUES : 1,
		 n3 = c->sources > 2 ? FP_VALUES : 1;
	uint64_t seed = 0x9e3779b97f4a7c15ull + mode, v[3];

	if (c->operand < 'a') {
		fp_digest_vectors(&d, c);
		return (uint32_t)(d.h ^ d.h >> 32);
	}
	for (unsigned i = 0; i < n1; i++)
		for (unsigned j = 0; j < n2; j += step)
			for (unsigned k = 0; k < n3; k += step) {
				v[0] = fp_value(c->operand, i);
				v[1] = fp_value(c->operand, (j + (i & 1)) % FP_VALUES);
				v[2] = fp_value(c->operand, (k + (i >> 1 & 1)) % FP_VALUES);
				fp_digest_one(&d, c->operand, v);
			}
	for (unsigned i = 0; i < 300; i++) {
		for (unsigned j = 0; j < 3; j++)
			v[j] = fp_random(c->operand, &seed);
		fp_digest_one(&d, c->operand, v);
	}
	return (uint32_t)(d.h ^ d.h >> 32);
}

#endif
