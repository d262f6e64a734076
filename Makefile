# Each target does its own set-up; only Python 3.10 to 3.14, pip and make are needed.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# Versions of Python for the targets that say so: the first that is found. MediaPipe 0.10.21 has no wheel for a newer one.
OLDEST_PYTHON ?= 3.10
NEWEST_PYTHON ?= 3.14 3.13
MEDIAPIPE_PYTHON ?= 3.12 3.11 3.10

# Makes an empty environment with the first version of Python that is found, among those of pyenv too.
define environment
	export PYENV_VERSION="$$(pyenv versions --bare 2>/dev/null | paste -sd: -)"; for version in $(2); do \
		! $(BIN)/uv venv --quiet --clear --no-python-downloads --python $$version $(1) || exit 0; \
	done; exit 1
endef

.PHONY: demo test test-fast test-thorough test-oldest test-newest mediapipe lint docs samples notebooks clean

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

# The fast tests with the oldest dependencies that pyproject.toml allows, and with the newest. TESTS names fewer of them.
test-oldest: $(VENV)/ready-dev
	$(call environment,.venv-oldest,$(OLDEST_PYTHON))
	$(BIN)/uv pip compile --quiet --resolution lowest-direct --python .venv-oldest pyproject.toml -o .venv-oldest/oldest.txt
	$(BIN)/uv pip install --quiet --python .venv-oldest --constraint .venv-oldest/oldest.txt --editable ".[dev]"
	.venv-oldest/bin/python -m pytest -m "not slow" $(TESTS)

test-newest: $(VENV)/ready-dev
	$(call environment,.venv-newest,$(NEWEST_PYTHON))
	$(BIN)/uv pip install --quiet --python .venv-newest --editable ".[dev]"
	.venv-newest/bin/python -m pytest -m "not slow" $(TESTS)

# An environment with MediaPipe beside LiteRT, in which their answers are compared.
mediapipe: .venv-mediapipe/ready
	.venv-mediapipe/bin/python -m pytest tests/landmarks

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
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable .
	@touch $@

$(VENV)/ready-dev: pyproject.toml
	@echo "Installing into $(VENV); the first time this takes a minute or two."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable ".[dev]"
	@touch $@ $(VENV)/ready

# MediaPipe brings opencv-contrib-python. It owns the same folder `cv2` as opencv-python-headless, so one of them must go.
.venv-mediapipe/ready: pyproject.toml $(VENV)/ready-dev
	@echo "Installing into .venv-mediapipe; the first time this takes a few minutes."
	$(call environment,.venv-mediapipe,$(MEDIAPIPE_PYTHON))
	$(BIN)/uv pip install --quiet --python .venv-mediapipe --editable ".[dev]" mediapipe==0.10.21
	$(BIN)/uv pip uninstall --quiet --python .venv-mediapipe opencv-python-headless
	$(BIN)/uv pip install --quiet --python .venv-mediapipe --no-deps --reinstall "opencv-contrib-python<4.12"
	@touch $@
