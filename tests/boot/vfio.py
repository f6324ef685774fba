#!/usr/bin/env python3
"""Debian's kernel hands an NVMe controller to a program by vfio-pci, as it hands devices to guests. The program reaches the
memory that is mapped for it; where it aims outside, the SMMU stops the device, and the kernel's log has the event.

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
vfio_nvme $group $device
dmesg | grep -A4 'arm-smmu-v3.*event'
poweroff -f
"""


def archive(kernel, program):
    disk = initramfs.Initramfs()
    disk.console()
    for folder in ("bin", "proc", "sys"):
        disk.directory(folder)
    disk.file("bin/busybox", debian.busybox())
    disk.file("bin/vfio_nvme", program)
    disk.link("bin/sh", "busybox")
    modules = debian.modules(kernel, "nvme", "vfio-pci", "vfio_iommu_type1")
    for name, code in modules:
        disk.file(f"{name}.ko", code, 0o644)
    load = "".join(f"insmod /{name}.ko\n" for name, _ in modules)
    disk.file("init", (initramfs.SHELL_START + load + INIT).encode())
    return disk.archive()


def main():
    hypscope, cpu = sys.argv[1:]
    kernel = debian.kernel()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        image, disk = work / "disk.img", work / "initramfs.cpio"
        image.write_bytes(bytes(1 << 20))
        disk.write_bytes(archive(kernel, debian.build(work / "vfio_nvme", "vfio_nvme.c")))
        text, status = debian.run([hypscope, "run", "--quiet", "--cpu", cpu, "--iommu", "smmuv3", "--kernel", kernel,
                                   "--initrd", disk, "--append", "console=ttyAMA0 quiet iommu.passthrough=0",
                                   "--disk", f"{image},if=nvme,serial=stray"])
        wants = ["^driver vfio-pci$", "^mapped: status 0000, serial stray$",
                 "^outside: status [0-9a-f]*[1-9a-f][0-9a-f]*, serial none",
                 "^mapped still: status 0000, serial stray$", "^fatal 1$",
                 # F_TRANSLATION of stage 1: a write at the address that the program aimed at; then a read of the queue
                 "event 0x10 received:", "0x00000[0-9a-f]{3}00000010", "0x0000020000000000", "0x0000000040000000",
                 "event 0x10 received:", "0x00000[0-9a-f]{3}00000010", "0x0000020800000000", "0x00000000001000c0"]
        sys.exit(not debian.judge(text, status, wants))


main()
