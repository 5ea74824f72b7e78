"""What is foretold of open duties under an outage of TPGateway or other limits, as a pure function."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from libs.contracts.tpg_sync import ObligationLevel
from services.tpg_sync.models import ObligationKey, ObligationState, Style
from services.tpg_sync.policy import Case, policies, reckon
from services.tpg_sync.policy.simulating import STEPS, Outage, Scenario, Supposed, foretell, simulate
from services.tpg_sync.settings import ProviderType

ENDED = datetime(2026, 3, 24, 9, tzinfo=UTC)
DUE = datetime(2026, 4, 7, 16, tzinfo=UTC)
HOUR, MICRO = timedelta(hours=1), timedelta(microseconds=1)
POLICY = policies()[0]
AMBER, RED = ObligationLevel.AMBER, ObligationLevel.RED


def duty(key: ObligationKey = ObligationKey.ATTENDANCE_SUBMIT, *, on_its_way: bool = False) -> Supposed:
    rule = POLICY.rule(key)
    timing = reckon(rule, POLICY.levels, ProviderType.PUBLIC, trigger_at=ENDED, anchor_at=ENDED)
    case = Case(style=Style.DEADLINE, timing=timing)
    return Supposed(UUID(int=1), key, UUID(int=2), UUID(int=3), ENDED, ENDED, 50_000, case, on_its_way)


def scenario(now: datetime, began_at: datetime, hours: int = 36, *, at: datetime | None = None) -> Scenario:
    outage = Outage.of(began_at, hours, HOUR)
    return Scenario(now=now, at=at or outage.drained_at, provider=ProviderType.PUBLIC, recovery=HOUR, outage=outage)


@pytest.mark.parametrize(
    ("now", "began_at", "missed", "do_before"),
    [
        # it begins while there is time, and ends, drained, when there is none any more
        (DUE - 80 * HOUR, DUE - 20 * HOUR, True, DUE - 20 * HOUR),
        (DUE - 80 * HOUR, DUE - 37 * HOUR, True, DUE - 37 * HOUR),
        (DUE - 80 * HOUR, DUE - MICRO, True, DUE - MICRO),
        # it has begun: nothing can be done
        (DUE - 10 * HOUR, DUE - 20 * HOUR, True, None),
        # it is over and drained with time to spare, begins when the duty is due, or ended before now
        (DUE - 80 * HOUR, DUE - 37 * HOUR - MICRO, False, None),
        (DUE - 80 * HOUR, DUE, False, None),
        # missed already, whatever TPGateway does
        (DUE, DUE - 20 * HOUR, False, None),
    ],
)
def test_an_outage_makes_missed_what_falls_due_while_nothing_arrives(
    now: datetime, began_at: datetime, missed: bool, do_before: datetime | None
) -> None:
    found = simulate([duty()], scenario(now, began_at))
    assert [(one.due_at, one.do_before) for one in found.missed] == ([(DUE, do_before)] if missed else [])


def test_what_is_on_its_way_goes_before_an_outage_that_is_not_near() -> None:
    now = DUE - 80 * HOUR
    # given it begins when all that waits has gone, or a moment earlier
    spared, caught = (scenario(now, now + HOUR - early) for early in (timedelta(0), MICRO))
    # then
    assert foretell(duty(on_its_way=True), spared).answered_at == now + HOUR
    assert foretell(duty(on_its_way=True), caught).answered_at == now + 38 * HOUR - MICRO
    assert foretell(duty(), caught).answered_at is None, "a person must do something first"


def test_what_waits_is_red_in_the_outage_and_met_or_late_after_it() -> None:
    # given an outage that has just begun, of a day or of three, two and a half days before the duty is due
    now = DUE - 60 * HOUR
    short, long = (scenario(now, now, hours) for hours in (24, 72))
    courses = [foretell(duty(on_its_way=True), one) for one in (short, long)]
    # then it turns red while it waits, and is missed where the outage is longer than the time there was
    turns = [
        [(at - now, one.level, one.breached) for at, one in course.turns(now, DUE + 90 * HOUR)] for course in courses
    ]
    waiting = [(timedelta(0), AMBER, False), (12 * HOUR, RED, False)]
    assert turns[0] == [*waiting, (25 * HOUR, ObligationLevel.GREEN, False)]
    assert turns[1] == [*waiting, (60 * HOUR, RED, True), (73 * HOUR, RED, True)]
    ends = [course.at(DUE + 90 * HOUR).state for course in courses]
    assert ends == [ObligationState.MET, ObligationState.LATE]
    # and the sums say the same, at their end and step by step
    for supposed, breached in ((short, 0), (long, 1)):
        found = simulate([duty(on_its_way=True)], supposed)
        assert (found.before.breached, found.after.breached) == (0, breached)
        assert [one.after.breached for one in found.course][-1] == breached
        assert len(found.course) == STEPS + 1
        assert found.course[0].after == found.course[0].before


def test_what_does_not_need_tpgateway_is_left_alone() -> None:
    now = DUE - 20 * HOUR
    found = simulate([duty(ObligationKey.RUN_CLOSE)], scenario(now, now, hours=24 * 60))
    assert (found.before, list(found.moved), list(found.missed)) == (found.after, [], [])


def test_what_was_met_too_late_stays_so() -> None:
    late = replace(duty(on_its_way=True), case=replace(duty().case, satisfied_at=DUE))
    found = simulate([late], scenario(DUE + HOUR, DUE + HOUR))
    assert (found.before.breached, found.after.breached, list(found.moved)) == (1, 1, [])


def test_a_shorter_limit_is_reckoned_as_the_rules_would() -> None:
    # given seven days instead of fourteen, looked at on the seventh day's end and a microsecond before
    due = DUE - timedelta(days=7)
    supposed = [
        Scenario(now=at, at=at, provider=ProviderType.PUBLIC, limits={ObligationKey.ATTENDANCE_SUBMIT: 7})
        for at in (due - MICRO, due)
    ]
    just_before, at_the_end = (simulate([duty()], one) for one in supposed)
    # then
    assert [one.before.breached for one in (just_before, at_the_end)] == [0, 0]
    assert [one.after.breached for one in (just_before, at_the_end)] == [0, 1]
    assert [one.after.money_cents for one in (just_before, at_the_end)] == [50_000, 50_000]
    assert [one.due_at for one in at_the_end.moved] == [due]


@pytest.mark.parametrize(("since", "days"), [(date(2026, 3, 24), 7), (date(2026, 3, 25), 14)])
def test_a_limit_holds_for_what_counts_from_its_first_day_on(since: date, days: int) -> None:
    # given the run ended on the 24th
    limits = {ObligationKey.ATTENDANCE_SUBMIT: 7}
    supposed = Scenario(now=ENDED, at=ENDED, provider=ProviderType.PUBLIC, limits=limits, limits_from=since)
    assert foretell(duty(), supposed).case.timing.due_at == DUE - timedelta(days=14 - days)
