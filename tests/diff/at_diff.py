#!/usr/bin/env python3
"""Differential test of translation: at_guest.c on two machines, line by line.

Every difference must have a reason in known() or known_access(), which say what the Arm ARM wants.

    at_diff.py run COMMAND... --elf at.elf --cases N --out LOG   run the program; COMMAND has {} for the image
    at_diff.py compare LOG LOG                                   name every difference, by kind
    at_diff.py test --elf at.elf --cases N HYPSCOPE QEMU         both; fails on a difference that is not explained

A machine that dies in a case is started again after it; the case is in the log as "died".
"""
import argparse
import collections
import os
import re
import struct
import subprocess
import sys
import tempfile

MARK = b"ATCASES\0"


def patched(image, first, end):
    at = image.index(MARK) + len(MARK)
    return image[:at] + struct.pack("<QQ", first, end) + image[at + 16:]


def run(command, image, cases, out):
    first = 0
    with open(out, "w") as log, tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "at.elf")
        while first < cases:
            with open(path, "wb") as f:
                f.write(patched(image, first, cases))
            r = subprocess.run([a.replace("{}", path) for a in command], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=600)
            lines = r.stdout.decode("latin-1").replace("\r", "").split("\n")
            whole = [l for l in lines if l.startswith("case n=") and " s1e1rp=" in l and l.count(" br=") == l.count(" accesses")]
            for l in whole:
                print(l, file=log)
            if "end" in lines:
                return
            died = int(whole[-1].split()[1][2:], 16) + 1 if whole else first
            print(f"case n={died:x} died", file=log)
            first = died + 1


def test(elf, cases, hypscope, qemu):
    with tempfile.TemporaryDirectory() as tmp:
        ours, theirs = os.path.join(tmp, "ours"), os.path.join(tmp, "theirs")
        image = open(elf, "rb").read()
        run([qemu, "-M", "virt,virtualization=on,gic-version=3", "-cpu", "max", "-m", "512", "-nographic",
             "-monitor", "none", "-serial", "stdio", "-kernel", "{}"], image, cases, theirs)
        run([hypscope, "run", "--quiet", "--cpu", "max", "--timeout", "240", "{}"], image, cases, ours)
        return compare(theirs, ours, 3)


def parse(path):
    cases = {}
    for line in open(path):
        m = re.match(r"case n=(\w+)(.*)", line)
        if m:
            cases[int(m.group(1), 16)] = m.group(2).strip()
    return cases


def results(text):
    return re.findall(r"(\w+)=(\w+)(!?)", text.split(" results ")[1].split(" accesses")[0].split(" updates")[0]) if " results " in text else []


def accesses(text):
    """(name, what came of it) of each: "fine", "lost", or "EL,ESR,FAR[,HPFAR]"."""
    return re.findall(r"(\w+)=(\S+)", text.split(" accesses ")[1].split(" updates")[0]) if " accesses " in text else []


def updates(text):
    """Descriptors that hardware changed: {address: value}."""
    return {int(at, 16): int(v, 16) for at, v in re.findall(r"(\w+):(\w+)", text.split(" updates")[1])}


def known_update(at, a, b, tables):
    """Why QEMU's descriptor a may differ from ours, b."""
    if a == b | 0x400:
        return "an access that faults on permissions may set the Access flag (Unpredictable_AFUPDATE)"
    if a & ~0x80 == b & ~0x80 and tables[at] >> 51 & 1:
        return "AT does not set the dirty state (AArch64.S1Translate)"
    return None


def access_meaning(what):
    """As meaning(); and the parts that must be equal besides."""
    if what in ("fine", "lost"):
        return (what,), {}
    el, esr, *rest = what.split(",")
    esr = int(esr, 16)
    ec, iss = esr >> 26, esr & 0x1ffffff
    parts = {"EL": el, "EC": f"{ec:x}", "ISS but status": f"{iss & ~0xbf:x}"}
    if ec in (0x20, 0x24) and kind_of(iss & 63) == 5:
        rest = rest[:1]  # HPFAR_EL2 is UNKNOWN after an external abort
    parts.update(zip(("FAR", "HPFAR"), rest))
    if ec not in (0x20, 0x21, 0x24, 0x25):
        return ("taken", f"EC {ec:x}"), parts
    status = iss & 63
    if status == 0x10:
        return ("external",), parts
    stage2 = el == "2" and ec in (0x20, 0x24)
    return ("fault", f"FST {status:02x}", f"PTW {iss >> 7 & 1}", f"S {int(stage2)}"), parts


def meaning(value, trap):
    """What PAR_EL1 must agree in: fault code, PTW, stage; or address, attributes, shareability."""
    v = int(value, 16)
    if trap:
        return ("trap", f"EC {v >> 26:x}", f"FSC {v & 63:02x}")
    if v & 1:
        return ("fault", f"FST {v >> 1 & 63:02x}", f"PTW {v >> 8 & 1}", f"S {v >> 9 & 1}")
    return ("good", f"PA {v & 0xffffffffff000:x}", f"ATTR {v >> 56:02x}", f"SH {v >> 7 & 3}")


SIZES = (32, 36, 40, 42, 44, 48, 52, 52)


def kind_of(code):
    """The fault kind of a status code, its level taken off."""
    return {0x29: 0, 0x2b: 1, 0x13: 5}.get(code, code >> 2)


def tg_of(regs):
    """Stage 1's granule in TG0's encoding."""
    if regs["va"] >> 55 & 1:
        return {1: 2, 2: 0, 3: 1}.get(regs["tcr"] >> 30 & 3, 0)
    return regs["tcr"] >> 14 & 3


# Where QEMU 7.2 differs and the Arm ARM is on our side.
def known(a, b, regs, descriptors):
    """The reason why a (QEMU) may differ from b, or None."""
    def code(m):
        return int(m[1].split()[1] if m[0] == "fault" else m[2].split()[1], 16)
    hcr, vtcr, sctlr = regs["hcr"], regs["vtcr"], regs["sctlr"]
    stage2 = hcr & 0x1001
    if hcr & 5 == 4 and not hcr & 0x1000:
        return "HCR_EL2.PTW must have no effect while VM is 0"
    if stage2 and 64 - (vtcr & 63) > SIZES[vtcr >> 16 & 7]:
        return "QEMU faults when the IPA size exceeds VTCR_EL2.PS; the limit is PARange (AArch64.S2MinTxSZ)"
    if stage2 and vtcr >> 14 & 3 == 2 and vtcr >> 6 & 3 == 3 and vtcr >> 32 & 1:
        return "stage 2, 16K, DS: level 0 is a valid start (AArch64.S2InvalidSL)"
    if stage2 and vtcr >> 6 & 3 == 2 and vtcr >> 16 & 7 < 4:
        return "PARange, not VTCR_EL2.PS, says whether SL0 = 0b10 is valid (AArch64.S2InvalidSL)"
    if stage2 and vtcr >> 32 & 3 == 3 and vtcr >> 14 & 3 == 0 and vtcr & 63 != 12:
        return "stage 2 from level -1 works for 49 to 52 bits (AArch64.S2InconsistentSL), QEMU wants 52"
    large = (tg_of(regs) == 1 or regs["tcr"] >> 59 & 1) and regs["tcr"] >> 32 & 7 < 6 or \
        (vtcr >> 14 & 3 == 1 or vtcr >> 32 & 1) and vtcr >> 16 & 7 < 6
    if large and b[0] == "fault" and kind_of(code(b)) == 0:
        return "64K, or DS: OA[51:48] are in the descriptor whatever PS says (AArch64.LeafBase); QEMU looks only at 52"
    if a[0] == b[0] == "good" and a[1].startswith("PA ffffffff"):
        return "a table in the PCIe window reads as ones: the Contiguous bit is set, QEMU ignores it"
    if a[0] == "fault" and code(a) == 0x31:
        return "QEMU cannot update a descriptor that is not in RAM"
    if a[0] == b[0] == "good" and a[:3] == b[:3] and any(d >> 8 & 3 == 1 for d in descriptors):
        return "reserved SH (CONSTRAINED UNPREDICTABLE)"
    if b[0] == "trap" and a[0] != "trap":
        return "QEMU takes no abort for some table reads where nothing answers"
    if a[0] == b[0] == "fault" and a[2] == b[2] == "PTW 1" and a[3] == b[3] and kind_of(code(a)) == kind_of(code(b)):
        return "S1PTW: the level is stage 2's (AArch64.S2Walk), QEMU gives stage 1's"
    if a[0] == b[0] == "trap" and kind_of(code(a)) == kind_of(code(b)):
        return "external abort on a stage-2 descriptor of a stage-1 walk: the level is stage 2's"
    if a[0] == b[0] == "good" and a[1] == b[1]:
        attr = int(b[2].split()[1], 16)
        if hcr >> 46 & 1 and a[2] != b[2]:
            return "FWB: MemAttr[3] is RES0 without FEAT_MTE_PERM, QEMU takes it for reserved"
        if attr == 0x44 and (not sctlr & 4 or hcr >> 32 & 1):
            return "SCTLR_EL1.C=0 and HCR_EL2.CD make data accesses Non-cacheable (AArch64.S1Translate)"
        if a[2] != b[2] and any(d >> 2 & 15 in (4, 8, 12) for d in descriptors):
            return "reserved MemAttr (S2DecodeCacheability: CONSTRAINED UNPREDICTABLE)"
        if attr < 16 and a[2] == "ATTR 04":
            return "a Device type is not weakened by stage 2's inner Non-cacheable (S2CombineS1MemAttrs)"
        if a[2] == b[2] and b[3] == "SH 2" and (attr < 16 or attr == 0x44):
            return "SH of Device and Non-cacheable memory is 0b10 (PAREncodeShareability)"
        if a[2] == b[2] and hcr >> 46 & 1 and b[3] == "SH 2":
            return "stage 1's SH under FWB: Device is Outer Shareable before stage 2 (IMPLEMENTATION DEFINED)"
    if regs["tcr"] >> 39 & 3 == 3 and a[0] == "fault" and a[2:] == ("PTW 1", "S 1") and kind_of(code(a)) == 3:
        return "AT does not set the dirty state (AArch64.S1Translate)"
    if sctlr >> 57 & 1 and (a[0] == "good" or a[2:] == ("PTW 1", "S 1")) and b[0] == "fault" and kind_of(code(b)) == 3:
        return "FEAT_PAN3 (SCTLR_EL1.EPAN) is not in QEMU 7.2"
    if b[0] == "fault" and kind_of(code(b)) == 1 and any(d & 3 == 1 or d >> 56 & 3 == 1 for d in descriptors):
        return "a block where the level has none is reserved (AArch64.BlockDescSupported), QEMU takes it"
    return None


def known_access(name, a, b, regs, descriptors):
    (ma, pa), (mb, pb) = access_meaning(a), access_meaning(b)
    if mb[:2] == ("fault", "FST 21") and name == "unaligned":
        return "unaligned access to Device memory faults (AArch64.S1HasAlignmentFault)"
    if name == "ldadd" and mb[0] == "fault" and mb[2:] == ("PTW 0", "S 0") and kind_of(int(mb[1][4:], 16)) == 3:
        return "an atomic's write permission at stage 1 is checked before stage 2 is walked, and before the access"
    if name == "ldadd" and ma == ("external",) and mb[0] == "fault" and kind_of(int(mb[1][4:], 16)) == 3:
        return "an atomic's write permission is checked before the access"
    if name == "ldadd" and mb[:2] == ("fault", "FST 35"):
        return "an atomic to what is not memory (IMPLEMENTATION DEFINED)"
    if name == "br" and ma == ("taken", "EC 0") and mb == ("external",):
        return "a fetch from a device aborts, QEMU executes what it reads"
    if ma != mb:
        why = known(ma, mb, regs, descriptors) if ma[0] == "fault" or mb[0] == "fault" else None
        return why
    different = {k for k in pa if pa[k] != pb.get(k)}
    if different <= {"ISS but status", "HPFAR"} and ma[0] == "fault" and kind_of(int(ma[1][4:], 16)) == 5:
        return "no instruction syndrome, and no HPFAR_EL2, with an external abort on a walk (AArch64.FaultSyndrome)"
    if different == {"HPFAR"} and pa["HPFAR"].startswith("ffff"):
        return "a table in the PCIe window reads as ones: the Contiguous bit is set, QEMU ignores it"
    if ma == ("external",) and name == "unaligned" and different == {"FAR"}:
        return "FAR of an unaligned access that aborts is its address"
    if name == "ldadd" and different == {"ISS but status"} and int(pa["ISS but status"], 16) & ~0x40 == int(pb["ISS but status"], 16):
        return "WnR is 0 for an atomic that a read would have made fault, too"
    return None


def compare(first, second, show):
    a, b = parse(first), parse(second)
    kinds = collections.defaultdict(list)
    same = made = 0
    for n in sorted(a.keys() & b.keys()):
        if b[n] == "died" and "=lost" in a[n]:
            kinds["known: EL1 faults in its own vectors: hypscope stops at a lockup"].append((n, ""))
            continue
        if "died" in (a[n], b[n]):
            kinds["died in " + ("the first" if a[n] == "died" else "the second")].append((n, ""))
            continue
        if a[n].split(" results ")[0] != b[n].split(" results ")[0]:
            kinds["the two ran different cases"].append((n, ""))
            continue
        different = False
        for (name, va, ta), (_, vb, tb) in zip(results(a[n]), results(b[n])):
            ma, mb = meaning(va, ta), meaning(vb, tb)
            if ma != mb:
                regs = {k: int(v, 16) for k, v in re.findall(r"(\w+)=(\w+)", a[n].split(" tables")[0])}
                descriptors = [int(d, 16) for d in re.findall(r":(\w+)", a[n].split(" results")[0])]
                why = known(ma, mb, regs, descriptors)
                if why:
                    kinds["known: " + why].append((n, name))
                    continue
                different = True
                pairs = [(x, y) for x, y in zip(ma, mb) if x != y] if ma[0] == mb[0] else [(" ".join(ma), " ".join(mb))]
                if ma[0] == mb[0] == "good":
                    pairs = [(x.split()[0], "differs") if x.startswith("PA") else (x, y) for x, y in pairs]
                elif ma[0] != mb[0]:
                    pairs = [(re.sub(r"(PA|ATTR|SH) \w+", "", x).strip(), re.sub(r"(PA|ATTR|SH) \w+", "", y).strip())
                             for x, y in pairs]
                kinds["; ".join(f"{x} | {y}" for x, y in pairs)].append((n, f"{name} {va} {vb}"))
        regs = {k: int(v, 16) for k, v in re.findall(r"(\w+)=(\w+)", a[n].split(" tables")[0])}
        descriptors = [int(d, 16) for d in re.findall(r":(\w+)", a[n].split(" results")[0])]
        for (name, ra), (_, rb) in zip(accesses(a[n]), accesses(b[n])):
            made += 1
            if ra == rb:
                continue
            why = known_access(name, ra, rb, regs, descriptors)
            if why:
                kinds["known: " + why].append((n, name))
                continue
            different = True
            (ma, pa), (mb, pb) = access_meaning(ra), access_meaning(rb)
            what = f"{' '.join(ma)} | {' '.join(mb)}" if ma != mb else ", ".join(k for k in pa if pa[k] != pb.get(k)) + " differ"
            kinds["access: " + what].append((n, f"{name} {ra} {rb}"))
        follows = any(where[-1][0] == n for where in kinds.values())
        tables = {int(at, 16): int(v, 16) for at, v in re.findall(r"(\w+):(\w+)", a[n].split(" results")[0])}
        ua, ub = updates(a[n]), updates(b[n])
        for at in sorted(ua.keys() | ub.keys()):
            va, vb = ua.get(at, tables[at]), ub.get(at, tables[at])
            if va == vb:
                continue
            why = known_update(at, va, vb, tables) or (follows and "a descriptor, after another difference of the case")
            if why:
                kinds["known: " + why].append((n, "update"))
                continue
            different = True
            kinds["update of a descriptor: bits %x" % (va ^ vb)].append((n, f"{at:x} {tables[at]:x} {va:x} {vb:x}"))
        same += not different
    print(f"{len(a.keys() & b.keys())} cases and {made} accesses; {same} cases the same")
    for kind, where in sorted(kinds.items(), key=lambda k: -len(k[1])):
        print(f"{len(where):6} {kind}")
        for n, what in where[:show]:
            print(f"           case {n:x}: {what}")
    if not same:
        return 1
    return 1 if any(not k.startswith(("known", "died in the first")) for k in kinds) else 0


def main():
    p = argparse.ArgumentParser()
    sub = p.add_subparsers(dest="verb", required=True)
    r = sub.add_parser("run")
    r.add_argument("--elf", required=True)
    r.add_argument("--cases", type=int, default=5000)
    r.add_argument("--out", required=True)
    r.add_argument("command", nargs="+")
    c = sub.add_parser("compare")
    c.add_argument("--show", type=int, default=3)
    c.add_argument("logs", nargs=2)
    t = sub.add_parser("test")
    t.add_argument("--elf", required=True)
    t.add_argument("--cases", type=int, default=5000)
    t.add_argument("hypscope")
    t.add_argument("qemu")
    a = p.parse_args()
    if a.verb == "test":
        return test(a.elf, a.cases, a.hypscope, a.qemu)
    if a.verb == "run":
        run(a.command, open(a.elf, "rb").read(), a.cases, a.out)
        return 0
    return compare(*a.logs, a.show)


sys.exit(main())
