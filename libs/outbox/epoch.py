"""Which life of a service's log this is. A restore from a backup begins another.

What is said after a restore carries numbers and places that were given out before, for what has not happened any more.
So every cursor holds the epoch it was given in, and one of another epoch is refused. The number is drawn, not counted:
a backup that is restored twice would count to the same one twice.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.contracts.operations import LogRestored
from libs.database.statement import in_schema
from libs.database.unit_of_work import UnitOfWork


async def begin_epoch(uow: UnitOfWork, *, service: str, schema: str) -> int:
    """Begin the log's next life and tell it; the caller commits. Answers how many events were dated anew.

    Safe to repeat: readers of the log begin it once more, and that is all.
    """
    dated = await uow.session.execute(in_schema(schema, _DATE))
    await uow.session.execute(in_schema(schema, _BEGIN), {"at": uow.now()})
    uow.emit(LogRestored(operation_id=uow.new_id(), service=service))
    return dated.rowcount  # type: ignore[attr-defined, no-any-return]  # a statement without rows has it


async def restored_at(reader: AsyncConnection | AsyncSession, schema: str) -> datetime | None:
    """When this database was last restored from a backup; None when it never was."""
    found: datetime | None = (await reader.execute(in_schema(schema, _RESTORED))).scalar_one()
    return found


# Transactions are numbered by the cluster. One that is younger than the backup counts from the beginning again, and
# the feed would hold back all that was restored as if it were still to come.
_DATE = "update $S.event set tx = pg_current_xact_id() where tx > pg_current_xact_id()"

_BEGIN = "update $S.feed_epoch set epoch = floor(random() * 2 ^ 52)::bigint, restored_at = :at"

_RESTORED = "select restored_at from $S.feed_epoch"
