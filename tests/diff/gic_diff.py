#!/usr/bin/env python3
"""Differential test of the GIC: gic_guest.c on hypscope and on QEMU must print the same.

    gic_diff.py --elf gic.elf [--seeds N] [--count N] HYPSCOPE QEMU
"""
import argparse
import os
import struct
import subprocess
import sys
import tempfile

MARK = b"GICCASE\0"


def output(command):
    r = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=240)
    return r.stdout.decode("latin-1").replace("\r", "").rstrip("\n").split("\n")


def compare(seed, ours, theirs):
    if theirs[-1] != "end":
        print(f"seed {seed}: QEMU did not finish: {theirs[-1]}")
        return False
    for i, (a, b) in enumerate(zip(ours, theirs)):
        if a != b:
            print(f"seed {seed}: after", *theirs[max(0, i - 3):i], sep="\n  ")
            print(f"hypscope: {a}\nQEMU:     {b}")
            return False
    if len(ours) != len(theirs):
        print(f"seed {seed}: hypscope stops after {ours[-1]}")
        return False
    return True


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--elf", required=True)
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--first", type=int, default=1)
    p.add_argument("--count", type=int, default=3000)
    p.add_argument("hypscope")
    p.add_argument("qemu")
    a = p.parse_args()
    image = open(a.elf, "rb").read()
    where = image.index(MARK) + len(MARK)
    same = True
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "gic.elf")
        for seed in range(a.first, a.first + a.seeds):
            with open(path, "wb") as f:
                f.write(image[:where] + struct.pack("<QQ", seed, a.count) + image[where + 16:])
            theirs = output([a.qemu, "-M", "virt,virtualization=on,secure=on,gic-version=3", "-cpu", "max", "-m", "256",
                             "-display", "none", "-nodefaults", "-serial", "stdio", "-kernel", path])
            ours = output([a.hypscope, "run", "--quiet", "--el", "3", "--secure", "--timeout", "200", path])
            same &= compare(seed, ours, theirs)
    if same:
        print(f"{a.seeds} x {a.count} accesses: the same")
    return 0 if same else 1


sys.exit(main())
