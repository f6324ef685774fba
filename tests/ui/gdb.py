#!/usr/bin/env python3
"""A debugger drives the machine that the window shows: a small client of gdb's protocol, without a display, and on an X server.

usage: gdb.py HYPSCOPE
"""
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

from tour import SKIP, XServer
from ui import Gui, parse, without_display

LIMIT = 60
TELL_SLICES, USE_SLICES = 0x40081d78, 0x40081d58  # of the demo, as shell.py has them
SPIN = '00000014'  # b .


class Client:
    """What a debugger says and hears."""

    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=LIMIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.said = b'', ''

    def send(self, packet):
        self.socket.sendall(b'$%s#%02x' % (packet.encode(), sum(packet.encode()) & 0xff))

    def read(self):
        """The body of the next packet; '' when the other side hung up."""
        while True:
            found = re.search(rb'\$([^#]*)#..', self.buffer)
            if found:
                self.buffer = self.buffer[found.end():]
                self.socket.sendall(b'+')
                return found[1].decode()
            more = self.socket.recv(4096)
            if not more:
                return ''
            self.buffer += more

    def answer(self):
        """The next packet that is not text for the user."""
        packet = self.read()
        while re.fullmatch(r'O([0-9a-f]{2})+', packet):
            self.said += bytes.fromhex(packet[1:]).decode()
            packet = self.read()
        return packet

    def ask(self, packet):
        self.send(packet)
        return self.answer()

    def pc(self):
        return int.from_bytes(bytes.fromhex(self.ask('p20')), 'little')


class Window:
    """A run of `gui --gdb 0`, and the client that is connected to it."""

    def __init__(self, g, args, env):
        self.g = g
        self.process = subprocess.Popen([g.program, 'gui', '--gdb', '0', '--serial', 'null', *args], env=env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.timer = threading.Timer(LIMIT, self.process.kill)
        self.timer.start()
        first = self.process.stderr.readline()
        found = re.search(r'127\.0\.0\.1:(\d+)', first)
        if not found:
            self.process.kill()
            sys.exit(f'FAILED: {args}: it says: {first}{self.process.stderr.read()}')
        self.port = int(found[1])

    def dump(self, name):
        """The models that the script wrote, once it did."""
        file, start = pathlib.Path(self.g.path(name)), time.monotonic()
        while not (file.exists() and '[help]' in file.read_text()) and time.monotonic() - start < LIMIT:
            time.sleep(0.02)
        views = parse(file.read_text())
        file.unlink()
        return views

    def end(self):
        out, err = self.process.communicate(timeout=LIMIT)
        self.timer.cancel()
        return out, err, self.process.returncode


def script(g, text):
    return ['--keys', re.sub(r'dump:(\w+)', lambda found: 'dump:' + g.path(found[1]), text)]


def points(g, args, env):
    """Breakpoints of both sides stop the machine, of which both know; only the debugger runs it."""
    keys = ('wait:gdb dump:a F5 dump:b b dump:c ":delete 0" Enter dump:d wait:gdb dump:e '
            f'":break 0x{USE_SLICES:x}" Enter dump:f wait:gdb dump:h ":delete 0" Enter dump:i wait:gdb ctrl+q')
    w = Window(g, [*args, *script(g, keys), 'demo'], env)
    c = Client(w.port)
    g.check(c.ask('?').startswith('T05'), 'it stops when a debugger comes')
    g.check(c.ask(f'Z0,{TELL_SLICES:x},4') == 'OK', 'a breakpoint')
    g.check(c.ask('c').startswith('T05') and c.pc() == TELL_SLICES, "gdb's breakpoint")
    at = w.dump('a')
    g.has(at['status'], r'paused .* debugger$', 'the state line')
    g.has(at['disasm'], rf'^>.*! {TELL_SLICES:x} ', 'where it stopped')
    g.has(at['points'], rf"0 execute va {TELL_SLICES:x} .*the debugger's$", "gdb's breakpoint in the list")
    for name, words in (('b', 'running is up to it'), ('c', 'running is up to it'), ('d', "breakpoint 0 is the debugger's")):
        g.has(w.dump(name)['status'], 'paused .*' + words, name)
    g.check(c.ask(f'z0,{TELL_SLICES:x},4') == 'OK', 'the breakpoint goes')
    g.check('replaylog:begin' in c.ask('bc'), 'backwards to the beginning')
    g.has(w.dump('e')['status'], r'insn 0 past: \d+ insns', 'the window is there, too')
    w.dump('f')
    g.check(c.ask('c').startswith('T05') and c.pc() == USE_SLICES, "the window's breakpoint")
    g.check(f'break at 0x{USE_SLICES:x}' in c.said, f'the debugger is told which: {c.said}')
    g.has(w.dump('h')['disasm'], rf'^>.*! {USE_SLICES:x} ', 'where it stopped')
    g.has(w.dump('i')['points'], 'No breakpoints', "the window deletes its own")
    g.check(c.ask('s').startswith('T05') and c.answer() == 'W00', 'a step; the window ends')
    g.check(w.end() == ('', '', 0), 'the end')


def pausing(g, args, env):
    """The window pauses what the debugger runs; what it leaves running runs on, and is the window's."""
    pathlib.Path(g.path('spin.bin')).write_bytes(bytes.fromhex(SPIN))
    w = Window(g, [*args, *script(g, 'wait:run F5 dump:a wait:run dump:b F5 wait:stop s dump:c ctrl+q'), g.path('spin.bin')], env)
    c = Client(w.port)
    g.check(c.ask('c').startswith('T02') and 'the window paused it' in c.said, f'paused by the window: {c.said}')
    g.has(w.dump('a')['status'], r'paused .* debugger', 'paused')
    g.check(c.ask('D') == 'OK', 'good-bye')
    g.has(w.dump('b')['status'], r'running .* gdb: port \d+', 'it runs on')
    g.has(w.dump('c')['status'], r'paused .* gdb: port \d+$', 'the window has it')
    g.check(w.end() == ('', '', 0), 'the end')


def bounds(g, args, env):
    w = Window(g, [*args, '--max-insns', '1000', *script(g, 'wait:gdb dump:a ctrl+q'), 'demo'], env)
    c = Client(w.port)
    g.check(c.ask('c').startswith('T02') and '--max-insns is reached' in c.said, f'stopped by the bound: {c.said}')
    g.has(w.dump('a')['status'], r'paused .*insn 1000 .*--max-insns is reached', 'the bound')
    g.check(c.answer() == 'W7c', 'the exit status for the debugger')
    g.check(w.end()[2] == 124, 'the exit status')


def ends(g, args, env):
    w = Window(g, [*args, *script(g, 'wait:gdb dump:a wait:1000000'), 'hello'], env)
    c = Client(w.port)
    g.check(c.ask('c') == 'W00', 'the run ends')
    c.socket.close()
    g.has(w.dump('a')['status'], r'ended .*the guest ended the run with code 0', 'the window stays')
    c = Client(w.port)
    g.check(c.ask('c').startswith('T05') and 'the run is over' in c.said, f'nothing runs after it: {c.said}')
    told = c.ask('qRcmd,' + b'reset'.hex()), c.ask('c')
    g.check(told == ('OK', 'W00'), f'it begins anew: {told} {c.said}')
    c = Client(w.port)
    c.send('k')
    g.check(c.answer() == '' and w.end()[2] == 0, 'the debugger ends it')


def real_gdb(g, args, env):
    """gdb itself: a breakpoint by name, a step, back again, and the end."""
    if not shutil.which('gdb-multiarch'):
        return
    w = Window(g, [*args, *script(g, 'wait:gdb wait:gdb wait:gdb dump:a wait:gdb'), 'demo'], env)
    elf = pathlib.Path(__file__).resolve().parents[2] / 'roms' / 'demo.elf'
    lines = [f'target remote :{w.port}', 'break tell_slices', 'continue', 'stepi', 'reverse-stepi', 'p/x $VTTBR_EL2',
             f'shell until [ -s {g.path("a")} ]; do sleep 0.1; done', 'kill']
    done = subprocess.run(['gdb-multiarch', '-q', '-nx', '-batch', *(word for line in lines for word in ('-ex', line)), elf],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=LIMIT, check=False)
    g.has(done.stdout.splitlines(), r'^Breakpoint 1, 0x\w+ in tell_slices', f'gdb: {done.stderr}')
    g.has(done.stdout.splitlines(), r'\$1 = 0x1000050000000', f'a register: {done.stderr}')
    g.has(w.dump('a')['disasm'], rf'^>.* {TELL_SLICES + 4:x} ', 'the window is where gdb is')
    g.check(w.end()[2] == 0, 'the end after gdb')


def waiting(g):
    keys = ('--keys', 'F5 s ":reset" Enter')
    done = g.run('--gdb', '0', '--wait', *keys, '--dump-model', '-', 'demo')
    g.check('the machine waits for a debugger' in done.stderr and done.returncode == 0, f'--wait: {done}')
    g.has(parse(done.stdout)['status'], r'paused .*insn 0 gdb: port \d+ --wait: nothing runs until', '--wait')
    done = g.run('--gdb', '0', '--wait', '--at', 'insn:200000', '--dump-model', '-', 'demo')
    g.has(parse(done.stdout)['status'], r'paused .*insn 200000 gdb: port', '--wait after --at')


def has_window(g, env):
    return 'this build has no window' not in g.run('--keys', 'ctrl+q', 'demo', env=env).stderr


PARTS = points, pausing, bounds, ends, real_gdb


def main():
    g = Gui(sys.argv[1])
    waiting(g)
    for part in PARTS:
        part(g, ['--dump-model', '/dev/null'], without_display())
    if not shutil.which('Xvfb'):
        print('skipped: Xvfb (package xvfb) is not installed; without a display all was well' if not g.failures else 'failed')
        return 1 if g.failures else SKIP
    server = XServer()
    env = without_display() | {'DISPLAY': server.display}
    env['ASAN_OPTIONS'] = env.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
    try:
        for part in PARTS if has_window(g, env) else ():
            part(g, [], env)
    finally:
        server.end()
    return g.end()


if __name__ == '__main__':
    sys.exit(main())
