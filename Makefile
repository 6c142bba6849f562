PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SCENES := 2000005 2000003 2000023 2000014 2000007 2000030
THERMOGRAMS := 2000007 2000012 2000017 2000018 2000034 2000004 2000029

.PHONY: run test lint mutants bench soak assets screenshots

run: .venv/.installed
	$(BIN)/python app.py

test: .venv/.installed-dev
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy

mutants: .venv/.installed-dev
	$(BIN)/python -m tests.mutants

bench: .venv/.installed-dev
	$(BIN)/python -m tests.bench

soak: .venv/.installed-dev
	$(BIN)/python -m tests.soak --output docs/soak.md

assets: .venv/.installed
	$(BIN)/python -m vision segmentation render --seeds $(SCENES) --output assets/segmentation
	$(BIN)/python -m vision style paint --output assets/style
	$(BIN)/python -m vision pruning draw --seed 7 --output assets/pruning
	$(BIN)/python -m vision infrared render --seeds $(THERMOGRAMS) --output assets/infrared
	$(BIN)/python -m vision infrared render --seeds 2000006 --radiometric \
		--output assets/infrared/radiometric

screenshots: .venv/.installed-dev
	$(BIN)/python -m tests.browser.screenshots

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.txt | .venv/bin/python
	$(PIP) -r requirements.txt
	touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	$(PIP) -r requirements-dev.txt
	touch $@
