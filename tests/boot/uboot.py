#!/usr/bin/env python3
"""Debian's U-Boot (package u-boot-qemu), unmodified, from flash at EL2: reaches its prompt and answers.

usage: uboot.py HYPSCOPE [U-BOOT.BIN]; the image is that of the installed package, else it is downloaded
(tools/fetch_package); skipped (77) when it cannot be had.
"""
import sys

from console import Console, find_file
from uboot_prompt import IMAGE, start, talk


# A command, and what its answer must contain.
DIALOGUE = [
    ("version", [b"U-Boot 20", b"aarch64-linux-gnu-gcc"]),
    ("bdinfo", [b"-> start    = 0x0000000040000000", b"-> size     = 0x0000000020000000",
                b"flashsize   = 0x0000000004000000", b"Build       = 64-bit", b"fdt_blob    = 0x"]),
    ("help", [b"bdinfo    - print Board Info structure", b"booti     - boot Linux kernel 'Image' format",
              b"version   - print monitor, compiler and linker version"]),
    ("pci", [b"00.00.00   0x1b36     0x0008     Bridge device"]),
    ("flinfo", [b"Bank # 1: CFI conformant flash", b"Intel Extended command set, Manufacturer ID: 0x89"]),
    ("protect off 1:250-251", [b"Un-Protect Flash Sectors 250-251"]),
    ("erase 1:250", [b". done"]),
    ("mw.l 41000000 12345678 40; cp.b 41000000 1f40000 100; cmp.l 41000000 1f40000 40",
     [b"Copy to Flash... done", b"Total of 64 word(s) were the same"]),
    ("md.l 1f40000 1; md.l 1f40100 1", [b"01f40000: 12345678", b"01f40100: ffffffff"]),
    ("setenv kept over-reset; saveenv", [b"Writing to Flash... ", b"OK"]),
    ("fdt addr ${fdtcontroladdr}; fdt print /psci method", [b'method = "smc"']),
]


# After a reset: flash keeps what was saved there, RAM holds nothing.
AFTER_RESET = [
    ("printenv kept", [b"kept=over-reset"]),
    ("md.l 41000000 1", [b"41000000: 00000000"]),
]


def main():
    hypscope = sys.argv[1]
    image = sys.argv[2] if len(sys.argv) > 2 else find_file("u-boot-qemu", IMAGE)[0]
    console = Console([hypscope, "run", "--quiet", "--flash", image])
    start(console)
    failed = not talk(console, DIALOGUE)
    console.type("reset\r")
    start(console)
    failed = not talk(console, AFTER_RESET) or failed
    console.type("poweroff\r")
    status, _ = console.end()
    if status:
        print(f"FAILED: poweroff: exit status {status}")
        failed = True
    sys.exit(failed)


main()
