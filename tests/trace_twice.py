#!/usr/bin/env python3
"""Run COMMAND twice; everything that it prints (console on stdout, trace on stderr) must be the same to the byte.

    trace_twice.py MINIMUM COMMAND...   and the trace must have at least MINIMUM bytes
"""
import hashlib
import subprocess
import sys


def digest(command):
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    trace, size = hashlib.sha256(), 0
    while block := child.stderr.read(1 << 20):
        trace.update(block)
        size += len(block)
    return child.stdout.read(), trace.hexdigest(), size, child.wait()


def main(minimum, command):
    first, second = digest(command), digest(command)
    print(f"trace of {first[2]} and {second[2]} bytes, status {first[3]} and {second[3]}")
    return 0 if first == second and first[3] == 0 and first[2] >= minimum else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
