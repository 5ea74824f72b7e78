"""A session's sheet: opened when it is asked for and due, locked, opened again."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.database.unit_of_work import UnitOfWork
from libs.web.etag import IfMatch, etag
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.attendance.api.doors import Corrector, MarkerOfRuns, Reader, RuntimeOfService, marks, masked, sees
from services.attendance.api.views import sheet_view
from services.attendance.client import names_of
from services.attendance.commands import sheets
from services.attendance.errors import SheetNotDue
from services.attendance.models.sheet import Sheet, SheetState
from services.attendance.queries.days import DayFilter, sheets_by_day
from services.attendance.queries.runs import Scope, get_run, get_session, sessions_of
from services.attendance.queries.sheets import find_sheet, lines_of, sheets_of
from services.attendance.schemas.sheet import LockWish, SheetOfDay, SheetSummary, SheetView, UnlockWish
from services.attendance.settings import AttendanceSettings

router = Router(prefix="/api/v1/attendance/sheets", tags=["attendance"])


@router.get("")
async def list_sheets(uow: Uow, caller: Reader, run_id: UUID) -> list[SheetSummary]:
    """The sessions of a run in order, each with the state of its sheet."""
    await get_run(uow, run_id, scope=sees(caller))
    known = {sheet.id: sheet for sheet in await sheets_of(uow, run_id)}
    return [
        SheetSummary(
            session_id=session.id,
            run_id=run_id,
            sequence=session.sequence,
            start_at=session.start_at,
            end_at=session.end_at,
            session_status=session.status,
            state=known[session.id].state if session.id in known else None,
            lock_due_at=known[session.id].lock_due_at if session.id in known else None,
        )
        for session in await sessions_of(uow, run_id)
    ]


def _days(
    caller: Reader,
    from_on: date | None = None,
    to_on: date | None = None,
    state: Annotated[list[SheetState], Query()] = [],  # noqa: B006 - FastAPI copies it for each request
    to_mark: Annotated[bool, Query(description="Begun, and somebody on it is not judged.")] = False,
) -> DayFilter:
    return DayFilter(from_on=from_on, to_on=to_on, states=state, to_mark=to_mark, scope=sees(caller))


@router.get("/by-day")
async def list_sheets_by_day(
    uow: Uow, paging: PageQuery, wanted: Annotated[DayFilter, Depends(_days)]
) -> Page[SheetOfDay]:
    """Sheets of all runs the caller may see, the latest session first, each with how many are marked."""
    after = paging.after(datetime, UUID)
    rows = await sheets_by_day(uow, wanted, after=after, limit=paging.limit + 1)
    return page(rows, paging.limit, key=lambda row: (row.start_at, row.session_id))


@router.get("/{session_id}")
async def get_sheet(
    uow: Uow, caller: Reader, runtime: RuntimeOfService, session_id: UUID, response: Response
) -> SheetView:
    """The sheet with everybody on it. One that is due and not open yet is opened by asking."""
    sheet = await opened(uow, runtime, session_id, sees(caller))
    return await _shown(uow, runtime, sheet, caller, response)


@router.post("/{session_id}/lock")
async def lock(
    uow: Uow,
    caller: MarkerOfRuns,
    runtime: RuntimeOfService,
    session_id: UUID,
    version: IfMatch,
    response: Response,
    wish: LockWish | None = None,
) -> SheetView:
    """Done with. What nobody marked stays unmarked and counts as absent."""
    reason = wish.reason if wish else None
    sheet = await sheets.lock(uow, session_id, reason, version=version, scope=marks(caller))
    return await _shown(uow, runtime, sheet, caller, response)


@router.post("/{session_id}/unlock")
async def unlock(
    uow: Uow,
    caller: Corrector,
    runtime: RuntimeOfService,
    session_id: UUID,
    wish: UnlockWish,
    version: IfMatch,
    response: Response,
) -> SheetView:
    """Open again, for the reason given; it locks by itself once more later."""
    sheet = await sheets.unlock(uow, session_id, wish.reason, version=version, scope=None)
    return await _shown(uow, runtime, sheet, caller, response)


async def opened(uow: UnitOfWork, runtime: Runtime[AttendanceSettings], session_id: UUID, scope: Scope | None) -> Sheet:
    """The sheet as it stands; when it is due and nobody opened it yet, opened now in a transaction of its own.

    Raises NotFound outside `scope`, SheetNotDue before its time.
    """
    await get_session(uow, session_id, scope=scope)
    sheet = await find_sheet(uow, session_id)
    if sheet is not None:
        return sheet
    async with runtime.units.begin() as unit:
        return await sheets.open_sheet(unit, session_id)


async def opened_if_due(uow: UnitOfWork, runtime: Runtime[AttendanceSettings], session_id: UUID) -> Sheet | None:
    """The same; None while it is not due."""
    try:
        return await opened(uow, runtime, session_id, None)
    except SheetNotDue:
        return None


async def _shown(
    uow: UnitOfWork, runtime: Runtime[AttendanceSettings], sheet: Sheet, caller: Principal, response: Response
) -> SheetView:
    await uow.session.flush()
    session, lines = await get_session(uow, sheet.id), await lines_of(uow, sheet.id)
    names = await names_of(runtime, sheet.run_id, runtime.settings.roll_patience)
    etag(response, sheet.version)
    response.headers["Cache-Control"] = "no-store"
    return sheet_view(sheet, session, lines, names, hide=masked(caller))
