#!/usr/bin/env bash
# Mark a class: every folder of HANDINS is one student, with files that have labs' names. A report for each goes to OUT.
#
#	tools/mark_labs.sh HANDINS OUT [JOBS]		with GNU parallel, JOBS at once (default: the cores)
#	sbatch --array=1-20 tools/mark_labs.sh HANDINS OUT	as a Slurm job array: each task marks its share
#
# HYPSCOPE names the program (default: build/hypscope beside this script's folder, else the one in PATH). At most 200 s go to
# one student. OUT/STUDENT.xml is JUnit's, OUT/STUDENT.txt is for the student; tools/lab_marks.py OUT makes the table.
set -euo pipefail
if [ $# -lt 2 ]; then
	sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
handins=$(realpath "$1") out=$2
mkdir -p "$out"
out=$(realpath "$out")
# Slurm runs a copy of the script from its own folder: the submission's folder is then the place to look from.
tree=${SLURM_SUBMIT_DIR:-$(dirname "$(realpath "$0")")/..}
if [ -z "${HYPSCOPE:-}" ]; then
	HYPSCOPE=$tree/build/hypscope
	[ -x "$HYPSCOPE" ] || HYPSCOPE=$(command -v hypscope)
fi
export HYPSCOPE

mark() { # mark FOLDER OUT: what went wrong is in the report, and does not stop the others
	local student status=0
	student=$(basename "$1")
	timeout 200 "$HYPSCOPE" lab check "$1" --junit "$2/$student.xml" >"$2/$student.txt" 2>&1 || status=$?
	echo "$student: status $status"
}
export -f mark

students() {
	find "$handins" -mindepth 1 -maxdepth 1 -type d -print0 | sort -z
}

if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
	first=${SLURM_ARRAY_TASK_MIN:-1} count=${SLURM_ARRAY_TASK_COUNT:-1} number=0
	while IFS= read -r -d '' folder; do
		if [ $((number % count)) -eq $((SLURM_ARRAY_TASK_ID - first)) ]; then
			mark "$folder" "$out"
		fi
		number=$((number + 1))
	done < <(students)
else
	students | parallel --null --jobs "${3:-$(nproc)}" mark {} "$out"
fi
