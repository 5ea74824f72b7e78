"""What the keyring sealed, before people had keys of their own, is sealed with those: once after an upgrade."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlmodel import col

from libs.chassis.runtime import Runtime
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault, by_keyring
from libs.privacy.vault import Erased, Unsealable, Vault
from services.tpg_sync.client.claims.registry import CLAIMS
from services.tpg_sync.engine import payload
from services.tpg_sync.models import FOREIGN, SyncJob, SyncRecord

log = structlog.get_logger()
AT_ONCE: Final = 100
EVERY: Final = timedelta(minutes=10)
START: Final = UUID(int=0)


async def seal_old_payloads(runtime: Runtime[Any]) -> None:
    """A duty of the worker. Returns only when cancelled; cheap when there is nothing left, for an index says so."""
    while True:
        await seal_all_anew(runtime)
        await asyncio.sleep(EVERY.total_seconds())


async def seal_all_anew(runtime: Runtime[Any]) -> int:
    """Walk over everything that the keyring sealed, a hundred to a transaction; returns how many were sealed anew.

    What no key on the ring opens is left as it is, and told.
    """
    sealed = 0
    for kind in (SyncJob, SyncRecord):
        after: UUID | None = START
        while after is not None:
            async with runtime.units.begin() as uow:
                after, done = await _some(uow, runtime.vault, kind, after)
            sealed += done
    return sealed


async def _some(
    uow: UnitOfWork, vault: Vault, kind: type[SyncJob | SyncRecord], after: UUID
) -> tuple[UUID | None, int]:
    """Up to a hundred rows after this one; where to go on, and how many were sealed anew."""
    rows = await (_jobs(uow, after) if kind is SyncJob else _records(uow, after))
    people = payload.people_of(vault, uow)
    opened = [(row, claim) for row in rows if (claim := _opened(row, people)) is not None]
    await payload.hold_for(people, [claim for _, claim in opened])
    for row, claim in opened:
        try:
            sealed = payload.seal(people, claim, row.record_id)
        except Erased:
            sealed = None
        if isinstance(row, SyncJob):
            row.payload_enc = sealed
        else:
            row.acked_enc = sealed
    last = rows[-1] if rows else None
    if last is None or len(rows) < AT_ONCE:
        return None, len(opened)
    return (last.id if isinstance(last, SyncJob) else last.record_id), len(opened)


async def _jobs(uow: UnitOfWork, after: UUID) -> Sequence[SyncJob]:
    wanted = select(SyncJob).where(
        col(SyncJob.record_type) != RecordType.RUN, by_keyring(SyncJob.payload_enc), col(SyncJob.id) > after
    )
    locked = wanted.order_by(col(SyncJob.id)).limit(AT_ONCE).with_for_update(skip_locked=True)
    return (await uow.session.execute(locked)).scalars().all()


async def _records(uow: UnitOfWork, after: UUID) -> Sequence[SyncRecord]:
    """By their ids: an enrolment and its fee, which share one, may part at the end of a hundred and meet next time."""
    wanted = select(SyncRecord).where(
        col(SyncRecord.record_type) != RecordType.RUN,
        by_keyring(SyncRecord.acked_enc),
        col(SyncRecord.record_id) > after,
    )
    locked = wanted.order_by(col(SyncRecord.record_id)).limit(AT_ONCE).with_for_update(skip_locked=True)
    return (await uow.session.execute(locked)).scalars().all()


def _opened(row: SyncJob | SyncRecord, people: PersonalVault) -> BaseModel | None:
    """The claim; None for mere references, which stay with the keyring, and for what cannot be read."""
    sealed = row.payload_enc if isinstance(row, SyncJob) else row.acked_enc
    foreign = row.kind in FOREIGN if isinstance(row, SyncJob) else row.foreign
    if sealed is None or foreign:
        return None
    try:
        claim: BaseModel = CLAIMS[RecordType(row.record_type)].model.model_validate_json(
            payload.unseal(people, sealed, row.record_id)
        )
    except (Unsealable, ValidationError) as error:
        log.warning("an old payload cannot be read", record_id=str(row.record_id), error=type(error).__name__)
        return None
    return claim
