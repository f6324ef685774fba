"""An initial RAM disk from scratch: a cpio archive in the "newc" format, the same bytes for the same content."""
import stat


class Initramfs:
    def __init__(self):
        self.entries = []
        self.known = set()

    def _add(self, name, mode, data=b"", device=(0, 0)):
        parent = name.rpartition("/")[0]
        if parent and parent not in self.known:
            self.directory(parent)
        self.known.add(name)
        self.entries.append((name, mode, data, device))

    def directory(self, name):
        self._add(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o755):
        self._add(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        self._add(name, stat.S_IFLNK | 0o777, target.encode())

    def console(self):
        """/dev/console, which the kernel opens before /init."""
        self._add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))

    @staticmethod
    def _record(number, entry):
        name, mode, data, device = entry
        path = name.encode() + b"\0"
        fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0]
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + path
        return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)

    def archive(self):
        records = [self._record(i + 1, entry) for i, entry in enumerate(self.entries)]
        records.append(self._record(0, ("TRAILER!!!", 0, b"", (0, 0))))
        return b"".join(records)


SHELL_START = """#!/bin/sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
"""


def shell_archive(busybox, script, modules=(), programs=()):
    """A disk whose /init loads the modules, then is a shell script with busybox's commands; with `programs` in /bin. Both are
    (name, bytes)."""
    disk = Initramfs()
    disk.console()
    for folder in ("bin", "proc", "sys", "mnt"):
        disk.directory(folder)
    disk.file("bin/busybox", busybox)
    disk.link("bin/sh", "busybox")
    for name, code in programs:
        disk.file(f"bin/{name}", code)
    for name, code in modules:
        disk.file(f"{name}.ko", code, 0o644)
    load = "".join(f"insmod /{name}.ko\n" for name, _ in modules)
    disk.file("init", (SHELL_START + load + script).encode())
    return disk.archive()
