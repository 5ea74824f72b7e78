"""Marks: lists, marking a session, and changing one that is in view."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.contracts.attendance import MarkState
from libs.contracts.tpg_sync import SyncState
from libs.database.unit_of_work import UnitOfWork
from libs.web.etag import IfMatch, etag
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.attendance.api.doors import Corrector, MarkerOfRuns, Reader, Voider, marks, may_correct, sees
from services.attendance.api.views import counts_of, mark_detail, mark_summary, shown_lines
from services.attendance.commands import correcting, marking
from services.attendance.models.attendance import Attendance
from services.attendance.queries.marks import MarkFilter, get_mark, list_marks
from services.attendance.schemas.mark import (
    MarkDetail,
    MarkPatch,
    MarksAnswer,
    MarkSummary,
    MarksWish,
    ReasonWish,
    ReMarkWish,
)

router = Router(prefix="/api/v1/attendance", tags=["attendance"])


def _filter(
    caller: Reader,
    run_id: UUID | None = None,
    session_id: UUID | None = None,
    enrolment_id: UUID | None = None,
    state: Annotated[list[MarkState], Query()] = [],  # noqa: B006 - FastAPI copies it for each request
    sync_state: Annotated[list[SyncState], Query()] = [],  # noqa: B006 - as above
    in_conflict: Annotated[bool | None, Query(description="Where an official scan says otherwise.")] = None,
) -> MarkFilter:
    return MarkFilter(
        run_id=run_id,
        session_id=session_id,
        enrolment_id=enrolment_id,
        states=state,
        sync_states=sync_state,
        in_conflict=in_conflict,
        scope=sees(caller),
    )


@router.get("")
async def list_attendance(
    uow: Uow, paging: PageQuery, wanted: Annotated[MarkFilter, Depends(_filter)]
) -> Page[MarkSummary]:
    """Marks the caller may see, newest first. No name stands in a list; sheets show them."""
    rows = await list_marks(uow, wanted, after=paging.after_uuid(), limit=paging.limit + 1)
    return page([mark_summary(line, session) for line, session in rows], paging.limit, key=lambda view: view.id)


@router.post("")
async def mark(uow: Uow, caller: MarkerOfRuns, wish: MarksWish) -> MarksAnswer:
    """Mark a session in one request, also what was marked offline. Every line has its own outcome; see each."""
    marker = marking.Marker(marks(caller), may_correct(caller))
    register, outcomes = await marking.mark(uow, wish, marker)
    lines = shown_lines(list(register.lines.values()))
    return MarksAnswer(session_id=wish.session_id, outcomes=outcomes, counts=counts_of(lines))


@router.get("/{attendance_id}")
async def get_attendance(uow: Uow, caller: Reader, attendance_id: UUID, response: Response) -> MarkDetail:
    """One mark with its revisions, its sync state, and what the caller may do with it."""
    return await _shown(uow, await get_mark(uow, attendance_id, scope=sees(caller)), caller, response)


@router.patch("/{attendance_id}")
async def correct(
    uow: Uow, caller: MarkerOfRuns, attendance_id: UUID, patch: MarkPatch, version: IfMatch, response: Response
) -> MarkDetail:
    """Mark one person or correct the mark. Once the sheet is locked: with a reason, by who may."""
    line = await correcting.correct(
        uow, attendance_id, patch, version=version, scope=marks(caller), may_correct=may_correct(caller)
    )
    return await _shown(uow, line, caller, response)


@router.post("/{attendance_id}/reject")
async def reject(
    uow: Uow, caller: MarkerOfRuns, attendance_id: UUID, wish: ReasonWish, version: IfMatch, response: Response
) -> MarkDetail:
    """The check-in is not believed."""
    line = await correcting.reject(
        uow, attendance_id, wish.reason, version=version, scope=marks(caller), may_correct=may_correct(caller)
    )
    return await _shown(uow, line, caller, response)


@router.post("/{attendance_id}/void")
async def void(
    uow: Uow, caller: Voider, attendance_id: UUID, wish: ReasonWish, version: IfMatch, response: Response
) -> MarkDetail:
    """Declare a presence wrong; it is kept, and taken back at TPGateway."""
    line = await correcting.void(uow, attendance_id, wish.reason, version=version)
    return await _shown(uow, line, caller, response)


@router.post("/{attendance_id}/re-mark")
async def re_mark(
    uow: Uow, caller: Corrector, attendance_id: UUID, wish: ReMarkWish, version: IfMatch, response: Response
) -> MarkDetail:
    """Present after all, after a rejection or (for who may) a voiding."""
    may_reinstate = caller.grant(Permission.ATTENDANCE_REINSTATE) is not None
    line = await correcting.re_mark(uow, attendance_id, wish, version=version, may_reinstate=may_reinstate)
    return await _shown(uow, line, caller, response)


async def _shown(uow: UnitOfWork, line: Attendance, caller: Principal, response: Response) -> MarkDetail:
    await uow.session.flush()
    etag(response, line.version)
    return await mark_detail(uow, line, caller)
