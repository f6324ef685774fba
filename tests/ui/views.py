#!/usr/bin/env python3
"""The window's views of walks, the TLB, the GIC and the SMMU by their keys: a walk's steps are those of walk --json."""
import json
import pathlib
import re
import subprocess
import sys

from ui import Gui, parse, read_png, without_display

# Where to stop, what is translated (walk's options), and the keys that choose the same.
WALKS = (
    ('tell_slices', ['--va', '0x60000000', '--access-el', '1'], '":walk 0x60000000 el1" Enter'),
    ('tell_slices', ['--va', '0x80001000', '--access-el', '1', '--write'], '":walk 0x80001000 el1" Enter a'),
    ('tell_slices', ['--va', '0x40001000', '--access-el', '0', '--fetch'], '":walk 0x40001000" Enter a a v v v v'),
    ('tell_slices', ['--ipa', '0x60001000', '--fetch'], '":walk 0x60001000 ipa" Enter a a'),
    ('tell_slices', ['--ipa', '0x9000018', '--write'], '":walk 0x9000018 ipa" Enter a'),
    ('tell_slices', ['--va', '0x40000000', '--access-el', '2'], '":walk 0x40000000 el2" Enter'),
)


def section(lines, title):
    """The rows under a heading, without the marks before them."""
    at = next(i for i, line in enumerate(lines) if line[4:].startswith('-- ' + title))
    rows = lines[at + 1:]
    end = next((i for i, line in enumerate(rows) if line[4:].startswith('-- ')), len(rows))
    return [line[4:].rstrip() for line in rows[:end]]


def one(rows, pattern):
    found = [m for m in (re.match(pattern + r'(?:\s|$)', row.strip()) for row in rows) if m]
    return found[0].groups() if len(found) == 1 else found


def dumps(g, at, keys):
    """The views after each group of keys."""
    files = [g.path(f'{n}.txt') for n in range(len(keys))]
    script = ' '.join(f'{k} dump:{f}' for k, f in zip(keys, files))
    done = g.run('--at', at, '--keys', script, '--dump-model', g.path('end.txt'), 'demo')
    g.check(done.returncode == 0, f'{keys[0]}: {done.stderr}')
    return [parse(pathlib.Path(f).read_text()) for f in files]


def check_step(g, lines, want, count):
    """The view at one step shows what the JSON has for it."""
    name = f'step {want["number"]} of {count}'
    step = section(lines, 'This step')
    ladder = section(lines, 'Steps')
    g.has(lines, rf'place +{name}$', name)
    g.check(step[0].startswith(f'stage {want["stage"]}, level {want["level"]}'), f'{name}: {step[0]}')
    g.check(('to find a descriptor of stage 1' in step[0]) == want['nested'], f'{name}: nested: {step[0]}')
    index = want['index']
    space = 'VA' if want['stage'] == 1 else 'IPA'
    g.check(one(step, rf'index +{space}\[(\d+):(\d+)\] = (\d+)') == (str(index['hi']), str(index['lo']), str(index['value'])),
            f'{name}: index: {step}')
    seen = 'table_ipa' in want
    base, at = (want['table_ipa'], want['at_ipa']) if seen else (want['table'], want['at'])
    kind = 'IPA' if seen else 'PA'
    g.check(one(step, rf'table +{kind} (0x\w+)') == (base,), f'{name}: table: {step}')
    g.check(one(step, rf'descriptor at +{kind} (0x\w+) += (0x\w+) \+ (\d+) \* 8') == (at, base, str(index['value'])),
            f'{name}: address: {step}')
    g.check(int(base, 16) + 8 * index['value'] == int(at, 16), f'{name}: the sum')
    if seen:
        g.check(one(step, r'in memory +(0x\w+)') == (want['at'],), f'{name}: in memory: {step}')
    read = one(step, r'read +(0x\w+) +(\w+)')
    g.check(len(read) == 2 and int(read[0], 16) == int(want['descriptor'], 16) and read[1] == want['kind'], f'{name}: read {read}')
    for f in want['fields']:
        place = f'[{f["hi"]}]' if f.get('hi') == f.get('lo') and 'hi' in f else f'[{f["hi"]}:{f["lo"]}]' if 'hi' in f else ''
        row = ' '.join(x for x in (place, f['name'], f['value'], f['words']) if x)
        g.check(row in [' '.join(r.split()) for r in step], f'{name}: field {row!r} in {step}')
    g.check(len([r for r in step if r.startswith('  [') or r.startswith('   ')]) >= len(want['fields']), f'{name}: fields')
    made = [r.split() for r in ladder if re.match(r'\s*\d+ +stage \d L-?\d +\[', r)]
    g.check(len(made) == want['number'], f'{name}: {len(made)} steps in the ladder')
    last = made[-1] if made else []
    g.check(want['at'] in last and want['descriptor'] in last, f'{name}: ladder {last}')


def check_end(g, lines, want, keys):
    end = section(lines, 'The end')
    text = '\n'.join(end)
    if want['fault']:
        f = want['fault']
        for word in (f['words'], f'stage {f["stage"]}, level {f["level"]}', f['fsc_words'], f'EL{f["taken_to"]}', f['esr'], f['far']):
            g.check(word in text, f'{keys}: {word!r} in the end:\n{text}')
        g.check('hpfar' not in f or f['hpfar'] in text, f'{keys}: HPFAR')
        return
    g.check(want['result']['words'] in text, f'{keys}: {want["result"]["words"]} in:\n{text}')
    for part, name in (('stage1', 'stage 1'), ('stage2', 'stage 2'), ('both', 'together')):
        if not want['permissions'][part]:
            continue
        rights, memory = want['permissions'][part], want['memory'][part]
        row = ' '.join(x for x in (name, rights['privileged'], rights['el0'], memory['type'], memory['shareability']) if x)
        g.check(row in [' '.join(r.split()) for r in end], f'{keys}: {row!r} in:\n{text}')


def walks(g):
    for at, options, keys in WALKS:
        done = subprocess.run([g.program, 'walk', 'demo', '--at', at, *options, '--json'], capture_output=True, text=True)
        want = json.loads(done.stdout)
        steps = want['steps']
        n = len(steps)
        views = dumps(g, at, [keys + ' Home'] + ['Right'] * n + ['Right'] + ['Left'] * n)
        for i, step in enumerate(steps):
            check_step(g, views[i]['walk'], step, n)
            # the same on the way back
            back = views[2 * n + 1 - i]['walk'] if n else None
            g.check(section(back, 'This step') == section(views[i]['walk'], 'This step') and
                    section(back, 'Steps') == section(views[i]['walk'], 'Steps'), f'{keys}: step {i + 1} back')
        check_end(g, views[n]['walk'], want, keys)
        g.check(section(views[n + 1]['walk'], 'The end') == section(views[n]['walk'], 'The end'), f'{keys}: beyond the end')


def grid(g):
    lines = g.models('--at', 'tell_slices', '--keys', '":walk 0x60000000 el1" Enter', 'demo')['walk']
    g.has(lines, r'for +at +stage 2 L1 +stage 2 L2 +stage 2 L3 +stage 1$', 'grid')
    g.has(lines, r'stage 1 L1 +IPA 0x40002008 +1: 0x50001003 +2: 0x480007fd +- +3: 0x40000c05$', 'grid, stage 1')
    g.has(lines, r'the output +IPA 0x60000000 +4: 0x50001003 +5: 0x50002003 +6: 0x540007ff +PA: 0x54000000$', 'grid, output')
    lines = g.models('--at', 'tell_slices', '--keys', '":walk 0x60000000 pa" Enter', 'demo')['walk']
    g.has(lines, 'is a physical address: nothing translates it', 'PA')
    # Enter on a step goes there.
    lines = g.models('--at', 'tell_slices', '--keys', '":walk 0x60000000 el1" Enter Home Right Up Enter', 'demo')['walk']
    g.has(lines, 'step 1 of 6', 'Enter')
    # without an address: the fetch of the next instruction
    lines = g.models('--at', 'tell_slices', '--keys', '5', 'demo')['walk']
    g.has(lines, r'VA +0x40081d78 +instruction fetch, privileged at EL1', 'the core')


def tlb(g):
    keys = ['":tlbi vmalls12e1is" Enter', '"/vmid=1 removed" Enter', 'Esc Backspace', '":tlbi vae1is va=0x60000000 asid=5" Enter',
            '":tlbi nonsense" Enter', 'Backspace Down Down Down Down Down y']
    v = [d['tlb'] for d in dumps(g, 'tell_slices', keys)]
    removed = int(re.search(r'would remove (\d+) of', '\n'.join(v[0]))[1])
    g.check(removed > 3, f'VMALLS12E1IS removes {removed}')
    g.check(len([x for x in v[0] if x[2] == '!']) == removed, 'as many are marked')
    g.check(all(x.split()[5] == '1' for x in v[0] if x[2] == '!'), 'only of VMID 1')
    g.has(v[1], rf'{removed} of \d+ entries +that fit: vmid=1 removed', 'filter')
    g.has(v[2], 'none is tried', 'no TLBI')
    # all that came from the 1 GiB leaf of stage 1
    g.has(v[3], r'would remove 3 of', 'VAE1IS')
    g.has(v[3], r'EL1&0: by VA, ASID.*VMID 1; ASID 5; 0x60000000 to 0x60000fff; on every core', 'scope')
    g.has(v[4], 'TLBI nonsense does not exist', 'nonsense')
    g.check(any(x[1:3] == '*!' for x in v[5]), 'the entry selected would go:\n' + '\n'.join(v[5]))
    order = dumps(g, 'tell_slices', ['6 Right Right', 'r'])
    down = [d['tlb'] for d in order]
    g.has(down[0], 'Entries, by PA$', 'order')
    g.has(down[1], 'Entries, by PA, downwards', 'order')


def gic(g):
    v = g.models('--at', 'cycle:351100', '--keys', '7', 'demo')['gic']
    g.has(v, r'\[ ICH_LR0_EL2  vINTID 32, pending', 'card')
    g.has(v, r'state +invalid +\[pending\] +active', 'states')
    g.has(v, r'next +the guest reads ICV_IAR1_EL1: active', 'next')
    g.has(v, r'virtual IRQ +asserted +not taken: the core is above EL1', 'line')
    v = g.models('--at', 'cycle:465130', '--keys', '7', 'demo')['gic']
    g.has(v, r'\[ ICH_LR0_EL2  vINTID 27, active', 'card')
    g.has(v, r'HW +physical INTID 27', 'HW')
    g.has(v, r'27 PPI timer CNTV', 'distributor')
    few, many = (d['gic'] for d in dumps(g, 'tell_slices', ['7', 'a']))
    g.check(len(many) > len(few) + 20, 'all interrupts')


def smmu(g):
    keys = ['8 f Home', 'Right', 'End', 'a', '":dma 0x40003000 0x100 read" Enter', '":dma what" Enter']
    v = [d['smmu'] for d in dumps(g, 'smmu_report_events', keys)]
    g.has(v[0], r'IOVA +0x4a001000 +write, unprivileged', 'the event')
    g.has(v[0], r'step 1 of 2', 'walk')
    g.has(v[0], r'from STE.S2TTB', 'root')
    g.has(v[1], r'step 2 of 2', 'walk')
    g.has(v[2], r'How it ends', 'end')
    g.has(v[2], r'F_TRANSLATION', 'event')
    g.has(v[2], r'! +0 +0x40098200 +waits +F_TRANSLATION +stream 0x100 +write at 0x4a001000, stage 2', 'queue')
    g.has(v[2], r'CMD_CFGI_STE +stream 0x100 leaf=1', 'commands')
    g.has(v[3], r'IOVA +0x4a001000 +instruction fetch', 'access')
    g.has(v[4], r'PA 0x48003000 \(translated', 'dma')
    g.check(v[5] == v[4], 'a bad command changes nothing')


def pictures(g):
    files = [g.path(f'{name}.png') for name in ('walk', 'gic')]
    keys = f'":walk 0x60000000 el1" Enter shot:{files[0]} 7 shot:{files[1]}'
    for theme in ('dark', 'light'):
        done = g.run('--at', 'tell_slices', '--theme', theme, '--keys', keys, '--screenshot', g.path('end.png'), 'demo',
                     env=without_display())
        if 'this build has no window' in done.stderr:
            return
        if not g.check(done.returncode == 0, f'pictures: {done.stderr}'):
            return
        walk, other = (read_png(f) for f in files)
        g.check(walk[2] != other[2], 'two views look different')
        # the boxes of stage 2 and stage 1, in their colours
        for colour in {'dark': (0xf0a34e, 0x62b0f0), 'light': (0xb35f00, 0x1766b0)}[theme]:
            g.check(any(colour.to_bytes(3, 'big') in row for row in walk[2]), f'{theme}: no pixel of {colour:#x}')


def main():
    g = Gui(sys.argv[1])
    for part in (walks, grid, tlb, gic, smmu, pictures):
        part(g)
    return g.end()


if __name__ == '__main__':
    sys.exit(main())
