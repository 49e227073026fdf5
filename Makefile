# make lab     the course in JupyterLab; ARGS="--no-browser --port 8899" passes arguments on
# make test    every test that this machine can run
# make format  put the code into shape
# Needs Python 3.11 or newer. VENV=folder puts the environment elsewhere, PYTHON=command picks the Python.

VENV ?= .venv
PYTHON ?=
ARGS ?=
PYTEST_ARGS ?=
BIN := $(VENV)/bin

.PHONY: lab test format check
.DELETE_ON_ERROR:

lab: $(VENV)/.lab
	$(BIN)/xaikit lab -- $(ARGS)

test: $(VENV)/.test check
	$(BIN)/python -m pytest $(PYTEST_ARGS)
	@if command -v node >/dev/null; then node --test $(wildcard tests/js/*.test.*js); fi
	@$(BIN)/python tests/left_out.py

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The stamps are as old as the last installation: a changed pyproject.toml installs again, nothing else does.
# pip tells what it fetches, and how far it is: the first time takes minutes.
INSTALL = $(BIN)/python -m pip install $(if $(CI),--quiet) --editable

$(VENV)/.lab: pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV): some gigabytes are fetched the first time, which takes minutes"
	@$(INSTALL) '.[all]'
	@touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	@$(INSTALL) '.[all,dev]'
	@touch $@ $(VENV)/.lab

# A name on the PATH may be a Python too old, or none at all, so each is asked.
$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "making $(VENV) with $$($$python --version)"; \
			exec $$python -m venv $(VENV); \
		fi; \
	done; \
	echo "Python 3.11 or newer is needed and was not found; PYTHON=/path/to/python3 names it" >&2; exit 1
