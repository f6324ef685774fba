#!/usr/bin/env python3
"""Debian's kernel on so many cores and so much RAM: all come up, go off and on again, are reset together, and power off.

usage: cores.py HYPSCOPE CPU CORES MIB
By QEMU's option names, and with a hand on the console. Skipped (77) when the kernel or busybox cannot be had.
"""
import pathlib
import sys
import tempfile

import debian
import initramfs
from console import Console

# Up to eight cores go off and on again, by CPU_OFF and CPU_ON; then the console says what to do.
INIT = """\
echo "cores $(nproc) of $(grep -c ^processor /proc/cpuinfo)"
grep MemTotal /proc/meminfo
cd /sys/devices/system/cpu
for core in cpu[1-7]; do
	[ -e $core/online ] || continue
	echo 0 >$core/online
	echo 1 >$core/online
done
echo "then $(nproc)"
grep -c GICv3 /proc/interrupts >/dev/null && echo ready
read what
$what -f
"""
LIMIT = 220


def main():
    hypscope, cpu, cores, mib = sys.argv[1:]
    image = debian.kernel()
    with tempfile.TemporaryDirectory() as work:
        disk = pathlib.Path(work, "initramfs.cpio")
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT))
        console = Console([pathlib.Path(hypscope).absolute().with_name("hypscope-system-aarch64"), "-machine",
                           "virt,virtualization=on,gic-version=3", "-cpu", cpu, "-smp", cores, "-m", mib, "-nographic",
                           "-nic", "none", "-kernel", image, "-initrd", disk, "-append", "console=ttyAMA0 quiet"], LIMIT)
        first = debian.text_of(console.until(b"ready"))
        console.type("reboot\n")
        second = debian.text_of(console.until(b"ready"))
        console.type("poweroff\n")
        status, rest = console.end()
    least = len(str(int(mib) * 256))  # digits of a quarter of the RAM, in KiB
    wants = [f"^cores {cores} of {cores}$", rf"^MemTotal: +\d{{{least}}}\d* kB$", f"^then {cores}$", "^ready"]
    good = debian.judge(first, 0, wants)
    good = debian.judge(second, 0, ["reboot: Restarting system", *wants]) and good
    sys.exit(not (debian.judge(debian.text_of(rest), status, ["reboot: Power down"]) and good))


main()
