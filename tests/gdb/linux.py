#!/usr/bin/env python3
"""gdb comes to Debian's kernel while it runs on two cores, with symbols from its own kallsyms: breakpoints, watchpoints, steps,
system registers, walks; then the kernel runs on, and powers off.

usage: linux.py HYPSCOPE CPU
Skipped (77) when gdb-multiarch, the kernel or busybox cannot be had.
"""
import pathlib
import re
import sys
import tempfile
import threading
import time

import symbols
from server import GDB, HERE, Server, need, run_gdb

sys.path.insert(0, str(HERE.parent / "boot"))
import debian
import initramfs

NAMES = "do_sys_openat2 vectors schedule __schedule"
INIT = f"""\
for name in {NAMES}; do grep " $name\\$" /proc/kallsyms; done
echo ready
read what
cat /proc/version
echo "after it"
poweroff -f
"""
# What is typed in gdb, and what must come of it.
SESSION = [
    ("info threads", r"CPU#0 EL[012] Non-secure.*CPU#1 EL[012] Non-secure"),
    ("break do_sys_openat2", r"Breakpoint 1 at 0xffff"),
    ("shell touch @GO@", r""),
    ("continue", r"Breakpoint 1, 0xffff\w+ in do_sys_openat2 \(\)"),
    ("info symbol $pc", r"do_sys_openat2"),
    ("p (char *)0 != 0", r"= 0"),
    ("x/s $x1", r'"/.*"'),
    ("p/x $CurrentEL", r"= 0x(4|8)"),
    ("p/x $VBAR_EL@EL@", r"= 0x(ffff\w+)"),
    ("info symbol $VBAR_EL@EL@", r"vectors"),
    ("monitor walk $pc fetch", r"stage 1 L3|stage 1 L2[\s\S]*block"),
    ("monitor walk $x1", r"result  "),
    ("monitor events 3", r"EXCEPTION"),
    ("monitor tlb $pc", r"core \d: [1-9]\d* entries"),
    ("stepi", r"0xffff\w+ in do_sys_openat2"),
    ("x/2i $pc", r"=> 0xffff"),
    ("delete", r""),
    ("set $place = $sp - 16", r""),
    ("watch *(unsigned long *)$place", r"Hardware watchpoint 2"),
    ("continue", r"Hardware watchpoint 2[\s\S]*Old value = \d+\s+New value = \d+"),
    # back over all of the boot
    ("reverse-stepi", r"Hardware watchpoint 2"),
    ("delete", r""),
    ("break do_sys_openat2", r"Breakpoint 3"),
    ("reverse-continue", r"Breakpoint 3, 0xffff\w+ in do_sys_openat2 \(\)"),
    ("reverse-continue", r"Breakpoint 3, 0xffff\w+ in do_sys_openat2 \(\)"),
    ("reverse-stepi", r"0xffff"),
    ("monitor history", r": in the past"),
    ("monitor goto insn 100000000", r"at instruction 100000000, "),
    ("maintenance flush register-cache", r""),
    ("p/x $CurrentEL", r"= 0x(4|8)"),
    ("reverse-stepi", r"0xffff"),
    ("monitor goto first", r"at instruction 0, cycle 0"),
    ("monitor goto last", r"the present"),
    ("maintenance flush register-cache", r""),
    ("delete", r""),
    ("monitor break &nonsense", r"not a number"),
    ("monitor gic", r"INTID (26|27|28|30) +enabled"),
    ("thread 2", r"Switching to thread 2"),
    ("info registers pc", r"pc +0x"),
    ("detach", r"detached"),
]


def say_go(server, go):
    """The guest waits for a word, which it gets when the breakpoint is set."""
    while not go.exists():
        time.sleep(0.05)
    server.type("go\n")


def main():
    need(GDB)
    hypscope, cpu = sys.argv[1:]
    image = debian.kernel()
    with tempfile.TemporaryDirectory() as work:
        disk, program, go = (pathlib.Path(work, name) for name in ("initramfs.cpio", "symbols.elf", "go"))
        disk.write_bytes(initramfs.shell_archive(debian.busybox(), INIT))
        server = Server([hypscope, "run", "--gdb", "0", "--cpu", cpu, "--smp", "2", "--kernel", image, "--initrd", disk,
                         "--append", "console=ttyAMA0 quiet nokaslr"])
        said = server.until(b"ready").replace("\r", "")
        program.write_bytes(symbols.elf(symbols.of_kallsyms(said)))
        commands = [command for command, _ in SESSION]
        el = "2" if cpu != "cortex-a72" else "1"  # VHE
        script = "set pagination off\nset confirm off\nset width 0\nset trace-commands on\ntarget remote :@PORT@\n"
        script += "\n".join(commands).replace("@EL@", el).replace("@GO@", str(go)) + "\n"
        threading.Thread(target=say_go, args=(server, go), daemon=True).start()
        text = run_gdb(server.port, program, script)
        out, _, status = server.end()
    good = status == 0 and "after it" in out
    rest = text
    for command, wanted in SESSION:
        command = command.replace("@EL@", el).replace("@GO@", str(go))
        _, _, rest = rest.partition(f"(gdb) +{command}\n")
        if not re.search(wanted, rest.partition("\n(gdb) +")[0], re.S):
            print(f"FAILED: {command}: no /{wanted}/")
            good = False
    if not good:
        print(text, out[-2000:], status)
    sys.exit(not good)


main()
