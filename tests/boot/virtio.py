#!/usr/bin/env python3
"""Debian's kernel with virtio devices: files on ext4 survive, the host finds the file system clean, the network reaches the
host, and there are random numbers and a second console.

usage: virtio.py HYPSCOPE legacy|modern|pci|pci-smmu
The devices are behind virtio-mmio by one of its interfaces, or on PCIe, where an SMMU may translate for them.
Skipped (77) when the kernel, busybox or the host's tools for ext4 cannot be had.
"""
import functools
import hashlib
import http.server
import lzma
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

import debian
import initramfs

MODULES = ["virtio_mmio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_blk", "crc16", "mbcache",
           "jbd2", "crc32c_generic", "ext4", "failover", "net_failover", "virtio_net", "virtio-rng", "virtio_console"]

TRANSPORT = {"legacy": ["--virtio-mmio", "legacy"], "modern": ["--virtio-mmio", "modern"], "pci": [],
             "pci-smmu": ["--iommu", "smmuv3"]}

# Which of vda and vdb a disk is follows from the slots' order; its ID says which one it is.
INIT = """\
for m in @MODULES@; do [ -f /$m.ko ] && insmod /$m.ko; done
sleep 1
for d in vda vdb; do echo "disk $(cat /sys/block/$d/serial) $(cat /sys/block/$d/size)"; done
disk=vda; other=vdb
[ "$(cat /sys/block/vda/serial)" = hypscope-0 ] || { disk=vdb; other=vda; }
mount -t ext4 /dev/$disk /mnt && cd /mnt && md5sum -c sums
seq 1 200000 > seq; cp big copy; md5sum seq copy > new; rm gone; sync; echo 3 > /proc/sys/vm/drop_caches
md5sum -c new
fstrim /mnt && echo trimmed
cd /; umount /mnt && echo unmounted
dd if=/dev/zero of=/dev/$other bs=64k count=1 conv=fsync 2>/dev/null && echo overwritten
echo 1 > /proc/sys/vm/drop_caches; head -c 65536 /dev/$other | tr -d '\\0' | wc -c
head -c 64 /dev/hwrng | wc -c
echo "over there" > /dev/hvc0
ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0
@NET@
poweroff -f
"""
NET = """\
ping -c 2 10.0.2.2 | grep received
wget -q -O - http://10.0.2.2:@PORT@/big | md5sum
"""


def module(kernel, name):
    """A module's bytes, or None where the kernel has it built in."""
    folder = kernel.parents[1] / "lib" / "modules"
    for path in folder.rglob(f"{name}.ko*"):
        return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    return None


def archive(kernel, script):
    disk = initramfs.Initramfs()
    disk.console()
    for folder in ("bin", "proc", "sys", "mnt"):
        disk.directory(folder)
    disk.file("bin/busybox", debian.busybox())
    disk.link("bin/sh", "busybox")
    for name in MODULES:
        code = module(kernel, name)
        if code:
            disk.file(f"{name}.ko", code, 0o644)
    disk.file("init", (initramfs.SHELL_START + script).encode())
    return disk.archive()


def make_disk(work):
    """An ext4 image with files whose sums are known, and its folder."""
    if not shutil.which("mke2fs") or not shutil.which("e2fsck"):
        debian.skip("no e2fsprogs to make and check a file system with")
    tree = work / "tree"
    tree.mkdir()
    big = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(100000))
    (tree / "big").write_bytes(big)
    (tree / "gone").write_bytes(big[:100000])
    (tree / "sums").write_text(f"{hashlib.md5(big).hexdigest()}  big\n")
    image = work / "disk.ext4"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, image, "32M"], check=True)
    return image, tree


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def check_host(image, tree, other, hvc):
    """What the host finds afterwards."""
    seq = b"".join(b"%d\n" % i for i in range(1, 200001))
    checked = subprocess.run(["e2fsck", "-fn", image], capture_output=True, text=True, check=False)
    found = subprocess.run(["debugfs", "-R", "cat /seq", image], capture_output=True, check=False).stdout
    copy = subprocess.run(["debugfs", "-R", "cat /copy", image], capture_output=True, check=False).stdout
    good = {"clean": checked.returncode == 0, "seq": found == seq, "copy": copy == (tree / "big").read_bytes(),
            "snapshot": other.read_bytes() == b"\x55" * len(other.read_bytes()),
            "hvc0": hvc.read_text().strip() == "over there"}
    if not all(good.values()):
        print("FAILED:", good, checked.stdout)
    return all(good.values())


def main():
    hypscope, interface = sys.argv[1:]
    kernel = debian.kernel()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        image, tree = make_disk(work)
        other, hvc, disk = work / "other.img", work / "hvc.txt", work / "initramfs.cpio"
        other.write_bytes(b"\x55" * (1 << 20))
        network = debian.has_network(hypscope)
        script = INIT.replace("@NET@", NET.replace("@PORT@", str(serve(tree))) if network else "")
        disk.write_bytes(archive(kernel, script.replace("@MODULES@", " ".join(MODULES))))
        console, status = debian.run([hypscope, "run", "--quiet", "--cpu", "cortex-a72", "--kernel", kernel, "--initrd", disk,
                                      "--append", "console=ttyAMA0 quiet", *TRANSPORT[interface], "--disk", image,
                                      "--disk", f"{other},snapshot", "--rng", "--virtio-console", f"file:{hvc}",
                                      *(["--net", "user"] if network else [])])
        wants = ["^disk hypscope-[01] (65536|2048)$", "^disk hypscope-[01] (65536|2048)$", "^big: OK$", "^seq: OK$",
                 "^copy: OK$", "^trimmed$", "^unmounted$", "^overwritten$", "^0$", "^64$"]
        if network:
            wants += ["2 packets received", hashlib.md5((tree / "big").read_bytes()).hexdigest()]
        good = debian.judge(console, status, wants)
        sys.exit(not (check_host(image, tree, other, hvc) and good))


main()
