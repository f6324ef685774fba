#!/usr/bin/env python3
"""Two boots of Debian's kernel are the same boot: the console to the byte, the instruction count, the final state.

usage: twice.py HYPSCOPE CPU CORES MAX-INSNS   (0: to the power-off)
Skipped (77) when the kernel or busybox cannot be had.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import debian
import initramfs

INIT = """\
head -c 100000 /dev/urandom | md5sum
cat /proc/interrupts /proc/uptime
poweroff -f
"""


def main():
    hypscope, cpu, cores, max_insns = sys.argv[1:]
    image = debian.kernel()
    bound = ["--max-insns", max_insns] if int(max_insns) else []
    with tempfile.TemporaryDirectory() as work:
        disk = pathlib.Path(work, "initramfs.cpio")
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT))
        command = [hypscope, "run", "--quiet", "--json", "--hash", *bound, "--cpu", cpu, "--smp", cores, "--kernel",
                   image, "--initrd", disk, "--append", "console=ttyAMA0"]
        runs = [subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=200, check=False)
                for _ in range(2)]
    told = [json.loads(run.stderr) for run in runs]
    print(told)
    good = runs[0].stdout == runs[1].stdout and len(runs[0].stdout) > 1000
    good = good and all(told[0][key] == told[1][key] for key in ("end", "insns", "cycles", "hash"))
    good = good and told[0]["end"] == ("max-insns" if bound else "power-off")
    print("the same" if good else f"FAILED: not the same:\n{runs[0].stdout[-800:]}\n{runs[1].stdout[-800:]}")
    sys.exit(not good)


main()
