"""The public face: each call passes identity, version, decryption, its operation and its faults, into the journal."""

import asyncio
import json
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Any

from starlette.types import Receive, Scope, Send

from infra.tpg_simulator.catalogue import Match, match, methods_of
from infra.tpg_simulator.cipher import KEY_BYTES, PayloadCipher
from infra.tpg_simulator.envelope import Answer, Family, refusal, success
from infra.tpg_simulator.faults import FaultOrder, Kind, Strike
from infra.tpg_simulator.identity import Caller, Identities
from infra.tpg_simulator.journal import Entry
from infra.tpg_simulator.limits import RateLimit, too_many
from infra.tpg_simulator.oauth import TOKEN_PATH, TokenRefused, issue_token
from infra.tpg_simulator.operation import Call, Operation
from infra.tpg_simulator.payload import open_body, plain_error, seal_error, seal_reply, undecryptable
from infra.tpg_simulator.refusals import Refusal
from infra.tpg_simulator.request import BodyTooLarge, ConnectionDropped, Reply, Request, read_request
from infra.tpg_simulator.versions import check_version, expired
from infra.tpg_simulator.world import World

log = logging.getLogger("tpg_simulator")


@dataclass(frozen=True, slots=True)
class Opened:
    """A request after the door: known caller and body, or why not."""

    operation: Operation
    caller: Caller | None = None
    body: Any = None
    refused: Refusal | None = None


class Broken(Exception):
    """The gateway breaks instead of answering: an ordered 5xx, in the form asked for."""

    def __init__(self, order: FaultOrder) -> None:
        super().__init__(order.status)
        self.order = order


class Gateway:
    """ASGI application with the gateway's own paths."""

    def __init__(self, world: World, identities: Identities) -> None:
        self._world = world
        self._identities = identities
        self._rate = RateLimit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            request = await read_request(scope, receive, body_limit=self._world.switches.limits_body_bytes)
        except BodyTooLarge:
            await _door_reply(Refusal(413), Family.COURSES).send(send)
            return
        except ConnectionDropped:
            return
        entry = self._begin_entry(request)
        started = time.perf_counter()
        try:
            reply = await self._answer(request, entry)
            entry.status = reply.status
        except ConnectionDropped:
            self._world.store.count(f"dropped.{entry.operation}")
            if request.wire is None:
                raise
            return
        finally:
            entry.took_ms = round((time.perf_counter() - started) * 1000, 3)
            self._world.journal.write(entry, capacity=self._world.switches.journal_entries)
        await reply.send(send)

    def _begin_entry(self, request: Request) -> Entry:
        return Entry(
            at=self._world.clock.now(),
            operation="-",
            method=request.method,
            path=request.path,
            query=request.query,
            headers=request.remembered_headers(),
        )

    async def _answer(self, request: Request, entry: Entry) -> Reply:
        try:
            await self._suffer_outage(request, entry)
            reply = await self._route(request, entry)
        except Broken as broken:
            entry.reply = None
            reply = _broken_reply(broken.order, _family_of(request.path))
        return _traced(reply, request)

    async def _route(self, request: Request, entry: Entry) -> Reply:
        if request.path == TOKEN_PATH:
            return self._issue_token(request, entry)
        found = match(request.method, request.path)
        if found is None:
            return self._no_such_route(request, entry)
        opened = self._open(found, request)
        self._note(entry, opened, request)
        strike = self._world.faults.striking(opened.operation.name, request.method)
        entry.faults += strike.kinds
        reply = await self._carry_out(opened, request, entry, strike)
        await self._suffer_after(strike, request)
        return reply

    def _open(self, found: Match, request: Request) -> Opened:
        """Find caller, body and operation. A refusal waits, so that faults may come first."""
        operation = found.candidates[0]
        try:
            caller = self._identities.identify(operation, request.header("authorization"), request.certificate)
            cipher = self._world.cipher_of(caller.provider_uen)
            body = open_body(request.body, operation, cipher, self._world.switches)
        except Refusal as refused:
            return Opened(operation, refused=refused)
        return Opened(found.choose(body), caller, body)

    def _note(self, entry: Entry, opened: Opened, request: Request) -> None:
        entry.operation = opened.operation.name
        entry.request = opened.body
        entry.encrypted = opened.operation.encrypted_request and opened.refused is None
        entry.sealed = request.body.decode("latin-1") if entry.encrypted else None
        if opened.caller is not None:
            entry.provider = opened.caller.provider_uen
            entry.identity = opened.caller.by
        self._world.store.count(f"calls.{entry.operation}")

    async def _carry_out(self, opened: Opened, request: Request, entry: Entry, strike: Strike) -> Reply:
        operation, switches = opened.operation, self._world.switches
        cipher = self._cipher_for_reply(opened, strike)
        try:
            await self._suffer_before(strike, request, operation)
            self._rate.spend(switches.limits_requests_per_s)
            check_version(operation.version_family, request.header("x-api-version"), switches)
            answer = self._perform(opened, request)
        except Refusal as refused:
            entry.reply = refusal(refused, operation.family)
            self._world.store.count(f"refused.{operation.name}")
            if refused.at_the_door or cipher is None:
                return _door_reply(refused, operation.family)
            status = 200 if switches.errors_as_200 else refused.status
            return Reply(status, seal_error(entry.reply, operation, cipher, switches))
        entry.reply = success(answer, status_as_text=operation.status_as_text)
        entry.stored = answer.stored
        self._world.store.count(f"accepted.{operation.name}")
        sealed = seal_reply(entry.reply, operation, cipher or _stranger(), switches)
        return Reply(200, sealed)

    def _perform(self, opened: Opened, request: Request) -> Answer:
        if opened.refused is not None:
            raise opened.refused
        found = opened.operation.pattern.match(request.path)
        if found is None or opened.caller is None:
            raise Refusal(404, at_the_door=True)
        call = Call(
            world=self._world,
            provider_uen=opened.caller.provider_uen,
            by_token=opened.caller.by == "bearer",
            path=found.groupdict(),
            query=request.query,
            body=opened.body,
        )
        try:
            return opened.operation.handler(call)
        except Refusal:
            raise
        except Exception as broken:
            log.exception("operation %s broke", opened.operation.name)
            raise Refusal(500, "Middleware error", at_the_door=True) from broken

    def _cipher_for_reply(self, opened: Opened, strike: Strike) -> PayloadCipher | None:
        if opened.caller is None:
            return None
        if strike.find(Kind.WRONG_KEY):
            return _stranger()
        return self._world.cipher_of(opened.caller.provider_uen)

    async def _suffer_outage(self, request: Request, entry: Entry) -> None:
        outage = self._world.faults.outage
        if not outage.on:
            return
        entry.faults.append("outage")
        if outage.how == "drop":
            await request.drop()
        if outage.how == "hang":
            await request.hang(outage.delay_s)
        raise Broken(FaultOrder(kind=Kind.ERROR_BEFORE, status=outage.status))

    async def _suffer_before(self, strike: Strike, request: Request, operation: Operation) -> None:
        if late := strike.find(Kind.LATENCY):
            await asyncio.sleep(late.delay_s)
        if strike.find(Kind.DROP_BEFORE):
            await request.drop()
        if hanging := strike.find(Kind.HANG_BEFORE):
            await request.hang(hanging.delay_s)
        if broken := strike.find(Kind.ERROR_BEFORE):
            raise Broken(broken)
        if limited := strike.find(Kind.RATE_LIMIT):
            raise too_many(limited.retry_after_s)
        if strike.find(Kind.UNAUTHORISED):
            raise Refusal(401, at_the_door=True)
        if strike.find(Kind.FORBIDDEN):
            raise Refusal(403, at_the_door=True)
        if strike.find(Kind.EXPIRED_VERSION):
            raise expired()
        if strike.find(Kind.WRONG_KEY) and operation.encrypted_request:
            raise undecryptable(self._world.switches)

    async def _suffer_after(self, strike: Strike, request: Request) -> None:
        if strike.find(Kind.DROP_AFTER):
            await request.drop()
        if hanging := strike.find(Kind.HANG_AFTER):
            await request.hang(hanging.delay_s)
        if broken := strike.find(Kind.ERROR_AFTER):
            raise Broken(broken)

    def _issue_token(self, request: Request, entry: Entry) -> Reply:
        entry.operation = "O1"
        self._world.store.count("calls.O1")
        try:
            granted = issue_token(
                self._world,
                method=request.method,
                authorization=request.header("authorization"),
                content_type=request.header("content-type"),
                body=request.body,
            )
        except TokenRefused as refused:
            return Reply(refused.status, json.dumps({"error": refused.code}).encode())
        return Reply(200, json.dumps(granted).encode(), headers=(("cache-control", "no-store"),))

    def _no_such_route(self, request: Request, entry: Entry) -> Reply:
        family = _family_of(request.path)
        refused = Refusal(405 if methods_of(request.path) else 404, at_the_door=True)
        entry.reply = refusal(refused, family)
        return _door_reply(refused, family)


def _family_of(path: str) -> Family:
    return Family.TPG if path.startswith("/tpg/") else Family.COURSES


def _stranger() -> PayloadCipher:
    """Encrypt with a key nobody has."""
    return PayloadCipher(secrets.token_bytes(KEY_BYTES))


def _door_reply(refused: Refusal, family: Family) -> Reply:
    return Reply(refused.status, plain_error(refusal(refused, family)), headers=tuple(refused.headers.items()))


def _broken_reply(order: FaultOrder, family: Family) -> Reply:
    if order.body == "html":
        return Reply(order.status, b"<html><body>Service temporarily unavailable</body></html>", "text/html")
    if order.body == "empty":
        return Reply(order.status, b"")
    return _door_reply(Refusal(order.status, at_the_door=True), family)


def _traced(reply: Reply, request: Request) -> Reply:
    if not (trace := request.header("traceparent")):
        return reply
    return Reply(reply.status, reply.body, reply.content_type, (*reply.headers, ("x-sim-trace", trace)))
