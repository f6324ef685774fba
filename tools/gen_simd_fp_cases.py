#!/usr/bin/env python3
"""Make tests/unit/cpu_simd_fp_cases.def: words of each row of a64_simd_fp.decode, and digests of what they do.

usage: gen_simd_fp_cases.py > new.def

The digests come from tests/unit/fp_record.c under qemu-aarch64 (developer's tool: needs it and aarch64-linux-gnu-gcc).
"""
import itertools
import pathlib
import re
import subprocess
import tempfile

import gen_decode

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Fields of the patterns, most significant bit first: the values that a row is tried with.
FIELDS = {
    'q': (0, 1), 'z': (0, 1), 'r': None, 'l': (0, 1), 'h': (0, 1),  # r: every rotation
    'i': None,  # fraction bits: the least, a middle and the greatest number
    'n': (1,), 'm': (2,), 'd': (0,),
}

INDEX_WITH_M = ('fpe_h', 'fpse_h', 'fhm_e', 'bfmlal_e')  # the top bit of m belongs to the index


def values_of(letter, width):
    if letter == 'i':
        return 0, (1 << width) // 2 + 1, (1 << width) - 1
    return FIELDS[letter] or range(1 << width)


def words(row):
    """Words of a row: every combination of its fields' values."""
    letters = sorted(set(c for c in row.pattern if c.islower() and c != 'x'))
    for choice in itertools.product(*(values_of(c, row.pattern.count(c)) for c in letters)):
        word = row.value
        for letter, value in zip(letters, choice):
            if letter == 'm' and row.form in INDEX_WITH_M:
                value |= sum(choice) % 2 << 4
            places = [31 - i for i, c in enumerate(row.pattern) if c == letter]
            for k, place in enumerate(reversed(places)):
                word |= (value >> k & 1) << place
        yield word


def is_reserved(row, word):
    """What the forms refuse: one lane of a double, L of a double's index, H of a 64-bit vector of complex halves."""
    q, sz = word >> 30 & 1, word >> 22 & 1
    if row.form in ('fpv', 'fpe', 'fcmla', 'fcadd') and sz and not q:
        return True
    if row.form in ('fpe', 'fpse') and sz and word >> 21 & 1:
        return True
    return row.form == 'fcmla_eh' and word >> 11 & 1 and not q


def operand(row, word):
    sz = word >> 22 & 1
    if re.match('[su]cvtf', row.name):
        return 'X'
    if row.form.startswith('fixed'):
        return 'D' if sz else 'S' if word >> 21 & 1 else 'H'
    if row.form.startswith('fhm'):
        return 'L'
    if row.form == 'fcvtn_bf':
        return 'S'
    if row.form.startswith('bf'):
        return 'B'
    if row.name == 'fcvtl':
        return 'S' if sz else 'H'
    if row.form == 'fcvt_size':
        return 'D' if sz else 'S'
    return 'H' if row.form.endswith('h') else 'D' if sz else 'S'


def sources(row):
    if 'm' not in row.pattern:
        return 1
    return 3 if re.match('fml[as]|fcmla|bf', row.name) else 2


def cases():
    rows = []
    gen_decode.parse_file(str(ROOT / 'src/cpu/a64_simd_fp.decode'), rows)
    for row in rows:
        for word in words(row):
            if is_reserved(row, word) or any((word & s.mask) == s.value for s in row.special):
                continue
            yield row.name, word, operand(row, word), sources(row)


def main():
    lines = [f"FP_CASE({name}, 0x{word:08x}, '{kind}', {count})\n" for name, word, kind, count in cases()]
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        (at / 'words.def').write_text(''.join(lines))
        subprocess.run(['aarch64-linux-gnu-gcc', '-static', '-O1', '-I', at, '-DCASES="words.def"', '-o', at / 'record',
                        ROOT / 'tests/unit/fp_record.c'], check=True)
        print(subprocess.run(['qemu-aarch64', '-cpu', 'max', at / 'record'], check=True, capture_output=True,
                             text=True, timeout=600).stdout, end='')


if __name__ == '__main__':
    main()
