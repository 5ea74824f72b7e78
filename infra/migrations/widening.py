"""Whether a migration only widens, or says since when nothing misses what it takes away."""

import re
from collections.abc import Container, Iterator
from typing import Final

from infra.local.layout import ROOT
from infra.migrations.linter import narrowing
from infra.migrations.step import Step

WIDENS: Final = "widens"
"""Not narrower after all: what replaces it lets everything through that came before."""
UNRELEASED: Final = "unreleased"
"""Taken away before anybody had it."""
BEFORE_FIRST_RELEASE: Final = {
    "assessment": "0002",
    "attendance": "0002",
    "audit": "0002",
    "auth": "0001",
    "course": "0002",
    "enrolment": "0004",
    "tpg_sync": "0007",
}
"""The last steps that may call themselves so."""


def releases() -> list[str]:
    """Every release there has been, as the changelog has them."""
    return re.findall(r"^## v?(\d+\.\d+\.\d+)\b", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def mistakes(step: Step, released: Container[str]) -> Iterator[str]:
    """What is undeclared, declared wrongly, or declared and not there."""
    found = narrowing(step.sql)
    for finding in found:
        if finding.rule not in step.narrows:
            yield f"{step.title}: {finding.rule} in line {finding.line}: {finding.message}"
    for rule, (since, why) in step.narrows.items():
        if rule not in {finding.rule for finding in found}:
            yield f"{step.title} declares {rule}, which it does not do"
        if not why.strip():
            yield f"{step.title} does not say why nothing misses what {rule} takes away"
        if not _known(step, since, released):
            yield f"{step.title} declares {rule} since {since!r}, which is no release that has been"


def _known(step: Step, since: str, released: Container[str]) -> bool:
    if since == UNRELEASED:
        return step.revision <= BEFORE_FIRST_RELEASE.get(step.service, "")
    return since == WIDENS or since in released
