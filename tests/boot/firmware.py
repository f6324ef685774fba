#!/usr/bin/env python3
"""Debian's kernel, unmodified, started by Debian's firmware from a disk: U-Boot's booti; UEFI's GRUB, by ACPI and by device tree.

usage: firmware.py HYPSCOPE uboot|grub-acpi|grub-dt
Skipped (77) when a package, or what makes the disk's image (mtools, dosfstools), cannot be had.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import debian
import initramfs
import uboot_prompt
from console import Console

DISK_SIZE = 128 << 20
INIT = """\
dmesg | grep -E 'CPU: All|kvm.*init|psci: probing'
poweroff -f
"""
GRUB = "set timeout=0\nmenuentry linux {\n linux /Image console=ttyAMA0 quiet\n initrd /initramfs.cpio\n}\n"


def tool(name, package):
    """A program of the host's, else out of its package (it is not installed)."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if found:
        return found
    for place in ("sbin", "usr/sbin", "bin", "usr/bin"):
        path = debian.package(package) / place / name
        if path.exists():
            return path
    return debian.skip(f"package {package} has no {name}")


def make_disk(work, with_grub):
    """A FAT file system without a partition table: needs no rights."""
    disk = work / "disk.img"
    files = {"initramfs.cpio": initramfs.shell_archive(debian.busybox(), INIT), "Image": debian.kernel().read_bytes()}
    folders = []
    if with_grub:
        folders = ["EFI", "EFI/BOOT", "EFI/debian"]
        grub = debian.package("grub-efi-arm64-bin:arm64") / "usr/lib/grub/arm64-efi/monolithic/grubaa64.efi"
        files |= {"EFI/BOOT/BOOTAA64.EFI": grub.read_bytes(), "EFI/debian/grub.cfg": GRUB.encode()}
    with open(disk, "wb") as image:
        image.truncate(DISK_SIZE)
    subprocess.run([tool("mkfs.vfat", "dosfstools"), "-i", "12345678", disk], check=True, stdout=subprocess.DEVNULL)
    mtools = tool("mtools", "mtools")
    for folder in folders:
        subprocess.run([mtools, "-c", "mmd", "-i", disk, "::" + folder], check=True)
    for name, data in files.items():
        (work / "file").write_bytes(data)
        subprocess.run([mtools, "-c", "mcopy", "-i", disk, work / "file", "::" + name], check=True)
    return disk


def by_uboot(hypscope, work):
    image = debian.package("u-boot-qemu") / "usr/lib/u-boot/qemu_arm64/u-boot.bin"
    console = Console([hypscope, "run", "--quiet", "--cpu", "cortex-a72", "--flash", image, "--disk", f"{make_disk(work, False)},ro"], 200)
    uboot_prompt.start(console)
    for command in ("load virtio 0 ${kernel_addr_r} Image", "load virtio 0 ${ramdisk_addr_r} initramfs.cpio",
                    "setenv bootargs console=ttyAMA0 quiet"):
        console.type(command + "\r")
        console.until(uboot_prompt.PROMPT)
    console.type("booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdt_addr}\r")
    return console


def by_grub(hypscope, work, acpi):
    package = debian.package("qemu-efi-aarch64")
    variables = work / "vars.fd"
    shutil.copyfile(package / "usr/share/AAVMF/AAVMF_VARS.fd", variables)
    code = package / "usr/share/AAVMF/AAVMF_CODE.fd"
    return Console([hypscope, "run", "--quiet", "--cpu", "cortex-a72", "--flash", f"{code},ro", "--flash1", f"{variables},rw",
                    "--disk", f"{make_disk(work, True)},ro"] + ([] if acpi else ["--no-acpi"]), 240)


def main():
    hypscope, way = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        console = by_uboot(hypscope, work) if way == "uboot" else by_grub(hypscope, work, way == "grub-acpi")
        status, seen = console.end()
    tables = "ACPI" if way == "grub-acpi" else "DT"
    wants = [f"psci: probing for conduit method from {tables}", r"CPU: All CPU\(s\) started at EL2", "Hyp mode initialized successfully"]
    sys.exit(not debian.judge(debian.text_of(seen), status, wants))


main()
