"""One HTTP request as the gateway reads it, and the wire under it that a fault may cut."""

import asyncio
from dataclasses import dataclass
from typing import NoReturn, Protocol
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

EXTENSION = "tpg_simulator.wire"
REMEMBERED_HEADERS = (
    "traceparent",
    "tracestate",
    "idempotency-key",
    "x-correlation-id",
    "x-api-version",
    "uen",
    "user-agent",
    "content-type",
)


class ConnectionDropped(Exception):
    """The caller gets no reply. Over a socket the connection is cut; in process this leaves the application."""


class Wire(Protocol):
    """The connection a request came over."""

    @property
    def peer_certificate(self) -> bytes | None: ...

    def cut(self) -> None: ...


class BodyTooLarge(Exception):
    """The request body passes the limit."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    receive: Receive
    wire: Wire | None

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    @property
    def certificate(self) -> bytes | None:
        return self.wire.peer_certificate if self.wire else None

    def remembered_headers(self) -> dict[str, str]:
        return {name: self.headers[name] for name in REMEMBERED_HEADERS if name in self.headers}

    async def drop(self) -> NoReturn:
        """Cut the connection without a byte of reply."""
        if self.wire is not None:
            self.wire.cut()
            await self._until_the_caller_is_gone()
        raise ConnectionDropped

    async def hang(self, seconds: float) -> NoReturn:
        """Say nothing for so long, or until the caller gives up; then cut the connection."""
        try:
            await asyncio.wait_for(self._until_the_caller_is_gone(), timeout=seconds)
        except TimeoutError:
            await self.drop()
        raise ConnectionDropped

    async def _until_the_caller_is_gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            continue


async def read_request(scope: Scope, receive: Receive, *, body_limit: int) -> Request:
    """Read a whole request; BodyTooLarge when it passes the limit."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionDropped
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > body_limit:
            raise BodyTooLarge
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=bytes(body),
        receive=receive,
        wire=scope.get("extensions", {}).get(EXTENSION),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    async def send(self, send: Send) -> None:
        headers = (
            ("content-type", self.content_type),
            ("content-length", str(len(self.body))),
            *self.headers,
        )
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": self.status, "headers": encoded})
        await send({"type": "http.response.body", "body": self.body})
