# Two commands are enough: `make up` and `make test`. Needed on the machine: Python 3.11 or newer, and make.
PYTHON     ?= python3
UV_VERSION := 0.13.9
TOOLS      := .tools
UV         := $(TOOLS)/bin/uv
PIP        := pip install --quiet --disable-pip-version-check
BIN        := .venv/bin
SYNCED     := .venv/.synced
NODE       := tests/clients tests/contract tests/forms
PACKAGES   := $(NODE:%=%/node_modules/.package-lock.json)
GENERATOR  := .tools/clients/.synced
FUZZ       := .tools/fuzz/.synced
CONTRACT   := tests/contract/node_modules/.package-lock.json
MEMBERS    := $(wildcard gateway/pyproject.toml svc-*/pyproject.toml libs/*/pyproject.toml)
# never imported by a process of the hub, and half of all there is to compile
UNCOMPILED := /(phonenumbers/[a-z]*data|pygments/lexers|fontTools|mypyc?|playwright|setuptools)/

.DEFAULT_GOAL := help
.PHONY: help up down reset status demo test check lock check-lock contract contract-lint contract-diff contract-release tools clients fuzz bench install

help:  ## What can be asked for
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

up: $(SYNCED)  ## Start the whole hub with demo data (DETACH=1 returns when everything is ready)
	@$(BIN)/hub up $(if $(DETACH),--detach)

down:  ## Stop the hub; the data stays
	@test ! -x $(BIN)/hub || $(BIN)/hub down

reset: down  ## Empty the hub: all data in var/ goes
	@test ! -x $(BIN)/hub || $(BIN)/hub reset $(if $(YES),--yes)

status: $(SYNCED)  ## Each process, its health, memory and what waits
	@$(BIN)/hub status

demo: $(SYNCED)  ## A person's journey through the running hub, each step with its time
	@$(BIN)/hub demo

test: $(SYNCED) $(GENERATOR) $(if $(shell command -v npm),$(PACKAGES))  ## All tests, on real PostgreSQL and NATS
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -q

check: $(SYNCED) check-lock $(if $(shell command -v npm),$(CONTRACT))  ## Lint, types, import walls, dependencies, contracts
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@for member in $(dir $(MEMBERS)); do $(BIN)/mypy --no-error-summary $${member}src || exit 1; done
	@$(BIN)/lint-imports --no-cache --no-logo
	@for member in $(dir $(MEMBERS)); do (cd $$member && $(CURDIR)/$(BIN)/deptry --no-ansi src) || exit 1; done
	@$(BIN)/python -m pytest -q tests/walls svc-*/tests/test_contract.py
	@if test -e $(CONTRACT); then $(BIN)/python -m pytest -q tests/contract/test_release.py -k last_release; \
	else echo "skipped, without npm: the contract against its last release"; fi

contract: $(SYNCED)  ## Write every service's contract/ anew from its code
	@HUB_CONTRACT=write $(BIN)/python -m pytest -q svc-*/tests/test_contract.py tests/walls/test_events.py

contract-lint: $(SYNCED) $(CONTRACT)  ## Spectral and Redocly over every document (ONLY=catalog for one)
	@$(BIN)/python -m pytest -q tests/contract/test_lint.py $(if $(ONLY),-k $(ONLY))

contract-diff: $(SYNCED) $(CONTRACT)  ## What changed since the last release of the contract; fails on what breaks
	@$(BIN)/python tests/contract/release.py diff

contract-release: $(SYNCED) $(CONTRACT)  ## Make what there is the release VERSION=1.1.0, with its change log
	@$(BIN)/python tests/contract/release.py release $(VERSION)

tools: $(CONTRACT) $(GENERATOR)  ## Install what reads the contract (linters, generators): needs npm

clients: tools  ## Make the Python and the TypeScript client in clients/out (FROM=file or address of a contract)
	@$(BIN)/python clients/make.py $(if $(FROM),--contract $(FROM))

fuzz: $(SYNCED) $(FUZZ)  ## Made-up requests (schemathesis, every check) against a hub of its own; SECONDS=60 for each person
	@HUB_GATEWAY_RATE_SCALE=1000 $(BIN)/hub up --detach --var var/fuzz --port-base 20680 >/dev/null; \
	$(BIN)/python tests/contract/fuzz/fuzz.py --var var/fuzz --seconds $(or $(SECONDS),60); status=$$?; \
	$(BIN)/hub down --var var/fuzz; exit $$status

bench: $(SYNCED)  ## Every benchmark, one after the other, on servers of their own
	@$(BIN)/python tests/bench/bench_events.py
	@$(BIN)/python tests/bench/bench_gateway.py
	@$(BIN)/python tests/bench/bench_catalog.py
	@$(BIN)/python tests/bench/bench_availability.py
	@$(BIN)/python tests/bench/bench_booking.py
	@$(BIN)/python tests/bench/bench_documents.py
	@$(BIN)/python tests/bench/bench_seals.py
	@$(BIN)/python tests/bench/bench_ledger.py --entries 100000
	@$(BIN)/python tests/bench/bench_histories.py
	@$(BIN)/python tests/bench/bench_orders.py
	@$(BIN)/python tests/bench/bench_notify.py --bulk 100000
	@$(BIN)/python tests/bench/bench_feed.py
	@$(BIN)/python tests/bench/bench_webhooks.py
	@HUB_GATEWAY_RATE_SCALE=1000 $(BIN)/hub up --detach --var var/bench --port-base 20080 >/dev/null; \
	$(BIN)/python tests/bench/bench_identity.py --var var/bench && \
	$(BIN)/python tests/bench/bench_petitions.py --var var/bench && \
	$(BIN)/python tests/bench/bench_certificates.py --var var/bench; status=$$?; \
	$(BIN)/hub down --var var/bench; exit $$status

install: $(SYNCED)  ## Install everything into .venv (nothing outside this folder)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, found: $$($(PYTHON) -V)"; exit 1; }
	@echo "installing uv $(UV_VERSION) into $(TOOLS)/"
	@$(PYTHON) -m $(PIP) --upgrade --target $(TOOLS) uv==$(UV_VERSION) 2>/dev/null || { \
		$(PYTHON) -m venv $(TOOLS) && $(TOOLS)/bin/python -m $(PIP) uv==$(UV_VERSION); }

$(SYNCED): requirements.lock $(MEMBERS) | $(UV)
	@echo "installing into .venv"
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON)
	@$(UV) pip sync --quiet --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation $(foreach file,$(MEMBERS),-e $(dir $(file)))
	@$(BIN)/python -m compileall -q -j 0 -x '$(UNCOMPILED)' .venv/lib $(MEMBERS:%/pyproject.toml=%/src)
	@touch $@

# libraries of others, in JavaScript; without npm what needs them is skipped by name
$(PACKAGES): %/node_modules/.package-lock.json: %/package-lock.json
	@echo "installing into $*/node_modules"
	@cd $* && npm ci --silent --ignore-scripts
	@touch $@

# programs with an environment of their own: they pin other versions than the hub
$(GENERATOR): clients/generator.lock
$(FUZZ): tests/contract/fuzz/schemathesis.lock
$(GENERATOR) $(FUZZ): | $(UV)
	@echo "installing into $(@D)"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) $(@D)
	@$(UV) pip sync --quiet --python $(@D)/bin/python --require-hashes $<
	@touch $@

lock: $(UV)  ## Resolve the dependencies anew and write requirements.lock (and package-lock.json, where npm is)
	@$(UV) lock --quiet
	@$(UV) export --quiet --frozen --all-packages --all-groups --no-emit-workspace --no-annotate --no-header --format requirements.txt --output-file requirements.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate clients/generator.in --output-file clients/generator.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate tests/contract/fuzz/schemathesis.in --output-file tests/contract/fuzz/schemathesis.lock
	@! command -v npm >/dev/null || for folder in $(NODE); do \
		(cd $$folder && npm update --silent --package-lock-only --ignore-scripts) || exit 1; done
	@sed -i -z -E 's/,\n *"funding": (\{[^}]*\}|\[[^]]*\]|"[^"]*")//g' $(NODE:%=%/package-lock.json)

check-lock: $(SYNCED)  # the locks hold names, versions and hashes, no addresses, and fit what is declared
	@! grep -nE '://' requirements.lock clients/*.lock tests/contract/fuzz/*.lock $(NODE:%=%/package-lock.json) || { echo "a lock carries an address: run make lock"; exit 1; }
	@$(UV) pip check --quiet || { echo "requirements.lock does not fit the pyproject.toml files: run make lock"; exit 1; }
