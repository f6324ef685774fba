# Sourced by the command-line tests: $1 is hypscope, $2 the folder of this one. Sets $work, a folder of its own.
set -euo pipefail
hypscope=$(realpath "$1")
here=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/make_images.py" "$work"
cd "$work"
failures=0

# expect STATUS TEXT ARGUMENT...: that exit status, and TEXT (a basic regular expression) somewhere in the output.
expect() {
	local want=$1 text=$2 got=0
	shift 2
	timeout 60 "$hypscope" "$@" >out 2>err </dev/null || got=$?
	if [ "$got" -ne "$want" ]; then
		echo "FAILED: hypscope $*: exit status $got, want $want"
		cat err
		failures=$((failures + 1))
	elif [ -n "$text" ] && ! cat out err | grep -q -e "$text"; then
		echo "FAILED: hypscope $*: no '$text' in"
		cat out err
		failures=$((failures + 1))
	fi
}

# sentence: stderr of the last `expect` is one line that begins with the program's name and ends with a full stop.
sentence() {
	if [ "$(wc -l <err)" -ne 1 ] || ! grep -q '^hypscope: .*[^.]\.$' err || [ -s out ]; then
		echo "FAILED: not one sentence on stderr, or something on stdout:"
		cat out err
		failures=$((failures + 1))
	fi
}

finish() {
	[ "$failures" -eq 0 ]
}
