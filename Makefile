# Each target does its own set-up; only Python 3.10 to 3.12, pip and make are needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint docs samples notebooks clean

demo: .venv/ready
	$(BIN)/symmetry demo

test: .venv/ready-dev
	$(BIN)/python -m pytest

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Broken links and anchors stop it.
docs: .venv/ready-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --clean

samples: .venv/ready
	$(BIN)/python -m symmetry.synthetic sample_images

# Runs them and keeps what they show.
notebooks: .venv/ready-dev
	$(BIN)/python notebooks/run.py

clean:
	rm -rf .venv demo_output site build dist *.egg-info

.venv/ready: pyproject.toml
	@echo "Installing into .venv; the first time this takes a minute or two."
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/ready-dev: pyproject.toml
	@echo "Installing into .venv; the first time this takes a minute or two."
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ .venv/ready
