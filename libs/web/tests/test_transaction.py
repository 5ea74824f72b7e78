"""One request, one transaction, on a real Postgres: what commits, what does not, and what a repeated POST does."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from fastapi import Response
from fastapi.responses import StreamingResponse
from sqlalchemy import text

from libs.access.permissions import Permission, Role
from libs.contracts.access import AccessRefused
from libs.database import engine
from libs.errors import Conflict, Unauthenticated
from libs.servers.postgres import PostgresServer
from libs.web.body import Body
from libs.web.guard import Unguarded, allow, public
from libs.web.idempotency import forget_expired, without_idempotency
from libs.web.problems import refusal_response
from libs.web.routing import Router
from libs.web.schema import idempotency_v1
from libs.web.transaction import Uow

KEY = {"Idempotency-Key": "a-synthetic-key"}


class Wish(Body):
    name: str


class Gate:
    """Holds a route inside its transaction until the test says go."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.go = asyncio.Event()


@pytest.fixture
async def store(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """A database with the shop's schema: one table of things, and the kept answers."""
    name = f"web_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(postgres_server.url("postgres"))
    await admin.execute(f"create database {name}")
    url = postgres_server.url(name)
    connection = await asyncpg.connect(url)
    await connection.execute("create schema shop")
    await connection.execute("create table shop.thing (name text, unique (name) deferrable initially deferred)")
    for statement in idempotency_v1("shop"):
        await connection.execute(statement)
    await connection.close()
    yield url
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
async def shop(make_shop: Any, store: str) -> Any:
    return make_shop(store)


async def names(shop: Any) -> list[str]:
    async with shop.units.reading() as unit:
        rows = await unit.session.execute(text("select name from shop.thing order by name"))
        return [row.name for row in rows]


async def insert(uow: Uow, name: str) -> None:
    await uow.session.execute(text("insert into shop.thing values (:name)"), {"name": name})


def doors(gate: Gate | None = None) -> Router:
    router = Router(prefix="/api/v1/things", dependencies=[allow(Permission.USERS_WRITE)])

    @router.post("", status_code=201)
    async def make(uow: Uow, wish: Wish, response: Response) -> dict[str, str]:
        await insert(uow, wish.name)
        if gate is not None:
            gate.arrived.set()
            await gate.go.wait()
        if wish.name == "refused":
            raise Conflict("Not now.")
        uow.emit(AccessRefused(refusal_id=uow.new_id(), service="shop", permission="p", method="POST", route="r"))
        response.headers["Location"] = f"/api/v1/things/{wish.name}"
        return {"name": wish.name, "made": str(uow.new_id())}

    @router.post("/kept-refusal")
    async def kept_refusal(uow: Uow) -> Response:
        await insert(uow, "failed attempt")
        return refusal_response(Unauthenticated("Wrong password."))

    @router.post("/stream")
    async def stream(uow: Uow) -> StreamingResponse:
        await insert(uow, "streamed")
        return StreamingResponse(iter([b"a", b"b"]))

    @router.post("/forgetful")
    @without_idempotency("its answer holds a token")
    async def forgetful(uow: Uow) -> dict[str, str]:
        return {"token": str(uow.new_id())}

    @router.get("")
    async def look(uow: Uow) -> dict[str, str]:
        await insert(uow, "by reading")
        return {}

    @router.get("/noisy")
    async def noisy(uow: Uow) -> dict[str, str]:
        uow.emit(AccessRefused(refusal_id=uow.new_id(), service="shop", permission="p", method="GET", route="r"))
        return {}

    return router


async def test_state_and_event_commit_before_the_answer_leaves(shop: Any) -> None:
    async with shop.client(doors()) as client:
        made = await client.post("/api/v1/things", json={"name": "chair"})
    assert made.status_code == 201
    assert await names(shop) == ["chair"]
    assert len(shop.told) == 1


async def test_a_raised_refusal_leaves_nothing_behind(shop: Any) -> None:
    async with shop.client(doors()) as client:
        refused = await client.post("/api/v1/things", json={"name": "refused"}, headers=KEY)
        again = await client.post("/api/v1/things", json={"name": "chair"}, headers=KEY)
    assert (refused.status_code, again.status_code) == (409, 201)
    assert await names(shop) == ["chair"]


async def test_a_returned_refusal_commits(shop: Any) -> None:
    async with shop.client(doors()) as client:
        refused = await client.post("/api/v1/things/kept-refusal")
    assert refused.status_code == 401
    assert await names(shop) == ["failed attempt"]


async def test_a_commit_that_fails_is_not_answered_as_success(shop: Any) -> None:
    async with shop.client(doors()) as client:
        await client.post("/api/v1/things", json={"name": "chair"})
        failed = await client.post("/api/v1/things", json={"name": "chair"})
    assert failed.status_code == 500
    assert len(shop.told) == 2, "the event was written in the transaction that then rolled back"
    assert "chair" not in failed.text


async def test_a_question_changes_nothing_and_may_not_emit(shop: Any) -> None:
    async with shop.client(doors()) as client:
        answered = await client.get("/api/v1/things")
        noisy = await client.get("/api/v1/things/noisy")
    assert (answered.status_code, noisy.status_code) == (200, 500)
    assert await names(shop) == []


async def test_a_database_that_is_away_is_503_with_retry_after(make_shop: Any) -> None:
    shop = make_shop("postgresql://nobody@127.0.0.1:1/none")
    async with shop.client(doors()) as client:
        away = await client.get("/api/v1/things")
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    assert int(away.headers["retry-after"]) >= 1


async def test_a_database_that_lets_nobody_in_is_503_as_well(make_shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a server that takes connections and says nothing, as one with too much to do."""
    monkeypatch.setattr(engine, "CONNECT_TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        shop = make_shop(f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
        async with shop.client(doors()) as client:
            away = await client.get("/api/v1/things")
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")


async def test_a_repeated_post_gets_the_first_answer_and_changes_nothing(shop: Any) -> None:
    async with shop.client(doors()) as client:
        first = await client.post("/api/v1/things", json={"name": "chair"}, headers=KEY)
        second = await client.post("/api/v1/things", json={"name": "chair"}, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"] == "/api/v1/things/chair"
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["x-correlation-id"] != first.headers["x-correlation-id"]
    assert await names(shop) == ["chair"]
    assert len(shop.told) == 1


async def test_the_same_key_with_another_body_is_422(shop: Any) -> None:
    async with shop.client(doors()) as client:
        await client.post("/api/v1/things", json={"name": "chair"}, headers=KEY)
        other = await client.post("/api/v1/things", json={"name": "table"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await names(shop) == ["chair"]


async def test_a_key_belongs_to_one_caller_and_one_path(shop: Any) -> None:
    async with shop.client(doors()) as first, shop.client(doors()) as second:
        mine = await first.post("/api/v1/things", json={"name": "chair"}, headers=KEY)
        elsewhere = await first.post("/api/v1/things/kept-refusal", headers=KEY)
        yours = await second.post("/api/v1/things", json={"name": "table"}, headers=KEY)
    assert [mine.status_code, elsewhere.status_code, yours.status_code] == [201, 401, 201]
    assert await names(shop) == ["chair", "failed attempt", "table"]


async def test_who_lost_the_permission_does_not_get_the_kept_answer(shop: Any) -> None:
    subject = shop.ids.new()
    allowed = {"Authorization": f"Bearer {shop.verifier.issue(Role.ADMIN, subject=subject)}", **KEY}
    demoted = {"Authorization": f"Bearer {shop.verifier.issue(Role.TRAINER, subject=subject)}", **KEY}
    async with shop.client(doors(), roles=[]) as client:
        made = await client.post("/api/v1/things", json={"name": "chair"}, headers=allowed)
        refused = await client.post("/api/v1/things", json={"name": "chair"}, headers=demoted)
    assert (made.status_code, refused.status_code) == (201, 403)


async def test_after_24_hours_the_key_is_new_again(shop: Any) -> None:
    async with shop.client(doors()) as client:
        await client.post("/api/v1/things", json={"name": "chair"}, headers=KEY)
        shop.clock.advance(timedelta(hours=24))
        later = await client.post("/api/v1/things", json={"name": "table"}, headers=KEY)
    assert later.status_code == 201
    assert await names(shop) == ["chair", "table"]


async def test_of_two_at_once_the_second_waits_and_gets_the_first_answer(shop: Any) -> None:
    gate = Gate()
    async with shop.client(doors(gate)) as client:
        posts = [asyncio.create_task(client.post("/api/v1/things", json={"name": "chair"}, headers=KEY))]
        await gate.arrived.wait()
        posts.append(asyncio.create_task(client.post("/api/v1/things", json={"name": "chair"}, headers=KEY)))
        await _until_one_waits_for_the_other(shop)
        gate.go.set()
        first, second = await asyncio.gather(*posts)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert await names(shop) == ["chair"]


async def test_when_the_first_of_two_fails_the_second_does_the_work(shop: Any) -> None:
    gate = Gate()
    async with shop.client(doors(gate)) as client:
        posts = [asyncio.create_task(client.post("/api/v1/things", json={"name": "refused"}, headers=KEY))]
        await gate.arrived.wait()
        posts.append(asyncio.create_task(client.post("/api/v1/things", json={"name": "chair"}, headers=KEY)))
        await _until_one_waits_for_the_other(shop)
        gate.go.set()
        first, second = await asyncio.gather(*posts)
    assert (first.status_code, second.status_code) == (409, 201)
    assert await names(shop) == ["chair"]


async def _until_one_waits_for_the_other(shop: Any) -> None:
    waiting = text(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(5), shop.units.reading() as unit:
        while (await unit.session.execute(waiting)).scalar_one() == 0:
            await unit.session.rollback()
            await asyncio.sleep(0.01)


async def test_the_kept_answer_is_not_readable_in_the_table(shop: Any) -> None:
    async with shop.client(doors()) as client:
        await client.post("/api/v1/things", json={"name": "chair"}, headers=KEY)
    async with shop.units.reading() as unit:
        row = (await unit.session.execute(text("select place, asked, answer from shop.idempotency"))).one()
    assert b"chair" not in bytes(row.answer) + bytes(row.place) + bytes(row.asked)


async def test_a_streamed_answer_is_not_kept(shop: Any) -> None:
    async with shop.client(doors()) as client:
        streamed = await client.post("/api/v1/things/stream", headers=KEY)
    assert streamed.text == "ab"
    async with shop.units.reading() as unit:
        assert (await unit.session.execute(text("select count(*) from shop.idempotency"))).scalar_one() == 0


async def test_a_route_that_opted_out_answers_anew(shop: Any) -> None:
    async with shop.client(doors()) as client:
        first = await client.post("/api/v1/things/forgetful", headers=KEY)
        second = await client.post("/api/v1/things/forgetful", headers=KEY)
    assert first.json() != second.json()


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "ümlaut"])
async def test_a_key_that_cannot_be_one_is_422(shop: Any, key: str) -> None:
    async with shop.client(doors()) as client:
        refused = await client.post(
            "/api/v1/things", json={"name": "chair"}, headers=[("Idempotency-Key", key.encode())]
        )
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


async def test_keys_whose_time_is_over_are_forgotten(shop: Any) -> None:
    async with shop.client(doors()) as client:
        for number in range(3):
            key = {"Idempotency-Key": str(number)}
            await client.post("/api/v1/things", json={"name": str(number)}, headers=key)
    shop.clock.advance(timedelta(hours=24))
    async with shop.units.begin() as unit:
        assert await forget_expired(unit, "shop", limit=2) == 2
    async with shop.units.begin() as unit:
        assert await forget_expired(unit, "shop", limit=2) == 1


def test_a_public_post_must_say_why_it_keeps_no_answers(shop: Any) -> None:
    router = Router()

    @router.post("/open", dependencies=[public("anyone may")])
    async def anyone() -> None: ...

    with pytest.raises(Unguarded, match="POST /open"):
        shop.app(router)
