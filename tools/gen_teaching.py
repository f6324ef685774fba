#!/usr/bin/env python3
"""The table of labs and the example of a report in docs/teaching.md, from the labs and the program.

    gen_teaching.py HYPSCOPE
    gen_teaching.py --check             whether the table is up to date
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "teaching.md"
EXAMPLE = ["lab", "check", "--lab", "05-block", "tests/labs/05-block/wrong-3.S"]


def table():
    rows = ["| lab | what it is | of the article |", "| --- | --- | --- |"]
    for check in sorted((ROOT / "roms" / "labs").glob("*/check")):
        says = dict(re.findall(r"^(title|article)\s+(.*)$", check.read_text(), re.MULTILINE))
        rows.append(f"| [{check.parent.name}](../roms/labs/{check.parent.name}/page.md) | {says['title']} | {says['article']} |")
    return "\n".join(rows) + "\n"


def report(program):
    done = subprocess.run([str(pathlib.Path(program).resolve()), *EXAMPLE], capture_output=True, text=True, cwd=ROOT)
    lines = done.stdout.splitlines()
    return "\n".join(["$ hypscope " + " ".join(EXAMPLE), *lines[:10], "..."]) + "\n"


def main(argument):
    text = PAGE.read_text()
    made = re.sub(r"\| lab \|.*?\n\n", lambda _: table() + "\n", text, count=1, flags=re.DOTALL)
    if argument == "--check":
        if made != text:
            print("docs/teaching.md is out of date: run tools/gen_teaching.py build/hypscope")
        return made != text
    made = re.sub(r"```\n\$ hypscope.*?```", lambda _: "```\n" + report(argument) + "```", made, count=1, flags=re.DOTALL)
    PAGE.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
