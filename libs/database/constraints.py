"""Let Postgres judge what only it can judge, and say its verdict in our words."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy.exc import IntegrityError

from libs.database.unit_of_work import UnitOfWork
from libs.errors import Refused


@asynccontextmanager
async def refusing(uow: UnitOfWork, refusals: Mapping[str, Refused]) -> AsyncIterator[None]:
    """Write what the block adds or changes; a broken constraint named in `refusals` is refused in its words.

    The block is a savepoint: after a refusal the unit can go on, and nothing of the block is left, events included.
    """
    try:
        async with uow.savepoint():
            yield
    except IntegrityError as error:
        refusal = refusals.get(constraint_of(error))
        if refusal is None:
            raise
        raise refusal from error


def constraint_of(error: IntegrityError) -> str:
    """The name of the broken constraint, as the driver reports it."""
    return str(getattr(getattr(error.orig, "__cause__", None), "constraint_name", ""))
