"""The token bucket: no second ever sees more calls than the rate and the burst allow."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.tpg_sync.engine.limiter import refill, slow_down, start_ramp
from services.tpg_sync.models import LANE_ID, SyncLane
from services.tpg_sync.settings import Pace

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PACE = Pace(rate_per_s=10.0, burst=1.0, ramp=timedelta(minutes=5))


def lane() -> SyncLane:
    return SyncLane(id=LANE_ID, tokens=0.0, refilled_at=NOW)


def take(row: SyncLane, at: datetime, pace: Pace = PACE) -> int:
    allowed = refill(row, pace, at)
    row.tokens -= allowed
    return allowed


@given(gaps=st.lists(st.integers(0, 400), min_size=1, max_size=300), rate=st.integers(1, 50), burst=st.integers(1, 5))
def test_no_window_holds_more_than_rate_and_burst_allow(gaps: list[int], rate: int, burst: int) -> None:
    row, pace, at = lane(), Pace(float(rate), float(burst), timedelta(minutes=5)), NOW
    taken: list[tuple[datetime, int]] = []
    for gap in gaps:
        at += timedelta(milliseconds=gap)
        taken.append((at, take(row, at, pace)))
    for start, _ in taken:
        inside = sum(count for moment, count in taken if start <= moment < start + timedelta(seconds=1))
        assert inside <= rate + burst + 1e-6


def test_asked_every_tenth_of_a_second_it_gives_the_whole_rate() -> None:
    row = lane()
    given_out = sum(take(row, NOW + timedelta(milliseconds=100 * tick)) for tick in range(1, 101))
    assert given_out == 100


def test_too_many_stops_everything_for_the_pause_then_halves_the_rate() -> None:
    row = lane()
    slow_down(row, PACE, NOW, pause=timedelta(seconds=30))
    assert take(row, NOW + timedelta(seconds=30)) == 0
    assert row.rate_at(PACE, NOW + timedelta(seconds=31)) == 5.0
    assert row.rate_at(PACE, NOW + timedelta(seconds=331)) == 10.0


def test_a_second_warning_never_shortens_the_first_pause() -> None:
    row = lane()
    slow_down(row, PACE, NOW, pause=timedelta(seconds=60))
    slow_down(row, PACE, NOW, pause=timedelta(seconds=1))
    assert take(row, NOW + timedelta(seconds=59)) == 0


def test_after_an_outage_the_rate_climbs_from_a_tenth_to_the_whole() -> None:
    row = lane()
    start_ramp(row, NOW)
    rates = [row.rate_at(PACE, NOW + timedelta(seconds=second)) for second in range(0, 301, 30)]
    assert rates[0] == 1.0
    assert rates == sorted(rates)
    assert rates[-1] == 10.0
