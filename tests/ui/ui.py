"""Running `hypscope gui` for tests: its models as text, its pictures as pixels."""
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import zlib


class Gui:
    def __init__(self, program):
        self.program = program
        self.dir = tempfile.TemporaryDirectory()
        self.failures = 0

    def path(self, name):
        return str(pathlib.Path(self.dir.name) / name)

    def run(self, *args, env=None, timeout=120):
        return subprocess.run([self.program, 'gui', *args], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env=env, timeout=timeout)

    def models(self, *args):
        """The views of a run by their names, as lists of lines."""
        done = self.run('--dump-model', '-', *args)
        self.check(done.returncode == 0, f'{args}: status {done.returncode}: {done.stderr}')
        return parse(done.stdout)

    def check(self, good, what):
        if not good:
            self.failures += 1
            print(f'FAILED: {what}')
        return good

    def has(self, lines, pattern, what=''):
        """One of the lines has this pattern."""
        return self.check(any(re.search(pattern, line) for line in lines),
                          f'{what}: no line with {pattern!r} in:\n' + '\n'.join(lines))

    def end(self):
        print('failed' if self.failures else 'ok')
        return 1 if self.failures else 0


def parse(text):
    views, lines = {}, []
    for line in text.splitlines():
        head = re.match(r'\[(\w+)\]( shown)?( focus)?$', line)
        if head:
            lines = views.setdefault(head[1], [])
            views.setdefault('shown', set()).update({head[1]} if head[2] else ())
            if head[3]:
                views['focus'] = head[1]
        else:
            lines.append(line)
    return views


def read_png(file):
    """Width, height and rows of RGB bytes of a PNG as the window writes it."""
    data = pathlib.Path(file).read_bytes()
    assert data[:8] == b'\x89PNG\r\n\x1a\n', file
    at, packed, size = 8, b'', None
    while at < len(data):
        length, kind = struct.unpack_from('>I4s', data, at)
        body = data[at + 8:at + 8 + length]
        assert struct.unpack_from('>I', data, at + 8 + length)[0] == zlib.crc32(kind + body), kind
        size = struct.unpack_from('>II', body) if kind == b'IHDR' else size
        packed += body if kind == b'IDAT' else b''
        at += 12 + length
    width, height = size
    raw, row = zlib.decompress(packed), bytearray(3 * width)
    rows = []
    for y in range(height):
        line = raw[y * (3 * width + 1):(y + 1) * (3 * width + 1)]
        assert line[0] == 2, 'filter'
        row = bytes((a + b) & 0xff for a, b in zip(row, line[1:]))
        rows.append(row)
    return width, height, rows


def without_display():
    return {k: v for k, v in os.environ.items() if k not in ('DISPLAY', 'WAYLAND_DISPLAY', 'SDL_VIDEODRIVER')}
