"""What is kept here of a person's submissions: sealed claim checks, digests of them, and who was seen where."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Delete, Update, and_, delete, func, or_, select, update
from sqlmodel import col

from libs.contracts.enrolment import TraineeErased
from libs.contracts.erasure import CopiesErased
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import destroy_keys
from libs.web.idempotency import forget_kept_answers
from services.tpg_sync.models import CLOSED, Discrepancy, JobState, Presence, SyncAttempt, SyncJob, SyncRecord
from services.tpg_sync.models.model import SCHEMA

log = structlog.get_logger()
OF_ERASED: Final = hashlib.sha256(b"erased").digest()
"""Stands for the digest of what TPGateway holds of somebody who is erased: known to be held, and equal to nothing."""
CALL_OUT: Final = (JobState.IN_FLIGHT, JobState.VERIFYING)
_OF_PLACE: Final = (RecordType.ENROLMENT, RecordType.FEE)


async def erase(uow: UnitOfWork, event: TraineeErased) -> None:
    """Jobs, names, states and times stay, of nobody anyone knows. Safe to repeat.

    A job that should be open against all expectation ends as rejected: its owner tells nothing of the person any more.
    """
    enrolment_ids = event.enrolment_ids
    await destroy_keys(uow, SCHEMA, [event.trainee_id])
    records = await _lock_records(uow, enrolment_ids)
    await _blank_jobs(uow, records)
    for record in records:
        record.acked_enc = None
        record.acked_hash = None if record.acked_hash is None else OF_ERASED
    await _blank_presence(uow, enrolment_ids)
    await _blank_discrepancies(uow, _about(Discrepancy, enrolment_ids))
    await forget_kept_answers(uow, SCHEMA)
    uow.emit(CopiesErased(trainee_id=event.trainee_id, service="tpg-sync"))


async def _lock_records(uow: UnitOfWork, enrolment_ids: Collection[UUID]) -> Sequence[SyncRecord]:
    """Locked first, as by everybody who touches a record's jobs."""
    key = col(SyncRecord.record_type), col(SyncRecord.record_id)
    wanted = select(SyncRecord).where(_about(SyncRecord, enrolment_ids)).order_by(*key).with_for_update()
    return (await uow.session.execute(wanted.execution_options(populate_existing=True))).scalars().all()


def _about(kind: type[SyncRecord | Discrepancy], enrolment_ids: Collection[UUID]) -> ColumnElement[bool]:
    own = and_(col(kind.record_type).in_(_OF_PLACE), col(kind.record_id).in_(enrolment_ids))
    return or_(own, col(kind.enrolment_id).in_(enrolment_ids))


async def _blank_jobs(uow: UnitOfWork, records: Sequence[SyncRecord]) -> None:
    """What a call that is out would need to be looked for stays, sealed with a key that is no more."""
    theirs = col(SyncJob.record_id).in_([record.record_id for record in records])
    own = and_(theirs, col(SyncJob.record_type) != RecordType.RUN)
    still_open = select(func.count()).where(own, col(SyncJob.state).not_in(sorted(CLOSED)))
    if count := (await uow.session.execute(still_open)).scalar_one():
        log.warning("somebody was erased whose jobs were open", jobs=count)
    attempts = update(SyncAttempt).where(col(SyncAttempt.job_id).in_(select(col(SyncJob.id)).where(own)))
    await _run(uow, attempts.values(request_sha256=None))
    blank = update(SyncJob).where(own, col(SyncJob.state).not_in(CALL_OUT))
    await _run(uow, blank.values(payload_enc=None, payload_hash=None))


async def _blank_presence(uow: UnitOfWork, enrolment_ids: Collection[UUID]) -> None:
    """Every sighting of the person, also where nobody knew which place it belonged to, and what hints at one."""
    known = select(col(Presence.person)).where(col(Presence.enrolment_id).in_(enrolment_ids)).distinct()
    people = [bytes(person) for person in (await uow.session.execute(known)).scalars()]
    await _run(uow, delete(Presence).where(col(Presence.person).in_(people)))
    shown = [person.hex()[:16] for person in people]
    await _blank_discrepancies(uow, col(Discrepancy.theirs_digest).in_(shown))


async def _blank_discrepancies(uow: UnitOfWork, which: ColumnElement[bool]) -> None:
    """Digests of what somebody's data were can be tried out by whoever has the key."""
    await _run(uow, update(Discrepancy).where(which).values(ours_digest="", acked_digest="", theirs_digest=""))


async def _run(uow: UnitOfWork, statement: Update | Delete) -> None:
    await uow.session.execute(statement.execution_options(synchronize_session=False))
