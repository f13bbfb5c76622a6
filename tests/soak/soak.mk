# soak.mk - `make soak`: what takes longer than a test may, against a stack that runs. tests/README.md says how.
#
# SOAK=hostile,crash,uniform,contract   the parts       SOAK_RUNS=1000   SOAK_MINUTES=10

SOAK ?= hostile,crash,uniform,contract

soak: tests/node_modules/.stamp
	@node tests/soak/soak.mjs $(SOAK)

# N requests of every kind that api.yaml knows, VIVA_SEED draws them again: none may be answered by 5xx.
N ?= 100000
contract-fuzz: tests/node_modules/.stamp
	@CONTRACT_REQUESTS=$(N) node tests/soak/soak.mjs contract

.PHONY: soak contract-fuzz
