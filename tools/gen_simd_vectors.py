#!/usr/bin/env python3
"""Make tests/unit/cpu_simd_int_cases.def: what the instructions of a .decode table do to V0, X0 and FPSR.

usage: gen_simd_vectors.py TABLE.decode [RANDOM_SETS [SEED]] > CASES.def

For each row of the table some words are made (each operand field at its least, its greatest and some other value; Q both
ways; Vd, Vn, Vm different and the same), and run on INPUTS by `qemu-aarch64 -cpu max` (developer's tool: needs QEMU's
user mode and aarch64-linux-gnu-as, ld, objcopy, objdump). With RANDOM_SETS, on so many sets of random operands instead.
Words that the disassembler or QEMU does not take are left out.
"""
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

import gen_decode

ONES = (1 << 128) - 1
MIN_D_S = 0x8000000000000000_8000000080000000
# Vd before, Vn (X1 is its lower half), Vm (V18 too), V3 and V4 (further table registers); X0 and X2 are fixed.
INPUTS = [
    (0x7fffffffffffffff_8000000000000000, MIN_D_S, MIN_D_S, 0x1f, 0x2f),
    (0x7fff7fff80008000_00007ffffffe8001, 0x8000800080008000_7fff7fff00010001, 0x800080007fffffff_80007fff0001ffff, ONES, 0),
    (0x7f80ff0000ff807f_0102030405060708, 0x807fff0001fe8180_7f80ff0102550aaa, 0x807f01ffff800200_80ff7f018055aa0a, 1, 2),
    (0x0123456789abcdef_fedcba9876543210, 0x13579bdf02468ace_deadbeefcafef00d, 0x000f101f202f303f_40ff3e21112a0580,
     0xa0a1a2a3a4a5a6a7_a8a9aaabacadaeaf, 0xb0b1b2b3b4b5b6b7_b8b9babbbcbdbebf),
    (ONES, ONES, 0x01ff08f87f801f20_e0e1070910f0403f, ONES, ONES),
    (0x8000000000000001_7ffffffffffffffe, 0xc000000040000000_3fffffffbfffffff, 0x000000000000003f_ffffffffffffffc0, 7, 8),
    (0xa5a5a5a55a5a5a5a_0000ffff00ff00ff, 0, 0x00000020ffffffe0_0000001fffffffe1, 3, 4),
    (0x00007fff0000ffff_7fffffff00000000, 0x7fffffffffffffff_00000000ffffffff, 0x001000f0000fffff_0001fff100080040, 5, 6),
]
SETS_PER_WORD = 4


def words_of(row, seed=0, random_words=1):
    """Instruction words of a row: fields d n m are registers, x are ignored bits, others operands."""
    letters = sorted(set(re.findall('[a-z]', row.pattern)) - set('dnmqx'))

    def fill(operand, q, regs):
        word = row.value
        taken = {}
        for at in range(31, -1, -1):
            c = row.pattern[31 - at]
            if c in '01x':
                continue
            left = row.pattern[32 - at:].count(c)  # bits of this field below
            if c == 'q':
                b = q
            elif c in 'dnm':
                b = regs['dnm'.index(c)] >> left & 1
            else:
                b = taken.setdefault(c, operand(c)) >> left & 1
            word |= b << at
        return word
    rng = random.Random(f'{row.name} {seed}')
    picks = [lambda c: 0, lambda c: ~0] + [lambda c: rng.getrandbits(16)] * random_words if letters else [lambda c: 0]
    words = []
    for k, pick in enumerate(picks):
        for q in ((0, 1) if 'q' in row.pattern else (0,)):
            words.append(fill(pick, q, (0, 1, 18 if k == 1 else 2)))
    if 'n' in row.pattern and 'd' in row.pattern:
        words.append(fill(lambda c: rng.getrandbits(16), 1, (0, 0, 0)))
    return list(dict.fromkeys(words))


SOURCE = '''
	.global _start
_start:	ldr x20, =jobs
	ldr x21, =output
	ldr x22, =inputs
	ldr x23, ={count}
1:	ldp w24, w25, [x20], #8		// number of the word, number of the inputs
	add x26, x22, x25, lsl #6
	add x26, x26, x25, lsl #4	// 80 bytes
	ldr q0, [x26]
	ldr q1, [x26, #16]
	ldr q2, [x26, #32]
	mov v18.16b, v2.16b
	ldr q3, [x26, #48]
	ldr q4, [x26, #64]
	ldr x1, [x26, #16]
	ldr x0, =0x1122334455667788
	ldr x27, =words
	add x27, x27, x24, lsl #3
	msr fpsr, xzr
	blr x27
	mrs x3, fpsr
	str q0, [x21], #16
	stp x0, x3, [x21], #16
	subs x23, x23, #1
	b.ne 1b
	mov x0, #1
	ldr x1, =output
	ldr x2, =32 * {count}
2:	mov x8, #64
	svc #0
	add x1, x1, x0
	subs x2, x2, x0
	mov x0, #1
	b.ne 2b
	mov x0, #0
	mov x8, #93
	svc #0
	.ltorg
	.balign 8
words:	{words}
	.data
	.balign 16
jobs:	{jobs}
	.balign 16
inputs:	{inputs}
	.bss
	.balign 16
output:	.space 32 * {count}
'''


def tool(folder, command):
    return subprocess.run(command.split(), cwd=folder, check=True, timeout=300, stdout=subprocess.PIPE).stdout


def disassemble(words):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / 'w.bin').write_bytes(struct.pack(f'<{len(words)}I', *words))
        text = tool(folder, 'aarch64-linux-gnu-objdump -b binary -m aarch64 -D w.bin').decode()
    lines = re.findall(r'^\s*[0-9a-f]+:\t[0-9a-f]{8} \t(.*)$', text, re.M)
    return [re.sub(r'\s+', ' ', line.split('//')[0]).strip() for line in lines]


def run(words, jobs, inputs):
    """jobs: (index of words, index of inputs) -> (v0, x0, fpsr)"""
    source = SOURCE.format(
        count=len(jobs),
        words='\n'.join(f'\t.inst {w:#x}\n\tret' for w in words),
        jobs='\n'.join(f'\t.long {w}, {i}' for w, i in jobs),
        inputs='\n'.join(f'\t.quad {v & (1 << 64) - 1:#x}, {v >> 64:#x}' for one in inputs for v in one))
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / 'a.s').write_text(source)
        tool(folder, 'aarch64-linux-gnu-as -march=armv8.6-a a.s -o a.o')
        tool(folder, 'aarch64-linux-gnu-ld a.o -o a.elf')
        out = tool(folder, 'qemu-aarch64 -cpu max ./a.elf')
    for lo, hi, x0, fpsr in struct.iter_unpack('<4Q', out):
        yield lo, hi, x0, fpsr


def writes_x(text):
    return re.match(r'\S+ [wx]\d', text) is not None


def emit(cases, inputs):
    print('/* Made by tools/gen_simd_vectors.py with QEMU 7.2.')
    print(' * IN(d, n, m, v3, v4), each as upper, lower half; CASE(word, text, { number of the IN + 1, upper, lower, FPSR }…) */')
    for one in inputs:
        print('IN(' + ', '.join(f'{v >> 64:#x}, {v & (1 << 64) - 1:#x}' for v in one) + ')')
    for word, text, results in cases:
        print(f'CASE({word:#010x}, "{text}",' + ','.join(f' {{ {i + 1}, {hi:#x}, {lo:#x}, {fpsr:#x} }}'
                                                       for i, hi, lo, fpsr in results) + ')')


def main():
    if len(sys.argv) not in (2, 3, 4):
        sys.exit(__doc__)
    rows, inputs = [], INPUTS
    gen_decode.parse_file(sys.argv[1], rows)
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    if len(sys.argv) > 2:
        rng = random.Random(seed)
        edge = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x81, 0x40]

        def vector():
            return int.from_bytes(bytes(rng.choice(edge) if rng.random() < 0.6 else rng.getrandbits(8) for _ in range(16)),
                                  'little')
        inputs = [tuple(vector() for _ in range(5)) for _ in range(int(sys.argv[2]))]
    words, first = [], {}
    for row in rows:
        for k, word in enumerate(words_of(row, seed, 1 if len(sys.argv) == 2 else 4)):
            if word not in first:
                first[word] = k
                words.append(word)
    texts = disassemble(words)
    kept = [(w, t) for w, t in zip(words, texts) if 'undefined' not in t and not t.startswith('.')]
    jobs, step = [], 1
    for n, (word, text) in enumerate(kept):
        sets = range(len(inputs))
        if len(sys.argv) == 2:
            sets = list(sets)[first[word] % 2::2][:SETS_PER_WORD]
        jobs += [(n, i) for i in sets]
    results = {}
    for (n, i), (lo, hi, x0, fpsr) in zip(jobs, run([w for w, _ in kept], jobs, inputs)):
        if writes_x(kept[n][1]):
            lo, hi = x0, 0
        results.setdefault(n, []).append((i, hi, lo, fpsr))
    emit([(w, t, results[n]) for n, (w, t) in enumerate(kept)], inputs)


main()
