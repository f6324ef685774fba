#!/usr/bin/env python3
"""Debian's kernel hands an NVMe controller to a program by vfio-pci, as it hands devices to guests. The program reaches the
memory that is mapped for it, by stage 1 and by stage 2; where it aims outside, the SMMU stops the device, and the kernel's log has the event.

usage: vfio.py HYPSCOPE CPU
Skipped (77) when the kernel, busybox or a compiler for the guest cannot be had.
"""
import pathlib
import sys
import tempfile

import debian
import initramfs

INIT = """\
sleep 1
device=$(basename $(readlink -f /sys/class/nvme/nvme0/device))
group=$(basename $(readlink -f /sys/bus/pci/devices/$device/iommu_group))
echo vfio-pci > /sys/bus/pci/devices/$device/driver_override
echo $device > /sys/bus/pci/devices/$device/driver/unbind
echo $device > /sys/bus/pci/drivers_probe
echo "driver $(basename $(readlink /sys/bus/pci/devices/$device/driver))"
for stage in 1 2; do
dmesg -c > /dev/null
echo "by stage $stage"
vfio_nvme $group $device $stage
dmesg | grep -A4 'arm-smmu-v3.*event'
done
poweroff -f
"""


def main():
    hypscope, cpu = sys.argv[1:]
    kernel = debian.kernel()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        image, disk = work / "disk.img", work / "initramfs.cpio"
        image.write_bytes(bytes(1 << 20))
        program = debian.build(work / "vfio_nvme", "vfio_nvme.c")
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT,
                                                 debian.modules(kernel, "nvme", "vfio-pci", "vfio_iommu_type1"),
                                                 [("vfio_nvme", program)]))
        text, status = debian.run([hypscope, "run", "--quiet", "--cpu", cpu, "--iommu", "smmuv3", "--kernel", kernel,
                                   "--initrd", disk, "--append", "console=ttyAMA0 quiet iommu.passthrough=0",
                                   "--disk", f"{image},if=nvme,serial=stray"])
        wants = ["^driver vfio-pci$"]
        for stage, s2 in ((1, 0), (2, 0x80)) if "by stage 2\nnot offered" not in text else ((1, 0),):
            wants += [f"^by stage {stage}$", "^mapped: status 0000, serial stray$",
                      "^outside: status [0-9a-f]*[1-9a-f][0-9a-f]*, serial none",
                      "^mapped still: status 0000, serial stray$", "^fatal 1$"]
            # F_TRANSLATION: a write at the address that the program aimed at, then a read of the queue, each with its IPA
            for read, address in ((0, 0x40000000), (8, 0x1000c0)):
                ipa = address & ~0xfff if s2 else 0
                wants += ["event 0x10 received:", "0x00000[0-9a-f]{3}00000010", f"0x{0x200 | s2 | read:08x}00000000",
                          f"0x{address:016x}", f"0x{ipa:016x}"]
        sys.exit(not debian.judge(text, status, wants))


main()
