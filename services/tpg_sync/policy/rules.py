"""The shape of a set of rules: what is owed when, how early it warns, and what a miss costs."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.models.obligation_kinds import ObligationKey, Style, Subject
from services.tpg_sync.settings import ProviderType


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Unit(StrEnum):
    DAYS = "days"
    WORKING_DAYS = "working_days"
    HOURS = "hours"
    MOMENT = "moment"
    YEARS = "years"


class CountsFrom(StrEnum):
    ANCHOR = "anchor"
    TRIGGER = "trigger"


class Span(_Rule):
    """A distance in time; negative ones lie before what they count from."""

    unit: Unit
    public: int = 0
    in_house: int = 0
    counts_from: CountsFrom = Field(default=CountsFrom.ANCHOR, alias="from")

    def of(self, provider: ProviderType) -> int:
        return self.public if provider is ProviderType.PUBLIC else self.in_house


class Levels(_Rule):
    """When a duty turns amber and red: by days left in long windows, by the share that has passed in shorter ones."""

    long_from_days: int = Field(ge=1)
    amber_days: int = Field(ge=0)
    red_days: int = Field(ge=0)
    amber_percent: int = Field(ge=0, le=100)
    red_percent: int = Field(ge=0, le=100)

    @model_validator(mode="after")
    def _amber_comes_first(self) -> Self:
        if self.amber_days < self.red_days or self.amber_percent > self.red_percent:
            message = "amber comes before red"
            raise ValueError(message)
        return self


class ObligationRule(_Rule):
    """One duty of the calendar. `trigger` and `counts_from` are words for people; the events decide."""

    title: str
    subject: Subject
    style: Style = Style.DEADLINE
    trigger: str
    counts_from: str
    due: Span
    target: Span | None = None
    """Our own earlier aim: once it has passed, the duty is amber at least."""
    official: bool = False
    levels: Levels | None = None
    """Where a duty warns otherwise than the rest."""
    submits: RecordType | None = None
    """Which submission this is the deadline of."""
    basis: str
    consequence: str
    money_at_risk_cents: int = Field(ge=0)


class Policy(_Rule):
    """The rules from `effective_from` on, until a later set takes over."""

    name: str
    effective_from: date
    queue_hours_per_doubling: int = Field(ge=0)
    levels: Levels
    obligations: Mapping[ObligationKey, ObligationRule]

    @model_validator(mode="after")
    def _nothing_is_left_out(self) -> Self:
        missing = sorted(set(ObligationKey) - set(self.obligations))
        submitted = [rule.submits for rule in self.obligations.values() if rule.submits is not None]
        if missing or sorted(submitted) != sorted(set(RecordType) - {RecordType.RUN}):
            message = f"every duty has a rule, and every submission one deadline; missing {missing}, got {submitted}"
            raise ValueError(message)
        return self

    def rule(self, key: ObligationKey) -> ObligationRule:
        return self.obligations[key]

    def submission(self, record_type: RecordType) -> ObligationRule:
        """The duty that is the deadline of these submissions. Not for runs: their first session is."""
        return next(rule for rule in self.obligations.values() if rule.submits is record_type)

    def levels_of(self, rule: ObligationRule) -> Levels:
        return rule.levels or self.levels
