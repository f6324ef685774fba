"""For the boot tests: a machine on pipes, whose console is read and typed at; images from Debian's packages."""
import atexit
import os
import pathlib
import re
import subprocess
import sys
import threading

FETCH = pathlib.Path(__file__).resolve().parents[2] / "tools" / "fetch_package"
SKIP = 77


def skip(why):
    print("skipped:", why)
    sys.exit(SKIP)


def find_file(package, *paths):
    """These files of the installed package, else of its download; the test is skipped when they cannot be had."""
    if all(os.path.exists(path) for path in paths):
        return list(paths)
    fetched = subprocess.run([FETCH, package], capture_output=True, text=True, check=False)
    if fetched.returncode:
        skip(fetched.stderr.strip())
    found = [fetched.stdout.strip() + path for path in paths]
    for path in found:
        if not os.path.exists(path):
            skip(f"package {package} has no {path}")
    return found


class Console:
    def __init__(self, command, limit=100):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        atexit.register(self.process.kill)
        self.timer = threading.Timer(limit, self.process.kill)
        self.timer.daemon = True
        self.timer.start()
        self.seen = b""

    def until(self, mark):
        """Everything up to and including `mark`; colours and cursor movements are left out of it."""
        while True:
            plain = re.sub(rb"\x1b\[[0-9;?=]*[A-Za-z]", b"", self.seen)
            if mark in plain:
                end = plain.index(mark) + len(mark)
                self.seen = plain[end:]
                return plain[:end]
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                sys.exit(f"the console ended before {mark!r}: " + plain.decode(errors="replace")[-2000:])
            self.seen += data

    def type(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def end(self):
        """Wait for the end of the run: its exit status, and what was printed until then."""
        rest = self.seen + self.process.stdout.read()
        status = self.process.wait()
        self.timer.cancel()
        return status, rest
