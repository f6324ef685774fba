#!/usr/bin/env python3
"""Run a ROM and compare its console with the expectation.

    check_rom.py NAME... -- COMMAND...   COMMAND runs the ROM; {name}, {elf} and {mem} (MiB) in it are replaced
    check_rom.py --update NAME... -- COMMAND...   write what it printed as the expectation, to be reviewed with git diff
    check_rom.py --qemu NAME...          run it in qemu-system-aarch64; 7.2 has no
                                         DMA engine (demo) and differs from the architecture in errata-g6, -h1, -q4, -r1, -s3-noram, -s9

In an expectation {n} stands for any decimal number and {x} for any hexadecimal one: times, which differ between cores.
The status of the command must be 0.
"""
import difflib
import pathlib
import re
import subprocess
import sys

import romlist

ROMS = pathlib.Path(__file__).resolve().parent.parent / "roms"
QEMU = ("qemu-system-aarch64 -M virt,virtualization=on,secure=on,gic-version=3 -cpu max -m {mem} -display none -nodefaults "
        "-serial stdio -semihosting -icount shift=0 -kernel {elf}").split()
DEFAULT_MEM = 512


def matches(expected, line):
    pattern = re.escape(expected).replace(r"\{n\}", "[0-9]+").replace(r"\{x\}", "0x[0-9a-f]+")
    return re.fullmatch(pattern, line) is not None


def update(rom, console, expected):
    """Keep a line of the expectation that still matches: it may hold {n} and {x}."""
    kept = [next((old for old in expected if matches(old, line)), line) for line in console]
    (ROMS / (rom.name + ".expect")).write_text("\n".join(kept) + "\n")


def check(rom, command, updating):
    words = {"{name}": rom.name, "{elf}": str(ROMS / (rom.name + ".elf")), "{mem}": str((rom.mem >> 20) or DEFAULT_MEM)}
    for key, value in words.items():
        command = [word.replace(key, value) for word in command]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120)
    console = done.stdout.decode(errors="replace").replace("\r\n", "\n").splitlines()
    expected = (ROMS / (rom.name + ".expect")).read_text().splitlines()
    same = len(console) == len(expected) and all(map(matches, expected, console))
    if updating:
        update(rom, console, expected)
        return True
    if not same:
        print("\n".join(difflib.unified_diff(expected, console, "expected", rom.name, lineterm="")))
    if done.returncode:
        print(f"{rom.name}: exit status {done.returncode}")
    return same and done.returncode == 0


def main(words):
    if "--qemu" in words:
        words = [word for word in words if word != "--qemu"] + ["--"] + QEMU
    updating = "--update" in words
    words = [word for word in words if word != "--update"]
    cut = words.index("--")
    names, command = words[:cut], words[cut + 1:]
    roms = [rom for rom in romlist.read(ROMS / "roms.txt") if not names or rom.name in names]
    bad = [rom.name for rom in roms if not check(rom, command, updating)]
    print(f"{len(roms) - len(bad)} of {len(roms)} as expected" + (": not " + " ".join(bad) if bad else ""))
    return 1 if bad or not roms else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
