#!/usr/bin/env python3
"""Check that includes only point down the layers (docs/architecture.md): src/A may include src/B only when allowed."""
import pathlib
import re
import sys

# What each folder may use besides itself. cpu, gic, smmu and dev do not include one another.
HARDWARE = 'base bus trace mmu'
ALLOWED = {
    'base': '',
    'bus': 'base',
    'trace': 'base bus',
    'mmu': 'base bus trace',
    'cpu': HARDWARE,
    'gic': HARDWARE,
    'smmu': HARDWARE,
    'dev': HARDWARE,
    'machine': HARDWARE + ' cpu gic smmu dev',
    'loader': HARDWARE + ' machine',
    'debug': HARDWARE + ' cpu gic smmu dev machine loader',
    'lab': HARDWARE + ' cpu smmu debug',
    'cli': HARDWARE + ' debug lab',
    'ui': HARDWARE + ' cpu gic smmu debug cli',
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"(\w+)/', re.MULTILINE)


def violations(src):
    for path in sorted(src.rglob('*')):
        if path.suffix not in ('.c', '.h', '.def', '.cpp'):
            continue
        own = path.relative_to(src).parts[0]
        for match in INCLUDE.finditer(path.read_text()):
            used = match[1]
            if used in ALLOWED and used != own and used not in ALLOWED.get(own, '').split():
                yield f'{path}: {own}/ must not include {used}/'


def main():
    src = pathlib.Path(__file__).resolve().parent.parent / 'src'
    found = list(violations(src))
    print('\n'.join(found) if found else 'layers: every include points down')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
