#!/usr/bin/env python3
"""gdb goes back in time, on four cores: from a stage-2 abort to the store of another core that overwrote the descriptor, and on to
the abort again (corrupt.S says what happens).

usage: travel.py HYPSCOPE
Skipped (77) when there is no gdb-multiarch, or no compiler for the guest.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from server import GDB, HERE, Server, need, run_gdb

CROSS = "aarch64-linux-gnu-gcc"
# What is typed in gdb, and what must come of it.
SESSION = [
    ("monitor history", r"at instruction 0, cycle 0: the present[\s\S]* of 64 MiB"),
    ("break stage2_abort", r"Breakpoint 1"),
    ("continue", r"CPU#(?P<victim>\d) EL2.*hit Breakpoint 1.*in stage2_abort"),
    ("p/x $ESR_EL2 >> 26", r"= 0x24"),
    ("monitor walk $FAR_EL2 el=1", r"stage 2 L3 .*at PA @L3_3@: 0x0000000000000\d00  invalid[\s\S]*stage 2 Translation fault, level 3"),
    ("p $FAR_EL2", r"= (?P<far>\d+)"),
    ("watch *(unsigned long *)@L3_3@", r"Hardware watchpoint 2"),
    ("reverse-continue", r"CPU#(?P<culprit>\d) EL2.*hit Hardware watchpoint 2[\s\S]*Old value = \d+\s+New value = \d+\s+@STORE@ in the_store"),
    ("x/i $pc", r"=> @STORE@ <the_store>:\s+str\s+x4, \[x1, x3, lsl #3\]"),
    ("p/x $x1 + $x3 * 8", r"= @L3_3@"),
    ("x/gx @L3_3@", r"<stage2_l3\+24>:\s+0x00000000402037ff"),
    ("monitor history", r": in the past"),
    ("reverse-stepi", r"in log_call"),
    ("stepi", r"in the_store"),
    ("stepi", r"hit Hardware watchpoint 2"),
    ("x/gx @L3_3@", r"<stage2_l3\+24>:\s+0x0000000000000\d00"),
    ("reverse-stepi", r"hit Hardware watchpoint 2[\s\S]*in the_store"),
    ("reverse-continue", r"No more reverse-execution history"),
    ("info threads", r"CPU#0 EL2.*\[running\][\s\S]*CPU#1 .*\[off\][\s\S]*CPU#3 .*\[off\]"),
    ("x/gx @L3_3@", r"<stage2_l3\+24>:\s+0x00000000402037ff"),
    # forward again, through what was
    ("continue", r"hit Hardware watchpoint 2[\s\S]*in the_store"),
    ("delete 2", r""),
    ("continue", r"CPU#(?P=victim) EL2.*hit Breakpoint 1.*in stage2_abort"),
    ("p $FAR_EL2", r"= (?P=far)"),
    ("monitor goto 100000", r"at instruction \d+, cycle 1\d{5}: in the past"),
    ("monitor goto insn 1000000", r"at instruction 1000000, cycle \d+: in the past"),
    ("maintenance flush register-cache", r""),
    ("p $x19 < 4", r"= 1"),
    ("monitor goto last", r"the present"),
    ("monitor goto nowhere", r"not a number|goto knows"),
    # a change in the past is a new present, without the bug's effect
    ("monitor goto first", r"in the past"),
    ("maintenance flush register-cache", r""),
    ("set $x5 = 1", r""),
    ("monitor history", r"at instruction 0, cycle 0: the present"),
    ("kill", r""),
]


def main():
    need(GDB)
    need(CROSS)
    with tempfile.TemporaryDirectory() as work:
        program = pathlib.Path(work, "corrupt.elf")
        subprocess.run([CROSS, "-nostdlib", "-static", "-Wl,-Ttext=0x40080000,--build-id=none,-z,noexecstack", "-o", program,
                        HERE / "corrupt.S"], check=True, stderr=subprocess.DEVNULL)
        symbols = subprocess.run([CROSS.replace("gcc", "nm"), program], capture_output=True, text=True, check=True).stdout
        at = {name: int(value, 16) for value, _, name in (line.split() for line in symbols.splitlines())}
        words = {"@L3_3@": f"{at['stage2_l3'] + 24:#x}", "@STORE@": f"{at['the_store']:#018x}"}
        server = Server([sys.argv[1], "run", "--gdb", "0", "--wait", "--history", "64M", "--el", "2", "--smp", "4", program])
        script = "set pagination off\nset confirm off\nset width 0\nset trace-commands on\ntarget remote :@PORT@\n"
        script += "\n".join(command for command, _ in SESSION) + "\n"
        for word, value in words.items():
            script = script.replace(word, value)
        text = run_gdb(server.port, program, script)
        server.end()
    good, rest, known = True, text, {}
    for command, wanted in SESSION:
        for word, value in words.items():
            command, wanted = command.replace(word, value), wanted.replace(word, "0x0*" + value[2:].lstrip("0"))
        for name, value in known.items():
            wanted = wanted.replace(f"(?P={name})", value)
        _, _, rest = rest.partition(f"(gdb) +{command}\n")
        found = re.search(wanted, rest.partition("\n(gdb) +")[0], re.S)
        if not found:
            print(f"FAILED: {command}: no /{wanted}/")
            good = False
        else:
            known.update(found.groupdict())
    if not good:
        print(text)
    elif known["victim"] == known["culprit"]:
        print(f"FAILED: core {known['victim']} did it itself")
        good = False
    sys.exit(not good)


main()
