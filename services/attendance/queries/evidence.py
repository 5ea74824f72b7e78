"""The register of a run as evidence shows it: sheets, marks, and every change of each. Only tpg-sync may ask."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.evidence import MarkEvidence, MarkRevision, RateEvidence, RegisterEvidence, SheetEvidence
from libs.database.snapshot import at_one_moment
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.heads import heads_of
from services.attendance.models.attendance import Attendance
from services.attendance.models.history import Revision
from services.attendance.models.rate import Rate
from services.attendance.queries.sheets import sheets_of

TOLD = ("attendance", "attendance_sheet", "attendance_rate", "check_in")


async def register_evidence(uow: UnitOfWork, run_id: UUID) -> RegisterEvidence:
    """All of it as it stands; empty for a run that was never attended."""
    await at_one_moment(uow)
    sheets = await sheets_of(uow, run_id)
    lines = list(await uow.session.scalars(_of_run(Attendance, run_id).order_by(col(Attendance.id))))
    rates = list(await uow.session.scalars(_of_run(Rate, run_id).order_by(col(Rate.enrolment_id))))
    changes = await _changes_of(uow, run_id)
    ids = {sheet.id for sheet in sheets} | {line.id for line in lines} | {line.enrolment_id for line in lines}
    return RegisterEvidence(
        run_id=run_id,
        as_of=uow.now(),
        heads=await heads_of(uow, "attendance", TOLD, ids | {rate.enrolment_id for rate in rates}),
        sheets=tuple(SheetEvidence(session_id=each.id, **_plain(SheetEvidence, each)) for each in sheets),
        marks=tuple(_mark(line, changes[line.id]) for line in lines),
        rates=tuple(RateEvidence(**_plain(RateEvidence, rate)) for rate in rates),
    )


def _of_run(table: Any, run_id: UUID) -> Any:
    return select(table).where(col(table.run_id) == run_id)


async def _changes_of(uow: UnitOfWork, run_id: UUID) -> dict[UUID, list[Revision]]:
    """Every change of the run's marks, oldest first."""
    wanted = (
        select(Revision)
        .join(Attendance, col(Attendance.id) == col(Revision.attendance_id))
        .where(col(Attendance.run_id) == run_id)
        .order_by(col(Revision.attendance_id), col(Revision.number))
    )
    found: dict[UUID, list[Revision]] = defaultdict(list)
    for each in await uow.session.scalars(wanted):
        found[each.attendance_id].append(each)
    return found


def _mark(line: Attendance, changes: Sequence[Revision]) -> MarkEvidence:
    """The line, at the revision that its last change made: one that said nothing new was told to nobody."""
    number = changes[-1].number if changes else 0
    return MarkEvidence(
        attendance_id=line.id,
        fact=line.fact().model_copy(update={"revision": number}),
        revisions=tuple(MarkRevision(proof=each.evidence, **_plain(MarkRevision, each)) for each in changes),
        **_plain(MarkEvidence, line),
    )


def _plain(view: Any, row: Any) -> dict[str, Any]:
    """What both have by the same name."""
    return {name: getattr(row, name) for name in view.model_fields.keys() & type(row).model_fields.keys()}
