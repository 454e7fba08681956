# Two commands matter: `make run` and `make test`. Both prepare .venv on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_OPTIONS := --quiet --disable-pip-version-check --require-hashes --no-deps

.PHONY: run test check format lock clean

run: $(VENV)/.run
	@$(BIN)/tocsin up

test: check
	@$(BIN)/python -m pytest -n 2 --dist loadscope

check: $(VENV)/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.test
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# ensurepip is not always there (Debian ships it apart): the machine's pip, if it has one, fills the folder.
$(BIN)/python:
	@echo "Préparation de $(VENV) (une fois, moins d'une minute)…"
	@$(PYTHON) -c 'import sys; sys.exit("Tocsin demande Python 3.11 ou plus récent.") if sys.version_info < (3, 11) else None'
	@if $(PYTHON) -m pip --version >/dev/null 2>&1; then $(PYTHON) -m venv --without-pip $(VENV); else $(PYTHON) -m venv $(VENV); fi
	@printf '#!/bin/sh\nexec "%s/python" -m services.cli "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/tocsin && chmod +x $(BIN)/tocsin
	@echo "$(CURDIR)" > $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/tocsin.pth

$(VENV)/.run: requirements.lock | $(BIN)/python
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/.test: requirements-dev.lock | $(BIN)/python
	@$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.run

define install
if $(PYTHON) -m pip --version >/dev/null 2>&1; \
then $(PYTHON) -m pip --python $(BIN)/python install $(PIP_OPTIONS) -r $(1); \
else $(BIN)/python -m pip install $(PIP_OPTIONS) -r $(1); fi
endef

# For who changes a dependency: needs uv; the files name packages, versions and hashes, never a host.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml
lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) data out .mypy_cache .ruff_cache .pytest_cache .hypothesis
