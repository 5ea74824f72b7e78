# Every habit by name. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
LOCAL := $(PYTHON) -m infra.local
LOCK := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-header --no-emit-index-url pyproject.toml

help: ## list every command
	@awk 'BEGIN {FS = ":.*## "; print "Hawker Boys TMS"} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Run it
up: servers ui ## the whole system on this machine, from nothing; again is fast and harmless
	@$(LOCAL) up

down: setup ## stop everything; no process is left, data stays
	@$(LOCAL) down

roll: setup ## replace every service and the gateway by what stands here now, one by one, while people work
	@$(LOCAL) roll

status: setup ## every process: state, health, memory, port
	@$(LOCAL) status

logs: setup ## follow the logs; S=course for one process
	@$(LOCAL) logs $(S)

demo: setup ## a whole training through the gateway, to TPGateway and back, with timelines, audit and trace
	@$(PYTHON) -m infra.demo run

clock: setup ## what time this system has; A=4d (36h, 90m) moves it ahead, with all that waits for it
	@$(LOCAL) clock $(A)

trace: setup ## one request across all services as a picture; ID=correlation or trace id
	@$(PYTHON) -m infra.demo trace $(ID)

subscriber: setup ## let another system hear events; NAME=payroll AREAS=courses,enrolments (all), NEW=1 other secrets
	@$(PYTHON) -m infra.subscribers add "$(NAME)" --areas "$(AREAS)" $(if $(NEW),--new-secrets)

subscribers: setup ## who hears events, how much waits for each, and whether anybody reads it
	@$(PYTHON) -m infra.subscribers list

unsubscribe: setup ## end another system's hearing; NAME=payroll
	@$(PYTHON) -m infra.subscribers remove "$(NAME)"

simulator: setup ## TPGateway's simulator alone, for any client of it
	@$(PYTHON) -m infra.tpg_simulator --port 8190

backup: setup ## everything the system holds, at one moment, into a folder; TO=folder (.run/backups/<instant>)
	@$(PYTHON) -m infra.backup take "$(TO)"

restore: servers ## put a backup in the place of what the system holds now; FROM=folder, Y=1 does not ask
	@$(PYTHON) -m infra.backup restore "$(FROM)" $(if $(Y),--yes)

reset: setup ## stop everything and delete its data; Y=1 does not ask
	@$(LOCAL) reset $(if $(Y),--yes)

compose-up: setup ## the same system in containers, from docker-compose.yml; builds the images first. BARE=1 without telemetry
	@$(PYTHON) -m infra.containers up $(if $(BARE),--no-telemetry)

compose-down: setup ## stop it; DATA=1 deletes its data as well
	@$(PYTHON) -m infra.containers down $(if $(DATA),--data)

compose-env: setup ## only write the environment files that docker-compose.yml reads
	@$(PYTHON) -m infra.containers env

compose-ports: setup ## the ports of `make up` lead into the containers, until interrupted
	@$(PYTHON) -m infra.containers forward

compose-bases: setup ## without a registry: what the images stand on, of Debian's packages; TRUST=certificate of a proxy
	@$(PYTHON) -m infra.containers bases $(if $(TRUST),--trust "$(TRUST)")

compose-test: setup ## the journeys through the system in containers, built and started for them alone
	@TMS_SYSTEM=composed $(PYTHON) -m pytest -rs tests-e2e/journeys tests-e2e/failures tests-e2e/test_nothing_leaks.py

##@ Prove it
chaos: servers ## break processes, broker and database in a storm and in a repair, then count what was lost (0); SEED=n replays
	@$(PYTHON) -m infra.chaos --seconds $(or $(SECONDS_LONG),60) --seed $(or $(SEED),0)

rolling: servers ## a new release takes over from FROM=revision under load: nobody is refused, every promise holds; SEED=n
	@$(PYTHON) -m infra.rolling --seed $(or $(SEED),0) $(if $(FROM),--from "$(FROM)")

bench: servers ## throughput as ratios against peers measured in the same run
	@$(PYTHON) -m infra.bench

budgets: setup ui ## weight and speed of the running UI, measured beside their limits
	@infra/local/bootstrap.sh browser
	@$(PYTHON) -m infra.ui budgets

verify-audit: setup ## check an audit pack; FILE=audit.zip, KEY=public key in hex
	@$(PYTHON) infra/audit_verifier/verify.py "$(FILE)" $(if $(KEY),--key $(KEY))

preflight: setup ## does our pre-flight foresee what TPGateway refuses? a table by operation; SEED=n bends others
	@$(PYTHON) -m infra.preflight_corpus --seed $(or $(SEED),0)

##@ Look after the code
setup: ## the Python environment, from the lock file
	@infra/local/bootstrap.sh environment

servers: ## the same, and Postgres and RabbitMQ
	@infra/local/bootstrap.sh

ui: setup ## build the ops UI; again is fast and harmless
	@$(PYTHON) -m infra.ui build --quiet

screenshots: setup ui ## every page of the running system as pictures, wide and narrow, light and dark
	@infra/local/bootstrap.sh browser
	@$(PYTHON) -m infra.ui screenshots

test: setup ## everything, on real servers and in a real browser, from nothing
	@infra/local/bootstrap.sh everything
	@$(PYTHON) -m infra.ui build --quiet
	@$(PYTHON) -m infra.ui test
	@$(PYTHON) -m pytest --numprocesses logical --maxprocesses 4 --dist loadscope --no-loadscope-reorder \
		--ignore tests-e2e/screens

screens: servers ui ## the UI's journeys in a real browser, on a fresh system of their own; beside `make test`
	@infra/local/bootstrap.sh browser
	@$(PYTHON) -m pytest tests-e2e/screens

check: setup ## format, lint, types, import walls, generated files, migrations
	@$(PYTHON) -m ruff format --check --quiet . || { echo "run: make fmt"; exit 1; }
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy --no-error-summary libs services gateway infra
	@.venv/bin/lint-imports --no-cache > .lint-imports.log || { cat .lint-imports.log; rm -f .lint-imports.log; exit 1; }
	@rm -f .lint-imports.log
	@$(PYTHON) -m infra.contracts check
	@$(PYTHON) -m infra.telemetry check
	@$(PYTHON) -m infra.ui check
	@$(PYTHON) -m infra.containers check
	@$(PYTHON) -m infra.k8s check
	@$(PYTHON) -m infra.migrations check
	@echo "check: format, lint, types, walls, contracts, dashboards, the UI, images, k8s/ and migrations are in order"

fmt: setup ## format and mend what can be mended
	@$(PYTHON) -m ruff format --quiet . && $(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m infra.ui fmt

contracts: setup ## write the generated contracts anew: frozen schemas, AsyncAPI, event map
	@$(PYTHON) -m infra.contracts write

cluster: setup ## write anew what is generated in k8s/: NetworkPolicies, alarms; RUNBOOKS=https://… is where they link
	@$(PYTHON) -m infra.k8s write $(if $(RUNBOOKS),--runbooks $(RUNBOOKS))

lock: setup ## write the lock files anew from pyproject.toml (versions and hashes, no addresses)
	@$(LOCK) -o requirements.lock
	@$(LOCK) --extra dev -o requirements-dev.lock

.PHONY: help compose-up compose-down compose-env compose-ports compose-bases compose-test chaos rolling bench budgets \
	verify-audit preflight up down roll status logs demo clock trace subscriber subscribers unsubscribe simulator backup \
	restore reset setup servers ui screenshots screens test check fmt contracts cluster lock
