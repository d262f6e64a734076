# Each target does its own set-up; only Python 3.10 to 3.12, pip and make are needed.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test test-fast test-thorough lint docs samples notebooks clean

demo: $(VENV)/ready
	$(BIN)/symmetry demo

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest

# Without notebooks, killed processes, simulations and the browser.
test-fast: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m "not slow"

# With all examples of the property tests; `make test` tries a third of them.
test-thorough: $(VENV)/ready-dev
	SYMMETRY_EXAMPLES=1 $(BIN)/python -m pytest

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Broken links and anchors stop it.
docs: $(VENV)/ready-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --clean

samples: $(VENV)/ready
	$(BIN)/python -m symmetry.synthetic sample_images

# Runs the notebooks and keeps what they show; draws the images of the documentation.
notebooks: $(VENV)/ready-dev
	$(BIN)/python notebooks/run.py

clean:
	rm -rf .venv .venv-* demo_output site build dist *.egg-info

$(VENV)/ready: pyproject.toml
	@echo "Installing into $(VENV); the first time this takes a minute or two."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/ready-dev: pyproject.toml
	@echo "Installing into $(VENV); the first time this takes a minute or two."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(VENV)/ready
