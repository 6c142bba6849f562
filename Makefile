PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Half more than cores: a test that waits for a browser or a program leaves its core to another.
WORKERS := $(shell $(PYTHON) -c "import os; n = os.cpu_count(); print(n + n // 2)")
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SCENES := 2000005 2000003 2000023 2000014 2000007 2000030
THERMOGRAMS := 2000007 2000012 2000017 2000018 2000034 2000004 2000029

.PHONY: run check test lint quick mutants matrix bench soak hosting assets screenshots

run: $(VENV)/.installed
	$(BIN)/python app.py

check: $(VENV)/.installed-dev
	$(MAKE) --no-print-directory --jobs 2 --output-sync lint quick

test: $(VENV)/.installed-dev
	$(PYTEST)

quick: $(VENV)/.installed-dev
	$(PYTEST) --quick

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/biome lint --error-on-warnings
	$(BIN)/mypy

mutants: $(VENV)/.installed-dev
	$(BIN)/python -m tests.mutants

matrix: $(VENV)/.installed-dev
	$(BIN)/python -m tests.matrix

bench: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench

soak: $(VENV)/.installed-dev
	$(BIN)/python -m tests.soak --output docs/soak.md

hosting: $(VENV)/.installed-dev
	$(BIN)/python -m tests.soak.hosting

assets: $(VENV)/.installed
	$(BIN)/python -m vision segmentation render --seeds $(SCENES) --output assets/segmentation
	$(BIN)/python -m vision style paint --output assets/style
	$(BIN)/python -m vision.ui.tabs.style.finished
	$(BIN)/python -m vision pruning draw --seed 7 --output assets/pruning
	$(BIN)/python -m vision infrared render --seeds $(THERMOGRAMS) --output assets/infrared
	$(BIN)/python -m vision infrared render --seeds 2000006 --radiometric \
		--output assets/infrared/radiometric

screenshots: $(VENV)/.installed-dev
	$(BIN)/python -m tests.browser.screenshots

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(PIP) -r requirements-dev.txt
	touch $@
