"""The event log as pages: for gap repair, for the sweep, and for subscribers who start late.

The order is (transaction, position), and a page ends before the oldest transaction still open, so that an event which
commits late is never passed over. A plain "position greater than" would lose it.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from libs.database.statement import in_schema
from libs.errors import FieldError, Gone, Invalid

MOST = 500
_LARGEST = 2**63 - 1


class CursorUnusable(Invalid):
    code = "cursor_unusable"

    def __init__(self) -> None:
        super().__init__(
            "The cursor is not one of this log.",
            [
                FieldError(
                    "after", "cursor_unusable", "This is no cursor of ours.", "Send one as it was given, or none."
                )
            ],
        )


class LogReplaced(Gone):
    """The cursor is from before a restore of this log: events after it may have been undone and made anew."""

    code = "feed_epoch"

    def __init__(self) -> None:
        super().__init__(
            "This log was restored since the cursor was given. Start again without it; skip what you know."
        )


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the log; everything up to and including it has been read."""

    tx: int = 0
    pos: int = 0

    def cursor(self, epoch: int) -> str:
        return base64.urlsafe_b64encode(json.dumps([epoch, self.tx, self.pos]).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str | None, epoch: int) -> "Position":
        """Raises CursorUnusable for what is none, LogReplaced for one of another epoch."""
        if not cursor:
            return cls()
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            given_in, tx, pos = json.loads(base64.urlsafe_b64decode(padded))
        except (ValueError, TypeError):
            raise CursorUnusable from None
        if not all(type(part) is int and 0 <= part <= _LARGEST for part in (given_in, tx, pos)):
            raise CursorUnusable
        if given_in != epoch:
            raise LogReplaced
        return cls(tx, pos)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Envelopes as stored, where to go on, and whether this was all there is for now."""

    bodies: Sequence[str]
    next_cursor: str
    caught_up: bool
    head_lag_s: float

    def document(self) -> dict[str, Any]:
        return {
            "events": [json.loads(body) for body in self.bodies],
            "next": self.next_cursor,
            "caught_up": self.caught_up,
            "head_lag_s": round(self.head_lag_s, 3),
        }


class Feed:
    """The log of one service's schema."""

    def __init__(self, schema: str) -> None:
        self._page = in_schema(schema, _PAGE)
        self._series = in_schema(schema, _SERIES)
        self._state = in_schema(schema, _STATE)
        self._head = in_schema(schema, _HEAD)

    async def page(
        self,
        connection: AsyncConnection,
        *,
        after: str | None,
        limit: int = MOST,
        aggregate_types: Sequence[str] | None = None,
        behind: timedelta = timedelta(0),
    ) -> FeedPage:
        """Events after a cursor, oldest first, at most 500; `behind` leaves out the youngest.

        Whoever reads some kinds only and has read them all goes on at the end of the whole log, else every question
        would pass over the others' events again.
        """
        # Asked before all else: a cursor of the epoch before, with a place in the next, would pass over events.
        epoch, lag = await self._now(connection)
        start = Position.read(after, epoch)
        limit = max(1, min(limit, MOST))
        # Asked before the page: whatever lies before this end can be seen by the page, too.
        head = await self._end(connection) if aggregate_types is not None and not behind else start
        values = {
            "tx": str(start.tx),
            "pos": start.pos,
            "limit": limit,
            "types": list(aggregate_types) if aggregate_types is not None else None,
            "behind": behind,
        }
        rows = (await connection.execute(self._page, values)).all()
        end = Position(int(rows[-1].tx), rows[-1].pos) if rows else start
        caught_up = len(rows) < limit
        end = max(end, head) if caught_up else end
        return FeedPage([row.body for row in rows], end.cursor(epoch), caught_up, lag)

    async def head_lag(self, connection: AsyncConnection) -> float:
        """For how many seconds the oldest event that is not shown yet has waited for older transactions to end."""
        _, lag = await self._now(connection)
        return lag

    async def head(self, connection: AsyncConnection) -> FeedPage:
        """No events, and the cursor after which everything is that is committed from now on."""
        epoch, _ = await self._now(connection)
        return FeedPage([], (await self._end(connection)).cursor(epoch), caught_up=True, head_lag_s=0)

    async def _now(self, connection: AsyncConnection) -> tuple[int, float]:
        """The log's epoch, and its lag."""
        row = (await connection.execute(self._state)).one()
        return row.epoch, row.lag_s

    async def _end(self, connection: AsyncConnection) -> Position:
        row = (await connection.execute(self._head)).first()
        return Position(int(row.tx), row.pos) if row else Position()

    async def series(
        self, connection: AsyncConnection, *, aggtype: str, aggid: UUID, from_seq: int, to_seq: int
    ) -> FeedPage:
        """The committed events of one aggregate with these numbers, in order."""
        values = {"aggtype": aggtype, "aggid": aggid, "from_seq": from_seq, "to_seq": min(to_seq, from_seq + MOST - 1)}
        epoch, _ = await self._now(connection)
        rows = (await connection.execute(self._series, values)).all()
        return FeedPage([row.body for row in rows], Position().cursor(epoch), caught_up=True, head_lag_s=0)


_PAGE = """
select cast(cast(tx as text) as bigint) as tx, pos, body from $S.event
where (tx, pos) > (cast(cast(:tx as text) as xid8), :pos) and tx < pg_snapshot_xmin(pg_current_snapshot())
    and (cast(:types as text[]) is null or aggtype = any(:types)) and recorded_at <= now() - cast(:behind as interval)
order by tx, pos limit :limit
"""

_HEAD = """
select cast(cast(tx as text) as bigint) as tx, pos from $S.event
where tx < pg_snapshot_xmin(pg_current_snapshot()) order by tx desc, pos desc limit 1
"""

_SERIES = """
select body from $S.event
where aggtype = :aggtype and aggid = :aggid and aggseq between :from_seq and :to_seq order by aggseq
"""

_STATE = """
select epoch, coalesce((
    select extract(epoch from now() - min(recorded_at)) from $S.event
    where tx >= pg_snapshot_xmin(pg_current_snapshot()) and recorded_at > now() - interval '1 day'
), 0)::float as lag_s
from $S.feed_epoch
"""
