#!/usr/bin/env python3
"""Debian's U-Boot, unmodified, finds an NVMe disk, reads it and writes it, and finds it again after a reset.

usage: nvme_uboot.py HYPSCOPE; skipped (77) when the package u-boot-qemu cannot be had.
"""
import hashlib
import pathlib
import sys
import tempfile
import zlib

from console import Console, find_file

IMAGE = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
PROMPT = b"\n=> "
BLOCKS = 2048


def talk(console, dialogue):
    """From the start to its prompt; whether an answer lacks what it must hold."""
    console.until(b"Hit any key to stop autoboot:")
    console.type("\r")
    console.until(PROMPT)
    failed = False
    for command, wants in dialogue:
        console.type(command + "\r")
        answer = console.until(PROMPT)
        for want in wants:
            if want not in answer:
                print(f"FAILED: {command}: no {want!r} in\n{answer.decode(errors='replace')}")
                failed = True
    return failed


def main():
    hypscope = sys.argv[1]
    image = find_file("u-boot-qemu", IMAGE)[0]
    with tempfile.TemporaryDirectory() as folder:
        disk = pathlib.Path(folder, "disk.img")
        content = b"".join(hashlib.sha512(b"%d" % i).digest() for i in range(BLOCKS * 8))
        disk.write_bytes(content)
        sums = [b"==> %08x" % zlib.crc32(content[512 * at:512 * end]) for at, end in ((5, 6), (16, 1040))]
        console = Console([hypscope, "run", "--quiet", "--flash", image, "--disk", f"{disk},if=nvme,serial=boot"])
        failed = talk(console, [
            ("pci enum; nvme scan; nvme info", [b"Vendor: 0x1b36 Rev: 1", b"Prod: boot", b"Capacity: 1.0 MB"]),
            ("nvme detail", [b"Blk device 0"]),
            ("nvme read 41000000 5 1; crc32 41000000 200", [b"1 blocks read: OK", sums[0]]),
            ("nvme read 41000000 10 400; crc32 41000000 80000", [b"1024 blocks read: OK", sums[1]]),
            ("mw.b 42000000 5a 2000; nvme write 42000000 7c0 10", [b"16 blocks written: OK"]),
            ("nvme read 41000000 7ff 2", [b"blocks read: ERROR"]),
        ])
        console.type("reset\r")
        failed |= talk(console, [
            ("pci enum; nvme scan; nvme read 41000000 7c0 10; md.l 41001ffc 1", [b"16 blocks read: OK", b"5a5a5a5a"]),
        ])
        console.type("poweroff\r")
        status, _ = console.end()
        after = disk.read_bytes()
        if status or after != content[:512 * 0x7c0] + b"\x5a" * 8192 + content[512 * 0x7d0:]:
            print(f"FAILED: exit status {status}, or the disk is not as it was written")
            failed = True
    sys.exit(failed)


main()
