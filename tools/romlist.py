"""roms/roms.txt, the list of built-in ROMs, as rows."""
import collections
import pathlib
import sys

Rom = collections.namedtuple("Rom", "name source mem summary")
UNITS = {"M": 1 << 20, "G": 1 << 30}


def read(path):
    rows = []
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 4:
            raise SystemExit(f"{path}:{number}: 4 columns wanted, {len(cells)} found")
        name, source, mem, summary = cells
        rows.append(Rom(name, source, int(mem[:-1]) * UNITS[mem[-1]] if mem else 0, summary))
    return rows


if __name__ == "__main__":
    print(*(rom.name for rom in read(sys.argv[1])), sep="\n")
