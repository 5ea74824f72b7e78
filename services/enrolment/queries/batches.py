"""Spreadsheets and their rows."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.imports.files import every_row, progress_of
from libs.imports.view import told_of, told_of_row
from services.enrolment.models.batch import READY, Batch, BatchRow, Verdict
from services.enrolment.schemas.batch import BatchView, RowView


async def find_same(uow: UnitOfWork, sha256: bytes, run_id: UUID | None) -> Batch | None:
    """The batch these bytes made when they came before."""
    wanted = select(Batch).where(col(Batch.sha256) == sha256, col(Batch.run_id).is_not_distinct_from(run_id))
    return (await uow.session.scalars(wanted)).one_or_none()


async def view_of(uow: UnitOfWork, batch: Batch) -> BatchView:
    progress = await progress_of(uow, BatchRow, batch.id, made=col(BatchRow.enrolment_id))
    verdicts = {verdict.value: progress.verdicts.get(verdict, 0) for verdict in Verdict}
    return BatchView(**told_of(batch, progress), **verdicts)


def row_view(row: BatchRow) -> RowView:
    told = told_of_row(row, taken=row.enrolment_id is not None)
    return RowView(**told, trainee_id=row.trainee_id, enrolment_id=row.enrolment_id)


async def rows_left_out(uow: UnitOfWork, batch_id: UUID) -> list[BatchRow]:
    """Every row that was not, or will not be, taken."""
    return [row async for row in every_row(uow, BatchRow, batch_id) if _left_out(row)]


def _left_out(row: BatchRow) -> bool:
    return row.verdict not in READY or (row.settled_at is not None and row.enrolment_id is None)


async def unjudged_rows(uow: UnitOfWork, batch_id: UUID, limit: int) -> list[BatchRow]:
    """The next rows without a verdict, in the file's order."""
    wanted = select(BatchRow).where(col(BatchRow.batch_id) == batch_id, col(BatchRow.verdict).is_(None))
    return list(await uow.session.scalars(wanted.order_by(col(BatchRow.number)).limit(limit)))


async def open_rows(uow: UnitOfWork, batch_id: UUID, limit: int) -> list[BatchRow]:
    """The next rows to take, in the file's order."""
    wanted = select(BatchRow).where(
        col(BatchRow.batch_id) == batch_id,
        col(BatchRow.verdict).in_([each.value for each in READY]),
        col(BatchRow.settled_at).is_(None),
    )
    return list(await uow.session.scalars(wanted.order_by(col(BatchRow.number)).limit(limit)))


async def earlier_rows(
    uow: UnitOfWork, batch_id: UUID, id_number_indexes: Collection[bytes]
) -> dict[tuple[bytes, UUID], int]:
    """The first row of each of these people on each run, among the rows judged so far."""
    wanted = (
        select(col(BatchRow.id_number_index), col(BatchRow.run_id), func.min(BatchRow.number))
        .where(col(BatchRow.batch_id) == batch_id, col(BatchRow.id_number_index).in_(id_number_indexes))
        .group_by(col(BatchRow.id_number_index), col(BatchRow.run_id))
    )
    found = await uow.session.execute(wanted)
    return {(index, run_id): number for index, run_id, number in found if index is not None and run_id is not None}
