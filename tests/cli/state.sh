#!/usr/bin/env bash
# --save and --load: a run in two parts is the run in one; a file that is not that machine's, or not whole, is refused.
source "$2/lib.sh"

wrong() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# The hash, the instructions and the cycles in the summary of the last `expect`.
told() {
	python3 -c 'import json; s = json.load(open("err")); print(s["end"], s["insns"], s["cycles"], s["hash"])'
}

halves() { # halves INSNS ARGUMENT...: stopped after so many instructions, and continued
	local insns=$1 status=0
	shift
	"$hypscope" run --json --hash "$@" >whole 2>err </dev/null || status=$?
	told >whole.told
	expect 124 "" run --quiet --max-insns "$insns" --save half.state "$@"
	cp out first
	expect "$status" "" run --json --hash --load half.state "$@"
	told >rest.told
	cat first out | cmp - whole || wrong "the console of $*"
	cmp whole.told rest.told || wrong "the end of $*: $(cat whole.told rest.told)"
}

halves 300000 demo
halves 77777 --smp 4 demo
halves 5001 --cpu cortex-a72 hello
halves 60000 dma-attack
truncate -s 1M disk disk2
halves 150000 --rng --disk disk,if=nvme,snapshot --disk disk2,ro --virtio-console null demo

# As often as one likes; --max-insns counts from the load on.
expect 124 "" run --quiet --max-insns 100000 --save a.state demo
expect 124 "max-insns after 150000" run --load a.state --max-insns 50000 --save b.state demo
expect 124 "" run --quiet --max-insns 150000 --save c.state demo
cmp b.state c.state || wrong "a state that was reached in two parts is another one"

refused() { # refused TEXT ARGUMENT...
	local text=$1
	shift
	expect 3 "$text" run "$@"
	sentence
}
refused "missing: cannot be opened" --load missing demo
refused "off.elf: is no saved machine state" --load off.elf demo
: >empty
refused "empty: is no saved machine state" --load empty demo
refused "with smp=1, this one has smp=2" --load a.state --smp 2 demo
refused "with cpu=max, this one has cpu=cortex-a72" --load a.state --cpu cortex-a72 demo
refused "with images=[0-9a-f]*, this one has images=" --load a.state hello
refused "with virtio-pci0=virtio-rng.*; give\|without virtio-pci0\|without pci0\|this one has pci0" --load a.state --rng demo
expect 3 "nowhere/b: cannot be written" run --quiet --save nowhere/b hello
cp disk other
printf x | dd of=other conv=notrunc status=none
expect 124 "" run --quiet --max-insns 1000 --save d.state --disk disk demo
refused "with disk0=1048576 bytes,contents" --load d.state --disk other demo
size=$(stat -c %s a.state)
for keep in 8 15 16 17 100 1000 $((size / 2)) $((size - 5)) $((size - 1)); do
	head -c "$keep" a.state >short
	refused "short: is \(damaged, or was cut short\|no saved machine state\)" --load short demo
done
for at in 20 40 1000 $((size / 2)) $((size - 3)); do
	cp a.state broken
	printf '\xa5' | dd of=broken bs=1 seek="$at" conv=notrunc status=none
	cmp -s broken a.state && printf '\x5a' | dd of=broken bs=1 seek="$at" conv=notrunc status=none
	refused "broken: is damaged" --load broken demo
done
cp a.state long
echo >>long
refused "long: is damaged" --load long demo
cp a.state newer
printf '\x63' | dd of=newer bs=1 seek=8 conv=notrunc status=none
refused "newer: is a state of format 99" --load newer demo

finish
