#!/usr/bin/env python3
"""Tarmac: every line has the syntax that Tarmac readers expect, says what the text trace says, and is the same when it
is made from a binary trace.

The reader here is written from the format's description in docs/trace.md: [time unit] [core] kind fields."""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

HYPSCOPE = sys.argv[1]

HEX = '[0-9a-f]+'
SIZES = {'X': 16, 'SP': 16, 'V': 32, 'FPSR': 8, 'FPCR': 8, 'cpsr': 8}
# Kinds that readers show as they are.
TEXT_KINDS = {'TTW', 'SIGNAL', 'INFO_EXCEPTION_REASON'}
VECTORS = [f'{where}_{what}' for where in ('CURRENT_SP0', 'CURRENT_SPx', 'LOWER_64', 'LOWER_32')
           for what in ('SYNC', 'IRQ', 'FIQ', 'SERROR')]


class Bad(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Bad(why)


def read_it(fields):
    match = re.fullmatch(rf'\((\d+)\) ({HEX}):({HEX}) ({HEX}) O EL([0-3])_([sn]) : (\S.*)', fields)
    need(match, 'instruction')
    count, pc, pa, word = int(match[1]), match[2], match[3], match[4]
    need(len(pc) == 16 and len(pa) >= 12 and len(word) == 8, 'digits of an instruction')
    return 'insn', count, int(pc, 16), int(word, 16)


def read_r(fields):
    name, value = fields.split(' ')
    need(re.fullmatch(r'[0-9a-f-]+', value), 'register value')
    size = SIZES.get(re.sub(r'(?<=^[XV])\d+$', '', name), 16)
    need(len(value) == size, f'{size} digits')
    if name != 'cpsr':
        need('-' not in value, 'only cpsr may be partial')
    return 'reg', name, value


def read_m(kind, fields):
    match = re.fullmatch(r'M([RW])(\d+)', kind)
    need(match, 'access kind')
    size, words = int(match[2]), fields.split(' ')
    need(re.fullmatch(rf'{HEX}:{HEX}', words[0]), 'access address')
    need(1 <= size <= 8 or size == 16, 'access size')
    need([len(w) for w in words[1:]] == ([16, 16] if size == 16 else [2 * size]), 'digits of an access')
    va, pa = (int(a, 16) for a in words[0].split(':'))
    return 'mem', match[1], size, va, pa, int(''.join(words[1:]), 16)


def read_e(fields):
    if fields.startswith('DebugEvent_'):
        return ('text',)
    match = re.fullmatch(rf'({HEX}) ({HEX}) CoreEvent_(\w+)', fields)
    need(match, 'exception')
    need(VECTORS[int(match[2], 16) - 0x80] == match[3], 'number and name of the vector')
    return 'exc', int(match[1], 16), match[3]


def read_line(line):
    """(time, core or None, what)"""
    match = re.fullmatch(r'(\d+) clk (?:cpu(\d+) )?(\S+) (\S.*)', line)
    need(match, 'a time and a kind')
    kind, fields = match[3], match[4]
    if kind == 'IT':
        what = read_it(fields)
    elif kind == 'R':
        what = read_r(fields)
    elif kind == 'E':
        what = read_e(fields)
    elif kind in TEXT_KINDS:
        what = ('text',)
    else:
        what = read_m(kind, fields)
    return int(match[1]), match[2] and int(match[2]), what


def read(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            yield read_line(line)
        except (Bad, ValueError, IndexError) as e:
            sys.exit(f'FAILED: {path.name}:{number}: {line}: {e}')


# ---- the same by the text trace ----

PLACE = re.compile(r' *(\d+) (?:c(\d+) EL(\d)(.) v(\d+) +a(\d+) +|machine +)(.*)')
INSN = re.compile(r'([0-9a-f]{16}) ([0-9a-f]{8})  (.*)')
MEM = re.compile(r'(read|write) (\d+) VA 0x(\w+)(?: IPA 0x\w+)? PA 0x(\w+)(?: \(device\))? = 0x(\w+)(?: 0x(\w+))?')


def text_regs(words):
    for name, value in re.findall(r' (x\d+|sp|v\d+|fpsr|fpcr|nzcv)=(\w+)', words):
        if name == 'nzcv':
            yield 'reg', 'cpsr', f'{int(value, 2):x}'
        else:
            upper = re.sub(r'\d+', '', name).upper()
            yield 'reg', name.upper(), f'{int(value, 16):0{SIZES[upper]}x}'


def text_events(line):
    place = PLACE.fullmatch(line)
    if not place:
        return
    core, rest = place[2] and int(place[2]), place[7]
    if (match := INSN.fullmatch(rest)):
        yield core, ('insn', int(match[1], 16), int(match[2], 16))
        for reg in text_regs(match[3]):
            yield core, reg
    elif (match := MEM.match(rest)):
        value = int(match[5], 16) | int(match[6] or '0', 16) << 64
        yield core, ('mem', match[1][0].upper(), int(match[2]), int(match[3], 16), int(match[4], 16),
                     value)
    elif (match := re.search(r'EXCEPTION (\w+) EL(\d) -> EL(\d), VBAR_EL\d\+0x(\w+)', rest)):
        yield core, ('exc', VECTORS[int(match[4], 16) >> 7])


def tarmac_events(lines):
    """What both say, without the order within an instruction."""
    for _, core, what in lines:
        if what[0] == 'insn':
            yield core, ('insn', *what[2:])
        elif what[0] == 'exc':
            yield core, ('exc', what[2])
        elif what[0] == 'mem':
            yield core, what
        elif what[0] == 'reg' and what[1] == 'cpsr' and re.fullmatch(r'[0-9a-f]{2}-{6}', what[2]):
            yield core, ('reg', 'cpsr', what[2][0])
        elif what[0] == 'reg' and re.fullmatch(r'[XV]\d+|SP|FPSR|FPCR', what[1]):
            yield core, what


def by_instruction(events):
    """What belongs together, by core: sorted, as the order within is not the same."""
    out = collections.defaultdict(list)
    for core, what in events:
        if what[0] in ('insn', 'exc'):
            out[core].append([what])
        elif out[core]:
            out[core][-1].append(what)
    return {core: [sorted(map(str, group)) for group in groups] for core, groups in out.items()}


def compare(tarmac, text):
    ours = by_instruction(tarmac_events(read(tarmac)))
    theirs = by_instruction(e for line in text.read_text().splitlines() for e in text_events(line))
    if sorted(ours) != sorted(theirs):
        sys.exit(f'FAILED: cores {sorted(ours)} and {sorted(theirs)}')
    for core, groups in theirs.items():
        for n, (a, b) in enumerate(zip(ours[core], groups)):
            if a != b:
                sys.exit(f'FAILED: core {core}, {n}: Tarmac says {a}, text says {b}')
        if len(ours[core]) != len(groups):
            sys.exit(f'FAILED: core {core}: {len(ours[core])} and {len(groups)} instructions')
    return sum(len(g) for g in theirs.values())


def counts_follow(tarmac):
    """Instructions are counted from 1 on each core, and their times do not go back."""
    count, time = collections.Counter(), collections.Counter()
    for at, core, what in read(tarmac):
        if what[0] == 'insn':
            count[core] += 1
            if what[1] != count[core] or at < time[core]:
                sys.exit(f'FAILED: core {core}: instruction {what[1]} at {at} after {count[core] - 1} at {time[core]}')
            time[core] = at


def run(*words):
    subprocess.run([HYPSCOPE, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=240, check=False)


def check(folder, *image):
    tarmac, text, binary, again = (folder / name for name in ('tarmac', 'text', 'bin', 'again'))
    options = ['--quiet', *image, '--trace', 'all']
    run('run', *options, '--trace-format', 'tarmac', '--trace-file', tarmac)
    run('run', *options, '--trace-file', text)
    run('run', *options, '--trace-format', 'bin', '--trace-file', binary)
    run('trace', '--from', binary, '--trace-format', 'tarmac', '--trace-file', again)
    if tarmac.read_bytes() != again.read_bytes():
        sys.exit(f'FAILED: {image}: made from the binary trace it differs')
    counts_follow(tarmac)
    groups = compare(tarmac, text)
    print(f'{" ".join(image)}: {groups} instructions and exceptions')
    run('run', *options[:-1], 'exc,walk,hyp,gic', '--trace-format', 'tarmac', '--trace-file', tarmac)
    run('trace', '--from', binary, '--trace', 'exc,walk,hyp,gic', '--trace-format', 'tarmac', '--trace-file', again)
    if tarmac.read_bytes() != again.read_bytes() or not list(read(tarmac)):
        sys.exit(f'FAILED: {image}: without instructions it differs')
    return groups


# The hypercall of hello, as it must be: fields that a reader depends on.
HELLO = r'''(\d+) clk cpu0 E ([0-9a-f]{16}) 00000088 CoreEvent_LOWER_64_SYNC
\1 clk cpu0 INFO_EXCEPTION_REASON HVC #42
\1 clk cpu0 R cpsr ------c9
\1 clk cpu0 R SPSR_EL2 00000000[0-9a-f]000[0-9a-f]{3}5
\1 clk cpu0 R ELR_EL2 \2
\1 clk cpu0 R ESR_EL2 000000005a00002a
'''


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check(folder, 'demo', '--smp', '2', '--max-insns', '60000')
        check(folder, 'hello')
        run('trace', '--quiet', '--trace-format', 'tarmac', '--trace-file', folder / 'default', 'hello')
        default = (folder / 'default').read_text()
        for want in (HELLO, r'IT \(1\) 0*400818a0:', r'MW16 ', r'R HCR_EL2 [0-9a-f]{16}\n'):
            if not re.search(want, default):
                sys.exit(f'FAILED: no {want} in the Tarmac trace of hello')


main()
