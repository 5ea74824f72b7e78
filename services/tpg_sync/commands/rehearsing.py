"""A decision carried out to see what it would do, and undone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.database.unit_of_work import UnitOfWork


@asynccontextmanager
async def rehearsal(uow: UnitOfWork) -> AsyncIterator[None]:
    """Everything done inside is undone at its end, what was emitted included."""
    emitted = len(uow.emitted)
    savepoint = await uow.session.begin_nested()
    try:
        yield
    finally:
        await savepoint.rollback()
        del uow.emitted[emitted:], uow.lineages[emitted:]
