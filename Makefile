# Daily acts. Every target makes the environment first, so that each works on a fresh machine.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help setup run test lint peers bench accelerator faults architectures gallery screenshots clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/'

setup: $(READY) ## make .venv and install requirements.txt

$(READY): requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

run: $(READY) ## train the cnn on MNIST, collect, and watch it
	$(BIN)/python main.py --dataset mnist --model cnn

lint: $(READY) ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## lint, then the whole test suite
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest

peers: $(READY) ## install what make bench compares with, in .venv-peers
	$(BIN)/python -m tests.benchmarks.peer_environment

bench: $(READY) ## measure what DESIGN promises, write resources/benchmarks.md
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.benchmarks

accelerator: ## measure on this machine's accelerator, with the torch and NumPy of PYTHON
	$(PYTHON) -m tests.accelerator

faults: $(READY) ## train the broken and healthy networks, write how well the findings find: resources/findings.md
	$(BIN)/python -m tests.faults --write
	$(BIN)/python -m tests.faults --keras --seeds 2 --write

architectures: $(READY) ## train nineteen kinds of network, judge what they leave: resources/architectures.md
	$(BIN)/python -m tests.architectures --write

gallery: $(READY) ## train six of them, paint what one sees for resources/architectures_gallery.md
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.architectures.gallery

screenshots: $(READY) ## paint the README's pictures anew
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.screenshots

clean: ## remove the environments
	rm -rf .venv .venv-peers
