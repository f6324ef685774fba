#!/usr/bin/env python3
"""Make the substitution tables of AES (FIPS 197, 5.1.1) and SM4 (GB/T 32907) from their definitions.

usage: gen_sboxes.py OUTPUT

Both are the inverse in GF(2^8), of different polynomials, within affine maps over its bits.
"""
import sys


def multiply(a, b, polynomial):
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= polynomial
        b >>= 1
    return product


def inverses(polynomial):
    table = [0] * 256
    for a in range(1, 256):
        table[a] = next(b for b in range(1, 256) if multiply(a, b, polynomial) == 1)
    return table


def affine(row, constant, x):
    """Bit i of the result is the parity of x and row rotated left by i."""
    result = constant
    for i in range(8):
        turned = (row << i | row >> (8 - i)) & 0xff
        result ^= (bin(turned & x).count('1') & 1) << i
    return result


def aes():
    inverse = inverses(0x11b)
    return [affine(0xf1, 0x63, inverse[x]) for x in range(256)]


def sm4():
    inverse = inverses(0x1f5)
    return [affine(0xa7, 0xd3, inverse[affine(0xa7, 0xd3, x)]) for x in range(256)]


def inverted(table):
    return [table.index(x) for x in range(256)]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    forward = aes()
    out = ['/* Made by tools/gen_sboxes.py. */', '#include "cpu/crypto.h"', '']
    for name, table in (('aes_sbox', forward), ('aes_inverse_sbox', inverted(forward)), ('sm4_sbox', sm4())):
        out.append(f'const u8 {name}[256] = {{')
        for at in range(0, 256, 16):
            out.append('\t' + ' '.join(f'0x{x:02x},' for x in table[at:at + 16]))
        out += ['};', '']
    with open(sys.argv[1], 'w', encoding='utf-8') as file:
        file.write('\n'.join(out))


main()
