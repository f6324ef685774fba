#!/usr/bin/env python3
"""tools/first_divergence.py: a ROM is the same in both machines; what it allows to differ is found when it may not.

usage: first_divergence.py TOOL HYPSCOPE    Skipped (77) without QEMU.
"""
import re
import shutil
import subprocess
import sys


def run(*words):
    done = subprocess.run([sys.executable, sys.argv[1], "--hypscope", sys.argv[2], *words], capture_output=True,
                          text=True, timeout=240, check=False)
    print(done.stdout, done.stderr)
    return done.returncode, done.stdout


def main():
    if not shutil.which("qemu-system-aarch64"):
        print("skipped: no qemu-system-aarch64")
        sys.exit(77)
    status, text = run("hello")
    same = re.search(r"^No difference in (\d+) instructions", text, re.M)
    good = status == 0 and same and int(same[1]) > 10000 and "allowed: 1 × PMCR_EL0" in text
    status, text = run("hello", "--strict", "--context", "3")
    good = good and status == 1 and re.search(
        r"They differ after \d{3,} instructions.*mrs x\d+, PMCR_EL0[^\n]*\n *x\d+ +QEMU 0x[0-9a-f]{16}  hypscope 0x", text, re.S)
    sys.exit(not good)


main()
