"""What a repair would say to TPGateway, shown before it does: the very calls, with everything personal masked.

The decision is carried out for real inside a savepoint, the calls are made up by the sender's own code from the rows
as they are then, and all of it is rolled back: so a preview cannot differ from what is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from libs.contracts.tpg_sync import Hint, RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.tpgateway.attendance.replies import AttendanceRow
from services.tpg_sync.client.claims.claim import Known, OwnerAway, OwnerUnaware
from services.tpg_sync.client.claims.registry import CLAIMS
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import Call
from services.tpg_sync.commands.mending import forget
from services.tpg_sync.engine.preparing import findings
from services.tpg_sync.engine.records.foreign import RemoteThing, dropping, removal, voiding
from services.tpg_sync.engine.records.registry import dealings
from services.tpg_sync.errors import NothingToRepair, OwnerAsleep
from services.tpg_sync.models import FOREIGN, REMOVALS, Discrepancy, JobKind, SyncJob, SyncRecord
from services.tpg_sync.queries.waiting import beside, calendars_of
from services.tpg_sync.settings import SyncSettings

HIDDEN: Final = "***"
_SHOWN_OF_PEOPLE: Final = frozenset(
    {"type", "code", "idType", "sponsorshipType", "enrolmentDate", "collectionStatus", "countryCode", "roles", "role"}
    | {"numberOfHours", "surveyLanguage", "fees", "trainerType", "description", "indexNumber", "uen", "contact"}
    | {"contactNumber", "employer"}
)
_PEOPLE: Final = frozenset({"trainee", "employer", "trainer", "linkCourseRunTrainer"})
_ALWAYS_HIDDEN: Final = frozenset({"courseAdminEmail", "corppassId", "score", "grade", "result", "discountAmount"})


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call that would be made: where, and what it would say."""

    kind: JobKind
    operation: str
    method: str
    path: str
    body: Mapping[str, Any] | None
    hints: tuple[Hint, ...] = ()
    """What would be refused about it anyway."""


async def planned_calls(
    uow: UnitOfWork, row: Discrepancy, jobs: Sequence[SyncJob], owners: Owners, settings: SyncSettings
) -> list[PlannedCall]:
    """The calls these jobs would make now. Raises OwnerAsleep when the record's owner cannot be asked for it."""
    planned = []
    for job in jobs:
        record = await uow.get(SyncRecord, job.key)
        known = await _known(uow, record, JobKind(job.kind))
        planned.append(await _planned(row, job, known, owners, settings, uow))
        if job.kind in REMOVALS:
            forget(record)  # as it will be when the next one goes out
    return planned


async def _planned(
    row: Discrepancy, job: SyncJob, known: Known, owners: Owners, settings: SyncSettings, uow: UnitOfWork
) -> PlannedCall:
    kind = JobKind(job.kind)
    if kind in FOREIGN:
        thing = RemoteThing(
            remote_ref=row.remote_ref or "",
            run_ref=known.run_remote_id,
            course_reference=row.course_reference or "",
        )
        return _shown(kind, _foreign_call(kind, thing, settings))
    claims = CLAIMS[RecordType(job.record_type)]
    claim = await claims.fetch(owners, known)
    if isinstance(claim, OwnerAway):
        raise OwnerAsleep(claim.code)
    if isinstance(claim, OwnerUnaware):
        raise NothingToRepair(row.id, "its owner knows the record no more")
    hints = () if kind in REMOVALS else findings(claims, claim, known, settings=settings, now=uow.now())
    if hints:
        return PlannedCall(kind, "", "", "", None, hints)
    sending = dealings(settings)[RecordType(job.record_type)].sending(kind, claim, known, now=uow.now())
    if kind is JobKind.RUN_DROP_SESSION:
        sending = dropping(sending, row.remote_ref or "")
    return _shown(sending.kind, sending.call)


def _foreign_call(kind: JobKind, thing: RemoteThing, settings: SyncSettings) -> Call:
    """Of a row of attendance the person is read when it is sent; here a stand-in takes their place."""
    if kind is not JobKind.ATTENDANCE_VOID_FOREIGN:
        return removal(kind, thing, settings)
    somebody = AttendanceRow(session_id=thing.session_ref, row_id=thing.row_id, status="", id_number=HIDDEN)
    return voiding(somebody, thing, settings)


def _shown(kind: JobKind, call: Call) -> PlannedCall:
    operation = call.operation
    path = operation.target(**call.values)
    body = None if call.body is None else masked(call.body)
    return PlannedCall(kind, operation.name, operation.method, path, body)


async def _known(uow: UnitOfWork, record: SyncRecord, kind: JobKind) -> Known:
    calendars = await calendars_of(uow, [record])
    calendar = calendars.get(record.run_id) if record.run_id is not None else None
    return Known(record, await beside(uow, [(kind, record)]), calendar)


# -------------------------------------------------------------------------------------------------------------- masks


def masked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with every value that is somebody's replaced; references, codes, days and statuses stay."""
    return {name: _masked(name, value, inside=False) for name, value in body.items()}


def _masked(name: str, value: Any, *, inside: bool) -> Any:
    """Of a person only what is on the list is shown: what nobody thought of stays hidden."""
    inside = inside or name in _PEOPLE
    if isinstance(value, Mapping):
        return {key: _masked(key, one, inside=inside) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(name, one, inside=inside) for one in value]
    hidden = name in _ALWAYS_HIDDEN or (inside and name not in _SHOWN_OF_PEOPLE)
    return HIDDEN if hidden and value not in (None, "") else value
