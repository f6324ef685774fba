#!/usr/bin/env python3
"""`walk` and `decode` in colour, and as pages: colours only where they are wanted, and nothing but colours; HTML whose tags
pair up, that needs nothing else and has every word of the text.

usage: explained.py HYPSCOPE
"""
import html.parser
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

HYPSCOPE = sys.argv[1]
CASES = [['walk', '--at', 'use_demand', '--va', '0x80001000', 'demo'], ['walk', 'demo'], ['walk', '--at', 'dma-fault', 'demo'],
         ['walk', '--at', 'exit', '--va', '0x40080000', '--access-el', '3', 'demo'],
         ['walk', '--at', 'end', '--stream', '0x100', '--iova', '0x40003000', 'demo'],
         ['decode', 'HCR_EL2=0x80000081', 'VTCR_EL2=0x80023540', 'ICH_LR0_EL2=0x4120002000000000', 's2desc=0x753', 'STE=1:2',
          'esr=0x93c18006', 'insn=0xd503201f', 'mair=0x44']]


def run(*args, **environment):
    done = subprocess.run([HYPSCOPE, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                          env={**os.environ, 'TERM': 'xterm', **environment})
    assert done.returncode == 0, (args, done.stderr)
    return done.stdout


def on_terminal(*args, **environment):
    host, guest = pty.openpty()
    with subprocess.Popen([HYPSCOPE, *args], stdin=subprocess.DEVNULL, stdout=guest,
                          env={**os.environ, 'TERM': 'xterm', 'NO_COLOR': '', **environment}) as process:
        os.close(guest)
        text = b''
        while True:
            try:
                data = os.read(host, 65536)
            except OSError:
                break
            if not data:
                break
            text += data
        os.close(host)
        assert process.wait() == 0
    return text.decode().replace('\r\n', '\n')


def is_coloured(text):
    return '\033[' in text


def check_colours():
    case = CASES[0]
    assert is_coloured(on_terminal(*case))
    assert not is_coloured(on_terminal(*case, NO_COLOR='1'))
    assert not is_coloured(on_terminal(*case, TERM='dumb'))
    assert not is_coloured(on_terminal(*case, '--color', 'never'))
    assert not is_coloured(on_terminal(*case, '--json'))
    assert not is_coloured(on_terminal(*case, '--json', '--color', 'always'))
    assert is_coloured(run(*case, '--color', 'always', NO_COLOR='1')), 'asked for, it is given'
    assert is_coloured(on_terminal(*CASES[-1])) and not is_coloured(run(*CASES[-1]))
    for case in CASES:
        plain, coloured = run(*case), run(*case, '--color', 'always')
        assert not is_coloured(plain)
        assert re.sub('\033\\[[0-9;]*m', '', coloured) == plain, case
        assert coloured.count('\033[0m') * 2 == coloured.count('\033['), 'every colour ends'


class Page(html.parser.HTMLParser):
    ALONE = {'meta'}

    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.code, self.folds = [], [], [], 0
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            assert name not in ('src', 'action', 'style') and not name.startswith('on'), (tag, name)
            assert name != 'href' or value.startswith('#'), value
        self.folds += tag == 'details'
        if tag not in self.ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        (self.code if self.open and self.open[-1] in ('script', 'style') else self.text).append(data)


def words(text):
    return set(re.findall(r'[\w/&+-]+', text))


def check_pages(folder):
    for case in CASES:
        path = folder / 'page.html'
        plain = run(*case)
        assert run(*case, '--html', os.fspath(path)) == plain, 'the text is printed all the same'
        source = path.read_text()
        page = Page(source)
        assert 'http:' not in source and 'https:' not in source and '@import' not in source and 'url(' not in source
        assert "default-src 'none'" in source
        assert page.folds > (0 if '--access-el' in case else 1), case
        missing = words(plain) - words(''.join(page.text)) - {'memory', 'permissions', 'mapped', 'by', 'not', 'global', 'a'}
        # What a whole line of text says of the combination is a table on the page.
        lines = [line for line in plain.splitlines() if not re.match('memory |permissions|mapped| +\\(a single', line)]
        missing &= words('\n'.join(lines))
        assert not missing, (case, missing)
    done = subprocess.run([HYPSCOPE, 'decode', 'mair=0', '--html', '/nowhere/x.html'], capture_output=True, text=True, check=False)
    assert done.returncode == 3 and done.stderr.startswith('hypscope: /nowhere/x.html: cannot be written: '), done
    assert not done.stdout


def main():
    check_colours()
    with tempfile.TemporaryDirectory() as name:
        check_pages(pathlib.Path(name))
    print(len(CASES), 'explanations')


main()
