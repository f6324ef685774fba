"""An ELF file of symbols alone, for gdb: what /proc/kallsyms says of a kernel that runs."""
import re
import struct


def elf(symbols):
    """symbols: (address, name) of functions and data, in ascending order."""
    names = b"\0"
    table = bytes(24)
    low, high = symbols[0][0], symbols[-1][0] + 4096
    for address, name in symbols:
        # STB_GLOBAL, STT_FUNC, in section 1
        table += struct.pack("<IBBHQQ", len(names), 0x12, 0, 1, address, 0)
        names += name.encode() + b"\0"
    sections = b"\0.text\0.symtab\0.strtab\0"
    start = 64
    headers = [bytes(64),
               struct.pack("<IIQQQQIIQQ", 1, 8, 6, low, start, high - low, 0, 0, 16, 0),  # NOBITS
               struct.pack("<IIQQQQIIQQ", 7, 2, 0, 0, start, len(table), 3, 1, 8, 24),
               struct.pack("<IIQQQQIIQQ", 15, 3, 0, 0, start + len(table), len(names) + len(sections), 0, 0, 1, 0)]
    # The section names stand behind the symbols' names, in the same table.
    at = len(names)
    headers[1:] = [struct.pack("<I", at + struct.unpack_from("<I", h)[0]) + h[4:] for h in headers[1:]]
    body = table + names + sections
    place = start + len(body)
    header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 183, 1, low, 0, place, 0, 64, 0, 0, 64, 4, 3)
    return header + body + b"".join(headers)


def of_kallsyms(text):
    """The lines 'address type name' in it."""
    found = re.findall(r"^([0-9a-f]{16}) [TtDdBbRrWw] (\S+)$", text, re.M)
    return sorted((int(address, 16), name) for address, name in found)
