"""Request and response shapes of the compliance calendar: ids, instants and sums, nothing personal."""

from datetime import date, datetime
from enum import StrEnum
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


class DayStartView(BaseModel):
    """How everything stood as one Singapore day began."""

    day: date
    taken_at: datetime
    breached: int
    red: int
    amber: int
    money_at_risk_cents: int | None
    """Null for whoever may only see how many."""
    stuck: int
    waiting: int


class HistoryView(BaseModel):
    """Days on which the system did not run are missing."""

    days: list[DayStartView]


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
    """What to suppose, and the instant to tell the sums for; without one, when the outage is over, or now.

    Limits hold for all that stands now, or for what of it counts from `limits_from` on. What was met in time stays so.
    """

    at: AwareDatetime | None = None
    outage: OutageWish | None = None
    limits: list[LimitWish] = Field(default_factory=list, max_length=len(ObligationKey))
    limits_from: date | None = None


class WaitsFor(StrEnum):
    """Who must do something next."""

    PEOPLE = "people"
    TPGATEWAY = "tpgateway"
    """All that is missing is its answer: what is to be sent goes by itself."""


class MovedView(BaseModel):
    """A duty that would stand otherwise at the instant told for."""

    id: UUID
    key: ObligationKey
    subject_id: UUID
    run_id: UUID
    waits_for: WaitsFor
    due_before: datetime
    due_after: datetime
    level_before: ObligationLevel
    level_after: ObligationLevel
    breached_before: bool
    breached_after: bool
    money_at_risk_cents: int


class OutageView(BaseModel):
    """The outage supposed; `drained_at` is by when all that waited for its end has gone, at the latest."""

    began_at: datetime
    ends_at: datetime
    drained_at: datetime


class MissedView(BaseModel):
    """A duty the outage lets nobody meet in time."""

    id: UUID
    key: ObligationKey
    title: str
    subject_id: UUID
    run_id: UUID
    waits_for: WaitsFor
    missed_at: datetime
    """When it is breached: the due instant."""
    do_before: datetime | None
    """When the outage begins: done by then, it is not missed. Null when that has passed."""
    money_at_risk_cents: int
    consequence: str


class MissedSums(BaseModel):
    """What the outage makes missed: how many, and what that puts at risk; `items` shows the costliest."""

    count: int = 0
    money_at_risk_cents: int = 0
    avoidable: int = 0
    """Those that can still be done before it begins."""
    items: list[MissedView] = Field(default_factory=list)


class StepView(BaseModel):
    """The sums at one instant, as things are and as supposed."""

    at: datetime
    before: Sums
    after: Sums


class SimulationView(BaseModel):
    """How the duties that stand now will stand, as things are and as supposed, if nobody does anything meanwhile.

    What only waits for TPGateway is met as soon as TPGateway takes it. `moved` shows the costliest of the duties that
    differ at `at`, `missed` what must be done before an outage begins, `course` the sums from now to the end.
    """

    asked_at: datetime
    at: datetime
    outage: OutageView | None
    before: Sums
    after: Sums
    moved_count: int
    moved: list[MovedView]
    missed: MissedSums
    course: list[StepView]
