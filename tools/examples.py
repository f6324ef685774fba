#!/usr/bin/env python3
"""The examples of the documents, run: blocks that begin with `$ COMMAND`, and what it prints (standard output, then errors).

usage: examples.py HYPSCOPE [--write] DOCUMENT...
A line `…` of a block stands for any lines. --write puts in what is printed now where it differs. Commands that need more than
the program (SKIPPED) are not run.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```\n(\$ .*?)^```\n", re.M | re.S)
SKIPPED = ("git clone", "cd ", "tools/build", "./tools/test", "gdb-multiarch", "lldb", "hypscope bench", "build/hypscope gui ",
           "build/hypscope run --gdb")
RUN = "build/hypscope gui --dump-model - "  # of the window: what needs no display


def is_skipped(command):
    return command.startswith(SKIPPED) and not command.startswith(RUN)


def commands(block):
    """(command, what is printed) of a block, in order."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.M)
    return list(zip(parts[1::2], parts[2::2]))


def matches(expected, printed):
    pattern = "".join("(?:.*\n)*?" if line == "…\n" else re.escape(line) for line in expected.splitlines(True))
    return re.fullmatch(pattern, printed) is not None


def run(command, folder):
    command = re.sub(r"^\./tools/run", "build/hypscope run", command)
    done = subprocess.run(["bash", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100,
                          check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    # Blanks at the ends of lines are not seen.
    return "".join(line.rstrip() + "\n" for line in (done.stdout + done.stderr).splitlines())


class Examples:
    def __init__(self, hypscope):
        self.folder = tempfile.TemporaryDirectory()
        os.symlink(pathlib.Path(hypscope).absolute().parent, pathlib.Path(self.folder.name, "build"))
        self.count, self.stale = 0, []

    def block(self, match):
        """The block as it should be."""
        text = []
        for command, expected in commands(match[1]):
            printed = expected
            if not is_skipped(command):
                self.count += 1
                printed = run(command, self.folder.name)
                if matches(expected, printed):
                    printed = expected
                else:
                    self.stale.append((command, expected, printed))
            text.append(f"$ {command}\n{printed}")
        return "```\n" + "".join(text) + "```\n"


def main():
    hypscope, *documents = sys.argv[1:]
    write = "--write" in documents
    examples = Examples(hypscope)
    for name in documents:
        if name == "--write":
            continue
        document = pathlib.Path(name)
        text = document.read_text()
        after = BLOCK.sub(examples.block, text)
        if write and after != text:
            document.write_text(after)
    for command, expected, printed in [] if write else examples.stale:
        print(f"FAILED: {command}\n--- the document says\n{expected}--- it prints\n{printed}")
    print(f"{examples.count} commands")
    sys.exit(bool(examples.stale) and not write)


if __name__ == "__main__":
    main()
