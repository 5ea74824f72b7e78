"""Server-sent events: one caller's stream from its head to its end."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from starlette.types import Receive

from gateway.answers import API_POLICY
from gateway.asking import Asker
from gateway.auth import Verifier, principal_of
from gateway.doors import Wish
from gateway.events.hub import Hub, let_go
from gateway.events.listener import Batch, Listener, Notice
from gateway.events.peers import LogAway, LogRestored
from gateway.events.positions import read_positions, write_positions
from gateway.events.scope import RunScope
from gateway.proxy import CutShort
from libs.access.hearing import hears_anything
from libs.errors import Forbidden, TooMany, Unauthenticated, Unavailable

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"content-security-policy", API_POLICY),
]
RETRY_MS = 3_000
MOST_MISSED = 2_000
"""Events a listener may catch up on in one log; who has missed more is told to read anew."""
MOST_STREAMS, MOST_OF_ONE = 500, 10


class Streams:
    """All open streams of this process."""

    def __init__(self, hub: Hub, asker: Asker, verifier: Verifier, *, heartbeat: timedelta, usable: bool) -> None:
        self._hub = hub
        self._asker = asker
        self._verifier = verifier
        self._heartbeat_s = heartbeat.total_seconds()
        self._usable = usable
        self._of_one: Counter[str] = Counter()

    async def open(self, wish: Wish) -> None:
        """`GET /events`: returns when the stream has ended."""
        if not hears_anything(wish.principal):
            raise Forbidden("Your roles and scopes let you hear of nothing.")
        if not self._usable:
            raise Unavailable("This gateway has no credentials of its own to read the services' logs with.")
        if wish.journey.method == "HEAD":
            await wish.journey.start(200, HEADERS)
            await wish.journey.send_body(b"", more=False)
            return
        last = wish.header(b"last-event-id")
        missed = read_positions(last) if last else {}
        caller = str(wish.principal.subject)
        if self._hub.listeners >= MOST_STREAMS or self._of_one[caller] >= MOST_OF_ONE:
            raise TooMany("Too many streams are open.", retry_after=timedelta(seconds=30))
        self._of_one[caller] += 1
        listener = await self._hub.join(wish.principal)
        try:
            await self._serve(Stream(wish, listener, RunScope(self._asker, wish)), missed, wish.receive)
        finally:
            self._hub.leave(listener)
            self._of_one[caller] -= 1
            if not self._of_one[caller]:
                del self._of_one[caller]

    async def _serve(self, stream: "Stream", missed: dict[str, str], receive: Receive) -> None:
        """Send until the gateway stops, the token ends, the caller leaves, or too much waits for the caller."""
        sending = asyncio.create_task(self._send(stream, missed))
        leaving = asyncio.create_task(_left(receive))
        overrun = asyncio.create_task(stream.listener.overrun.wait())
        try:
            await asyncio.wait((sending, leaving, overrun), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                await sending
            elif overrun.done():
                let_go.inc()
                raise CutShort
        finally:
            for task in (sending, leaving, overrun):
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task

    async def _send(self, stream: "Stream", missed: dict[str, str]) -> None:
        await stream.begin()
        for service in self._hub.logs.services:
            if service in missed:
                await self._catch_up(stream, service, missed[service])
        checked = time.monotonic()
        while not stream.listener.ended:
            batch = await stream.listener.next(self._heartbeat_s)
            if batch is not None:
                await stream.send(batch)
            else:
                await stream.beat()
            if batch is None or time.monotonic() - checked >= self._heartbeat_s:
                checked = time.monotonic()
                if not await self._still_signed_in(stream.wish):
                    await stream.say("signed_out", "{}")
                    break
        await stream.end()

    async def _still_signed_in(self, wish: Wish) -> bool:
        try:
            await principal_of(wish.journey.headers.get(b"authorization"), self._verifier)
        except Unauthenticated:
            return False
        except Unavailable:
            return True  # keys cannot be had for the moment; the token was good
        return True

    async def _catch_up(self, stream: "Stream", service: str, position: str) -> None:
        """What was said since a position, up to now. What comes twice around the seam is sent once."""
        read = 0
        try:
            while read < MOST_MISSED:
                page = await self._hub.logs.after(service, position)
                position, read = page.position, read + len(page.events)
                notices = [Notice.of(service, envelope) for envelope in page.events]
                await stream.send(Batch(service, notices, position))
                stream.remember(notices)
                if page.caught_up:
                    return
        except (LogAway, LogRestored):
            pass  # told below, as what was missed cannot be known
        await stream.send(Batch(service, (), self._hub.positions.get(service, position), restored=True))


class Stream:
    """The lines of one stream."""

    def __init__(self, wish: Wish, listener: Listener, scope: RunScope) -> None:
        self.wish = wish
        self.listener = listener
        self._scope = scope
        self._caught_up: set[str] = set()

    async def begin(self) -> None:
        await self.wish.journey.start(200, HEADERS)
        await self._write(f"retry: {RETRY_MS}\n: listening\n\n")

    async def beat(self) -> None:
        """Something at least every heartbeat, so that nobody in between takes the silence for an end."""
        self._caught_up.clear()
        await self._write(": beat\n\n")

    async def send(self, batch: Batch) -> None:
        """The batch's events; its last one carries the id to resume from, when all before it have been sent."""
        heard = [
            notice
            for notice in batch.notices
            if notice.id not in self._caught_up and await self._scope.may_hear(self.listener, notice)
        ]
        self.listener.reached(batch)
        if batch.restored:
            await self.say("reset", f'{{"service":"{batch.service}"}}', mark=True)
        if heard:
            await self._write("".join(_lines(notice.name, notice.data) for notice in heard[:-1]))
            await self.say(heard[-1].name, heard[-1].data, mark=True)

    def remember(self, notices: Iterable[Notice]) -> None:
        self._caught_up.update(notice.id for notice in notices)

    async def say(self, name: str, data: str, *, mark: bool = False) -> None:
        mine = f"id: {write_positions(self.listener.positions)}\n" if mark else ""
        await self._write(mine + _lines(name, data))

    async def end(self) -> None:
        await self.wish.journey.send_body(b"", more=False)

    async def _write(self, text: str) -> None:
        if text:
            await self.wish.journey.send_body(text.encode(), more=True)


def _lines(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


async def _left(receive: Receive) -> None:
    """Returns when the caller has left."""
    while (await receive())["type"] != "http.disconnect":
        continue
