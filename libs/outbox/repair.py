"""Heals what the broker did not bring: gaps in an aggregate's numbers, and whole queues that were lost.

Both read the producer's own log. What comes back goes into the inbox as due work and takes the usual way.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.contracts.envelope import Envelope
from libs.database.statement import in_schema
from libs.errors import Refused
from libs.outbox import metrics
from libs.outbox.hearing import understand
from libs.outbox.inbox import Inbox
from libs.outbox.wakeup import Wakeup

log = structlog.get_logger()

LOOK_FOR_GAPS_EVERY_S = 1.0
PAGE = 500
FEED = "/internal/v1/events"


class Repair:
    def __init__(
        self,
        *,
        inbox: Inbox,
        engine: AsyncEngine,
        peers: Mapping[str, httpx.AsyncClient],
        bell: Wakeup,
        sweep_every: timedelta,
        sweep_behind: timedelta,
    ) -> None:
        self._inbox = inbox
        self._engine = engine
        self._peers = peers
        self._bell = bell
        self._sweep_every = sweep_every
        self._sweep_behind = sweep_behind
        schema = inbox.schema
        self._gaps = in_schema(schema, _GAPS)
        self._later = in_schema(schema, _LATER)
        self._known = in_schema(schema, _KNOWN)
        self._waiting = in_schema(schema, _WAITING)
        self._missing: dict[tuple[str, UUID], int] = {}
        self._position = in_schema(schema, _POSITION)
        self._moved = in_schema(schema, _MOVED)

    def tasks(self) -> Sequence[asyncio.Task[None]]:
        """Start both duties; they end when cancelled."""
        return [asyncio.create_task(self._watch_gaps()), asyncio.create_task(self._sweep_regularly())]

    async def _watch_gaps(self) -> None:
        while True:
            await self._tolerant(self.fill_gaps)
            await asyncio.sleep(LOOK_FOR_GAPS_EVERY_S)

    async def _sweep_regularly(self) -> None:
        while True:
            await asyncio.sleep(self._sweep_every.total_seconds())
            await self._tolerant(self.sweep)

    async def _tolerant(self, duty: Any) -> None:
        """A peer or the database away now is asked again next time."""
        try:
            await duty()
        except (httpx.HTTPError, SQLAlchemyError, OSError, Refused) as error:
            log.warning("repair waits", consumer=self._inbox.consumer, error=type(error).__name__)
        except Exception:
            log.exception("repair failed and goes on", consumer=self._inbox.consumer)

    async def fill_gaps(self) -> int:
        """Fetch what waiting events wait for, unless it is here already and only not done; answers how many came."""
        async with self._engine.begin() as connection:
            gaps = (await connection.execute(self._gaps, {"consumer": self._inbox.consumer})).all()
        fetched = 0
        for gap in gaps:
            if gap.blocked_by is None:
                fetched += await self._fetch_missing(gap)
            await self._ask_later(gap)
        await self._show_missing()
        if fetched:
            self._bell.ring()
        return fetched

    async def _fetch_missing(self, gap: Any) -> int:
        source = gap.source.removeprefix("/tms/")
        if source not in self._peers:
            log.error("gap without a feed to fill it from", consumer=self._inbox.consumer, source=source)
            return 0
        query = {
            "aggtype": gap.aggtype,
            "aggid": str(gap.aggid),
            "from_seq": gap.last_seq + 1,
            "to_seq": gap.aggseq - 1,
        }
        response = await self._peers[source].get(FEED, params=query)
        response.raise_for_status()
        found = [Envelope.model_validate(document) for document in response.json()["events"]]
        for envelope in found:
            await self._inbox.park(understand(self._inbox.handlers, envelope.to_bytes()))
        metrics.gap_repairs.labels(self._inbox.consumer).inc(len(found))
        missing = gap.aggseq - gap.last_seq - 1 - len(found)
        self._missing[gap.aggtype, gap.aggid] = missing
        report = log.error if missing else log.warning
        report("gap", consumer=self._inbox.consumer, aggid=str(gap.aggid), fetched=len(found), still_missing=missing)
        return len(found)

    async def _show_missing(self) -> None:
        """What is missing still, as far as anything waits for it."""
        if self._missing:
            async with self._engine.connect() as connection:
                rows = await connection.execute(self._waiting, {"consumer": self._inbox.consumer})
                waiting = {(row.aggtype, row.aggid) for row in rows}
            self._missing = {key: many for key, many in self._missing.items() if many and key in waiting}
        metrics.gaps_open.labels(self._inbox.consumer).set(sum(self._missing.values()))

    async def _ask_later(self, gap: Any) -> None:
        note = f"blocked by {gap.blocked_by}" if gap.blocked_by else "waits for earlier events"
        values = {"consumer": self._inbox.consumer, "id": gap.event_id, "note": note, "wait": self._inbox.gap_wait}
        async with self._engine.begin() as connection:
            await connection.execute(self._later, values)

    async def sweep(self) -> int:
        """Compare every source's log with what was heard; store what is missing. Answers how many; 0 is normal."""
        repaired = 0
        for source in self._peers:
            try:
                repaired += await self._sweep_source(source)
            except (httpx.HTTPError, Refused) as error:
                # the others' logs are read all the same
                log.warning("sweep waits", consumer=self._inbox.consumer, source=source, error=type(error).__name__)
        if repaired:
            metrics.sweep_repaired.labels(self._inbox.consumer).inc(repaired)
            log.error("the broker lost events; the sweep brought them", consumer=self._inbox.consumer, count=repaired)
            self._bell.ring()
        return repaired

    async def _sweep_source(self, source: str) -> int:
        repaired = 0
        cursor = await self._read_position(source)
        while True:
            page = await self._read_page(source, cursor)
            envelopes = [Envelope.model_validate(document) for document in page["events"]]
            for envelope in await self._unheard(envelopes):
                await self._inbox.park(understand(self._inbox.handlers, envelope.to_bytes()))
                repaired += 1
            cursor = page["next"]
            values = {"consumer": self._inbox.consumer, "source": source, "cursor": cursor}
            async with self._engine.begin() as connection:
                await connection.execute(self._moved, values)
            if page["caught_up"]:
                return repaired

    async def _read_position(self, source: str) -> str | None:
        async with self._engine.connect() as connection:
            values = {"consumer": self._inbox.consumer, "source": source}
            position: str | None = (await connection.execute(self._position, values)).scalar_one_or_none()
            return position

    async def _read_page(self, source: str, cursor: str | None) -> dict[str, Any]:
        query: dict[str, Any] = {"limit": PAGE, "behind_s": self._sweep_behind.total_seconds()}
        if cursor:
            query["after"] = cursor
        bound = [binding.partition(".")[0] for binding in self._inbox.handlers.bindings()]
        if "#" not in bound:
            query["types"] = ",".join(bound)
        response = await self._peers[source].get(FEED, params=query)
        if response.status_code == HTTPStatus.GONE and cursor:
            log.warning("a log was restored: it is read again from its beginning", source=source)
            return await self._read_page(source, None)
        response.raise_for_status()
        page: dict[str, Any] = response.json()
        return page

    async def _unheard(self, envelopes: Sequence[Envelope]) -> Sequence[Envelope]:
        if not envelopes:
            return []
        values = {
            "consumer": self._inbox.consumer,
            "ids": [envelope.id for envelope in envelopes],
            "aggtypes": [envelope.aggtype for envelope in envelopes],
            "aggids": [envelope.aggid for envelope in envelopes],
            "seqs": [envelope.aggseq for envelope in envelopes],
        }
        async with self._engine.connect() as connection:
            known: set[UUID] = {row.id for row in await connection.execute(self._known, values)}
        return [envelope for envelope in envelopes if envelope.id not in known]


# `blocked_by`: an earlier event of the aggregate that is here and not done; then nothing is missing, only stuck.
_GAPS = """
select distinct on (row.aggtype, row.aggid)
    row.event_id, row.source, row.aggtype, row.aggid, row.aggseq, coalesce(cursor.last_seq, 0) as last_seq,
    (select earlier.type || ' ' || earlier.aggseq || ' (' || earlier.state || ')' from $S.inbox earlier
     where earlier.consumer = row.consumer and earlier.aggtype = row.aggtype and earlier.aggid = row.aggid
        and earlier.aggseq < row.aggseq and earlier.state in ('retry', 'running', 'dead')
     order by earlier.aggseq limit 1) as blocked_by
from $S.inbox row left join $S.stream_cursor cursor using (consumer, aggtype, aggid)
where row.consumer = :consumer and row.state = 'waiting' and row.next_at <= now()
    and coalesce(cursor.last_seq, 0) < row.aggseq - 1
order by row.aggtype, row.aggid, row.aggseq limit 100
"""

_WAITING = "select distinct aggtype, aggid from $S.inbox where consumer = :consumer and state = 'waiting'"

_LATER = """
update $S.inbox set next_at = now() + :wait, error = :note
where consumer = :consumer and event_id = :id and state = 'waiting'
"""

_KNOWN = """
select heard.id from unnest(
    cast(:ids as uuid[]), cast(:aggtypes as text[]), cast(:aggids as uuid[]), cast(:seqs as bigint[])
) as heard (id, aggtype, aggid, seq)
where exists (select 1 from $S.inbox row where row.consumer = :consumer and row.event_id = heard.id)
    or exists (
        select 1 from $S.stream_cursor cursor where cursor.consumer = :consumer and cursor.aggtype = heard.aggtype
            and cursor.aggid = heard.aggid and cursor.last_seq >= heard.seq
    )
"""

_POSITION = "select feed_cursor from $S.consumer_state where consumer = :consumer and source = :source"

_MOVED = """
insert into $S.consumer_state (consumer, source, feed_cursor, swept_at) values (:consumer, :source, :cursor, now())
on conflict (consumer, source) do update set feed_cursor = excluded.feed_cursor, swept_at = excluded.swept_at
"""
