#!/usr/bin/env python3
"""Debian's kernel on so many cores and so much RAM: all come up, go off and on again, are reset together, and power off.

usage: cores.py HYPSCOPE CPU CORES MIB
By QEMU's option names, and with a hand on the console. Skipped (77) when the kernel or busybox cannot be had.
"""
import pathlib
import subprocess
import sys
import tempfile
import threading

import debian
import initramfs

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


class Console:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.timer = threading.Timer(LIMIT, self.process.kill)
        self.timer.start()

    def until(self, mark):
        seen = b""
        while not seen.endswith(mark):
            byte = self.process.stdout.read(1)
            if not byte:
                sys.exit(f"FAILED: the console ended without {mark}:\n{debian.text_of(seen)[-3000:]}")
            seen += byte
        return debian.text_of(seen)

    def type(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def end(self):
        rest = debian.text_of(self.process.stdout.read())
        status = self.process.wait()
        self.timer.cancel()
        return rest, status


def main():
    hypscope, cpu, cores, mib = sys.argv[1:]
    image = debian.kernel()
    with tempfile.TemporaryDirectory() as work:
        disk = pathlib.Path(work, "initramfs.cpio")
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT))
        console = Console([pathlib.Path(hypscope).absolute().with_name("hypscope-system-aarch64"), "-machine",
                           "virt,virtualization=on,gic-version=3", "-cpu", cpu, "-smp", cores, "-m", mib, "-nographic",
                           "-nic", "none", "-kernel", image, "-initrd", disk, "-append", "console=ttyAMA0 quiet"])
        first = console.until(b"ready")
        console.type("reboot\n")
        second = console.until(b"ready")
        console.type("poweroff\n")
        rest, status = console.end()
    least = len(str(int(mib) * 256))  # digits of a quarter of the RAM, in KiB
    wants = [f"^cores {cores} of {cores}$", rf"^MemTotal: +\d{{{least}}}\d* kB$", f"^then {cores}$", "^ready"]
    good = debian.judge(first, 0, wants)
    good = debian.judge(second, 0, ["reboot: Restarting system", *wants]) and good
    sys.exit(not (debian.judge(rest, status, ["reboot: Power down"]) and good))


main()
