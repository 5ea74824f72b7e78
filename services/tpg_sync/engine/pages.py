"""Lists of TPGateway, read whole: page after page at the agreed pace, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Generic, Protocol, TypeVar

from services.tpg_sync.client.tpgateway import Call, Reply
from services.tpg_sync.engine.outcomes import Decision, Next, decide_reading
from services.tpg_sync.settings import SyncSettings

INCOMPLETE = Decision(Next.RETRY, error_class="reading", error_code="list_incomplete")
"""The pages did not add up, because the list moved meanwhile: it proves nothing."""
UNREADABLE = Decision(Next.RETRY, error_class="reading", error_code="list_unreadable")

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Entry]):
    """Every entry of a list, with the last call and how many were made."""

    entries: Sequence[Entry]
    reply: Reply
    calls: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A list that could not be read to its end, and what that means for the job."""

    decision: Decision
    reply: Reply
    calls: int


class Calling(Protocol):
    """Whoever makes the calls: the client itself, or one that waits its turn first."""

    async def call(self, call: Call, *, attributes: Mapping[str, str | int] | None = None) -> Reply: ...


class Pages:
    """Reads for one job at a time; the pause keeps the pages of one list within the rate."""

    def __init__(
        self, client: Calling, settings: SyncSettings, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._client = client
        self._settings = settings
        self._pause = pause

    async def all(
        self,
        page_of: Callable[[int, int], Call],
        entries_of: Callable[[Reply], Sequence[Entry] | None],
        identity: Callable[[Entry], str],
        attributes: Mapping[str, str | int],
    ) -> Listing[Entry] | Unread:
        """Every entry. `page_of` makes the call for a page of a size; `entries_of` is None for an unknown shape."""
        size = self._settings.tpg_reads_per_page
        entries: dict[str, Entry] = {}
        for page in count():
            if page:
                await self._pause(1 / self._settings.tpg_rate_per_s)
            reply = await self._client.call(page_of(page, size), attributes=attributes)
            decision = decide_reading(reply)
            if decision.next is not Next.SUCCEED:
                return Unread(decision, reply, page + 1)
            seen = entries_of(reply)
            if seen is None:
                return Unread(UNREADABLE, reply, page + 1)
            entries.update((identity(entry), entry) for entry in seen)
            total = total_of(reply)
            if seen and (len(entries) < total if total is not None else len(seen) == size):
                continue
            if total is not None and len(entries) < total:
                return Unread(INCOMPLETE, reply, page + 1)
            return Listing(list(entries.values()), reply, page + 1)
        raise AssertionError("count() does not end")

    async def one(self, call: Call, attributes: Mapping[str, str | int]) -> Reply | Unread:
        """A single read; Unread when it did not succeed."""
        reply = await self._client.call(call, attributes=attributes)
        decision = decide_reading(reply)
        return reply if decision.next is Next.SUCCEED else Unread(decision, reply, 1)


def total_of(reply: Reply) -> int | None:
    """How many entries the whole list has, when it says so."""
    return None if reply.answer is None else reply.answer.total
