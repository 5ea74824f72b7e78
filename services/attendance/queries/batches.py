"""Spreadsheets and their rows."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.attendance.models.batch import READY, Batch, BatchRow, BatchStatus, Verdict
from services.attendance.schemas.batch import BatchView, RowFinding, RowView

PAGE = 500


async def find_same(uow: UnitOfWork, sha256: bytes, run_id: UUID | None, evidence: str | None) -> Batch | None:
    """The batch these bytes made when they came before."""
    wanted = select(Batch).where(
        col(Batch.sha256) == sha256,
        col(Batch.run_id).is_not_distinct_from(run_id),
        col(Batch.evidence).is_not_distinct_from(evidence),
    )
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
            func.count(col(BatchRow.attendance_id)),
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
        evidence=batch.evidence,
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
        taken=row.attendance_id is not None,
        findings=[RowFinding.model_validate(finding) for finding in row.findings],
        session_id=row.session_id,
        enrolment_id=row.enrolment_id,
        state_now=row.state_now,
        state_wished=row.state_wished,
        attendance_id=row.attendance_id,
    )


async def rows_left_out(uow: UnitOfWork, batch_id: UUID) -> AsyncIterator[BatchRow]:
    """Every row that was not, or will not be, taken."""
    after: int | None = None
    while page := await list_rows(uow, batch_id, verdicts=(), after=after, limit=PAGE):
        for row in page:
            refused_after_all = row.settled_at is not None and row.attendance_id is None
            if row.verdict == Verdict.ERROR or (row.verdict in READY and refused_after_all):
                yield row
        after = page[-1].number


async def next_batch(uow: UnitOfWork) -> Batch | None:
    """A batch somebody should work on; not locked, for several may."""
    working = [BatchStatus.CHECKING.value, BatchStatus.COMMITTING.value]
    wanted = select(Batch).where(col(Batch.status).in_(working)).order_by(col(Batch.id)).limit(1)
    return (await uow.session.scalars(wanted)).one_or_none()


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
