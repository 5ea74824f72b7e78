"""The body of a request on its way through."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from multidict import CIMultiDict
from starlette.types import Message, Receive


class TooLarge(Exception):
    """The body passed the limit while it was being read."""


class ClientSlow(Exception):
    """The body stopped arriving."""


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class RequestBody:
    """The body of one request: bytes when it came in one piece, else a stream; never more than the limit."""

    def __init__(self, headers: Mapping[bytes, bytes], receive: Receive, limit: int, patience_s: float) -> None:
        declared = headers.get(b"content-length")
        self._expected = declared is not None or b"transfer-encoding" in headers
        self._length = int(declared) if declared is not None and declared.isdigit() else None
        self._receive = receive
        self._limit = limit
        self._patience_s = patience_s
        self._read = asyncio.Event()
        self.failure: Exception | None = None

    async def open(self, headers: CIMultiDict[str]) -> bytes | AsyncIterator[bytes] | None:
        """What to send; raises TooLarge before anything is sent when the declared length says so."""
        if not self._expected:
            self._read.set()
            return None
        if self._length is not None and self._length > self._limit:
            raise TooLarge
        first = await self._next()
        if not first.get("more_body", False):
            self._read.set()
            return self._checked(first.get("body", b""), 0)
        if self._length is not None:
            headers["Content-Length"] = str(self._length)
        return self._stream(first)

    async def whole(self) -> bytes:
        """All of it at once, for bodies that are read here; raises TooLarge, ClientSlow, ClientGone."""
        opened = await self.open(CIMultiDict())
        if opened is None or isinstance(opened, bytes):
            return opened or b""
        return b"".join([chunk async for chunk in opened])

    def _checked(self, chunk: bytes, seen: int) -> bytes:
        if seen + len(chunk) > self._limit:
            raise TooLarge
        return chunk

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout(self._patience_s):
                message = await self._receive()
        except TimeoutError:
            raise ClientSlow from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message

    async def _stream(self, message: Message) -> AsyncIterator[bytes]:
        seen = 0
        try:
            while True:
                chunk = self._checked(message.get("body", b""), seen)
                seen += len(chunk)
                yield chunk
                if not message.get("more_body", False):
                    return
                message = await self._next()
        except Exception as error:
            # aiohttp tells its caller only that the sending failed; why is remembered here.
            self.failure = error
            raise
        finally:
            self._read.set()

    async def abandoned(self) -> None:
        """Returns when the client has left. Listens only once the body has been read: until then each piece is its."""
        await self._read.wait()
        while not isinstance(self.failure, ClientGone) and (await self._receive())["type"] != "http.disconnect":
            continue
