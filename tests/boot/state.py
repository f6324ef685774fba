#!/usr/bin/env python3
"""A boot of Debian's kernel that is saved on its way and continued from the file is the boot in one: the console to the
byte, the instruction count, the final state.

usage: state.py HYPSCOPE CPU CORES SAVED-AT
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
mount -t proc proc /proc 2>/dev/null
cat /proc/interrupts /proc/uptime
md5sum /dev/vda /dev/nvme0n1
echo changed > /dev/vda; sync
md5sum /dev/vda
poweroff -f
"""


def main():
    hypscope, cpu, cores, saved_at = sys.argv[1:]
    image = debian.kernel()
    with tempfile.TemporaryDirectory() as work:
        archive, disk, state = (pathlib.Path(work, name) for name in ("initramfs.cpio", "disk", "half.state"))
        archive.write_bytes(initramfs.shell_archive(debian.busybox(), INIT))
        disk.write_bytes(bytes(range(256)) * 4096)
        command = [hypscope, "run", "--quiet", "--json", "--hash", "--cpu", cpu, "--smp", cores, "--disk",
                   f"{disk},snapshot", "--rng", "--kernel", image, "--initrd", archive, "--append", "console=ttyAMA0"]
        parts = [[], ["--max-insns", saved_at, "--save", state], ["--load", state]]
        whole, first, rest = (subprocess.run(command + part, stdin=subprocess.DEVNULL, capture_output=True, timeout=200,
                                             check=False) for part in parts)
        size = state.stat().st_size
    told, before, after = (json.loads(run.stderr) for run in (whole, first, rest))
    print(told, before, after, f"{size} bytes", sep="\n")
    good = whole.stdout == first.stdout + rest.stdout and len(rest.stdout) > 1000
    good = good and all(told[key] == after[key] for key in ("end", "insns", "cycles", "hash"))
    good = good and told["end"] == "power-off" and before["end"] == "max-insns" and before["insns"] == int(saved_at)
    print("the same" if good else f"FAILED: not the same:\n{whole.stdout[-800:]}\n{rest.stdout[-800:]}")
    sys.exit(not good)


main()
