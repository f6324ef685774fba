#!/usr/bin/env bash
# The text made from a binary trace is the text trace of the same run, to the byte. $3: instructions to trace.
source "$2/lib.sh"

check() { # check WHAT: of the last command
	echo "FAILED: $*"
	failures=$((failures + 1))
}

same() { # same LIST ARGUMENT...
	local list=$1
	shift
	"$hypscope" run "$@" --quiet --trace all --trace-format bin --trace-file t.bin </dev/null >/dev/null 2>&1 || true
	"$hypscope" run "$@" --quiet --trace "$list" --trace-file t.text </dev/null >/dev/null 2>&1 || true
	expect 0 "" trace --from t.bin --trace "$list" --trace-file again.text
	[ -s t.text ] || check "no text for $*"
	cmp t.text again.text || check "$list of $* differs"
}

# So that the text stays small: a part of what the run would take.
some=$(($3 / 10))
same all hello
same all demo --max-insns "$some"
same all demo --smp 2 --max-insns "$some"
same all exitcost --max-insns "$some"
same exc,hyp demo
same walk,tlb,sysreg demo --max-insns "$3"
same gic,smmu,mem demo --max-insns "$3"

# Compact: at most 16 bytes an instruction.
"$hypscope" run demo --quiet --max-insns "$some" --trace all --trace-format bin --trace-file t.bin </dev/null >/dev/null 2>&1 || true
[ "$(stat -c %s t.bin)" -le $((16 * some)) ] || check "$(stat -c %s t.bin) bytes for $some instructions"

# What is not a whole trace is refused with one sentence.
"$hypscope" run hello --quiet --trace exc --trace-format bin --trace-file exc.bin </dev/null >/dev/null 2>&1
"$hypscope" run hello --quiet --trace all --trace-format bin --trace-file t.bin </dev/null >/dev/null 2>&1
size=$(stat -c %s t.bin)
refused() { # refused TEXT FILE [ARGUMENT...]: the text made so far goes elsewhere
	local text=$1
	shift
	expect 3 "$text" trace --trace-file part.text --from "$@"
	sentence
}
refused "missing.bin" missing.bin
refused "exc.bin does not hold" exc.bin --trace insn
: >empty
refused "empty: not a binary trace" empty
refused "off.elf: not a binary trace" off.elf
for keep in 20 24 28 1000 $((size - 8)) $((size - 1)); do
	head -c "$keep" t.bin >short
	refused "short: the trace ends too early" short
done
for at in 20 24 28 1000 $((size / 2)) $((size - 9)) $((size - 4)); do
	cp t.bin broken
	printf '\xa5' | dd of=broken bs=1 seek="$at" conv=notrunc status=none
	cmp -s broken t.bin && printf '\x5a' | dd of=broken bs=1 seek="$at" conv=notrunc status=none
	refused "broken: the trace \(is damaged\|ends too early\)" broken
done
cp t.bin long
echo >>long
refused "long: the trace is damaged" long
cp t.bin newer
printf '\x7f' | dd of=newer bs=1 seek=8 conv=notrunc status=none
refused "version 127" newer

expect 2 "trace-file" run --trace all --trace-format bin hello
sentence
expect 2 "leave 'hello' out" trace --from t.bin hello
sentence

finish
