#!/usr/bin/env python3
"""Build the ROMs of roms/roms.txt from src/hyp with the GNU cross assembler and linker.

    build_roms.py [--out roms]      write NAME.elf for every ROM
    build_roms.py --check           build into a temporary folder and compare what would be loaded with roms/NAME.elf
"""
import argparse
import pathlib
import struct
import subprocess
import sys
import tempfile

import gen_asm_fields
import romlist

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "hyp"
ROMS = ROOT / "roms"
# What every ROM links against; the linker drops what a ROM does not use.
COMMON = ["start", "psci", "gic", "hcr", "stage2", "vectors", "enter", "exit", "mmio", "trap", "report", "vgic", "timer", "guest",
          "sched", "smmu", "dma", "uart"]
EXPERIMENT = "errata/experiment.S errata/guests.S errata/prepare.S"  # $EXPERIMENT in the list


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stderr}build_roms.py: {command[0]} failed")


def assemble(args, source, objects):
    target = objects / (source.replace("/", "_") + ".o")
    if not target.exists():
        run(args.assembler, "--fatal-warnings", "-I", SOURCE, "-I", objects, "-o", target, SOURCE / source)
    return target


def build(args, out):
    with tempfile.TemporaryDirectory() as folder:
        objects = pathlib.Path(folder)
        gen_asm_fields.main(ROOT / "src" / "cpu", objects / "sysreg_fields.inc")
        common = [assemble(args, name + ".S", objects) for name in COMMON]
        for rom in romlist.read(ROMS / "roms.txt"):
            mains = [assemble(args, source, objects) for source in rom.source.replace("$EXPERIMENT", EXPERIMENT).split()]
            run(args.linker, "--gc-sections", "--build-id=none", "-z", "noexecstack", "-z", "max-page-size=16", "--no-warn-rwx-segments",
                "-x", "-T", SOURCE / "hyp.lds", "-o", out / (rom.name + ".elf"), *mains, *common)


def loaded(path):
    """What a loader takes from an ELF: entry, and each PT_LOAD with its bytes."""
    elf = path.read_bytes()
    entry, table = struct.unpack_from("<QQ", elf, 24)
    size, count = struct.unpack_from("<HH", elf, 54)
    parts = [entry]
    for at in range(table, table + size * count, size):
        kind, flags, offset, vaddr, paddr, filesz, memsz = struct.unpack_from("<IIQQQQQ", elf, at)
        if kind == 1:
            parts.append((flags, vaddr, paddr, memsz, elf[offset:offset + filesz]))
    return parts


def check(args):
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder)
        build(args, out)
        for rom in romlist.read(ROMS / "roms.txt"):
            kept = ROMS / (rom.name + ".elf")
            if not kept.exists() or loaded(kept) != loaded(out / kept.name):
                wrong.append(kept.name)
    if wrong:
        raise SystemExit("these differ from what src/hyp builds; run tools/build_roms.py: " + " ".join(wrong))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--as", dest="assembler", default="aarch64-linux-gnu-as")
    parser.add_argument("--ld", dest="linker", default="aarch64-linux-gnu-ld")
    parser.add_argument("--out", type=pathlib.Path, default=ROMS)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    if args.check:
        check(args)
    else:
        build(args, args.out)


if __name__ == "__main__":
    sys.exit(main())
