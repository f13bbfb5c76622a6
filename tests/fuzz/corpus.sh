#!/bin/sh
# corpus.sh DIR TARGET... - merges what fuzzing found into tests/fuzz/corpus/TARGET: only inputs that add
# coverage, and only small ones, so that the repository stays small.
set -eu

dir=$1
shift
for target in "$@"; do
	corpus=tests/fuzz/corpus/$target found=$dir/found/$target
	mkdir -p "$corpus" "$found"
	"$dir/$target" -merge=1 -max_len=2048 "$corpus" "$found" >"$dir/$target.merge.log" 2>&1
	echo "$target: $(find "$corpus" -type f | wc -l) inputs"
done
