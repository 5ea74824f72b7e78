"""Many rows at once and as they are on the wire: for readings in which objects would cost more than the work."""

from typing import Any

from libs.database.unit_of_work import UnitOfWork

_HEADER = 19
"""Signature, flags and the length of an extension that Postgres never sends."""
_TRAILER = 2


async def copy_rows(uow: UnitOfWork, query: str, *values: Any) -> bytes:
    """The rows of a query as Postgres' binary COPY sends them, without header and trailer; `$1` and so on are values.

    Each row is a field count (2 bytes), then for each field its length (4 bytes, -1 for null) and its bytes, all
    big-endian. Read in the unit's own transaction; keep the stretch small enough to hold in memory.
    """
    raw = await (await uow.session.connection()).get_raw_connection()
    received: list[bytes] = []

    async def take(data: bytes) -> None:
        received.append(bytes(data))

    await raw.driver_connection.copy_from_query(query, *values, output=take, format="binary")  # type: ignore[union-attr]  # asyncpg's own connection
    return b"".join(received)[_HEADER:-_TRAILER]
