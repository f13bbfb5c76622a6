# provider.mk - the provider's TypeScript becomes JavaScript that the app and Node's tests import.

PROVIDER := nginx/app/provider

$(PROVIDER)/dist/.stamp: $(wildcard $(PROVIDER)/src/*.ts) $(PROVIDER)/tsconfig.json nginx/app/node_modules/.stamp
	cd $(PROVIDER) && ../node_modules/.bin/tsc -p .
	@touch $@

provider: $(PROVIDER)/dist/.stamp
build/app/.stamp: $(PROVIDER)/dist/.stamp

.PHONY: provider
