"""How often a service has told of its aggregates: what anybody who claims to have heard all of it must have."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from libs.contracts.evidence import Head
from libs.database.statement import in_schema
from libs.database.unit_of_work import UnitOfWork

_HEADS = """
select aggtype, aggid, last_seq from $S.event_stream
where aggtype = any(cast(:types as text[])) and aggid = any(cast(:ids as uuid[])) order by aggtype, aggid
"""


async def heads_of(uow: UnitOfWork, schema: str, types: Sequence[str], ids: Iterable[UUID]) -> tuple[Head, ...]:
    """The number of the newest fact about each of these, where there is any; in one order."""
    rows = await uow.session.execute(in_schema(schema, _HEADS), {"types": list(types), "ids": sorted(set(ids))})
    return tuple(Head(type=row.aggtype, id=row.aggid, entries=row.last_seq) for row in rows)
