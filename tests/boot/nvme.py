#!/usr/bin/env python3
"""Debian's kernel with NVMe disks, behind the SMMU or not: files on ext4 survive, the host finds the file system clean,
queues interrupt the cores that use them by MSI-X, a read-only disk refuses, and a disk that the host cut short says so.

usage: nvme.py HYPSCOPE none|smmuv3
Skipped (77) when the kernel, busybox or the host's tools for ext4 cannot be had.
"""
import os
import pathlib
import re
import sys
import tempfile

import debian
import ext4
import initramfs
from console import Console

CORES = 4
INIT = """\
sleep 1
for d in 0 1 2; do serial=$(cat /sys/class/nvme/nvme$d/serial | tr -d ' '); ln -s /dev/nvme${d}n1 /dev/$serial; \
echo "disk $serial $(cat /sys/block/nvme${d}n1/size) ro $(cat /sys/block/nvme${d}n1/ro)"; done
echo "groups $(ls /sys/kernel/iommu_groups | wc -l)"
mount -t ext4 /dev/files /mnt && cd /mnt && md5sum -c sums
seq 1 200000 > seq; cp big copy; md5sum seq copy > new; rm gone; sync; echo 3 > /proc/sys/vm/drop_caches
md5sum -c new
fstrim /mnt && echo trimmed
cd /; umount /mnt && echo unmounted
for c in 0 1 2 3; do taskset $((1 << c)) dd if=/dev/files of=/dev/null bs=64k count=64 iflag=direct 2>/dev/null; done
grep nvme /proc/interrupts
dd if=/dev/fixed of=/dev/null bs=64k count=8 iflag=direct 2>/dev/null && echo "fixed read"
dd if=/dev/zero of=/dev/fixed bs=64k count=1 oflag=direct 2>/dev/null || echo "fixed not written"
dd if=/dev/short of=/dev/null bs=64k iflag=direct count=16 2>/dev/null && echo "whole"
echo "cut now"; read answer
dd if=/dev/short of=/dev/null bs=64k iflag=direct 2>/dev/null || echo "short not read"
dd if=/dev/short of=/dev/null bs=64k iflag=direct count=4 2>/dev/null && echo "its start read"
poweroff -f
"""


def check_host(image, big, fixed):
    """What the host finds afterwards."""
    good = {"clean": ext4.is_clean(image), "copy": ext4.content(image, "/copy") == big,
            "fixed": fixed.read_bytes() == b"\x55" * (1 << 20)}
    if not all(good.values()):
        print("FAILED:", good)
    return all(good.values())


def check_interrupts(text):
    """Every core had interrupts, each of another queue's vector."""
    rows = [line.split() for line in text.splitlines() if re.search(r"nvme\d+q[1-9]", line)]
    took = [any(int(row[1 + core]) for row in rows) for core in range(CORES)]
    messages = rows and all("MSI" in " ".join(row) for row in rows)
    if not all(took) or not messages:
        print(f"FAILED: not every core has interrupts by MSI-X: {rows}")
    return all(took) and messages


def main():
    hypscope, iommu = sys.argv[1:]
    kernel = debian.kernel()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        image, big = ext4.known_image(work, "48M", 200000)
        fixed, short, disk = work / "fixed.img", work / "short.img", work / "initramfs.cpio"
        for path in (fixed, short):
            path.write_bytes(b"\x55" * (1 << 20))
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT,
                                                 debian.modules(kernel, "nvme", "crc32c_generic", "ext4")))
        console = Console([hypscope, "run", "--quiet", "--cpu", "cortex-a72", "--smp", str(CORES), "--iommu", iommu,
                           "--kernel", kernel, "--initrd", disk, "--append", "console=ttyAMA0 quiet iommu.passthrough=0",
                           "--disk", f"{image},if=nvme,serial=files", "--disk", f"{fixed},if=nvme,ro,serial=fixed",
                           "--disk", f"{short},if=nvme,serial=short"], 200)
        text = console.until(b"cut now")
        os.truncate(short, 512 << 10)
        console.type("done\r")
        status, rest = console.end()
        text = debian.text_of(text + rest)
        wants = ["^disk (files|fixed|short) .*$"] * 3
        wants += [r"^groups [1-9]" if iommu != "none" else "^groups 0$", "^big: OK$", "^seq: OK$", "^copy: OK$", "^trimmed$",
                  "^unmounted$", "^fixed read$", "^fixed not written$", "^whole$", "^short not read$", "^its start read$"]
        good = debian.judge(text, status, wants)
        for line in ("disk files 98304 ro 0", "disk fixed 2048 ro 1", "disk short 2048 ro 0"):
            if line not in text:
                print(f"FAILED: no {line!r} in\n{text[-4000:]}")
                good = False
        sys.exit(not (check_host(image, big, fixed) and check_interrupts(text) and good))


main()
