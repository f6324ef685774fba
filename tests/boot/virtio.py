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
import pathlib
import sys
import tempfile
import threading

import debian
import ext4
import initramfs

MODULES = ["virtio_mmio", "virtio_pci", "virtio_blk", "crc32c_generic", "ext4", "virtio_net", "virtio-rng", "virtio_console"]

TRANSPORT = {"legacy": ["--virtio-mmio", "legacy"], "modern": ["--virtio-mmio", "modern"], "pci": [],
             "pci-smmu": ["--iommu", "smmuv3"]}

# Which of vda and vdb a disk is follows from the slots' order; its ID says which one it is.
INIT = """\
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


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def check_host(image, big, other, hvc):
    """What the host finds afterwards."""
    seq = b"".join(b"%d\n" % i for i in range(1, 200001))
    good = {"clean": ext4.is_clean(image), "seq": ext4.content(image, "/seq") == seq,
            "copy": ext4.content(image, "/copy") == big,
            "snapshot": other.read_bytes() == b"\x55" * len(other.read_bytes()),
            "hvc0": hvc.read_text().strip() == "over there"}
    if not all(good.values()):
        print("FAILED:", good)
    return all(good.values())


def main():
    hypscope, interface = sys.argv[1:]
    kernel = debian.kernel()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        image, big = ext4.known_image(work, "32M", 100000)
        other, hvc, disk = work / "other.img", work / "hvc.txt", work / "initramfs.cpio"
        other.write_bytes(b"\x55" * (1 << 20))
        network = debian.has_network(hypscope)
        script = INIT.replace("@NET@", NET.replace("@PORT@", str(serve(work / "tree"))) if network else "")
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), script, debian.modules(kernel, *MODULES)))
        console, status = debian.run([hypscope, "run", "--quiet", "--cpu", "cortex-a72", "--kernel", kernel, "--initrd", disk,
                                      "--append", "console=ttyAMA0 quiet", *TRANSPORT[interface], "--disk", image,
                                      "--disk", f"{other},snapshot", "--rng", "--virtio-console", f"file:{hvc}",
                                      *(["--net", "user"] if network else [])])
        wants = ["^disk hypscope-[01] (65536|2048)$", "^disk hypscope-[01] (65536|2048)$", "^big: OK$", "^seq: OK$",
                 "^copy: OK$", "^trimmed$", "^unmounted$", "^overwritten$", "^0$", "^64$"]
        if network:
            wants += ["2 packets received", hashlib.md5(big).hexdigest()]
        good = debian.judge(console, status, wants)
        sys.exit(not (check_host(image, big, other, hvc) and good))


main()
