# Everything runs in .venv, which is made from the hashed lock; `make help` lists the targets.
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PYTEST := $(BIN)/pytest -q -n 2
LOCK := $(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
LOCK_TOOL := pip-tools==7.6.2

.DEFAULT_GOAL := help
.PHONY: help setup demo check format lint types imports packs test docs reference bench lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.ready ## make .venv from the lock and install edict into it

.venv/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found on the PATH."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## set up, then run the main job on the gazette and on a synthetic table of firms
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash tools/demo.sh

check: lint types imports packs docs test ## format, lint, types, import contracts, packs, docs, tests

lint: setup ## format, style and spelling (make format mends what can be mended)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/codespell

format: setup ## format and mend what can be mended
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

types: setup ## mypy, strict
	$(BIN)/mypy

imports: setup ## direction of imports, one home per library
	$(BIN)/lint-imports --no-cache --no-logo

packs: setup ## check all packs, with the gazette texts where present and from the lock files alone
	$(BIN)/edict check
	$(BIN)/edict check --no-text

docs: setup ## the generated reference pages are current
	$(BIN)/python -m edict.packs.schema --check
	$(BIN)/python -m edict.cli.reference --check

reference: setup ## write the generated reference pages
	$(BIN)/python -m edict.packs.schema
	$(BIN)/python -m edict.cli.reference

test: setup ## set up and run all tests; those on the gazette texts say when they are skipped
	$(PYTEST) -rs

bench: .venv/.bench-ready ## speed and memory beside OpenFisca-Core, written to docs/reference/benchmarks.md
	$(BIN)/python -m benchmarks.run

.venv/.bench-ready: .venv/.ready requirements-bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

lock: setup ## resolve the dependencies anew and write both locks
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(LOCK_TOOL)
	$(LOCK) --extra dev --build-deps-for editable -o requirements.lock pyproject.toml
	$(LOCK) --extra bench -c requirements.lock -o requirements-bench.lock pyproject.toml

clean: ## remove .venv and everything that tools wrote
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +
