#!/usr/bin/env python3
"""Debian's Xen, unmodified, at EL2: starts Debian's kernel as dom0, and as two guests beside it by the device tree.

usage: xen.py HYPSCOPE CPU [GUESTS]
Xen's packages for arm64 are found by tools/fetch_package; skipped (77) when one cannot be had.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import debian
import fdt
import initramfs

XEN = "xen-hypervisor-4.17-arm64"
MODULES = 0x50000000  # the boot loader's place for kernels and RAM disks, each on a boundary of MODULE_ALIGN
MODULE_ALIGN = 0x4000000
GUEST_KIB = 0x30000

INIT = """\
name=$(sed 's/.*name=\\([a-z0-9]*\\).*/\\1/' /proc/cmdline)
echo "$name: up"
grep -E 'arch_timer' /proc/interrupts
for i in 1 2 3 4; do sleep 1; echo "$name: tick $i"; done
[ $name = dom0 ] && sleep 4
poweroff -f
"""


class Modules:
    """What the boot loader puts into memory, and tells Xen by the device tree (docs/misc/arm/device-tree of Xen)."""

    def __init__(self):
        self.files, self.next = [], MODULES

    def add(self, node, kind, path, arguments=None):
        module = node.child(f"module@{self.next:x}")
        module.strings("compatible", f"multiboot,{kind}", "multiboot,module")
        module.cells("reg", 0, self.next, 0, path.stat().st_size)
        if arguments:
            module.strings("bootargs", arguments)
        self.files.append((path, self.next))
        self.next += MODULE_ALIGN

    def options(self):
        return [word for path, at in self.files for word in ("-device", f"loader,file={path},addr={at:#x},force-raw=on")]


def device_tree(hypscope, work, xen, machine, guests, image, disk):
    blob = work / "virt.dtb"
    subprocess.run([hypscope, "run", *machine, "--kernel", xen, "--dump-dtb", blob], check=True)
    root = fdt.parse(blob.read_bytes())
    chosen, modules = root.child("chosen"), Modules()
    chosen.cells("#address-cells", 2)
    chosen.cells("#size-cells", 2)
    chosen.strings("xen,xen-bootargs", "console=dtuart dtuart=/pl011@9000000 dom0_mem=256M noreboot")
    modules.add(chosen, "kernel", image, "console=hvc0 quiet name=dom0")
    modules.add(chosen, "ramdisk", disk)
    for i in range(1, guests + 1):
        guest = chosen.child(f"domU{i}")
        guest.strings("compatible", "xen,domain")
        for name, values in {"#address-cells": [2], "#size-cells": [2], "memory": [0, GUEST_KIB], "cpus": [1]}.items():
            guest.cells(name, *values)
        guest.properties["vpl011"] = b""
        modules.add(guest, "kernel", image, f"console=ttyAMA0 quiet name=guest{i}")
        modules.add(guest, "ramdisk", disk)
    blob.write_bytes(fdt.pack(root))
    return blob, modules.options()


def wanted(name, prefix=""):
    return [rf"^{prefix}{name}: up$", rf"^{prefix}.*GICv3 +27 Level +arch_timer",
            *(rf"^{prefix}{name}: tick {i}$" for i in range(1, 5))]


def side_by_side(console):
    """The guests' ticks alternate: each speaks before any has said its last."""
    ticks = re.findall(r"(guest\d|dom0): tick (\d)", console)
    last = {name: i for i, (name, _) in enumerate(ticks)}
    first = {name: i for i, (name, _) in reversed(list(enumerate(ticks)))}
    if max(first.values(), default=0) > min(last.values(), default=0):
        print(f"FAILED: not side by side: {ticks}")
        return False
    return True


def main():
    hypscope, cpu = pathlib.Path(sys.argv[1]).absolute(), sys.argv[2]
    guests = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    image, package = debian.kernel(), debian.package(XEN + ":arm64")
    xen = next((package / "boot").glob("xen-*-arm64"))
    memory = 1024 * (1 + (guests > 0))
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        disk = work / "initramfs.cpio"
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT))
        tree, loaders = device_tree(hypscope, work, xen, ["--cpu", cpu, "--mem", f"{memory}M"], guests, image, disk)
        console, status = debian.run([hypscope.with_name("hypscope-system-aarch64"), "-M",
                                      "virt,virtualization=on,gic-version=3", "-cpu", cpu, "-m", str(memory),
                                      "-nographic", "-nic", "none", "-kernel", xen, "-dtb", tree, *loaders])
    good = debian.judge(console, status, [r"Xen version 4\.17", *wanted("dom0"), "Hardware Dom0 halted"])
    for i in range(1, guests + 1):
        good = debian.judge(console, status, wanted(f"guest{i}", rf"\(XEN\) DOM{i}: ")) and good
    sys.exit(not (good and (not guests or side_by_side(console))))


main()
