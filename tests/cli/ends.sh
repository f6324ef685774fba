#!/usr/bin/env bash
# How a run can end, and what it says: the exit statuses of the contract.
source "$2/lib.sh"

expect 0 "power-off after" run off.elf
expect 42 "exit after" run --semihosting exit42.elf
expect 124 "max-insns after 1000 instructions" run --max-insns 1000 spin.elf
expect 0 "reset after 3 instructions" run --no-reboot reset.elf
expect 124 "max-insns after 30 instructions" run --max-insns 30 reset.elf
expect 124 "timeout after" run --timeout 1 spin.elf
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

# A short image is a benchmark too.
expect 0 "million/s" bench off.elf
expect 0 '"insns":3,' bench --json off.elf
expect 3 "does not end by a power-off" bench wfi.elf

finish
