#!/bin/sh
# corpus.sh DIR TARGET... - merges what fuzzing found into tests/fuzz/corpus/TARGET: only inputs that reach
# code which none before reached (how often does not count), and only small ones, so that the repository stays small.
set -eu

dir=$1
shift
for target in "$@"; do
	corpus=tests/fuzz/corpus/$target found=$dir/found/$target
	mkdir -p "$corpus" "$found"
	"$dir/$target" -merge=1 -use_counters=0 -max_len=1024 "$corpus" "$found" >"$dir/$target.merge.log" 2>&1
	echo "$target: $(find "$corpus" -type f | wc -l) inputs"
done
