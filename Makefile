# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Everything is installed into .venv at the versions in constraints.txt.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: help setup redis java demo test generate check lint lint-specs types unit test-engines conformance torture bench docs docs-serve clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt
	@echo "Setting up .venv (once; a minute or two)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "xcaas needs Python 3.11 or later")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

setup: $(READY) ## install everything into .venv

demo: $(READY) ## regenerate, start the sandbox, run the SDK against it, show the result
	@$(BIN)/xcaas-gen generate
	@$(BIN)/python examples/demo.py

test: lint types check unit ## every check that CI runs

lint: $(READY) ## ruff, the order of rooms, and the house rules for specs
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/ruff format --check .
	@$(BIN)/xcaas-gen lint

types: $(READY) ## mypy strict and pyright strict over sources, tests and generated code; ty and pyrefly over the last
	@$(BIN)/mypy
	@$(BIN)/mypy --python-version 3.14 core generator sandbox generated data cli
	@$(BIN)/basedpyright --warnings
	@$(BIN)/ty check --quiet generated
	@$(BIN)/pyrefly check generated

redis: # what fleets of workers share is tested with a real one
	@command -v redis-server >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq redis-server >/dev/null; }

unit: $(READY) redis ## the test suite, with coverage of the hand-written core
	@$(BIN)/pytest --cov --cov-report=term --cov-fail-under=90

java: # Spark runs on it
	@command -v java >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq openjdk-17-jre-headless >/dev/null; }

test-engines: $(READY) redis java ## Spark, Dask, Ray and dlt for real, which `make test` leaves out (a gigabyte to install, minutes to run)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,engines]'
	@$(BIN)/pytest tests/engines -n 0

torture: $(READY) ## 20,000 faulted calls over every kind of client; XCAAS_TORTURE_SEED=… for others
	@XCAAS_TORTURE=20000 $(BIN)/pytest tests/adversarial/test_torture.py

lint-specs: ## a second, independent linter over the specs (from the npm registry)
	@npx --yes @redocly/cli@2.77.0 lint --config tests/specs/redocly.yaml specs/*.yaml

generate: $(READY) ## regenerate generated/ from specs/, and show what changed for callers since the last commit
	@$(BIN)/xcaas-gen generate
	@! git rev-parse --quiet --verify HEAD:specs >/dev/null 2>&1 || $(BIN)/xcaas-gen --quiet diff HEAD:specs specs --format markdown || [ $$? = 1 ]

check: $(READY) ## fail if generated/ is not what specs/ gives
	@$(BIN)/xcaas-gen generate --check

conformance: $(READY) ## call every operation of our documents, or of FOLDER=…, for real, and check both directions
	@$(BIN)/python -m tests.conformance $(if $(FOLDER),"$(FOLDER)")

bench: $(READY) ## benchmarks, each a ratio against a named peer in one run
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	@$(BIN)/python -m benchmarks

docs: $(READY) ## build the site into build/site
	@$(BIN)/python -m website

docs-serve: $(READY) ## show the site on this machine
	@$(BIN)/python -m website serve

clean: ## remove .venv and caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-output
