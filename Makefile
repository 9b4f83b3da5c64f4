# make demo   sets everything up and opens the demo
# make test   sets everything up and runs the tests
# make check  the quick ones of them, in a minute
# CONTRIBUTING.md tells the others.
#
# Everything lands in .venv; a second run finds it there and starts in seconds.

PYTHON ?= python3
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
DENO := DENO_NO_UPDATE_CHECK=1 $(BIN)/deno
TORCH := torch==2.13.0

.PHONY: demo test check test-library test-browsers test-space mutants coverage lint format train figures api docs dist
.DELETE_ON_ERROR:

demo: .venv/demo.installed
	$(BIN)/python app.py --open

# Files run side by side, each on one core; the tests of one share what is slow to start (loadfile).
# One with a browser waits a tenth of its time: one more than there are cores keeps all of them at work.
WORKERS ?= 2
BROWSERS ?= $(shell expr $(WORKERS) + 1)
PYTEST := OMP_NUM_THREADS=1 $(BIN)/pytest --quiet
SIDE_BY_SIDE := --dist loadfile --numprocesses
WITHOUT_BROWSER := --ignore=tests/browser --ignore=tests/engines
COVERED := $(subst $(BIN)/pytest,$(BIN)/coverage run -m pytest,$(PYTEST))

# On a busy machine a browser or a server may be late for once. So what fails is tried a second time, alone on the
# machine, and named either way; what fails twice is broken.
define passes
$(PYTEST) $(SIDE_BY_SIDE) $(1) $(2) || { echo "What failed is tried once more, one test at a time."; \
		$(PYTEST) --last-failed $(2); }
endef

# The browser's tests run by themselves: Playwright keeps an event loop in the process it has once run in.
test: lint .venv/browser.installed .venv/nginx.installed
	$(call passes,$(WORKERS),$(WITHOUT_BROWSER))
	$(call passes,$(BROWSERS),tests/browser)

# For the everyday loop: lint, types, and what needs no browser, no training and no installation.
check: lint
	$(PYTEST) $(SIDE_BY_SIDE) $(WORKERS) $(WITHOUT_BROWSER) -m "not slow"

# Library, command line and server, without a browser.
test-library: .venv/dev.installed
	$(PYTEST) $(SIDE_BY_SIDE) $(WORKERS) $(WITHOUT_BROWSER)

# In Firefox and in WebKit, Safari's engine, which needs a screen to be had: the virtual one of xvfb-run.
test-browsers: .venv/engines.installed
	xvfb-run --auto-servernum --server-args="-screen 0 1600x1200x24" $(BIN)/pytest --quiet \
		-W ignore::DeprecationWarning -W ignore::ResourceWarning tests/engines

# In an empty environment with what a Space installs. It takes minutes, so the other tests do without.
test-space: .venv/browser.installed
	$(PYTHON) -m venv --clear .venv/space
	.venv/space/bin/pip install --quiet --requirement requirements.txt \
		"gradio[oauth,mcp]==$$(sed -n 's/^sdk_version: "\(.*\)"/\1/p' README.md)" \
		"uvicorn>=0.14.0" "websockets>=10.4" spaces
	SPACE_PYTHON=.venv/space/bin/python $(BIN)/pytest tests/browser/test_space.py

# Whether the tests notice what is changed in the modules that tests/mutants.py names. It takes long; one alone:
# make mutants MODULES=lenet/model.py
mutants: .venv/dev.installed
	OMP_NUM_THREADS=1 $(BIN)/python tests/mutants.py $(MODULES)

# Which lines of Python and of the page's scripts no test runs. What measures time or memory fails under it.
coverage: .venv/browser.installed .venv/nginx.installed
	rm -rf .coverage_cache
	-$(COVERED) $(SIDE_BY_SIDE) $(WORKERS) $(WITHOUT_BROWSER)
	-COVERED_SCRIPTS=.coverage_cache/scripts $(COVERED) $(SIDE_BY_SIDE) $(BROWSERS) tests/browser
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/python -m tests.covered .coverage_cache/scripts

# Python by ruff and mypy, the browser's files by deno (deno.json), which asks no network for anything.
lint: .venv/dev.installed
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(DENO) fmt --check
	$(DENO) lint
	$(DENO) check demo

format: .venv/dev.installed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(DENO) fmt

train: .venv/dev.installed
	$(BIN)/python -m lenet.train
	$(BIN)/python -m lenet.train.rejection
	$(BIN)/python -m lenet.evaluate.units

# The errors and rates that README and model card tell, measured anew.
figures: .venv/dev.installed
	$(BIN)/python -m lenet.evaluate.card --check

api: .venv/dev.installed
	$(BIN)/python docs/api.py

docs: api
	$(BIN)/python docs/marks.py

dist: .venv/dev.installed
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# The CPU build is a tenth of the default one's size. Where its index cannot be reached, no time is lost.
.venv/torch.installed:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@echo "Installing $(TORCH), the CPU build ..."
	@$(BIN)/pip install --quiet --retries 0 --timeout 10 \
		--index-url https://download.pytorch.org/whl/cpu $(TORCH) 2>/dev/null || \
		{ echo "PyTorch's CPU index cannot be reached; $(TORCH) comes from the default registry."; \
		  $(BIN)/pip install --quiet $(TORCH); }
	@touch $@

.venv/demo.installed: .venv/torch.installed pyproject.toml
	$(BIN)/pip install --quiet --editable ".[demo]"
	@touch $@

.venv/dev.installed: .venv/torch.installed pyproject.toml
	$(BIN)/pip install --quiet --editable ".[demo,train]" --group dev
	@touch $@ .venv/demo.installed

# A package of the system for a command that is not there, announced before it is installed, where root.
define from_system
command -v $(1) >/dev/null || [ -x /usr/sbin/$(1) ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		echo "Installing $(2) from the system's packages ..." && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $(2) >/dev/null; }
endef

# The system's nginx, else Debian's package, installed where root, else unpacked into .venv.
.venv/nginx.installed: .venv/dev.installed
	@$(call from_system,nginx,nginx-light) || \
		{ cd .venv && command -v dpkg >/dev/null && echo "Unpacking the system's package nginx into .venv ..." && \
		  apt-get download -qq nginx && dpkg -x nginx_*.deb nginx; } || \
		{ echo "nginx is missing: install it, in Debian as root with apt-get install nginx-light." >&2; exit 1; }
	@touch $@

# The system's browser, else Debian's package where that can be installed, else Playwright's own. The headless shell
# is Chromium without windows.
.venv/browser.installed: .venv/dev.installed
	@command -v chromium >/dev/null || $(call from_system,chromium-headless-shell,chromium-headless-shell) || \
		{ echo "Installing Playwright's own Chromium ..." && $(BIN)/playwright install chromium; }
	@touch $@

# The system's browsers, else Debian's packages where root.
.venv/engines.installed: .venv/browser.installed
	@$(call from_system,firefox-esr,firefox-esr) || command -v firefox >/dev/null || \
		{ echo "Firefox is missing: install it, in Debian as root with apt-get install firefox-esr." >&2; exit 1; }
	@$(call from_system,WebKitWebDriver,webkit2gtk-driver) || \
		{ echo "WebKit is missing: install it, in Debian as root with apt-get install webkit2gtk-driver." >&2; exit 1; }
	@$(call from_system,xvfb-run,xvfb xauth) || \
		{ echo "xvfb-run is missing: install it, in Debian as root with apt-get install xvfb xauth." >&2; exit 1; }
	$(BIN)/pip install --quiet --group engines
	@touch $@
