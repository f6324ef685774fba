#!/usr/bin/env python3
"""One lab: its starter fails with a sentence that helps, its solution passes, and each wrong answer fails for its reason.

    labs.py HYPSCOPE LABS_FOLDER WRONG_FOLDER LAB

A wrong answer says in its first line what the report must say of it: `// expect: TEXT`.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

SKIP = 77


def check(hypscope, lab, source):
    with tempfile.TemporaryDirectory() as folder:
        junit = pathlib.Path(folder) / "report.xml"
        done = subprocess.run([hypscope, "lab", "check", "--lab", lab, "--json", "--junit", str(junit), str(source)],
                              capture_output=True, text=True, timeout=100)
        assert done.returncode in (0, 1), f"{source}: exit status {done.returncode}: {done.stderr}"
        verdict, = json.loads(done.stdout)
        suite, = ElementTree.parse(junit).getroot()
    # One testcase for each fact, in every form the same verdict.
    assert len(suite) == len(verdict["facts"]) == int(suite.get("tests"))
    assert len(suite.findall("testcase/failure")) == verdict["facts_failed"]
    assert verdict["passed"] == (done.returncode == 0)
    return verdict


def texts(verdict):
    """What a report says of the facts that failed."""
    for fact in verdict["facts"]:
        if fact["verdict"] == "failed":
            yield " | ".join(fact.get(key, "") for key in ("name", "sentence", "expected", "found", "where", "hint", "erratum"))


def check_page(hypscope, page, solution):
    """What the page says to try can be tried (debuggers apart)."""
    commands = [part.strip() for line in page.read_text().splitlines() if line.startswith("    hypscope ") for part in line.split(";")]
    assert commands, f"{page}: nothing to look at"
    for command in commands:
        if "--gdb" in command:
            continue
        words = [str(solution) if word == "FILE" else word for word in command.split()[1:]]
        limit = ["--max-insns", "20000000"] if "run" in words[:2] else []
        done = subprocess.run([hypscope, *words, *limit], capture_output=True, stdin=subprocess.DEVNULL, timeout=100)
        assert done.returncode in (0, 4, 124), f"{page}: {command}: exit status {done.returncode}: {done.stderr[-300:]}"


def main(hypscope, labs, wrong, lab):
    if not any(shutil.which(tool) for tool in ("aarch64-linux-gnu-gcc", "ld.lld")):
        print("skipped: there is no assembler for AArch64")
        return SKIP
    labs, wrong = pathlib.Path(labs) / lab, pathlib.Path(wrong) / lab
    solution = check(hypscope, lab, labs / "solution.S")
    assert solution["passed"], "the solution fails:\n" + "\n".join(texts(solution))
    assert all(fact.get("name") for fact in solution["facts"]) and len(solution["facts"]) >= 4
    starter = check(hypscope, lab, labs / "starter.S")
    assert not starter["passed"], "the starter passes"
    helpful = [fact for fact in starter["facts"] if fact["verdict"] == "failed" and (fact.get("sentence") or fact.get("hint"))]
    assert helpful, "the starter's report does not help"
    answers = sorted(wrong.glob("wrong-*.S"))
    check_page(hypscope, labs / "page.md", labs / "solution.S")
    assert len(answers) >= 3, f"{wrong}: three wrong answers are wanted"
    for answer in answers:
        first = answer.read_text().splitlines()[0]
        assert first.startswith("// expect: "), f"{answer}: its first line must say what to expect"
        expected = first[len("// expect: "):]
        verdict = check(hypscope, lab, answer)
        assert not verdict["passed"], f"{answer} passes"
        assert any(expected in text for text in texts(verdict)), \
            f"{answer}: nothing says '{expected}', but:\n" + "\n".join(texts(verdict))
        print(f"{answer.name}: {expected}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
