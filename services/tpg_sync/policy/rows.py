"""The calculus on a stored row: its timing by the rules in force, and what is known of it but the time."""

from datetime import datetime, timedelta

from libs.sources import singapore_day
from services.tpg_sync.models.obligation import Obligation
from services.tpg_sync.policy.deadlines import policy_on
from services.tpg_sync.policy.judging import Case
from services.tpg_sync.policy.reckoning import Timing, reckon
from services.tpg_sync.policy.rules import Policy
from services.tpg_sync.settings import ProviderType


def time_row(row: Obligation, provider: ProviderType) -> None:
    """Reckon a row by the rules in force on the day it counts from."""
    policy = policy_on(singapore_day(row.anchor_at))
    rule = policy.rule(row.key)
    timing = reckon(rule, policy.levels_of(rule), provider, trigger_at=row.trigger_at, anchor_at=row.anchor_at)
    row.target_at, row.due_at = timing.target_at, timing.due_at
    row.amber_at, row.red_at = timing.amber_at, timing.red_at
    row.policy, row.style = policy.name, rule.style
    row.money_cents = rule.money_at_risk_cents * row.affected
    row.queue_at = queue_at(policy, row.due_at, row.money_cents)


def queue_at(policy: Policy, due_at: datetime, money_cents: int) -> datetime:
    """The place in the work queue, the same at every hour: each doubling of the money counts as hours less left."""
    return due_at - timedelta(hours=policy.queue_hours_per_doubling) * money_cents.bit_length()


def timing_of(row: Obligation) -> Timing:
    return Timing(row.target_at, row.due_at, row.amber_at, row.red_at)


def case_of(row: Obligation) -> Case:
    """What is known of a row but the time."""
    return Case(
        style=row.style,
        timing=timing_of(row),
        satisfied_at=row.satisfied_at,
        floor=row.floor,
        waived=row.waived_at is not None,
        dropped=row.dropped,
    )
