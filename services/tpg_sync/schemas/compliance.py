"""Request and response shapes of the compliance calendar: ids, instants and sums, nothing personal."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from libs.contracts.tpg_sync import ObligationLevel
from libs.web.body import Body
from services.tpg_sync.models import Obligation, ObligationKey, ObligationState, Style, Subject


class ObligationView(BaseModel):
    """One duty: what, for whom, by when, how it stands, what a miss costs, and by which rules."""

    id: UUID
    version: int
    key: ObligationKey
    title: str
    subject_type: Subject
    subject_id: UUID
    occasion: int
    run_id: UUID
    style: Style
    state: ObligationState
    level: ObligationLevel
    breached: bool
    trigger_at: datetime
    target_at: datetime | None
    due_at: datetime
    """The first instant that is too late."""
    amber_at: datetime
    red_at: datetime
    satisfied_at: datetime | None
    seconds_left: float | None
    """Until it is due; negative when that has passed, null when nothing is left to do."""
    affected: int
    money_at_risk_cents: int
    basis: str
    consequence: str
    policy: str
    waived_at: datetime | None
    waived_by: str | None
    waived_because: str | None

    @classmethod
    def of(cls, row: Obligation, rule: "RuleView", now: datetime) -> Self:
        plain = {name: getattr(row, name) for name in cls.model_fields if name in Obligation.model_fields}
        left = (row.due_at - now).total_seconds() if row.state is ObligationState.OPEN else None
        return cls(
            **plain,
            title=rule.title,
            seconds_left=left,
            money_at_risk_cents=row.money_cents,
            basis=rule.basis,
            consequence=rule.consequence,
        )


class SpanView(BaseModel):
    unit: str
    public: int
    in_house: int
    counts_from: str


class LevelsView(BaseModel):
    long_from_days: int
    amber_days: int
    red_days: int
    amber_percent: int
    red_percent: int


class RuleView(BaseModel):
    """One duty of the calendar, in words and numbers."""

    key: ObligationKey
    title: str
    subject: Subject
    style: Style
    trigger: str
    counts_from: str
    due: SpanView
    target: SpanView | None
    official: bool
    """Does not move for weekends and public holidays."""
    levels: LevelsView
    basis: str
    consequence: str
    money_at_risk_cents: int
    """For one trainee's place; an assumption, for ranking."""


class PolicyView(BaseModel):
    """A set of rules, and the first Singapore day it holds on."""

    name: str
    effective_from: date
    in_force: bool
    queue_hours_per_doubling: int
    rules: list[RuleView]


class PoliciesView(BaseModel):
    provider_type: str
    policies: list[PolicyView]


class Sums(BaseModel):
    """How many stand how; the money is what amber and red ones put at risk."""

    green: int = 0
    amber: int = 0
    red: int = 0
    breached: int = 0
    money_at_risk_cents: int | None = 0
    """Null for whoever may only see how many."""
    next_due_at: datetime | None = None


class KeySums(Sums):
    key: ObligationKey


class AgeSums(Sums):
    within_weeks: int | None
    """Arisen in so many Singapore weeks, the present one included, and not in the ones before; null for the oldest."""


class RunSums(BaseModel):
    run_id: UUID
    amber: int
    red: int
    breached: int
    money_at_risk_cents: int
    next_due_at: datetime


class SummaryView(BaseModel):
    """Everything that stands, added up: in all, by key, by age, and the runs with most at risk."""

    at: datetime
    total: Sums
    by_key: list[KeySums]
    by_age: list[AgeSums]
    runs: list[RunSums]


class DayView(BaseModel):
    """Duties due on one Singapore day; null stands for all days before today."""

    day: date | None
    green: int = 0
    amber: int = 0
    red: int = 0


class DaysView(BaseModel):
    """What stands and was or will be due, day by day; days without any are in it."""

    at: datetime
    days: list[DayView]


class OutageWish(Body):
    """TPGateway takes nothing for so many hours; from now on where no beginning is told."""

    began_at: AwareDatetime | None = None
    hours: int = Field(ge=1, le=24 * 60)


class LimitWish(Body):
    """A duty is due so many whole days after what it counts from."""

    key: ObligationKey
    days: int = Field(ge=-60, le=366 * 5)


class SimulationWish(Body):
    """What to suppose, and the clock to judge by; now where none is told."""

    at: AwareDatetime | None = None
    outage: OutageWish | None = None
    limits: list[LimitWish] = Field(default_factory=list, max_length=len(ObligationKey))


class MovedView(BaseModel):
    """A duty that would stand otherwise."""

    id: UUID
    key: ObligationKey
    subject_id: UUID
    run_id: UUID
    due_before: datetime
    due_after: datetime
    level_before: ObligationLevel
    level_after: ObligationLevel
    breached_before: bool
    breached_after: bool
    money_at_risk_cents: int


class SimulationView(BaseModel):
    """The sums as things are and as supposed; `moved` shows the costliest of those that differ."""

    at: datetime
    before: Sums
    after: Sums
    moved_count: int
    moved: list[MovedView]
