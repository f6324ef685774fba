# Made by tools/gen_docs.py: change src/cli/options.def instead. Source this file, or put it where bash-completion looks.
_hypscope() {
	local word=${COMP_WORDS[COMP_CWORD]}
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "run trace walk decode roms gui lab bench" -- "$word")
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "--cpu --pauth-impdef --smp --mem --el --secure --kernel --initrd --append --dtb --dump-dtb --flash --flash1 --no-acpi --no-reboot --disk --virtio-mmio --net --rng --rng-seed --virtio-console --gic-version --no-its --iommu --semihosting --serial --trace --trace-format --trace-file --from --timing --max-insns --save --load --record --replay --timeout --quiet --json --summary --hash --gdb --wait --history --at --va --ipa --stream --iova --privileged --access-el --core --write --fetch --html --color --screenshot --dump-model --keys --size --zoom --theme --rows --reps --scale --vs --scaling --traced --junit --lab --part --labs" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -W "demo hello exitcost dma-attack errata-verbatim errata-h1 errata-h3-h4 errata-h4-fiq errata-h5 errata-h6 errata-h7 errata-v1 errata-v7 errata-s1 errata-s2-s3 errata-s3-noram errata-s4 errata-s5 errata-s9 errata-x2-x3 errata-x7 errata-r1 errata-r1x errata-r2 errata-r3 errata-g6 errata-g8 errata-g9 errata-p2 errata-p4 errata-p5 errata-q4" -- "$word")
	fi
}
complete -o filenames -F _hypscope hypscope
