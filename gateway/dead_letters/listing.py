"""The one list: pages of every source, merged newest first, with a cursor that holds where each of them stands."""

import asyncio
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from gateway.answers import Answer, model_answer
from gateway.asking import Asker, Reply
from gateway.dead_letters.kinds import Kind
from gateway.dead_letters.letters import (
    FAILING,
    STUCK,
    SYNC,
    DeadLetter,
    DeadLetterDetail,
    LetterId,
    Standing,
    job_filter,
    of_job,
    of_message,
)
from gateway.dead_letters.sources import JOBS, JOBS_PATH, LETTERS_PATH, MESSAGING, Circle, Source, refuse
from gateway.doors import Wish
from libs.errors import NotFound
from libs.web.cursors import WrongCursor, read_cursor, write_cursor

LARGEST, USUAL = 200, 50
_PAIR = 2
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class ListQuery(BaseModel):
    limit: Annotated[int, Field(ge=1, le=LARGEST)] = USUAL
    cursor: Annotated[str | None, Field(max_length=8_000)] = None
    service: Annotated[str | None, Field(max_length=40)] = None
    kind: Kind | None = None
    fingerprint: Annotated[str | None, Field(max_length=500)] = None
    type: Annotated[str | None, Field(max_length=150)] = None
    """An event's type and version, as `run.published.v1`; leaves sync jobs out."""
    aggid: UUID | None = None
    """The record it is about."""
    standing: Standing | None = None
    """Only what is dead, or only what fails so far; without it both."""


class LetterPage(BaseModel):
    """Some letters, newest first, and which sources they are from."""

    items: list[DeadLetter]
    next_cursor: str | None
    as_of: datetime
    """Send it as `until` with a decision about all that match: then only what was dead by now is meant."""
    sources: list[Source]


@dataclass(slots=True)
class Stream:
    """One source's own list, from a position on. `position` is that source's cursor; None is its beginning."""

    name: str
    service: str
    what: str
    path: str
    query: Mapping[str, str]
    position: str | None = None
    ended: bool = False

    async def read(self, asker: Asker, wish: Wish, limit: int) -> tuple[Reply, list[dict[str, Any]], bool]:
        """Its next items, and whether there are more behind them."""
        query = {**self.query, "limit": str(limit), **({"cursor": self.position} if self.position else {})}
        reply = await asker.ask(wish.journey, self.service, self.path, query=query)
        if not reply.ok:
            return reply, [], True
        return reply, reply.document["items"], reply.document["next_cursor"] is not None

    def advance(self, consumed: Sequence[dict[str, Any]], read: int, *, more: bool) -> None:
        """Move behind what was shown."""
        if consumed:
            last = consumed[-1]
            key = (last["first_at"], last["source"], last["letter_id"]) if self.what == MESSAGING else last["id"]
            self.position = write_cursor(key)
        self.ended = len(consumed) == read and not more


def streams_of(circle: Circle, query: ListQuery) -> list[Stream]:
    """One for each service's messages, one for each state in which sync jobs wait for a person."""
    streams: list[Stream] = []
    alike = job_filter(query.fingerprint) if query.fingerprint else None
    if query.kind is not Kind.SYNC and alike is None:
        asked = {"fingerprint": query.fingerprint, "source": query.kind, "type": query.type, "aggid": query.aggid}
        asked["standing"] = query.standing
        given = {name: str(value) for name, value in asked.items() if value is not None}
        streams += [Stream(name, name, MESSAGING, LETTERS_PATH, given) for name in circle.messaging]
    wants_jobs = query.kind in {None, Kind.SYNC} and query.type is None and (query.fingerprint is None or alike)
    if circle.jobs and wants_jobs:
        about = {"record_id": str(query.aggid)} if query.aggid else {}
        states = [state for state in _states(query.standing) if (alike or {}).get("state") in {None, state}]
        streams += [
            Stream(f"{SYNC}:{state}", SYNC, JOBS, JOBS_PATH, {**(alike or {}), **about, "state": state})
            for state in states
        ]
    return streams


def _states(standing: Standing | None) -> Sequence[str]:
    return {Standing.DEAD: STUCK, Standing.FAILING: FAILING, None: (*STUCK, *FAILING)}[standing]


async def list_letters(asker: Asker, wish: Wish, now: datetime) -> Answer:
    """`GET /dead-letters`."""
    query = wish.query(ListQuery)
    circle = Circle(asker, wish, service=query.service)
    if circle.empty:
        raise await refuse(asker, wish)
    streams = resumed(streams_of(circle, query), query.cursor)
    read = await asyncio.gather(*(stream.read(asker, wish, query.limit) for stream in streams))
    shown = _newest([items for _, items, _ in read], query.limit)
    letters: list[DeadLetter] = []
    taken: dict[int, list[dict[str, Any]]] = {}
    for place, item in shown:
        taken.setdefault(place, []).append(item)
        letters.append(_letter(streams[place], item, wish))
    for place, (stream, (reply, items, more)) in enumerate(zip(streams, read, strict=True)):
        circle.note(stream.what, reply)
        stream.advance(taken.get(place, []), len(items), more=more)
    goes_on = any(reply.ok and not stream.ended for stream, (reply, _, _) in zip(streams, read, strict=True))
    cursor = _cursor(streams) if goes_on else None
    return model_answer(LetterPage(items=letters, next_cursor=cursor, as_of=now, sources=circle.sources()))


def _newest(lists: Sequence[Sequence[dict[str, Any]]], limit: int) -> list[tuple[int, dict[str, Any]]]:
    """The first items of all lists together, each with the place of its list; a list's own order stays."""
    keyed = [
        [((_LONG_AGO - _at(item)).total_seconds(), place, number, item) for number, item in enumerate(items)]
        for place, items in enumerate(lists)
    ]
    merged = heapq.merge(*keyed, key=lambda entry: entry[:3])
    return [(place, item) for (_, place, _, item), _ in zip(merged, range(limit), strict=False)]


def _at(item: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(item.get("first_at") or item["created_at"])


def _letter(stream: Stream, item: Mapping[str, Any], wish: Wish) -> DeadLetter:
    if stream.what == JOBS:
        return of_job(item, wish.principal)
    return of_message(stream.service, item, wish.principal)


def _cursor(streams: Sequence[Stream]) -> str:
    return write_cursor(tuple([stream.name, stream.position] for stream in streams if not stream.ended))


def resumed(streams: Sequence[Stream], cursor: str | None) -> list[Stream]:
    """The streams that go on, each where the cursor says; without a cursor all from their beginning."""
    if cursor is None:
        return list(streams)
    positions: dict[str, str | None] = {}
    for entry in read_cursor(cursor):
        if not (isinstance(entry, list) and len(entry) == _PAIR and isinstance(entry[0], str)):
            raise WrongCursor
        name, position = entry
        if not (position is None or isinstance(position, str)):
            raise WrongCursor
        positions[name] = position
    going = [stream for stream in streams if stream.name in positions]
    for stream in going:
        stream.position = positions[stream.name]
    return going


async def get_letter(asker: Asker, wish: Wish) -> Answer:
    """`GET /dead-letters/{id}`: the letter, its event reduced to ids, or the calls made for a job."""
    letter_id = LetterId.read(wish.parts["id"])
    if letter_id.service not in asker.services:
        raise NotFound("dead letter", wish.parts["id"][:80])
    if letter_id.kind is Kind.SYNC:
        return await _get_job(asker, wish, letter_id)
    path = f"{LETTERS_PATH}/{letter_id.kind}/{letter_id.key}"
    reply = await asker.ask(wish.journey, letter_id.service, path)
    if not reply.ok:
        return reply.answer()
    told = reply.document
    letter = of_message(letter_id.service, told["letter"], wish.principal)
    detail = DeadLetterDetail(**letter.model_dump(), event=told["event"], size=told["size"], sha256=told["sha256"])
    return model_answer(detail)


async def _get_job(asker: Asker, wish: Wish, letter_id: LetterId) -> Answer:
    reply = await asker.ask(wish.journey, SYNC, f"{JOBS_PATH}/{letter_id.key}")
    if not reply.ok:
        return reply.answer()
    if reply.document["state"] not in (*STUCK, *FAILING):
        raise NotFound("dead letter", wish.parts["id"][:80])
    letter = of_job(reply.document, wish.principal)
    return model_answer(DeadLetterDetail(**letter.model_dump(), calls=reply.document["attempts"]))
