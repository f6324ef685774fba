# Made by tools/gen_docs.py: change src/cli/options.def instead. Source this file, or put it where bash-completion looks.
_hypscope() {
	local word=${COMP_WORDS[COMP_CWORD]}
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "run trace walk decode roms gui lab bench" -- "$word")
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "--cpu --pauth-impdef --smp --mem --el --secure --kernel --initrd --append --dtb --dump-dtb --flash --flash1 --no-acpi --no-reboot --disk --virtio-mmio --net --rng --rng-seed --virtio-console --gic-version --no-its --iommu --semihosting --serial --trace --trace-format --trace-file --from --timing --max-insns --save --load --timeout --quiet --json --summary --hash --gdb --wait --history --at --va --ipa --stream --iova --privileged --access-el --core --write --fetch --html --color --screenshot --dump-model --keys --size --zoom --theme --rows --reps --scale --vs --scaling --traced --junit --lab --part" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}
complete -o filenames -F _hypscope hypscope
