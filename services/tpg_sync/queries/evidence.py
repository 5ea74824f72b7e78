"""Our own parts of a run's evidence, all of one moment."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select, text, tuple_
from sqlmodel import col

from libs.contracts.envelope import Envelope
from libs.contracts.tpg_sync import RecordType
from libs.database.snapshot import at_one_moment
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.heads import heads_of
from services.tpg_sync.models import Discrepancy, Obligation, Reconciliation, RecordKey, SyncJob, SyncRecord
from services.tpg_sync.policy import policy_named
from services.tpg_sync.queries.jobs import list_attempts
from services.tpg_sync.schemas.evidence.members import (
    AttemptPart,
    DiscrepancyPart,
    DutiesEvidence,
    DutyPart,
    JobPart,
    RecordPart,
    SubmissionsEvidence,
    Told,
)

SCHEMA = "tpg_sync"
_TOLD = text(
    "select body from tpg_sync.event where aggtype = 'sync' and aggid = any(cast(:ids as uuid[])) order by pos"
)


async def own_evidence(
    uow: UnitOfWork, run_id: UUID, enrolment_ids: Iterable[UUID]
) -> tuple[SubmissionsEvidence, DutiesEvidence]:
    """Submissions and duties of a run; both empty when nothing was ever owed."""
    await at_one_moment(uow)
    return await _submissions(uow, run_id, set(enrolment_ids)), await _duties(uow, run_id)


async def _submissions(uow: UnitOfWork, run_id: UUID, enrolment_ids: set[UUID]) -> SubmissionsEvidence:
    records = await _records_of(uow, run_id)
    jobs = await _jobs_of(uow, records)
    found = await uow.session.scalars(
        select(Discrepancy).where(col(Discrepancy.run_id) == run_id).order_by(col(Discrepancy.id))
    )
    discrepancies = list(found)
    compared = await uow.session.scalars(select(col(Reconciliation.id)).where(col(Reconciliation.run_id) == run_id))
    told_of = {record.record_id for record in records} | {each.id for each in discrepancies} | {*compared}
    return SubmissionsEvidence(
        run_id=run_id,
        as_of=uow.now(),
        heads=(
            *await heads_of(uow, SCHEMA, ["sync", "discrepancy", "reconciliation"], told_of),
            *await heads_of(uow, SCHEMA, ["official_scan"], enrolment_ids),
        ),
        records=tuple(
            RecordPart(
                jobs=tuple(jobs[record.key]),
                former_ids=tuple(record.former_ids),
                **{
                    name: getattr(record, name)
                    for name in RecordPart.model_fields
                    if name not in {"jobs", "former_ids"}
                },
            )
            for record in records
        ),
        discrepancies=tuple(DiscrepancyPart.model_validate(each) for each in discrepancies),
    )


async def _records_of(uow: UnitOfWork, run_id: UUID) -> Sequence[SyncRecord]:
    """The run itself and its records; what is none of ours stands in the discrepancies."""
    itself = and_(col(SyncRecord.record_type) == RecordType.RUN, col(SyncRecord.record_id) == run_id)
    wanted = (
        select(SyncRecord)
        .where(or_(itself, col(SyncRecord.run_id) == run_id), ~col(SyncRecord.foreign))
        .order_by(col(SyncRecord.record_type), col(SyncRecord.record_id))
    )
    return (await uow.session.scalars(wanted)).all()


async def _jobs_of(uow: UnitOfWork, records: Sequence[SyncRecord]) -> dict[RecordKey, list[JobPart]]:
    """Every job about these, in order, each with its calls and with what was said of it."""
    key = tuple_(col(SyncJob.record_type), col(SyncJob.record_id))
    wanted = select(SyncJob).where(key.in_([record.key for record in records])).order_by(col(SyncJob.ordinal))
    jobs = (await uow.session.scalars(wanted)).all()
    calls: dict[UUID, list[AttemptPart]] = defaultdict(list)
    for attempt in await list_attempts(uow, [job.id for job in jobs]):
        calls[attempt.job_id].append(AttemptPart.of(attempt))
    told: dict[str, list[Told]] = defaultdict(list)
    for body in await uow.session.scalars(_TOLD, {"ids": sorted({record.record_id for record in records})}):
        envelope = Envelope.from_bytes(body.encode())
        told[str(envelope.data.get("job_id"))].append(Told.of(envelope))
    found: dict[RecordKey, list[JobPart]] = defaultdict(list)
    for job in jobs:
        found[job.key].append(JobPart.of(job, tuple(calls[job.id]), tuple(told[str(job.id)])))
    return found


async def _duties(uow: UnitOfWork, run_id: UUID) -> DutiesEvidence:
    wanted = select(Obligation).where(col(Obligation.run_id) == run_id)
    rows = (await uow.session.scalars(wanted.order_by(col(Obligation.due_at), col(Obligation.id)))).all()
    return DutiesEvidence(
        run_id=run_id,
        as_of=uow.now(),
        heads=await heads_of(uow, SCHEMA, ["obligation"], [row.id for row in rows]),
        duties=tuple(_duty(row) for row in rows),
    )


def _duty(row: Obligation) -> DutyPart:
    rule = policy_named(row.policy).rule(row.key)
    return DutyPart.of(row, title=rule.title, basis=rule.basis)
