#!/usr/bin/env python3
"""File and function sizes of the sources. --limits: fail when a file or a function is above the hard limits."""
import pathlib
import re
import statistics
import sys

FILE_LIMIT = 800
FUNCTION_LIMIT = 60
SOURCES = ('.c', '.h', '.S', '.cpp')
# A function of this style starts at column 0 and its braces stand alone at column 0.
HEAD = re.compile(r'^[A-Za-z_].*\b(\w+)\s*\([^;]*$')


def functions(lines):
    name, start = None, None
    for number, line in enumerate(lines):
        if line.startswith('{') and name:
            start = number
        elif line.startswith('}'):
            if start is not None:
                yield name, number - start - 1
            name, start = None, None
        elif start is None:
            match = HEAD.match(line)
            if match:
                name = re.match(r'.*?\b(\w+)\s*\(', line)[1]


def report(title, sizes, unit):
    if not sizes:
        return
    sizes = sorted(sizes)
    p90 = sizes[int(len(sizes) * 0.9)] if len(sizes) > 1 else sizes[0]
    print(f'{title}: {len(sizes)} {unit}, median {statistics.median(sizes):g}, p90 {p90}, longest {sizes[-1]}')


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    files = {p: p.read_text().splitlines() for d in ('src', 'include') for p in sorted((root / d).rglob('*')) if p.suffix in SOURCES}
    tests = {p: p.read_text().splitlines() for p in sorted((root / 'tests').rglob('*.[ch]'))}
    found = [(size, name, p) for p, lines in files.items() if p.suffix in ('.c', '.cpp') for name, size in functions(lines)]
    report('files', [len(lines) for lines in files.values()], 'files')
    report('functions', [size for size, _, _ in found], 'functions')
    total, test_total = (sum(map(len, group.values())) for group in (files, tests))
    print(f'lines: {total} of source, {test_total} of tests, {test_total / max(total, 1):.2f} test lines a source line')
    over = [f'{p.relative_to(root)}: {len(lines)} lines (limit {FILE_LIMIT})'
            for p, lines in files.items() if len(lines) > FILE_LIMIT]
    over += [f'{p.relative_to(root)}: {name}() has {size} lines (limit {FUNCTION_LIMIT})'
             for size, name, p in found if size > FUNCTION_LIMIT]
    print('\n'.join(over) if over else 'nothing is above the hard limits')
    return 1 if over and '--limits' in sys.argv else 0


if __name__ == '__main__':
    sys.exit(main())
