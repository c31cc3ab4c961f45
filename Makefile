# The commands of the project; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
# Debian packages that the tests drive.
PACKAGES := apache2 chromium curl default-jre-headless haproxy iproute2 libapache2-mod-security2 lighttpd \
  mariadb-client-core mariadb-server-core modsecurity-crs \
  nginx-light nodejs nsd postgresql redis-server squid unbound varnish
# And what `make load` needs: DokuWiki is what it is compared with.
MEASURING := dokuwiki php-cli php-fpm wrk
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:  ## List these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/installed: pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Errordesk needs Python 3.11 or newer.'; exit 1; }
	@python3 -c 'import ensurepip, venv' 2>/dev/null || tools/install-packages python3-venv
	@test -x $(BIN)/python || python3 -m venv $(VENV)
	@echo 'Installing Errordesk into $(VENV) …'
	@$(BIN)/pip install --quiet --editable '.[semantic]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed tools/dev-requirements
	@$(BIN)/pip install --quiet --requirement <($(BIN)/python tools/dev-requirements)
	@touch $@

install: $(VENV)/installed  ## Create the environment

run: $(VENV)/installed  ## Serve the help site on http://127.0.0.1:8000 (PORT to change it)
	@$(BIN)/errordesk serve

demo: $(VENV)/installed  ## The same beside a few deliberately faulty sites, to try it on
	@$(BIN)/errordesk demo

packages:
	@tools/install-packages $(PACKAGES)

test: packages $(VENV)/installed-dev  ## Check style, types and content, and run all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/errordesk lint
	$(BIN)/pytest --numprocesses auto --dist worksteal

lab: packages $(VENV)/installed-dev  ## Run every fault of the laboratory and count what is named
	@$(BIN)/python -m tests.lab --tools

eval: packages $(VENV)/installed-dev  ## Print how well questions and pasted errors are understood
	@$(BIN)/python -m tests.eval.run

machines: packages $(VENV)/installed-dev  ## Kill and restart processes, Redis and PostgreSQL under load
	@$(BIN)/pytest -m machines -s tests/lab/test_many_machines.py

fuzz: packages $(VENV)/installed-dev  ## Send the API a thousand odd requests an operation
	@FUZZ=1000 $(BIN)/pytest --timeout 0 tests/webapp/test_contract.py

faults: packages $(VENV)/installed-dev  ## Kill, fill and damage things on purpose, and print what held
	@$(BIN)/python -m tests.faults

load: packages $(VENV)/installed-dev  ## Measure under load beside nginx and DokuWiki, into docs/operating.md
	@tools/install-packages $(MEASURING)
	@$(BIN)/python -m tests.load 5 --write

scale: packages $(VENV)/installed-dev  ## Measure bases of up to 100,000 articles; write docs/scale.md
	@$(BIN)/python -m tests.scale

bench: packages $(VENV)/installed-dev  ## Print how costs compare with named baselines
	@$(BIN)/python -m tests.bench

screenshots: packages $(VENV)/installed-dev  ## Take the pictures in docs/
	@$(BIN)/python -m tests.browser.screenshots

vitals: packages $(VENV)/installed-dev  ## Measure sizes, LCP, CLS and TBT, and write them into docs/
	@$(BIN)/python -m tests.browser.vitals

audit: $(VENV)/installed  ## Ask PyPI whether anything that is installed has a known vulnerability
	@test -x build/audit/bin/pip-audit || { python3 -m venv build/audit && build/audit/bin/pip install --quiet pip-audit; }
	@build/audit/bin/pip-audit --strict --skip-editable --path $(VENV)/lib/python3*/site-packages

format: $(VENV)/installed-dev  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## Remove what was made here
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.PHONY: help install run demo packages test lab machines eval fuzz faults load scale bench \
  screenshots vitals audit format clean
