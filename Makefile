# Everything a developer or CI runs. `make` alone lists the targets.
# Files made here live in .venv/ and build/, which `make clean` removes.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
COLLECTIONS := build/collections
LINK := $(COLLECTIONS)/ansible_collections/genesys/gws
SANITY := build/sanity/ansible_collections/genesys/gws

# The venv is finished when the stamp of these very requirements, in this very folder, exists. It is written last.
REQUIREMENTS := requirements.txt tests/requirements.txt
STAMP := $(VENV)/.finished-$(shell { pwd; cat $(REQUIREMENTS); } | sha256sum | cut -c1-16)

# No .pyc files in the checkout, and the venv's tools first (ansible-lint calls ansible-playbook, ansible-test calls shellcheck).
export PATH := $(BIN):$(PATH)
unexport PYTHONPATH ANSIBLE_COLLECTIONS_PATH ANSIBLE_COLLECTIONS_PATHS ANSIBLE_CONFIG

.PHONY: help setup prerequisites build-prerequisites lint sanity unit integration test slow matrix demo bench screenshots build clean

help:
	@echo "make setup        check the prerequisites, make .venv and the link through which the checkout is a collection"
	@echo "make test         lint, sanity, then all tests; stops at the first stage that fails (this is what CI runs)"
	@echo "make lint         ruff, mypy, ansible-lint"
	@echo "make sanity       ansible-test sanity, all tests, no ignore files"
	@echo "make unit         tests/unit          (ARGS='-k name' goes to pytest, here and below)"
	@echo "make integration  tests/integration   (starts a real Cassandra)"
	@echo "make slow         the tests marked slow"
	@echo "make matrix       ansible-test sanity, units and integration with each ansible-core and Python (ARGS=--ends: the oldest and the newest)"
	@echo "make demo         one forget-me run against the lab, to look at"
	@echo "make bench        the benchmark"
	@echo "make screenshots  the pictures of the reports in docs/images (needs chromium, poppler-utils, pngquant)"
	@echo "make build        the collection's tarball, in build/dist"
	@echo "make clean        remove .venv and build"

setup: prerequisites $(STAMP) $(LINK)

prerequisites:
	@bash tests/tools/prerequisites.sh '$(PYTHON)'

build-prerequisites:
	@bash tests/tools/prerequisites.sh '$(PYTHON)' build

$(STAMP): | build-prerequisites
	@rm -rf $(VENV)
	@echo "setup: making $(VENV) (about a minute)"
	@'$(PYTHON)' -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: $(addprefix -r ,$(REQUIREMENTS))
	@touch $@

$(LINK):
	@mkdir -p $(@D)
	@ln -sfn ../../../.. $@

lint: setup
	@ruff check
	@ruff format --check
	@mypy $(wildcard $(addprefix $(LINK)/plugins/,module_utils modules action)) $(wildcard tests/lab tests/unit tests/integration tests/bench tests/tools)
	@ansible-lint --offline --profile production
	@cd examples/awx && ANSIBLE_COLLECTIONS_PATH='$(CURDIR)/$(COLLECTIONS)' ansible-lint --offline --project-dir . -c .ansible-lint

# ansible-test wants the collection in a folder of that name and in git, and keeps its environments in HOME: all under build/.
sanity: setup
	@python tests/tools/stage.py $(SANITY)
	@python tests/tools/get_pip_stand_in.py build/home
	@git init --quiet $(SANITY)
	@cd $(SANITY) && HOME='$(CURDIR)/build/home' ansible-test sanity --color no \
	    --python "$$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')" $(ARGS)

unit: setup
	@pytest tests/unit $(ARGS)

integration: setup
	@pytest tests/integration $(ARGS)

# Two files of tests at a time: half of the tests wait for servers.
test: setup
	@for stage in lint sanity; do \
	    echo "== $$stage"; $(MAKE) $$stage ARGS= || { echo "make test: stage $$stage failed" >&2; exit 1; }; \
	done
	@echo "== pytest"; pytest -n 2 --dist loadfile tests/unit tests/integration $(ARGS) || { echo "make test: stage pytest failed" >&2; exit 1; }

# pytest ends with 5 when there is no such test: that is no failure, and not worth a closing line of its own.
slow: setup
	@found=0; pytest -m slow --collect-only -q >build/slow.txt 2>&1 || found=$$?; \
	if [ $$found = 5 ]; then echo "slow: no test is marked slow"; \
	elif [ $$found != 0 ]; then cat build/slow.txt; exit $$found; \
	else pytest -m slow -n 2 --dist loadfile $(ARGS); fi

# Each ansible-core and Python that this machine has, in environments below build/. ARGS='2.18 3.11 sanity' runs less.
matrix: setup
	@python -m tests.tools.matrix $(ARGS)

demo: setup
	@python -m tests.lab.demo $(ARGS)

bench: setup
	@python -m tests.bench $(ARGS)

screenshots: setup
	@PYTHONPATH=$(COLLECTIONS) python -m tests.tools.screenshots

# What git knows and nothing else, and neither Java nor Maven is needed.
build: $(STAMP)
	@python tests/tools/stage.py --tracked build/stage
	@ansible-galaxy collection build build/stage --output-path build/dist --force

clean:
	@rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis .ansible .coverage
