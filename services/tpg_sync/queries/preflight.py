"""A record judged as it would be sent now, by the same rules as the sender's; nothing is sent or kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.privacy.vault import Erased
from libs.tpgateway.rules.finding import Finding
from services.tpg_sync.client.claims.claim import Claims, Known, OwnerAway, OwnerErased, OwnerUnaware
from services.tpg_sync.client.claims.registry import CLAIMS
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.errors import OwnerAsleep
from services.tpg_sync.models import JobKind, SyncRecord, Ties, Wait
from services.tpg_sync.queries.waiting import beside, calendars_of, missing_for
from services.tpg_sync.settings import SyncSettings

INTENT = {
    RecordType.RUN: JobKind.RUN_PUBLISH,
    RecordType.ENROLMENT: JobKind.ENROLMENT_CREATE,
    RecordType.FEE: JobKind.FEE_COLLECT,
    RecordType.ATTENDANCE: JobKind.ATTENDANCE_UPLOAD,
    RecordType.ASSESSMENT: JobKind.ASSESSMENT_CREATE,
}
"""What bringing a record there is called; it turns into a change where TPGateway has it already."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What speaks against sending a record as its owner has it now, and what it would wait for."""

    revision: int
    remote_id: str | None
    findings: Sequence[Finding]
    waits: Sequence[Wait]


async def preflight(
    uow: UnitOfWork, owners: Owners, settings: SyncSettings, record_type: RecordType, record_id: UUID
) -> Judged:
    """Raises NotFound when the owner knows no such record, OwnerAsleep when it cannot be asked.

    Erased when nobody knows any more whose it is.
    """
    claims: Claims[Any] = CLAIMS[record_type]
    record = await uow.find(SyncRecord, (record_type, record_id))
    if record is None:
        record = SyncRecord(record_type=record_type, record_id=record_id, parts={}, former_ids=[])
    known = await _known(uow, record)
    claim = await claims.fetch(owners, known)
    if isinstance(claim, OwnerAway):
        raise OwnerAsleep(claim.code)
    if isinstance(claim, OwnerErased):
        raise Erased(record_id)
    if isinstance(claim, OwnerUnaware):
        raise NotFound(str(record_type), record_id)
    if record.run_id is None:
        record = _tied(record, claims.ties(claim))
        known = await _known(uow, record)
    found = claims.findings(claim, known, settings=settings, now=uow.now())
    return Judged(claims.revision(claim), record.remote_id, found, await missing_for(uow, INTENT[record_type], record))


def _tied(record: SyncRecord, ties: Ties) -> SyncRecord:
    """A copy for looking only: a question changes no row."""
    tied = SyncRecord(**{name: getattr(record, name) for name in SyncRecord.model_fields})
    tied.tie(ties)
    return tied


async def _known(uow: UnitOfWork, record: SyncRecord) -> Known:
    calendars = await calendars_of(uow, [record])
    calendar = calendars.get(record.run_id) if record.run_id is not None else None
    return Known(record, await beside(uow, [(INTENT[RecordType(record.record_type)], record)]), calendar)
