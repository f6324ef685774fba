#!/usr/bin/env python3
"""The fields of src/cpu/sysregs*.def as constants for the assembler: REG_FIELD is the mask of a one-bit field,
REG_FIELD_LSB the lowest bit of a wider one, REG_RES1 the bits that are RES1. Registers that the table numbers have an n.

    gen_asm_fields.py SRC_CPU_FOLDER OUTPUT.inc
"""
import pathlib
import re
import sys

ROW = re.compile(r"^\s*(FIELD|ALSO|RES1)\(([\w#]+), (?:(\w+), )?(\d+), (\d+)")


def constants(folder):
    seen, res1 = {}, {}
    for path in sorted(pathlib.Path(folder).glob("sysregs*.def")):
        for line in path.read_text().splitlines():
            row = ROW.match(line)
            if not row:
                continue
            kind, reg, field, lsb, width = row[1], row[2].replace("##", ""), row[3], int(row[4]), int(row[5])
            if kind == "RES1":
                res1[reg] = res1.get(reg, 0) | ((1 << width) - 1) << lsb
            elif width == 1:
                seen.setdefault(f"{reg}_{field}", f"1 << {lsb}")
            else:
                seen.setdefault(f"{reg}_{field}_LSB", str(lsb))
    for reg, mask in res1.items():
        seen[reg + "_RES1"] = f"{mask:#x}"
    return seen


def main(folder, output):
    with open(output, "w") as out:
        out.write("// Made by tools/gen_asm_fields.py from src/cpu/sysregs*.def.\n")
        for name, value in constants(folder).items():
            out.write(f"\t.equ\t{name}, {value}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
