"""The one place that talks to TPGateway: credentials, encryption, envelope, and what can go wrong on the way.

A call never raises for what the network or TPGateway does: every end it can have is a `Reply`. Bodies are neither
logged nor put on spans; a reply carries sizes, a digest, the hints TPGateway gave with anything personal redacted, and
copies of what was asked and answered in which nothing of anybody is left.
"""

import asyncio
import hashlib
import json
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode

import aiohttp
from opentelemetry.trace import SpanKind, Status, StatusCode
from yarl import URL

from libs.contracts.tpg_sync import Hint
from libs.sources import Clock, singapore_day
from libs.telemetry import names
from libs.telemetry.redaction import redact
from libs.telemetry.tracing import inject, tracer
from libs.tpgateway.encryption import PayloadCipher
from libs.tpgateway.envelope import Reply as Answer
from libs.tpgateway.envelope import ReplyError, UnreadableReply, read_reply
from libs.tpgateway.errors import FieldHint, blames_our_key, explain
from libs.tpgateway.operations import Operation
from libs.tpgateway.redacting import reply_copy, request_copy
from libs.tpgateway.rules.ruleset import ruleset_on
from services.tpg_sync.settings import SyncSettings, TpgAuth

TOKEN_PATH: Final = "/dp-oauth/oauth/token"  # noqa: S105 - a path
_TOKEN_MARGIN_S: Final = 30.0
KEEP_ALIVE_S: Final = 15.0
"""An idle connection is let go before a server is likely to, so that no request meets a closing door."""
_CREDENTIAL_FAULTS: Final = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "DECRYPT_ERROR")


class Fault(StrEnum):
    """How a call can end without an answer that could be read."""

    NOT_CONNECTED = "not_connected"
    """No request left."""
    CREDENTIALS = "credentials"
    """Our certificate or token was refused, or theirs is not to be trusted."""
    LOST = "lost"
    """It may have been carried out; nobody told us."""
    UNREADABLE = "unreadable"
    """Answered with success in words we cannot decrypt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One use of an operation: `values` fill its path, a `body` is sent encrypted."""

    operation: Operation
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How a call ended. `answer` is what TPGateway said, decrypted; it may hold personal data."""

    operation: str
    path: str
    group: str
    started_at: datetime
    ended_at: datetime
    duration: timedelta
    status: int | None = None
    fault: Fault | None = None
    answer: Answer | None = field(default=None, repr=False)
    error_code: str = ""
    hints: tuple[Hint, ...] = ()
    undecryptable: bool = False
    """TPGateway says it could not decrypt our body: our key is wrong, not the record."""
    retry_after: timedelta | None = None
    request_bytes: int = 0
    request_sha256: bytes | None = None
    response_bytes: int = 0
    request: Mapping[str, Any] | None = None
    """A redacted copy of what was asked; None when nothing is known of it any more."""
    response: Mapping[str, Any] | None = None
    """A redacted copy of the answer; None when there was none that could be read."""
    trace_id: str | None = None

    @property
    def ok(self) -> bool:
        return self.fault is None and self.status is not None and self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(slots=True)
class _Sent:
    """What is known of a call so far."""

    call: Call
    started_at: datetime
    began: float
    content: bytes = b""
    trace_id: str | None = None

    def reply(self, clock: Clock, **known: Any) -> Reply:
        call, answer = self.call, known.get("answer")
        return Reply(
            operation=self.call.operation.name,
            path=self.call.operation.path,
            group=self.call.operation.group,
            started_at=self.started_at,
            ended_at=clock.now(),
            duration=timedelta(seconds=time.perf_counter() - self.began),
            request_bytes=len(self.content),
            request_sha256=hashlib.sha256(self.content).digest() if self.content else None,
            request=request_copy(call.operation, values=call.values, query=call.query, body=call.body),
            response=reply_copy(call.operation, answer) if answer is not None else None,
            trace_id=self.trace_id,
            **known,
        )


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    retry_after: str
    content: bytes = field(repr=False)


class TpgClient:
    """Calls TPGateway as one training provider. Keep-alive connections; one per concurrent call.

    Built on aiohttp, which costs a tenth of httpx's CPU a request here; it never repeats a POST of its own accord.
    """

    def __init__(self, settings: SyncSettings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._cipher = PayloadCipher.from_text(settings.tpg_encryption_key.get_secret_value())
        self._base_url = settings.tpg_url
        self._tls = _tls(settings)
        self._open: aiohttp.ClientSession | None = None
        self._token = ""
        self._token_until = 0.0
        self._renewing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        settings = self._settings
        connect = settings.tpg_connect_timeout.total_seconds()
        self._open = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=self._tls, keepalive_timeout=KEEP_ALIVE_S),
            timeout=aiohttp.ClientTimeout(total=settings.tpg_total_timeout.total_seconds(), sock_connect=connect),
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None
    ) -> None:
        await self._http.close()

    @property
    def _http(self) -> aiohttp.ClientSession:
        if self._open is None:
            message = "the TPGateway client is used outside its `async with`"
            raise RuntimeError(message)
        return self._open

    async def call(self, call: Call, *, key: str = "", attributes: Mapping[str, str | int] | None = None) -> Reply:
        """Carry out one operation once; at most the total time-out. `key` goes out as Idempotency-Key."""
        operation = call.operation
        with tracer().start_as_current_span(f"tpgateway {operation.name}", kind=SpanKind.CLIENT) as span:
            span.set_attributes(
                {
                    "tpg.operation": operation.name,
                    names.HTTP_METHOD: operation.method,
                    names.HTTP_ROUTE: operation.path,
                    names.PEER_SERVICE: "tpgateway",
                }
            )
            span.set_attributes(attributes or {})
            context = span.get_span_context()
            sent = _Sent(call, self._clock.now(), time.perf_counter())
            sent.trace_id = f"{context.trace_id:032x}" if context.is_valid else None
            reply = await self._within_time(sent, key)
            span.set_attributes({"tpg.request.bytes": reply.request_bytes, "tpg.response.bytes": reply.response_bytes})
            if reply.status is not None:
                span.set_attribute(names.HTTP_STATUS, reply.status)
            if not reply.ok:
                span.set_attribute(names.ERROR_TYPE, reply.error_code)
                span.set_status(Status(StatusCode.ERROR))
            return reply

    async def _within_time(self, sent: _Sent, key: str) -> Reply:
        try:
            return await self._exchange(sent, key)
        except (aiohttp.ClientError, TimeoutError, ssl.SSLError, OSError) as error:
            return sent.reply(self._clock, fault=_fault_of(error), error_code=_name(error))

    async def _exchange(self, sent: _Sent, key: str) -> Reply:
        headers = await self._headers(sent, key)
        if headers is None:
            return sent.reply(self._clock, fault=Fault.CREDENTIALS, error_code="token_refused")
        if sent.call.body is not None:
            sent.content = self._encrypt(sent.call.body)
        response = await self._send(sent, headers)
        if response.status == HTTPStatus.UNAUTHORIZED and self._settings.tpg_auth is TpgAuth.OAUTH:
            # A token may end early: 401 means nothing was carried out, so one repeat with a fresh one is safe.
            self._token = ""
            renewed = await self._headers(sent, key)
            response = await self._send(sent, renewed) if renewed is not None else response
        return self._read(sent, response)

    async def _send(self, sent: _Sent, headers: Mapping[str, str]) -> _Response:
        call = sent.call
        query = f"?{urlencode(call.query)}" if call.query else ""
        url = URL(f"{self._base_url}{call.operation.target(**call.values)}{query}", encoded=True)
        async with self._http.request(
            call.operation.method, url, data=sent.content or None, headers=headers, allow_redirects=False
        ) as response:
            return _Response(response.status, response.headers.get("Retry-After", ""), await response.read())

    def _encrypt(self, body: Mapping[str, Any]) -> bytes:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return self._cipher.body(text, quoted=self._settings.tpg_quoted_body)

    async def _headers(self, sent: _Sent, key: str) -> dict[str, str] | None:
        """None when the token door refuses our client credentials."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        inject(headers)
        if key:
            headers["Idempotency-Key"] = f'"{key}"'
        version = self._settings.tpg_api_versions.get(sent.call.operation.group)
        if version:
            headers["x-api-version"] = version
        if self._settings.tpg_auth is TpgAuth.OAUTH:
            token = await self._bearer()
            if token is None:
                return None
            headers["Authorization"] = f"Bearer {token}"
        return headers

    async def _bearer(self) -> str | None:
        async with self._renewing:
            if self._token and time.monotonic() < self._token_until:
                return self._token
            settings = self._settings
            address = (settings.tpg_oauth_url.rstrip("/") or settings.tpg_url) + TOKEN_PATH
            secret = settings.tpg_client_secret.get_secret_value()
            headers = {"Authorization": aiohttp.encode_basic_auth(settings.tpg_client_id, secret)}
            async with self._http.post(address, data={"grant_type": "client_credentials"}, headers=headers) as response:
                if response.status != HTTPStatus.OK:
                    return None
                granted = await response.json(content_type=None)
            self._token = str(granted["access_token"])
            self._token_until = time.monotonic() + float(granted.get("expires_in", 0)) - _TOKEN_MARGIN_S
            return self._token

    def _read(self, sent: _Sent, response: _Response) -> Reply:
        known: dict[str, Any] = {
            "status": response.status,
            "retry_after": _retry_after(response.retry_after, self._clock),
            "response_bytes": len(response.content),
        }
        try:
            answer = read_reply(response.content, http_status=response.status, cipher=self._cipher)
        except UnreadableReply:
            if response.status < HTTPStatus.MULTIPLE_CHOICES:
                return sent.reply(self._clock, fault=Fault.UNREADABLE, error_code="reply_unreadable", **known)
            return sent.reply(self._clock, error_code=f"http_{response.status}", **known)
        known["status"] = answer.status
        if answer.ok:
            return sent.reply(self._clock, answer=answer, **known)
        hints = explain(answer.error or ReplyError(), ruleset_on(singapore_day(self._clock.now())))
        return sent.reply(
            self._clock,
            answer=answer,
            error_code=next((hint.code for hint in hints if hint.code), f"http_{answer.status}"),
            hints=tuple(_hint(hint) for hint in hints),
            undecryptable=blames_our_key(hints),
            **known,
        )


def _hint(found: FieldHint) -> Hint:
    """As an event may tell it: the library has masked what it quotes, and the last net goes over it once more."""
    return Hint(field=found.field[:200], code=found.code, message=redact(found.message), fix=found.fix)


def _tls(settings: SyncSettings) -> ssl.SSLContext | bool:
    if not settings.tpg_url.startswith("https"):
        return False
    context = ssl.create_default_context(cafile=settings.tpg_ca_bundle or None)
    if settings.tpg_auth is TpgAuth.CERTIFICATE:
        context.load_cert_chain(settings.tpg_certificate, settings.tpg_certificate_key or None)
    return context


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _fault_of(error: Exception) -> Fault:
    """Whether a request could have left; a refused certificate is told apart from a broken line.

    In TLS 1.3 that refusal comes after the handshake, when aiohttp keeps only the words of the TLS error.
    """
    for cause in _chain(error):
        words = f"{getattr(cause, 'reason', '') or ''} {cause}".upper().replace(" ", "_")
        about_tls = isinstance(cause, ssl.SSLError) or "[SSL:" in words
        if about_tls and any(word in words for word in _CREDENTIAL_FAULTS):
            return Fault.CREDENTIALS
    never_left = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    return Fault.NOT_CONNECTED if isinstance(error, never_left) else Fault.LOST


def _name(error: Exception) -> str:
    """`ReadTimeout` -> `read_timeout`: the kind alone, for texts may hold addresses."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def _retry_after(header: str, clock: Clock) -> timedelta | None:
    value = header.strip()
    if not value:
        return None
    try:
        return timedelta(seconds=max(float(value), 0.0))
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(value) - clock.now(), timedelta(0))
    except (TypeError, ValueError):
        return None


def lost_in_crash(call_started_at: datetime, now: datetime, *, operation: str, group: str) -> Reply:
    """What is known of a call whose worker died: that it may have been carried out."""
    return Reply(
        operation=operation,
        path="",
        group=group,
        started_at=call_started_at,
        ended_at=now,
        duration=now - call_started_at,
        fault=Fault.LOST,
        error_code="worker_lost",
    )
