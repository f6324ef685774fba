#!/usr/bin/env python3
"""Debian's kernel, unmodified, at EL2: boots to a shell script, has KVM, and powers the machine off.

usage: linux.py HYPSCOPE CPU EXPECTED-KVM-MODE [IPA-BITS] [KERNEL-ARGUMENT...]
Skipped (77) when the kernel or busybox cannot be had.
"""
import pathlib
import sys
import tempfile

import debian
import initramfs

INIT = """\
dmesg | grep -E 'CPU: All|kvm'
ls -l /dev/kvm
grep -E 'arch_timer|vgic' /proc/interrupts
head -c 300000 /dev/urandom | gzip | gunzip | wc -c
seq 1 2000 | awk '{ s += $1 } END { print "sum", s }'
(sleep 1; echo slept) & wait
echo "cores $(nproc)"
poweroff -f
"""


def main():
    hypscope, cpu, mode, ipa, *arguments = sys.argv[1:]
    image = debian.kernel()
    with tempfile.TemporaryDirectory() as work:
        disk = pathlib.Path(work, "initramfs.cpio")
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT))
        console, status = debian.run([hypscope, "run", "--quiet", "--cpu", cpu, "--kernel", image, "--initrd", disk,
                                      "--append", " ".join(["console=ttyAMA0 quiet", *arguments])])
    started = "EL2" if "kvm-arm.mode=protected" not in arguments else "EL[12]"
    wants = [rf"CPU: All CPU\(s\) started at {started}", rf"kvm \[1\]: IPA Size Limit: {ipa} bits",
             r"kvm \[1\]: GIC system register CPU interface enabled", r"kvm \[1\]: vgic interrupt IRQ\d+",
             rf"kvm \[1\]: {mode} initialized successfully", r"10, 232 .*/dev/kvm", "GICv3 +25 Level +vgic",
             "^300000$", "^sum 2001000$", "^slept$", "^cores 1$"]
    sys.exit(not debian.judge(console, status, wants))


main()
