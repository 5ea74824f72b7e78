"""Marks and sheets as callers see them: names asked for now, masked where they must be."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from libs.access.principal import Principal
from libs.contracts.attendance import MarkState
from libs.contracts.submissions import RollEntry
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.mask import mask_name
from services.attendance.models.attendance import Attendance
from services.attendance.models.run import ClassSession
from services.attendance.models.sheet import Sheet
from services.attendance.queries.allowances import allowed_actions
from services.attendance.queries.marks import history_of
from services.attendance.schemas.mark import MarkDetail, MarkSummary, RevisionView, SyncBlock
from services.attendance.schemas.sheet import SheetLine, SheetView

_SESSION = {"sequence", "start_at", "end_at", "mode_of_training", "is_makeup"}


def mark_summary(line: Attendance, session: ClassSession) -> MarkSummary:
    return MarkSummary(session_sequence=session.sequence, session_start_at=session.start_at, **_own(MarkSummary, line))


async def mark_detail(uow: UnitOfWork, line: Attendance, caller: Principal) -> MarkDetail:
    """Everything a mark's page shows."""
    session, sheet = await uow.get(ClassSession, line.session_id), await uow.get(Sheet, line.session_id)
    return MarkDetail(
        **mark_summary(line, session).model_dump(),
        **{name: getattr(line, name) for name in ("checked_in_at", "marked_by", "reason", "evidence", "scanned_at")},
        sync=_sync_block(line),
        allowed_actions=allowed_actions(line, sheet, caller),
        revisions=[RevisionView.model_validate(each) for each in await history_of(uow, line.id)],
    )


def shown_lines(lines: Sequence[Attendance]) -> list[Attendance]:
    """Who left before the session and was never judged is not on its sheet; unless TPGateway scanned them."""
    return [line for line in lines if line.seated or line.state is not MarkState.UNMARKED or line.conflict]


def sheet_view(
    sheet: Sheet,
    session: ClassSession,
    lines: Sequence[Attendance],
    names: Mapping[UUID, RollEntry] | None,
    *,
    hide: bool,
) -> SheetView:
    shown = shown_lines(lines)
    return SheetView(
        session_id=session.id,
        session_status=session.status,
        names_available=names is not None,
        counts=counts_of(shown),
        lines=sorted((_line(line, names or {}, hide=hide) for line in shown), key=_by_name),
        **{name: getattr(session, name) for name in _SESSION},
        **{
            name: getattr(sheet, name)
            for name in ("run_id", "version", "state", "lock_due_at", "locked_at", "locked_by", "policy_version")
        },
    )


def counts_of(lines: Sequence[Attendance]) -> dict[str, int]:
    return {state.value: sum(line.state is state for line in lines) for state in MarkState}


def _line(line: Attendance, names: Mapping[UUID, RollEntry], *, hide: bool) -> SheetLine:
    entry = names.get(line.enrolment_id)
    name = entry.full_name if entry else None
    return SheetLine(
        attendance_id=line.id,
        name=mask_name(name) if name and hide else name,
        id_masked=entry.id_masked if entry else None,
        erased=entry is not None and entry.erased,
        **_own(SheetLine, line),
    )


def _by_name(line: SheetLine) -> tuple[str, str]:
    return (line.name or "").casefold(), str(line.enrolment_id)


def _own(view: Any, line: Attendance) -> dict[str, Any]:
    shared = (view.model_fields.keys() & type(line).model_fields.keys()) - {"revision"}
    return {"revision": line.mark_revision, **{name: getattr(line, name) for name in shared}}


def _sync_block(line: Attendance) -> SyncBlock:
    return SyncBlock(
        state=line.sync_state,
        job_id=line.sync_job_id,
        error_code=line.sync_error_code,
        hints=line.sync_hints,
        submission_revision=line.revision,
        acked_revision=line.acked_revision,
        acked_at=line.acked_at,
    )
