"""The feed for other systems: every service's log behind one cursor, read with the caller's own token."""

import asyncio
import heapq
import json
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import BaseModel, Field

from gateway.answers import Answer, model_answer
from gateway.asking import Asker, Reply
from gateway.doors import Wish
from gateway.events.positions import LONGEST, read_positions, write_positions
from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.access.telling import told_kinds
from libs.contracts.catalogue import SPEAKERS, spoken_by
from libs.errors import Forbidden, Unavailable
from libs.web.documents import MEDIA_TYPE, problem_document

FEED = "/internal/v1/events"
TOLD = f"{FEED}/told"
MOST, USUAL = 500, 100
MAY_READ = (Permission.EVENTS_FEED, Permission.EVENTS_SUBSCRIBE)
ROUNDS = 3
"""Busy services are asked again for what quiet ones left of the page."""


class FeedQuery(BaseModel):
    cursor: Annotated[str | None, Field(max_length=LONGEST)] = None
    """`next_cursor` of the page before; without it from the beginning of every log."""
    limit: Annotated[int, Field(ge=10, le=MOST)] = USUAL
    types: Annotated[str | None, Field(max_length=500)] = None
    """Kinds of records, separated by commas: `run,enrolment`; without it all that your scopes let you hear of."""
    at_head: bool = False
    """No events, only the cursor of now."""


class FeedSource(BaseModel):
    """How one service's log was read."""

    service: str
    ok: bool
    caught_up: bool
    head_lag_s: float | None = None
    """How far its newest commits are held back by a transaction still open."""
    error: dict[str, Any] | None = None


class FeedPage(BaseModel):
    """Events as they were said, in each service's own order; between services by time, as far as clocks agree."""

    events: list[dict[str, Any]]
    next_cursor: str
    caught_up: bool
    """Nothing more for now in any service that answered."""
    sources: list[FeedSource]


class Reading:
    """One page of all logs, gathered in rounds."""

    def __init__(self, asker: Asker, wish: Wish, query: FeedQuery) -> None:
        self._asker = asker
        self._wish = wish
        self._query = query
        self._path, self._services = _logs_for(wish.principal, query, asker.services)
        self.positions = read_positions(query.cursor) if query.cursor else {}
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.sources: dict[str, FeedSource] = {}

    async def gather(self) -> Reply | None:
        """Read until the page is full or every log is; a reply when a log must be started again."""
        open_logs = self._services
        left = self._query.limit
        for _ in range(ROUNDS):
            if not open_logs or left < len(open_logs):
                break
            share = left // len(open_logs)
            replies = await asyncio.gather(*(self._read(service, share) for service in open_logs))
            for reply in replies:
                if reply.status == HTTPStatus.GONE:
                    return reply
                self._take(reply)
            left = self._query.limit - sum(len(events) for events in self.events.values())
            open_logs = [name for name in open_logs if self.sources[name].ok and not self.sources[name].caught_up]
        return None

    async def _read(self, service: str, limit: int) -> Reply:
        query = {"limit": str(max(1, limit))}
        if self._query.at_head:
            query["at_head"] = "true"
        if self._query.types:
            query["types"] = self._query.types
        if service in self.positions:
            query["after"] = self.positions[service]
        return await self._asker.ask(self._wish.journey, service, self._path, query=query)

    def _take(self, reply: Reply) -> None:
        if not reply.ok:
            self.sources[reply.service] = FeedSource(
                service=reply.service, ok=False, caught_up=False, error=reply.error
            )
            return
        told: Mapping[str, Any] = reply.document
        self.events.setdefault(reply.service, []).extend(told["events"])
        self.positions[reply.service] = told["next"]
        self.sources[reply.service] = FeedSource(
            service=reply.service, ok=True, caught_up=told["caught_up"], head_lag_s=told["head_lag_s"]
        )


def _logs_for(principal: Principal, query: FeedQuery, services: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The page of a service that this caller may read, and the services that have anything to say on it.

    Raises Forbidden for kinds of records that its scopes do not name.
    """
    if principal.grant(Permission.EVENTS_FEED) is not None:
        return FEED, services
    wanted = [kind.removesuffix(".*") for kind in query.types.split(",")] if query.types else None
    kinds = set(told_kinds(principal, wanted))
    return TOLD, [service for service in services if kinds & _kinds_of(service)]


@cache
def _kinds_of(service: str) -> frozenset[str]:
    events = spoken_by(service) if service in SPEAKERS else ()
    return frozenset(event.type.partition(".")[0] for event in events)


async def read_feed(asker: Asker, wish: Wish) -> Answer:
    """`GET /events/feed`."""
    query = wish.query(FeedQuery)
    if all(wish.principal.grant(permission) is None for permission in MAY_READ):
        await asker.ask(wish.journey, next(iter(asker.services), ""), TOLD, query={"limit": "1"})  # for the record
        raise Forbidden("The feed is for service clients with the scope events:subscribe and those of its areas.")
    reading = Reading(asker, wish, query)
    gone = await reading.gather()
    if gone is not None:
        return _restored(gone, read_positions(query.cursor) if query.cursor else {})
    sources = [reading.sources[name] for name in sorted(reading.sources)]
    if sources and not any(source.ok for source in sources):
        raise Unavailable("None of the services could be read.")
    away = [source.service for source in sources if not source.ok]
    if query.at_head and away:
        raise Unavailable(f"Where the log of {', '.join(away)} ends cannot be told while it is away.")
    events = heapq.merge(*reading.events.values(), key=lambda event: str(event.get("time", "")))
    page = FeedPage(
        events=list(events),
        next_cursor=write_positions(reading.positions),
        caught_up=all(source.caught_up for source in sources if source.ok),
        sources=sources,
    )
    return model_answer(page)


def _restored(gone: Reply, positions: Mapping[str, str]) -> Answer:
    """410 with the cursor to go on with: the others where the caller stood, this one from its beginning."""
    service = gone.service
    onward = {name: position for name, position in positions.items() if name != service}
    detail = (
        f"The log of {service} was restored since the cursor was given: events after it may have been undone and made "
        "anew. Go on with next_cursor of this answer: it begins that log again; skip the event ids you know."
    )
    document = json.loads(problem_document(HTTPStatus.GONE, "feed_epoch", detail))
    document |= {"service": service, "next_cursor": write_positions(onward)}
    return Answer(HTTPStatus.GONE, json.dumps(document).encode(), MEDIA_TYPE, ((b"cache-control", b"no-store"),))
