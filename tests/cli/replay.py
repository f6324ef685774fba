#!/usr/bin/env python3
"""--record and --replay: what was typed at arbitrary times comes again at the same instructions and cycles, so that the
replay is the identical run; a recording that is no such thing, or another machine's, is refused; a replay that departs
says where. Usage: replay.py HYPSCOPE."""
import json
import os
import pathlib
import pty
import random
import struct
import subprocess
import sys
import tempfile
import time

import make_images

FAILURES = []
HEAD, ENTRY = 32, 32


def check(what, ok, *more):
    if not ok:
        FAILURES.append(what)
        print('FAILED:', what, *more)


def told(run):
    return {key: value for key, value in json.loads(run.stderr.splitlines()[-1]).items() if key in ('insns', 'cycles', 'hash')}


def type_at(program, folder, image, keys, options):
    """A run on a terminal, with pauses of some milliseconds between the keys."""
    host, guest = pty.openpty()
    command = [program, 'run', '--json', '--hash', '--record', 'r', *options, image]
    run = subprocess.Popen(command, stdin=guest, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)
    for key in keys:
        time.sleep(random.random() * 0.03)
        os.write(host, key)
    out, err = run.communicate(timeout=60)
    os.close(host)
    os.close(guest)
    return subprocess.CompletedProcess(command, run.returncode, out, err)


def replay(program, folder, image, options, name='r'):
    return subprocess.run([program, 'run', '--json', '--hash', '--replay', name, *options, image], cwd=folder,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)


def typed(program, folder):
    """Both engines of time: a guest that polls, and one that waits for interrupts; one core, and several."""
    many = [[], ['--smp', '3'], ['--timing', 'functional'], ['--rng', '--gic-version', '4']]
    runs = [('echo.elf', [b'x', b'a', b'\x01p', b'bc', b'\x01x'], many[:2]),
            ('listen.elf', [b'a', b'bc', b'\r', b'x' * 40, b'\x01p'] + [b'y'] * 10 + [b'q'], many)]
    for image, keys, choices in runs:
        for options in choices:
            first = type_at(program, folder, image, keys, options)
            second = replay(program, folder, image, options)
            name = f'{image} {options}'
            check(f'{name}: what was typed came', b'x' in first.stdout, first.stdout)
            check(f'{name}: the console', first.stdout == second.stdout, first.stdout, second.stdout)
            check(f'{name}: the end', told(first) == told(second), first.stderr, second.stderr)
            check(f'{name}: exit status {second.returncode}', second.returncode == 0, second.stderr)
            if image == 'echo.elf':
                continue  # whose trace would be long
            third = replay(program, folder, image, [*options, '--trace', 'insn', '--trace-file', 'trace'])
            check(f'{name}: the end of a traced replay', told(first) == told(third), third.stderr)


def piped(program, folder):
    """Without a terminal, and up to a bound; then a part of it."""
    command = [program, 'run', '--json', '--hash', '--max-insns', '3000000', 'echo.elf']
    first = subprocess.run([*command, '--record', 'p'], input=b'hello, machine', cwd=folder, capture_output=True, check=False)
    check('recording stops at the bound', first.returncode == 124, first.stderr)
    second = replay(program, folder, 'echo.elf', [], 'p')
    check('a bound is the end', second.returncode == 0 and told(first) == told(second), second.stderr)
    check('the end is said', json.loads(second.stderr)['end'] == 'end of the recording')
    part = replay(program, folder, 'echo.elf', ['--max-insns', '1000001'], 'p')
    check('a part of a replay', part.returncode == 124 and json.loads(part.stderr)['insns'] == 1000001, part.stderr)
    subprocess.run([program, 'run', '--quiet', '--max-insns', '500000', '--save', 's', 'echo.elf'], input=b'a', cwd=folder,
                   capture_output=True, check=False)
    first = subprocess.run([*command, '--load', 's', '--record', 'l'], input=b'later', cwd=folder, capture_output=True, check=False)
    second = replay(program, folder, 'echo.elf', ['--load', 's'], 'l')
    check('from a saved state', told(first) == told(second) and first.stdout == second.stdout != b'', second.stderr)
    expect(program, folder, 3, 'begins in another state', '--replay', 'l', 'echo.elf')


def expect(program, folder, status, text, *words):
    run = subprocess.run([program, 'run', *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    lines = run.stderr.decode().splitlines()
    check(f'{words}: {text}', run.returncode == status and any(text in line for line in lines), run.returncode, run.stderr)


def checksum(data):
    value = 0xcbf29ce484222325
    for piece in data:
        for at in range(0, len(piece), 8):
            word = int.from_bytes(piece[at:at + 8], 'little')
            value = (value ^ word) * 0x100000001b3 % (1 << 64)
    return struct.pack('<Q', value)


def pieces(whole):
    """As they are summed: the head, the identity, each entry's head and bytes."""
    size = struct.unpack_from('<I', whole, 12)[0]
    parts, at = [whole[:HEAD], whole[HEAD:HEAD + size]], HEAD + size
    while at < len(whole) - 8:
        length = struct.unpack_from('<I', whole, at + 4)[0]
        parts += [whole[at:at + ENTRY], whole[at + ENTRY:at + ENTRY + length]]
        at += ENTRY + length
    return parts


def wrong(program, folder):
    whole = pathlib.Path(folder, 'p').read_bytes()
    parts = pieces(whole)
    check('the format is as documented', whole == b''.join(parts) + checksum(parts))

    def put(data):
        pathlib.Path(folder, 'w').write_bytes(data)

    for end in (0, 7, 31, 40, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        put(whole[:end])
        expect(program, folder, 3, 'w: is ', '--replay', 'w', 'echo.elf')
    for at in (12, 40, len(whole) // 2, len(whole) - 1):
        put(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1:])
        expect(program, folder, 3, 'w: is damaged', '--replay', 'w', 'echo.elf')
    put(whole + b'x')
    expect(program, folder, 3, 'w: is damaged', '--replay', 'w', 'echo.elf')
    put(whole[:8] + b'\x63' + whole[9:])
    expect(program, folder, 3, 'w: is a recording of format 99', '--replay', 'w', 'echo.elf')
    expect(program, folder, 3, 'with smp=1, this one has smp=2', '--replay', 'p', '--smp', '2', 'echo.elf')
    expect(program, folder, 3, 'this one has images=', '--replay', 'p', 'spin.elf')
    expect(program, folder, 3, 'missing: cannot be opened', '--replay', 'missing', 'echo.elf')
    expect(program, folder, 2, '--record cannot be combined with --replay', '--replay', 'p', '--record', 'x', 'echo.elf')
    expect(program, folder, 3, 'nowhere/x: cannot be written', '--quiet', '--record', 'nowhere/x', 'off.elf')
    # An input that says to have come elsewhere: the replay finds out there.
    changed = list(parts)
    kind = struct.unpack('<BBBBIQQQ', changed[4])
    changed[4] = struct.pack('<BBBBIQQQ', *kind[:5], kind[5] + 1, kind[6], kind[7])
    put(b''.join(changed) + checksum(changed))
    expect(program, folder, 3, 'w: The replay departs from the recording after instruction', '--quiet', '--replay', 'w', 'echo.elf')


def main():
    program = os.path.realpath(sys.argv[1])
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as reason:
        print('skipped: no pseudo-terminal can be had here:', reason)
        return 77
    with tempfile.TemporaryDirectory() as folder:
        for name in ('echo.elf', 'listen.elf', 'spin.elf', 'off.elf'):
            pathlib.Path(folder, name).write_bytes(make_images.IMAGES[name])
        typed(program, folder)
        piped(program, folder)
        wrong(program, folder)
    return 1 if FAILURES else 0


if __name__ == '__main__':
    sys.exit(main())
