#!/usr/bin/env python3
"""The ACPI tables by the judgement of iasl (package acpica-tools): each is read without complaint, and the DSDT's source,
compiled again, gives the same bytes. Where iasl is not installed the test is skipped.

    acpi_iasl.py UNIT_TEST      the program that writes the tables (tests/unit/machine_acpi.c)
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIP = 77
# What the boards' tables must say, in iasl's words: (table, pattern, count on board 0).
SAYS = [('APIC', r'Subtable Type : 0B', 1), ('APIC', r'Base Address : 0000000008000000', 1), ('MCFG', r'Base Address : 0000004010000000', 1),
        ('GTDT', r'Virtual Timer Interrupt : 0000001B', 1), ('SPCR', r'Interface Type : 03', 1), ('SPCR', r'Address : 0000000009000000', 1),
        ('FACP', r'Hardware Reduced \(V5\) : 1', 1), ('FACP', r'PSCI Compliant : 1', 1),
        ('DSDT', r'"LNRO0005"', 32), ('DSDT', r'"ACPI0007"', 1), ('DSDT', r'"ARMH0011"', 1), ('DSDT', r'"PNP0A08"', 1), ('DSDT', r'GpioInt', 1)]


def iasl(folder, *args):
    done = subprocess.run(['iasl', *args], cwd=folder, capture_output=True, text=True)
    said = done.stdout + done.stderr
    bad = re.findall(r'.*(?:Error|Warning|Invalid|incorrect).*', re.sub(r'0 Errors, 0 Warnings', '', said))
    if done.returncode or bad:
        sys.exit(f'iasl {" ".join(args)}: {bad or said}')


def main():
    if not shutil.which('iasl'):
        print('skipped: iasl is not installed (package acpica-tools)')
        sys.exit(SKIP)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([sys.argv[1], name], check=True)
        tables = sorted(p.name for p in folder.glob('*.aml'))
        for table in tables:
            iasl(folder, '-d', table)
        for table, pattern, count in SAYS:
            text = (folder / f'0-{table}.dsl').read_text()
            found = len(re.findall(pattern, text))
            if found != count:
                sys.exit(f'{table}: {found} times {pattern}, not {count}')
        for table in (t for t in tables if 'DSDT' in t):
            iasl(folder, '-p', 'again', table.replace('.aml', '.dsl'))
            first, again = (folder / table).read_bytes(), (folder / 'again.aml').read_bytes()
            if abs(len(first) - len(again)) > 8:  # it may write an integer or a reference shorter
                sys.exit(f'{table}: {len(first)} bytes, compiled again {len(again)}')
    print(f'{len(tables)} tables')


main()
