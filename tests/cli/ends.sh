#!/usr/bin/env bash
# How a run can end, and what it says: the exit statuses of the contract.
source "$2/lib.sh"

expect 0 "power-off after" run off.elf
expect 42 "exit after" run --semihosting exit42.elf
expect 124 "max-insns after 1000 instructions" run --max-insns 1000 spin.elf
expect 0 "reset after 3 instructions" run --no-reboot reset.elf
expect 124 "max-insns after 30 instructions" run --max-insns 30 reset.elf
expect 124 "timeout after" run --timeout 1 spin.elf
expect 0 "no guest  *EL2 .* 3 instructions" run --quiet --summary off.elf
expect 0 "state hash 0x[0-9a-f]*$" run --quiet --hash off.elf
expect 124 "core 0 runs at 0x4[0-9a-f]* .*in EL2; masked: DAIF" run --max-insns 1000 spin.elf
expect 124 '"cores":.{"state":"runs","pc":"0x4' run --json --max-insns 1000 spin.elf
expect 124 "core 0 runs at 0x[0-9a-f]* <[a-z_0-9]*+\?.*> in EL" run --serial null --max-insns 300000 demo
expect 4 "stopped for good" run wfi.elf
expect 4 "core 0 waits for an interrupt (WFI) at 0x" run wfi.elf
expect 4 "deadlock after" run wfi.elf
expect 4 "stopped for good" run lockup.elf
expect 4 "EXCEPTION sync EL2 -> EL2.*Unknown reason" run lockup.elf

# The console is the guest's alone.
expect 0 "Hi" run --quiet hi.elf
[ "$(cat out)" = Hi ] && [ ! -s err ] || { echo "FAILED: --quiet lets more through than the console"; failures=1; }
expect 0 "" run --serial file:console --quiet hi.elf
[ "$(cat console)" = Hi ] && [ ! -s out ] || { echo "FAILED: --serial file:"; failures=1; }
expect 0 "" run --serial null --quiet hi.elf
[ ! -s out ] || { echo "FAILED: --serial null"; failures=1; }

# The summary for scripts is one line of JSON on stderr.
expect 0 '"end":"power-off"' run --json off.elf
python3 -c 'import json; s = json.load(open("err")); assert s["exit"] == 0 and s["insns"] == 3, s' || failures=1
expect 4 '"end":"deadlock"' run --json --quiet wfi.elf
python3 -c 'import json; s = json.load(open("err")); assert s["exit"] == 4 and s["why"], s' || failures=1

# The trace goes to stderr or to its file.
expect 0 "smc" trace --trace insn off.elf
expect 0 "" trace --trace all --trace-file trace --quiet off.elf
grep -q "smc *#0" trace && [ ! -s err ] || { echo "FAILED: --trace-file"; failures=1; }

# The device tree.
expect 0 "" run --dump-dtb tree.dtb off.elf
[ "$(od -An -N4 -tx1 tree.dtb | tr -d ' ')" = d00dfeed ] || { echo "FAILED: --dump-dtb"; failures=1; }

# By QEMU's options; a tree without an image, and without seeds.
qemu() { # qemu STATUS TEXT ARGUMENT...
	local hypscope=${hypscope%/*}/hypscope-system-aarch64
	expect "$@"
}
board=(-M virt,virtualization=on,gic-version=3 -cpu cortex-a72)
qemu 0 "^Hi$" "${board[@]}" -m 256 -nographic -kernel hi.elf
[ ! -s err ] || { echo "FAILED: QEMU's options: words on stderr"; failures=1; }
qemu 0 "" "${board[@]}" -no-reboot -kernel reset.elf
qemu 124 "" "${board[@]}" -kernel reset.elf --max-insns 30
qemu 0 "" "${board[@]}" -m 1024 -M virt,dtb-randomness=off,dumpdtb=bare.dtb
[ "$(od -An -N4 -tx1 bare.dtb | tr -d ' ')" = d00dfeed ] && ! grep -q "rng-seed" bare.dtb && grep -q rng-seed tree.dtb ||
	{ echo "FAILED: dumpdtb"; failures=1; }
# What -device loader brings: a raw image that starts, a number that is its instruction.
printf '\x00\x80\xb0\xd2\x00\x01\x80\xf2' >first.bin
qemu 0 "" "${board[@]}" -device loader,file=first.bin,addr=0x41000000,force-raw=on,cpu-num=0 \
	-device loader,addr=0x41000008,data=0xd4000003,data-len=4
qemu 0 "^Hi$" "${board[@]}" -device loader,file=hi.elf,cpu-num=0
qemu 2 "nothing to run" "${board[@]}" -device loader,file=hi.elf
qemu 3 "on off.elf" "${board[@]}" -kernel off.elf -device loader,file=first.bin,addr=0x40080004
qemu 3 "no memory for its 8 bytes" "${board[@]}" -kernel off.elf -device loader,file=first.bin,addr=0x3ffffffc
qemu 3 "says where it goes" "${board[@]}" -kernel off.elf -device loader,file=first.bin
qemu 3 "missing.bin" "${board[@]}" -kernel off.elf -device loader,file=missing.bin,addr=0x41000000
qemu 2 "core 1 cannot be started" "${board[@]}" -smp 2 -device loader,file=hi.elf,cpu-num=1
qemu 2 "'-frob'" "${board[@]}" -frob
qemu 0 "usage: hypscope-system-aarch64" --help
qemu 0 "hypscope [0-9]" -version

# A short image is a benchmark too.
expect 0 "million/s" bench off.elf
expect 0 '"insns":3,' bench --json off.elf
expect 3 "does not end by a power-off" bench wfi.elf

finish
