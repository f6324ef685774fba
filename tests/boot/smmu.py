#!/usr/bin/env python3
"""Debian's kernel with its DMA behind the SMMU: the driver finds the features that are there and has nothing to complain
about, an NVMe disk's files are read and written through domains of the kind asked for, and a device that nobody set up is
stopped, which the kernel is told by an event.

usage: smmu.py HYPSCOPE CPU CORES KIND [APPEND...]     KIND: the group's type, as in /sys/kernel/iommu_groups/N/type
Skipped (77) when the kernel, busybox or the host's tools for ext4 cannot be had.
"""
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

import debian
import initramfs

# The DMA engine has a driver of no kernel: its registers by hand, 64 bytes of RAM onto others.
STRAY_DMA = """\
devmem 0x0b000010 64 0x48000000; devmem 0x0b000018 64 0x48001000; devmem 0x0b000020 32 64
devmem 0x0b000004 32 1; echo "stray status $(devmem 0x0b000008 32)"
sleep 1
dmesg | grep -A1 'arm-smmu-v3.*event'
"""
INIT = """\
sleep 1
dmesg | grep -E 'arm-smmu-v3|iommu'
echo "complaints $(dmesg | grep -E 'arm-smmu-v3|iommu' | grep -ciE 'error|fail|timeout|event 0x|unexpected|bogus')"
echo "kinds $(cat /sys/kernel/iommu_groups/*/type | sort -u | tr '\\n' ' ')"
mount -t ext4 /dev/nvme0n1 /mnt && cd /mnt && md5sum -c sums
for i in 1 2 3 4; do cp big copy$i & done; wait
sync; echo 3 > /proc/sys/vm/drop_caches
md5sum copy1 copy2 copy3 copy4 | sed 's/ .*//' | sort -u
cd /; umount /mnt && echo unmounted
echo "later $(dmesg | grep -c 'arm-smmu-v3.*event')"
grep arm-smmu /proc/interrupts
""" + STRAY_DMA + "poweroff -f\n"


def archive(kernel):
    disk = initramfs.Initramfs()
    disk.console()
    for folder in ("bin", "proc", "sys", "mnt"):
        disk.directory(folder)
    disk.file("bin/busybox", debian.busybox())
    disk.link("bin/sh", "busybox")
    modules = debian.modules(kernel, "nvme", "crc32c_generic", "ext4")
    for name, code in modules:
        disk.file(f"{name}.ko", code, 0o644)
    load = "".join(f"insmod /{name}.ko\n" for name, _ in modules)
    disk.file("init", (initramfs.SHELL_START + load + INIT).encode())
    return disk.archive()


def make_disk(work):
    if not shutil.which("mke2fs") or not shutil.which("e2fsck"):
        debian.skip("no e2fsprogs to make and check a file system with")
    tree = work / "tree"
    tree.mkdir()
    big = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(250000))
    total = hashlib.md5(big).hexdigest()
    (tree / "big").write_bytes(big)
    (tree / "sums").write_text(f"{total}  big\n")
    image = work / "disk.ext4"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, image, "64M"], check=True)
    return image, total


def main():
    hypscope, cpu, cores, kind, *append = sys.argv[1:]
    kernel = debian.kernel()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        image, total = make_disk(work)
        disk = work / "initramfs.cpio"
        disk.write_bytes(archive(kernel))
        text, status = debian.run([hypscope, "run", "--quiet", "--cpu", cpu, "--smp", cores, "--iommu", "smmuv3",
                                   "--kernel", kernel, "--initrd", disk, "--disk", f"{image},if=nvme",
                                   "--append", " ".join(["console=ttyAMA0 quiet", *append])])
        # the driver's features: two-level tables of both kinds, either endianness, PRI, ATS, SEV, MSIs, coherence, both
        # stages, stalls, Hyp (bits 0 to 12), range invalidation (15), nesting (19); 52-bit VAs (14), E2H (18) by the core
        wants = [r"arm-smmu-v3 9050000\.smmuv3: ias \d\d-bit, oas \d\d-bit \(features 0x00[0-9a-f][8c][9d]fff\)",
                 "allocated 65536 entries for cmdq", "allocated 32768 entries for evtq", "allocated 65536 entries for priq",
                 "^complaints 0$", f"^kinds {kind} $", "^big: OK$", f"^{total}$", "^unmounted$", "^later 0$",
                 "arm-smmu-v3-evtq", "arm-smmu-v3-priq", "arm-smmu-v3-gerror", "^stray status 0x00000104$",
                 r"event 0x02 received:", r"0x0000010000000002"]
        good = debian.judge(text, status, wants)
        checked = subprocess.run(["e2fsck", "-fn", image], capture_output=True, text=True, check=False)
        if checked.returncode:
            print("FAILED: the host finds the file system unclean:", checked.stdout)
        sys.exit(not good or checked.returncode != 0)


main()
