#!/usr/bin/env python3
"""Debian's U-Boot, unmodified, finds a disk on PCIe, reads it and writes it, and finds it again after a reset.

usage: disk_uboot.py HYPSCOPE nvme|virtio; skipped (77) when the package u-boot-qemu cannot be had.
"""
import hashlib
import pathlib
import sys
import tempfile
import zlib

from console import Console, find_file
from uboot_prompt import IMAGE, start, talk

BLOCKS = 2048

# How it is found, by the kind of disk.
FINDS = {
    "nvme": [("pci enum; nvme scan; nvme info", [b"Vendor: 0x1b36 Rev: 1", b"Prod: hypscope-0", b"Capacity: 1.0 MB"]),
             ("nvme detail", [b"Blk device 0"])],
    "virtio": [("pci enum; pci", [b"00.01.00   0x1af4     0x1042     Mass storage controller"]),
               ("virtio scan; virtio info", [b"VirtIO Block Device", b"Capacity: 1.0 MB"])],
}


def main():
    hypscope, kind = sys.argv[1:]
    image = find_file("u-boot-qemu", IMAGE)[0]
    with tempfile.TemporaryDirectory() as folder:
        disk = pathlib.Path(folder, "disk.img")
        content = b"".join(hashlib.sha512(b"%d" % i).digest() for i in range(BLOCKS * 8))
        disk.write_bytes(content)
        sums = [b"==> %08x" % zlib.crc32(content[512 * at:512 * end]) for at, end in ((5, 6), (16, 1040))]
        console = Console([hypscope, "run", "--quiet", "--flash", image, "--disk", f"{disk},if={kind}"])
        start(console)
        failed = not talk(console, [
            *FINDS[kind],
            (f"{kind} read 41000000 5 1; crc32 41000000 200", [b"1 blocks read: OK", sums[0]]),
            (f"{kind} read 41000000 10 400; crc32 41000000 80000", [b"1024 blocks read: OK", sums[1]]),
            (f"mw.b 42000000 5a 2000; {kind} write 42000000 7c0 10", [b"16 blocks written: OK"]),
            (f"{kind} read 41000000 7ff 2", [b"blocks read: ERROR"]),
        ])
        console.type("reset\r")
        start(console)
        failed |= not talk(console, [
            (f"pci enum; {kind} scan; {kind} read 41000000 7c0 10; md.l 41001ffc 1", [b"16 blocks read: OK", b"5a5a5a5a"]),
        ])
        console.type("poweroff\r")
        status, _ = console.end()
        after = disk.read_bytes()
        if status or after != content[:512 * 0x7c0] + b"\x5a" * 8192 + content[512 * 0x7d0:]:
            print(f"FAILED: exit status {status}, or the disk is not as it was written")
            failed = True
    sys.exit(failed)


main()
