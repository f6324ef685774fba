#!/usr/bin/env python3
"""Debian's UEFI firmware (package qemu-efi-aarch64), unmodified, from flash at EL2: to its shell, which sees memory and SMBIOS,
keeps a variable in a flash file, starts the machine again, and powers it off; a second run finds the variable.

usage: uefi.py HYPSCOPE [CODE.FD VARS.FD]; skipped (77) when the package cannot be had.
"""
import os
import shutil
import sys
import tempfile

from console import Console, find_file

CODE, VARS = "/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"
PROMPT = b"Shell> "
VARIABLE = "setvar hypscope -guid 11111111-2222-3333-4444-555555555555"


def to_shell(console):
    console.until(b"to skip startup.nsh")
    console.type("\x1b")
    console.until(PROMPT)


def ask(console, command, wants):
    console.type(command + "\r")
    answer = console.until(PROMPT)
    for want in wants:
        if want not in answer:
            sys.exit(f"FAILED: {command}: no {want!r} in\n{answer.decode(errors='replace')}")


def run(hypscope, code, variables, dialogue):
    console = Console([hypscope, "run", "--quiet", "--cpu", "cortex-a72", "--flash", code + ",ro", "--flash1", variables + ",rw"], 200)
    to_shell(console)
    for command, wants in dialogue:
        if command == "reset":
            console.type("reset\r")
            to_shell(console)
        else:
            ask(console, command, wants)
    console.type("reset -s\r")
    status, _ = console.end()
    if status:
        sys.exit(f"FAILED: reset -s: exit status {status}")


def main():
    hypscope = sys.argv[1]
    code, template = sys.argv[2:4] if len(sys.argv) > 3 else find_file("qemu-efi-aarch64", CODE, VARS)
    with tempfile.TemporaryDirectory() as folder:
        variables = os.path.join(folder, "vars.fd")
        shutil.copyfile(template, variables)
        run(hypscope, code, variables, [
            ("ver", [b"UEFI v2."]),
            ("memmap", [b"0000000040000000-", b"512 MB"]),
            ("smbiosview -t 1", [b"Manufacturer: hypscope"]),
            (VARIABLE + " -bs -rt -nv =4142", []),
            ("reset", []),
            (VARIABLE, [b"41 42"]),
        ])
        run(hypscope, code, variables, [(VARIABLE, [b"- hypscope - 0002 Bytes", b"41 42"])])
    print("ok")


main()
