#!/usr/bin/env python3
"""Debian's kernel with its DMA behind the SMMU: the driver finds the features that are there and has nothing to complain
about, an NVMe disk's files are read and written through domains of the kind asked for, and a device that nobody set up is
stopped, which the kernel is told by an event.

usage: smmu.py HYPSCOPE CPU CORES KIND [APPEND...]     KIND: the group's type, as in /sys/kernel/iommu_groups/N/type
Skipped (77) when the kernel, busybox or the host's tools for ext4 cannot be had.
"""
import hashlib
import pathlib
import sys
import tempfile

import debian
import ext4
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


def main():
    hypscope, cpu, cores, kind, *append = sys.argv[1:]
    kernel = debian.kernel()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        image, big = ext4.known_image(work, "64M", 250000)
        disk = work / "initramfs.cpio"
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT,
                                                 debian.modules(kernel, "nvme", "crc32c_generic", "ext4")))
        text, status = debian.run([hypscope, "run", "--quiet", "--cpu", cpu, "--smp", cores, "--iommu", "smmuv3",
                                   "--kernel", kernel, "--initrd", disk, "--disk", f"{image},if=nvme",
                                   "--append", " ".join(["console=ttyAMA0 quiet", *append])])
        # the driver's features: two-level tables of both kinds, either endianness, PRI, ATS, SEV, MSIs, coherence, both
        # stages, stalls, Hyp (bits 0 to 12), range invalidation (15), nesting (19); 52-bit VAs (14), E2H (18) by the core
        wants = [r"arm-smmu-v3 9050000\.smmuv3: ias \d\d-bit, oas \d\d-bit \(features 0x00[0-9a-f][8c][9d]fff\)",
                 "allocated 65536 entries for cmdq", "allocated 32768 entries for evtq", "allocated 65536 entries for priq",
                 "^complaints 0$", f"^kinds {kind} $", "^big: OK$", f"^{hashlib.md5(big).hexdigest()}$", "^unmounted$", "^later 0$",
                 "arm-smmu-v3-evtq", "arm-smmu-v3-priq", "arm-smmu-v3-gerror", "^stray status 0x00000104$",
                 r"event 0x02 received:", r"0x0000010000000002"]
        good = debian.judge(text, status, wants)
        sys.exit(not (ext4.is_clean(image) and good))


main()
