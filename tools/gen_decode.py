#!/usr/bin/env python3
"""Make the A64 decoder from its tables (src/cpu/*.decode; the format is described at the top of a64.decode).

usage: gen_decode.py header|source OUTPUT INPUT...

The header declares enum row_id and every form and exec function; the source holds insn_rows[] and decode_row(), a tree of
switches over the bits that discriminate. Two rows that claim the same word stop the build, unless one is declared
(with +) as a special case of the other.
"""
import itertools
import re
import sys

GROUP = r'\{(?:([1-9]):)?([^{},]*,[^{}]*)\}'  # braces without a comma are the syntax's own


class Row:
    def __init__(self, where, columns):
        self.where = where
        self.name, self.exec, pattern, self.form, self.feature, self.cls, self.syntax = columns
        pattern = pattern.replace(' ', '')
        if len(pattern) != 32 or not re.fullmatch(r'[01A-VX-Za-z]{32}', pattern):
            fail(where, f'{self.name}: a pattern has 32 characters, this has {len(pattern)}: {pattern}')
        self.pattern = pattern
        self.mask = int(''.join('1' if c in '01' else '0' for c in pattern), 2)
        self.value = int(''.join('1' if c == '1' else '0' for c in pattern), 2)
        self.general = None
        self.special = []

    def rank(self):
        """Greater is more special."""
        return bin(self.mask).count('1'), self.general.rank() if self.general else ()

    def overlaps(self, other):
        return (self.value ^ other.value) & self.mask & other.mask == 0

    def is_within(self, other):
        return self.mask & other.mask == other.mask and self.value & other.mask == other.value


def fail(where, text):
    sys.exit(f'{where}: {text}')


def alternatives(columns):
    """The expansions of {a,b,c} groups: the k-th group of every column advances with the k-th of the first, and {2:a,b}
    with the second of the first."""
    counts = [len(g.split(',')) for _, g in re.findall(GROUP, columns[0])]
    for choice in itertools.product(*map(range, counts)):
        yield tuple(expand(c, choice) for c in columns)


def expand(text, choice):
    turn = iter(choice)

    def pick(group):
        number, names = group.groups()
        return names.split(',')[choice[int(number) - 1] if number else next(turn)]
    return re.sub(GROUP, pick, text)


def sizes(columns):
    """W in a pattern: one row for each size."""
    name, exec_, pattern, form, feature, cls, syntax = columns
    if 'W' not in pattern:
        return [columns]
    both = []
    for suffix, value, reg in (('_w', '0', 'W'), ('_x', '1', 'X')):
        both.append((name + suffix, exec_.replace('*', suffix) or name + suffix, pattern.replace('W', value), form, feature,
                     cls, re.sub(r'\bR(?=[dnma])', reg, syntax)))
    return both


def parse_line(where, line):
    quoted = re.fullmatch(r'(\S+)\s+([0-9A-Za-z{},: ]+?)\s+(\S+)\s+(\S+)\s+(\S+)\s+"([^"]*)"', line)
    if not quoted:
        fail(where, f'not a row: {line}')
    name, pattern, form, feature, cls, syntax = quoted.groups()
    name, _, exec_ = name.partition('=')
    pattern = re.sub(r'\s', '', pattern)
    for columns in alternatives((name, exec_, pattern, form, feature, cls, syntax)):
        for sized in sizes(columns):
            yield Row(where, (sized[0], sized[1] or sized[0]) + sized[2:])


def parse_file(path, rows):
    family = []  # the last line without +, and its special cases so far
    with open(path, encoding='utf-8') as lines:
        for number, text in enumerate(lines, 1):
            where = f'{path}:{number}'
            line = text.strip()
            if not line or line.startswith('#'):
                continue
            special = line.startswith('+')
            new = list(parse_line(where, line.lstrip('+ ')))
            if not special:
                family = []
            for row in new:
                if special:
                    within = [r for r in family if row.is_within(r)]
                    if not within:
                        fail(where, f'{row.name} is not a special case of the row above')
                    row.general = max(within, key=Row.rank)
                    row.general.special.append(row)
            family += new
            rows += new


def is_special_of(row, other):
    while row is not None:
        if row is other:
            return True
        row = row.general
    return False


def check(rows):
    names = {}
    for row in rows:
        if row.name in names:
            fail(row.where, f'{row.name} is already the name of {names[row.name].where}')
        names[row.name] = row
    for a, b in itertools.combinations(rows, 2):
        if a.overlaps(b) and not is_special_of(a, b) and not is_special_of(b, a):
            fail(b.where, f'{b.name} ({b.pattern}) overlaps {a.name} ({a.pattern}) of {a.where}')


# ---- the tree ----

def runs(mask):
    """Contiguous runs of ones in mask, as (lsb, width)."""
    lsb = 0
    while mask >> lsb:
        if mask >> lsb & 1:
            width = 1
            while mask >> (lsb + width) & 1:
                width += 1
            yield lsb, width
            lsb += width
        else:
            lsb += 1


def choose_bits(rows, tested):
    """Which bits to switch on: the longest run that all rows fix, or else the bit that splits them with least copying."""
    common = ~tested & 0xffffffff
    for row in rows:
        common &= row.mask
    useful = 0
    for bit in range(32):
        if common >> bit & 1 and len({row.value >> bit & 1 for row in rows}) == 2:
            useful |= 1 << bit
    if useful:
        lsb, width = max(runs(useful), key=lambda r: r[1])
        width = min(width, 8)
        return lsb, width

    def cost(bit):
        fixed = [row for row in rows if row.mask >> bit & 1]
        ones = sum(row.value >> bit & 1 for row in fixed)
        free = len(rows) - len(fixed)
        return max(ones, len(fixed) - ones) + 2 * free
    candidates = [b for b in range(32) if not tested >> b & 1 and any(row.mask >> b & 1 for row in rows)]
    return (min(candidates, key=cost), 1) if candidates else None


def emit_row(row, tested, indent, out):
    """The word may be this row's: check what is left of its pattern, then its special cases."""
    rest = row.mask & ~tested
    if rest:
        out.append(f'{indent}if ((insn & {rest:#010x}) == {row.value & rest:#010x}) {{')
        emit_tree(row.special, tested | rest, row, indent + '\t', out)
        out.append(f'{indent}}}')
    else:
        emit_tree(row.special, tested, row, indent, out)
    return rest


def emit_tree(rows, tested, otherwise, indent, out):
    """Code that returns the one of rows (which exclude each other) that matches, or else `otherwise`."""
    bits = choose_bits(rows, tested) if len(rows) > 2 else None
    if bits:
        emit_switch(rows, bits, tested, otherwise, indent, out)
    elif all([emit_row(row, tested, indent, out) for row in rows]):
        out.append(f'{indent}return ROW_{otherwise.name if otherwise else "unallocated"};')


def emit_switch(rows, bits, tested, otherwise, indent, out):
    lsb, width = bits
    field = ((1 << width) - 1) << lsb
    cases = {}
    for key in range(1 << width):
        members = [r for r in rows if (r.value ^ key << lsb) & r.mask & field == 0]
        if members:
            cases.setdefault(tuple(id(r) for r in members), (members, []))[1].append(key)
    out.append(f'{indent}switch (insn >> {lsb} & {(1 << width) - 1:#x}) {{')
    for members, keys in cases.values():
        for at in range(0, len(keys), 8):
            out.append(indent + ' '.join(f'case {k:#x}:' for k in keys[at:at + 8]))
        emit_tree(members, tested | field, otherwise, indent + '\t', out)
    out.append(f'{indent}default:')
    out.append(f'{indent}\treturn ROW_{otherwise.name if otherwise else "unallocated"};')
    out.append(f'{indent}}}')


# ---- output ----

NOTE = '/* Made by tools/gen_decode.py from the .decode tables. */'


def write_header(rows):
    out = [NOTE, '#ifndef A64_ROWS_H', '#define A64_ROWS_H', '', '#include "cpu/cpu.h"', '', 'enum row_id {',
           '\tROW_unallocated,']
    out += [f'\tROW_{row.name},' for row in rows]
    out += ['\tROW_COUNT', '};', '']
    for name in sorted({row.exec for row in rows} | {'unallocated'}):
        out += [f'op_fn fast_{name};', f'step_fn step_{name};']
    out += ['']
    out += [f'bool form_{name}(struct op *op, u32 insn);' for name in sorted({row.form for row in rows})]
    return out + ['', '#endif']


def write_source(rows):
    out = [NOTE, '#include <stddef.h>', '#include "cpu/decode.h"', '#include "cpu/features.h"', '#include "a64_rows.h"', '',
           'const unsigned insn_row_count = ROW_COUNT;', '', 'const struct insn_row insn_rows[ROW_COUNT] = {',
           '\t[ROW_unallocated] = { .name = "unallocated", .feature = FEATURE_BASE, .cls = CLASS_exc,',
           '\t\t.fast = fast_unallocated, .step = step_unallocated, .syntax = "" },']
    for row in rows:
        feature = 'FEATURE_BASE' if row.feature == '-' else f'offsetof(struct cpu_features, {row.feature})'
        general = f'ROW_{row.general.name}' if row.general else 'ROW_unallocated'
        out += [f'\t[ROW_{row.name}] = {{ "{row.name}", {row.mask:#010x}, {row.value:#010x}, form_{row.form}, {feature},',
                f'\t\tCLASS_{row.cls}, {general}, fast_{row.exec}, step_{row.exec}, "{row.syntax}" }},']
    out += ['};', '', 'unsigned decode_row(u32 insn)', '{']
    emit_tree([row for row in rows if not row.general], 0, None, '\t', out)
    return out + ['}']


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in ('header', 'source'):
        sys.exit(__doc__)
    rows = []
    for path in sys.argv[3:]:
        parse_file(path, rows)
    check(rows)
    lines = write_header(rows) if sys.argv[1] == 'header' else write_source(rows)
    with open(sys.argv[2], 'w', encoding='utf-8') as out:
        out.write('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main()
