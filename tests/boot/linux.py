#!/usr/bin/env python3
"""Debian's kernel, unmodified, at EL2: boots to a shell script, has KVM, and powers the machine off.

usage: linux.py HYPSCOPE CPU EXPECTED-KVM-MODE [IPA-BITS] [--OPTION=OF-HYPSCOPE...] [KERNEL-ARGUMENT...]
Skipped (77) when the kernel or busybox cannot be had.
"""
import pathlib
import sys
import tempfile

import debian
import initramfs

INIT = """\
dmesg | grep -E 'CPU: All|kvm|ITS|LPI|GICv4'
ls -l /dev/kvm
grep -E 'arch_timer|vgic' /proc/interrupts
head -c 300000 /dev/urandom | gzip | gunzip | wc -c
seq 1 2000 | awk '{ s += $1 } END { print "sum", s }'
(sleep 1; echo slept) & wait
echo "cores $(nproc)"
poweroff -f
"""


def main():
    hypscope, cpu, mode, ipa, *words = sys.argv[1:]
    options = [word for word in words if word.startswith("--")]
    arguments = [word for word in words if not word.startswith("--")]
    image = debian.kernel()
    with tempfile.TemporaryDirectory() as work:
        disk = pathlib.Path(work, "initramfs.cpio")
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT))
        console, status = debian.run([hypscope, "run", "--quiet", "--cpu", cpu, *options, "--kernel", image, "--initrd", disk,
                                      "--append", " ".join(["console=ttyAMA0 quiet", *arguments])])
    started = "EL2" if "kvm-arm.mode=protected" not in arguments else "EL[12]"
    its = [r"ITS \[mem 0x08080000-0x0809ffff\]", "8192 Devices .*indirect, esz 8", "using allocated LPI pending table"]
    v4 = []
    if "--gic-version=4" in options:
        its[1:1] = ["Single VMOVP capable"]
        its[3:3] = ["8192 Virtual CPUs .*indirect, esz 8", "Enabling GICv4 support"]
        v4 = [r"kvm \[1\]: GICv4 support enabled"]
    wants = [*its, rf"CPU: All CPU\(s\) started at {started}", rf"kvm \[1\]: IPA Size Limit: {ipa} bits", *v4,
             r"kvm \[1\]: GIC system register CPU interface enabled", r"kvm \[1\]: vgic interrupt IRQ\d+",
             rf"kvm \[1\]: {mode} initialized successfully", r"10, 232 .*/dev/kvm", "GICv3 +25 Level +vgic",
             "^300000$", "^sum 2001000$", "^slept$", "^cores 1$"]
    sys.exit(not debian.judge(console, status, wants))


main()
