"""Idempotency-Key: a POST that is repeated changes nothing more and gets the first answer again.

The key's row is written in the request's own transaction, so key, effect and answer stand or fall together. Of two at
once the second waits at the unique index until the first has committed. Keys are kept for 24 hours, per caller, method
and path; a streamed answer is not kept, nor is an answer that was raised (nothing happened then).
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import DateTime, LargeBinary, TableClause, column, delete, select, table, update
from sqlalchemy.dialects.postgresql import insert
from starlette.responses import StreamingResponse

from libs.access.principal import Principal
from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError, Gone, Invalid
from libs.web.runtime import Sealing, WebRuntime, runtime_of

KEPT_FOR = timedelta(hours=24)
HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_LONGEST_KEY = 255
_BATCH, _FORGET_EVERY = 1000, timedelta(minutes=10)
_PURPOSE = "idempotency"
_MARK = "tms_without_idempotency"
_NOT_KEPT = frozenset({b"content-length", b"set-cookie"})
F = TypeVar("F", bound=Callable[..., Any])


class KeyReused(Invalid):
    """The key was used for another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        fix = "Use a new key for a new request, or repeat the first one exactly."
        field = FieldError(HEADER, "reused", "The body or query differs from the first request with this key.", fix)
        super().__init__("This Idempotency-Key was used for another request.", [field])


class AnswerForgotten(Gone):
    """It was carried out the first time, and is not again; what was answered is kept no more."""

    code = "answer_forgotten"

    def __init__(self) -> None:
        super().__init__("This was carried out already. Its answer was erased with a person's data: read the record.")


def without_idempotency(reason: str) -> Callable[[F], F]:
    """Mark a POST route that keeps no answers, and say why (its answer holds tokens, for instance)."""

    def mark(endpoint: F) -> F:
        setattr(endpoint, _MARK, reason)
        return endpoint

    return mark


def honours_keys(endpoint: Callable[..., Any]) -> bool:
    return getattr(endpoint, _MARK, None) is None


@cache
def _keys_of(schema: str) -> TableClause:
    return table(
        "idempotency",
        column("place", LargeBinary),
        column("asked", LargeBinary),
        column("answer", LargeBinary),
        column("expires_at", DateTime(timezone=True)),
        schema=schema,
    )


async def answer_once(
    request: Request, unit: UnitOfWork, principal: Principal, run: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Run the route, or give the answer kept under this caller's key. Raises KeyReused (422) for another body."""
    key = request.headers.get(HEADER)
    if key is None:
        return await run(request)
    _check(key)
    runtime = runtime_of(request)
    keys = _Keys(unit, _keys_of(_schema_of(runtime)), runtime.vault, principal.subject)
    place = _digest(str(principal.subject), request.method, request.url.path, key)
    asked = _digest(request.url.query, await request.body())
    if not await keys.claim(place, asked):
        return await keys.kept(place, asked)
    response = await run(request)
    await keys.keep(place, response)
    return response


def _check(key: str) -> None:
    if not (0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
        fix = f"Send 1 to {_LONGEST_KEY} printable ASCII characters; a fresh UUID is best."
        raise Invalid(
            "The Idempotency-Key cannot be used.",
            [FieldError(HEADER, "malformed", "The key is too long or has unprintable characters.", fix)],
        )


def _digest(*parts: str | bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else part.encode()
        digest.update(len(raw).to_bytes(8))
        digest.update(raw)
    return digest.digest()


class _Keys:
    """One caller's keys, in the request's transaction."""

    def __init__(self, unit: UnitOfWork, keys: TableClause, vault: Sealing, subject: UUID) -> None:
        self._unit = unit
        self._keys = keys
        self._vault = vault
        self._subject = subject

    async def claim(self, place: bytes, asked: bytes) -> bool:
        """Whether the key is ours now: new, or its time is over. Waits for one that is being answered."""
        now = self._unit.now()
        fresh = {"asked": asked, "answer": None, "expires_at": now + KEPT_FOR}
        claimed = await self._unit.session.execute(
            insert(self._keys)
            .values(place=place, **fresh)
            .on_conflict_do_update(index_elements=["place"], set_=fresh, where=self._keys.c.expires_at <= now)
            .returning(self._keys.c.place)
        )
        return claimed.first() is not None

    async def keep(self, place: bytes, response: Response) -> None:
        if isinstance(response, StreamingResponse):
            await self._unit.session.execute(delete(self._keys).where(self._keys.c.place == place))
            return
        headers = [[name.decode(), value.decode()] for name, value in response.raw_headers if name not in _NOT_KEPT]
        body = bytes(response.body).decode("latin-1")
        answer = json.dumps({"status": response.status_code, "headers": headers, "body": body})
        sealed = self._vault.seal(answer, purpose=_PURPOSE, subject=self._subject)
        await self._unit.session.execute(update(self._keys).where(self._keys.c.place == place).values(answer=sealed))

    async def kept(self, place: bytes, asked: bytes) -> Response:
        found = await self._unit.session.execute(
            select(self._keys.c.asked, self._keys.c.answer).where(self._keys.c.place == place)
        )
        row = found.one()
        if bytes(row.asked) != asked:
            raise KeyReused
        if row.answer is None:
            raise AnswerForgotten
        answer = json.loads(self._vault.open(bytes(row.answer), purpose=_PURPOSE, subject=self._subject))
        headers = {**dict(answer["headers"]), REPLAYED: "true"}
        return Response(answer["body"].encode("latin-1"), status_code=answer["status"], headers=headers)


def _schema_of(runtime: WebRuntime) -> str:
    return runtime.service.replace("-", "_")


async def forget_expired(unit: UnitOfWork, schema: str, *, limit: int) -> int:
    """Delete up to `limit` keys whose time is over; returns how many. Safe to run in several processes at once."""
    keys = _keys_of(schema)
    over = (
        select(keys.c.place)
        .where(keys.c.expires_at <= unit.now())
        .order_by(keys.c.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = await unit.session.execute(delete(keys).where(keys.c.place.in_(over)).returning(keys.c.place))
    return len(gone.all())


async def forget_kept_answers(unit: UnitOfWork, schema: str) -> None:
    """Blank every answer kept so far, because one of them may tell of a person who is erased.

    Their keys stay: who repeats one of those requests is told that it was carried out (AnswerForgotten, 410), and it
    is not done twice. Answers do not say whom they tell of, and erasures are rare; so all of them go.
    """
    keys = _keys_of(schema)
    await unit.session.execute(update(keys).where(keys.c.answer.is_not(None)).values(answer=None))


async def forget_answers(runtime: WebRuntime) -> None:
    """A duty of every worker: forget the keys whose time is over, every ten minutes. Returns only when cancelled."""
    while True:
        forgotten = _BATCH
        while forgotten == _BATCH:
            async with runtime.units.begin() as unit:
                forgotten = await forget_expired(unit, _schema_of(runtime), limit=_BATCH)
        await asyncio.sleep(_FORGET_EVERY.total_seconds())
