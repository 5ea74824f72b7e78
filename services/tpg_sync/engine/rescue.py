"""Finds jobs whose worker vanished: by the lease it let run out, never by age alone."""

from uuid import UUID

import structlog
from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitsOfWork
from libs.sources import Chance
from libs.telemetry.context import Context, entered
from services.tpg_sync.client.tpgateway import lost_in_crash
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.settle import Outcome, Rules, settle
from services.tpg_sync.models import CLOSED, WAITING_FOR_A_PERSON, JobState, RecordKey, SyncJob, SyncRecord
from services.tpg_sync.settings import SyncSettings

log = structlog.get_logger()

BATCH = 100
WORKER_LOST = "worker_lost"


async def rescue(units: UnitsOfWork, settings: SyncSettings, chance: Chance) -> int:
    """Give every expired lease back; commits each on its own. Returns how many.

    Sent and not safe to repeat: look first. Otherwise it may simply be sent again. Nothing is written when the worker
    turns out to be alive, for then its lease has another token or end.
    """
    expired = await _expired(units)
    rescued = 0
    for job_id, key in expired:
        rescued += int(await _rescue_one(units, settings, chance, job_id, key))
    return rescued


async def _expired(units: UnitsOfWork) -> list[tuple[UUID, RecordKey]]:
    statement = (
        select(col(SyncJob.id), col(SyncJob.record_type), col(SyncJob.record_id))
        .where(col(SyncJob.lease_until) < units.clock.now())
        .order_by(col(SyncJob.lease_until))
        .limit(BATCH)
    )
    async with units.reading() as uow:
        return [(row[0], (row[1], row[2])) for row in (await uow.session.execute(statement)).all()]


async def _rescue_one(units: UnitsOfWork, settings: SyncSettings, chance: Chance, job_id: UUID, key: RecordKey) -> bool:
    async with units.begin() as uow:
        now = uow.now()
        record = await uow.get(SyncRecord, key, for_update=True)
        job = await uow.get(SyncJob, job_id, for_update=True)
        if job.lease_token is None or job.lease_until is None or job.lease_until >= now:
            return False
        if job.state in CLOSED | WAITING_FOR_A_PERSON:
            log.error("a lease on a job that is over", job_id=str(job.id), kind=str(job.kind), state=job.state.value)
            job.lease_token = job.lease_until = None
            return False
        with entered(Context(correlation_id=job.correlation_id, causation_id=job.causation_id)):
            if job.state == JobState.VERIFYING:
                job.look_again(at=now, now=now)
            elif job.sent_at is None:
                job.wait(until=now, now=now, error_class="unforeseen", code=WORKER_LOST)
            else:
                await settle(uow, [_lost(job, record)], Rules(settings, chance))
        return True


def _lost(job: SyncJob, record: SyncRecord) -> Outcome:
    """A call may have left, and nobody knows how it ended; it goes on record as lost."""
    if job.sent_at is None or job.lease_token is None:
        message = f"job {job.id} was not sent"
        raise ValueError(message)
    reply = lost_in_crash(job.sent_at, job.updated_at, operation=job.kind.replace(".", "_"), group=job.endpoint_group)
    after = Next.RETRY if job.repeatable else Next.VERIFY
    decision = Decision(after, counted=True, error_class="unknown_end", error_code=WORKER_LOST)
    return Outcome(claimed=Claimed(job, record, job.lease_token), decision=decision, reply=reply)
