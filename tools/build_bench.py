#!/usr/bin/env python3
"""Build roms/bench/bench.elf, the benchmark image, with the GNU cross compiler.

    build_bench.py            write it, and the compiler's version beside it
    build_bench.py --check    build it again and compare; exit status 77 (skipped) with another compiler than it was made with
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import build_roms

HERE = pathlib.Path(__file__).resolve().parent.parent / "roms" / "bench"
IMAGE = HERE / "bench.elf"
COMPILER = HERE / "compiler.txt"
SOURCES = ["kernels.S", "hypervisor.c", "tables.c", "work.c", "mix.c"]
FLAGS = """-O2 -std=gnu17 -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-stack-protector -mgeneral-regs-only -mstrict-align
    -mno-outline-atomics -march=armv8-a -fno-tree-loop-distribute-patterns -nostdlib -static -no-pie -Wl,--build-id=none
    -Wl,-z,noexecstack -Wl,-z,max-page-size=16 -Wl,--no-warn-rwx-segments -Wl,-x""".split()


def version(compiler):
    return subprocess.run([compiler, "-dumpfullversion"], check=True, capture_output=True, text=True).stdout


def build(compiler, out):
    subprocess.run([compiler, *FLAGS, f"-Wl,-T,{HERE / 'bench.lds'}", "-o", out, *(HERE / name for name in SOURCES)], check=True)


def check(compiler):
    if version(compiler) != COMPILER.read_text():
        print(f"skipped: the image was made with gcc {COMPILER.read_text().strip()}")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / "bench.elf"
        build(compiler, made)
        if build_roms.loaded(made) != build_roms.loaded(IMAGE):
            print("roms/bench/bench.elf differs from what its sources build; run tools/build_bench.py")
            return 1
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--cc", default="aarch64-linux-gnu-gcc")
    args = parser.parse_args()
    if args.check:
        return check(args.cc)
    build(args.cc, IMAGE)
    IMAGE.chmod(0o644)
    COMPILER.write_text(version(args.cc))
    return 0


if __name__ == "__main__":
    sys.exit(main())
