#!/usr/bin/env python3
"""The Perfetto trace is JSON of the Trace Event Format, complete however the run ends, says what the text trace says, and
is the same when it is made from a binary trace.

The checks are the format's: members that each phase needs, B and E paired within a track and in order, slices of a
track that nest, flows that begin in a slice and end in one."""
import collections
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

HYPSCOPE = sys.argv[1]
CORES, IRQS, VIRQS, VMS = 1, 2, 3, 1000

ALWAYS = {'ph', 'ts', 'pid', 'tid'}
NEEDS = {'B': {'name', 'cat'}, 'E': {'name'}, 'i': {'name', 'cat', 's', 'args'}, 'X': {'name', 'cat', 'dur'},
         's': {'name', 'cat', 'id'}, 'f': {'name', 'cat', 'id', 'bp'}, 'M': {'name', 'args'}}
MAY = {'B': {'args'}, 'X': {'args'}}


def fail(why):
    sys.exit(f'FAILED: {why}')


def need(condition, *why):
    if not condition:
        fail(' '.join(map(str, why)))


def check_members(e):
    phase = e.get('ph')
    need(phase in NEEDS, 'phase of', e)
    need(ALWAYS | NEEDS[phase] <= set(e), 'a member is missing:', e)
    need(set(e) <= ALWAYS | NEEDS[phase] | MAY.get(phase, set()), 'a member too many:', e)
    need(isinstance(e['pid'], int) and isinstance(e['tid'], int), 'pid or tid of', e)
    need(isinstance(e['ts'], (int, float)) and e['ts'] >= 0 and e.get('dur', 0) >= 0, 'time of', e)
    need(phase != 'i' or e['s'] in 'tpg', 'scope of', e)
    need(phase != 'M' or isinstance(e['args'].get('name'), str), 'name of', e)


def check_tracks(events):
    """Returns the slices of each track: (begin, end, name)."""
    open_slices, last, slices = collections.defaultdict(list), {}, collections.defaultdict(list)
    for e in events:
        track = e['pid'], e['tid']
        if e['ph'] == 'X':
            slices[track].append((e['ts'], round(e['ts'] + e['dur'], 3), e['name']))
        if e['ph'] not in 'BE':
            continue
        need(e['ts'] >= last.get(track, 0), 'the time of its track goes back:', e)
        last[track] = e['ts']
        if e['ph'] == 'B':
            open_slices[track].append(e)
        else:
            need(open_slices[track], 'E without B:', e)
            b = open_slices[track].pop()
            need(e['name'] == b['name'], 'E of another slice than the one that is open:', e, b)
            slices[track].append((b['ts'], e['ts'], b['name']))
    need(not any(open_slices.values()), 'slices without an end:', open_slices)
    for track, of in slices.items():
        if track[0] in (IRQS, VIRQS):
            of.sort()
            need(all(a[1] <= b[0] for a, b in zip(of, of[1:])), 'interrupts overlap on', track)
    return slices


def check_flows(events, slices):
    ends = collections.defaultdict(list)
    for e in events:
        if e['ph'] in 'sf':
            ends[e['id']].append(e)
            need(any(a <= e['ts'] <= b for a, b, _ in slices[e['pid'], e['tid']]), 'no slice holds', e)
    for flow in ends.values():
        need([e['ph'] for e in flow] == ['s', 'f'] and flow[0]['ts'] <= flow[1]['ts'] and flow[0]['name'] == flow[1]['name'],
             'not a pair:', flow)
    return len(ends)


def check_names(events):
    threads = {(e['pid'], e['tid']) for e in events if e['ph'] == 'M' and e['name'] == 'thread_name'}
    processes = {e['pid'] for e in events if e['ph'] == 'M' and e['name'] == 'process_name'}
    used = {(e['pid'], e['tid']) for e in events if e['ph'] != 'M'}
    need(used <= threads, 'tracks without a name:', used - threads)
    need({p for p, _ in used} <= processes, 'groups without a name')


def check_json(path):
    trace = json.loads(path.read_text())
    events = trace['traceEvents']
    for e in events:
        check_members(e)
    slices = check_tracks(events)
    check_names(events)
    flows = check_flows(events, slices)
    return events, slices, flows


# ---- what the text trace says ----

def check_against_text(events, text):
    exits = re.findall(r'^ *(\d+) c(\d+) .* v(\d+) .*VM EXIT', text, re.M)
    entries = re.findall(r'^ *(\d+) c(\d+) .* v(\d+) .*VM ENTRY', text, re.M)
    acks = re.findall(r'^ *\d+ c(\d+) .*gic v?ack INTID (\d+)', text, re.M)
    marks = [e for e in events if e['ph'] == 'i' and e['name'] == 'VM exit']
    begun = [e for e in events if e['ph'] == 'B' and e['name'] == 'in the VM']
    need(len(exits) > 0 and len(exits) == len(marks), 'VM exits', len(exits), len(marks))
    need(len(entries) == len(begun), 'VM entries', len(entries), len(begun))
    for (cycle, core, vmid), e in zip(exits, marks):
        # One cycle is a nanosecond on this core: 16 cycles a tick of 62.5 MHz.
        need(e['pid'] == VMS + int(vmid) and e['tid'] == int(core) + 1 and round(e['ts'] * 1000) == int(cycle),
             'the VM exit of', cycle, core, vmid, 'is', e)
        need(e['args']['reason'] and e['args']['pc'].startswith('0x'), 'reason of', e)
    return len(exits), len(acks)


def command(*words):
    return [HYPSCOPE, *map(str, words)]


def run(*words):
    return subprocess.run(command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, timeout=240, check=False).returncode


def check_run(folder, trace, *image):
    direct, text, binary, again = (folder / name for name in ('direct', 'text', 'bin', 'again'))
    options = ['--quiet', '--timing', 'functional', *image, '--trace']
    run('run', *options, trace, '--trace-format', 'perfetto', '--trace-file', direct)
    run('run', *options, 'exc,el0,hyp,gic', '--trace-file', text)
    run('run', *options, 'all', '--trace-format', 'bin', '--trace-file', binary)
    run('trace', '--from', binary, '--trace', trace, '--trace-format', 'perfetto', '--trace-file', again)
    need(direct.read_bytes() == again.read_bytes(), image, 'made from the binary trace it differs')
    events, slices, flows = check_json(direct)
    exits, acks = check_against_text(events, text.read_text()) if 'hyp' in trace or trace == 'all' else (0, 0)
    print(f'{" ".join(image)}, {trace}: {len(events)} events, {len(slices)} tracks, {flows} flows, {exits} VM exits, '
          f'{acks} interrupts acknowledged')
    return events, slices, flows


def check_interrupted(folder):
    """Ctrl-C: the JSON is complete."""
    path = folder / 'interrupted'
    guest = subprocess.Popen(command('run', 'demo', '--quiet', '--serial', 'null', '--trace', 'all', '--trace-format',
                                     'perfetto', '--trace-file', path), stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while guest.poll() is None and (not path.exists() or path.stat().st_size < 1 << 20):
        time.sleep(0.05)
    if guest.poll() is None:
        os.kill(guest.pid, signal.SIGINT)
    guest.wait(timeout=120)
    check_json(path)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        events, slices, flows = check_run(folder, 'exc,el0,hyp,gic', 'demo', '--max-insns', '1000000')
        need(flows > 3, 'interrupts of the demo:', flows)
        need({VMS + 1, VMS + 2} <= {pid for pid, _ in slices}, 'both guests of the demo have tracks')
        need({'EL3', 'EL2', 'EL1 VMID 1', 'EL1 VMID 2'} <= {s[2] for s in slices[CORES, 1]}, 'ELs of the demo')
        # Core 0 is somewhere all the time.
        ordered = sorted(slices[CORES, 1])
        need(ordered[0][0] == 0 and all(a[1] == b[0] for a, b in zip(ordered, ordered[1:])), 'a gap on core 0')
        reasons = {e['args']['reason'] for e in events if e['ph'] == 'i' and e['name'] == 'VM exit'}
        need({'HVC #42', 'IRQ'} <= reasons, 'reasons', reasons)
        check_run(folder, 'all', 'demo', '--smp', '2', '--max-insns', '90000')
        check_run(folder, 'hyp', 'hello')
        check_run(folder, 'insn', 'hello', '--max-insns', '2000')
        check_interrupted(folder)


main()
