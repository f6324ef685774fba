#!/usr/bin/env python3
"""LLDB on the demo ROM: it connects, and registers by name, breakpoints, steps, watchpoints, memory and monitor commands work.

usage: lldb.py HYPSCOPE
Skipped (77) when there is no lldb.
"""
import re
import subprocess
import sys
import tempfile

from server import HERE, LIMIT, Server, need

PROGRAM = HERE.parents[1] / "roms" / "demo.elf"
# What is typed, and what must come of it.
SESSION = [
    ("thread list", r"tid = 0x0001.*_start"),
    ("register read pc cpsr", r"pc = 0x0000000040081ef0[^\n]*\n *cpsr = 0x000003cd"),
    ("breakpoint set -n exit_hvc", r"address = 0x00000000400834cc"),
    ("continue", r"stop reason = breakpoint 1\.1"),
    ("register read ESR_EL2", r"ESR_EL2 = 0x000000005a00002a"),
    ("thread step-inst", r"stop reason = instruction step into"),
    ("register read pc", r"pc = 0x00000000400834d0"),
    ("register write x20 0x1234", r""),
    ("register read x20", r"x20 = 0x0000000000001234"),
    ("register write TPIDR_EL1 0x40080000", r""),
    ("register read TPIDR_EL1", r"TPIDR_EL1 = 0x0000000040080000"),
    ("memory read -f x -s 4 -c 2 0x40083ba8", r"0xd51ccc00 0x14000006"),
    ("process plugin packet monitor lr", r"ICH_LR0_EL2 0x0000000000000000: invalid"),
    ("breakpoint delete 1", r"1 breakpoints deleted"),
    ("breakpoint set -n switch_to", r"Breakpoint 2"),
    ("continue", r"stop reason = breakpoint 2\.1"),
    ("watchpoint set expression -w write -s 8 -- 0x40088300", r"Watchpoint created"),
    ("breakpoint delete 2", r"1 breakpoints deleted"),
    ("continue", r"stop reason = watchpoint 1"),
    ("watchpoint delete 1", r"1 watchpoints deleted"),
    ("continue", r"exited with status = 0"),
]


def main():
    need("lldb")
    address = symbol("switch_count")
    server = Server([sys.argv[1], "run", "--gdb", "0", "--wait", "--serial", "null", "demo"])
    commands = [command.replace("0x40088300", address) for command, _ in SESSION]
    with tempfile.NamedTemporaryFile("w", suffix=".lldb") as script:
        script.write("\n".join(["settings set auto-confirm true", f"gdb-remote {server.port}", *commands]) + "\n")
        script.flush()
        done = subprocess.run(["lldb", "--no-lldbinit", "--batch", "--arch", "aarch64", PROGRAM, "-s", script.name],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT, check=False)
    status = server.end()[2]
    good = status == 0
    text = done.stdout
    for command, wanted in zip(commands, (wanted for _, wanted in SESSION)):
        _, _, text = text.partition(f"(lldb) {command}\n")
        if not re.search(wanted, text.partition("\n(lldb) ")[0]):
            print(f"FAILED: {command}: no /{wanted}/")
            good = False
    if not good:
        print(done.stdout, done.stderr)
    sys.exit(not good)


def symbol(name):
    """Its address, as LLDB's own symbol table has it."""
    shown = subprocess.run(["lldb", "--no-lldbinit", "--batch", "--arch", "aarch64", PROGRAM, "-o",
                            f"image lookup -s {name} -v"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                           timeout=LIMIT, check=False).stdout
    found = re.search(r"range = \[(0x[0-9a-f]+)", shown) or re.search(r"Address: \S+\[(0x[0-9a-f]+)\]", shown)
    if not found:
        sys.exit(f"FAILED: lldb does not know {name}: {shown}")
    return hex(int(found[1], 16))


main()
