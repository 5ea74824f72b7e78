"""Spreadsheets and their rows."""

from collections.abc import AsyncIterator, Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.enrolment.models.batch import READY, Batch, BatchRow, BatchStatus, Verdict
from services.enrolment.schemas.batch import BatchView, RowFinding, RowView

PAGE = 500


async def find_same(uow: UnitOfWork, sha256: bytes, run_id: UUID | None) -> Batch | None:
    """The batch these bytes made when they came before."""
    wanted = select(Batch).where(col(Batch.sha256) == sha256, col(Batch.run_id).is_not_distinct_from(run_id))
    return (await uow.session.scalars(wanted)).one_or_none()


async def list_batches(uow: UnitOfWork, *, after: UUID | None, limit: int) -> list[Batch]:
    """Newest first."""
    wanted = select(Batch).order_by(col(Batch.id).desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(col(Batch.id) < after)
    return list(await uow.session.scalars(wanted))


async def view_of(uow: UnitOfWork, batch: Batch) -> BatchView:
    counted = await uow.session.execute(
        select(
            col(BatchRow.verdict),
            func.count(),
            func.count(col(BatchRow.settled_at)),
            func.count(col(BatchRow.enrolment_id)),
        )
        .where(col(BatchRow.batch_id) == batch.id)
        .group_by(col(BatchRow.verdict))
    )
    numbers = {verdict: (rows, settled, taken) for verdict, rows, settled, taken in counted}
    verdicts = {each.value: numbers.get(each.value, (0, 0, 0))[0] for each in Verdict}
    return BatchView(
        id=batch.id,
        version=batch.version,
        status=batch.status,
        run_id=batch.run_id,
        rows=batch.rows,
        judged=sum(verdicts.values()),
        **verdicts,
        settled=sum(settled for _, settled, _ in numbers.values()),
        taken=sum(taken for _, _, taken in numbers.values()),
        ignored_columns=batch.ignored,
        created_at=batch.created_at,
        created_by=batch.created_by,
    )


async def list_rows(
    uow: UnitOfWork, batch_id: UUID, *, verdicts: Sequence[Verdict], after: int | None, limit: int
) -> list[BatchRow]:
    """In the file's order."""
    wanted = select(BatchRow).where(col(BatchRow.batch_id) == batch_id).order_by(col(BatchRow.number)).limit(limit)
    if verdicts:
        wanted = wanted.where(col(BatchRow.verdict).in_([each.value for each in verdicts]))
    if after is not None:
        wanted = wanted.where(col(BatchRow.number) > after)
    return list(await uow.session.scalars(wanted))


def row_view(row: BatchRow) -> RowView:
    return RowView(
        number=row.number,
        verdict=row.verdict,
        taken=row.enrolment_id is not None,
        findings=[RowFinding.model_validate(finding) for finding in row.findings],
        trainee_id=row.trainee_id,
        enrolment_id=row.enrolment_id,
    )


async def rows_left_out(uow: UnitOfWork, batch_id: UUID) -> AsyncIterator[BatchRow]:
    """Every row that was not, or will not be, taken."""
    after: int | None = None
    while page := await list_rows(uow, batch_id, verdicts=(), after=after, limit=PAGE):
        for row in page:
            if row.verdict not in READY or (row.settled_at is not None and row.enrolment_id is None):
                yield row
        after = page[-1].number


async def lock_next_batch(uow: UnitOfWork) -> Batch | None:
    """The oldest batch with work that nobody else works on, locked until the end."""
    working = [BatchStatus.CHECKING.value, BatchStatus.COMMITTING.value]
    wanted = (
        select(Batch)
        .where(col(Batch.status).in_(working))
        .order_by(col(Batch.id))
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return (await uow.session.scalars(wanted)).one_or_none()


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
