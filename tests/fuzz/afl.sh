#!/bin/sh
# afl.sh DIR SECONDS TARGET - runs a target under AFL++ for SECONDS and says in one line what it did.
#
# As run.sh: seeds from tests/fuzz/corpus/TARGET, finds to DIR/found/TARGET, crashes and hangs to
# tests/fuzz/regression/TARGET. A target with a mutator of its own (MUTATES) has it beside AFL++'s.
set -eu

dir=$1 seconds=$2 target=$3
out=$dir/afl/$target found=$dir/found/$target regression=tests/fuzz/regression/$target

# It runs as well without these comforts of a machine that does nothing else.
export AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1
export AFL_AUTORESUME=1 AFL_IGNORE_SEED_PROBLEMS=1
if [ -e "$dir/mutator-$target.so" ]; then
	AFL_CUSTOM_MUTATOR_LIBRARY=$(realpath "$dir/mutator-$target.so")
	export AFL_CUSTOM_MUTATOR_LIBRARY
fi
mkdir -p "$out" "$found"
afl-fuzz -V "$seconds" -m none -t 5000 -G 65536 -i "tests/fuzz/corpus/$target" -o "$out" -- "$dir/afl-$target" \
	>"$dir/afl-$target.log" 2>&1 || { tail -5 "$dir/afl-$target.log"; exit 1; }

stat()
{
	sed -n "s/^$1 *: *//p" "$out/default/fuzzer_stats"
}

# What crashed or hung, under a name of its own.
keep()
{
	find "$out/default/$1" -type f -name 'id:*' | while read -r file; do
		mkdir -p "$regression"
		cp "$file" "$regression/afl-$2-$(sha1sum <"$file" | cut -c 1-16)"
	done
}

find "$out/default/queue" -type f -name 'id:*' | while read -r file; do
	cp "$file" "$found/$(sha1sum <"$file" | cut -c 1-40)"
done
keep crashes crash
keep hangs hang
bad=$(($(stat saved_crashes) + $(stat saved_hangs)))
result=passed
[ "$bad" -eq 0 ] || result=FAILED
echo "$result afl $target: $(stat execs_done) inputs in $(stat run_time) s, $(stat edges_found) edges covered," \
	"$(stat corpus_found) new, $(stat saved_crashes) crashes, $(stat saved_hangs) hangs"
[ "$bad" -eq 0 ]
