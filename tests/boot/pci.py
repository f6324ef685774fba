#!/usr/bin/env python3
"""Debian's kernel with devices on PCI Express, by QEMU's option names: ext4 as its root on virtio-blk-pci, another disk behind a
root port, a network, entropy. Every device is where QEMU puts it; messages reach whichever core they are sent to.

usage: pci.py HYPSCOPE dt|intx|acpi
dt    the kernel itself, MSI-X by the ITS
intx  the same without messages: pins, also behind the root port
acpi  started by UEFI, which has ACPI
Skipped (77) when the kernel, busybox, the firmware or the host's tools for ext4 cannot be had.
"""
import hashlib
import pathlib
import re
import sys
import tempfile

import debian
import ext4
import initramfs
from console import find_file

CORES = 4
BEFORE = """\
sleep 1
ls /sys/bus/pci/devices | while read d; do echo "at $d $(cat /sys/bus/pci/devices/$d/vendor) $(cat /sys/bus/pci/devices/$d/device)"; done
for d in vda vdb; do [ "$(cat /sys/block/$d/size)" = 2048 ] && other=$d || root=$d; done
dd if=/dev/$other of=/dev/null bs=64k count=8 iflag=direct 2>/dev/null && echo "other read"
dd if=/dev/zero of=/dev/$other bs=64k count=1 oflag=direct 2>/dev/null || echo "other not written"
head -c 64 /dev/hwrng | wc -c
ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0
@NET@
again() {
for d in vda vdb vdc; do [ "$(cat /sys/block/$d/size 2>/dev/null)" = 2048 ] && dd if=/dev/$d of=/dev/null bs=64k iflag=direct 2>/dev/null && echo "$1"; done
}
pci=/sys/bus/pci/devices/0000:01:00.0
echo 0000:01:00.0 > $pci/driver/unbind; echo "methods $(cat $pci/reset_method)"
for how in flr bus; do echo $how > $pci/reset_method; echo 1 > $pci/reset && echo "reset by $how"; done
echo 0000:01:00.0 > /sys/bus/pci/drivers/virtio-pci/bind; sleep 1; again "found after resets"
echo 1 > $pci/remove; sleep 1; echo 1 > /sys/bus/pci/rescan; sleep 1; again "found again"
mount -t ext4 /dev/$root /mnt
exec switch_root /mnt /sbin/init
"""
# One core after the other is to have the network's interrupts.
NET = """\
irq=$(sed -n 's/^ *\\([0-9]*\\):.*virtio[0-9]*-input.0/\\1/p' /proc/interrupts)
for c in 0 1 2 3; do [ -n "$irq" ] && echo $c > /proc/irq/$irq/smp_affinity_list; ping -c 2 10.0.2.2 | grep received; done
"""
AFTER = """\
#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev
grep ' / ' /proc/mounts | grep ext4 && echo "root is ext4"
md5sum -c /sums
seq 1 100000 > /seq; sync
for c in 0 1 2 3; do taskset $((1 << c)) md5sum /seq > /dev/null; done
grep -i -e virtio -e pcie /proc/interrupts
sync; mount -o remount,ro / && echo "remounted"
poweroff -f
"""


def make_root(work):
    """An ext4 image with a system of its own."""
    tree = work / "tree"
    for folder in ("bin", "sbin", "proc", "sys", "dev"):
        (tree / folder).mkdir(parents=True)
    (tree / "bin/busybox").write_bytes(debian.busybox())
    (tree / "bin/busybox").chmod(0o755)
    for name in ("sh", "mount", "grep", "md5sum", "seq", "sync", "taskset", "poweroff", "cat"):
        (tree / "bin" / name).symlink_to("busybox")
    (tree / "sbin/init").write_text(AFTER)
    (tree / "sbin/init").chmod(0o755)
    (tree / "sums").write_text(f"{hashlib.md5(debian.busybox()).hexdigest()}  /bin/busybox\n")
    return ext4.make_image(tree, work / "root.ext4", "32M")


def check_host(image, other):
    good = {"clean": ext4.is_clean(image),
            "seq": ext4.content(image, "/seq") == b"".join(b"%d\n" % i for i in range(1, 100001)),
            "other": other.read_bytes() == b"\x55" * (1 << 20)}
    if not all(good.values()):
        print("FAILED:", good)
    return all(good.values())


def check_interrupts(text, how):
    rows = [line.split() for line in text.splitlines() if re.match(r" *\d+: .*virtio", line)]
    total = [sum(int(row[1 + core]) for row in rows) for core in range(CORES)]
    kinds = {"ITS-MSI" if "MSI" in " ".join(row) else " ".join(row[1 + CORES:]) for row in rows}
    if how == "intx":
        good = rows and all("GIC" in kind and "Level" in kind for kind in kinds)
    else:
        good = rows and kinds == {"ITS-MSI"} and all(total)
    if not good:
        print("FAILED: interrupts:", rows)
    return good


def main():
    hypscope, how = sys.argv[1:]
    if not debian.has_network(hypscope):
        debian.skip("this build has no network")
    kernel = debian.kernel()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        image, other, disk = make_root(work), work / "other.img", work / "initramfs.cpio"
        other.write_bytes(b"\x55" * (1 << 20))
        modules = debian.modules(kernel, "virtio_pci", "virtio_blk", "virtio_net", "virtio-rng", "crc32c_generic", "ext4")
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), BEFORE.replace("@NET@", NET), modules))
        options = ["-machine", "virt,virtualization=on,gic-version=3", "-cpu", "cortex-a72", "-smp", str(CORES), "-m", "512",
                   "-nodefaults", "-nographic", "-serial", "stdio", "-no-reboot", "-kernel", kernel, "-initrd", disk,
                   "-append", "console=ttyAMA0 quiet" + (" pci=nomsi" if how == "intx" else ""),
                   "-device", "pcie-root-port,id=rp1,chassis=1,slot=1",
                   "-drive", f"if=none,id=root,format=raw,file={image}", "-device", "virtio-blk-pci,drive=root,addr=3,disable-legacy=on",
                   "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,disable-legacy=on",
                   "-device", "virtio-rng-pci,disable-legacy=on",
                   "-drive", f"if=none,id=other,format=raw,readonly=on,file={other}", "-device", "virtio-blk-pci,drive=other,bus=rp1"]
        if how == "acpi":
            options += ["-bios", find_file("qemu-efi-aarch64", "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd")[0]]
        console, status = debian.run([hypscope + "-system-aarch64", *options], 400)
        wants = ["^at 0000:00:00.0 0x1b36 0x0008$", "^at 0000:00:01.0 0x1b36 0x000c$", "^at 0000:00:02.0 0x1af4 0x1041$",
                 "^at 0000:00:03.0 0x1af4 0x1042$", "^at 0000:00:04.0 0x1af4 0x1044$", "^at 0000:01:00.0 0x1af4 0x1042$",
                 "^other read$", "^other not written$", "^64$", *["^2 packets transmitted, 2 packets received"] * CORES,
                 "^reset by flr$", "^reset by bus$", "^found after resets$", "^found again$", "^root is ext4$", "^/bin/busybox: OK$", "^remounted$"]
        good = debian.judge(console, status, wants)
        sys.exit(not (check_interrupts(console, how) and check_host(image, other) and good))


main()
