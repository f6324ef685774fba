#!/usr/bin/env python3
"""Turn roms/*.elf and roms/*.expect into roms.c: hyp_roms() of include/hypscope.h.

    embed.py ROMS_FOLDER OUTPUT.c
"""
import pathlib
import sys

import romlist

HEAD = """/* Made by tools/embed.py from roms/. */
#include "hypscope.h"

"""
TAIL = """
const struct hyp_rom *hyp_roms(unsigned *count)
{
	*count = sizeof(roms) / sizeof(*roms);
	return roms;
}
"""


def c_string(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(f'\t\t"{line}\\n"' for line in escaped.splitlines()) or '\t\t""'


def c_bytes(data):
    return "\n".join("\t" + "".join(f"{byte}," for byte in data[at:at + 32]) for at in range(0, len(data), 32))


def main(folder, output):
    folder = pathlib.Path(folder)
    rows = romlist.read(folder / "roms.txt")
    with open(output, "w") as out:
        out.write(HEAD)
        for number, rom in enumerate(rows):
            out.write(f"static const u8 image_{number}[] = {{\n{c_bytes((folder / (rom.name + '.elf')).read_bytes())}\n}};\n")
        out.write("\nstatic const struct hyp_rom roms[] = {\n")
        for number, rom in enumerate(rows):
            expect = folder / (rom.name + ".expect")
            text = c_string(expect.read_text()) if expect.exists() else "\t\tNULL"
            out.write(f'\t{{ .name = "{rom.name}",\n\t  .summary = "{rom.summary}",\n\t  .image = image_{number},\n'
                      f"\t  .size = sizeof(image_{number}),\n\t  .mem = {rom.mem:#x},\n\t  .expect =\n{text} }},\n")
        out.write("};\n" + TAIL)


if __name__ == "__main__":
    main(*sys.argv[1:])
