"""What an outage of TPGateway would do to open duties, as a pure function under a given clock."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.contracts.tpg_sync import ObligationLevel
from services.tpg_sync.models import ObligationKey, Style
from services.tpg_sync.policy import Case, policies, reckon
from services.tpg_sync.policy.simulating import Scenario, Supposed, outage_of, simulate
from services.tpg_sync.settings import ProviderType

ENDED = datetime(2026, 3, 24, 9, tzinfo=UTC)
DUE = datetime(2026, 4, 7, 16, tzinfo=UTC)
HOUR, MICRO = timedelta(hours=1), timedelta(microseconds=1)
POLICY = policies()[0]


def duty(key: ObligationKey = ObligationKey.ATTENDANCE_SUBMIT) -> Supposed:
    rule = POLICY.rule(key)
    timing = reckon(rule, POLICY.levels, ProviderType.PUBLIC, trigger_at=ENDED, anchor_at=ENDED)
    case = Case(style=Style.DEADLINE, timing=timing)
    return Supposed(UUID(int=1), key, UUID(int=2), UUID(int=3), ENDED, ENDED, 50_000, case)


def scenario(at: datetime, began_at: datetime, hours: int = 36) -> Scenario:
    return Scenario(at=at, provider=ProviderType.PUBLIC, outage=outage_of(began_at, hours))


@pytest.mark.parametrize(
    ("at", "began_at", "level", "breached"),
    [
        # red is two days of work left: they begin 36 h earlier where the outage lies in them, and only there
        (DUE - 80 * HOUR, DUE - 70 * HOUR, ObligationLevel.RED, False),
        (DUE - 80 * HOUR, DUE - 84 * HOUR, ObligationLevel.AMBER, False),
        (DUE - 47 * HOUR, DUE - 100 * HOUR, ObligationLevel.RED, False),
        # due while it lasts: whatever was not told before it began is missed
        (DUE - 20 * HOUR, DUE - 20 * HOUR, ObligationLevel.RED, True),
        (DUE - 60 * HOUR, DUE - 20 * HOUR, ObligationLevel.RED, False),
        # it begins when the duty is over
        (DUE - 72 * HOUR, DUE + HOUR, ObligationLevel.AMBER, False),
    ],
)
def test_an_outage_takes_its_hours_out_of_the_time_there_is(
    at: datetime,
    began_at: datetime,
    level: ObligationLevel,
    breached: bool,
) -> None:
    found = simulate([duty()], scenario(at, began_at))
    assert found.after.levels[level] == 1
    assert found.after.breached == breached


def test_what_does_not_need_tpgateway_is_left_alone() -> None:
    at = DUE - 20 * HOUR
    found = simulate([duty(ObligationKey.RUN_CLOSE)], scenario(at, at, hours=24 * 60))
    assert (found.before, list(found.moved)) == (found.after, [])


def test_a_shorter_limit_is_reckoned_as_the_rules_would() -> None:
    # given seven days instead of fourteen, looked at on the seventh day's end and a microsecond before
    limits = {ObligationKey.ATTENDANCE_SUBMIT: 7}
    due = DUE - timedelta(days=7)
    supposed = [Scenario(at=at, provider=ProviderType.PUBLIC, limits=limits) for at in (due - MICRO, due)]
    just_before, at_the_end = (simulate([duty()], one) for one in supposed)
    # then
    assert [one.before.breached for one in (just_before, at_the_end)] == [0, 0]
    assert [one.after.breached for one in (just_before, at_the_end)] == [0, 1]
    assert [one.after.money_cents for one in (just_before, at_the_end)] == [50_000, 50_000]
    assert [one.due_at for one in at_the_end.moved] == [due]
