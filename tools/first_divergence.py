#!/usr/bin/env python3
"""Run one image in hypscope and in QEMU, an instruction at a time, and show the first one after which they differ.

    tools/first_divergence.py hello                                   a built-in ROM, or an ELF file
    tools/first_divergence.py --kernel Image --initrd F --append S    the Linux boot protocol
    tools/first_divergence.py --start 0x40201234:3 …                  begin where that address is reached the third time

hypscope tells what it does by its trace; QEMU is stepped over its gdb port. What may differ between two machines (the
counters, ID registers, random numbers, device registers, results of firmware calls) is set in QEMU to what hypscope
has, and counted; --strict takes these for differences, too. docs/first-divergence.md says more.
"""
import argparse
import collections
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KERNEL_START = 0x40200000
SP, PC, CPSR = 31, 32, 33
WFI, WFE = 0xd503207f, 0xd503205f

MAY_DIFFER = re.compile(
    r"CNT\w+|PMCCNTR_EL0|PMX?EV\w+|PMCR_EL0|PMCEID\d_EL0|PMMIR_EL1|RNDR|RNDRRS|ISR_EL1|IC[CH]_\w+|MIDR_EL1|VPIDR_EL2|"
    r"REVIDR_EL1|AIDR_EL1|ACTLR_EL\d|CTR_EL0|DCZID_EL0|CLIDR_EL1|CCSIDR2?_EL1|ID_\w+|MVFR\d_EL1|ERRIDR_EL1|OSLSR_EL1")


class Gdb:
    """As much of the remote protocol as stepping one core needs."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(200):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.05)
        self.data = b""
        self.numbers = {}
        self.ask("qSupported:multiprocess+;xmlRegisters=aarch64")
        self.ask("qXfer:features:read:target.xml:0,800")  # QEMU writes registers only for who has asked
        self.ask("Qqemu.sstep=7")  # neither interrupts nor timers while stepping

    def packet(self):
        while True:
            begin = self.data.find(b"$")
            end = self.data.find(b"#", begin + 1)
            if begin >= 0 and 0 <= end <= len(self.data) - 3:
                body, self.data = self.data[begin + 1:end], self.data[end + 3:]
                self.socket.sendall(b"+")
                return body.decode("latin-1")
            more = self.socket.recv(65536)
            if not more:
                raise EOFError("QEMU has ended")
            self.data += more

    def ask(self, text):
        self.socket.sendall(b"$%s#%02x" % (text.encode(), sum(text.encode()) & 255))
        return self.packet()

    def registers(self):
        """X0-X30, SP, PC and CPSR."""
        text = self.ask("g")
        values = [int.from_bytes(bytes.fromhex(text[16 * i:16 * i + 16]), "little") for i in range(33)]
        return values + [int.from_bytes(bytes.fromhex(text[528:536]), "little")]

    def set(self, number, value):
        size = 4 if number == CPSR else 8
        self.ask(f"P{number:x}={value.to_bytes(size, 'little').hex()}")

    def write(self, address, data):
        for at in range(0, len(data), 1024):
            part = data[at:at + 1024]
            self.ask(f"M{address + at:x},{len(part):x}:{part.hex()}")

    def run_to(self, address, times):
        self.ask(f"Z1,{address:x},4")
        for _ in range(times):
            if self.registers()[PC] == address and _:
                self.ask("s")
            self.ask("c")
        self.ask(f"z1,{address:x},4")

    def system_register(self, name):
        """Its value, or None where QEMU's description does not have it."""
        if not self.numbers:
            self.describe()
        text = self.ask(f"p{self.numbers[name]:x}") if name in self.numbers else ""
        return int.from_bytes(bytes.fromhex(text), "little") if re.fullmatch("[0-9a-f]+", text) else None

    def describe(self):
        text, at = "", 0
        while True:
            part = self.ask(f"qXfer:features:read:system-registers.xml:{at:x},800")
            text += part[1:]
            at += len(part) - 1
            if part[:1] != "m":
                break
        self.numbers = {m[1]: int(m[2]) for m in re.finditer(r'<reg name="(\w+)"[^>]* regnum="(\d+)"', text)}


INSN = re.compile(r"\s*\d+ c(\d+) EL(\d)s? +v\d+ +a\d+ +([0-9a-f]{16}) ([0-9a-f]{8})  (.*)")
EXCEPTION = re.compile(r"EXCEPTION (\w+) EL(\d) -> EL(\d), \S+ = 0x([0-9a-f]+)(.*)")
ERET = re.compile(r"ERET EL\d -> EL(\d) at 0x([0-9a-f]+)")
CHANGE = re.compile(r" (x\d+|sp|nzcv)=(?:0x)?([0-9a-f]+)")


class Step:
    """One line of the trace that takes the machine further: an instruction, or an exception that came without one."""

    def __init__(self, kind, text):
        self.kind, self.text = kind, text
        self.pc = self.word = self.el = 0
        self.changes, self.device, self.load = {}, False, False
        self.exception = None  # (vector name, from EL, its line), when the instruction ended in one
        self.target = None     # where an exception or ERET goes to


def steps(lines):
    """The trace as Steps; an exception belongs to the instruction before it when that one's address is in its ELR."""
    last = None
    for line in lines:
        line = line.rstrip("\n")
        m = INSN.match(line)
        if m:
            if last:
                yield last
            last = Step("insn", line.strip())
            last.el, last.pc, last.word = int(m[2]), int(m[3], 16), int(m[4], 16)
            last.changes = {name: int(v, 2 if name == "nzcv" else 16) for name, v in CHANGE.findall(m[5])}
            continue
        m = EXCEPTION.search(line)
        if m:
            if m[1] == "sync" and last and last.kind == "insn" and not last.exception:
                last.exception = (m[1], int(m[2]), line.strip())
                last.target = int(m[4], 16)
                continue
            if last:
                yield last
            last = Step("interrupt" if m[1] != "sync" else "fault", line.strip())
            last.el, last.target = int(m[2]), int(m[4], 16)
            continue
        m = re.match(r"\s+ELR_EL\d=0x([0-9a-f]+)", line)
        if m and last:
            last.text += "\n    " + line.strip()
            if last.kind != "insn":
                last.pc = int(m[1], 16)
            elif last.exception and int(m[1], 16) not in (last.pc, last.pc + 4):
                # Not this instruction's: the fetch of the next one failed.
                fault = Step("fault", last.exception[2])
                fault.pc, fault.target, fault.el = int(m[1], 16), last.target, last.exception[1]
                last.exception = last.target = None
                yield last
                last = fault
            continue
        m = ERET.search(line)
        if m and last:
            last.target = int(m[2], 16)
        elif last and re.search(r" read \d+ VA ", line):
            last.load = True
            last.device |= "(device)" in line
    if last:
        yield last


class Divergence(Exception):
    pass


class Lockstep:
    def __init__(self, gdb, strict, context):
        self.gdb, self.strict = gdb, strict
        self.x = [0] * 32  # X0-X30, SP
        self.nzcv = 0
        self.count = self.interrupts = 0
        self.forced = collections.Counter()
        self.recent = collections.deque(maxlen=context)
        self.theirs = None
        self.until = None  # in an interrupt's handler: the (EL, address) that ends it

    def apply(self, step):
        for name, value in step.changes.items():
            if name == "nzcv":
                self.nzcv = value
            else:
                self.x[SP if name == "sp" else int(name[1:])] = value

    def begin(self, step):
        """QEMU takes over every register."""
        for number in range(32):
            self.gdb.set(number, self.x[number])
        self.theirs = self.gdb.registers()
        self.gdb.set(CPSR, self.theirs[CPSR] & 0x0fffffff | self.nzcv << 28)
        self.theirs = self.gdb.registers()
        self.check_place(step)

    def check_place(self, step):
        if self.theirs[PC] != step.pc:
            raise Divergence(f"QEMU goes on at 0x{self.theirs[PC]:x}, hypscope at 0x{step.pc:x}")
        if step.kind == "insn" and (self.theirs[CPSR] >> 2 & 3) != step.el:
            raise Divergence(f"QEMU is in EL{self.theirs[CPSR] >> 2 & 3}, hypscope in EL{step.el}")

    def reason(self, step):
        """Why the instruction may have another result; None: it may not."""
        if self.strict:
            return None
        m = re.search(r"\bmrs +x\d+, *(\w+)", step.text)
        if m and MAY_DIFFER.fullmatch(m[1].upper()):
            return m[1].upper()
        if step.device:
            return "device registers"
        if not step.exception and (step.word & 0xffe0001f) in (0xd4000003, 0xd4000002, 0xd4400000):
            return "firmware calls"
        if self.interrupts and step.load:
            return "loads, since an interrupt was left out"
        return None

    def enter(self, step):
        """An exception was taken: the trace does not tell the SP that it brings; QEMU clears NZCV, which nothing asks for."""
        if self.theirs[CPSR] >> 28 != self.nzcv:
            self.gdb.set(CPSR, self.theirs[CPSR] & 0x0fffffff | self.nzcv << 28)
            self.theirs = self.gdb.registers()
        self.x[SP] = self.theirs[SP]

    def compare(self, step):
        wrong = [i for i in range(32) if self.theirs[i] != self.x[i]]
        flags = self.theirs[CPSR] >> 28 != self.nzcv
        if not wrong and not flags:
            return
        why = self.reason(step)
        if why is None:
            raise Divergence("\n".join(
                [f"  {'sp' if i == SP else f'x{i}':5} QEMU 0x{self.theirs[i]:016x}  hypscope 0x{self.x[i]:016x}"
                 for i in wrong] +
                ([f"  nzcv  QEMU {self.theirs[CPSR] >> 28:04b}  hypscope {self.nzcv:04b}"] if flags else [])))
        self.forced[why] += 1
        for i in wrong:
            self.gdb.set(i, self.x[i])
        if flags:
            self.gdb.set(CPSR, self.theirs[CPSR] & 0x0fffffff | self.nzcv << 28)
        self.theirs = self.gdb.registers()

    def step(self, step):
        if self.until:
            self.apply(step)
            if step.target == self.until and step.kind == "insn" and not step.exception:
                self.until = None
            return
        if step.kind == "interrupt":
            if self.theirs[PC] != step.pc:
                raise Divergence(f"QEMU is at 0x{self.theirs[PC]:x} where hypscope takes an interrupt")
            self.interrupts += 1
            self.until = step.pc
            return
        self.check_place(step)
        self.recent.append(step.text)
        self.count += 1
        self.apply(step)
        if step.word in (WFI, WFE) and not step.exception:
            self.gdb.set(PC, step.pc + 4)
        else:
            self.gdb.ask("s")
        self.theirs = self.gdb.registers()
        if step.exception or step.kind == "fault":
            self.enter(step)
        if step.exception and self.theirs[PC] != step.target:
            raise Divergence(f"hypscope takes an exception to 0x{step.target:x}, QEMU goes on at 0x{self.theirs[PC]:x}")
        self.compare(step)

    def tell(self, why):
        print(f"They differ after {self.count} instructions that were the same. The last ones, by hypscope:")
        for text in self.recent:
            print("  " + text)
        print(why)
        if self.theirs:
            print(f"QEMU now: PC 0x{self.theirs[PC]:x}, CPSR 0x{self.theirs[CPSR]:x} (EL{self.theirs[CPSR] >> 2 & 3})")
            for el in (1, 2, 3):
                values = [(name, self.gdb.system_register(f"{name}_EL{el}")) for name in ("ESR", "ELR", "FAR", "SPSR")]
                values = [(name, value) for name, value in values if value]
                if values:
                    print("  " + " ".join(f"{name}_EL{el} 0x{value:x}" for name, value in values))


def commands(o, work):
    """What runs hypscope, what runs QEMU, and hypscope's device tree."""
    common = ["--cpu", o.cpu, "--mem", f"{o.mem}M"]
    machine = "virt,virtualization=on,gic-version=3"
    rom = ROOT / "roms" / f"{o.image}.elf"
    tree = work / "tree.dtb"
    if o.kernel:
        image = ["--kernel", o.kernel] + (["--initrd", o.initrd] if o.initrd else []) + ["--append", o.append]
        theirs = ["-kernel", o.kernel] + (["-initrd", o.initrd] if o.initrd else []) + ["-append", o.append]
        subprocess.run([o.hypscope, "run", *common, *image, "--dump-dtb", tree], check=True)
    else:
        image = [o.image]
        theirs = ["-kernel", str(rom) if rom.exists() else o.image, "-semihosting"]
        if rom.exists():
            machine += ",secure=on,iommu=smmuv3"
    ours = [o.hypscope, "run", *common, *image, "--quiet", "--serial", "null", "--trace", "insn,mem,exc"]
    qemu = [o.qemu, "-M", machine, "-cpu", o.cpu, "-m", str(o.mem), "-display", "none", "-nodefaults", "-serial",
            "null", "-monitor", "none", "-S", "-gdb", f"unix:{work}/gdb,server=on,wait=off", *theirs]
    return ours, qemu, tree.read_bytes() if o.kernel else None


def follow(o, trace, lockstep, tree):
    """Compare to the end of the trace, or the limit."""
    seen = 0
    for step in steps(trace):
        if lockstep.theirs is None:
            seen += step.kind == "insn" and step.pc == o.start[0]
            if o.start[0] is None or seen == o.start[1]:
                if o.start[0] is not None:
                    lockstep.gdb.run_to(*o.start)
                if tree and o.start == (KERNEL_START, 1):
                    lockstep.gdb.write(lockstep.x[0], tree)
                lockstep.begin(step)
            else:
                lockstep.apply(step)
                continue
        lockstep.step(step)
        if o.max and lockstep.count >= o.max:
            return


def start_of(text):
    address, _, times = text.partition(":")
    return int(address, 0), int(times or 1)


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("image", nargs="?", help="a built-in ROM, or an ELF file")
    p.add_argument("--kernel")
    p.add_argument("--initrd")
    p.add_argument("--append", default="")
    p.add_argument("--cpu", default="max")
    p.add_argument("--mem", type=int, default=1024, help="RAM in MiB (default 1024)")
    p.add_argument("--start", type=start_of, help="ADDRESS[:N]: compare from its Nth execution on")
    p.add_argument("--max", type=int, default=0, help="stop after that many instructions")
    p.add_argument("--context", type=int, default=12, help="instructions to show before the divergence")
    p.add_argument("--strict", action="store_true", help="no difference is allowed")
    p.add_argument("--hypscope", default=str(ROOT / "build" / "hypscope"))
    p.add_argument("--qemu", default="qemu-system-aarch64")
    o = p.parse_args()
    if bool(o.image) == bool(o.kernel):
        p.error("give an image or --kernel")
    o.start = o.start or ((KERNEL_START, 1) if o.kernel else (None, 0))
    return o


def main():
    o = options()
    differs = False
    with tempfile.TemporaryDirectory() as work:
        ours, theirs, tree = commands(o, pathlib.Path(work))
        with subprocess.Popen(theirs, stdin=subprocess.DEVNULL) as qemu, \
                subprocess.Popen(ours, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 text=True, errors="replace") as hypscope:
            lockstep = Lockstep(Gdb(f"{work}/gdb"), o.strict, o.context)
            try:
                follow(o, hypscope.stderr, lockstep, tree)
            except Divergence as why:
                differs = True
                lockstep.tell(str(why))
            except (EOFError, ConnectionError):
                print("QEMU has ended.")
            finally:
                qemu.kill()
                hypscope.kill()
    if not differs:
        print(f"No difference in {lockstep.count} instructions.")
    for why, count in lockstep.forced.most_common():
        print(f"  allowed: {count} × {why}")
    if lockstep.interrupts:
        print(f"  left out: {lockstep.interrupts} interrupts with their handlers")
    sys.exit(differs)


if __name__ == "__main__":
    main()
