#!/usr/bin/env python3
"""Which rows of the instruction table the unit tests execute: all must.

usage: coverage_rows.py [--report] DIRECTORY

In DIRECTORY, a build with -Dcoverage_rows=true (set up if it is not there), run the unit tests, then list the rows that
were never executed. Each must be in tests/rows_not_executed.txt, with its reason; a row there that was executed is an
error too. --report: only look at what the last run left.
"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import gen_decode  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLES = sorted((ROOT / 'src/cpu').glob('*.decode'))
EXCEPTIONS = ROOT / 'tests/rows_not_executed.txt'
NOTED = 'rows.txt'  # src/cpu/coverage.c writes it


def all_rows():
    rows = []
    for path in TABLES:
        gen_decode.parse_file(str(path), rows)
    return [row.name for row in rows]


def exceptions():
    """Lines of `row reason`."""
    lines = EXCEPTIONS.read_text(encoding='utf-8').splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line and not line.startswith('#'))


def report(rows, seen, allowed):
    missing = [row for row in rows if row not in seen]
    unnamed = [row for row in missing if row not in allowed]
    wrong = [row for row in allowed if row not in missing]
    print(f'{len(rows) - len(missing)} of {len(rows)} rows executed, {len(missing) - len(unnamed)} named exceptions, '
          f'{len(unnamed)} without reason')
    for row in unnamed:
        print(f'  never executed: {row}')
    for row in wrong:
        print(f'  {EXCEPTIONS.name} names a row that was executed, or is none: {row}')
    return not unnamed and not wrong


def measure(build):
    if not (build / 'build.ninja').exists():
        subprocess.run(['meson', 'setup', str(build), '-Dcoverage_rows=true'], cwd=ROOT, check=True)
    subprocess.run(['ninja', '-C', str(build)], check=True)
    (build / NOTED).unlink(missing_ok=True)
    subprocess.run(['meson', 'test', '-C', str(build), '--no-rebuild', '--suite', 'unit', '--print-errorlogs',
                    '--timeout-multiplier', '4'], check=True)


def main():
    arguments = sys.argv[1:]
    only_report = '--report' in arguments
    directories = [a for a in arguments if a != '--report']
    if len(directories) != 1:
        sys.exit(__doc__)
    build = pathlib.Path(directories[0]).resolve()
    if not only_report:
        measure(build)
    seen = set((build / NOTED).read_text(encoding='utf-8').split())
    sys.exit(0 if report(all_rows(), seen, exceptions()) else 1)


if __name__ == '__main__':
    main()
