"""What the gdb tests share: a machine that serves a debugger, and gdb itself, fed with commands from a file."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
GDB = "gdb-multiarch"
LIMIT = 200


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def need(program):
    if not shutil.which(program):
        skip(f"no {program}")


class Server:
    """A run of hypscope with --gdb 0; `port` is what it listens on."""

    def __init__(self, command):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.timer = threading.Timer(LIMIT, self.process.kill)
        self.timer.start()
        first = self.process.stderr.readline().decode()
        found = re.search(r"127\.0\.0\.1:(\d+)", first)
        if not found:
            self.process.kill()
            sys.exit(f"FAILED: the server says: {first}")
        self.port = found[1]

    def until(self, words):
        """The guest's console until it says these words."""
        seen = b""
        while words not in seen:
            more = os.read(self.process.stdout.fileno(), 4096)
            if not more:
                sys.exit(f"FAILED: the guest never said {words}: {seen[-2000:]}")
            seen += more
        return seen.decode(errors="replace")

    def type(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def end(self):
        """The guest's console, what was said on stderr, and the exit status."""
        try:
            out, err = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
        self.timer.cancel()
        return out.decode(errors="replace"), err.decode(errors="replace"), self.process.returncode


def run_gdb(port, program, commands):
    """What gdb prints: each command after (gdb) +, and its answer."""
    script = commands.replace("@PORT@", port)
    done = subprocess.run([GDB, "-q", "-nx", *([str(program)] if program else [])], input=script, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=LIMIT, check=False)
    text = done.stdout.replace(f":{port}", ":PORT")
    return re.sub(r"^(?:\(gdb\) )+", "(gdb) ", text, flags=re.M)
