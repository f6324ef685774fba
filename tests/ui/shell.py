#!/usr/bin/env python3
"""The window's shell without a display: views, keys, the command line, and what is said about bad options."""
import os
import pathlib
import sys

from ui import Gui, parse, read_png, without_display


def views(g):
    v = g.models('--at', 'insn:200000', 'demo')
    g.check({'disasm', 'regs', 'tower', 'walk', 'console'} <= v['shown'], f'shown at first: {v["shown"]}')
    g.has(v['status'], r'paused core 0/1 EL1 Non-secure VM 1 cycle \d+ insn 200000$', 'state line')
    g.has(v['disasm'], r'^>\*  40081d58 f10004a5 subs x5, x5, #1', 'the current instruction')
    g.has(v['disasm'], r'^    use_timer:$', 'a label')
    g.has(v['regs'], r'pc +0000000040081d58! use_slices\+0x20', 'PC')
    g.has(v['console'], r'guest A: the hypercall gave me 42', 'console')
    again = g.models('--at', 'insn:200000', 'demo')
    g.check(v == again, 'the same run shows the same')


def stepping(g):
    v = g.models('--at', 'insn:200000', '--keys', 's s', 'demo')
    g.has(v['status'], r'insn 200002', 'two steps')
    v = g.models('--at', 'insn:200000', '--keys', '":until tell_slices" Enter', 'demo')
    g.has(v['disasm'], r'^>.*40081d78', 'until a symbol')
    v = g.models('--at', 'insn:200000', '--keys', '":break tell_slices" Enter F5 wait:stop', 'demo')
    g.has(v['status'], r'breakpoint 0 tell_slices', 'breakpoint')
    g.has(v['disasm'], r'^>\*! 40081d78', 'the breakpoint is marked')
    v = g.models('--at', 'insn:200000', '--keys', 'F8 wait:stop', 'demo')
    g.has(v['status'], r'EL2 Non-secure', 'to the next level')


def history(g):
    """Back and forth: the same state, the same words."""
    there = g.models('--at', 'insn:199000', '--keys', 's', 'demo')
    back = g.models('--at', 'insn:200000', '--keys', '":back 1000" Enter s', 'demo')
    g.check(there['tower'] == back['tower'] and there['regs'] == back['regs'], 'the same step from the past')
    g.check([line for line in there['disasm'] if line[0] == '>'] == [line for line in back['disasm'] if line[0] == '>'], 'the same PC')
    g.has(back['status'], r'insn 199001 past: 999 insns before the present', 'in the past')
    v = g.models('--at', 'insn:200000', '--keys', 't Up Up Up Up Enter', 'demo')
    g.has(v['timeline'], r'^>\*  *150266 VM 1 +385 cycles', 'the world switch that was gone to')
    g.has(v['status'], r'cycle 15026[67] ', 'its time')
    v = g.models('--at', 'insn:200000', '--keys', 'b b shift+F9', 'demo')
    g.has(v['status'], r'insn 200000$', 'the present again')
    keys = '":break tell_slices" Enter F5 wait:stop shift+F8 shift+F5'
    v = g.models('--at', 'insn:200000', '--keys', keys, 'demo')
    g.has(v['status'], r'breakpoint 0 tell_slices', 'run back to the breakpoint')
    v = g.models('--at', 'insn:200000', '--keys', '":cycle 0" Enter b', 'demo')
    g.has(v['status'], r'the history begins here', 'nothing before the beginning')


def views_of_state(g):
    v = g.models('--at', 'insn:200000', 'demo')
    g.has(v['tower'], r'^>   \[ EL1 kernel of VM 1 runs', 'the EL that runs')
    g.has(v['tower'], r'VTTBR 50000000 VMID 1', 'stage 2')
    g.has(v['tower'], r'151130 EL1 ↑ EL2 VM 1 use_slices\+0x2c +HVC #2', 'a decoded reason')
    g.has(v['sysregs'], r'HCR_EL2 +000000008448603f! RW TVM TSW', 'what is set in HCR_EL2')
    g.has(v['timeline'], r'150171 EL2 +95 cycles HVC #2', 'a stay at EL2 and its reason')
    v = g.models('--at', 'insn:200000', '--keys', '4 Enter', 'demo')
    g.has(v['sysregs'], r'\[0\] +VM +0x1! ', 'a field')
    v = g.models('--at', 'insn:200000', '--keys', '4 / "vttbr" Enter Enter', 'demo')
    g.has(v['sysregs'], r'meaning: VMID 1', 'a note')
    g.check(not any('HCR_EL2' in line for line in v['sysregs']), 'the filter')
    v = g.models('--at', 'insn:200000', '--keys', '":memory 0x50000008 pa" Enter', 'demo')
    g.has(v['memory'], r'50000000 0000000000000000 0000000050001003', 'the stage-2 table')
    g.has(v['memory'], r'physical addresses', 'the space')
    v = g.models('--at', 'insn:200000', '--keys', '2 Down Down Down Down w', 'demo')
    g.has(v['walk'], r'VA +0x40001000 read', "x4's value in the walk view")
    g.check(v['focus'] == 'walk', 'the walk view has the focus')
    v = g.models('--at', 'insn:200000', '--keys', '":watch 0x40001000 8 rw ipa" Enter F5 wait:stop p', 'demo')
    g.has(v['status'], r'watchpoint 0: read of 8 bytes at 0x40001000', 'a watchpoint')
    g.has(v['points'], r'^>\*  0 read, write ipa 40001000 8 bytes', 'in the list')


def commands(g):
    v = g.models('--keys', '":brea"', 'demo')
    g.has(v['line'], r'^    -- :brea$', 'what is typed')
    g.has(v['line'], r'^>   break ', 'the suggestion')
    for keys, words in (('":nonsense 1" Enter', "'nonsense' is no command"), ('":break nowhere" Enter', "'nowhere' is no"),
                        ('":core 7" Enter', 'cores are numbered'), ('":walk 0 xy" Enter', "'xy' is no space"),
                        ('":delete 9" Enter', 'there is no breakpoint 9'), ('":watch" Enter', 'needs an address'),
                        ('":view x" Enter', "'x' is no view")):
        g.has(g.models('--keys', keys, 'demo')['status'], words, keys)
    v = g.models('--keys', 'F5 wait:stop', 'hello')
    g.has(v['status'], r'^    ended .*the guest', 'the end of a run')
    v = g.models('--keys', 'F5 wait:stop F5', 'hello')
    g.has(v['status'], 'the run is over', 'nothing runs after it')
    v = g.models('--keys', 'F5 wait:stop ":reset" Enter F5 wait:stop', 'hello')
    g.has(v['status'], r'^    ended .*the guest', 'it runs again')


def bounded(g, status, insns, words, *args):
    """A run that a bound ends, or does not: its exit status, and its state line."""
    done = g.run('--dump-model', '-', *args)
    g.check(done.returncode == status, f'{args}: status {done.returncode}, not {status}: {done.stderr}')
    g.has(parse(done.stdout)['status'], rf'paused .*insn {insns}\b.*{words}', str(args))


def bounds(g):
    reached, beyond = r'--max-insns is reached$', r'--max-insns is reached: nothing runs beyond it$'
    n = ('--max-insns', '5000')
    bounded(g, 124, 5000, reached, *n, '--keys', 'F5 wait:stop', 'demo')
    bounded(g, 124, 5000, reached, *n, '--keys', '":step 9999999" Enter', 'demo')
    bounded(g, 124, 5000, beyond, *n, '--keys', 'F5 wait:stop F5 wait:stop s', 'demo')
    bounded(g, 124, 5000, reached, *n, '--keys', 'F5 wait:stop b b F5 wait:stop', 'demo')
    bounded(g, 124, 5000, reached, *n, '--at', 'insn:200000', 'demo')
    bounded(g, 124, 5000, reached, *n, '--at', 'cycle:200000', 'demo')
    bounded(g, 0, 4999, '', *n, '--at', 'insn:4999', 'demo')
    bounded(g, 124, 5000, reached, *n, '--smp', '4', '--keys', 'F5 wait:stop', 'demo')
    pathlib.Path(g.path('spin.bin')).write_bytes(bytes.fromhex('00000014'))  # b .
    bounded(g, 124, r'\d+', r'--timeout is reached: nothing runs beyond it$', '--timeout', '1', '--keys',
            'F5 wait:stop s', g.path('spin.bin'))
    done = g.run('--dump-model', '-', '--max-insns', '100000000', '--timeout', '100', '--keys', 'F5 wait:stop', 'hello')
    g.check(done.returncode == 0, f'an end before the bounds: {done.returncode}')


def sentences(g):
    for args, words in ((('--at', 'nowhere', '--dump-model', '-', 'demo'), "--at 'nowhere' is no symbol"),
                        (('--size', '10x10', 'demo'), '--size takes WIDTHxHEIGHT'),
                        (('--zoom', '9', 'demo'), '--zoom takes a factor'),
                        (('--keys', 'F5 nokey', 'demo'), "'nokey' is no key"),
                        (('--theme', 'pink', 'demo'), 'choose one of dark, light'),
                        (('--wait', 'demo'), '--wait waits for a debugger: add --gdb'),
                        (('--keys', 'wait:gdb', '--dump-model', '-', 'demo'), 'waits for a debugger: add --gdb'),
                        (('--keys', 'wait:go', 'demo'), 'wait:run or wait:gdb'),
                        (('--dump-model', '/nowhere/at/all', 'demo'), 'No such file'),
                        (('--dump-model', '-', 'no-such-image'), 'no-such-image')):
        done = g.run(*args)
        g.check(done.returncode in (2, 3) and words in done.stderr and done.stderr.count('\n') == 1,
                f'{args}: {done.returncode}: {done.stderr!r} should say {words!r}')


def picture(g):
    done = g.run('--at', 'insn:200000', '--screenshot', g.path('a.png'), '--size', '900x600', 'demo', env=without_display())
    if 'this build has no window' in done.stderr:
        return
    if g.check(done.returncode == 0, f'screenshot: {done.stderr}'):
        width, height, rows = read_png(g.path('a.png'))
        g.check((width, height) == (900, 600), f'size {width}x{height}')
        colours = {row[i:i + 3] for row in rows for i in range(0, len(row), 3)}
        g.check(len(colours) > 50, f'only {len(colours)} colours')
    done = g.run('demo', env=without_display(), timeout=20)
    g.check(done.returncode == 2 and 'needs a display' in done.stderr, f'no display: {done.returncode} {done.stderr}')
    # Looking for a display, SDL opens D-Bus, which keeps memory to the end.
    leaky = {'DISPLAY': ':98765', 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'}
    done = g.run('demo', env=without_display() | leaky, timeout=20)
    g.check(done.returncode == 2 and 'needs a display' in done.stderr, f'a display that does not answer: {done.stderr}')


def main():
    g = Gui(sys.argv[1])
    views(g)
    stepping(g)
    history(g)
    views_of_state(g)
    commands(g)
    bounds(g)
    sentences(g)
    picture(g)
    return g.end()


if __name__ == '__main__':
    sys.exit(main())
