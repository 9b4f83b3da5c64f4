# make demo   sets everything up and opens the demo
# make test   sets everything up and passes all tests
#
# Everything lands in .venv; a second run finds it there and starts in seconds.

PYTHON ?= python3
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
TORCH := torch==2.13.0

.PHONY: demo test test-library test-space lint format train figures api docs dist
.DELETE_ON_ERROR:

demo: .venv/demo.installed
	$(BIN)/python app.py --open

# The browser's tests run by themselves: Playwright keeps an event loop in the process it has once run in.
test: lint .venv/browser.installed .venv/nginx.installed
	$(BIN)/pytest --quiet --ignore=tests/browser
	$(BIN)/pytest --quiet tests/browser

# Library, command line and server, without a browser.
test-library: .venv/dev.installed
	$(BIN)/pytest --ignore=tests/browser

# In an empty environment with what a Space installs. It takes minutes, so the other tests do without.
test-space: .venv/browser.installed
	$(PYTHON) -m venv --clear .venv/space
	.venv/space/bin/pip install --quiet --requirement requirements.txt \
		"gradio[oauth,mcp]==$$(sed -n 's/^sdk_version: "\(.*\)"/\1/p' README.md)" \
		"uvicorn>=0.14.0" "websockets>=10.4" spaces
	SPACE_PYTHON=.venv/space/bin/python $(BIN)/pytest tests/browser/test_space.py

lint: .venv/dev.installed
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: .venv/dev.installed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

train: .venv/dev.installed
	$(BIN)/python -m lenet.train
	$(BIN)/python -m lenet.train_doubt

# The errors and rates that README and model card tell, measured anew.
figures: .venv/dev.installed
	$(BIN)/python -m lenet.card --check

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

# For tests/browser/test_nginx.py: the system's nginx, else Debian's package, installed where root, else
# unpacked into .venv.
.venv/nginx.installed: .venv/dev.installed
	@command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		  apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light >/dev/null; } || \
		{ cd .venv && command -v dpkg >/dev/null && apt-get download -qq nginx && dpkg -x nginx_*.deb nginx; } || \
		{ echo "nginx is missing: install it, in Debian as root with apt-get install nginx-light." >&2; exit 1; }
	@touch $@

# The system's browser, else Debian's package where that can be installed, else Playwright's own.
.venv/browser.installed: .venv/dev.installed
	@command -v chromium >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
		$(BIN)/playwright install chromium
	@touch $@
