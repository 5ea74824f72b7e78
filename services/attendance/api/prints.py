"""The sheet on paper, and that it was printed."""

import hashlib
import json
from typing import Any
from uuid import UUID

from fastapi import Response

from libs.contracts.attendance import MarkState, SheetPrinted
from libs.contracts.submissions import RollEntry
from libs.privacy.mask import mask_name
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.attendance.api.doors import Reader, RuntimeOfService, masked, sees
from services.attendance.api.paper import Paper, PaperLine, render
from services.attendance.api.sheets import opened_if_due
from services.attendance.api.views import shown_lines
from services.attendance.client import names_of
from services.attendance.models.attendance import Attendance
from services.attendance.queries.runs import get_run, get_session
from services.attendance.queries.seats import seats_at
from services.attendance.queries.sheets import lines_of

router = Router(prefix="/api/v1/attendance/sheets", tags=["attendance"])
_MARKS = {MarkState.UNMARKED: "", MarkState.CHECKED_IN: "checked in"}
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/{session_id}/pdf", response_class=Response, responses=_PDF)
async def print_sheet(uow: Uow, caller: Reader, runtime: RuntimeOfService, session_id: UUID) -> Response:
    """The sheet to be signed, identity numbers masked; also before the session. That it was made is on record."""
    session = await get_session(uow, session_id, scope=sees(caller))
    run = await get_run(uow, session.run_id, scope=None)
    sheet = await opened_if_due(uow, runtime, session_id)
    marks = {line.enrolment_id: line for line in shown_lines(await lines_of(uow, session_id))} if sheet else {}
    people = list(marks) or [seat.id for seat in await seats_at(uow, run.id, session.start_at)]
    names = await names_of(runtime, run.id, runtime.settings.roll_patience)
    hide, generated_at = masked(caller), uow.now()
    lines = sorted(
        (_line(each, marks.get(each), (names or {}).get(each), hide=hide) for each in people),
        key=lambda line: line.name.casefold(),
    )
    digest = _digest(session_id, run.id, generated_at.isoformat(), lines)
    paper = Paper(
        course_reference=run.course_reference,
        run_id=str(run.id),
        session_id=str(session_id),
        session_remote_id=session.remote_id,
        sequence=session.sequence,
        start_at=session.start_at,
        end_at=session.end_at,
        lines=lines,
        generated_at=generated_at,
        sha256=digest,
        names_available=names is not None,
    )
    content = render(paper, runtime.settings.print_fonts)
    async with runtime.units.begin() as unit:  # reading routes tell nothing, and this must be told
        unit.emit(SheetPrinted(print_id=unit.new_id(), session_id=session_id, sha256=digest))
    name = f"attendance-{run.course_reference}-session-{session.sequence}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


def _line(enrolment_id: UUID, line: Attendance | None, entry: RollEntry | None, *, hide: bool) -> PaperLine:
    mark = _MARKS.get(line.state, line.state.value) if line else ""
    if entry is None:
        return PaperLine(str(enrolment_id), "", mark)
    return PaperLine(mask_name(entry.full_name) if hide else entry.full_name, entry.id_masked, mark)


def _digest(session_id: UUID, run_id: UUID, generated_at: str, lines: list[PaperLine]) -> str:
    """Of what is printed, so that a sheet in hand can be told from one that was altered."""
    rows = [[line.name, line.id_masked, line.mark] for line in lines]
    content = json.dumps([str(run_id), str(session_id), generated_at, rows], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()
