"""How a duty stands at an instant, and when that changes next. Pure."""

from dataclasses import dataclass
from datetime import datetime

from libs.contracts.tpg_sync import ObligationLevel
from services.tpg_sync.models.obligation_kinds import ObligationState, Style
from services.tpg_sync.policy.reckoning import Timing

GREEN, AMBER, RED = ObligationLevel.GREEN, ObligationLevel.AMBER, ObligationLevel.RED


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it stands; `next_change_at` is when it will stand otherwise by time alone, None when it will not."""

    state: ObligationState
    level: ObligationLevel
    breached: bool
    next_change_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of a duty but the time."""

    style: Style
    timing: Timing
    satisfied_at: datetime | None = None
    floor: ObligationLevel = GREEN
    """How urgent its cause is; for alarms."""
    waived: bool = False
    dropped: bool = False


def judge(case: Case, now: datetime) -> Verdict:
    """Green: met in time, or plenty of it left. Late ones stay red and breached until somebody waives them."""
    if case.dropped:
        return Verdict(ObligationState.DROPPED, GREEN, breached=False, next_change_at=None)
    missed = _missed(case, now)
    if case.waived:
        return Verdict(ObligationState.WAIVED, GREEN, breached=missed, next_change_at=None)
    if case.satisfied_at is not None:
        state = ObligationState.LATE if missed else ObligationState.MET
        return Verdict(state, RED if missed else GREEN, breached=missed, next_change_at=None)
    return _open(case, now, missed=missed)


def _missed(case: Case, now: datetime) -> bool:
    ended = now if case.satisfied_at is None else case.satisfied_at
    return case.style is Style.DEADLINE and ended >= case.timing.due_at


def _open(case: Case, now: datetime, *, missed: bool) -> Verdict:
    timing = case.timing
    match case.style:
        case Style.ALARM:
            return Verdict(ObligationState.OPEN, case.floor, breached=False, next_change_at=None)
        case Style.KEEP:
            over = now >= timing.due_at
            state = ObligationState.MET if over else ObligationState.OPEN
            return Verdict(state, GREEN, breached=False, next_change_at=None if over else timing.due_at)
        case Style.REMINDER:
            over = now >= timing.due_at
            level = AMBER if over else GREEN
            return Verdict(ObligationState.OPEN, level, breached=False, next_change_at=None if over else timing.due_at)
        case Style.DEADLINE:
            level = RED if now >= timing.red_at else AMBER if now >= timing.amber_at else GREEN
            ahead = (at for at in (timing.amber_at, timing.red_at, timing.due_at) if at > now)
            return Verdict(ObligationState.OPEN, level, breached=missed, next_change_at=min(ahead, default=None))
