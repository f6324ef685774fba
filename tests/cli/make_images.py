#!/usr/bin/env python3
"""Write the small images of the command-line tests into a folder: good ones, and one for every way to be wrong."""
import pathlib
import struct
import sys

BASE = 0x40080000
MOVZ_X0_PSCI = [0xd2b08000, 0xf2800100, 0xd4000003]  # SYSTEM_OFF: x0 = 0x84000008; smc #0


def elf(words, machine=183, memsz=None, base=BASE):
    """An ELF64 with one segment that holds `words`; 183 is EM_AARCH64."""
    code = struct.pack(f'<{len(words)}I', *words)
    header = struct.pack('<16sHHIQQQIHHHHHH', b'\x7fELF\2\1\1', 2, machine, 1, base, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack('<IIQQQQQQ', 1, 7, 0x1000, base, base, len(code), memsz or len(code), 0x1000)
    return (header + segment).ljust(0x1000, b'\0') + code


IMAGES = {
    'off.elf': elf(MOVZ_X0_PSCI),
    # The UART's data register, then power-off.
    'hi.elf': elf([0xd2a12001, 0x52800900, 0x39000020, 0x52800d20, 0x39000020] + MOVZ_X0_PSCI),
    # Semihosting SYS_EXIT (0x18) with { ADP_Stopped_ApplicationExit, 42 }, then its block.
    'exit42.elf': elf([0x10000081, 0x52800300, 0xd45e0000, 0x14000000, 0x20026, 0, 42, 0]),
    # The same with SYSTEM_RESET.
    'reset.elf': elf([MOVZ_X0_PSCI[0], MOVZ_X0_PSCI[1] + 0x20, MOVZ_X0_PSCI[2]]),
    # Waits for the power key: GPIODATA of pin 3, masked by the address, of the PL061.
    'key.elf': elf([0xd2a12061, 0xb9402020, 0x34ffffe0, *MOVZ_X0_PSCI]),
    # Sends back what it reads on the UART: FR.RXFE, DR.
    'echo.elf': elf([0xd2a12001, 0xb9401820, 0x3727ffe0, 0xb9400020, 0xb9000020, 0x17fffffc]),
    # Waits for the UART's interrupt, 4 ms at a time; sends back what comes, and a letter that depends on when; `q` ends.
    'listen.elf': elf([0xd2a10001, 0x52800242, 0xb9000022, 0x52800042, 0xb9008422, 0xb9010422, 0xd2a10141, 0xb900143f,
                       0xd2801fe2, 0xd5184602, 0xd2800022, 0xd518cce2, 0xd2a12001, 0x52800202, 0xb9003822, 0xd53be040,
                       0x91410000, 0xd5031020, 0xb9401834, 0x3727ff94, 0xb9400034, 0xb9000034, 0xd53be045, 0x92400ca5,
                       0x910104a5, 0xb9000025, 0x7101c69f, 0x54fffe81, *MOVZ_X0_PSCI]),
    # WFET for half a second of the machine's time (CNTVCT_EL0), then power-off.
    'wait.elf': elf([0xd53be041, 0xd29aca00, 0xf2a03b80, 0x8b000021, 0xd5031001, *MOVZ_X0_PSCI]),
    'spin.elf': elf([0x14000000]),
    # WFI with nothing enabled that could wake the core.
    'wfi.elf': elf([0xd503207f, 0x17ffffff]),
    # VBAR_EL2 = 0x48000000, where RAM is empty: UDF there, for ever.
    'lockup.elf': elf([0xd2a90000, 0xd51cc000, 0xd5033fdf, 0x00000000]),
    'truncated.elf': elf(MOVZ_X0_PSCI)[:0x1004],
    'header.elf': elf(MOVZ_X0_PSCI)[:40],
    'x86.elf': elf(MOVZ_X0_PSCI, machine=62),
    'huge.elf': elf(MOVZ_X0_PSCI, memsz=1 << 40),
    'outside.elf': elf(MOVZ_X0_PSCI, base=0x20000000000),
    'empty.bin': b'',
}


if __name__ == '__main__':
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in IMAGES.items():
        (folder / name).write_bytes(content)
    # Bigger than the RAM of the test that uses it.
    with open(folder / 'large.bin', 'wb') as large:
        large.truncate(65 << 20)
