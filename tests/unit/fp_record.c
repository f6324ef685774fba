/*
 * Prints cpu_fp_cases.def (or the file named by -DCASES) with the digests of the machine that it runs on. Once, and
 *after changes of fp_run.h:
 *
 *	aarch64-linux-gnu-gcc -static -O1 -o fp_record fp_record.c && qemu-aarch64 -cpu max ./fp_record >new.def
 *
 * For vectors: -DCASES='"cpu_simd_fp_cases.def"'.
 * With a row's name as argument it prints every case of that row instead. Not part of the build.
 */
#include <stdio.h>
#include <sys/mman.h>

#include "fp_run.h"

#ifndef CASES
#define CASES "cpu_fp_cases.def"
#endif

/* x0: struct fp_io. The instruction that is tested replaces the nop. */
__asm__(".text\n"
	"stub:\n"
	"	ldp q0, q1, [x0]\n"
	"	ldp q2, q3, [x0, #32]\n"
	"	ldr x1, [x0, #72]\n"
	"	ldp x2, x3, [x0, #80]\n"
	"	ldr x4, [x0, #96]\n"
	"	msr nzcv, x2\n"
	"	msr fpcr, x3\n"
	"	msr fpsr, x4\n"
	"	mov x5, x0\n"
	"	mov x0, #0\n"
	"	nop\n"
	"	str q0, [x5]\n"
	"	str x0, [x5, #64]\n"
	"	mrs x2, nzcv\n"
	"	str x2, [x5, #80]\n"
	"	mrs x4, fpsr\n"
	"	str x4, [x5, #96]\n"
	"	msr fpcr, xzr\n"
	"	ret\n");
extern const char stub[];
enum { STUB_SLOT = 40, STUB_SIZE = 80 };

#ifndef CASES
#define CASES "cpu_fp_cases.def"
#endif
static const struct fp_case cases[] = {
#define FP_CASE(row, word, operand, sources, ...) { #row, word, operand, sources },
#include CASES
};

static void run(void *ctx, struct fp_io *io)
{
	uint32_t word;

	memcpy(&word, (char *)ctx + STUB_SLOT, 4);
	((void (*)(struct fp_io *))ctx)(io);
	/* A fault of QEMU 7.2: FCVTZS (scalar, fixed-point) to 16 bits leaves copies of the sign above them. */
	if ((word & 0xfff0fc00) == 0x5f10fc00)
		io->v[0][0] &= 0xffff;
}

static void print(const struct fp_io *in, const struct fp_io *out)
{
#define LL(v) ((unsigned long long)(v))
	printf("fpcr=%llx fpsr=%llx nzcv=%llx v0=%016llx%016llx v1=%016llx%016llx v2=%016llx%016llx v3=%llx x1=%llx: "
	       "v0=%016llx%016llx x0=%llx nzcv=%llx fpsr=%llx\n",
	       LL(in->fpcr), LL(in->fpsr), LL(in->nzcv), LL(in->v[0][1]), LL(in->v[0][0]), LL(in->v[1][1]),
	       LL(in->v[1][0]), LL(in->v[2][1]), LL(in->v[2][0]), LL(in->v[3][0]), LL(in->x1), LL(out->v[0][1]),
	       LL(out->v[0][0]), LL(out->x0), LL(out->nzcv), LL(out->fpsr));
}

int main(int argc, char **argv)
{
	char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memcpy(code, stub, STUB_SIZE);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct fp_case *c = &cases[i];

		if (argc > 1 && strcmp(argv[1], c->row))
			continue;
		memcpy(code + STUB_SLOT, &c->word, 4);
		__builtin___clear_cache(code, code + 4096);
		if (argc == 1)
			printf("FP_CASE(%s, 0x%08x, '%c', %u", c->row, c->word, c->operand, c->sources);
		for (unsigned mode = 0; mode < FP_MODES; mode++) {
			uint32_t digest = fp_digest(c, mode, run, code, argc > 1 ? print : NULL);

			if (argc == 1)
				printf(", 0x%08x", digest);
		}
		if (argc == 1)
			puts(")");
		fflush(stdout);
	}
	return 0;
}
