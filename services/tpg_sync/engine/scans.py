"""Reads what was scanned with Singpass, from some time after a session until a day later, and tells it.

A scan is TPGateway's own fact: it is told as it stands, to whoever keeps attendance, once. A read counts against the
rate like every call, gives way while the lane is held or a circuit is open, and is simply tried again when it fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import Text, and_, cast, select
from sqlmodel import col

from libs.contracts.submissions import RollMatch, RollMatchWish
from libs.contracts.tpg_sync import OfficialScanSeen, RecordType
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.tpgateway.attendance.replies import AttendanceRow
from libs.tpgateway.normalising import normal_text
from libs.tpgateway.operations import Group
from services.tpg_sync.client.owners import Owners, OwnerUnreachable
from services.tpg_sync.engine import breaker as circuit
from services.tpg_sync.engine.limiter import refill
from services.tpg_sync.engine.pages import Pages, Unread
from services.tpg_sync.engine.records.attendance import rows_of, session_view
from services.tpg_sync.models import (
    HOST_GROUP,
    LANE_ID,
    CourseFunding,
    RunCalendar,
    ScanWatch,
    SyncBreaker,
    SyncLane,
    SyncRecord,
)
from services.tpg_sync.settings import SyncSettings

log = structlog.get_logger()

UPLOADED: Final = normal_text("Manual")
"""How TPGateway marks a row that a provider uploaded."""
CONFIRMED: Final = normal_text("Confirmed")


@dataclass(frozen=True, slots=True)
class Watched:
    """A session to look at now, under TPGateway's names."""

    session_id: UUID
    run_id: UUID
    run_remote_id: str
    session_remote_id: str
    course_reference: str


async def pull_scans(units: UnitsOfWork, pages: Pages, owners: Owners, settings: SyncSettings) -> int:
    """Look at every session that is due; returns at how many. Commits each on its own; safe in several workers."""
    looked = 0
    while True:
        async with units.begin() as uow:
            watched = await _take(uow, settings)
        if watched is None:
            return looked
        looked += 1
        rows = await _scans(pages, watched, settings)
        seen = [] if not rows else await _told_by_enrolment(owners, watched, rows)
        async with units.begin() as uow:
            await _tell(uow, watched, None if rows is None else seen, settings)


async def _take(uow: UnitOfWork, settings: SyncSettings) -> Watched | None:
    """The session longest due, with its call paid for; None when none is due, or nothing may leave now."""
    now = uow.now()
    named = col(SyncRecord.parts).op("->>")(cast(col(ScanWatch.session_id), Text))
    statement = (
        select(ScanWatch, SyncRecord, RunCalendar)
        .join(RunCalendar, col(RunCalendar.run_id) == col(ScanWatch.run_id))
        .join(CourseFunding, col(CourseFunding.course_id) == col(RunCalendar.course_id))
        .join(
            SyncRecord,
            and_(col(SyncRecord.record_type) == RecordType.RUN, col(SyncRecord.record_id) == col(ScanWatch.run_id)),
        )
        .where(
            col(ScanWatch.done).is_(False),
            col(ScanWatch.next_at) <= now,
            col(ScanWatch.ended_at) <= now - settings.sync_scans_after,
            col(CourseFunding.funded).is_(True),
            named.is_not(None),
            col(ScanWatch.ended_at) > now - settings.sync_scans_until - settings.sync_scans_every,
        )
        .order_by(col(ScanWatch.next_at))
        .limit(1)
        .with_for_update(of=ScanWatch, skip_locked=True)
    )
    found = (await uow.session.execute(statement)).first()
    if found is None or not await _may_leave(uow, settings):
        return None
    watch, record, calendar = found[0], found[1], found[2]
    watch.next_at = now + settings.sync_lease  # nobody else looks meanwhile; a worker that dies leaves it for then
    return Watched(
        session_id=watch.session_id,
        run_id=watch.run_id,
        run_remote_id=record.remote_id or "",
        session_remote_id=record.parts[str(watch.session_id)] or "",
        course_reference=calendar.course_reference,
    )


async def _may_leave(uow: UnitOfWork, settings: SyncSettings) -> bool:
    """Take a token, unless the lane is held, a circuit not closed, or none is left."""
    now = uow.now()
    lane = await uow.get(SyncLane, LANE_ID, for_update=True)
    ways = select(SyncBreaker).where(col(SyncBreaker.name).in_((HOST_GROUP, Group.ATTENDANCE)))
    free = [circuit.passage(way, now) is circuit.Passage.FREE for way in (await uow.session.execute(ways)).scalars()]
    if lane.held_cause is not None or not all(free) or refill(lane, settings.pace, now) < 1:
        return False
    lane.tokens -= 1
    return True


async def _scans(pages: Pages, watched: Watched, settings: SyncSettings) -> Sequence[AttendanceRow] | None:
    """Confirmed rows nobody uploaded; None when the session could not be read."""
    call = session_view(watched.run_remote_id, watched.session_remote_id, watched.course_reference, settings)
    reply = await pages.one(call, {"tms.session_id": str(watched.session_id)})
    rows = None if isinstance(reply, Unread) else rows_of(reply)
    if rows is None:
        return None
    return [row for row in rows if row.row_id and _is_scan(row)]


def _is_scan(row: AttendanceRow) -> bool:
    return normal_text(row.entry_mode or "") not in {"", UPLOADED} and normal_text(row.status) == CONFIRMED


async def _told_by_enrolment(
    owners: Owners, watched: Watched, rows: Sequence[AttendanceRow]
) -> Sequence[tuple[str, UUID]] | None:
    """Whose scans they are, as far as they are ours; None when enrolment could not be asked."""
    wish = RollMatchWish(id_numbers=tuple(row.id_number for row in rows))
    try:
        answer = await owners.send(
            "enrolment", f"/internal/v1/rolls/{watched.run_id}/match", wish.model_dump_json().encode()
        )
        if answer.status != HTTPStatus.OK:
            return None
        match = RollMatch.model_validate_json(answer.content)
    except (OwnerUnreachable, ValidationError):
        return None
    paired = zip(rows, match.enrolment_ids, strict=True)
    return [(row.row_id or "", enrolment_id) for row, enrolment_id in paired if enrolment_id is not None]


async def _tell(
    uow: UnitOfWork, watched: Watched, scans: Sequence[tuple[str, UUID]] | None, settings: SyncSettings
) -> None:
    """Tell what is new. Who could not be told apart yet is looked for again the next time."""
    now = uow.now()
    watch = await uow.get(ScanWatch, watched.session_id, for_update=True)
    if scans is None:
        log.warning("official scans not read", session_id=str(watched.session_id))
    for row_id, enrolment_id in scans or ():
        if row_id not in watch.seen:
            watch.seen = [*watch.seen, row_id]
            uow.emit(OfficialScanSeen(enrolment_id=enrolment_id, session_id=watched.session_id, remote_row=row_id))
    pause: timedelta = settings.sync_scans_retry if scans is None else settings.sync_scans_every
    watch.next_at = now + pause
    watch.done = now >= watch.ended_at + settings.sync_scans_until
