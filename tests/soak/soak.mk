# soak.mk - `make soak`: what takes longer than a test may, against a stack that runs. tests/README.md says how.
#
# SOAK=hostile,crash,uniform   the parts       SOAK_RUNS=1000   SOAK_MINUTES=10

SOAK ?= hostile,crash,uniform

soak: tests/node_modules/.stamp
	@node tests/soak/soak.mjs $(SOAK)

.PHONY: soak
