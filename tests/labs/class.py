#!/usr/bin/env python3
"""Marking a class: hand-ins that hang, crash or are rubbish get a verdict; exit statuses; reports of several; labs of one's own.

    class.py HYPSCOPE LABS_FOLDER
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

SKIP = 77
HANG = '\t.include "lab.inc"\nfunc set_hcr\n\tb\t.\nendfunc set_hcr\n'
SLEEP = '\t.include "lab.inc"\nfunc set_hcr\n1:\twfi\n\tb\t1b\nendfunc set_hcr\n'
NOISE = '\t.include "lab.inc"\nfunc set_hcr\n1:\tldr\tx1, =0x09000000\n\tmov\tw2, #0x1b\n\tstr\tw2, [x1]\n\tb\t1b\nendfunc set_hcr\n'
CRASH = '\t.include "lab.inc"\nfunc set_hcr\n\tmsr\tvbar_el2, xzr\n\tldr\tx0, =0xdead00000000\n\tldr\tx1, [x0]\nendfunc set_hcr\n'
RESET = '\t.include "lab.inc"\nfunc set_hcr\n\tldr\tx0, =0x84000009\n\tsmc\t#0\n\tb\t.\nendfunc set_hcr\n'
MARKUP = '\t.include "lab.inc"\n\tbad <&"]]> \x01\x07 instruction\n'
MILL = ".rept 1000000000\n\tnop\n.endr\n"
BOUNDED = {"hang": (HANG, "the limit of instructions was reached"), "sleep": (SLEEP, "every core waits"),
           "noise": (NOISE, "the limit of instructions was reached"), "crash": (CRASH, "for ever"),
           "reset": (RESET, "the machine was reset"), "markup": (MARKUP, "Error"), "mill": (MILL, "memory"), "empty": ("", "set_hcr")}


def run(hypscope, *args, env=None, timeout=60):
    return subprocess.run([hypscope, "lab", *map(str, args)], capture_output=True, text=True, errors="replace", timeout=timeout, env=env)


def check_bounded(hypscope, work):
    for name, (text, _) in BOUNDED.items():
        folder = work / "class" / name
        folder.mkdir(parents=True)
        (folder / "03-hcr.S").write_text(text)
    junit = work / "report.xml"
    folders = [work / "class" / name for name in BOUNDED]
    done = run(hypscope, "check", "--json", "--junit", junit, *folders)
    assert done.returncode == 1, done
    verdicts = json.loads(done.stdout)
    suites = ElementTree.parse(junit).getroot().findall("testsuite")
    assert len(verdicts) == len(suites) == len(BOUNDED)
    for (name, (_, expected)), verdict, suite in zip(BOUNDED.items(), verdicts, suites):
        found = " ".join(fact.get("found", "") for fact in verdict["facts"])
        assert not verdict["passed"] and expected in found, f"{name}: no '{expected}' in: {found}"
        assert len(suite) == len(verdict["facts"]) and f"/{name}/" in suite.get("name")


def check_statuses(hypscope, work, labs):
    good = work / "good"
    good.mkdir()
    shutil.copy(labs / "03-hcr/solution.S", good / "03-hcr.S")
    shutil.copy(labs / "05-block/solution.S", good / "05-block.S")
    done = run(hypscope, "check", good)
    assert done.returncode == 0 and done.stdout.count("PASSED") == 2, done
    done = run(hypscope, "check", "--lab", "5", good)
    assert done.returncode == 0 and done.stdout.count("PASSED") == 1, done
    # One that cannot be used does not stop the others.
    done = run(hypscope, "check", work / "nobody", good)
    assert done.returncode == 3 and "nobody" in done.stderr and done.stdout.count("PASSED") == 2, done
    os.mkfifo(work / "03-hcr.S")
    done = run(hypscope, "check", work / "03-hcr.S")
    assert done.returncode == 3, done
    done = run(hypscope, "check", good / "03-hcr.S", env={"PATH": "/nonexistent"})
    assert done.returncode == 3 and "install gcc-aarch64-linux-gnu" in done.stderr, done
    # The student's own lines.
    (work / "04-vttbr.S").write_text('\t.include "lab.inc"\n\tmov\tx0, #what\n')
    done = run(hypscope, "check", work / "04-vttbr.S")
    assert done.returncode == 1 and "04-vttbr.S:2:" in done.stdout, done
    done = run(hypscope, "start", "04-vttbr", work / "mine")
    assert done.returncode == 0 and (work / "mine/04-vttbr.S").read_text() == (labs / "04-vttbr/starter.S").read_text()
    assert run(hypscope, "start", "04-vttbr", work / "mine").returncode == 3, "it was written over"
    done = run(hypscope, "run", "12-hypervisor", labs / "12-hypervisor/solution.S", "--quiet")
    assert done.returncode == 0 and done.stdout == "Hello from EL1!\nHypercall received!\n", done


def check_both_tools(hypscope, work, labs):
    """clang and lld make of every solution what gcc and ld make."""
    if not (shutil.which("clang") and shutil.which("ld.lld")):
        print("clang and lld are not here: not tried")
        return
    tools = work / "tools"
    tools.mkdir()
    for tool in ("clang", "ld.lld"):
        (tools / tool).symlink_to(shutil.which(tool))
    for solution in sorted(labs.glob("*/solution.S")):
        done = run(hypscope, "check", "--lab", solution.parent.name, solution, env={"PATH": str(tools)})
        assert done.returncode == 0, f"by clang: {done.stdout}{done.stderr}"


def own_lab(work, check):
    lab = work / "own/77-own"
    lab.mkdir(parents=True, exist_ok=True)
    (lab / "check").write_text(check)
    return lab


def check_own_labs(hypscope, work, labs):
    lab = own_lab(work, 'title Mine\nat @hcr_is_set\nfact "VM": HCR_EL2.VM == 1\n  else no VM\n')
    for name in ("frame.S", "starter.S", "solution.S"):
        shutil.copy(labs / "03-hcr" / name, lab)
    (lab / "page.md").write_text("# Mine\n")
    done = run(hypscope, "list", "--labs", work / "own")
    assert done.returncode == 0 and "77-own" in done.stdout and "03-hcr" in done.stdout, done
    assert run(hypscope, "show", "77", "--labs", work / "own").stdout == "# Mine\n"
    done = run(hypscope, "check", "--labs", work / "own", "--lab", "77", lab / "solution.S")
    assert done.returncode == 0, done


def check_time(hypscope, work, labs):
    """A run that would take long ends by the clock, in each variant."""
    lab = own_lab(work, 'title Slow\nlimit 1000000000\nvariant "again"\nat @hcr_is_set\nfact "VM": HCR_EL2.VM == 1\n')
    shutil.copy(labs / "03-hcr/frame.S", lab)
    (lab / "slow.S").write_text(NOISE)
    done = run(hypscope, "check", "--labs", work / "own", "--lab", "77", "--timeout", "1", lab / "slow.S", timeout=100)
    assert done.returncode == 1 and done.stdout.count("it took too long, and was stopped") == 2, done


WRONG_CHECKS = {
    'fact "a": EL == 2': ":2: a fact belongs to a stop",
    'at end\nfact "a": HCR_EL2.FOO == 1': ":3: HCR_EL2 has no field FOO",
    'at end\nfact "a": FOO_EL9 == 1': ":3: 'FOO_EL9' is no register",
    'at end\nfact "a": EL': ":3: one of == !=",
    'at end\nfact "a": EL == 2 3': ":3: '3' is too much",
    'at end\nfact a: EL == 2': ":3: the fact's title is wanted, in double quotes",
    'at end\nfact "a" EL == 2': ":3: a ':' is wanted",
    'at end\nfact "a": $N == 2': ":3: there is no parameter N",
    'at end\nfact "a": count(noise) == 2': ":3: 'noise' is no event",
    'at end\nfact "a": count(eret ec=1) == 2': ":3: eret has no key 'ec'",
    'at end\nfact "a": s2 0 -> 0 faults': "is too much",
    'at end\nfact "a": s2 0': ":3: -> and an address, or faults",
    'at end\nfact "a": s2 0 faults level 7': ":3: levels are 0 to 3",
    'at end\nfact "a": preserves x31': ":3: there is no x31",
    'at end\nfact "a": ends well': ":3: ends takes power_off",
    'at end\nfact "a": EL == 2 within 200%': ":3: within belongs to ==",
    'at end\nat end': ":3: `at end` is the last stop",
    'at here': ":2: at takes @symbol",
    'machine el=9': ":2: el= takes 1, 2 or 3",
    'machine gpu': ":2: machine takes",
    'limit 0': ":2: limit takes 1",
    'variant "v" N=3': ":2: there is no parameter N",
    'hint nothing': ":2: this belongs to a fact",
    'sing a song': ":2: 'sing' is no word",
    'param N': ":2: its value is wanted",
    'at end\nfact "a": ((((((((((((((((((1)))))))))))))))))) == 1': ":3: parentheses are nested too deeply",
    'at end\nfact "a": ' + "1 + " * 200 + "1 == 2": ":3: a line has at most",
    "at end": ": the check has no facts",
}


def check_sentences(hypscope, work):
    for text, expected in WRONG_CHECKS.items():
        own_lab(work, "title T\n" + text + "\n")
        done = run(hypscope, "list", "--labs", work / "own")
        assert done.returncode == 3 and "77-own/check" + expected.partition(":")[1] in done.stderr and expected in done.stderr, \
            f"{text!r}: no '{expected}' in: {done.stderr}"


def main(hypscope, labs):
    if not shutil.which("aarch64-linux-gnu-gcc"):
        print("skipped: there is no aarch64-linux-gnu-gcc")
        return SKIP
    hypscope, labs = os.path.abspath(hypscope), pathlib.Path(labs)
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        check_bounded(hypscope, work)
        check_statuses(hypscope, work, labs)
        check_both_tools(hypscope, work, labs)
        check_own_labs(hypscope, work, labs)
        check_time(hypscope, work, labs)
        check_sentences(hypscope, work)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
