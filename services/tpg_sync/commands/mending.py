"""Brings the jobs that mend a discrepancy. Nothing is called here; the engine sends as always.

A repair is a new intent: its key holds the record's next ordinal, so that the same revision goes out once more, and
what counted as acknowledged is forgotten, so that it really does.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import func, select
from sqlmodel import col

from libs.contracts.tpg_sync import OfficialScanSeen, RecordType, SyncQueued, SyncState
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.commands.owing import facts, lock_record, new_job, supersede_unsent
from services.tpg_sync.errors import NothingToRepair
from services.tpg_sync.models import (
    Action,
    Code,
    Discrepancy,
    DiscrepancyState,
    JobKind,
    JobState,
    RecordKey,
    SyncJob,
    SyncRecord,
    Ties,
    Verdict,
)
from services.tpg_sync.queries.jobs import open_jobs
from services.tpg_sync.queries.waiting import CALL_OUT, beside

LOST: Final = frozenset({Code.RUN_MISSING, Code.ENROLMENT_MISSING, Code.RESULT_MISSING})
"""What TPGateway has no more is created anew, and its old name is never taken for ours again."""
NEVER_ALONE: Final = LOST | {Code.ATTENDANCE_MISSING}
"""What was never there: if nothing is owed of it any more, a person decided so."""
CREATE: Final = {
    RecordType.RUN: JobKind.RUN_PUBLISH,
    RecordType.ENROLMENT: JobKind.ENROLMENT_CREATE,
    RecordType.ASSESSMENT: JobKind.ASSESSMENT_CREATE,
}
CHANGE: Final = {
    RecordType.RUN: JobKind.RUN_EDIT,
    RecordType.ENROLMENT: JobKind.ENROLMENT_UPDATE,
    RecordType.FEE: JobKind.FEE_COLLECT,
    RecordType.ATTENDANCE: JobKind.ATTENDANCE_UPLOAD,
    RecordType.ASSESSMENT: JobKind.ASSESSMENT_UPDATE,
}
REMOVE: Final = {
    RecordType.RUN: JobKind.RUN_DELETE,
    RecordType.ENROLMENT: JobKind.ENROLMENT_CANCEL,
    RecordType.ASSESSMENT: JobKind.ASSESSMENT_VOID,
}
TERMINAL: Final = frozenset({Code.ENROLMENT_STATUS, Code.RESULT_DIFFERS})
"""What is cancelled or void there stays so: only another record brings it back."""


async def mend_alone(uow: UnitOfWork, rows: Sequence[Discrepancy], *, push: bool, pull: bool) -> Counter[str]:
    """What needs nobody: push what is only stale, pull official scans. Returns how many of each."""
    done: Counter[str] = Counter()
    for row in sorted(rows, key=lambda one: str(one.key)):
        if row.state != DiscrepancyState.OPEN:
            continue
        if push and await _may_push_alone(uow, row):
            row.job_id = (await push_again(uow, row))[-1].id
            done["pushed"] += 1
        elif pull and row.suggested is Action.PULL and row.pulled_ref != row.remote_ref and row.enrolment_id:
            pull_scan(uow, row)
            done["pulled"] += 1
    return done


async def _may_push_alone(uow: UnitOfWork, row: Discrepancy) -> bool:
    """Only what stands there in an older state of ours; what was refused or given up is a person's."""
    stale = row.verdict is Verdict.STALE and row.suggested is Action.PUSH and row.code not in NEVER_ALONE
    if not stale or row.key is None:
        return False
    newest = (
        select(col(SyncJob.state))
        .where(col(SyncJob.record_type) == row.key[0], col(SyncJob.record_id) == row.key[1])
        .order_by(col(SyncJob.ordinal).desc())
    )
    last = (await uow.session.execute(newest.limit(1))).scalar_one_or_none()
    return last is not JobState.CANCELLED and not await open_jobs(uow, row.key)


def pull_scan(uow: UnitOfWork, row: Discrepancy) -> None:
    """Tell attendance of a scan; what it makes of it, against a mark of its own, is its to decide."""
    session_ref, _, row_id = (row.remote_ref or "").rpartition("#")
    if row.enrolment_id is None or row.session_id is None or not session_ref:
        raise NothingToRepair(row.id, "nobody here is known to be meant by the row")
    uow.emit(OfficialScanSeen(enrolment_id=row.enrolment_id, session_id=row.session_id, remote_row=row_id))
    row.pulled_ref = row.remote_ref


async def push_again(uow: UnitOfWork, row: Discrepancy, *, reason: str | None = None) -> list[SyncJob]:
    """Owe TPGateway our state once more, as whatever call brings it there.

    Raises NothingToRepair when what was missing has been brought there since by another word of its owner: created
    anew, it would be there twice.
    """
    record = await _own(uow, row)
    kind = _kind_of_push(row, record)
    if kind in CREATE.values():
        if record.remote_id not in {None, row.remote_ref}:
            raise NothingToRepair(row.id, "TPGateway calls it otherwise by now; compare the run again")
        forget(record)
    elif kind in REMOVE.values() and row.remote_ref is not None:
        _take_name(record, row.remote_ref)
    if kind is JobKind.RUN_EDIT:
        await _forget_sessions(uow, record)
    return [await intend(uow, record, kind, reason=reason)]


async def _forget_sessions(uow: UnitOfWork, run: SyncRecord) -> None:
    """Sessions that are there no more: an edit that names one is refused as a whole, one that does not adds it anew."""
    statement = select(col(Discrepancy.session_id)).where(
        col(Discrepancy.code) == Code.SESSION_MISSING,
        col(Discrepancy.record_id) == run.record_id,
        col(Discrepancy.state) != DiscrepancyState.RESOLVED,
    )
    lost = {str(one) for one in (await uow.session.execute(statement)).scalars()}
    run.parts = {part: name for part, name in run.parts.items() if part not in lost}


def _kind_of_push(row: Discrepancy, record: SyncRecord) -> JobKind:
    record_type = RecordType(record.record_type)
    if record.ended and record_type in REMOVE:
        return REMOVE[record_type]
    moved = bool(set(row.fields) - {"status"})
    lost = (row.code in LOST and not moved) or (row.code in TERMINAL and "status" in row.fields)
    return CREATE[record_type] if lost and record_type in CREATE else CHANGE[record_type]


async def replace(uow: UnitOfWork, row: Discrepancy, *, reason: str | None = None) -> list[SyncJob]:
    """Cancel there and create anew, in this order: two places of one person at once endanger the grant."""
    record = await _own(uow, row)
    if record.remote_id is None:
        return await push_again(uow, row, reason=reason)
    cancel = await intend(uow, record, JobKind.ENROLMENT_CANCEL, reason=reason)
    create = await intend(uow, record, JobKind.ENROLMENT_CREATE, reason=reason, after=cancel)
    return [cancel, create]


async def bind(uow: UnitOfWork, row: Discrepancy, *, reason: str | None = None) -> list[SyncJob]:
    """Theirs is ours, whose name we had not learnt: know it by that name, and bring it to our state."""
    record = await _own(uow, row)
    if row.remote_ref is None:
        raise NothingToRepair(row.id, "TPGateway's name for it is not known")
    _take_name(record, row.remote_ref)
    return [await intend(uow, record, CHANGE[RecordType(record.record_type)], reason=reason)]


async def drop_session(uow: UnitOfWork, row: Discrepancy, *, reason: str | None = None) -> list[SyncJob]:
    """Take a session away there that is none of ours; the run is told whole with it."""
    record = await _own(uow, row)
    job = await intend(uow, record, JobKind.RUN_DROP_SESSION, reason=reason)
    job.remote_ref = row.remote_ref
    return [job]


async def remove_foreign(
    uow: UnitOfWork, row: Discrepancy, kind: JobKind, record_type: RecordType, *, reason: str | None = None
) -> list[SyncJob]:
    """Remove at TPGateway what none of our records stands for; a row of its own keeps the removal in order."""
    if row.remote_ref is None:
        raise NothingToRepair(row.id, "TPGateway's name for it is not known")
    record = await lock_record(uow, record_type, foreign_id(record_type, row.remote_ref), ties=Ties(run_id=row.run_id))
    if await open_jobs(uow, record.key):
        raise NothingToRepair(row.id, "it is being removed already")
    record.foreign = record.ended = True
    record.remote_id = row.remote_ref
    job = await intend(uow, record, kind, reason=reason)
    job.remote_ref = row.remote_ref
    return [job]


def foreign_id(record_type: RecordType, remote_ref: str) -> UUID:
    """The same for the same thing at TPGateway, wherever and whenever it is asked for."""
    return uuid5(NAMESPACE_URL, f"urn:tms:tpg-sync:foreign:{record_type}:{remote_ref}")


async def intend(
    uow: UnitOfWork, record: SyncRecord, kind: JobKind, *, reason: str | None, after: SyncJob | None = None
) -> SyncJob:
    """A new intent about a record as it is: what was not sent yet is superseded. Refused while a call is out."""
    jobs = [job for job in await open_jobs(uow, record.key, hold=True) if after is None or job.id != after.id]
    if any(job.state in CALL_OUT for job in jobs):
        raise NothingToRepair(record.record_id, "a call about it is out; wait for its end")
    if kind is not JobKind.RUN_DROP_SESSION:  # which says nothing of the record's own state
        supersede_unsent(uow, jobs)
    record.acked_hash = None
    await _forget_fee(uow, record)
    job = new_job(uow, record, kind, revision=await _revision(uow, record), deadline_at=None)
    job.idempotency_key = hashlib.sha256(f"{job.idempotency_key}|{job.ordinal}".encode()).hexdigest()
    job.reason = reason
    if after is None and (await beside(uow, [(kind, record)])).missing(kind, record):
        job.begin_blocked()
    uow.add(job)
    uow.emit(SyncQueued(**facts(job), state=SyncState.PENDING).because(reason))
    await uow.session.flush()
    return job


async def _forget_fee(uow: UnitOfWork, record: SyncRecord) -> None:
    """What its enrolment told of the fee is not what stands there any more."""
    if record.record_type is not RecordType.FEE:
        return
    enrolment = await uow.find(SyncRecord, (RecordType.ENROLMENT, record.record_id), for_update=True)
    if enrolment is not None:
        enrolment.carried_revision = None


async def _revision(uow: UnitOfWork, record: SyncRecord) -> int:
    """The newest revision anybody has spoken of; the owner's newest is what goes out."""
    newest = select(func.max(col(SyncJob.record_revision))).where(
        col(SyncJob.record_type) == record.record_type, col(SyncJob.record_id) == record.record_id
    )
    return max((await uow.session.execute(newest)).scalar_one() or 1, record.acked_revision or 1)


def forget(record: SyncRecord) -> None:
    """TPGateway has it no more: what it was called there is never taken for ours again."""
    if record.remote_id is not None:
        record.former_ids = [*record.former_ids, record.remote_id]
    record.remote_id, record.parts, record.acked_hash = None, {}, None


def _take_name(record: SyncRecord, name: str) -> None:
    record.former_ids = [one for one in record.former_ids if one != name]
    record.remote_id, record.acked_hash = name, None


async def _own(uow: UnitOfWork, row: Discrepancy) -> SyncRecord:
    """Our record, locked; a fee told only with its enrolment gets a row of its own."""
    key: RecordKey | None = row.key
    if key is None:
        raise NothingToRepair(row.id, "none of our records stands for it")
    if key[0] is RecordType.FEE:  # locked in the order of their keys, as everywhere
        await uow.get(SyncRecord, (RecordType.ENROLMENT, key[1]), for_update=True)
    ties = Ties(run_id=row.run_id, enrolment_id=key[1]) if key[0] is RecordType.FEE else None
    return await lock_record(uow, *key, ties=ties)
