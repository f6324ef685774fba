#!/usr/bin/env python3
"""Make tests/unit/cpu_dp_cases.def: what data-processing instructions do to registers and flags.

usage: gen_dp_vectors.py > tests/unit/cpu_dp_cases.def

Each instruction of INSTRUCTIONS runs on each of INPUTS in `qemu-system-aarch64 -cpu max`, with nothing but this program
(developer's tool: needs QEMU and aarch64-linux-gnu-as, ld, objcopy). The values of FEAT_CSSC, which QEMU 7.2 lacks, come
from the definitions below.
"""
import pathlib
import struct
import subprocess
import tempfile

# x0 (destination before), x1, x2, x3, NZCV
INPUTS = [
    (0x0123456789abcdef, 0x8000000080000000, 0x7fffffff7fffffff, 0x0000000000000003, 0x0),
    (0xfedcba9876543210, 0xffffffffffffffff, 0x0000000000000001, 0xdeadbeefcafef00d, 0xf),
    (0x00000000ffffffff, 0x8000000000000000, 0xffffffffffffffff, 0x00000000ffffffff, 0x6),
    (0x5555555555555555, 0x00000000000001a0, 0x00000000deadbe7f, 0x8000000000000001, 0x9),
    (0xaaaaaaaaaaaaaaaa, 0xffffffff80000000, 0x0000000000000000, 0x0000000000000000, 0x2),
]
# Pointers for authentication: lower half, upper half, with a tag byte, with bits that should be copies of bit 55.
POINTERS = [
    (0x0000123456789abc, 0xfb623599da6e8127, 0, 0, 0),
    (0xffff800000401234, 0x0000000000000010, 0, 0, 0),
    (0x5a00000040081000, 0x477d469dec0b8762, 0, 0, 0),
    (0x0020000040081000, 0x0000000000000000, 0, 0, 0),
    (0xff7f800000401234, 0x0000000000000000, 0, 0, 0),
]
R = {'x': ('x0', 'x1', 'x2', 'x3'), 'w': ('w0', 'w1', 'w2', 'w3')}


def instructions():
    for s in 'xw':
        d, n, m, a = R[s]
        top = 63 if s == 'x' else 31
        for op in ('add', 'sub', 'adds', 'subs'):
            yield f'{op} {d}, {n}, #0x123'
            yield f'{op} {d}, {n}, #0xfff, lsl #12'
            yield f'{op} {d}, {n}, {m}'
            for shift in ('lsl #1', 'lsr #4', f'asr #{top}', f'lsl #{top}'):
                yield f'{op} {d}, {n}, {m}, {shift}'
            for ext in ('uxtb', 'uxth #1', 'uxtw #2', 'sxtb #3', 'sxth #4', 'sxtw'):
                yield f'{op} {d}, {n}, w2, {ext}'
            yield f'{op} {d}, {n}, {m}, {"uxtx" if s == "x" else "uxtw"} #4'
            yield f'{op} {d}, {n}, {m}, {"sxtx" if s == "x" else "sxtw"} #3'
        for op in ('and', 'orr', 'eor', 'ands'):
            yield f'{op} {d}, {n}, #0x00ff00ff'.replace('#0x00ff00ff', '#0x00ff00ff00ff00ff' if s == 'x' else '#0x00ff00ff')
            yield f'{op} {d}, {n}, #0x7ffffffe'
        for op in ('and', 'orr', 'eor', 'ands', 'bic', 'orn', 'eon', 'bics'):
            yield f'{op} {d}, {n}, {m}'
            for shift in ('lsl #5', 'lsr #31', 'asr #3', 'ror #12', f'asr #{top}', f'ror #{top}'):
                yield f'{op} {d}, {n}, {m}, {shift}'
        for op in ('adc', 'adcs', 'sbc', 'sbcs', 'udiv', 'sdiv', 'lsl', 'lsr', 'asr', 'ror', 'mul'):
            yield f'{op} {d}, {n}, {m}'
            yield f'{op} {d}, {m}, {n}'
        for op in ('madd', 'msub'):
            yield f'{op} {d}, {n}, {m}, {a}'
        yield f'mov {d}, {n}'
        yield f'mov {d}, #0x5678'
        yield f'mov {d}, #-0x1235'
        yield f'mov {d}, #0x33333333'.replace('#0x33333333', '#0x3333333333333333' if s == 'x' else '#0x33333333')
        yield f'movz {d}, #0x8001, lsl #16'
        yield f'movn {d}, #0x8001, lsl #16'
        yield f'movk {d}, #0xbeef'
        yield f'movk {d}, #0xbeef, lsl #{48 if s == "x" else 16}'
        for op in ('sbfm', 'ubfm', 'bfm'):
            for r, f in ((0, 7), (4, 11), (top, top), (top, 0), (20, 3), (0, top), (1, 0)):
                yield f'{op} {d}, {n}, #{r}, #{f}'
        yield f'lsl {d}, {n}, #7'
        yield f'lsl {d}, {n}, #{top}'
        for lsb in (0, 1, top):
            yield f'extr {d}, {n}, {m}, #{lsb}'
        for op in ('rbit', 'rev16', 'rev', 'clz', 'cls'):
            yield f'{op} {d}, {n}'
            yield f'{op} {d}, {m}'
        for op in ('csel', 'csinc', 'csinv', 'csneg'):
            for cond in ('eq', 'hs', 'mi', 'vc', 'hi', 'ge', 'le', 'al'):
                yield f'{op} {d}, {n}, {m}, {cond}'
        for op in ('ccmp', 'ccmn'):
            yield f'{op} {n}, {m}, #5, ne'
            yield f'{op} {n}, {m}, #10, lt'
            yield f'{op} {n}, #31, #15, cc'
    yield 'rev32 x0, x1'
    for op in ('smaddl', 'umaddl', 'smsubl', 'umsubl'):
        yield f'{op} x0, w1, w2, x3'
    for op in ('smulh', 'umulh'):
        yield f'{op} x0, x1, x2'
    for op in ('b', 'h', 'w', 'cb', 'ch', 'cw'):
        yield f'crc32{op} w0, w1, w3'
    yield 'crc32x w0, w1, x3'
    yield 'crc32cx w0, w1, x3'
    yield 'rmif x3, #0, #15'
    yield 'rmif x3, #62, #6'
    yield from ('setf8 w3', 'setf16 w2', 'cfinv', 'xaflag', 'axflag')


def pointer_instructions():
    for key in ('ia', 'ib', 'da', 'db'):
        for op in ('pac', 'aut'):
            yield f'{op}{key} x0, x1'
            yield f'{op}{key[0]}z{key[1]} x0'
            if key[0] == 'i':
                yield f'{op}{key}1716'
                yield f'{op}{key}sp'
                yield f'{op}{key}z'
    yield from ('xpaci x0', 'xpacd x0', 'xpaclri', 'pacga x0, x1, x0')


def result_register(text):
    if text.endswith('1716'):
        return 17
    return 0 if ' ' in text or text in ('cfinv', 'xaflag', 'axflag') else 30


PROLOGUE = '''
	.arch armv8.5-a+crc+flagm
	.global _start
_start:	mrs x0, sctlr_el1
	ldr x1, =0xc8002000
	orr x0, x0, x1
	msr sctlr_el1, x0
	ldr x0, =0x2000100010		// T0SZ = T1SZ = 16, TBI0
	msr tcr_el1, x0
	isb
	ldr x0, =0xec2802d4e0a488e9
	ldr x1, =0x84be85ce9804e94b
	msr apiakeylo_el1, x0
	msr apiakeyhi_el1, x1
	msr apibkeylo_el1, x1
	msr apibkeyhi_el1, x0
	mvn x0, x0
	msr apdakeylo_el1, x0
	msr apdakeyhi_el1, x1
	msr apdbkeylo_el1, x1
	msr apdbkeyhi_el1, x0
	msr apgakeylo_el1, x0
	msr apgakeyhi_el1, x0
	isb
	ldr x20, =table
	ldr x21, =output
'''
CASE = '''
	ldp x0, x1, [x20]
	ldp x2, x3, [x20, #16]
	ldr x4, [x20, #32]
	lsl x4, x4, #28
	mov x17, x0
	mov x16, x1
	mov x30, x0
	mov sp, x1
	msr nzcv, x4
	{0}
	mrs x4, nzcv
	lsr x4, x4, #28
	stp x{1}, x4, [x21], #16
	add x20, x20, #40
	b 1f
	.ltorg
1:
'''
EPILOGUE = '''
	mov x0, #1
	ldr x1, =open
	hlt #0xf000
	ldr x1, =write
	str x0, [x1]
	mov x0, #5
	hlt #0xf000
	mov x0, #0x18
	ldr x1, =exit
	hlt #0xf000
	.data
	.balign 8
open:	.quad name, 5, 7
write:	.quad 0, output, {0}
exit:	.quad 0x20026, 0
name:	.asciz "out.bin"
	.balign 16
table:	.quad {1}
output:	.space {0}
'''


def run(cases):
    """cases: (text, inputs) -> list of (word, result, nzcv)"""
    source = PROLOGUE
    for text, _ in cases:
        source += CASE.format(text, result_register(text))
    source += EPILOGUE.format(16 * len(cases), ', '.join(hex(v) for _, inputs in cases for v in inputs))
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        (at / 'a.s').write_text(source)
        (at / 'words.s').write_text('.arch armv8.5-a+crc+flagm\n' + '\n'.join(text for text, _ in cases) + '\n')
        for cmd in ('aarch64-linux-gnu-as a.s -o a.o', 'aarch64-linux-gnu-ld -Ttext=0x40080000 a.o -o a.elf',
                    'aarch64-linux-gnu-as words.s -o words.o', 'aarch64-linux-gnu-objcopy -O binary words.o words.bin',
                    'qemu-system-aarch64 -M virt -cpu max -m 128 -display none -serial none -monitor none '
                    '-semihosting-config enable=on,target=native -kernel a.elf'):
            subprocess.run(cmd.split(), cwd=at, check=True, timeout=60)
        words = struct.unpack(f'<{len(cases)}I', (at / 'words.bin').read_bytes())
        values = struct.unpack(f'<{2 * len(cases)}Q', (at / 'out.bin').read_bytes())
    return [(w, values[2 * i], values[2 * i + 1]) for i, w in enumerate(words)]


def pauth_cases():
    """Every instruction on every pointer; then each authentication of what its signing made."""
    cases = [(text, p) for text in pointer_instructions() for p in POINTERS]
    signed = [(text.replace('pac', 'aut'), (r[1],) + inputs[1:])
              for (text, inputs), r in zip(cases, run(cases)) if text.startswith('pac') and not text.startswith('pacga')]
    return cases + signed


def cssc_cases():
    """FEAT_CSSC: (text, word, function of x1 and x2)"""
    for sf, size in ((0, 32), (1, 64)):
        wrap = (1 << size) - 1

        def signed(v, size=size, wrap=wrap):
            return (v & wrap) - ((v & wrap) >> (size - 1) << size)
        reg = 'wx'[sf]
        for i, (op, pick, of) in enumerate((('smax', max, signed), ('umax', max, lambda v, w=wrap: v & w),
                                            ('smin', min, signed), ('umin', min, lambda v, w=wrap: v & w))):
            yield (f'{op} {reg}0, {reg}1, {reg}2', sf << 31 | 0x1ac26020 | i << 10,
                   lambda a, b, pick=pick, of=of, wrap=wrap: pick(of(a), of(b)) & wrap)
            imm = -2 if op[0] == 's' else 254
            yield (f'{op} {reg}0, {reg}1, #{imm}', sf << 31 | 0x11c00020 | i << 18 | (imm & 0xff) << 10,
                   lambda a, b, pick=pick, of=of, wrap=wrap, imm=imm: pick(of(a), imm) & wrap)
        yield (f'ctz {reg}0, {reg}1', sf << 31 | 0x5ac01820,
               lambda a, b, s=size: next((i for i in range(s) if a >> i & 1), s))
        yield f'cnt {reg}0, {reg}1', sf << 31 | 0x5ac01c20, lambda a, b, w=wrap: bin(a & w).count('1')
        yield f'abs {reg}0, {reg}1', sf << 31 | 0x5ac02020, lambda a, b, of=signed, w=wrap: abs(of(a)) & w


def emit(text, word, inputs, result, nzcv):
    regs = ', '.join(f'{v:#x}' for v in inputs)
    print(f'DP(0x{word:08x}, "{text}", {regs}, {result:#x}, {nzcv:#x})')


def main():
    print('/* Made by tools/gen_dp_vectors.py with QEMU 7.2: DP(word, text, x0, x1, x2, x3, nzcv, result, nzcv after) */')
    plain = list(instructions())
    cases = [(text, inputs) for i, text in enumerate(plain) for k, inputs in enumerate(INPUTS) if (i + k) % 2 or k < 2]
    cases += pauth_cases()
    for (text, inputs), (word, result, nzcv) in zip(cases, run(cases)):
        emit(text, word, inputs, result, nzcv)
    for text, word, function in cssc_cases():
        for inputs in INPUTS:
            emit(text, word, inputs, function(inputs[1], inputs[2]), inputs[4])


main()
