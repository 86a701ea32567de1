# `make help` lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test fuzz-api screenshots lint format kafka kafka-stop postgres postgres-stop bench survive lock size wheel test-wheel test-vllm clean

BIN := .venv/bin
LOCAL := $(BIN)/python -m deploy.local
KAFKA ?=
POSTGRES ?=
ARGS ?=
EXAMPLES ?= 300
# What `make demo` and `make bench` run on a real Kafka or Postgres of their own.
SERVICES := $(if $(filter 1,$(KAFKA)),--kafka) $(if $(filter 1,$(POSTGRES)),--postgres)
UV := .tools/uv/bin/uv
UV_VERSION := 0.13.9
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-header $(if $(filter 1,$(UPGRADE)),--upgrade)

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

setup: .venv/.base ## Make .venv with a working .venv/bin/citedesk

setup-dev: .venv/.dev ## The same, with the tools for tests and lint

.venv/.base: requirements/base.txt requirements/build.txt pyproject.toml deploy/install.sh
	@deploy/install.sh base
	@touch $@

.venv/.dev: requirements/dev.txt requirements/base.txt requirements/build.txt pyproject.toml deploy/install.sh
	@deploy/install.sh dev
	@touch .venv/.base $@

demo: setup ## Watch tickets come in and go out as drafts (KAFKA=1 POSTGRES=1: on real ones)
	@echo "demo: .venv/bin/citedesk demo $(strip $(SERVICES) $(ARGS))"
	@$(LOCAL) run $(SERVICES) -- $(BIN)/citedesk demo $(SERVICES) $(ARGS)

test: setup-dev ## All tests that this machine can run; says which it cannot (ARGS=... for pytest)
	@echo "test: .venv/bin/pytest $(ARGS) (tiers: unit, contract, integration, acceptance, migrations, faults)"
	@$(BIN)/pytest $(ARGS)

fuzz-api: setup-dev ## Hundreds of made-up requests to each operation of the review API
	@CITEDESK_TEST_EXAMPLES=$(EXAMPLES) $(BIN)/pytest tests/contract/api $(ARGS)

screenshots: setup-dev ## Take the pictures in docs/ anew (needs Chromium)
	@CITEDESK_TEST_SHOTS=docs $(BIN)/pytest tests/acceptance/test_review_page.py $(ARGS)

lint: setup-dev ## ruff, pyright (strict), import-linter
	@failed=0; \
	for tool in "ruff check ." "ruff format --check ." pyright lint-imports; do \
		echo "lint: $$tool"; $(BIN)/$$tool || failed=1; \
	done; \
	exit $$failed

format: setup-dev ## Let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

kafka: setup ## Start a real Kafka in the background; prints the line to paste
	@$(LOCAL) kafka start

kafka-stop: setup ## Stop it
	@$(LOCAL) kafka stop

postgres: setup ## Start a private Postgres in the background; prints the line to paste
	@$(LOCAL) postgres start

postgres-stop: setup ## Stop it
	@$(LOCAL) postgres stop

bench: setup ## Measure the pipeline on a real Kafka and Postgres
	@$(BIN)/python -m bench.pipeline $(ARGS)

survive: setup ## Kill -9 under load on a real Kafka and Postgres, then check that nothing was lost
	@$(BIN)/python -m bench.survive $(ARGS)

size: setup ## How much disk the base install takes
	@$(BIN)/python deploy/size.py

lock: $(UV) ## Resolve requirements/*.txt again (UPGRADE=1: to the newest versions)
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
	$(COMPILE) --group build -c requirements/dev.txt -o requirements/build.txt
	$(COMPILE) pyproject.toml --extra vllm -o requirements/vllm.txt
	$(COMPILE) pyproject.toml requirements/vllm-test.in --override requirements/vllm-test.overrides -o requirements/vllm-test.txt

$(UV):
	@echo "lock: installing uv $(UV_VERSION) in .tools/uv"
	@python3 -m venv .tools/uv
	@.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

wheel: setup-dev ## Build dist/citedesk-*.whl
	@rm -rf dist
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist

test-wheel: setup-dev ## Install the wheel in an empty environment and run it
	@CITEDESK_TEST_WHEEL=1 $(BIN)/pytest tests/acceptance/test_wheel.py $(ARGS)

test-vllm: $(UV) ## The service on a real vLLM, on the processor, in .tools/vllm (7 GB)
	@code=0; deploy/vllm/install.sh || code=$$?; \
	if [ $$code = 69 ]; then exit 0; elif [ $$code != 0 ]; then exit $$code; fi; \
	echo "test-vllm: .tools/vllm/bin/python -m pytest tests/vllm $(ARGS)"; \
	.tools/vllm/bin/python -m pytest tests/vllm $(ARGS)

clean: ## Stop what `make` started and remove what it made (not .venv)
	@if [ -x $(BIN)/python ]; then $(LOCAL) kafka clear; $(LOCAL) postgres clear; fi
	@rm -rf .citedesk .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage* htmlcov build dist
	@find . -name __pycache__ -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +
