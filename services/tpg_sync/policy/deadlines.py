"""When TPGateway must hold what, by the numbers in force: one TOML file for each change, and its first day."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from libs.contracts.tpg_sync import RecordType
from libs.sources import SINGAPORE
from services.tpg_sync.settings import ProviderType

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline with the version of the numbers it was reckoned by."""

    at: datetime
    policy: str


class Window(BaseModel):
    """Calendar days after the day it counts from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public: int = Field(ge=0)
    in_house: int = Field(ge=0)

    def days(self, provider: ProviderType) -> int:
        return self.public if provider is ProviderType.PUBLIC else self.in_house


class DeadlinePolicy(BaseModel):
    """The numbers from `effective_from` on, until a later set takes over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    effective_from: date
    enrolment: Window
    fee: Window
    attendance: Window
    assessment: Window


def end_of_day(day: date) -> datetime:
    """00:00 in Singapore of the day after: the first instant that is too late."""
    return datetime.combine(day + timedelta(days=1), time(), SINGAPORE)


@cache
def policies() -> tuple[DeadlinePolicy, ...]:
    """Every set there is, oldest first; read once."""
    sets = (DeadlinePolicy.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in _FOLDER.glob("*.toml"))
    return tuple(sorted(sets, key=lambda one: one.effective_from))


def policy_on(day: date) -> DeadlinePolicy:
    """The set in force on a Singapore day. Days before the oldest are judged by the oldest."""
    known = policies()
    return next((one for one in reversed(known) if one.effective_from <= day), known[0])


def due(record_type: RecordType, day: date, provider: ProviderType) -> Due:
    """When a record of this type is due that counts from this Singapore day, by the numbers in force then.

    Not for runs: those are due when their first session begins.
    """
    policy = policy_on(day)
    window: Window = getattr(policy, record_type.value)
    return Due(end_of_day(day + timedelta(days=window.days(provider))), policy.name)
