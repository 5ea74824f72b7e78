"""The rules in force, one TOML file for each change with its first day, and when submissions are due by them."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.policy.days import start_of_day
from services.tpg_sync.policy.reckoning import instant_of
from services.tpg_sync.policy.rules import Policy
from services.tpg_sync.settings import ProviderType

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline with the version of the rules it was reckoned by."""

    at: datetime
    policy: str


@cache
def policies() -> tuple[Policy, ...]:
    """Every set there is, oldest first; read once."""
    sets = (Policy.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in _FOLDER.glob("*.toml"))
    return tuple(sorted(sets, key=lambda one: one.effective_from))


def policy_on(day: date) -> Policy:
    """The set in force on a Singapore day. Days before the oldest are judged by the oldest."""
    known = policies()
    return next((one for one in reversed(known) if one.effective_from <= day), known[0])


def names_of_rules() -> str:
    """Which sets there are, and from when on: other words when one came, went or was moved."""
    return " ".join(f"{one.name}@{one.effective_from.isoformat()}" for one in policies())


def policy_named(name: str) -> Policy:
    """The set of that name; one that is gone is answered by the newest."""
    known = policies()
    return next((one for one in known if one.name == name), known[-1])


def due(record_type: RecordType, day: date, provider: ProviderType) -> Due:
    """When a record of this type is due that counts from this Singapore day, by the rules in force then.

    The same instant as the duty's in the compliance calendar. Not for runs: those are due when their first session
    begins.
    """
    policy = policy_on(day)
    rule = policy.submission(record_type)
    return Due(instant_of(rule.due, start_of_day(day), provider, moves=not rule.official), policy.name)
