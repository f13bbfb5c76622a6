# bench.mk - `make bench`: what we cost beside our peers. Sizes: tests/bench/bench.mjs.

BENCH := tests/bench

$(BENCH)/node_modules/.stamp: $(BENCH)/package.json $(BENCH)/package-lock.json
	cd $(BENCH) && npm ci --no-audit --no-fund --silent
	@touch $@

bench:
	@infra/machine/install run test
	@$(MAKE) --no-print-directory $(BENCH)/node_modules/.stamp tests/node_modules/.stamp
	@$(BENCH)/run
