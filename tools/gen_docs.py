#!/usr/bin/env python3
"""Make docs/hypscope.1, docs/hypscope.bash and docs/hypscope.zsh from the program's option table, and the examples of documents by running them.

--check: say whether man page and completion are up to date.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ['README.md', 'docs/tour.md', 'docs/walk.md']

MAN = r'''.\" Made by tools/gen_docs.py: change src/cli/options.def or the script instead.
.TH HYPSCOPE 1 "" "hypscope" "User Commands"
.SH NAME
hypscope \- an AArch64 machine whose subject is EL2
.SH SYNOPSIS
.B hypscope
.br
.B hypscope run\fR|\fBtrace\fR|\fBwalk\fR|\fBgui
[\fIOPTIONS\fR] [\fIIMAGE\fR]
.br
.B hypscope decode
[\fIOPTIONS\fR] \fINAME\fR=\fIVALUE\fR ...
.br
.B hypscope roms
.br
.B hypscope lab
list|show|start|run|check ...
.SH DESCRIPTION
Runs an AArch64 image, from EL3 or EL2 down to EL0, on a model of the board that QEMU calls \fBvirt\fR, and explains
what it does. Without arguments it runs the built\-in ROM \fBdemo\fR.
.TP
.B run
Run an image: an ELF file, a Linux Image, a raw binary, or the name of a built\-in ROM.
.TP
.B trace
The same, with the trace on: exceptions and world switches unless \fB\-\-trace\fR says more.
.TP
.B walk
Stop at a point and explain one translation there, descriptor by descriptor.
.TP
.B gui
The same in a window, to step through and look into; F1 lists its keys.
.TP
.B decode
Explain a system register's value (\fBHCR_EL2=0x80000001\fR), an instruction (\fBinsn=\fR), a syndrome (\fBesr=\fR), a
descriptor (\fBs1desc=\fR, \fBs2desc=\fR, \fBs2desc:1:4K=\fR with its level and granule), or a stage\-2 configuration
(\fBVTCR_EL2=\fR and \fBVTTBR_EL2=\fR together).
Of \fBwalk\fR and \fBdecode\fR the output is in colour on a terminal, JSON with \fB\-\-json\fR, and with \fB\-\-html\fR also a page.
.TP
.B roms
List the built\-in ROMs.
.TP
.B lab
The classroom labs: \fBlist\fR; \fBshow\fR \fILAB\fR explains one; \fBstart\fR \fILAB\fR [\fIFOLDER\fR] writes its starter; \fBrun\fR
\fILAB\fR [\fIFILE\fR] runs a hand\-in; \fBcheck\fR \fIFILE\fR|\fIFOLDER\fR... judges hand\-ins (exit status 0: all passed, 1: not
all). A hand\-in is an assembler file or an ELF file with the name of its lab.
.TP
.B bench
Run built\-in ROMs, or one image, and print how fast they went; as JSON lines with \fB\-\-json\fR.
.SH OPTIONS
@OPTIONS@.SH QEMU'S OPTIONS
By the name \fBhypscope\-system\-aarch64\fR the program takes the options of \fBqemu\-system\-aarch64\fR below, and those above
by their two dashes. What it does not have, in options as in their properties, is an error that names it. Differences: without
\fBgic\-version\fR the interrupt controller is a GICv3; memory is that of \fB\-m\fR, else 128 MiB; \fB\-cpu\fR must be given; seeds in the device
tree are fixed numbers.
.nf
@QEMU@.fi
.SH ENVIRONMENT
.TP
.B NO_COLOR
When it is set, and not empty, \fBwalk\fR and \fBdecode\fR print without colours, unless \fB\-\-color always\fR asks for them.
.SH EXIT STATUS
.TP
.B 0
The guest powered the machine off.
.TP
.B the guest's own
It called semihosting SYS_EXIT with a code.
.TP
.B 2
Wrong use.
.TP
.B 3
An image or file could not be used.
.TP
.B 4
The machine stopped for good: every core waits with nothing to wake it, or takes exceptions in its own vectors for ever.
.TP
.B 124
\fB\-\-max\-insns\fR or \fB\-\-timeout\fR was reached (\fBgui\fR: with \fB\-\-keys\fR, \fB\-\-screenshot\fR or \fB\-\-dump\-model\fR only).
.TP
.B 130
Interrupted.
.SH TERMINAL
When standard input is a terminal, every key is the guest's but Ctrl\-A: Ctrl\-A x ends the run, Ctrl\-A p presses the board's power
key, Ctrl\-A z stops the process (the shell's \fBfg\fR goes on), Ctrl\-A Ctrl\-A or Ctrl\-A a types Ctrl\-A, Ctrl\-A h lists these. The terminal
is put back however the process ends, and while it is stopped.
'''

BASH = '''# Made by tools/gen_docs.py: change src/cli/options.def instead. Source this file, or put it where bash-completion looks.
_hypscope() {
	local word=${COMP_WORDS[COMP_CWORD]}
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "@VERBS@" -- "$word")
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "@OPTIONS@" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -W "@ROMS@" -- "$word")
	fi
}
complete -o filenames -F _hypscope hypscope
'''

ZSH = '''#compdef hypscope
# Made by tools/gen_docs.py: change src/cli/options.def instead. Put it into a folder of $fpath, as _hypscope.
if (( CURRENT == 2 )); then
	compadd -- @VERBS@
elif [[ $words[CURRENT] == -* ]]; then
	compadd -- @OPTIONS@
else
	compadd -- @ROMS@
	_files
fi
'''


def ask(program, what):
    return subprocess.run([program, what], check=True, capture_output=True, text=True).stdout


def qemu_options(program):
    """Its own --help by the other name, from the first option on, as roff."""
    text = ask(pathlib.Path(program).absolute().with_name('hypscope-system-aarch64'), '--help')
    return text[text.index('  -'):].replace('-', '\\-')


def main():
    check = sys.argv[1] == '--check'
    program = sys.argv[-1]
    verbs, options = ask(program, '--complete').splitlines()
    roms = ' '.join(line.split()[0] for line in ask(program, 'roms').splitlines())

    def fill(text):
        return text.replace('@VERBS@', verbs).replace('@OPTIONS@', options).replace('@ROMS@', roms)

    made = {
        'docs/hypscope.1': MAN.replace('@OPTIONS@', ask(program, '--man-options')).replace('@QEMU@', qemu_options(program)),
        'docs/hypscope.bash': fill(BASH),
        'docs/hypscope.zsh': fill(ZSH),
    }
    for name, text in made.items():
        path = ROOT / name
        if not check:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            print(f'{name} is out of date: run tools/gen_docs.py build/hypscope')
            return 1
    if not check:
        subprocess.run([ROOT / 'tools/examples.py', program, '--write', *(ROOT / name for name in EXAMPLES)], check=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
