"""How many calls may leave now: a token bucket kept in the lane's row, so that all workers share one rate."""

from datetime import datetime, timedelta

from services.tpg_sync.models import SyncLane
from services.tpg_sync.settings import Pace


def refill(lane: SyncLane, pace: Pace, now: datetime) -> int:
    """Add what time has earned; returns how many whole calls may leave. A pause (refilled_at ahead) earns nothing."""
    earned = (now - lane.refilled_at).total_seconds() * lane.rate_at(pace, now)
    if earned > 0:
        lane.tokens = min(lane.tokens + earned, pace.burst)
        lane.refilled_at = now
    # A whisker of tolerance: ten times a tenth of a token must make a whole one in floating point too.
    return max(int(lane.tokens + 1e-6), 0)


def slow_down(lane: SyncLane, pace: Pace, now: datetime, *, pause: timedelta) -> None:
    """Told "too many": nothing leaves during the pause, and half the rate follows for a while."""
    lane.tokens = 0.0
    lane.refilled_at = max(lane.refilled_at, now + pause)
    lane.slowed_until = now + pause + pace.ramp


def start_ramp(lane: SyncLane, now: datetime) -> None:
    """After an outage the queue is long: begin gently."""
    lane.tokens = min(lane.tokens, 1.0)
    lane.ramp_from = now
