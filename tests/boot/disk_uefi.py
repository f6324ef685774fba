#!/usr/bin/env python3
"""Debian's UEFI firmware, unmodified, finds a disk on PCIe and its FAT file system, and reads and writes files there.

usage: disk_uefi.py HYPSCOPE nvme|virtio; skipped (77) when the package qemu-efi-aarch64 or the host's tools for FAT cannot be had.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from console import Console, find_file, skip

CODE, VARS = "/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"
PROMPT = b"Shell> "


def ask(console, command, *wants):
    console.type(command + "\r")
    console.until(command.encode())
    answer = console.until(PROMPT)
    for want in wants:
        if want not in answer:
            sys.exit(f"FAILED: {command}: no {want!r} in\n{answer.decode(errors='replace')}")


def main():
    hypscope, kind = sys.argv[1:]
    code, template = find_file("qemu-efi-aarch64", CODE, VARS)
    if not all(shutil.which(tool) for tool in ("mkfs.vfat", "mcopy", "mtype")):
        skip("no dosfstools and mtools to make a file system with")
    with tempfile.TemporaryDirectory() as folder:
        variables, disk, hello = (pathlib.Path(folder, name) for name in ("vars.fd", "disk.img", "hello.txt"))
        shutil.copyfile(template, variables)
        hello.write_text("here from the disk\r\n")
        with open(disk, "wb") as out:
            os.truncate(out.fileno(), 34 << 20)
        subprocess.run(["mkfs.vfat", "-F", "16", disk], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["mcopy", "-i", disk, hello, "::hello.txt"], check=True)
        console = Console([hypscope, "run", "--quiet", "--cpu", "cortex-a72", "--flash", f"{code},ro", "--flash1", f"{variables},rw",
                           "--disk", f"{disk},if={kind}"], 200)
        console.until(b"to skip startup.nsh")
        console.type("\x1b")
        console.until(PROMPT)
        ask(console, "map -r", b"/Pci(0x1,0x0)" + (b"/NVMe(0x1," if kind == "nvme" else b""))
        ask(console, "type fs0:hello.txt", b"here from the disk")
        ask(console, "cp fs0:hello.txt fs0:copy.txt")
        console.type("reset -s\r")
        status, _ = console.end()
        found = subprocess.run(["mtype", "-i", disk, "::copy.txt"], capture_output=True, text=True, check=False).stdout
        if status or "here from the disk" not in found:
            sys.exit(f"FAILED: reset -s: exit status {status}; the copy is {found!r}")
    print("ok")


main()
