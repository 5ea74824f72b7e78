"""The circuit: opens on a run of failures or a bad share, lets one probe through, doubles, closes."""

from datetime import UTC, datetime, timedelta

import pytest

from services.tpg_sync.engine.breaker import Passage, Thresholds, begin_probe, close, open_up, passage, should_open
from services.tpg_sync.models import BreakerState, SyncBreaker

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
RULES = Thresholds(
    in_a_row=5,
    calls=20,
    share=0.5,
    window=timedelta(seconds=60),
    first_open=timedelta(seconds=30),
    open_cap=timedelta(minutes=10),
    probe_timeout=timedelta(seconds=120),
)


def calls(*ends: bool, apart: float = 1.0) -> list[tuple[datetime, bool]]:
    """Newest first; True is a failure."""
    return [(NOW - timedelta(seconds=apart * index), failed) for index, failed in enumerate(ends)]


@pytest.mark.parametrize(
    ("ends", "opens"),
    [
        ([True] * 5, True),
        ([True] * 4 + [False], False),
        ([True] * 4, False),
        ([True, False] * 10, True),
        ([True, False] * 9, False),
        ([True] + [False] * 30, False),
    ],
)
def test_it_opens_on_five_in_a_row_or_on_half_of_twenty(ends: list[bool], opens: bool) -> None:
    assert should_open(calls(*ends), NOW, RULES) is opens


def test_old_calls_do_not_count_for_the_share() -> None:
    assert not should_open(calls(*([True, False] * 10), apart=10.0), NOW, RULES)


def test_each_opening_lasts_twice_as_long_up_to_the_cap() -> None:
    breaker = SyncBreaker(name="host")
    lengths = []
    for _ in range(8):
        open_up(breaker, NOW, RULES)
        assert breaker.open_until is not None
        lengths.append((breaker.open_until - NOW).total_seconds())
    assert lengths == [30, 60, 120, 240, 480, 600, 600, 600]


def test_after_its_time_exactly_one_probe_passes() -> None:
    breaker = SyncBreaker(name="host")
    open_up(breaker, NOW, RULES)
    assert passage(breaker, NOW + timedelta(seconds=29)) is Passage.NONE
    later = NOW + timedelta(seconds=30)
    assert passage(breaker, later) is Passage.ONE
    assert begin_probe(breaker, later, RULES)
    assert breaker.state is BreakerState.HALF_OPEN
    assert passage(breaker, later) is Passage.NONE


def test_a_probe_that_never_came_back_makes_way_for_another() -> None:
    breaker = SyncBreaker(name="host")
    open_up(breaker, NOW, RULES)
    begin_probe(breaker, NOW + timedelta(seconds=30), RULES)
    lost = NOW + timedelta(seconds=150)
    assert passage(breaker, lost) is Passage.ONE
    assert not begin_probe(breaker, lost, RULES), "it was half-open already: nothing to tell"


def test_closing_forgets_how_often_it_had_opened() -> None:
    breaker = SyncBreaker(name="host")
    open_up(breaker, NOW, RULES)
    open_up(breaker, NOW, RULES)
    close(breaker, NOW)
    assert passage(breaker, NOW) is Passage.FREE
    open_up(breaker, NOW, RULES)
    assert breaker.open_until == NOW + timedelta(seconds=30)
