#!/usr/bin/env python3
"""Turn roms/labs/ into C: lab_files() of src/lab/lab.h. Files beside the labs' folders belong to all of them.

    embed_labs.py LABS_FOLDER SRC_CPU_FOLDER OUTPUT.c
    embed_labs.py --list LABS_FOLDER        the files, for the build
"""
import pathlib
import sys
import tempfile

import embed
import gen_asm_fields


def files(folder):
    folder = pathlib.Path(folder)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            lab = path.parent.name if path.parent != folder else ""
            yield lab, path


def main(folder, cpu, output):
    rows = [(lab, path.name, path.read_bytes()) for lab, path in files(folder)]
    with tempfile.TemporaryDirectory() as temporary:
        fields = pathlib.Path(temporary) / "sysreg_fields.inc"
        gen_asm_fields.main(cpu, fields)
        rows.append(("", fields.name, fields.read_bytes()))
    with open(output, "w") as out:
        out.write('/* Made by tools/embed_labs.py from roms/labs/. */\n#include "lab/lab.h"\n\n')
        for number, (_, _, data) in enumerate(rows):
            out.write(f"static const u8 data_{number}[] = {{\n{embed.c_bytes(data)}\n}};\n")
        out.write("\nstatic const struct lab_file files[] = {\n")
        for number, (lab, name, _) in enumerate(rows):
            out.write(f'\t{{ "{lab}", "{name}", data_{number}, sizeof(data_{number}) }},\n')
        out.write("};\n\nconst struct lab_file *lab_files(unsigned *count)\n{\n\t*count = sizeof(files) / sizeof(*files);\n"
                  "\treturn files;\n}\n")


if __name__ == "__main__":
    if sys.argv[1] == "--list":
        print(*(path for _, path in files(sys.argv[2])), sep="\n")
    else:
        main(*sys.argv[1:])
