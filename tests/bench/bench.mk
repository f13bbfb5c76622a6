# bench.mk - `make bench`: what we cost beside our peers. Sizes: tests/bench/bench.mjs.

BENCH := tests/bench
BF := $(BENCH)/functions
BB := $(B)/bench

$(BENCH)/node_modules/.stamp: $(BENCH)/package.json $(BENCH)/package-lock.json
	cd $(BENCH) && npm ci --no-audit --no-fund --silent
	@touch $@

# A function that is no part of the product: the peers' work on our runtime, from an api.yaml of its own.
$(BB)/gen/.stamp: $(BF)/api.yaml $(BF)/gen.mjs $(BF)/bench/queries.sql $(G)/.stamp
	@mkdir -p $(@D)
	node $(BF)/gen.mjs $(@D)
	@touch $@
BENCH_C := $(wildcard $(BF)/bench/*.c) functions/lib/runtime/main.c
BENCH_GEN := $(addprefix $(BB)/gen/,api_types.c routes_bench.c queries_bench.c)
$(BENCH_GEN): $(BB)/gen/.stamp ;
$(BB)/fn/bench: $(BENCH_C) $(BENCH_GEN) $(G)/queries_runtime.h $(B)/lib.a $(BF)/bench/pool.conf
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) -iquote $(BB)/gen $(C_FLAGS) $(L_FLAGS) -o $@ $(BENCH_C) $(BENCH_GEN) $(B)/lib.a $(AS_NEEDED) $(LIBS)
	@cp $(BF)/bench/pool.conf $@.conf
$(BB)/raw: $(BF)/peers/raw.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) $(L_FLAGS) -o $@ $< -lfcgi

bench-functions: $(BB)/fn/bench $(BB)/raw $(B)/bin/fnd

bench:
	@infra/machine/install run test bench
	@$(MAKE) --no-print-directory $(BENCH)/node_modules/.stamp tests/node_modules/.stamp bench-functions
	@$(BENCH)/run

.PHONY: bench-functions
