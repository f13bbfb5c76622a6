# Fuzzing. Every tests/fuzz/<name>.c with an LLVMFuzzerTestOneInput is a target; nothing lists them.
#
# make fuzz           every target under libFuzzer for FUZZ_SECONDS (60) each; FUZZ="yjs_sv yjs_sync" for some of them,
#                     FUZZ_JOBS=2 for two at a time
# make fuzz-afl       the same under AFL++
# make fuzz-replay    builds the replay programs that `make test` runs (tests/fuzz/replay.test.mjs)
# make fuzz-plain     the same without sanitizers, for valgrind (tests/fuzz/valgrind.test.mjs)
# make fuzz-corpus    keeps what the last of these found that adds coverage: tests/fuzz/corpus/<name>
#
# An hour of the engine:  make fuzz fuzz-afl FUZZ_SECONDS=3600 FUZZ="$(cd tests/fuzz && basename -s .c yjs_*.c)"
#
# A target is built against base, yjs and lib/ (structure-aware mutators: lib/mutate.h), or includes the file it is
# about; one that needs more says so here:
#   FUZZ_MORE_<name> := a.c b.c      FUZZ_LIBS_<name> := -lx

FUZZ_SECONDS ?= 60
FUZZ_JOBS ?= 1
FUZZ ?= $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
FUZZ_DIR := $(B)/fuzz
FUZZ_LIB := $(wildcard functions/lib/base/*.c functions/lib/yjs/*.c tests/fuzz/lib/*.c)
FUZZ_FLAGS := -std=c11 -D_GNU_SOURCE -g -O1 -MMD -MP -fno-omit-frame-pointer -Wall -Wextra \
	$(INCLUDES) -iquote tests/fuzz/lib
FUZZ_SAN := address,undefined -fno-sanitize-recover=all
FUZZ_LIBS := -lm

FUZZ_JSON := functions/lib/io/shape.c functions/lib/io/shape_encode.c
FUZZ_MORE_api_json := $(FUZZ_JSON) $(G)/api_types.c
FUZZ_LIBS_api_json := -ljansson
FUZZ_MORE_request_head := $(FUZZ_JSON)
FUZZ_LIBS_request_head := -lfcgi -ljansson
FUZZ_MORE_fastcgi_wire := $(FUZZ_JSON)
FUZZ_LIBS_fastcgi_wire := -lfcgi -ljansson
FUZZ_MORE_request_cookies := $(FUZZ_JSON) functions/lib/io/jwt.c functions/lib/io/digest.c
FUZZ_LIBS_request_cookies := -lfcgi -ljwt -ljansson -lcrypto
FUZZ_LIBS_runner_manifest := -ljansson
FUZZ_MORE_runner_cache := functions/lib/io/digest.c
FUZZ_LIBS_runner_cache := -lsodium -lcrypto
FUZZ_MORE_jwt_token := functions/lib/io/jwt.c
FUZZ_LIBS_jwt_token := -ljwt -ljansson -lcrypto

.PHONY: fuzz fuzz-afl fuzz-plain fuzz-replay fuzz-corpus fuzz-packages
fuzz: $(FUZZ:%=$(FUZZ_DIR)/%)
	@printf '%s\n' $(FUZZ) | xargs -P $(FUZZ_JOBS) -n 1 sh tests/fuzz/run.sh $(FUZZ_DIR) $(FUZZ_SECONDS)

fuzz-afl: $(FUZZ:%=$(FUZZ_DIR)/afl-%)
	@printf '%s\n' $(FUZZ) | xargs -P $(FUZZ_JOBS) -n 1 sh tests/fuzz/afl.sh $(FUZZ_DIR) $(FUZZ_SECONDS)

fuzz-replay: $(FUZZ:%=$(FUZZ_DIR)/replay-%)

fuzz-plain: $(FUZZ:%=$(FUZZ_DIR)/plain-%)

fuzz-corpus: $(FUZZ:%=$(FUZZ_DIR)/%)
	@sh tests/fuzz/corpus.sh $(FUZZ_DIR) $(FUZZ)

# The library is compiled once for each of the two, then linked to every target.
fuzz-packages:
	@infra/machine/install run fuzz

$(FUZZ_DIR)/obj/%.o: %.c | fuzz-packages $(G)/.stamp
	@mkdir -p $(@D)
	clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,$(FUZZ_SAN) -c -o $@ $<

$(FUZZ_DIR)/obj-replay/%.o: %.c | $(G)/.stamp
	@mkdir -p $(@D)
	gcc $(FUZZ_FLAGS) -fsanitize=$(FUZZ_SAN) -c -o $@ $<

# AFL++'s compiler takes libFuzzer's entry point and runs it in one process, from shared memory. Its sanitizers are
# chosen by the environment. A mutator is loaded by afl-fuzz itself, so it is compiled without any of that.
AFL_CC := AFL_QUIET=1 AFL_USE_ASAN=1 AFL_USE_UBSAN=1 afl-clang-fast
$(FUZZ_DIR)/obj-afl/%.o: %.c | fuzz-packages $(G)/.stamp
	@mkdir -p $(@D)
	$(AFL_CC) $(FUZZ_FLAGS) -c -o $@ $<

$(FUZZ_DIR)/obj-plain/%.o: %.c | $(G)/.stamp
	@mkdir -p $(@D)
	$(CC) $(FUZZ_FLAGS) -fPIC -c -o $@ $<

$(FUZZ_DIR)/lib-afl.a: $(FUZZ_LIB:%.c=$(FUZZ_DIR)/obj-afl/%.o)
$(FUZZ_DIR)/lib-plain.a: $(FUZZ_LIB:%.c=$(FUZZ_DIR)/obj-plain/%.o)
$(FUZZ_DIR)/lib.a: $(FUZZ_LIB:%.c=$(FUZZ_DIR)/obj/%.o)
$(FUZZ_DIR)/lib-replay.a: $(FUZZ_LIB:%.c=$(FUZZ_DIR)/obj-replay/%.o)
$(addprefix $(FUZZ_DIR)/lib,.a -replay.a -afl.a -plain.a):
	@rm -f $@
	$(AR) rcs $@ $^

.SECONDEXPANSION:
$(FUZZ_DIR)/replay-%: $(FUZZ_DIR)/obj-replay/tests/fuzz/%.o $(FUZZ_DIR)/obj-replay/tests/fuzz/replay.o \
	$$(addprefix $(FUZZ_DIR)/obj-replay/,$$(addsuffix .o,$$(basename $$(FUZZ_MORE_$$*)))) $(FUZZ_DIR)/lib-replay.a
	gcc -fsanitize=$(FUZZ_SAN) -o $@ $^ $(FUZZ_LIBS) $(FUZZ_LIBS_$*)

$(FUZZ_DIR)/plain-%: $(FUZZ_DIR)/obj-plain/tests/fuzz/%.o $(FUZZ_DIR)/obj-plain/tests/fuzz/replay.o \
	$$(addprefix $(FUZZ_DIR)/obj-plain/,$$(addsuffix .o,$$(basename $$(FUZZ_MORE_$$*)))) $(FUZZ_DIR)/lib-plain.a
	$(CC) -o $@ $^ $(FUZZ_LIBS) $(FUZZ_LIBS_$*)

$(FUZZ_DIR)/afl-%: $(FUZZ_DIR)/obj-afl/tests/fuzz/%.o \
	$$(addprefix $(FUZZ_DIR)/obj-afl/,$$(addsuffix .o,$$(basename $$(FUZZ_MORE_$$*)))) $(FUZZ_DIR)/lib-afl.a \
	$$(if $$(shell grep -l ^MUTATES tests/fuzz/$$*.c),$$(FUZZ_DIR)/mutator-$$*.so)
	$(AFL_CC) -fsanitize=fuzzer -o $@ $(filter-out %.so,$^) $(FUZZ_LIBS) $(FUZZ_LIBS_$*)

$(FUZZ_DIR)/mutator-%.so: $(FUZZ_DIR)/obj-plain/tests/fuzz/%.o $(FUZZ_DIR)/obj-plain/tests/fuzz/lib/afl.o \
	$(FUZZ_DIR)/lib-plain.a
	$(CC) -shared -o $@ $^ $(FUZZ_LIBS)

$(FUZZ_DIR)/%: $(FUZZ_DIR)/obj/tests/fuzz/%.o \
	$$(addprefix $(FUZZ_DIR)/obj/,$$(addsuffix .o,$$(basename $$(FUZZ_MORE_$$*)))) $(FUZZ_DIR)/lib.a
	clang -fsanitize=fuzzer,$(FUZZ_SAN) -o $@ $^ $(FUZZ_LIBS) $(FUZZ_LIBS_$*)

-include $(shell find $(FUZZ_DIR) -name '*.d' 2>/dev/null)
