#!/usr/bin/env bash
# Two runs give the same trace, to the byte; and the trace says what a reader looks for. $3: instructions to trace.
source "$2/lib.sh"

same() { # same ARGUMENT...: trace twice into a checksum
	local a b
	a=$("$hypscope" run "$@" --quiet --trace all --trace-file >(cksum) </dev/null 2>&1 >/dev/null | cat) || true
	b=$("$hypscope" run "$@" --quiet --trace all --trace-file >(cksum) </dev/null 2>&1 >/dev/null | cat) || true
	echo "$* : $a"
	if [ -z "$a" ] || [ "$a" != "$b" ]; then
		echo "FAILED: two traces of $* differ: $a, $b"
		failures=$((failures + 1))
	fi
}

same hello
same demo --max-insns "$3"
same demo --smp 2 --max-insns "$3"

# The words of hello's trace.
expect 0 "" trace --trace all --trace-file log --quiet hello
for text in 'msr HCR_EL2 0x[08]* -> 0x8448603f .*VM 0->1' 'EXCEPTION sync EL1 -> EL2, VBAR_EL2+0x400 .*HVC #42' \
	'ERET EL2 -> EL1 at 0x40000000' 'stage 2 L2  IPA\[29:21\]=0  at PA 0x50001000: 0x00000000480007fd  block' \
	'tlb fill VA 0x40000000 -> 0x48000000, EL1&0 VMID 1 global' 'mmio write 4 uart PA 0x9000000' 'hvc #0x2a'; do
	grep -q "$text" log || { echo "FAILED: no '$text' in the trace of hello"; failures=$((failures + 1)); }
done

# A walk stopped at a symbol's address, at an exit, at an address; stage 2 alone; another access.
expect 0 "HVC #42" walk --at exit hello
expect 0 "result       VA 0x40000000 -> IPA 0x40000000 -> PA 0x48000000" walk --at exit --va 0x40000000 hello
expect 0 "stage 2 Translation fault, level 1" walk --at exit --ipa 0x80000000 --write hello
expect 0 "HPFAR_EL2    0x800000  IPA page 0x80000000" walk --at exit --ipa 0x80000000 hello
expect 0 "EL2 regime" walk --at exit --va 0x40080000 --access-el 2 hello

# A device's access: at its event, by its options, at the end; what cannot be.
expect 0 "fault        input 0x4a001000: stage 2 Translation fault, level 2" walk --at dma-fault demo
expect 0 "S2VMID       0x1" walk --stream 0x100 demo
expect 0 "result       IOVA 0x40003010 -> PA 0x48003010 (translated)" walk --at end --stream 01:00.0 --iova 0x40003010 --write demo
expect 0 "fault        STE: V = 0" walk --at end --stream 0x101 --iova 0 demo
expect 0 "event        C_BAD_SUBSTREAMID" walk --at end --stream 0x100 --iova 0,ssid=3 demo
expect 0 "event        none: SMMU_CR2.RECINVSID=0" walk --at end --stream 0x10000 --iova 0 demo
expect 0 "SMMU_GBPA.ABORT=0: everything passes" walk --at exit --stream 0x100 --iova 0x40003000 hello
expect 2 "the run ended before its stop point (dma-fault)" walk --stream 0x100 hello
expect 2 "needs both --stream and --iova" walk --at exit --stream 0x100 hello
expect 2 "stream takes a stream ID" walk --stream 00:20.0 hello
expect 2 "iova takes an address" walk --iova 0x1000,asid=1 hello
expect 2 "explain a device's access" walk --stream 1 --va 0x1000 hello

# What is stale: the STE between its change and CMD_CFGI_STE. The pages change with the ROM, the words do not.
at="walk --at smmu_forget_ste --stream 0x100"
expect 0 "stale        the STE that rules is cached; memory says Config 0x6 -> 0x4" $at --iova 0x50000018 --write dma-attack
expect 0 "afterwards   bypass to PA 0x50000018" $at --iova 0x50000018 --write dma-attack
expect 0 "fault        input 0x50000018: stage 2 Translation fault" $at --iova 0x50000018 dma-attack
expect 0 "translated, by a TLB entry" $at --iova 0x40003000 dma-attack
expect 0 "result       IOVA 0x50000018 -> PA 0x50000018 (bypass)" walk --at use_window --stream 0x100 --iova 0x50000018 dma-attack

finish
