#!/usr/bin/env bash
# Wrong use ends with 2, an unusable file with 3, each with one sentence that names the thing.
source "$2/lib.sh"

usage() { # usage TEXT ARGUMENT...
	expect 2 "$@"
	sentence
}
unusable() {
	expect 3 "$@"
	sentence
}

usage "'bogus'" bogus
usage "hypscope run off.elf" off.elf
usage "'--bogus'" run --bogus
usage "'-x'" run -x
usage "z80.*max, cortex-a53, cortex-a57, cortex-a72, cortex-a76, neoverse-n1, neoverse-v1, neoverse-v2" run --cpu z80 off.elf
usage "smp needs a value" run --smp
usage "number, not 'many'" run --smp many off.elf
usage "1 to 64 cores" run --smp 65 off.elf
usage "size such as 512M" run --mem lots off.elf
usage "cortex-a72 has no pointer authentication" run --cpu cortex-a72 --pauth-impdef off.elf
usage "multiple of 1M" run --mem 1500K off.elf
usage "'7'\|EL1, EL2 or EL3" run --el 7 off.elf
usage "second image" run off.elf hi.elf
usage "stdio, file:FILE or null" run --serial modem off.elf
usage "'bogus'.*insn, mem, exc" trace --trace exc,bogus off.elf
usage "add --trace-file" trace --trace-format perfetto off.elf
usage "choose another --trace-format" trace --from off.elf --trace-format bin --trace-file out.bin
usage "quiet takes no value" run --quiet=yes off.elf
usage "does not belong to this verb" run --va 0x1000 off.elf
usage "port, 0 to 65535" run --gdb 65536 off.elf
usage "add --gdb" run --wait off.elf
usage "needs a file" run --disk ,ro off.elf
usage "'if=floppy'" run --disk off.elf,if=floppy off.elf
usage "if=nvme, ro" run --disk off.elf,if=scsi off.elf
usage "'rw'" run --disk off.elf,rw off.elf
usage "none or user" run --net tap off.elf
usage "hostfwd=tcp::2222-:22" run --net user,hostfwd=22 off.elf
usage "share what is typed" run --serial stdio --virtio-console stdio off.elf
usage "stdio, file:FILE or null" run --virtio-console modem off.elf
usage "legacy, modern" run --virtio-mmio ancient off.elf
usage "WIDTHxHEIGHT" gui --size 10x10 hello
usage "lab takes list" lab
usage "lab takes list" lab grade
usage "there is no lab '99'" lab show 99
usage "which lab" lab start
usage "takes page, starter" lab show 3 --part answers
usage "needs a hand-in" lab check
usage "there is no lab 'x'" lab check --lab x off.elf
usage "NAME=VALUE" decode
usage "NAME=VALUE" decode HCR_EL2
usage "NOSUCH_EL9" decode NOSUCH_EL9=1
usage "'0xzz'" decode HCR_EL2=0xzz
usage "NAME=VALUE" decode --json
usage "is not an option" decode --nosuch HCR_EL2=1
usage "needs a value" decode HCR_EL2=1 --html
usage "does not know 'blue'" decode --color blue HCR_EL2=1
usage "does not belong" run --html page.html off.elf
usage "takes an address" walk --va here off.elf
usage "exclude each other" walk --va 1 --ipa 1 off.elf
usage "no symbol" walk --at nowhere off.elf
usage "ended before its stop point" walk --at exit --quiet off.elf

unusable "missing.elf" run missing.elf
unusable "does not say which lab" lab check off.elf
unusable "there is no hand-in in it" lab check .
unusable "cannot be found" lab check nowhere
unusable "truncated.elf" run truncated.elf
unusable "header.elf" run header.elf
unusable "x86.elf" run x86.elf
unusable "huge.elf" run huge.elf
unusable "outside.elf" run outside.elf
unusable "empty.bin" run empty.bin
unusable "large.bin" run --mem 64M large.bin
unusable "missing.Image" run --kernel missing.Image
unusable "missing.img" run --disk missing.img off.elf
unusable "is no file" run --disk .,ro off.elf
unusable "empty.bin.*is empty" run --disk empty.bin off.elf
truncate -s 1000 odd.img
unusable "odd.img.*1000 bytes" run --disk odd.img off.elf
truncate -s 4096 twice.img
unusable "twice.img.*in use" run --disk twice.img --disk twice.img off.elf
expect 0 "" run --quiet --disk twice.img,ro --disk twice.img,snapshot off.elf
unusable "missing.dtb" run --kernel off.elf --dtb missing.dtb
unusable "missing.flash" run --flash missing.flash
unusable "missing.flash" run --kernel off.elf --flash1 missing.flash,rw
unusable "missing.flash" run --kernel off.elf --flash1 missing.flash,ro
unusable "no/such/folder" run --serial file:no/such/folder/log off.elf
unusable "no/such/folder" trace --trace-file no/such/folder/log off.elf
unusable "no/such/folder" run --dump-dtb no/such/folder/dtb off.elf

finish
