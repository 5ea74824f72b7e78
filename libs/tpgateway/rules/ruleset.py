"""What TPGateway takes, as versioned data: one TOML file for each change of mind, each with the day it takes effect."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.tpgateway.identifiers import IdKind
from libs.tpgateway.rules.finding import Finding, Severity

_FOLDER = Path(__file__).parent


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldRule(_Data):
    """What one field must be like. `needed` and `wanted` name the circumstances in which it must be there."""

    label: str
    longest: int | None = None
    needed: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    filled: bool = False
    """Whether it must say something if it is there at all."""
    codes: str | None = None
    any_case: bool = False
    """Whether a code is known in any spelling of its case."""
    least: Decimal | None = None
    most: Decimal | None = None
    shape: Literal["email", "postal_code", "uen", "digits", "country_code", "phone", "reference"] | None = None


class Limits(_Data):
    edit_cutoff_minutes: int
    page_size_min: int
    page_size_max: int
    course_list_page_sizes: tuple[int, ...]


class Modes(_Data):
    placeless: frozenset[str]
    untimed: frozenset[str]
    hours_needed: frozenset[str] = frozenset()


class Uen(_Data):
    entity_types: frozenset[str]


class Meaning(_Data):
    message: str
    fix: str


class Fragment(Meaning):
    code: str
    words: tuple[str, ...]


class RuleSet(_Data):
    """The rules from `effective_from` on, until a later set takes over."""

    name: str
    effective_from: date
    severity: Mapping[str, Literal["block", "warn", "off"]]
    limits: Limits
    modes: Modes
    uen: Uen
    id_kinds: Mapping[str, IdKind]
    fields: Mapping[str, Mapping[str, FieldRule]]
    codes: Mapping[str, Mapping[str, str]]
    refusals: Mapping[str, Meaning] = Field(default_factory=dict)
    fragments: tuple[Fragment, ...] = ()

    def words(self, code_list: str, code: str | int) -> str:
        """What stands beside a code on the wire; empty for a code the list does not have."""
        return self.codes[code_list].get(str(code), "")

    def needs_place(self, mode: str | None) -> bool:
        return mode is not None and mode not in self.modes.placeless

    def is_timed(self, mode: str | None) -> bool:
        """False where TPGateway keeps days only and makes the times 00:00 to 23:59."""
        return mode not in self.modes.untimed

    def needs_hours(self, mode: str | None) -> bool:
        """Whether every upload of attendance has to tell hours."""
        return mode in self.modes.hours_needed

    def graded(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings as hard as this set takes their codes, without those it does not judge."""
        graded = []
        for finding in findings:
            severity = self.severity.get(finding.code, Severity.BLOCK)
            if severity != "off":
                graded.append(replace(finding, severity=Severity(severity)))
        return graded


@cache
def rulesets() -> tuple[RuleSet, ...]:
    """Every set there is, oldest first; read once."""
    tables = (tomllib.loads(path.read_text("utf-8"), parse_float=Decimal) for path in _FOLDER.glob("*.toml"))
    sets = (RuleSet.model_validate(table) for table in tables)
    return tuple(sorted(sets, key=lambda one: one.effective_from))


def ruleset_on(day: date) -> RuleSet:
    """The set in force on a Singapore day. Days before the oldest are judged by the oldest."""
    known = rulesets()
    return next((one for one in reversed(known) if one.effective_from <= day), known[0])
