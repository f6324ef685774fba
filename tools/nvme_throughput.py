#!/usr/bin/env python3
"""How fast Linux reads and writes an NVMe disk behind the SMMU, on hypscope and on QEMU, in turns.

usage: nvme_throughput.py HYPSCOPE-SYSTEM-AARCH64 [--qemu QEMU] [--size MIB] [--reps N] [--iommu none|smmuv3] [--cpu NAME] [--kernel IMAGE]

Both run the same Debian kernel and initial RAM disk, in which dd moves data sequentially: directly (O_DIRECT) and through
the page cache. The rate is by the host's CPU time, of all threads, between marks on the console: an emulator's own clock
says nothing, and waiting is free. The image is in the host's page cache.
Ends with 77 when a package or QEMU cannot be had.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.fspath(pathlib.Path(__file__).resolve().parent.parent / "tests" / "boot"))
import debian  # noqa: E402
import initramfs  # noqa: E402

# Name, and what the guest executes; {n} is the size in MiB.
WORK = [
    ("direct read, 1 MiB", "dd if=/dev/nvme0n1 of=/dev/null bs=1M count={n} iflag=direct"),
    ("direct read, 128 KiB", "dd if=/dev/nvme0n1 of=/dev/null bs=128k count=$(({n} * 8)) iflag=direct"),
    ("buffered read", "dd if=/dev/nvme0n1 of=/dev/null bs=1M count={n}"),
    ("direct write, 1 MiB", "dd if=/dev/zero of=/dev/nvme0n1 bs=1M count={n} oflag=direct"),
]


def make_archive(kernel, size):
    disk = initramfs.Initramfs()
    disk.console()
    for folder in ("bin", "proc", "sys"):
        disk.directory(folder)
    disk.file("bin/busybox", debian.busybox())
    disk.link("bin/sh", "busybox")
    modules = debian.modules(kernel, "nvme")
    for name, code in modules:
        disk.file(f"{name}.ko", code, 0o644)
    script = [f"insmod /{name}.ko" for name, _ in modules]
    script += ["until [ -b /dev/nvme0n1 ]; do sleep 0.1; done", "sleep 1",
               "echo group $(ls /sys/bus/pci/devices/*/iommu_group/devices 2>/dev/null | wc -l)"]
    for i, (_, command) in enumerate(WORK):
        script += ["echo 3 > /proc/sys/vm/drop_caches", f"echo mark-{i}", command.format(n=size) + " 2>/dev/null || echo failed",
                   f"echo mark-{i}"]
    disk.file("init", (initramfs.SHELL_START + "\n".join([*script, "poweroff -f\n"])).encode())
    return disk.archive()


def cpu_seconds(pid):
    """Of all threads, those that have ended included: the clock that clock_getcpuclockid() gives for the process."""
    return time.clock_gettime(~pid << 3 | 2)


def run(command, limit=600):
    """The CPU time of each piece of work, in seconds."""
    # Input that may come, so that the console is written at once.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    seen, marks = b"", {}
    while data := os.read(process.stdout.fileno(), 4096):
        now = cpu_seconds(process.pid)
        seen += data
        for found in re.finditer(rb"mark-(\d+)", seen):
            marks.setdefault(found.start(), (int(found[1]), now))
    process.wait(limit)
    times = {}
    for number, now in marks.values():
        times.setdefault(number, []).append(now)
    if sorted(times) != list(range(len(WORK))) or any(len(t) != 2 for t in times.values()) or b"failed" in seen:
        sys.exit("FAILED: the guest did not do all of its work:\n" + seen.decode(errors="replace")[-3000:])
    return [end - begin for begin, end in (times[i] for i in range(len(WORK)))]


def machine(program, options, kernel, disk, image):
    return [program, "-machine", f"virt,virtualization=on,gic-version=3,iommu={options.iommu}", "-cpu", options.cpu,
            "-m", "1024", "-nographic", "-nodefaults", "-serial", "stdio", "-kernel", kernel, "-initrd", disk,
            "-append", "console=ttyAMA0 quiet iommu.passthrough=0 iommu.strict=0",
            "-drive", f"if=none,id=d,file={image},format=raw", "-device", "nvme,drive=d,serial=speed"]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("hypscope")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--iommu", default="smmuv3")
    parser.add_argument("--cpu", default="cortex-a72")
    parser.add_argument("--kernel")
    options = parser.parse_args()
    kernel = pathlib.Path(options.kernel) if options.kernel else debian.kernel()
    with tempfile.TemporaryDirectory() as folder:
        image, disk = pathlib.Path(folder, "disk.img"), pathlib.Path(folder, "initramfs.cpio")
        with open(image, "wb") as out:
            for _ in range(options.size):
                out.write(os.urandom(1 << 20))
        disk.write_bytes(make_archive(kernel, options.size))
        times = {"hypscope": [], "qemu": []}
        for _ in range(options.reps):
            for name, program in (("hypscope", options.hypscope), ("qemu", options.qemu)):
                if program != "none":
                    times[name].append(run([os.fspath(w) for w in machine(program, options, kernel, disk, image)]))
    print(f"{'MB/s of host CPU time, median':32} {'hypscope':>10} {'QEMU':>10} {'ratio':>7}")
    for i, (name, _) in enumerate(WORK):
        rates = [options.size * 1.048576 / statistics.median(t[i] for t in of) if of else 0 for of in times.values()]
        print(f"{name:32} {rates[0]:10.0f} {rates[1]:10.0f} {rates[0] / rates[1] if rates[1] else 0:7.2f}")


main()
