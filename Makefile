# `make` alone lists what there is. A fresh machine needs git, make, Python 3.11 and the package index, and no root.

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := .venv/bin/
INSTALL_PUSH_CLIENT = $(UV) pip install --quiet --no-deps --editable .

.PHONY: help run test check serve openapi bench bench-morning lock format clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: .venv/installed ## everything from set-up to a served demonstration school on http://127.0.0.1:8000
	@$(RUN)flask --app app demonstrate
	@$(RUN)flask --app app serve

serve: .venv/installed ## migrate, then serve without demonstration data
	@$(RUN)flask --app app serve

test: .venv/dev check ## the whole suite, on SQLite and on a real PostgreSQL that it starts itself
	$(RUN)pytest -n auto --dist worksteal

check: .venv/dev ## formatter, linter, types, import rules
	$(RUN)ruff format --check .
	$(RUN)ruff check .
	$(RUN)mypy
	$(RUN)lint-imports

openapi: .venv/dev ## rewrite openapi.yaml from the code
	$(RUN)flask --app app openapi

bench: .venv/dev ## the benchmarks: ratios to limits measured in the same run
	$(RUN)python -m bench

bench-morning: .venv/dev ## every school's register at nine in the morning: 2,000 schools, with FULL=1 all of England's
	$(RUN)python -m bench --only morning

format: .venv/dev ## format and mend what can be mended
	$(RUN)ruff format .
	$(RUN)ruff check --fix .

lock: $(UV) ## rewrite the lock files from pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --upgrade pyproject.toml -o requirements.lock
	$(UV) pip compile -q --universal --generate-hashes --upgrade --extra dev pyproject.toml -o requirements-dev.lock

clean: ## take away what was installed and made here, the embedded database among it
	rm -rf .venv .uv instance

# uv comes from the package index into a folder of its own, and from there to where the shell finds it, so that
# `uv run` works too: the first folder on PATH that belongs to this user. Without such a folder, use .uv/bin/uv.
.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv
	@for folder in $$(echo "$$PATH" | tr ':' '\n'); do \
		if [ -d "$$folder" ] && [ -w "$$folder" ] && cp .uv/bin/uv "$$folder/uv" 2>/dev/null; then \
			echo "uv was missing and is now $$folder/uv"; exit 0; \
		fi; \
	done; echo "uv was missing and is now .uv/bin/uv"

.venv/bin/python: | $(UV)
	$(UV) venv --quiet --python ">=3.11" .venv

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python $(UV)
	test -e .venv/dev || $(UV) pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	$(INSTALL_PUSH_CLIENT)
	touch $@

.venv/dev: requirements-dev.lock pyproject.toml | .venv/bin/python $(UV)
	$(UV) pip sync --quiet --compile-bytecode --require-hashes requirements-dev.lock
	$(INSTALL_PUSH_CLIENT)
	touch $@ .venv/installed
