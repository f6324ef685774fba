#!/usr/bin/env python3
"""On a terminal: raw while the guest runs, as it was found afterwards, however the run ends. Usage: terminal.py HYPSCOPE."""
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
