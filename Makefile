# Every target brings what it needs: the environment in .venv, made and filled on first use.

.DEFAULT_GOAL := help
.PHONY: help run demo test check bench clean venv

# The Python that .venv is made with: the first that really runs and is 3.11, 3.12 or 3.13.
# A shim that cannot start is passed over. Choose another with: make test PYTHON=python3.12
SUITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c '$(SUITS)' 2>/dev/null && echo "$$python" && break; done)

BIN := .venv/bin
BGTASKS := $(BIN)/bgtasks

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*##/\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read -r target words; do \
		printf '  make %-7s %s\n' "$$target" "$$words"; done

run: venv  ## open the window; without a display show it on a virtual one
	@sh packaging/debian/install-needs gui
	@$(BIN)/python -m bgtasks_gui.gui.virtual

demo: venv  ## a guided tour in a temporary home
	@$(BIN)/python -m bgtasks_gui.cli.demo

test: venv  ## all tests, with the coverage floors
	@sh packaging/debian/install-needs tests
	@$(BIN)/coverage erase
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term
	@echo 'core: every line and every branch'
	$(BIN)/coverage report --include='bgtasks_gui/core/*' --fail-under=100

check: venv  ## lint, format, types, import contracts, dead code
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

bench: venv  ## measure speed and memory, beside peers
	@sh packaging/debian/install-needs bench
	@$(BIN)/python -m tests.benchmarks

venv:
	@PYTHON='$(PYTHON)' sh packaging/source/venv

clean:  ## remove the environment, caches and reports
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf build dist htmlcov .coverage .coverage.*
	find bgtasks_gui tests -name __pycache__ -type d -prune -exec rm -rf {} +
