#!/usr/bin/env python3
"""On a terminal: raw while the guest runs, as it was found afterwards, however the run ends. Usage: terminal.py HYPSCOPE."""
import json
import os
import pty
import pathlib
import signal
import subprocess
import sys
import tempfile
import termios
import time

import make_images

LFLAG = 3
FAILURES = []


def check(what, ok):
    if not ok:
        FAILURES.append(what)
        print('FAILED:', what)


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


class Terminal:
    """A run of hypscope on a pseudo-terminal of its own."""

    def __init__(self, program, image):
        self.host, self.guest = pty.openpty()
        self.before = termios.tcgetattr(self.guest)
        self.run = subprocess.Popen([program, 'run', image], stdin=self.guest, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, start_new_session=True)
        check('raw while running', wait_until(lambda: not self.flags() & termios.ICANON))

    def flags(self):
        return termios.tcgetattr(self.guest)[LFLAG]

    def type(self, keys):
        os.write(self.host, keys)

    def end(self, what, status):
        try:
            self.run.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.run.kill()
            self.run.communicate()
        check(f'{what}: exit status {self.run.returncode}, want {status}', self.run.returncode == status)
        check(f'{what}: the terminal is as it was', termios.tcgetattr(self.guest) == self.before)
        os.close(self.host)
        os.close(self.guest)


def state(pid):
    return pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0]


def stop_and_go_on(program, spin):
    """Stopped by SIGTSTP, or by Ctrl-A z: the terminal is as it was until SIGCONT."""
    t = Terminal(program, spin)
    for stop in (lambda: t.run.send_signal(signal.SIGTSTP), lambda: t.type(b'\x01z')):
        stop()
        check('stops', wait_until(lambda: state(t.run.pid) == 'T'))
        check('stopped: the terminal is as it was', termios.tcgetattr(t.guest) == t.before)
        t.run.send_signal(signal.SIGCONT)
        check('raw after SIGCONT', wait_until(lambda: not t.flags() & termios.ICANON))
    t.type(b'\x01x')
    t.end('Ctrl-A x after a stop', 0)


def keys(program, folder):
    """The power key; what Ctrl-A Ctrl-A, Ctrl-A a and Ctrl-A h do."""
    image = pathlib.Path(folder, 'image.elf')
    image.write_bytes(make_images.IMAGES['key.elf'])
    t = Terminal(program, str(image))
    time.sleep(0.3)
    check('runs until the power key', t.run.poll() is None)
    t.type(b'\x01p')
    t.end('Ctrl-A p', 0)
    image.write_bytes(make_images.IMAGES['echo.elf'])
    t = Terminal(program, str(image))
    t.type(b'ab\x01\x01\x01a\x01qc')
    check('Ctrl-A is typed by Ctrl-A Ctrl-A and Ctrl-A a', t.run.stdout.read(5) == b'ab\x01\x01c')
    t.type(b'\x01h')
    check('Ctrl-A h says the keys', b'p presses the power key' in t.run.stderr.read(80))
    t.type(b'\x01x')
    t.end('Ctrl-A x', 0)


def idle_time(program, folder):
    """Half a second of an idle machine takes half a second on a terminal, whatever is typed; in a script it takes none."""
    image = pathlib.Path(folder, 'image.elf')
    image.write_bytes(make_images.IMAGES['wait.elf'])
    begin = time.monotonic()
    t = Terminal(program, str(image))
    t.type(b'a')
    t.end('idle', 0)
    check('half a second passes on a terminal', time.monotonic() - begin >= 0.5)
    done = subprocess.run([program, 'run', '--json', str(image)], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    told = json.loads(done.stderr)
    check('no time passes in a script', told['host_seconds'] < 0.4 and told['cycles'] >= 500000000)


def has_terminals():
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as reason:
        print('skipped: no pseudo-terminal can be had here:', reason)
        return False
    return True


def main():
    program = os.path.realpath(sys.argv[1])
    if not has_terminals():
        return 77
    with tempfile.TemporaryDirectory() as folder:
        spin = str(pathlib.Path(folder, 'spin.elf'))
        pathlib.Path(spin).write_bytes(make_images.IMAGES['spin.elf'])
        t = Terminal(program, spin)
        t.type(b'\x03\x01q')  # Ctrl-C is the guest's; Ctrl-A q is nothing
        time.sleep(0.3)
        check('Ctrl-C does not end the run', t.run.poll() is None)
        t.type(b'\x01x')
        t.end('Ctrl-A x', 0)
        keys(program, folder)
        idle_time(program, folder)
        stop_and_go_on(program, spin)
        for number in (signal.SIGTERM, signal.SIGSEGV, signal.SIGABRT):
            t = Terminal(program, spin)
            t.run.send_signal(number)
            t.end(number.name, -number)
        t = Terminal(program, spin)
        t.run.send_signal(signal.SIGINT)
        t.end('SIGINT', 130)
    return 1 if FAILURES else 0


if __name__ == '__main__':
    sys.exit(main())
