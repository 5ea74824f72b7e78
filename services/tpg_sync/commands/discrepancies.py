"""What a reading shows of disagreements: opened, seen again, gone. One unit of work each; the caller commits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select, text, tuple_
from sqlmodel import col

from libs.contracts.tpg_sync import (
    DiscrepancyOpened,
    DiscrepancyResolved,
    RecordType,
    SyncDrifted,
    SyncReconciled,
    SyncState,
)
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import (
    CLOSED,
    CODE_RULES,
    UNRESOLVED,
    WAITING_FOR_A_PERSON,
    Action,
    Code,
    Discrepancy,
    DiscrepancyState,
    JobState,
    RecordKey,
    SyncJob,
    SyncRecord,
    Verdict,
)

DRIFTING: Final = frozenset({Verdict.DRIFT, Verdict.CONFLICT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One disagreement as it was seen just now."""

    code: Code
    subject: str
    verdict: Verdict
    suggested: Action
    run_id: UUID | None = None
    course_reference: str | None = None
    key: RecordKey | None = None
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    remote_ref: str | None = None
    fields: tuple[str, ...] = ()
    digests: tuple[str, str, str] = ("", "", "")
    deadline_at: datetime | None = None


@dataclass(slots=True)
class Noted:
    """What became of the sightings of one reading."""

    opened: list[Discrepancy] = field(default_factory=list)
    again: list[Discrepancy] = field(default_factory=list)
    resolved: list[Discrepancy] = field(default_factory=list)

    @property
    def standing(self) -> list[Discrepancy]:
        return [*self.opened, *self.again]


Drifts = Mapping[RecordKey, frozenset[str]]


async def hold_still(uow: UnitOfWork, what: str) -> None:
    """One reading of a run, or of a course, is concluded at a time."""
    await uow.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": f"tpg-sync reconciliation {what}"}
    )


async def note(
    uow: UnitOfWork,
    sightings: Sequence[Sighting],
    *,
    scope: Iterable[Any],
    examined: Callable[[Discrepancy], bool],
) -> Noted:
    """Open what is new, keep what is seen again, resolve what is gone.

    `scope` are conditions on the rows that this reading may resolve; `examined` says whether it could have seen one.
    Hold the scope still first. Seen twice in one reading counts once.
    """
    known = await _known(uow, sightings, scope)
    before, repairs = _drifts(known), await _repairs(uow, known)
    noted = Noted()
    for seen in {(one.code, one.subject): one for one in sightings}.values():
        row = next((one for one in known if (one.code, one.subject) == (seen.code, seen.subject)), None)
        if row is None:
            noted.opened.append(_open(uow, seen))
        else:
            noted.again.append(row)
            if _see_again(uow, row, seen, repairs.get(row.job_id)):
                uow.emit(DiscrepancyOpened(**facts_of(row)))
    kept = {row.id for row in noted.again}
    for row in known:
        if row.id not in kept and examined(row):
            row.resolve(uow.now())
            noted.resolved.append(row)
            uow.emit(DiscrepancyResolved(**facts_of(row)))
    await uow.session.flush()
    await tell_drift(uow, before, _drifts([*known, *noted.opened]))
    return noted


async def _known(uow: UnitOfWork, sightings: Sequence[Sighting], scope: Iterable[Any]) -> list[Discrepancy]:
    named = tuple_(col(Discrepancy.code), col(Discrepancy.subject)).in_({(one.code, one.subject) for one in sightings})
    mine = [*scope]
    statement = (
        select(Discrepancy)
        .where(col(Discrepancy.state) != DiscrepancyState.RESOLVED, or_(named, *mine))
        .order_by(col(Discrepancy.id))
        .with_for_update()
    )
    return list((await uow.session.execute(statement)).scalars())


def _open(uow: UnitOfWork, seen: Sighting) -> Discrepancy:
    record_type, record_id = seen.key or (CODE_RULES[seen.code].about, None)
    row = Discrepancy(
        id=uow.new_id(),
        code=seen.code,
        subject=seen.subject,
        run_id=seen.run_id,
        course_reference=seen.course_reference,
        record_type=record_type,
        record_id=record_id,
        first_seen_at=uow.now(),
        last_seen_at=uow.now(),
        verdict=seen.verdict,
        suggested=seen.suggested,
    )
    _describe(row, seen)
    uow.add(row)
    uow.emit(DiscrepancyOpened(**facts_of(row)))
    return row


def _describe(row: Discrepancy, seen: Sighting) -> None:
    row.session_id, row.enrolment_id, row.remote_ref = seen.session_id, seen.enrolment_id, seen.remote_ref
    row.fields = list(seen.fields)
    row.ours_digest, row.acked_digest, row.theirs_digest = seen.digests
    row.verdict, row.suggested = seen.verdict, seen.suggested
    if row.code is not Code.ENROLMENT_FEE or row.deadline_at is None:  # a fee's counts from its first sighting
        row.deadline_at = seen.deadline_at


def _see_again(uow: UnitOfWork, row: Discrepancy, seen: Sighting, repair: JobState | None) -> bool:
    """True when it is open again: what was accepted has changed, or what was to mend it did not."""
    reopened = row.see_again(uow.now(), seen.digests[2])
    before = _told_of(row)
    _describe(row, seen)
    if _told_of(row) != before:
        row.version += 1  # whoever decides on what they saw has to look again
    if row.state is DiscrepancyState.ASSIGNED and repair in CLOSED | WAITING_FOR_A_PERSON:
        row.refuse("repair_refused" if repair in WAITING_FOR_A_PERSON else "repair_without_effect")
        return True
    return reopened


def _told_of(row: Discrepancy) -> tuple[Any, ...]:
    """What a person decides by."""
    return (row.verdict, row.suggested, row.remote_ref, *row.fields, row.ours_digest, row.theirs_digest)


async def _repairs(uow: UnitOfWork, rows: Iterable[Discrepancy]) -> dict[UUID | None, JobState]:
    """How the jobs stand that are to mend these."""
    ids = {row.job_id for row in rows if row.job_id is not None}
    statement = select(col(SyncJob.id), col(SyncJob.state)).where(col(SyncJob.id).in_(ids))
    return {job_id: JobState(state) for job_id, state in (await uow.session.execute(statement)).all()} if ids else {}


def facts_of(row: Discrepancy) -> dict[str, Any]:
    """What every event about a discrepancy says of it."""
    return {
        "discrepancy_id": row.id,
        "code": row.code,
        "verdict": row.verdict,
        "record_type": row.record_type,
        "record_id": row.record_id,
        "run_id": row.run_id,
        "session_id": row.session_id,
        "enrolment_id": row.enrolment_id,
        "remote_ref": row.remote_ref,
        "state": row.state,
    }


def _drifts(rows: Iterable[Discrepancy]) -> Drifts:
    """The codes of open drifts, by the record they are about. One that is only stale is not drifted."""
    found: dict[RecordKey, set[str]] = {}
    for row in rows:
        if row.key is None:
            continue
        codes = found.setdefault(row.key, set())
        if row.state in UNRESOLVED and row.verdict in DRIFTING:
            codes.add(row.code)
    return {key: frozenset(codes) for key, codes in found.items()}


async def drifts_of(uow: UnitOfWork, key: RecordKey | None) -> Drifts:
    """The open drifts of one record, to tell later what became of them."""
    if key is None:
        return {}
    statement = select(Discrepancy).where(
        col(Discrepancy.record_type) == key[0],
        col(Discrepancy.record_id) == key[1],
        col(Discrepancy.state) != DiscrepancyState.RESOLVED,
    )
    return {key: frozenset(), **_drifts((await uow.session.execute(statement)).scalars())}


async def tell_drift(uow: UnitOfWork, before: Drifts, after: Drifts) -> None:
    """Tell the owners of records whose drift began, changed, or ended."""
    for key in sorted(before.keys() | after.keys(), key=str):
        was, now = before.get(key, frozenset()), after.get(key, frozenset())
        if was == now:
            continue
        record = await uow.get(SyncRecord, key) if key[0] is not RecordType.FEE else await _of_fee(uow, key)
        fact = {"record_id": key[1], "record_type": key[0], "record_revision": record.acked_revision or 0}
        if now:
            uow.emit(SyncDrifted(**fact, state=SyncState.DRIFTED, codes=tuple(sorted(now))))
        else:
            given_up = record.ended and record.remote_id is None
            uow.emit(SyncReconciled(**fact, state=SyncState.NOT_APPLICABLE if given_up else SyncState.SYNCED))


async def _of_fee(uow: UnitOfWork, key: RecordKey) -> SyncRecord:
    """A fee that was only ever told with its enrolment has no row of its own."""
    return await uow.find(SyncRecord, key) or await uow.get(SyncRecord, (RecordType.ENROLMENT, key[1]))
