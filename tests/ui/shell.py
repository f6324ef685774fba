#!/usr/bin/env python3
"""The window's shell without a display: views, keys, the command line, and what is said about bad options."""
import sys

from ui import Gui, read_png, without_display


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


def sentences(g):
    for args, words in ((('--at', 'nowhere', 'demo'), "--at 'nowhere' is no symbol"),
                        (('--size', '10x10', 'demo'), '--size takes WIDTHxHEIGHT'),
                        (('--zoom', '9', 'demo'), '--zoom takes a factor'),
                        (('--keys', 'F5 nokey', 'demo'), "'nokey' is no key"),
                        (('--theme', 'pink', 'demo'), 'choose one of dark, light'),
                        (('--gdb', 'demo'), '--gdb does not belong to this verb'),
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


def main():
    g = Gui(sys.argv[1])
    views(g)
    stepping(g)
    sentences(g)
    picture(g)
    return g.end()


if __name__ == '__main__':
    sys.exit(main())
