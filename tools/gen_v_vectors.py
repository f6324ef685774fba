#!/usr/bin/env python3
"""Make tests/unit/cpu_simd_ldst_cases.def or cpu_crypto_cases.def: what instructions do to V registers, memory and base.

usage: gen_v_vectors.py ldst|crypto > tests/unit/cpu_NAME_cases.def

Each instruction runs in `qemu-aarch64 -cpu max` (developer's tool: needs qemu-user and aarch64-linux-gnu-as, ld). Before
it, registers and memory are what the functions below say; tests/unit/simd_rig.h says the same.
"""
import pathlib
import struct
import subprocess
import sys
import tempfile

MEMORY, BASE = 256, 0x40  # bytes; where x1 points
STATE = 32 * 16 + 16 + MEMORY


def register(i, variant):
    """V register i before an instruction: bytes that tell register and place apart."""
    return bytes((i * 7 + j * 29 + 3 ^ variant * 0xb5 * (j + i)) & 0xff for j in range(16))


def memory():
    return bytes(k ^ 0xa5 for k in range(MEMORY))


def prologue():
    data = b''.join(register(i, v) for v in (0, 1) for i in range(32)) + memory()
    return f'''
	.arch armv8.5-a+crypto+sha3+sm4
	.global _start
_start:	ldr x20, =output
	b cases
reset:	ldr x10, =initial
	add x10, x10, x11, lsl #9
''' + '\n'.join(f'\tldp q{i}, q{i + 1}, [x10, #{i * 16}]' for i in range(0, 32, 2)) + f'''
	ldr x10, =initial + 1024
	ldr x12, =mem
	mov x13, #{MEMORY}
1:	ldr x14, [x10], #8
	str x14, [x12], #8
	subs x13, x13, #8
	b.ne 1b
	ldr x1, =mem + {BASE}
	mov sp, x1
	mov x2, #24
	ldr x3, =0x12345678fffffff8
	ldr x4, =0xdeadbeef00000008
	ldr x5, =0x7ffffffffffffffd
	mov x6, #5
	ret
dump:	str q0, [x20]
''' + '\n'.join(f'\tstr q{i}, [x20, #{i * 16}]' for i in range(1, 32)) + f'''
	add x20, x20, #512
	ldr x12, =mem + {BASE}
	sub x1, x1, x12
	mov x13, sp
	sub x13, x13, x12
	stp x1, x13, [x20], #16
	ldr x12, =mem
	mov x13, #{MEMORY}
1:	ldr x14, [x12], #8
	str x14, [x20], #8
	subs x13, x13, #8
	b.ne 1b
	ret
	.ltorg
	.data
	.balign 16
initial: .byte {','.join(map(str, data))}
	.bss
	.balign 4096
mem:	.skip 4096
output:	.skip 0x400000
	.text
cases:
'''


EPILOGUE = '''
	ldr x21, =output
1:	mov x0, #1
	mov x1, x21
	sub x2, x20, x21
	cbz x2, 2f
	mov x8, #64
	svc #0
	add x21, x21, x0
	b 1b
2:	mov x0, #0
	mov x8, #93
	svc #0
'''


def execute(instructions):
    """instructions: (text, variant of the registers). Yields word and state after each."""
    source = prologue()
    for number, (text, variant) in enumerate(instructions):
        source += f'\tmov x11, #{variant}\n\tbl reset\nc{number}:\t{text}\n\tbl dump\n'
        if number % 64 == 63:
            source += '\tb 9f\n\t.ltorg\n9:\n'
    source += EPILOGUE
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / 'a.s').write_text(source, encoding='ascii')
        subprocess.run(['aarch64-linux-gnu-as', '-o', path / 'a.o', path / 'a.s'], check=True)
        subprocess.run(['aarch64-linux-gnu-ld', '-o', path / 'a', path / 'a.o'], check=True)
        out = subprocess.run(['qemu-aarch64', '-cpu', 'max', path / 'a'], check=True, stdout=subprocess.PIPE).stdout
        symbols = subprocess.run(['aarch64-linux-gnu-nm', path / 'a'], check=True, stdout=subprocess.PIPE, text=True).stdout
        subprocess.run(['aarch64-linux-gnu-objcopy', '-O', 'binary', '-j', '.text', path / 'a', path / 'a.bin'], check=True)
        code = (path / 'a.bin').read_bytes()
    address = {name: int(value, 16) for value, _, name in (line.split() for line in symbols.splitlines())}
    start = min(v for k, v in address.items() if k in ('_start', 'reset', 'dump', 'cases'))
    assert len(out) == STATE * len(instructions)
    for number in range(len(instructions)):
        at = address[f'c{number}'] - start
        yield struct.unpack_from('<I', code, at)[0], out[number * STATE:(number + 1) * STATE]


def halves(data):
    return ', '.join(f'{v:#x}' for v in struct.unpack(f'<{len(data) // 8}Q', data))


def changed_registers(state, variant):
    for i in range(32):
        now = state[16 * i:16 * i + 16]
        if now != register(i, variant):
            yield f'{{ {i}, {halves(now)} }}'


def changed_memory(state):
    now, was = state[-MEMORY:], memory()
    at = [k for k in range(MEMORY) if now[k] != was[k]]
    if not at:
        return '0, 0, { 0 }'
    data = now[at[0]:at[-1] + 1]
    return f'{at[0]:#x}, {len(data)}, {{ {halves(data + bytes(-len(data) % 8))} }}'


# ---- loads and stores ----

ARRANGEMENTS = {'b': ('8b', '16b'), 'h': ('4h', '8h'), 's': ('2s', '4s'), 'd': ('1d', '2d')}
SIZE = dict(zip('bhsdq', (1, 2, 4, 8, 16)))


def registers(first, count, suffix):
    return '{ ' + ', '.join(f'v{(first + i) % 32}.{suffix}' for i in range(count)) + ' }'


def singles():
    for k, size in SIZE.items():
        log2 = size.bit_length() - 1
        for op, unscaled in (('ldr', 'ldur'), ('str', 'stur')):
            yield f'{op} {k}5, [x1, #{size}]'
            yield f'{op} {k}6, [x1]'
            yield f'{op} {k}7, [sp, #{3 * size}]'
            yield f'{unscaled} {k}8, [x1, #-17]'
            yield f'{op} {k}9, [x1, #-16]!'
            yield f'{op} {k}10, [sp, #16]!'
            yield f'{op} {k}11, [x1], #21'
            yield f'{op} {k}12, [x1, x2]'
            yield f'{op} {k}13, [x1, w3, sxtw]'
            yield f'{op} {k}14, [x1, w4, uxtw]'
            if k != 'b':
                yield f'{op} {k}15, [x1, w5, sxtw #{log2}]'
                yield f'{op} {k}16, [x1, x6, lsl #{log2}]'
                yield f'{op} {k}17, [x1, w6, uxtw #{log2}]'


def pairs():
    for k in 'sdq':
        size = SIZE[k]
        for op in ('ld', 'st'):
            yield f'{op}p {k}5, {k}9, [x1, #{size}]'
            yield f'{op}np {k}31, {k}0, [x1, #{-2 * size}]'
            yield f'{op}p {k}7, {k}6, [sp, #{-size}]!'
            yield f'{op}p {k}12, {k}11, [x1, #{2 * size}]!'
            yield f'{op}p {k}14, {k}13, [x1], #{-3 * size}'


def structures():
    for op in ('ld', 'st'):
        for kind, count in (('1', 1), ('1', 2), ('1', 3), ('1', 4), ('2', 2), ('3', 3), ('4', 4)):
            for k, both in ARRANGEMENTS.items():
                for q, suffix in enumerate(both):
                    if suffix == '1d' and kind != '1':
                        continue
                    yield f'{op}{kind} {registers(5 if q else 30, count, suffix)}, [x1]'
                    if suffix in ('8b', '4s'):
                        yield f'{op}{kind} {registers(12, count, suffix)}, [x1], #{count * 8 << q}'
                        yield f'{op}{kind} {registers(29, count, suffix)}, [sp], x2'


def lanes():
    for op in ('ld', 'st'):
        for count in (1, 2, 3, 4):
            for k in ARRANGEMENTS:
                last = 16 // SIZE[k] - 1
                for lane in (0, last // 2 + 1 if last > 1 else 1):
                    yield f'{op}{count} {registers(30, count, k)}[{lane}], [x1]'
                yield f'{op}{count} {registers(8, count, k)}[{last}], [x1], #{count * SIZE[k]}'
                yield f'{op}{count} {registers(11, count, k)}[{last // 2}], [sp], x2'


def replicates():
    for count in (1, 2, 3, 4):
        for k, both in ARRANGEMENTS.items():
            for q, suffix in enumerate(both):
                yield f'ld{count}r {registers(30, count, suffix)}, [x1]'
                if q == SIZE[k] % 4 // 2:
                    yield f'ld{count}r {registers(8, count, suffix)}, [x1], #{count * SIZE[k]}'
                    yield f'ld{count}r {registers(11, count, suffix)}, [sp], x2'


def ldst():
    texts = [*singles(), *pairs(), *structures(), *lanes(), *replicates()]
    for text, (word, state) in zip(texts, execute([(t, 0) for t in texts])):
        x1, sp = struct.unpack_from('<qq', state, 512)
        print(f'CASE({word:#010x}, "{text}", {x1 or sp}, {{ {", ".join(changed_registers(state, 0)) or "{ 0 }"} }}, '
              f'{changed_memory(state)})')


# ---- cryptography ----

def crypto_instructions():
    for op in ('aese', 'aesd', 'aesmc', 'aesimc'):
        yield f'{op} vD.16b, vN.16b'
    for op in ('c', 'p', 'm'):
        yield f'sha1{op} qD, sN, vM.4s'
    yield from ('sha1h sD, sN', 'sha1su1 vD.4s, vN.4s', 'sha256su0 vD.4s, vN.4s', 'sha512su0 vD.2d, vN.2d',
                'sm4e vD.4s, vN.4s')
    for op in ('sha1su0', 'sha256su1', 'sm3partw1', 'sm3partw2', 'sm4ekey'):
        yield f'{op} vD.4s, vN.4s, vM.4s'
    for op in ('sha256h', 'sha256h2'):
        yield f'{op} qD, qN, vM.4s'
    for op in ('sha512h', 'sha512h2'):
        yield f'{op} qD, qN, vM.2d'
    for op in ('sha512su1', 'rax1'):
        yield f'{op} vD.2d, vN.2d, vM.2d'
    for op in ('eor3', 'bcax'):
        yield f'{op} vD.16b, vN.16b, vM.16b, vA.16b'
    for by in (0, 1, 9, 63):
        yield f'xar vD.2d, vN.2d, vM.2d, #{by}'
    yield 'sm3ss1 vD.4s, vN.4s, vM.4s, vA.4s'
    for op in ('1a', '1b', '2a', '2b'):
        for lane in (0, 1, 3):
            yield f'sm3tt{op} vD.4s, vN.4s, vM.s[{lane}]'
    yield from ('pmull vD.1q, vN.1d, vM.1d', 'pmull2 vD.1q, vN.2d, vM.2d')


def crypto():
    cases = []
    for template in crypto_instructions():
        for d, n, m, a, variant in ((5, 9, 20, 31, 0), (0, 30, 17, 2, 1), (7, 7, 7, 7, 1), (3, 4, 3, 3, 1)):
            text = template
            for letter, number in zip('DNMA', (d, n, m, a)):
                for width in 'vqs':
                    text = text.replace(width + letter, f'{width}{number}')
            cases.append((text, variant))
    for (text, variant), (word, state) in zip(cases, execute(cases)):
        changed = list(changed_registers(state, variant))
        assert len(changed) <= 1, (text, changed)
        number = int(text.split()[1].strip('vqs,').split('.')[0])
        result = halves(state[16 * number:16 * number + 16])
        print(f'CASE({word:#010x}, "{text}", {variant}, {number}, {{ {result} }})')


if len(sys.argv) != 2 or sys.argv[1] not in ('ldst', 'crypto'):
    sys.exit(__doc__)
print('/* Made by tools/gen_v_vectors.py. */')
{'ldst': ldst, 'crypto': crypto}[sys.argv[1]]()
