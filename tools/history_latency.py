#!/usr/bin/env python3
"""Boot something with history on, then step back from many places: how long that takes, and what memory history took.

usage: history_latency.py [--insns N] [--places N] [--history SIZE] COMMAND...
COMMAND is a run without --gdb and --history; without --kernel or an image it gets Debian's kernel, and a shell that starts
programs for ever. The guest is to run at least N instructions (default 2,000,000,000). Times are of the host's clock, over
the gdb server. Example: history_latency.py build/hypscope run --cpu max --smp 4
"""
import argparse
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "boot"))
import debian
import initramfs

INIT = """\
echo busy
while :; do
    ls -lR /proc/1 /sys/kernel > /tmp/list 2>&1
    sort /tmp/list | md5sum
    cat /proc/kallsyms | gzip | wc -c
    for i in 1 2 3 4 5 6 7 8; do (ps; free; dmesg) | tail -1; done
done
"""

class Debugger:
    """The few packets of gdb's protocol that this needs."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, text):
        body = text.encode()
        self.socket.sendall(b"$" + body + b"#%02x" % (sum(body) & 255))

    def receive(self):
        while True:
            found = re.search(rb"\$([^#]*)#..", self.buffer, re.S)
            if found:
                self.buffer = self.buffer[found.end():]
                self.socket.sendall(b"+")
                return found[1].decode()
            more = self.socket.recv(65536)
            if not more:
                sys.exit("the run ended")
            self.buffer += more

    def ask(self, text):
        self.send(text)
        return self.receive()

    def monitor(self, command):
        self.send("qRcmd," + command.encode().hex())
        said = ""
        while True:
            answer = self.receive()
            if not answer.startswith("O") or answer == "OK":
                return said
            said += bytes.fromhex(answer[1:]).decode()


def number(text, words):
    found = re.search(words, text)
    return float(found[1]) if found else 0.0


def run_to(debugger, insns):
    """Run the guest, and stop it every second to look how far it is."""
    while True:
        debugger.send("c")
        time.sleep(1)
        debugger.socket.sendall(b"\x03")
        stop = debugger.receive()
        if stop.startswith("W"):
            sys.exit("the guest ended before")
        history = debugger.monitor("history")
        if number(history, r"to instruction (\d+)") >= insns:
            return history


def timed(call):
    begin = time.monotonic()
    answer = call()
    return time.monotonic() - begin, answer


def show(name, seconds):
    seconds = sorted(seconds)
    print(f"{name}: median {statistics.median(seconds) * 1e3:.0f} ms, 90% {seconds[len(seconds) * 9 // 10] * 1e3:.0f} ms, "
          f"longest {seconds[-1] * 1e3:.0f} ms")


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) // 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--insns", type=float, default=2e9)
    parser.add_argument("--places", type=int, default=40)
    parser.add_argument("--history", default="256M")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    o = parser.parse_args()
    command = list(o.command)
    if not any("kernel" in word or word.endswith((".elf", "Image")) for word in command[2:]):
        image = tempfile.NamedTemporaryFile(suffix=".cpio")
        image.write(initramfs.shell_archive(debian.busybox(), INIT))
        image.flush()
        command += ["--kernel", str(debian.kernel()), "--initrd", image.name, "--append", "console=ttyAMA0"]
    process = subprocess.Popen(command + ["--gdb", "0", "--wait", "--history", o.history], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    debugger = Debugger(int(re.search(r":(\d+)", process.stderr.readline())[1]))
    try:
        taken, history = timed(lambda: run_to(debugger, o.insns))
        print(f"run: {taken:.1f} s\n{history}resident: {resident(process.pid)} MiB")
        first, last = number(history, r"from instruction (\d+)"), number(history, r"to instruction (\d+)")
        there, step, again = [], [], []
        for i in range(o.places):
            # All over it, in no order.
            place = int(first + (last - first) * ((i * 0.6180339887) % 1))
            there.append(timed(lambda where=place: debugger.monitor(f"goto insn {where}"))[0])
            step.append(timed(lambda: debugger.ask("bs"))[0])
            again.append(timed(lambda: debugger.ask("bs"))[0])
        # As somebody comes to a place who did not ask for it: then a step back.
        fresh = []
        for i in range(o.places):
            place = int(first + (last - first) * ((i * 0.7548776662) % 1))
            debugger.monitor(f"goto insn {int(last)}")
            fresh.append(timed(lambda where=place: debugger.monitor(f"goto insn {where - 1}"))[0])
        show("to a place anywhere", there + fresh)
        show("a step back there", step)
        show("one more", again)
        debugger.monitor("goto last")
        show("from the present, a step back", [timed(lambda: debugger.ask("bs"))[0]])
        print(debugger.monitor("history"), end="")
        print(f"resident: {resident(process.pid)} MiB")
    finally:
        process.kill()


main()
