# Daily acts. Every target makes the environment first, so that each works on a fresh machine.
PYTHON ?= python3
BIN := .venv/bin
# What is installed: enough to run, or everything.
TO_RUN := .venv/.to-run
TO_TEST := .venv/.to-test
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help setup run test lint peers bench accelerator faults architectures gallery screenshots docs demos wheels clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/'

setup: $(TO_TEST) ## make .venv and install everything, requirements.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Strobe needs Python 3.11 or newer, and $(PYTHON) is older: make PYTHON=python3.13 …")'
	$(PYTHON) -m venv .venv

$(TO_RUN): requirements/run.txt requirements/window.txt requirements/train.txt | $(BIN)/python
	@echo "Installing what running takes, once: see the README for how much that is."
	$(INSTALL) -r requirements/run.txt
	@touch $@

$(TO_TEST): requirements.txt requirements/frameworks.txt requirements/checks.txt $(TO_RUN)
	@echo "Installing what testing takes besides, once: TensorFlow, Lightning, transformers and the tools."
	$(INSTALL) -r requirements.txt
	@touch $@

run: $(TO_RUN) ## train the cnn on MNIST, collect, and watch it
	$(BIN)/python main.py --dataset mnist --model cnn
lint: $(TO_TEST) ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## lint, then the whole test suite
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest

peers: $(TO_TEST) ## install what make bench compares with, in .venv-peers
	$(BIN)/python -m tests.benchmarks.peer_environment

bench: $(TO_TEST) ## measure what DESIGN promises, write resources/benchmarks.md
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.benchmarks

accelerator: ## measure on this machine's accelerator, with the torch and NumPy of PYTHON
	$(PYTHON) -m tests.accelerator

faults: $(TO_TEST) ## train the broken and healthy networks, write how well the findings find: resources/findings.md
	$(BIN)/python -m tests.faults --write
	$(BIN)/python -m tests.faults --keras --seeds 2 --write

architectures: $(TO_TEST) ## train nineteen kinds of network, judge what they leave: resources/architectures.md
	$(BIN)/python -m tests.architectures --write

gallery: $(TO_TEST) ## paint what the window says of each fault, and six kinds of network, for docs/gallery
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.architectures.gallery
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.faults.gallery

screenshots: $(TO_TEST) ## paint the README's pictures anew
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.screenshots

docs: $(TO_TEST) ## build the site into build/site
	$(BIN)/python -m mkdocs build

demos: $(TO_TEST) ## record the demos of the start page anew
	$(BIN)/python -m tests.demos

wheels: $(TO_TEST) ## build the window and the collector, dist/*.whl
	$(BIN)/python -m hatchling build -t wheel -d dist
	cd collector && ../$(BIN)/python -m hatchling build -t wheel -d ../dist

clean: ## remove the environments and the wheels
	rm -rf .venv .venv-peers dist
