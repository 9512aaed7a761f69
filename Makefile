# Two commands are enough: `make up` and `make test`. Needed on the machine: Python 3.11 or newer, and make.
PYTHON     ?= python3
UV_VERSION := 0.13.9
TOOLS      := .tools
UV         := $(TOOLS)/bin/uv
BIN        := .venv/bin
SYNCED     := .venv/.synced
MEMBERS    := $(wildcard gateway/pyproject.toml svc-*/pyproject.toml libs/*/pyproject.toml)
export UV_COMPILE_BYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help install

help:  ## What can be asked for
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(SYNCED)  ## Install everything into .venv (nothing outside this folder)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, found: $$($(PYTHON) -V)"; exit 1; }
	@echo "installing uv $(UV_VERSION) into $(TOOLS)/"
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(SYNCED): requirements.lock $(MEMBERS) | $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON)
	@$(UV) pip sync --quiet --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation $(foreach file,$(MEMBERS),-e $(dir $(file)))
	@touch $@

.PHONY: lock
lock: $(UV)  ## Resolve the dependencies anew and write requirements.lock
	@$(UV) lock --quiet
	@$(UV) export --quiet --frozen --all-packages --all-groups --no-emit-workspace --no-annotate --no-header --format requirements.txt --output-file requirements.lock
