#!/usr/bin/env python3
"""Turn a file into C: `const unsigned char NAME[]` and `const unsigned long NAME_size`.

    embed_file.py NAME INPUT OUTPUT.c
"""
import pathlib
import sys

import embed


def main(name, source, output):
    data = pathlib.Path(source).read_bytes()
    pathlib.Path(output).write_text(
        f"/* Made by tools/embed_file.py. */\nextern const unsigned char {name}[];\nextern const unsigned long {name}_size;\n\n"
        f"const unsigned char {name}[] = {{\n{embed.c_bytes(data)}\n}};\nconst unsigned long {name}_size = sizeof({name});\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
