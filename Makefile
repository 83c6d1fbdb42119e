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
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "xcaas needs Python 3.11 or later, such as: make PYTHON=python3.12 …")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[dev]' 2> >(grep -v ^WARNING: >&2) | $(DOTS)
	@touch $@

setup: $(READY) ## install everything into .venv

demo: $(READY) ## bring the clients up to date with specs/, start the sandbox, run the SDK against it
	@$(BIN)/xcaas-gen generate
	@$(BIN)/python examples/demo.py

test: $(READY) lint types check unit ## run every check that CI runs

lint: $(READY) ## run ruff, and check the order of rooms and the house rules for specs
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/ruff format --check .
	@$(BIN)/xcaas-gen lint

types: ## run mypy and pyright (strict) on everything, and ty and pyrefly on generated code
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

unit: $(READY) redis ## run the test suite, with the coverage of core by its own tests
	@$(BIN)/pytest tests/core --cov --cov-report=term --cov-fail-under=90
	@$(BIN)/pytest --ignore=tests/core

java: # Spark runs on it
	@command -v java >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq openjdk-17-jre-headless >/dev/null; }

test-engines: $(READY) redis java ## test Spark, Dask, Ray and dlt, which `make test` leaves out (installs a gigabyte, takes minutes)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,engines]'
	@$(BIN)/pytest tests/engines -n 0

torture: $(READY) ## make 30,000 faulted calls and read 200,000 events (`make test` does a part); XCAAS_TORTURE_SEED=… varies them
	@XCAAS_TORTURE=20000 $(BIN)/pytest tests/adversarial/test_torture.py tests/products/test_faults.py tests/core/events/test_volume.py

test-pythons: $(READY) redis ## run the suite on each CPython found on the path, in pyenv or in uv; TESTS=… for a part of it
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,release]'
	@$(BIN)/python -m release.platforms pythons $(TESTS)

test-lowest: $(READY) redis ## run the suite with the lowest supported versions of dependencies; TESTS=…
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,release]'
	@$(BIN)/python -m release.platforms lowest $(TESTS)

test-newest: $(READY) redis ## run the suite with the newest versions of dependencies; TESTS=…
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,release]'
	@$(BIN)/python -m release.platforms newest $(TESTS)

test-dagster: $(READY) ## test the example asset in Dagster, which `make test` leaves out (installs 160 MB)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]' 'dagster>=1.13'
	@$(BIN)/pytest tests/examples/test_dagster.py -n 0

chromium: # the site is looked at with one
	@command -v chromium chromium-browser google-chrome >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium >/dev/null; }

test-site: $(READY) chromium ## test the site in a browser: accessibility, widths, links, search (takes minutes); TESTS=… for a part of it
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]' playwright axe-playwright-python
	@$(BIN)/pytest $(or $(TESTS),tests/website/browser) --dist load

torture-export: $(READY) ## export 5,000 recordings, with SIGKILLs at random moments (takes minutes); XCAAS_EXPORT_TORTURE=… for more or fewer
	@XCAAS_EXPORT_TORTURE=$${XCAAS_EXPORT_TORTURE:-8} $(BIN)/pytest tests/cli/test_recordings.py -k killed_exports -n 0 -s

lint-specs: ## run a second, independent linter on the specs (from the npm registry)
	@npx --yes @redocly/cli@2.77.0 lint --config tests/specs/redocly.yaml specs/*.yaml

generate: $(READY) ## bring generated/ up to date with specs/ (FORCE=1 overwrites edits), and show what changed since the last commit
	@$(BIN)/xcaas-gen generate $(if $(FORCE),--force)
	@! git rev-parse --quiet --verify HEAD:specs >/dev/null 2>&1 || $(BIN)/xcaas-gen --quiet diff HEAD:specs specs --format markdown || [ $$? = 1 ]

check: $(READY) ## fail if generated/ is out of date with specs/
	@$(BIN)/xcaas-gen generate --check

conformance: $(READY) ## call every operation of our documents, or of FOLDER=…, and check requests and responses
	@$(BIN)/python -m tests.conformance $(if $(FOLDER),"$(FOLDER)")

bench: $(READY) ## run the benchmarks, each as a ratio to a named peer
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	@$(BIN)/python -m benchmarks

release: $(READY) check ## build, test and describe the files of a release in dist/; REPOSITORY=https://HOST/OWNER/NAME
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,release]'
	@$(BIN)/python -m release $(if $(REPOSITORY),--repository "$(REPOSITORY)")

screenshots: $(READY) ## make the pictures of docs/command-line.md again
	@$(BIN)/python examples/screenshots.py

docs: $(READY) ## build the site in build/site
	@$(BIN)/python -m website

docs-serve: $(READY) ## show the site on this machine
	@$(BIN)/python -m website serve

clean: ## remove .venv and caches
	@rm -rf .venv .venvs .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-output
