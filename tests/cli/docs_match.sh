#!/usr/bin/env bash
# The man page and the completion are those that the option table gives, and --help knows every verb and option.
source "$2/lib.sh"
root=$here/../..

python3 "$root/tools/gen_docs.py" --check "$hypscope" || failures=1
expect 0 "usage: hypscope" --help
for word in run trace walk decode roms gui lab bench; do
	expect 0 "usage: hypscope $word" "$word" --help
done
expect 0 "hypscope [0-9]" --version
expect 0 "demo\|hello" roms

finish
