# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Everything is installed into .venv at the versions in constraints.txt.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help setup demo test generate check lint types unit bench docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt
	@echo "Setting up .venv (once; a minute or two)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "xcaas needs Python 3.11 or later")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

setup: $(READY) ## install everything into .venv

demo: $(READY) ## regenerate, start the sandbox, run the SDK against it, show the result
	@$(BIN)/xcaas-gen generate
	@$(BIN)/python examples/demo.py

test: lint types check unit ## every check that CI runs

lint: $(READY) ## ruff, and the house rules for specs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/xcaas-gen lint

types: $(READY) ## mypy strict and pyright strict over sources, tests and generated code
	@$(BIN)/mypy
	@$(BIN)/basedpyright --warnings

unit: $(READY) ## the test suite, with coverage of the hand-written core
	@$(BIN)/pytest

generate: $(READY) ## regenerate generated/ from specs/
	@$(BIN)/xcaas-gen generate

check: $(READY) ## fail if generated/ is not what specs/ gives
	@$(BIN)/xcaas-gen generate --check

bench: $(READY) ## benchmarks, each a ratio against a named peer in one run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	@$(BIN)/python -m benchmarks

clean: ## remove .venv and caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-output
