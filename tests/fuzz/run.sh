#!/bin/sh
# run.sh DIR SECONDS TARGET - runs a target under libFuzzer for SECONDS and says in one line what it did.
#
# Seeds come from tests/fuzz/corpus/TARGET, new finds go to DIR/found/TARGET (`make fuzz-corpus` keeps the
# good ones), and an input that crashes, hangs or eats memory becomes a file in tests/fuzz/regression/TARGET:
# commit it with the repair, and `make test` replays it for ever.
set -eu

dir=$1 seconds=$2 target=$3
found=$dir/found/$target corpus=tests/fuzz/corpus/$target regression=tests/fuzz/regression/$target
log=$dir/$target.log

mkdir -p "$found" "$regression"
set -- "$found"
if [ -d "$corpus" ]; then set -- "$@" "$corpus"; fi
result=passed
"$dir/$target" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -malloc_limit_mb=512 \
	-max_len=65536 -print_final_stats=1 -artifact_prefix="$regression/" "$@" >"$log" 2>&1 || result=FAILED

stat()
{
	sed -n "s/^stat::$1: *//p" "$log"
}

cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
echo "$result $target: $(stat number_of_executed_units) inputs in $seconds s, ${cover:-0} edges covered," \
	"$(stat new_units_added) new, slowest $(stat slowest_unit_time_sec) s, $(stat peak_rss_mb) MB"
rmdir "$regression" 2>/dev/null || true
[ "$result" = passed ] && exit
grep -m 3 -E 'ERROR|runtime error|Test unit written' "$log" || tail -5 "$log"
echo "  the whole report: $log"
exit 1
