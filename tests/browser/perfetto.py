#!/usr/bin/env python3
"""A Perfetto trace opens in trace viewers, which see what is in it: the browser's own (catapult's trace viewer, in which the
Trace Event Format is at home) and speedscope.

usage: perfetto.py HYPSCOPE demo|linux [SCREENSHOT-FOLDER]
The viewers are packages (Debian's source of Go, which has the first; npm's speedscope), in a cache outside the tree. Skipped
(77) when one of them, chromium, or for `linux` Debian's kernel, cannot be had.
"""
import glob
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, os.fspath(HERE.parent / "boot"))
# pylint: disable=wrong-import-position
import debian
from chromium import Chromium, need, skip
from initramfs import Initramfs

SPEEDSCOPE = "1.25.0"
KINDS = "exc,el0,hyp,gic"

PAGE = """<!DOCTYPE html>
<html><head><script src="webcomponents.min.js"></script><link rel="import" href="trace_viewer_full.html">
<style>html, body { height: 100%; margin: 0; overflow: hidden } body { display: flex }
tr-ui-timeline-view { width: 100%; height: 100% }</style>
<script>
window.is_ready = false;
document.addEventListener('WebComponentsReady', () => { window.is_ready = true; });
async function load(url) {
  const text = await (await fetch(url)).text();
  const container = document.createElement('track-view-container');
  container.id = 'track_view_container';
  const viewer = document.createElement('tr-ui-timeline-view');
  viewer.track_view_container = container;
  Polymer.dom(viewer).appendChild(container);
  viewer.globalMode = true;
  document.body.appendChild(viewer);
  const model = new tr.Model();
  new tr.importer.Import(model).importTraces([text]);
  viewer.model = model;
  const processes = Object.values(model.processes).map(p => ({pid: p.pid, name: p.name,
    threads: Object.values(p.threads).map(t => ({tid: t.tid, name: t.name, depth: Math.max(...t.sliceGroup.slices.map(s =>
      { let n = 0; for (; s; s = s.parentSlice) n++; return n; })),
      slices: t.sliceGroup.slices.map(s => [s.title, s.start, s.duration, s.didNotFinish === true, s.args])}))}));
  return JSON.stringify({warnings: model.importWarnings, processes: processes,
    flows: model.flowEvents.map(f => [f.title, !!f.startSlice, !!f.endSlice, f.start, f.duration]), end: model.bounds.max});
}
</script></head><body></body></html>
"""


# ---- the viewers ----

def catapult(www):
    """Go's own tools show traces by it, so its source has it."""
    names = subprocess.run(["apt-cache", "depends", "golang-src"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"Depends: (golang-[\d.]+-src)", names)
    if not found:
        skip("apt knows no golang-src, in which the trace viewer is")
    tree = debian.package(found[1])
    viewer = [pathlib.Path(p) for p in glob.glob(f"{tree}/usr/share/go-*/**/trace_viewer_full.html", recursive=True)]
    if not viewer:
        skip(f"{found[1]} has no trace viewer")
    for name in ("trace_viewer_full.html", "webcomponents.min.js"):
        shutil.copy(viewer[0].parent / name, www)
    (www / "catapult.html").write_text(PAGE)


def speedscope(www):
    if not shutil.which("npm"):
        skip("no npm to fetch speedscope with")
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"), "hypscope", "npm")
    archive = cache / f"speedscope-{SPEEDSCOPE}.tgz"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["npm", "pack", "--silent", f"speedscope@{SPEEDSCOPE}"], cwd=cache, capture_output=True, text=True,
                              check=False)
        if done.returncode or not archive.exists():
            skip(f"speedscope cannot be had: {done.stderr.strip()[-200:]}")
    with tarfile.open(archive) as tar:
        tar.extractall(www / "speedscope")


# ---- the traces ----

def linux(work):
    """Two cores, and KVM's guests in VMs."""
    disk = Initramfs()
    disk.console()
    disk.file("init", debian.build(work / "kvm_guest", "kvm_guest.c", "kvm_guest.S"))
    (work / "initramfs.cpio").write_bytes(disk.archive())
    return ["--cpu", "cortex-a72", "--smp", "2", "--kernel", debian.kernel(), "--initrd", work / "initramfs.cpio", "--append",
            "console=ttyAMA0 quiet"]


def trace(hypscope, image, path):
    command = [hypscope, "run", "--quiet", "--serial", "null", "--json", "--summary", "--trace", KINDS, "--trace-format",
               "perfetto", "--trace-file", path, *image]
    done = subprocess.run([os.fspath(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=200, check=False)
    need(done.returncode == 0, done.stderr)
    return json.loads(path.read_text())["traceEvents"], json.loads(done.stderr)["summary"]


# ---- what they show ----

def check_catapult(browser, events, cores, vms):
    browser.open("catapult.html")
    browser.wait("window.is_ready")
    seen = json.loads(browser.ask("load('trace.json')"))
    need(not seen["warnings"], "the import warns:", seen["warnings"][:3])
    tracks = {(p["pid"], t["tid"]): t for p in seen["processes"] for t in p["threads"]}
    names = {p["pid"]: p["name"] for p in seen["processes"]}
    for core in range(cores):
        track = tracks.get((1, core + 1))
        need(track and track["name"] == f"core {core}", "no track for core", core)
        levels = {s[0].split()[0] for s in track["slices"]}
        need({"EL1", "EL2"} <= levels, "slices per EL on core", core, levels)
    found = {pid - 1000 for pid in names if pid >= 1000}
    need(found == vms, "VMs", found, vms)
    for vmid in vms:
        need(names[1000 + vmid] == f"VM, VMID {vmid}", names[1000 + vmid])
        inner = [s for (pid, _), t in tracks.items() if pid == 1000 + vmid for s in t["slices"]]
        need({"in the VM", "EL1"} <= {s[0] for s in inner}, "slices of VM", vmid)
        need(any(s[0] == "VM exit" and s[4]["reason"] for s in inner), "exits of VM", vmid, "with reasons")
    unfinished = [s for t in tracks.values() for s in t["slices"] if s[3]]
    need(not unfinished, "slices without an end:", unfinished[:3])
    begun = sum(e["ph"] in "BXi" for e in events)
    shown = sum(len(t["slices"]) for t in tracks.values())
    need(shown == begun, "slices shown", shown, "in the file", begun)
    arrows = sum(e["ph"] == "s" for e in events)
    need(arrows and arrows == len(seen["flows"]), "flows", len(seen["flows"]), arrows)
    need(all(f[1] and f[2] for f in seen["flows"]), "a flow ends in no slice")
    need(max(t["depth"] for t in tracks.values()) <= 4, "slices pile up")
    return f"{len(tracks)} tracks, {shown} slices, {arrows} flows, VMs {sorted(vms)}"


def check_speedscope(browser, events):
    browser.open("speedscope/package/dist/release/index.html#profileURL=/trace.json")
    browser.wait("document.title.startsWith('trace.json')")
    tracks = {(e["pid"], e["tid"]) for e in events if e["ph"] in "BX"}
    title = browser.ask("document.body.innerText")
    need(re.search(rf"cores \(pid 1\), core 0 \(tid 1\) \(1/{len(tracks)}\)", title), "speedscope shows", title)
    # It takes a slice's arguments for a part of its name, and wonders that the end has none; any other word is serious.
    serious = [w for w in browser.warnings if not re.match(r'ts=[\d.]+: Tried to end "(.*)" when "\1 \{.* instead\.$', w) or
               "Doing nothing" in w]
    need(not serious, "speedscope warns:", serious[:3])
    return f"{len(tracks)} profiles"


def main():
    hypscope, what, *shots = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        (work / "www").mkdir()
        catapult(work / "www")
        speedscope(work / "www")
        browser = Chromium(work / "www")
        image = ["demo"] if what == "demo" else linux(work)
        events, summary = trace(hypscope, image, work / "www" / "trace.json")
        vms = {g["vmid"] for g in summary["guests"]}
        need(len(vms) > 1, "VMs in the summary:", vms)
        print(what, "in catapult's trace viewer:", check_catapult(browser, events, 1 if what == "demo" else 2, vms))
        for shot in shots:
            browser.screenshot(f"{shot}/{what}-catapult.png")
        print(what, "in speedscope:", check_speedscope(browser, events))
        for shot in shots:
            browser.screenshot(f"{shot}/{what}-speedscope.png")
        browser.close()


main()
