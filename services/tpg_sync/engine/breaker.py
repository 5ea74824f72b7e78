"""The circuit breaker: while TPGateway is down, jobs stay queued, use no attempt and never dead-letter.

Its memory of calls is the attempts table, read only when a call fails, so a healthy lane pays nothing for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from services.tpg_sync.models import BreakerState, SyncBreaker
from services.tpg_sync.settings import SyncSettings


class Passage(Enum):
    """What may pass now."""

    FREE = "free"
    ONE = "one"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Opens after `in_a_row` failures, or when `share` of at least `calls` calls inside `window` failed."""

    in_a_row: int
    calls: int
    share: float
    window: timedelta
    first_open: timedelta
    open_cap: timedelta
    probe_timeout: timedelta

    @classmethod
    def of(cls, settings: SyncSettings) -> "Thresholds":
        return cls(
            in_a_row=settings.sync_breaker_failures,
            calls=settings.sync_breaker_calls,
            share=settings.sync_breaker_share,
            window=settings.sync_breaker_window,
            first_open=settings.sync_breaker_open,
            open_cap=settings.sync_breaker_open_cap,
            probe_timeout=settings.sync_lease,
        )


def passage(breaker: SyncBreaker, now: datetime) -> Passage:
    """Closed lets all pass; open none until its time is over, then a single probe.

    While half-open, `open_until` is when the probe counts as lost and another may go.
    """
    if breaker.state == BreakerState.CLOSED:
        return Passage.FREE
    return Passage.ONE if breaker.open_until is None or now >= breaker.open_until else Passage.NONE


def begin_probe(breaker: SyncBreaker, now: datetime, thresholds: Thresholds) -> bool:
    """Let one call through; True when this changed the state."""
    changed = breaker.state != BreakerState.HALF_OPEN
    breaker.open_until = now + thresholds.probe_timeout
    if changed:
        breaker.state, breaker.changed_at = BreakerState.HALF_OPEN, now
    return changed


def should_open(failures: Sequence[tuple[datetime, bool]], now: datetime, thresholds: Thresholds) -> bool:
    """Judge the latest calls, newest first, each with its end and whether it failed."""
    latest = [failed for _, failed in failures[: thresholds.in_a_row]]
    if len(latest) == thresholds.in_a_row and all(latest):
        return True
    recent = [failed for ended_at, failed in failures if ended_at > now - thresholds.window]
    return len(recent) >= thresholds.calls and sum(recent) >= thresholds.share * len(recent)


def open_up(breaker: SyncBreaker, now: datetime, thresholds: Thresholds) -> None:
    """Stop calling; each opening in a row lasts twice as long, up to the cap."""
    breaker.open_count += 1
    pause = min(thresholds.first_open * 2 ** min(breaker.open_count - 1, 16), thresholds.open_cap)
    breaker.state, breaker.changed_at, breaker.open_until = BreakerState.OPEN, now, now + pause


def close(breaker: SyncBreaker, now: datetime) -> None:
    """It answers again."""
    breaker.state, breaker.changed_at, breaker.open_until, breaker.open_count = BreakerState.CLOSED, now, None, 0
