#!/usr/bin/env python3
"""KVM in Debian's kernel, unmodified, runs guests (kvm_guest.c) inside the machine.

usage: kvm.py HYPSCOPE CPU [KERNEL-ARGUMENT...]
The summary must tell the same of the guests: their exits, by reason. Skipped (77) when the kernel or the cross compiler
cannot be had.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import debian
from initramfs import Initramfs

GUESTS = ["hello", "exits", "memory", "vectors", "timer"]
# Guest, reason, and the least number of exits that it must have made for it.
REASONS = [(0, "HVC #0", 2), (0, "Data Abort: Translation fault on a read", 1),
           (1, "Data Abort: Translation fault on a write", 2000), (2, "Data Abort: .* fault on a write", 300),
           (3, "Data Abort: Translation fault on a write", 52), (4, "Trapped WFI", 1)]


def check_summary(stderr, protected):
    """Guests have one VTTBR_EL2 each, in the order in which they ran; VMID 0 is a protected KVM's host."""
    summary = json.loads(stderr)["summary"]
    guests = [g for g in summary["guests"] if not (protected and g["vmid"] == 0)]
    failed = len(guests) != len(GUESTS)
    if failed:
        print(f"FAILED: {len(guests)} guests in the summary")
    for index, pattern, least in REASONS if not failed else []:
        found = sum(r["count"] for r in guests[index]["reasons"] if re.fullmatch(pattern, r["reason"]))
        if found < least:
            print(f"FAILED: guest {GUESTS[index]}: {found} exits by {pattern}, at least {least} expected")
            failed = True
    return not failed


def main():
    hypscope, cpu, *arguments = sys.argv[1:]
    image = debian.kernel()
    with tempfile.TemporaryDirectory() as work:
        disk = Initramfs()
        disk.console()
        disk.file("init", debian.build(pathlib.Path(work, "kvm_guest"), "kvm_guest.c", "kvm_guest.S"))
        archive = pathlib.Path(work, "initramfs.cpio")
        archive.write_bytes(disk.archive())
        errors = pathlib.Path(work, "errors")
        command = [hypscope, "run", "--json", "--summary", "--cpu", cpu, "--kernel", image, "--initrd", archive,
                   "--append", " ".join(["console=ttyAMA0 quiet", *arguments])]
        with open(errors, "wb") as out:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=out, timeout=200,
                                  check=False)
        good = debian.judge(debian.text_of(done.stdout), done.returncode,
                            ["^KVM API 12$", *(f"^guest {name}: ok$" for name in GUESTS)])
        good = good and check_summary(errors.read_text(), "kvm-arm.mode=protected" in arguments)
    sys.exit(not good)


main()
