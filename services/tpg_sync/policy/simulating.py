"""What if: the open duties judged again under an outage of TPGateway, or other limits. Pure; nothing is kept."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from libs.contracts.tpg_sync import ObligationLevel
from libs.sources import singapore_day
from services.tpg_sync.models.obligation_kinds import ObligationKey as Key
from services.tpg_sync.policy.deadlines import policy_on
from services.tpg_sync.policy.judging import Case, Verdict, judge
from services.tpg_sync.policy.reckoning import Timing, reckon
from services.tpg_sync.policy.rules import Span
from services.tpg_sync.settings import ProviderType

BY_TPGATEWAY: Final = frozenset(
    {
        *(Key.RUN_PUBLISH, Key.SESSIONS_SUBMIT, Key.ENROLMENT_SUBMIT, Key.ENROLMENT_ACK, Key.FEE_STATUS_INITIAL),
        *(Key.FEE_STATUS_UPDATE, Key.ATTENDANCE_SUBMIT, Key.ASSESSMENT_SUBMIT, Key.RECONCILE_RUN),
    }
)
"""What only TPGateway's answer can meet."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nothing reaches TPGateway."""

    began_at: datetime
    ends_at: datetime

    def shadow(self, timing: Timing) -> Timing:
        """The timing with the outage taken out of the time there is.

        What is due while it lasts must be done before it begins; what is due after it warns earlier by its length.
        """
        if timing.due_at <= self.began_at:
            return timing
        if timing.due_at <= self.ends_at:
            earlier = timing.due_at - self.began_at
            return Timing(
                timing.target_at,
                self.began_at,
                timing.amber_at - earlier,
                timing.red_at - earlier,
            )
        return replace(timing, amber_at=self._earlier(timing.amber_at), red_at=self._earlier(timing.red_at))

    def _earlier(self, at: datetime) -> datetime:
        return at - (self.ends_at - self.began_at) if at < self.ends_at else at


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is supposed, and the clock it is judged by. `limits` are whole days after what a key counts from."""

    at: datetime
    provider: ProviderType
    outage: Outage | None = None
    limits: Mapping[Key, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Supposed:
    """An open duty as simulations need it."""

    id: UUID
    key: Key
    run_id: UUID
    subject_id: UUID
    trigger_at: datetime
    anchor_at: datetime
    money_cents: int
    case: Case


@dataclass(frozen=True, slots=True)
class Moved:
    """A duty that would stand otherwise."""

    duty: Supposed
    due_at: datetime
    before: Verdict
    after: Verdict


@dataclass(slots=True)
class Totals:
    """How many stand how, and the money at risk in what is amber, red or missed."""

    levels: Counter[ObligationLevel] = field(default_factory=Counter)
    breached: int = 0
    money_cents: int = 0

    def add(self, verdict: Verdict, money_cents: int) -> None:
        self.levels[verdict.level] += 1
        self.breached += verdict.breached
        if verdict.level is not ObligationLevel.GREEN:
            self.money_cents += money_cents


@dataclass(frozen=True, slots=True)
class Simulated:
    before: Totals
    after: Totals
    moved: Sequence[Moved]


def simulate(duties: Iterable[Supposed], scenario: Scenario) -> Simulated:
    """Judge every duty at the scenario's instant, as things are and as supposed."""
    before, after, moved = Totals(), Totals(), []
    for duty in duties:
        supposed = replace(duty.case, timing=_timing(duty, scenario))
        was, would = judge(duty.case, scenario.at), judge(supposed, scenario.at)
        before.add(was, duty.money_cents)
        after.add(would, duty.money_cents)
        if (was.level, was.breached) != (would.level, would.breached):
            moved.append(Moved(duty, supposed.timing.due_at, was, would))
    moved.sort(key=lambda one: (-one.duty.money_cents, one.due_at, one.duty.id))
    return Simulated(before, after, moved)


def _timing(duty: Supposed, scenario: Scenario) -> Timing:
    timing = _under_limits(duty, scenario)
    if scenario.outage is not None and duty.key in BY_TPGATEWAY:
        timing = scenario.outage.shadow(timing)
    return timing


def _under_limits(duty: Supposed, scenario: Scenario) -> Timing:
    days = scenario.limits.get(duty.key)
    if days is None:
        return duty.case.timing
    policy = policy_on(singapore_day(duty.anchor_at))
    rule = policy.rule(duty.key)
    due = Span.model_validate({"unit": "days", "public": days, "in_house": days})
    return reckon(
        rule.model_copy(update={"due": due}),
        policy.levels_of(rule),
        scenario.provider,
        trigger_at=duty.trigger_at,
        anchor_at=duty.anchor_at,
    )


def outage_of(began_at: datetime, hours: int) -> Outage:
    return Outage(began_at, began_at + timedelta(hours=hours))
