# One environment (.venv), made from the lock file; every target sees to it first.
# Needs Python 3.11 or later (PYTHON=... names another), git and make; nothing else for demo and test.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/installed
WORKERS ?= 2
# Of each worker's frames: as many workers as cores leave one core to each.
THREADS ?= 1
AXE     := axe-core@4.14.1
CODE   := ontology graph loaders visualizations cli.py tests benchmarks scripts

.DEFAULT_GOAL := help
.PHONY: help env demo test test-thorough axe lint format readme screenshots bench neo4j demo-neo4j lock clean

help: ## say what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

env: $(STAMP) ## make the environment in .venv

# The lock file is whole, so nothing is resolved: older pips take `coverage[toml]` of a dependency for another package
# than the locked `coverage`, and fail as soon as a newer one is released.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "repgraph needs Python 3.11 or later; name one with make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check --disable-pip-version-check --quiet
	@touch $@

demo: $(STAMP) ## load both shipped datasets, print who recurs, write network.html
	$(BIN)/repgraph demo --table

# Which tests share a process is said in tests/conftest.py; the order there is that of their length.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

test: $(STAMP) ## the tests; those that need a browser or a server say why they skip
	POLARS_MAX_THREADS=$(THREADS) $(PYTEST) $(ARGS)

test-thorough: $(STAMP) ## the other tests: more of the same at length, and on the current release of Neo4j
	$(PYTEST) --thorough $(ARGS)

axe: ## fetch axe-core, with which the tests look for barriers in the pages (needs npm)
	npm install --prefix .cache --no-save --ignore-scripts --no-audit --no-fund --silent $(AXE)

lint: $(STAMP) ## formatting, rules, types, scripts
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	@if command -v node >/dev/null; then \
	  for script in visualizations/static/*.js; do [ ! -e "$$script" ] || { echo "node --check $$script"; node --check "$$script" || exit 1; }; done; \
	else echo "node is not there: the scripts of the pages were not checked"; fi

format: $(STAMP) ## format the code
	$(BIN)/ruff check --fix --exit-zero --quiet $(CODE)
	$(BIN)/ruff format $(CODE)

readme: $(STAMP) ## put what its commands print into README.md
	$(BIN)/python scripts/readme.py --write

screenshots: $(STAMP) ## take the pictures of docs/pictures anew (needs Chromium); look at each
	$(BIN)/python -m scripts.screenshots

bench: $(STAMP) ## the figures of the issues, as ratios (CASES=100000; takes many minutes)
	$(BIN)/python -m benchmarks

neo4j: $(STAMP) ## start a Neo4j server to try out, and print its address
	$(BIN)/python scripts/neo4j_server.py run

demo-neo4j: $(STAMP) ## push the demo to a Neo4j server and ask it who recurs
	$(BIN)/python scripts/neo4j_server.py demo

# One file for Python 3.11 to 3.13 and every system, with the hash of each package.
lock: $(STAMP) ## choose the versions of all dependencies anew
	$(BIN)/python -m pip install --disable-pip-version-check --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --extra dev \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml -o requirements.lock

clean: ## remove what the targets above made
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage *.egg-info
