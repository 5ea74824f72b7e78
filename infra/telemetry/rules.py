"""The rules as Prometheus reads them, and what their tests say fires."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from infra.telemetry.catalogue import ROOT

FOLDER: Final = Path(__file__).parent / "prometheus"
RULES: Final = sorted((FOLDER / "rules").glob("*.yml"))
TESTS: Final = sorted((FOLDER / "tests").glob("*.yml"))


@dataclass(frozen=True, slots=True)
class Alert:
    name: str
    expression: str
    severity: str
    runbook: str
    """A README of this repository, and a heading in it."""


def alerts() -> list[Alert]:
    return [
        Alert(rule["alert"], rule["expr"], rule["labels"]["severity"], rule["annotations"]["runbook"])
        for rule in _rules()
        if "alert" in rule
    ]


def recorded() -> dict[str, list[str]]:
    """Names that rules make, with the expressions they are made of."""
    made: dict[str, list[str]] = {}
    for rule in _rules():
        if "record" in rule:
            made.setdefault(rule["record"], []).append(rule["expr"])
    return made


def groups() -> list[dict[str, Any]]:
    """Every group of rules, as its file says it."""
    return [group for path in RULES for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]


def _rules() -> Iterator[dict[str, Any]]:
    for group in groups():
        yield from group["rules"]


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a promtool test: the metrics it gives, and the alarms it says fire at any of its moments."""

    name: str
    given: frozenset[str]
    fires: frozenset[str]
    looks_at_all: bool
    """Whether it names all alarms that fire, so that none of the others does."""


_ALERTNAME: Final = re.compile(r'alertname="(\w+)"')


def cases() -> list[Case]:
    return [_case(test) for path in TESTS for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]]


def _case(test: dict[str, Any]) -> Case:
    asked = [one for one in test.get("promql_expr_test", []) if "ALERTS" in one["expr"]]
    samples = [sample["labels"] for one in asked for sample in one["exp_samples"] or []]
    named = [one["alertname"] for one in test.get("alert_rule_test", []) if one["exp_alerts"]]
    return Case(
        name=test["name"],
        given=frozenset(series["series"].partition("{")[0] for series in test["input_series"]),
        fires=frozenset([*named, *(name for labels in samples for name in _ALERTNAME.findall(labels))]),
        looks_at_all=bool(asked),
    )


def anchor_of(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def headings(readme: Path) -> set[str]:
    """The anchors of a README's headings."""
    return {anchor_of(found) for found in re.findall(r"^#+ (.+)$", readme.read_text(encoding="utf-8"), re.MULTILINE)}


def missing_runbook(runbook: str) -> str | None:
    """What is wrong with a link to a runbook; None when its heading is there."""
    path, _, anchor = runbook.partition("#")
    readme = ROOT / path
    if not readme.is_file():
        return f"{path} is not there"
    return None if anchor in headings(readme) else f"{path} has no heading #{anchor}"
