# Everything a newcomer types. Needs Python 3.11 or newer, git and make; the rest comes from uv.lock.
PYTHON ?= $(firstword $(foreach p,python3 python3.11 python3.12 python3.13 python3.14,\
	$(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
UV_VERSION := 0.13.9
UV := .venv/bin/uv
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
export UV_LINK_MODE := copy
export UV_COMPILE_BYTECODE := 1
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A user without a home of its own has no place for a cache.
CACHE := $(shell test -w "$$HOME" || echo --no-cache)

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))

.PHONY: run install dev test bench kill lint format fuzz messages

run: .venv/.installed $(CATALOGUES)
	@exec .venv/bin/python -m tracker.run

install: .venv/.installed $(CATALOGUES)
dev: .venv/.installed-dev $(CATALOGUES)

test: .venv/.installed-dev $(CATALOGUES)
	@TRACKER_SLOW_TESTS=1 .venv/bin/pytest -n 2 --dist loadgroup $(ARGS)

bench: .venv/.installed-bench $(CATALOGUES)
	@.venv/bin/python -m tests.bench $(ARGS)

fuzz: .venv/.installed-dev
	@.venv/bin/python -m tests.fuzz $(or $(MINUTES),10)

# TRACKER_DATA names the folder with the data sets; SEED=... repeats what was killed, and when.
kill: .venv/.installed-dev
	@.venv/bin/python -m tests.kill $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

lint: .venv/.installed-dev
	@.ci/lint

# What is there to translate, and what is missing (docs/translating.md).
messages: .venv/.installed-dev
	@.venv/bin/python -m tracker.messages

format: .venv/.installed-dev
	@.venv/bin/ruff check -q --fix .
	@.venv/bin/ruff format -q .

$(UV):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python make ...)"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing (Debian: python3-venv)"; exit 1; }
	@.venv/bin/python -m pip install -q "uv==$(UV_VERSION)" 2>.venv/pip.log || { cat .venv/pip.log; exit 1; }

# --inexact: `make run` after `make test` keeps what the tests need.
.venv/.installed: $(UV) pyproject.toml uv.lock
	@$(UV) sync -q $(CACHE) --frozen --no-dev --inexact && touch $@

# Translations are compiled by Babel: a bare machine has no gettext.
%.mo: %.po | .venv/.installed
	@.venv/bin/python -m tracker.messages --compile && touch $@

.venv/.installed-bench: .venv/.installed-dev
	@$(UV) sync -q $(CACHE) --frozen --inexact --group bench && touch $@

.venv/.installed-dev: $(UV) pyproject.toml uv.lock
	@$(UV) sync -q $(CACHE) --frozen --inexact && touch $@ .venv/.installed
