# Sets itself up from nothing: needs only Python 3.11 to 3.13 with venv, git and make.
# `make demo` and `make test` are the two commands; both install what they need into .venv from hashed locks.
PYTHON ?= python3
SHELL := /bin/bash
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PYTHONHASHSEED = 0
# The linear algebra here is small: threads of the numerical libraries cost more than they give on two cores.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1

.PHONY: help setup demo test check format lock clean
help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

.venv/.runtime: requirements.txt pyproject.toml
	@echo "Setting up .venv (once; about a minute)…"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@test -e .venv/.dev || .venv/bin/pip install --quiet --require-hashes -r requirements.txt
	@.venv/bin/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.txt pyproject.toml
	@echo "Setting up .venv with the development tools (once; about two minutes)…"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@.venv/bin/pip install --quiet --require-hashes -r requirements-dev.txt
	@.venv/bin/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ .venv/.runtime

setup: .venv/.runtime ## put everything the program needs into .venv

demo: .venv/.runtime ## rehearse a city, run every contract year, publish and settle: ./demo
	@.venv/bin/outcomeb demo $(ARGS)

test: .venv/.dev ## run the tests
	@.venv/bin/python -m pytest -n 2 --dist loadfile $(ARGS)

check: .venv/.dev ## format, lint, types, import direction
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

format: .venv/.dev ## put the code into the house format
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock: ## write the hashed locks anew (needs uv on the path); no address is recorded
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --no-strip-extras --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -q -o requirements.txt
	uv pip compile pyproject.toml --extra build --extra dev -c requirements.txt --universal --python-version 3.11 --no-strip-extras \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -q -o requirements-dev.txt

clean: ## remove the demo and what tools left behind (not .venv)
	rm -rf demo .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
