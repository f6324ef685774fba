#!/usr/bin/env python3
"""`walk --json` says what `walk` says: the same steps in the same words, and numbers that agree with each other.

usage: walk_json.py HYPSCOPE
"""
import json
import subprocess
import sys

hypscope = sys.argv[1]

CASES = {
    'nested': ['--at', 'use_demand', '--va', '0x80001000', 'demo'],
    'nested, a write by EL0': ['--at', 'use_demand', '--va', '0x80001000', '--write', '--access-el', '0', 'demo'],
    'stage 2 alone': ['--at', 'use_demand', '--ipa', '0x40001000', 'demo'],
    'stage-2 fault': ['demo'],
    'a fetch': ['--at', 'exit', 'demo'],
    'EL3': ['--at', 'exit', '--va', '0x40080000', '--access-el', '3', 'demo'],
    'the end': ['--at', 'end', '--va', '0x40080000', 'hello'],
    'stage 1 is invalid': ['--at', 'use_demand', '--va', '0x7000000000', 'demo'],
    'a core by its number': ['--at', 'use_demand', '--va', '0x80001000', '--core', '0', 'demo'],
}


def run(*args):
    done = subprocess.run([hypscope, 'walk', *args], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, (args, done.stderr)
    return done.stdout


def number(text):
    assert text.startswith('0x'), text
    return int(text, 16)


def check_step(step):
    value = number(step['input'])
    if 'index' in step:
        index = step['index']
        width = index['hi'] - index['lo'] + 1
        assert index['value'] == value >> index['lo'] & (1 << width) - 1, step
        assert number(step['table']) + 8 * index['value'] == number(step['at']), step
        assert number(step['table']) % 64 == 0, step
        if 'at_ipa' in step:
            assert number(step['table_ipa']) + 8 * index['value'] == number(step['at_ipa']), step
    if 'descriptor' in step:
        desc = number(step['descriptor'])
        for field in step['fields']:
            if 'hi' in field:
                assert number(field['value']) == desc >> field['lo'] & (1 << field['hi'] - field['lo'] + 1) - 1, field
        kinds = {0: ['invalid'], 1: ['block', 'reserved'], 2: ['invalid'], 3: ['table', 'page']}
        assert step['kind'] in kinds[desc & 3], step


def check_chain(steps):
    """Within a stage each table is the one that the step before named; a stage-1 descriptor is where stage 2 put it."""
    last = {}
    for step in steps:
        ladder = (step['stage'], step['nested'])
        before = last.get(ladder)
        if before and before['kind'] == 'table' and before['level'] + 1 == step['level']:
            name = 'table_ipa' if 'table_ipa' in step else 'table'
            assert step[name] == before['output'], (before, step)
        nested = last.get((2, True))
        if 'at_ipa' in step:
            assert nested['output'] == step['at'] and nested['input'] == step['at_ipa'], (nested, step)
        last[ladder] = step


def check(args):
    text, walk = run(*args), json.loads(run(*args, '--json'))
    lines = text.splitlines()
    assert (walk['format'], walk['version']) == ('hypscope walk', 1)
    ladder = [line for line in lines if line[:3].strip().isdigit()]
    assert len(ladder) == len(walk['steps']), text
    for n, (line, step) in enumerate(zip(ladder, walk['steps']), 1):
        assert step['number'] == n == int(line[:3])
        assert line[5:].strip() == step['words'], (line, step['words'])
        assert line[5:].startswith('  ') == step['nested'], line
        check_step(step)
    check_chain(walk['steps'])
    assert (walk['result'] is None) != (walk['fault'] is None)
    if walk['result']:
        assert 'result       ' + walk['result']['words'] in lines
        memory, rights = walk['memory']['both'], walk['permissions']['both']
        assert f"memory       {memory['type']}, {memory['shareability']}" in lines
        start = f"permissions  {'privileged ' if rights['el0'] else ''}{rights['privileged']}"
        assert any(line.startswith(start) for line in lines), start
        if walk['steps']:
            assert walk['steps'][-1]['output'] == walk['result']['pa']
    else:
        fault = walk['fault']
        assert 'fault        ' + fault['words'] in lines
        assert f"ESR_EL{fault['taken_to']}      {fault['esr']}  {fault['esr_words']}" in lines
        assert number(fault['esr']) & 0x3f == number(fault['fsc'])
    return walk


def check_dma(args):
    """A device's access: structures and walks are numbered together."""
    text, walk = run(*args), json.loads(run(*args, '--json'))
    lines = text.splitlines()
    ladder = [line for line in lines if line[:3].strip().isdigit()]
    assert len(ladder) == len(walk['steps']), text
    for n, (line, step) in enumerate(zip(ladder, walk['steps']), 1):
        assert step['number'] == n == int(line[:3])
        if step['kind'] in ('ste', 'cd', 'l1std', 'l1cd'):
            assert line[5:] == f"{step['kind'].upper()} at PA {step['at']}", line
            assert len(step['doublewords']) == (1 if step['kind'].startswith('l1') else 8)
            whole = sum(number(word) << 64 * i for i, word in enumerate(step['doublewords']))
            for field in step['fields']:
                value = whole >> field['lo'] & (1 << field['hi'] - field['lo'] + 1) - 1
                assert number(field['value']) in (value, value << field['lo'] % 64), field
        else:
            assert line[5:].strip() == step['words']
            check_step(step)
    assert (walk['result'] is None) != (walk['fault'] is None)
    if walk['fault']:
        assert 'fault        ' + walk['fault']['words'] in lines
    return walk


def check_decode():
    args = ['decode', 'HCR_EL2=0x80000081', 's2desc:1:4K=0x7fd', 'STE=0x1:0x2']
    lines = subprocess.run([hypscope, *args], capture_output=True, text=True, check=True).stdout.splitlines()
    done = json.loads(subprocess.run([hypscope, *args, '--json'], capture_output=True, text=True, check=True).stdout)
    hcr, desc, ste = done['explained']
    assert (hcr['name'], desc['name'], ste['name']) == ('HCR_EL2', None, 'STE'), done
    assert [h['words'] for h in done['explained']] == [line for line in lines if line[0] != ' ']
    fields = [f for head in done['explained'] for f in head['fields']]
    assert len(fields) == sum(line.lstrip().startswith('[') or line.startswith(' ' * 13 + 'output') for line in lines)
    assert {'name': 'VM', 'hi': 0, 'lo': 0, 'value': '0x1', 'words': 'stage 2 translates EL1&0'} in hcr['fields']
    assert {'name': 'output', 'value': '0x0', 'words': ''} in desc['fields']
    assert {'kind': 'note', 'words': 'VI=1 has no effect while IMO=0'} in hcr['remarks']


def main():
    walks = {name: check(args) for name, args in CASES.items()}
    nested = walks['nested']
    assert [(s['stage'], s['level'], s['nested']) for s in nested['steps']] == [
        (2, 1, True), (2, 2, True), (1, 1, False), (2, 1, False), (2, 2, False)]
    assert nested['result']['pa'] == '0x48001000'
    assert nested['memory']['stage1']['mair'] == '0x44' and nested['memory']['stage2']['memattr'] == '0xf'
    assert nested['permissions']['both'] == {'privileged': 'rwx', 'el0': '--x'}
    denied = walks['nested, a write by EL0']
    assert denied['fault']['stage'] == 1
    # Stage 2 found the descriptor, though it never came to the output.
    assert denied['steps'][2]['at_ipa'] == '0x40002010' and denied['steps'][2]['output_space'] == 'ipa'
    assert walks['stage-2 fault']['fault']['hpfar'] == '0x90000'
    assert walks['stage 2 alone']['memory']['stage1'] is None
    assert walks['EL3']['regime']['asid'] is None
    fault = check_dma(['--at', 'dma-fault', 'demo'])
    assert fault['fault']['event']['name'] == 'F_TRANSLATION' and fault['access']['device'] == 'DMA engine'
    good = check_dma(['--at', 'end', '--stream', '0x100', '--iova', '0x40003000', 'demo'])
    assert good['result']['pa'] == '0x48003000' and good['memory']['both'] and good['fault'] is None
    check_decode()
    print(f'{len(walks)} walks')


main()
