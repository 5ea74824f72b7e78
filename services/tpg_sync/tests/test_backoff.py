"""Waits grow, never collapse, and never run past a deadline that can still be met."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.tpg_sync.engine.backoff import backoff, before_deadline

START, CAP = timedelta(seconds=15), timedelta(hours=2)
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@given(number=st.integers(0, 1_000), seed=st.integers(0, 2**32))
def test_half_of_a_wait_is_fixed_and_half_is_chance(number: int, seed: int) -> None:
    ceiling = min(START * float(3 ** min(max(number, 1) - 1, 20)), CAP)
    wait = backoff(number, start=START, cap=CAP, chance=random.Random(seed))
    assert ceiling / 2 <= wait <= ceiling


def test_eight_attempts_span_hours_not_minutes() -> None:
    waits = [backoff(number, start=START, cap=CAP, chance=random.Random(number)) for number in range(1, 8)]
    assert timedelta(hours=2) < sum(waits, timedelta()) < timedelta(hours=5)


@given(slot=st.integers(-100, 10_000), deadline=st.integers(-100, 10_000), margin=st.integers(0, 600))
def test_a_slot_past_the_deadline_moves_before_it_while_that_is_possible(slot: int, deadline: int, margin: int) -> None:
    slot_at, deadline_at = NOW + timedelta(seconds=slot), NOW + timedelta(seconds=deadline)
    chosen = before_deadline(slot_at, deadline_at, now=NOW, margin=timedelta(seconds=margin))
    if slot < deadline or deadline - margin <= 0:
        assert chosen == slot_at
    else:
        assert NOW < chosen <= deadline_at


def test_without_a_deadline_the_slot_stands() -> None:
    assert before_deadline(NOW, None, now=NOW, margin=timedelta(minutes=5)) == NOW
