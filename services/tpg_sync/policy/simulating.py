"""What if: the open duties foretold under an outage of TPGateway, or under other limits. Pure; nothing is kept.

What is foretold: how each duty that stands now will stand at any instant from now on, supposing that nothing happens
but this. Whatever a person must do first is not done. What only TPGateway's answer can meet, and is on its way, is met
as soon as TPGateway takes it: at once when it is up, after the outage when it is not, by `drained_at` at the latest.
Between the end of an outage and `drained_at` the latest is what is told. TPGateway is supposed to accept what waits but
for what its calendar rules out by then, as it does a new run whose registration has opened; no duty that arises only
meanwhile is foretold.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from libs.contracts.tpg_sync import ObligationLevel
from libs.sources import singapore_day
from services.tpg_sync.models.obligation_kinds import BY_TPGATEWAY, ObligationState, Style
from services.tpg_sync.models.obligation_kinds import ObligationKey as Key
from services.tpg_sync.policy.deadlines import policy_on
from services.tpg_sync.policy.judging import Case, Verdict, judge
from services.tpg_sync.policy.reckoning import Timing, reckon
from services.tpg_sync.policy.rules import Span
from services.tpg_sync.settings import ProviderType

STEPS: Final = 48
STANDING: Final = frozenset({ObligationState.OPEN, ObligationState.LATE})


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nothing reaches TPGateway, and by when all that waited for its end has gone."""

    began_at: datetime
    ends_at: datetime
    drained_at: datetime

    @classmethod
    def of(cls, began_at: datetime, hours: int, recovery: timedelta) -> "Outage":
        ends_at = began_at + timedelta(hours=hours)
        return cls(began_at, ends_at, ends_at + recovery)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is supposed. `limits` are whole days after what a key counts from, for what counts from `limits_from` on."""

    now: datetime
    at: datetime
    """The instant the sums are told for; not before `now`."""
    provider: ProviderType
    recovery: timedelta = timedelta(0)
    """How long what waits takes to leave, at the most, once TPGateway is up."""
    outage: Outage | None = None
    limits: Mapping[Key, int] = field(default_factory=dict)
    limits_from: date | None = None

    @property
    def as_it_is(self) -> "Scenario":
        """The same instants with nothing supposed."""
        return replace(self, outage=None, limits={})

    @property
    def answers_at(self) -> datetime:
        """By when what is on its way now is answered."""
        unhindered = self.now + self.recovery
        outage = self.outage
        if outage is None or outage.ends_at <= self.now or outage.began_at >= unhindered:
            return unhindered
        return outage.drained_at


@dataclass(frozen=True, slots=True)
class Supposed:
    """A duty that stands, as foretelling needs it."""

    id: UUID
    key: Key
    run_id: UUID
    subject_id: UUID
    trigger_at: datetime
    anchor_at: datetime
    money_cents: int
    case: Case
    on_its_way: bool = False
    """All it lacks is TPGateway's answer, and nothing of it waits for a person."""
    taken_until: datetime | None = None
    """From when on TPGateway refuses it, by its own calendar: whatever arrives then waits for a person."""


@dataclass(frozen=True, slots=True)
class Course:
    """How one duty will stand; `answered_at` is when TPGateway's answer meets it, None where no answer will."""

    case: Case
    answered_at: datetime | None

    def at(self, now: datetime) -> Verdict:
        """How it stands at an instant."""
        if self.answered_at is None or now < self.answered_at:
            return judge(self.case, now)
        return judge(replace(self.case, satisfied_at=self.answered_at), now)

    def turns(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, Verdict]]:
        """How it stands at `since`, and each instant up to `until` at which that changes."""
        at: datetime | None = since
        while at is not None:
            verdict = self.at(at)
            yield at, verdict
            ahead = (one for one in (verdict.next_change_at, self.answered_at) if one is not None and at < one <= until)
            at = min(ahead, default=None)


@dataclass(frozen=True, slots=True)
class Moved:
    """A duty that would stand otherwise."""

    duty: Supposed
    due_at: datetime
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Missed:
    """A duty the outage lets nobody meet in time: missed at `due_at`, unless it is done before the outage begins."""

    duty: Supposed
    due_at: datetime
    do_before: datetime | None
    """When the outage begins; None when it has, and nothing can be done any more."""


@dataclass(slots=True)
class Totals:
    """How many stand how, and the money at risk in what is amber, red or missed."""

    levels: Counter[ObligationLevel] = field(default_factory=Counter)
    breached: int = 0
    money_cents: int = 0

    def add(self, verdict: Verdict, money_cents: int, times: int = 1) -> None:
        if verdict.state not in STANDING:
            return
        self.levels[verdict.level] += times
        self.breached += verdict.breached * times
        if verdict.level is not ObligationLevel.GREEN:
            self.money_cents += money_cents * times

    def plus(self, other: "Totals") -> "Totals":
        levels = Counter({level: self.levels[level] + other.levels[level] for level in ObligationLevel})
        return Totals(levels, self.breached + other.breached, self.money_cents + other.money_cents)


@dataclass(frozen=True, slots=True)
class Step:
    """The sums at one instant, as things are and as supposed."""

    at: datetime
    before: Totals
    after: Totals


@dataclass(frozen=True, slots=True)
class Simulated:
    before: Totals
    after: Totals
    moved: Sequence[Moved]
    missed: Sequence[Missed]
    """By money, then by when."""
    course: Sequence[Step]
    """From now to the end of it all, evenly."""


def simulate(duties: Iterable[Supposed], scenario: Scenario) -> Simulated:
    """Foretell every duty as things are and as supposed."""
    before, after, moved, missed = Totals(), Totals(), [], []
    instants = _instants(scenario)
    lines = _Line(instants), _Line(instants)
    for duty in duties:
        is_so, would_be = foretell(duty, scenario.as_it_is), foretell(duty, scenario)
        was, would = is_so.at(scenario.at), would_be.at(scenario.at)
        before.add(was, duty.money_cents)
        after.add(would, duty.money_cents)
        due_at = would_be.case.timing.due_at
        if _standing(was) != _standing(would):
            moved.append(Moved(duty, due_at, was, would))
        if _missed(duty, due_at, scenario):
            missed.append(Missed(duty, due_at, _do_before(scenario)))
        for line, course in zip(lines, (is_so, would_be), strict=True):
            line.add(course, duty.money_cents)
    moved.sort(key=lambda one: (-one.duty.money_cents, one.due_at, one.duty.id))
    missed.sort(key=lambda one: (-one.duty.money_cents, one.due_at, one.duty.id))
    steps = [Step(at, *totals) for at, *totals in zip(instants, *(line.sums() for line in lines), strict=True)]
    return Simulated(before, after, moved, missed, steps)


def foretell(duty: Supposed, scenario: Scenario) -> Course:
    """How one duty will stand."""
    case, answered_at = replace(duty.case, timing=_timing(duty, scenario)), scenario.answers_at
    met = case.satisfied_at is not None or case.waived or case.dropped
    refused = duty.taken_until is not None and duty.taken_until <= answered_at
    return Course(case, answered_at if duty.on_its_way and not met and not refused else None)


def _standing(verdict: Verdict) -> tuple[bool, ObligationLevel, bool]:
    return verdict.state in STANDING, verdict.level, verdict.breached


def _missed(duty: Supposed, due_at: datetime, scenario: Scenario) -> bool:
    """Whether the outage takes the time in which it could still be met."""
    outage, case = scenario.outage, duty.case
    if outage is None or duty.key not in BY_TPGATEWAY or case.style is not Style.DEADLINE:
        return False
    if case.satisfied_at is not None or case.waived or due_at <= scenario.now:
        return False
    answered_at = foretell(duty, scenario).answered_at
    gone_before = answered_at is not None and answered_at <= outage.began_at
    return not gone_before and outage.began_at < due_at <= outage.drained_at


def _do_before(scenario: Scenario) -> datetime | None:
    outage = scenario.outage
    return outage.began_at if outage is not None and outage.began_at > scenario.now else None


def _timing(duty: Supposed, scenario: Scenario) -> Timing:
    days = scenario.limits.get(duty.key)
    day = singapore_day(duty.anchor_at)
    if days is None or (scenario.limits_from is not None and day < scenario.limits_from):
        return duty.case.timing
    policy = policy_on(day)
    rule = policy.rule(duty.key)
    due = Span.model_validate({"unit": "days", "public": days, "in_house": days})
    return reckon(
        rule.model_copy(update={"due": due}),
        policy.levels_of(rule),
        scenario.provider,
        trigger_at=duty.trigger_at,
        anchor_at=duty.anchor_at,
    )


def _instants(scenario: Scenario) -> list[datetime]:
    """From now to the instant asked for, or until the outage has drained, whichever is later."""
    ends = [scenario.at, *([scenario.outage.drained_at] if scenario.outage is not None else [])]
    span = max(ends) - scenario.now
    return sorted(
        {scenario.now + span * number / STEPS for number in range(STEPS + 1)} if span > timedelta(0) else ends
    )


class _Line:
    """Sums at several instants, from what changes between them: a duty is judged at its turns, not at every instant."""

    def __init__(self, instants: Sequence[datetime]) -> None:
        self._instants = instants
        self._changes = [Totals() for _ in range(len(instants) + 1)]

    def add(self, course: Course, money_cents: int) -> None:
        until = len(self._instants)
        turns = [*course.turns(self._instants[0], self._instants[-1])]
        starts = [bisect_left(self._instants, at) for at, _ in turns]
        for (_, verdict), start, end in zip(turns, starts, [*starts[1:], until], strict=True):
            if start < end:
                self._changes[start].add(verdict, money_cents)
                self._changes[end].add(verdict, money_cents, -1)

    def sums(self) -> list[Totals]:
        found, so_far = [], Totals()
        for change in self._changes[:-1]:
            so_far = so_far.plus(change)
            found.append(so_far)
        return found
