# functions.mk - everything that is C: generated sources, the library, functions, fnd, the runner, unit tests.
#
# Nothing is listed: a new function is a directory, a new file a file. Included by the Makefile at the root.
#
#   make functions            all programs               make B=/tmp/b functions   into another directory
#   make SAN=1 unit           unit tests under ASan and UBSan, in build/san
#   make CC=clang functions   with clang                 make unit                 the unit tests

B ?= build
ifdef SAN
override B := $(if $(filter command line,$(origin B)),$(B),build/san)
endif
G := $(B)/gen

# Hardening as https://wiki.debian.org/Hardening lists it; FORTIFY needs the optimiser and disturbs ASan.
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPTIMISE := $(if $(SAN),-O1 $(SANITIZERS),-O2 -D_FORTIFY_SOURCE=2)
HARDEN_CC := -fstack-protector-strong -fstack-clash-protection -fPIE $(if $(filter x86_64,$(shell uname -m)),-fcf-protection)
HARDEN_LD := -pie -Wl,-z,relro,-z,now $(if $(SAN),$(SANITIZERS))
# Ours by quotes only: <jwt.h> is libjwt, "jwt.h" is functions/lib/io/jwt.h.
INCLUDES := $(addprefix -iquote functions/lib/,base yjs io runtime document fnd dispatch command) -iquote $(G)
PG_INCLUDE := -isystem $(shell pg_config --includedir 2>/dev/null)
C_FLAGS := -std=c11 -D_GNU_SOURCE -g $(OPTIMISE) -Wall -Wextra -Werror $(HARDEN_CC) $(INCLUDES) $(PG_INCLUDE) -MMD -MP $(CFLAGS)
L_FLAGS := $(HARDEN_LD) $(LDFLAGS)
# V=1 shows the commands.
Q := $(if $(V),,@)

LIBS := -lfcgi -lpq -lhiredis -ljansson -ljwt -lcurl -lsodium -lseccomp -lssl -lcrypto -lm
AS_NEEDED := -Wl,--as-needed

# Every directory of functions/ but lib/ that holds C is a function: one program, one socket.
FUNCTIONS := $(filter-out lib,$(sort $(notdir $(patsubst %/,%,$(dir $(wildcard functions/*/*.c))))))
o = $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(G)/%,$1)) $(patsubst $(G)/%.c,$(B)/obj/gen/%.o,$(filter $(G)/%,$1))
# The queries_<dir>.c that a directory's queries.sql becomes.
queries = $(if $(wildcard $1/queries.sql),$(G)/queries_$2.c)

# --- generated sources
GEN_IN := schemas/api.yaml $(wildcard schemas/gen/*.mjs functions/*/pool.conf \
	$(foreach d,functions/* functions/lib/* runner/daemon,$d/queries.sql $d/*.lua))
GEN_DIRS := $(sort $(dir $(wildcard functions/*/*.* functions/lib/*/*.* runner/daemon/*.*)))

schemas/node_modules/.stamp: schemas/package.json $(wildcard schemas/package-lock.json)
	cd schemas && npm ci --no-audit --no-fund --silent
	@touch $@

$(G)/.stamp: $(GEN_IN) $(GEN_DIRS) schemas/node_modules/.stamp
	@mkdir -p $(@D)
	node schemas/gen/all.mjs $(G)
	@touch $@

# The generators leave a file alone whose content is the same, so nothing is compiled in vain. A rule each: of one rule with
# several patterns make expects all files at once.
$(G)/%.c: $(G)/.stamp ;
$(G)/%.h: $(G)/.stamp ;
$(G)/%.json: $(G)/.stamp ;
$(G)/nginx/%.conf: $(G)/.stamp ;

gen: $(G)/.stamp

# --- objects
$(B)/obj/gen/%.o: $(G)/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) -c -o $@ $<

$(B)/obj/%.o: %.c | $(G)/.stamp
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) -c -o $@ $<

LIB_C := $(wildcard functions/lib/base/*.c functions/lib/io/*.c) \
	$(filter-out %/main.c,$(wildcard functions/lib/runtime/*.c)) \
	$(G)/api_types.c $(G)/openapi.c $(call queries,functions/lib/runtime,runtime)
$(B)/lib.a: $(call o,$(LIB_C))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# The document engine is apart, and so is reading a room's documents: only who includes a header of it is linked with it.
$(B)/yjs.a: $(call o,$(wildcard functions/lib/yjs/*.c))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
$(B)/document.a: $(call o,$(wildcard functions/lib/document/*.c) $(call queries,functions/lib/document,document))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
headers = $(foreach h,$(notdir $(wildcard functions/lib/$1/*.h)),-e '"$h"')
includes = $(if $(wildcard $2),$(shell grep -lF $(call headers,$1) $2 /dev/null))
yjs = $(if $(call includes,document,$1),$(B)/document.a $(B)/yjs.a,$(if $(call includes,yjs,$1),$(B)/yjs.a))

# --- programs
define function
$(B)/fn/$1: $(call o,$(wildcard functions/$1/*.c) functions/lib/runtime/main.c $(G)/routes_$1.c $(call queries,functions/$1,$1)) $(call yjs,$(wildcard functions/$1/*.[ch])) $(B)/lib.a
endef
$(foreach f,$(FUNCTIONS),$(eval $(call function,$f)))

# How many workers: functions/<name>/pool.conf; fnd reads it beside the program.
$(B)/fn/%.conf: functions/%/pool.conf
	@mkdir -p $(@D)
	@cp $< $@
PROGRAMS := $(addprefix $(B)/fn/,$(FUNCTIONS) $(patsubst functions/%/pool.conf,%.conf,$(wildcard functions/*/pool.conf)))
program = $(if $(wildcard $2),$(eval $(B)/bin/$1: $(call o,$(wildcard $2) $3) $(call yjs,$(wildcard $2 $(2:.c=.h))) $(B)/lib.a)$(eval PROGRAMS += $(B)/bin/$1))
$(call program,fnd,functions/lib/fnd/*.c)
$(call program,fn,functions/lib/command/*.c)
$(call program,dispatch,functions/lib/dispatch/*.c,$(G)/triggers.c $(call queries,functions/lib/dispatch,dispatch))
$(call program,yjs,functions/lib/yjs/cmd/*.c)
$(call program,lines,functions/lib/observe/lines/*.c)
$(call program,metrics,functions/lib/observe/*.c,$(call queries,functions/lib/observe,observe))
$(call program,runner,runner/daemon/*.c,runner/init/message.c $(call queries,runner/daemon,runner))

define link
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) $(L_FLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(AS_NEEDED) $(LIBS) $(MORE_LIBS)
endef
$(B)/fn/%:
	$(link)
$(B)/bin/%:
	$(link)
$(B)/test/%:
	$(link)

# The program inside the sandbox's container: static, since nothing of ours is in there, and never with ASan.
INIT_C := $(wildcard runner/init/*.c)
$(B)/bin/init: $(INIT_C) $(wildcard runner/init/*.h)
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -g -O2 -Wall -Wextra -Werror -Wno-missing-field-initializers -fstack-protector-strong -static -o $@ $(INIT_C) -lseccomp
PROGRAMS += $(if $(INIT_C),$(B)/bin/init)

# Which image each language wants: viva/<language>:<recipe>.
$(B)/recipes: $(shell find runner/languages -name node_modules -prune -o -type f -print 2>/dev/null)
	@mkdir -p $(@D)
	$(Q)runner/languages/build --recipes >$@.new
	@mv $@.new $@

functions: $(PROGRAMS) $(B)/recipes

# --- unit tests: tests/unit/<part>_<what>_test.c is a program. All libraries are linked; the files of a program are
# where <part> is its name: docs_segment_test.c may call what functions/docs has, fnd_ and runner_ likewise.
TESTS := $(patsubst tests/unit/%.c,$(B)/test/%,$(wildcard tests/unit/*_test.c))
part_dir = $(or $(wildcard functions/$1),$(filter %/fnd,functions/lib/$1),$(filter runner/daemon,$1/daemon))
part_c = $(if $1,$(filter-out %/main.c,$(wildcard $1/*.c)) $(call queries,$1,$2) $(if $(filter runner,$2),runner/init/message.c))
define test
$(B)/test/$1: $(call o,tests/unit/$1.c) $(B)/test/$2.a $(B)/document.a $(B)/yjs.a $(B)/lib.a
endef
define part
$(B)/test/$1.a: $(call o,$(call part_c,$(call part_dir,$1),$1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(Q)$(AR) rcs $$@ $$^
endef
part_of = $(firstword $(subst _, ,$1))
$(foreach t,$(notdir $(TESTS)),$(eval $(call test,$t,$(call part_of,$t))))
$(foreach p,$(sort $(foreach t,$(notdir $(TESTS)),$(call part_of,$t))),$(eval $(call part,$p)))
$(TESTS): MORE_LIBS := -lcmocka

# A function that does what it must not (tests/machine/confine.test.mjs); it is no part of any stack.
$(B)/test/misbehave: $(call o,tests/machine/misbehave.c functions/lib/runtime/main.c) $(B)/lib.a

# A function whose workers crash, hang, leak: tests/fnd has fnd serve it.
$(B)/test/bad: $(call o,tests/fnd/bad.c functions/lib/runtime/main.c) $(B)/lib.a

unit: $(TESTS)
	@failed=0; for t in $(TESTS); do $$t || failed=1; done; exit $$failed

.PHONY: functions gen unit
.SECONDARY:
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
