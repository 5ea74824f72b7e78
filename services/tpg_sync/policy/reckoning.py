"""From a rule and two instants to the four that matter: target, due, amber, red. Pure, and exact to the microsecond."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import assert_never

from libs.sources import singapore_day
from services.tpg_sync.policy.days import end_of_day, years_after
from services.tpg_sync.policy.holidays import working_day_by, working_days_from
from services.tpg_sync.policy.rules import CountsFrom, Levels, ObligationRule, Span, Unit
from services.tpg_sync.settings import ProviderType

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Timing:
    """When a duty warns and when it is missed. `due_at` itself is too late; `amber_at` <= `red_at` <= `due_at`."""

    target_at: datetime | None
    due_at: datetime
    amber_at: datetime
    red_at: datetime


def reckon(
    rule: ObligationRule, levels: Levels, provider: ProviderType, *, trigger_at: datetime, anchor_at: datetime
) -> Timing:
    """The timing of a duty that arose at `trigger_at` and counts from `anchor_at`, in UTC."""

    def at(span: Span, *, moves: bool) -> datetime:
        base = trigger_at if span.counts_from is CountsFrom.TRIGGER else anchor_at
        return instant_of(span, base, provider, moves=moves).astimezone(UTC)

    due_at = at(rule.due, moves=not rule.official)
    target_at = None if rule.target is None else min(at(rule.target, moves=True), due_at)
    amber_at, red_at = _warnings(levels, trigger_at, due_at)
    if target_at is not None:
        amber_at = min(amber_at, max(target_at, min(trigger_at, due_at)))
    return Timing(target_at, due_at, amber_at, red_at)


def instant_of(span: Span, base: datetime, provider: ProviderType, *, moves: bool) -> datetime:
    """The end of a span; whole days end at 00:00 in Singapore of the day after, on working days where they move."""
    count = span.of(provider)
    match span.unit:
        case Unit.MOMENT:
            return base
        case Unit.HOURS:
            return base + timedelta(hours=count)
        case Unit.WORKING_DAYS:
            return end_of_day(working_days_from(singapore_day(base), count))
        case Unit.YEARS:
            day = years_after(singapore_day(base), count)
        case Unit.DAYS:
            day = singapore_day(base) + timedelta(days=count)
        case _:
            assert_never(span.unit)
    return end_of_day(working_day_by(day) if moves else day)


def _warnings(levels: Levels, trigger_at: datetime, due_at: datetime) -> tuple[datetime, datetime]:
    window = due_at - trigger_at
    if window >= timedelta(days=levels.long_from_days):
        return due_at - timedelta(days=levels.amber_days), due_at - timedelta(days=levels.red_days)
    if window <= timedelta(0):
        return due_at, due_at
    return trigger_at + window * levels.amber_percent // _WHOLE, trigger_at + window * levels.red_percent // _WHOLE
