#!/usr/bin/env python3
"""The benchmark suite, scaled down: every row gives the check value that QEMU gave, kept in roms/bench/expected.txt.

    bench.py HYPSCOPE EXPECTED          check
    bench.py HYPSCOPE EXPECTED --make   write EXPECTED from a run of QEMU
    bench.py HYPSCOPE EXPECTED --qemu   compare with QEMU here and now; exit status 77 (skipped) where it is not installed

No timing is asserted.
"""
import json
import pathlib
import shutil
import subprocess
import sys

SCALE = "12"


def bench(program, *options):
    done = subprocess.run([program, "bench", "--json", "--scale", SCALE, "--reps", "1", *options], capture_output=True, text=True)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def check(program, path):
    done, rows = bench(program)
    if done.returncode:
        return f"bench failed: {done.stderr}"
    want = dict(line.split() for line in path.read_text().splitlines())
    rows = {row["name"]: row for row in rows}
    process = rows.pop("process")
    wrong = [f"{name}: {row['check']}, not {want[name]}" for name, row in rows.items() if not row["skipped"] and row["check"] != want[name]]
    wrong += [f"{name} is missing" for name in want if name not in rows]
    wrong += [f"{name} is not in {path.name}" for name in rows if name not in want]
    wrong += [f"{name} executed nothing" for name, row in rows.items() if not row["skipped"] and not row["insns"]]
    if not any(not row["skipped"] for row in rows.values()) or process["mix_peak_bytes"] <= 0:
        wrong.append("nothing was measured")
    return "\n".join(wrong)


def few_rows(program):
    done, rows = bench(program, "--rows", "hvc,mix")
    return "" if [row["name"] for row in rows] == ["mix", "hvc"] else f"--rows: {done.stdout}{done.stderr}"


def scaling(program):
    done, rows = bench(program, "--scaling")
    machines = {row["variant"] for row in rows}
    return "" if done.returncode == 0 and {"8 cores", "64 MiB", "16 GiB", "cortex-a72"} <= machines else f"--scaling: {done.stdout}{done.stderr}"


def main(program, path, mode=""):
    path = pathlib.Path(path)
    if mode and not shutil.which("qemu-system-aarch64"):
        return 77
    if mode == "--make":
        rows = bench(program, "--vs", "qemu")[1]
        path.write_text("".join(f"{row['name']} {row['qemu_check']}\n" for row in rows if "qemu_check" in row))
        return 0
    if mode == "--qemu":
        done = bench(program, "--vs", "qemu")[0]
        said = done.stderr if done.returncode else ""
    else:
        said = "\n".join(filter(None, [check(program, path), few_rows(program), scaling(program)]))
    print(said)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
