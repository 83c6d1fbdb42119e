# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Everything is installed into .venv at the versions in constraints.txt.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# What pip does is many lines; a dot for each package shows that it goes on.
DOTS := awk '/^Collecting/ { printf "."; fflush(); dots = 1 } /^Installing collected/ { print (dots ? "\n" : "") "Installing" } END { if (NR) print "Done" }'
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: help setup redis java chromium demo test generate check lint lint-specs types mypy pyright unit test-engines test-dagster test-site test-pythons test-lowest test-newest conformance torture torture-export docs docs-serve bench release screenshots clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt core/xcaas_core/_version.py
	@echo "Setting up .venv (once; a minute or two)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "xcaas needs Python 3.11 or later")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[dev]' 2> >(grep -v ^WARNING: >&2) | $(DOTS)
	@touch $@

setup: $(READY) ## install everything into .venv

demo: $(READY) ## bring the clients up to date with specs/, start the sandbox, run the SDK against it
	@$(BIN)/xcaas-gen generate
	@$(BIN)/python examples/demo.py

test: $(READY) lint types check unit ## every check that CI runs

lint: $(READY) ## ruff, the order of rooms, and the house rules for specs
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/ruff format --check .
	@$(BIN)/xcaas-gen lint

types: ## mypy strict and pyright strict over sources, tests and generated code; ty and pyrefly over the last
	@$(MAKE) --no-print-directory --output-sync --jobs 2 mypy pyright

mypy: $(READY)
	@$(BIN)/mypy
	@$(BIN)/mypy --python-version 3.14 core generator sandbox generated data cli

pyright: $(READY)
	@$(BIN)/basedpyright --warnings
	@$(BIN)/ty check --quiet generated
	@$(BIN)/pyrefly check generated

redis: # what fleets of workers share is tested with a real one
	@command -v redis-server >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq redis-server >/dev/null; }

unit: $(READY) redis ## the test suite, with coverage of the hand-written core by its own tests
	@$(BIN)/pytest tests/core --cov --cov-report=term --cov-fail-under=90
	@$(BIN)/pytest --ignore=tests/core

java: # Spark runs on it
	@command -v java >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq openjdk-17-jre-headless >/dev/null; }

test-engines: $(READY) redis java ## Spark, Dask, Ray and dlt for real, which `make test` leaves out (a gigabyte to install, minutes to run)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,engines]'
	@$(BIN)/pytest tests/engines -n 0

torture: $(READY) ## 30,000 faulted calls and 200,000 events, of which `make test` does a part; XCAAS_TORTURE_SEED=… for others
	@XCAAS_TORTURE=20000 $(BIN)/pytest tests/adversarial/test_torture.py tests/products/test_faults.py tests/core/events/test_volume.py

test-pythons: $(READY) redis ## the suite on each CPython that is found on the path, in pyenv or in uv; TESTS=… for a part of it
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,release]'
	@$(BIN)/python -m release.platforms pythons $(TESTS)

test-lowest: $(READY) redis ## the suite with the lowest versions of what the SDK stands on; TESTS=…
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,release]'
	@$(BIN)/python -m release.platforms lowest $(TESTS)

test-newest: $(READY) redis ## the suite with the newest versions of them; TESTS=…
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,release]'
	@$(BIN)/python -m release.platforms newest $(TESTS)

test-dagster: $(READY) ## the example asset in Dagster, which `make test` leaves out (160 MB to install)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]' 'dagster>=1.13'
	@$(BIN)/pytest tests/examples/test_dagster.py -n 0

chromium: # the site is looked at with one
	@command -v chromium chromium-browser google-chrome >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium >/dev/null; }

test-site: $(READY) chromium ## the site in a browser, which `make test` leaves out: accessibility, widths, links, search (minutes); TESTS=…
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]' playwright axe-playwright-python
	@$(BIN)/pytest $(or $(TESTS),tests/website/browser) --dist load

torture-export: $(READY) ## 5,000 recordings exported, with ten SIGKILLs at random moments (minutes); XCAAS_EXPORT_TORTURE=… for others
	@XCAAS_EXPORT_TORTURE=$${XCAAS_EXPORT_TORTURE:-8} $(BIN)/pytest tests/cli/test_recordings.py -k again_and_again -n 0 -s

lint-specs: ## a second, independent linter over the specs (from the npm registry)
	@npx --yes @redocly/cli@2.77.0 lint --config tests/specs/redocly.yaml specs/*.yaml

generate: $(READY) ## bring generated/ up to date with specs/ (FORCE=1: over edits by hand), and show what changed since the last commit
	@$(BIN)/xcaas-gen generate $(if $(FORCE),--force)
	@! git rev-parse --quiet --verify HEAD:specs >/dev/null 2>&1 || $(BIN)/xcaas-gen --quiet diff HEAD:specs specs --format markdown || [ $$? = 1 ]

check: $(READY) ## fail if generated/ is not what specs/ gives
	@$(BIN)/xcaas-gen generate --check

conformance: $(READY) ## call every operation of our documents, or of FOLDER=…, for real, and check both directions
	@$(BIN)/python -m tests.conformance $(if $(FOLDER),"$(FOLDER)")

bench: $(READY) ## benchmarks, each a ratio against a named peer in one run
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	@$(BIN)/python -m benchmarks

release: $(READY) check ## build, test and describe the files of a release in dist/; REPOSITORY=https://HOST/OWNER/NAME
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,release]'
	@$(BIN)/python -m release $(if $(REPOSITORY),--repository "$(REPOSITORY)")

screenshots: $(READY) ## the pictures of docs/command-line.md, anew
	@$(BIN)/python examples/screenshots.py

docs: $(READY) ## build the site into build/site
	@$(BIN)/python -m website

docs-serve: $(READY) ## show the site on this machine
	@$(BIN)/python -m website serve

clean: ## remove .venv and caches
	@rm -rf .venv .venvs .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-output
