"""After a restore from a backup TPGateway holds things that we have forgotten: what would make one is looked for first.

A job may have been sent after the backup was taken, and so may one that nobody has made yet: the run that is published
next week was perhaps published last week, in the time that was undone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.outbox.epoch import restored_at
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.models import Model, SyncAttempt
from services.tpg_sync.settings import SyncSettings

LOOK_FIRST = Decision(Next.VERIFY, error_class="restored", error_code="looked_for_first")


@dataclass(frozen=True, slots=True)
class Caution:
    """Since when to be careful, and of which jobs TPGateway has been asked since."""

    since: datetime | None = None
    asked: Collection[UUID] = ()

    def wants_a_look(self, job_id: UUID, *, repeatable: bool) -> bool:
        return self.since is not None and not repeatable and job_id not in self.asked


async def caution(uow: UnitOfWork, job_ids: Collection[UUID], settings: SyncSettings) -> Caution:
    """How careful to be with these jobs now: not at all, unless the database was restored not long ago."""
    since = await restored_at(uow.session, str(Model.metadata.schema))
    if since is None or uow.now() - since > settings.sync_restore_caution:
        return Caution()
    called = col(SyncAttempt.job_id).in_(job_ids) & (col(SyncAttempt.started_at) >= since)
    return Caution(since, set((await uow.session.execute(select(col(SyncAttempt.job_id)).where(called))).scalars()))


async def perhaps_there(units: UnitsOfWork, job_id: UUID, settings: SyncSettings) -> bool:
    """Whether what may not be sent now may have arrived in the undone time, when it still was allowed."""
    async with units.reading() as uow:
        return (await caution(uow, [job_id], settings)).wants_a_look(job_id, repeatable=False)
