"""A person's word on a discrepancy: what mends it, who looks into it, or that it stays. The caller commits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.contracts.tpg_sync import DiscrepancyDecided, RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.telemetry.context import current
from services.tpg_sync.commands.discrepancies import drifts_of, facts_of, tell_drift
from services.tpg_sync.commands.mending import (
    bind,
    drop_session,
    pull_scan,
    push_again,
    remove_foreign,
    replace,
)
from services.tpg_sync.errors import (
    ActionNotAllowed,
    AdminDecides,
    BeingMended,
    BulkMoved,
    DiscrepancyNotInState,
    NothingToRepair,
    OwnRequest,
)
from services.tpg_sync.models import (
    CLOSED,
    CODE_RULES,
    UNRESOLVED,
    WAITING_FOR_A_PERSON,
    Action,
    Code,
    Discrepancy,
    DiscrepancyState,
    JobKind,
    JobState,
    SyncJob,
)
from services.tpg_sync.queries.discrepancies import DiscrepancyFilter

BULK_LIMIT: Final = 500
BULK_ACTIONS: Final = frozenset({Action.PUSH, Action.PULL, Action.ACCEPT, Action.ASSIGN, Action.REPLACE})
"""What takes away at TPGateway is decided one by one."""
_FOREIGN: Final = {
    Code.RUN_UNKNOWN: (JobKind.RUN_DELETE_FOREIGN, RecordType.RUN),
    Code.ENROLMENT_UNKNOWN: (JobKind.ENROLMENT_CANCEL_FOREIGN, RecordType.ENROLMENT),
    Code.ENROLMENT_TWICE: (JobKind.ENROLMENT_CANCEL_FOREIGN, RecordType.ENROLMENT),
    Code.ATTENDANCE_UNMARKED: (JobKind.ATTENDANCE_VOID_FOREIGN, RecordType.ATTENDANCE),
    Code.ATTENDANCE_STATUS: (JobKind.ATTENDANCE_VOID_FOREIGN, RecordType.ATTENDANCE),
    Code.ATTENDANCE_STRANGER: (JobKind.ATTENDANCE_VOID_FOREIGN, RecordType.ATTENDANCE),
    Code.ATTENDANCE_OVERLAP: (JobKind.ATTENDANCE_VOID_FOREIGN, RecordType.ATTENDANCE),
    Code.RESULT_UNKNOWN: (JobKind.ASSESSMENT_VOID_FOREIGN, RecordType.ASSESSMENT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants done, and as whom."""

    action: Action
    reason: str
    is_admin: bool
    assignee_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The discrepancy as it is now, and the jobs that are to mend it. Without both, another person has to agree."""

    row: Discrepancy
    jobs: Sequence[SyncJob] = ()
    waits_for_second: bool = False


async def decide(uow: UnitOfWork, discrepancy_id: UUID, wish: Wish, *, version: int | None) -> Decided:
    """Carry out one decision.

    Raises ActionNotAllowed for what does not mend this code, AdminDecides or OwnRequest for who may not decide it,
    NothingToRepair when what it would work on is not there, BeingMended when that was decided already.
    """
    row = await uow.get(Discrepancy, discrepancy_id, for_update=True)
    row.expect(version)
    return await _decide(uow, row, wish)


async def _decide(uow: UnitOfWork, row: Discrepancy, wish: Wish) -> Decided:
    require_allowed(row, wish)
    me = current().actor_id
    if wish.action is Action.ASSIGN:
        row.assign(wish.assignee_id or me, reason=wish.reason)
        return _told(uow, Decided(row), wish)
    if wish.action is Action.ACCEPT:
        before = await drifts_of(uow, row.key)
        row.accept(by=me, reason=wish.reason)
        await uow.session.flush()
        await tell_drift(uow, before, await drifts_of(uow, row.key))
        return _told(uow, Decided(row), wish)
    asked_by = None
    if wish.action in CODE_RULES[row.code].two_persons:
        asked_by = _first_of_two(row, wish.action)
        if asked_by is None:
            row.ask(wish.action, by=me, reason=wish.reason)
            return _told(uow, Decided(row, waits_for_second=True), wish)
        if asked_by == me:
            raise OwnRequest(row.id)
    await _require_unmended(uow, row)
    jobs = await mend(uow, row, wish)
    row.decide(wish.action, by=asked_by or me, reason=wish.reason, approved_by=me if asked_by else None)
    row.job_id = jobs[-1].id if jobs else None
    return _told(uow, Decided(row, jobs), wish)


def require_allowed(row: Discrepancy, wish: Wish) -> None:
    """Whether this person may decide this about that."""
    if wish.action not in row.actions:
        raise ActionNotAllowed(row.code, wish.action, row.actions)
    if wish.action in CODE_RULES[row.code].admin and not wish.is_admin:
        raise AdminDecides(row.code, wish.action)
    if row.state not in UNRESOLVED:
        raise DiscrepancyNotInState(row.id, row.state, "decided", UNRESOLVED)


async def _require_unmended(uow: UnitOfWork, row: Discrepancy) -> None:
    """What was missing there may be there again, unread yet: to create it once more would double it."""
    job = None if row.job_id is None else await uow.find(SyncJob, row.job_id)
    if job is None:
        return
    on_its_way = job.state not in CLOSED | WAITING_FOR_A_PERSON
    done = row.state is DiscrepancyState.ASSIGNED and job.state is JobState.SUCCEEDED
    if on_its_way or done:
        raise BeingMended(row.id, job.id)


def _first_of_two(row: Discrepancy, action: Action) -> str | None:
    """Who asked for it and waits for a second person."""
    waiting = row.resolution is action and row.approved_by is None and row.job_id is None
    return row.requested_by if waiting else None


async def mend(uow: UnitOfWork, row: Discrepancy, wish: Wish) -> list[SyncJob]:
    """Owe what mends it, whoever has agreed to it. `decide` asks that first."""
    match wish.action:
        case Action.PUSH:
            return await push_again(uow, row, reason=wish.reason)
        case Action.REPLACE:
            return await replace(uow, row, reason=wish.reason)
        case Action.PULL:
            pull_scan(uow, row)
            return []
        case Action.ADOPT:
            return await _adopt(uow, row, wish)
        case _:
            return await _remove(uow, row, wish)


async def _adopt(uow: UnitOfWork, row: Discrepancy, wish: Wish) -> list[SyncJob]:
    """What is ours under a name we had not learnt is bound; a stranger's place the worker brings to enrolment."""
    if row.key is not None or row.code is not Code.ENROLMENT_UNKNOWN:
        return await bind(uow, row, reason=wish.reason)
    row.pulled_ref = row.refusal = None
    return []


async def _remove(uow: UnitOfWork, row: Discrepancy, wish: Wish) -> list[SyncJob]:
    if row.code is Code.SESSION_EXTRA:
        return await drop_session(uow, row, reason=wish.reason)
    if row.code is Code.ATTENDANCE_OVERLAP and row.key is not None:
        raise NothingToRepair(row.id, "it is a mark of ours; void it where it was made")
    kind, record_type = _FOREIGN[row.code]
    return await remove_foreign(uow, row, kind, record_type, reason=wish.reason)


def _told(uow: UnitOfWork, decided: Decided, wish: Wish) -> Decided:
    job_id = decided.jobs[-1].id if decided.jobs else None
    fact = DiscrepancyDecided(**facts_of(decided.row), action=wish.action, job_id=job_id)
    uow.emit(fact.because(wish.reason))
    return decided


# ------------------------------------------------------------------------------------------------------- many at once


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why some of one code were not decided, and what would mend them."""

    code: Code
    reason: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulkDecided:
    """How many the filter found, by code; how many were decided, and why the others were not."""

    bulk_id: UUID | None
    matching: int
    by_code: dict[str, int]
    decided: int = 0
    undecided: Counter[Undecided] = field(default_factory=Counter)


async def decide_many(uow: UnitOfWork, wanted: DiscrepancyFilter, wish: Wish, *, confirmed: int | None) -> BulkDecided:
    """Decide all unresolved ones a filter finds, at most BULK_LIMIT a time.

    `confirmed` is how many the person was shown: when it is not so many any more, nothing is done (BulkMoved). None is
    for a rehearsal, which nobody has been shown anything before.
    """
    if wish.action not in BULK_ACTIONS:
        raise ActionNotAllowed("of many", wish.action, BULK_ACTIONS)
    conditions = (*wanted.conditions(uow.now()), col(Discrepancy.state).in_(UNRESOLVED))
    counted = select(col(Discrepancy.code), func.count()).where(*conditions).group_by(col(Discrepancy.code))
    by_code = {str(code): int(count) for code, count in (await uow.session.execute(counted)).all()}
    matching = sum(by_code.values())
    if confirmed is not None and confirmed != matching:
        raise BulkMoved(confirmed, matching)
    statement = select(Discrepancy).where(*conditions).order_by(col(Discrepancy.id)).limit(BULK_LIMIT).with_for_update()
    bulk_id, decided, undecided = uow.new_id(), 0, Counter[Undecided]()
    for row in (await uow.session.execute(statement)).scalars().all():
        code = row.code  # a savepoint that is undone forgets what was read
        try:
            async with uow.savepoint():
                await _decide(uow, row, wish)
                row.bulk_id = bulk_id
            decided += 1
        except (ActionNotAllowed, AdminDecides, NothingToRepair, BeingMended) as no:
            undecided[Undecided(code, no.code, tuple(getattr(no, "allowed", ())))] += 1
    return BulkDecided(bulk_id if decided else None, matching, by_code, decided, undecided)
