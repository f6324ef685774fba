#!/usr/bin/env python3
"""gdb on the demo ROM, with its ELF's symbols: the transcript is the one that is kept in demo.txt, to the byte.

usage: demo.py HYPSCOPE [--update]
Skipped (77) when there is no gdb-multiarch, or another one than the transcript is of.
"""
import difflib
import re
import subprocess
import sys

from server import GDB, HERE, Server, need, run_gdb, skip

VERSION = "13"  # of gdb: others word some of it differently


def main():
    need(GDB)
    shown = subprocess.run([GDB, "--version"], capture_output=True, text=True, check=True).stdout
    if not re.search(rf"\b{VERSION}\.\d", shown):
        skip(f"the transcript is of gdb {VERSION}, this is {shown.splitlines()[0]}")
    server = Server([sys.argv[1], "run", "--gdb", "0", "--wait", "--serial", "null", "demo"])
    program = HERE.parents[1] / "roms" / "demo.elf"
    text = run_gdb(server.port, program, (HERE / "demo.gdb").read_text()).replace(str(program), "demo.elf")
    status = server.end()[2]
    kept = HERE / "demo.txt"
    if "--update" in sys.argv:
        kept.write_text(text)
    wanted = kept.read_text()
    sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), text.splitlines(True), "kept", "now"))
    sys.exit(not (text == wanted and status == 0))


main()
