from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limits import Buckets
from libs.errors import TooMany


class Ticking:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_the_next_one_is_told_when_to_come_back() -> None:
    seconds = Ticking()
    buckets = Buckets(rate=2, burst=3, seconds=seconds)
    for _ in range(3):
        buckets.take("a")
    with pytest.raises(TooMany) as refused:
        buckets.take("a")
    assert refused.value.retry_after == timedelta(seconds=0.5)
    seconds.now += 0.5
    buckets.take("a")


def test_callers_do_not_share_a_bucket() -> None:
    buckets = Buckets(rate=1, burst=1, seconds=Ticking())
    buckets.take("a")
    buckets.take("b")
    with pytest.raises(TooMany):
        buckets.take("a")


def test_the_longest_unseen_is_forgotten_first() -> None:
    buckets = Buckets(rate=1, burst=1, seconds=Ticking(), remembered=2)
    for key in ("a", "b", "c"):
        buckets.take(key)
    buckets.take("a")
    with pytest.raises(TooMany):
        buckets.take("c")


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_in_any_rhythm_no_more_than_burst_and_rate_allow_pass(pauses: list[float]) -> None:
    seconds = Ticking()
    buckets = Buckets(rate=2, burst=5, seconds=seconds)
    passed = 0
    for pause in pauses:
        seconds.now += pause
        try:
            buckets.take("a")
        except TooMany:
            continue
        passed += 1
    assert passed <= 5 + 2 * (seconds.now - 100.0) + 1e-6
