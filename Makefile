# Viva
#
# make              build everything, into build/
# make run          install what is missing, build, start a private stack, print a link     PORT=8080 VIVA_STATE=./.viva
# make test         install what is missing, run every test, print one line at the end
# make bench        measure us beside our peers; build/bench.json
# make soak         against a stack that runs: hostile programs by the thousand, everything killed   SOAK=hostile,crash,uniform
# make fuzz         every fuzzer for FUZZ_SECONDS (60) each
# make stop         ends a stack that runs in the background
# make status       what runs, and what is wrong in words
# make link         a new one-time link that signs the owner in
# make format       clang-format over the C sources
# make clean        remove build/ (the state of a stack stays)
#
# SAN=1 builds with ASan and UBSan into build/san; CC=clang works too.

.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:

include infra/machine/machine.mk
include functions/functions.mk
include nginx/app/provider/provider.mk
include tests/fuzz/fuzz.mk
include tests/bench/bench.mk
include tests/soak/soak.mk

all: functions app $(LANGUAGE_MODULES)
