"""What a runbook tells people to do exists: make targets, calls of the API, RabbitMQ's commands, links, alarms."""

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from infra.telemetry import catalogue, rules
from infra.telemetry.catalogue import ROOT

READMES = sorted(
    path
    for folder in ("libs", "services", "gateway", "infra", "tests-e2e", ".")
    for path in (ROOT.glob("README.md") if folder == "." else (ROOT / folder).rglob("README.md"))
    if "node_modules" not in path.parts
)
RUNBOOKS = {
    path: path.read_text().partition("\n# Runbooks\n")[2] for path in READMES if "\n# Runbooks\n" in path.read_text()
}
every_readme = pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
every_runbook = pytest.mark.parametrize("readme", RUNBOOKS, ids=lambda path: str(path.relative_to(ROOT)))

TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
ASKED_FOR = {
    "libs/broker/README.md#broker-down",
    "libs/database/README.md#database-failover",
    "services/tpg_sync/README.md#tpgateway-outage",
    "services/tpg_sync/README.md#certificate-expiry",
    "libs/outbox/README.md#dead-letters-rising",
    "services/auth/README.md#key-rotation",
    "libs/database/README.md#restore-from-a-backup",
    "libs/broker/README.md#upgrade-of-rabbitmq-313-to-4",
    "services/enrolment/README.md#erase-a-person",
    "services/audit/README.md#breach-helper",
}
OPERATION = re.compile(r"`(GET|POST|PATCH|PUT|DELETE) (/api/v1/[^\s`?]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("runbook", sorted(ASKED_FOR))
def test_what_an_operator_may_meet_has_a_runbook(runbook: str) -> None:
    assert rules.missing_runbook(runbook) is None


@every_readme
def test_make_knows_every_target(readme: Path) -> None:
    told = re.findall(r"(?:^ {4}|`|^)make ([a-z][a-z-]*)", readme.read_text(), re.MULTILINE)
    assert set(told) - TARGETS == set()


@every_readme
def test_links_lead_somewhere(readme: Path) -> None:
    lost = [link for link in LINK.findall(readme.read_text()) if not _leads(readme, link)]
    assert lost == []


def _leads(readme: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link) or link.startswith("/"):
        return True
    path, _, anchor = link.partition("#")
    target = (readme.parent / path).resolve() if path else readme
    if target.is_dir():
        target /= "README.md" if anchor else ""
    return target.exists() and (not anchor or target.suffix != ".md" or anchor in rules.headings(target))


@every_runbook
def test_the_api_has_every_call(readme: Path) -> None:
    paths = json.loads((ROOT / "gateway/openapi.json").read_text())["paths"]
    known = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path)) for path, operations in paths.items() for method in operations
    }
    told = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in OPERATION.findall(RUNBOOKS[readme])}
    assert told - known == set()


@every_runbook
def test_its_alarms_and_metrics_exist(readme: Path) -> None:
    alarms = {alert.name for alert in rules.alerts()}
    noticed = re.findall(r"\*\*Noticed by\*\*(.*?)(?=\n- \*\*|\n\n)", RUNBOOKS[readme], re.DOTALL)
    told = {name for part in noticed for name in re.findall(r"`([A-Z][a-zA-Z]+)`", part)}
    assert told - alarms == set()
    metrics = set(re.findall(r"`(tms_[a-z_]+)(?:\{[^}]*\})?`", RUNBOOKS[readme]))
    families = catalogue.own() | {re.sub(r"_(?:bucket|count|sum)$", "", name) for name in catalogue.own()}
    assert metrics - families == set()


def test_every_alarm_is_named_by_its_runbook() -> None:
    unnamed = []
    for alert in rules.alerts():
        path, _, anchor = alert.runbook.partition("#")
        section = _section(ROOT / path, anchor)
        if f"`{alert.name}`" not in section:
            unnamed.append(f"{alert.name}: {alert.runbook}")
    assert unnamed == []


def _section(readme: Path, anchor: str) -> str:
    """From the heading to the next of any level."""
    parts = re.split(r"^(#+ .+)$", readme.read_text(), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return next((text for heading, text in sections.items() if rules.anchor_of(heading.lstrip("# ")) == anchor), "")


NEWER = {"check_if_any_deprecated_features_are_used"}
"""Commands of the RabbitMQ that an upgrade is made from, 3.13, which distributions do not have yet."""


@cache
def _commands_of(program: str) -> set[str]:
    done = subprocess.run([program, "help"], capture_output=True, text=True, check=False)
    return set(re.findall(r"^ {3}([a-z_]+) ", done.stdout, re.MULTILINE))


def test_rabbitmq_knows_every_command() -> None:
    text = "\n".join(RUNBOOKS.values())
    told = re.findall(r"`(rabbitmq(?:ctl|-diagnostics|-queues|-upgrade)) ([a-z_]+)", text)
    assert told
    for program in {program for program, _ in told}:
        found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
        if found is None:
            pytest.skip(f"{program} is not here to be asked")
        assert {command for one, command in told if one == program} - _commands_of(found) <= NEWER
