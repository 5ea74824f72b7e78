"""Spreadsheets and their rows."""

from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.imports.files import every_row, progress_of
from libs.imports.view import told_of, told_of_row
from services.attendance.models.batch import READY, Batch, BatchRow, Verdict
from services.attendance.schemas.batch import BatchView, RowView


async def find_same(uow: UnitOfWork, sha256: bytes, run_id: UUID | None, evidence: str | None) -> Batch | None:
    """The batch these bytes made when they came before."""
    wanted = select(Batch).where(
        col(Batch.sha256) == sha256,
        col(Batch.run_id).is_not_distinct_from(run_id),
        col(Batch.evidence).is_not_distinct_from(evidence),
    )
    return (await uow.session.scalars(wanted)).one_or_none()


async def view_of(uow: UnitOfWork, batch: Batch) -> BatchView:
    progress = await progress_of(uow, BatchRow, batch.id, made=col(BatchRow.attendance_id))
    verdicts = {verdict.value: progress.verdicts.get(verdict, 0) for verdict in Verdict}
    return BatchView(**told_of(batch, progress), **verdicts, evidence=batch.evidence)


def row_view(row: BatchRow) -> RowView:
    return RowView(
        **told_of_row(row, taken=row.attendance_id is not None),
        session_id=row.session_id,
        enrolment_id=row.enrolment_id,
        state_now=row.state_now,
        state_wished=row.state_wished,
        attendance_id=row.attendance_id,
    )


async def rows_left_out(uow: UnitOfWork, batch_id: UUID) -> list[BatchRow]:
    """Every row that was not, or will not be, taken; what is on record already is none of them."""
    return [row async for row in every_row(uow, BatchRow, batch_id) if _left_out(row)]


def _left_out(row: BatchRow) -> bool:
    refused_after_all = row.settled_at is not None and row.attendance_id is None
    return row.verdict == Verdict.ERROR or (row.verdict in READY and refused_after_all)


async def lock_unjudged(uow: UnitOfWork, batch_id: UUID, limit: int) -> list[BatchRow]:
    wanted = select(BatchRow).where(col(BatchRow.batch_id) == batch_id, col(BatchRow.verdict).is_(None))
    return await _lock(uow, wanted.order_by(col(BatchRow.number)).limit(limit))


async def lock_open(uow: UnitOfWork, batch_id: UUID) -> BatchRow | None:
    """The next row to take that nobody else is taking."""
    wanted = select(BatchRow).where(
        col(BatchRow.batch_id) == batch_id,
        col(BatchRow.verdict).in_([each.value for each in READY]),
        col(BatchRow.settled_at).is_(None),
    )
    found = await _lock(uow, wanted.order_by(col(BatchRow.number)).limit(1))
    return found[0] if found else None


async def earlier_row(uow: UnitOfWork, row: BatchRow) -> int | None:
    """The number of an earlier row about the same person in the same session."""
    wanted = select(func.min(BatchRow.number)).where(
        col(BatchRow.batch_id) == row.batch_id,
        col(BatchRow.session_id) == row.session_id,
        col(BatchRow.enrolment_id) == row.enrolment_id,
        col(BatchRow.number) < row.number,
    )
    return (await uow.session.execute(wanted)).scalar_one()


async def unjudged(uow: UnitOfWork, batch_id: UUID, limit: int) -> list[BatchRow]:
    """The next rows to judge, as a glance: not locked."""
    wanted = select(BatchRow).where(col(BatchRow.batch_id) == batch_id, col(BatchRow.verdict).is_(None))
    return list(await uow.session.scalars(wanted.order_by(col(BatchRow.number)).limit(limit)))


async def _lock(uow: UnitOfWork, wanted: "object") -> list[BatchRow]:
    locked = wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True)  # type: ignore[attr-defined]  # a select
    return list(await uow.session.scalars(locked))
