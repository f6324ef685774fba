#!/usr/bin/env python3
"""The window's tour on an X server: every view is reached by keys, and its picture shows something."""
import os
import pathlib
import shutil
import subprocess
import sys
import time

from ui import Gui, parse, read_png

SKIP = 77
HERE = pathlib.Path(__file__).resolve().parent


class XServer:
    """Xvfb on a display of its own choice, until the end."""

    def __init__(self):
        read, write = os.pipe()
        self.process = subprocess.Popen(['Xvfb', '-displayfd', str(write), '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'],
                                        pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = ':' + pipe.readline().strip()

    def end(self):
        self.process.terminate()
        self.process.wait()


def pixels(rows, colour, area):
    """How many pixels of a colour there are in x0, y0, x1, y1."""
    x0, y0, x1, y1 = area
    return sum(row[3 * x:3 * x + 3] == bytes(colour) for row in rows[y0:y1] for x in range(x0, x1))


def colours(rows):
    return {row[i:i + 3] for row in rows[::3] for i in range(0, len(row), 9)}


CURRENT = (0x7f, 0xcf, 0x8a)  # beside the current instruction
FOCUS = (0x4f, 0x86, 0xc6)  # on the tab of the view that has the focus
SIZES = {'17-small.png': (900, 600), '18-large.png': (1920, 1080), '19-nested.png': (1400, 900), '20-interrupt.png': (1400, 900)}
PANEL = (0x1a, 0x1d, 0x23), (0xfc, 0xfc, 0xfd)


def check_pictures(g, where):
    seen = {}
    for file in sorted(where.glob('*.png')):
        width, height, rows = read_png(file)
        wanted = SIZES.get(file.name, (1280, 800))
        g.check((width, height) == wanted, f'{file.name} is {width}x{height}')
        g.check(len(colours(rows)) > 40, f'{file.name} is nearly blank')
        light = file.name in ('16-light.png', '17-small.png')
        g.check(pixels(rows[::4], PANEL[light], (0, 0, width, len(rows) // 4)) > width, f'{file.name}: the theme')
        g.check(b''.join(rows) not in seen.values(), f'{file.name} shows what another one does')
        seen[file.name] = b''.join(rows)
        if file.name == '01-step.png':
            g.check(pixels(rows, CURRENT, (0, 90, 3, 500)) > 30, 'the current instruction is highlighted')
            g.check(pixels(rows, FOCUS, (0, 58, 300, 76)) > 60, 'the focus is visible')
    g.check(len(seen) == 20, f'{len(seen)} pictures: {sorted(seen)}')


def tour(g, env):
    where = pathlib.Path(g.dir.name)
    done = subprocess.run([pathlib.Path(g.program).absolute(), 'gui', '--at', 'insn:150000', '--keys', HERE / 'tour.keys', '--screenshot',
                           'last.png', 'demo'], cwd=where, env=env, capture_output=True, text=True, timeout=400)
    if 'this build has no window' in done.stderr:
        return False
    g.check(done.returncode == 0, f'the tour: {done.returncode}: {done.stderr}')
    if done.returncode == 0:
        (where / 'last.png').unlink()
        check_pictures(g, where)
        views = parse((where / 'tour.txt').read_text())
        for name in ('disasm', 'regs', 'tower', 'sysregs', 'walk', 'tlb', 'gic', 'smmu', 'memory', 'console', 'points', 'timeline', 'help'):
            g.check(len(views[name]) > 1, f'{name} shows nothing')
    return True


def interactive(g, env):
    """With a window that people use: it runs in slices, goes on drawing, and ends when asked to."""
    start = time.monotonic()
    done = g.run('--keys', 'F5 wait:60 F5 wait:5 s ctrl+q', '--serial', 'null', 'demo', env=env, timeout=60)
    g.check(done.returncode == 0 and not done.stderr, f'the window: {done.returncode}: {done.stderr}')
    g.check(time.monotonic() - start < 30, 'the window answers')
    # The window stays at a bound, and goes on when told to.
    keys = f'F5 wait:stop dump:{g.path("a.txt")} F5 wait:3 F5 dump:{g.path("b.txt")} ctrl+q'
    done = g.run('--max-insns', '100000', '--keys', keys, '--serial', 'null', 'demo', env=env, timeout=60)
    g.check(done.returncode == 124, f'a bound: {done.returncode}: {done.stderr}')
    at, later = (parse(pathlib.Path(g.path(name)).read_text())['status'] for name in ('a.txt', 'b.txt'))
    g.has(at, r'paused .* insn 100000 --max-insns is reached; F5 goes on$', 'at the bound')
    g.check(not any('insn 100000 ' in line for line in later), f'after the bound: {later}')


def main():
    if not shutil.which('Xvfb'):
        print('skipped: Xvfb (package xvfb) is not installed')
        return SKIP
    g = Gui(sys.argv[1])
    server = XServer()
    env = {k: v for k, v in os.environ.items() if k not in ('WAYLAND_DISPLAY', 'SDL_VIDEODRIVER')} | {'DISPLAY': server.display}
    # With a window SDL opens D-Bus, which keeps memory to the end; ui_shell looks for leaks of our own.
    env['ASAN_OPTIONS'] = env.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
    try:
        if not tour(g, env):
            print('skipped: the program was built without its window')
            return SKIP
        interactive(g, env)
    finally:
        server.end()
    return g.end()


if __name__ == '__main__':
    sys.exit(main())
