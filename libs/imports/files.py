"""Files and their rows in the tables of a service."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.imports.batch import RESTING, WORKING, ImportBatch
from libs.imports.row import ImportRow
from libs.imports.view import Progress
from libs.privacy.personal import destroy_keys

PAGE: Final = 500

BatchT = TypeVar("BatchT", bound=ImportBatch)
RowT = TypeVar("RowT", bound=ImportRow)


async def list_batches(uow: UnitOfWork, batches: type[BatchT], *, after: UUID | None, limit: int) -> list[BatchT]:
    """Newest first."""
    wanted = select(batches).order_by(col(batches.id).desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(col(batches.id) < after)
    return list(await uow.session.scalars(wanted))


async def next_batch(uow: UnitOfWork, batches: type[BatchT], *, locked: bool) -> BatchT | None:
    """The oldest with work to do; `locked`: that nobody else works on, and nobody will until the unit ends."""
    working = [status.value for status in WORKING]
    wanted = select(batches).where(col(batches.status).in_(working)).order_by(col(batches.id)).limit(1)
    if locked:
        wanted = wanted.with_for_update(key_share=True, skip_locked=True)
    return (await uow.session.scalars(wanted)).one_or_none()


async def list_rows(
    uow: UnitOfWork, rows: type[RowT], batch_id: UUID, *, verdicts: Sequence[str], after: int | None, limit: int
) -> list[RowT]:
    """In the file's order."""
    wanted = select(rows).where(col(rows.batch_id) == batch_id).order_by(col(rows.number)).limit(limit)
    if verdicts:
        wanted = wanted.where(col(rows.verdict).in_(list(verdicts)))
    if after is not None:
        wanted = wanted.where(col(rows.number) > after)
    return list(await uow.session.scalars(wanted))


async def every_row(uow: UnitOfWork, rows: type[RowT], batch_id: UUID) -> AsyncIterator[RowT]:
    """All of them in the file's order, a page at a time."""
    after: int | None = None
    while page := await list_rows(uow, rows, batch_id, verdicts=(), after=after, limit=PAGE):
        for row in page:
            yield row
        after = page[-1].number


async def progress_of(uow: UnitOfWork, rows: type[ImportRow], batch_id: UUID, *, made: Any) -> Progress:
    """How many rows have which verdict, and what became of them; `made` is the column of what a taken row made."""
    counted = await uow.session.execute(
        select(col(rows.verdict), func.count(), func.count(col(rows.settled_at)), func.count(made))
        .where(col(rows.batch_id) == batch_id)
        .group_by(col(rows.verdict))
    )
    found = [(verdict, count, settled, taken) for verdict, count, settled, taken in counted]
    return Progress(
        verdicts={verdict: count for verdict, count, _, _ in found if verdict is not None},
        settled=sum(settled for _, _, settled, _ in found),
        taken=sum(taken for _, _, _, taken in found),
    )


async def forget_next_file(uow: UnitOfWork, batches: type[ImportBatch], rows: type[ImportRow], kept: timedelta) -> bool:
    """Destroy the key and the cells of one file nothing happened to for so long; False when there is none.

    What was judged and done stays on record. A file left unread is forgotten too: it is sent again if it is wanted.
    """
    wanted = (
        select(batches)
        .where(
            col(batches.forgotten_at).is_(None),
            col(batches.status).in_([status.value for status in RESTING]),
            col(batches.updated_at) <= uow.now() - kept,
        )
        .order_by(col(batches.updated_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    batch = (await uow.session.scalars(wanted)).one_or_none()
    if batch is None:
        return False
    await destroy_keys(uow, str(batches.metadata.schema), [batch.id])
    gone = update(rows).where(col(rows.batch_id) == batch.id).values(rows.BLANK)
    await uow.session.execute(gone.execution_options(synchronize_session=False))
    batch.forget(uow.now())
    return True
