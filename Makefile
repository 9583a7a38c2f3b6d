.PHONY: help demo test test-postgresql check check-all format static lock bench bench-pages bench-server fuzz chaos contract pictures clean
.DEFAULT_GOAL := help

PYTEST_WORKERS ?= auto
BENCH ?=
FUZZ ?=
CHAOS ?=
PARTS ?=
CONTRACT ?=

help:
	@echo "make demo       make an episode from a document in examples/, with no key"
	@echo "make test       run all tests"
	@echo "make test-postgresql  integration tests over PostgreSQL in the place of SQLite"
	@echo "make check      format check, lint, types, import contracts, and all tests"
	@echo "make check-all  the same, and all that takes long: faults, chaos, PostgreSQL, a fresh clone, fuzzing, figures"
	@echo "make bench      the figures, side by side with podcast-creator"
	@echo "make bench-pages   what pages, players and those who watch cost, in a real Chromium"
	@echo "make bench-server  queue, asking, ranges and many jobs"
	@echo "make fuzz       every reader against files changed by chance, FUZZ=--seconds=600 for longer"
	@echo "make chaos      an installation that is killed, frozen and cut off for ten minutes, CHAOS=--minutes=1 for less"
	@echo "make contract   requests of all kinds against what the API says of itself, CONTRACT=--max-time=3600 for longer"
	@echo "make pictures   take the pictures in docs/pictures anew, of every page, light and dark"
	@echo "make format     format the code"
	@echo "make lock       pin all dependencies anew"

demo:
	@sh scripts/setup runtime
	@sh scripts/demo

# Browsers' tests in processes of their own: the driver keeps an event loop running where they are.
test:
	@sh scripts/setup dev
	@sh scripts/system-packages
	.venv/bin/python -m pytest -n $(PYTEST_WORKERS) --ignore=tests/browser --ignore=tests/long
	.venv/bin/python -m pytest -n $(PYTEST_WORKERS) tests/browser

static:
	@sh scripts/setup dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

check: static test

# All that tests do in their own process, with a PostgreSQL database in the place of each SQLite file; what is left out is
# about that file.
test-postgresql:
	@sh scripts/setup dev
	@sh scripts/system-packages
	NARROWCAST_TESTS_DATABASE=postgresql .venv/bin/python -m pytest -n $(PYTEST_WORKERS) \
		tests/integration/store tests/integration/studio tests/integration/telling tests/integration/workers \
		tests/integration/server \
		--ignore=tests/integration/store/test_database.py --ignore=tests/integration/store/test_driver.py \
		--ignore=tests/integration/store/test_full_disk.py \
		--deselect=tests/integration/store/test_episodes.py::test_what_a_dead_process_was_making_is_found_as_failed \
		--deselect=tests/integration/telling/test_teller.py::test_the_search_for_the_untold_reads_no_other_jobs

# For hours; what a part says is in build/check-all. PARTS="chaos faults" for some of them.
check-all:
	@sh scripts/setup dev
	@sh scripts/system-packages
	@.venv/bin/python scripts/check-all $(PARTS)

bench:
	@sh scripts/setup runtime
	@sh scripts/setup peer
	.venv/bin/python bench/compare.py --peer build/peer/bin/python $(BENCH)

# In an order of their own, as each wants the machine for itself; one that fails is told, and the rest goes on.
bench-pages:
	@sh scripts/setup dev
	@sh scripts/system-packages
	@failed=; for each in idle pages first_sound sse_clients stats_page; do \
		echo "— $$each"; .venv/bin/python bench/$$each.py || failed="$$failed $$each"; done; \
		[ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

bench-server:
	@sh scripts/setup dev
	@failed=; for each in queue_claims submit ranges jobs workers; do \
		echo "— $$each"; .venv/bin/python bench/$$each.py || failed="$$failed $$each"; done; \
		[ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }
	.venv/bin/python bench/queue_claims.py --postgresql

fuzz:
	@sh scripts/setup dev
	.venv/bin/python -m tests.fuzz.run $(FUZZ)

chaos:
	@sh scripts/setup dev
	@sh scripts/system-packages
	PYTHONPATH=bench .venv/bin/python -m tests.chaos.run $(CHAOS)

contract:
	@sh scripts/setup dev
	CONTRACT="--phases=examples,coverage,fuzzing,stateful --max-time=600 $(CONTRACT)" \
		.venv/bin/python -m pytest -n 0 tests/acceptance/test_contract.py

pictures:
	@sh scripts/setup dev
	@sh scripts/system-packages
	PYTHONPATH=bench .venv/bin/python -m tests.browser.pictures

format:
	@sh scripts/setup dev
	.venv/bin/ruff check --select I --fix .
	.venv/bin/ruff format .

lock:
	@sh scripts/setup dev
	@sh scripts/lock

clean:
	rm -rf .venv build demo dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
