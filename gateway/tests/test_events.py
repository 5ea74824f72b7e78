"""Events at the gateway: a stream for people that is filtered, bounded and resumes, and a feed for other systems."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from aiohttp import web

from gateway.events.listener import MOST_WAITING, Batch, Listener, Notice
from gateway.events.positions import read_positions
from gateway.tests.conftest import House, MakeHouse, Service
from libs.access.permissions import Role
from libs.access.principal import Principal
from libs.contracts.catalogue import all_events, schema_of
from libs.contracts.examples import example_of

EVENTS, FEED = "/api/v1/events", "/api/v1/events/feed"
MINE, OTHERS = UUID(int=41), UUID(int=42)
CLIENT = UUID(int=77)


def event(number: int, *, kind: str = "run", record: UUID = MINE, **data: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "type": f"sg.tms.{kind}.changed.v1",
        "aggtype": kind,
        "aggid": str(record),
        "aggseq": number,
        "time": f"2026-03-02T01:00:{number % 60:02}Z",
        "correlationid": str(UUID(int=9)),
        "data": {"secretive": "only for the feed", **data},
    }


class Log:
    """A service with a log: its cursor is how many events have been read, after the letter of its epoch."""

    def __init__(self, service: Service) -> None:
        self.events: list[dict[str, Any]] = []
        self.epoch = "a"
        self.tokens: set[str] = set()
        self.asked: list[str] = []
        self.paths: set[str] = set()
        self.types: set[str | None] = set()
        self.read_to = 0
        self.service = service
        service.handler = self.answer

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.tokens.add(request.headers.get("Authorization", ""))
        if request.path.startswith("/api/v1/course-runs/"):
            self.asked.append(request.path)
            return web.json_response({}, status=200 if request.path.endswith(str(MINE)) else 404)
        self.paths.add(request.path)
        self.types.add(request.query.get("types"))
        if request.query.get("at_head"):
            return self.page([], len(self.events), caught_up=True)
        after = request.query.get("after", f"{self.epoch}0")
        if after[0] != self.epoch:
            return web.json_response({"code": "feed_epoch", "detail": "Restored."}, status=410)
        start, limit = int(after[1:]), int(request.query["limit"])
        found = self.events[start : start + limit]
        self.read_to = max(self.read_to, start + len(found))
        return self.page(found, start + len(found), caught_up=len(found) < limit)

    def page(self, events: list[dict[str, Any]], place: int, *, caught_up: bool) -> web.Response:
        told = {"events": events, "next": f"{self.epoch}{place}", "caught_up": caught_up, "head_lag_s": 0}
        return web.json_response(told)


class Scene:
    """The gateway between two logs, with credentials of its own."""

    def __init__(self, house: House, course: Log, enrolment: Log) -> None:
        self.house, self.course, self.enrolment = house, course, enrolment

    def listen(self, *roles: str, last: str | None = None, **claims: Any) -> Any:
        token = self.house.mint.token(roles=list(roles or ("ops",)), **claims)
        headers = {"Last-Event-ID": last} if last else {}
        return self.house.ask("GET", EVENTS, token=token, headers=headers)

    async def feed(self, query: str = "", **claims: Any) -> tuple[int, dict[str, Any]]:
        token = self.house.mint.token(**{"roles": ["service"], "scope": "events:feed", **claims})
        async with self.house.ask("GET", f"{FEED}{query}", token=token) as response:
            return response.status, await response.json()


async def lines(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, str]]:
    """The stream's blocks: comments under an empty name."""
    block: dict[str, str] = {}
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            block[name] = value
        elif block:
            yield block
            block = {}


async def heard(response: aiohttp.ClientResponse, count: int) -> list[dict[str, str]]:
    """The next blocks that are events."""
    found: list[dict[str, str]] = []
    async with asyncio.timeout(10):
        async for block in lines(response):
            if "event" in block:
                found.append(block)
                if len(found) == count:
                    return found
    return found


def ids(blocks: list[dict[str, str]]) -> list[str]:
    return [json.loads(block["data"])["id"] for block in blocks]


@pytest.fixture
async def scene(make_house: MakeHouse) -> AsyncIterator[Scene]:
    course, enrolment = Service(), Service()
    for service in (course, enrolment):
        await service.start()
    house = await make_house(
        peers={"course": course.url, "enrolment": enrolment.url},
        client_id=CLIENT,
        client_secret="synthetic-client-secret",
        events_poll="PT0.02S",
        events_heartbeat="PT0.15S",
    )
    keys = house.auth.handler

    async def sign(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/token"):
            return web.json_response({"access_token": "the-gateway-s-own", "expires_in": 600})
        return await keys(request)

    house.auth.handler = sign
    yield Scene(house, Log(course), Log(enrolment))
    await course.stop()
    await enrolment.stop()


async def test_listeners_hear_what_is_said_from_now_on_and_only_that_it_was_said(scene: Scene) -> None:
    scene.course.events.append(event(1))
    async with scene.listen() as first, scene.listen("admin") as second:
        assert (first.status, first.content_type) == (200, "text/event-stream")
        assert first.headers["Cache-Control"] == "no-store"
        scene.course.events.append(event(2))
        [block] = await heard(first, 1)
        assert ids([block]) == ids(await heard(second, 1)) == [scene.course.events[1]["id"]]
    assert block["event"] == "run.changed"
    told = json.loads(block["data"])
    assert (told["service"], told["aggid"], told["aggseq"]) == ("course", str(MINE), 2)
    assert "secretive" not in block["data"]
    assert scene.course.tokens == {"Bearer the-gateway-s-own"}


async def test_a_role_hears_only_of_what_it_may_look_at(scene: Scene) -> None:
    async with scene.listen("finance") as finance, scene.listen("sre") as sre:
        scene.enrolment.events += [event(1, kind="trainee"), event(2, kind="attendance"), event(3, kind="operation")]
        scene.enrolment.events += [event(4, kind="never_declared"), event(5)]
        assert [json.loads(block["data"])["aggseq"] for block in await heard(finance, 2)] == [1, 5]
        assert [json.loads(block["data"])["aggseq"] for block in await heard(sre, 2)] == [3, 5]


async def test_a_trainer_hears_of_their_own_runs_as_the_course_service_says(scene: Scene) -> None:
    async with scene.listen("trainer") as trainer:
        scene.enrolment.events += [
            event(1, kind="enrolment", record=uuid4(), enrolment={"run_id": str(OTHERS)}),
            event(2, kind="enrolment", record=uuid4(), enrolment={"run_id": str(MINE)}),
            event(3, kind="trainee", record=uuid4()),
            event(4, record=OTHERS),
            event(5, record=MINE),
        ]
        assert [json.loads(block["data"])["aggseq"] for block in await heard(trainer, 2)] == [2, 5]
    assert sorted(scene.course.asked) == [f"/api/v1/course-runs/{run}" for run in (MINE, OTHERS)]


def named_runs(value: Any) -> set[str]:
    """Every run that is named anywhere in it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = {str(value["run_id"])} if isinstance(value, dict) and value.get("run_id") else set()
    return found.union(*map(named_runs, inner))


@pytest.mark.parametrize("kind", sorted({event.type.partition(".")[0] for event in all_events().values()}))
def test_an_event_that_names_a_run_is_told_to_who_teaches_it(kind: str) -> None:
    """Real events, as services speak them: most name their run within the fact, not beside it."""
    for spoken in all_events().values():
        if spoken.type.partition(".")[0] == kind:
            told = example_of(spoken, schema_of(spoken), "course")
            about = Notice.of("course", told).run_id
            assert {about} - {None} == named_runs(told["data"]), spoken.type


async def test_who_was_away_resumes_where_they_stopped_also_at_another_gateway(
    scene: Scene, make_house: MakeHouse
) -> None:
    async with scene.listen() as before:
        scene.course.events += [event(1), event(2)]
        last = (await heard(before, 2))[-1]["id"]
    assert read_positions(last)["course"] == "a2"
    scene.course.events += [event(3), event(4)]
    scene.enrolment.events += [event(5)]
    await scene.house.hub.close()
    other = await make_house(
        peers={"course": scene.course.service.url, "enrolment": scene.enrolment.service.url},
        client_id=CLIENT,
        client_secret="synthetic-client-secret",
        events_poll="PT0.02S",
    )
    other.auth.handler = scene.house.auth.handler
    other.mint.key = scene.house.mint.key
    again = Scene(other, scene.course, scene.enrolment)
    async with again.listen(last=last) as after:
        missed = await heard(after, 3)
        scene.course.events += [event(6)]
        [live] = await heard(after, 1)
    assert sorted(json.loads(block["data"])["aggseq"] for block in missed) == [3, 4, 5]
    assert json.loads(live["data"])["aggseq"] == 6
    assert read_positions(live["id"]) == {"course": "a5", "enrolment": "a1"}


async def test_silence_is_filled_with_heartbeats(scene: Scene) -> None:
    async with scene.listen() as response, asyncio.timeout(10):
        blocks = lines(response)
        opening = await anext(blocks)
        assert opening["retry"] == "3000"
        assert [list((await anext(blocks)).values()) for _ in range(3)] == [["beat"]] * 3


async def test_a_stream_ends_with_the_token_it_was_opened_with(scene: Scene) -> None:
    async with scene.listen() as response:
        scene.house.clock.advance(timedelta(minutes=11))
        [last] = await heard(response, 5)
        assert (last["event"], await response.content.read()) == ("signed_out", b"")


async def test_a_log_that_is_away_holds_nobody_up_and_a_restored_one_is_told(scene: Scene) -> None:
    async with scene.listen() as response:
        await scene.enrolment.service.stop()
        scene.course.events.append(event(1))
        assert len(await heard(response, 1)) == 1
        scene.course.epoch = "b"
        [reset] = await heard(response, 1)
        assert (reset["event"], json.loads(reset["data"])) == ("reset", {"service": "course"})
        scene.course.events.append(event(2))
        [block] = await heard(response, 1)
        assert read_positions(block["id"])["course"] == "b2"


async def test_one_reader_serves_all_and_rests_when_nobody_listens(scene: Scene) -> None:
    async with scene.listen(), scene.listen(), scene.listen():
        await until(lambda: scene.house.hub.listeners == 3)
    await until(lambda: scene.house.hub.listeners == 0)


async def test_a_slow_reader_is_let_go_and_holds_nobody_up(scene: Scene) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", scene.house.port, limit=1024)
    token = scene.house.mint.token()
    writer.write(f"GET {EVENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    await until(lambda: scene.house.hub.listeners == 1)
    async with scene.listen() as quick:
        listening = asyncio.create_task(heard(quick, 20_000))
        for number in range(200):
            scene.course.events += [event(number) for _ in range(100)]
            await until(lambda: scene.course.read_to == len(scene.course.events))
            if scene.house.hub.listeners == 1:
                break
        assert scene.house.hub.listeners == 1
        assert not listening.done()
        listening.cancel()
    writer.close()


def test_what_waits_for_a_reader_is_bounded_and_what_nobody_hears_costs_nothing() -> None:
    listener = Listener(Principal(UUID(int=1), frozenset({Role.SRE})), {"course": "a0"})
    unheard = [Notice.of("course", event(1, kind="trainee"))]
    for number in range(3 * MOST_WAITING):
        listener.offer(Batch("course", unheard, f"a{number}"))
    assert not listener.overrun.is_set()
    assert listener.positions["course"] == f"a{3 * MOST_WAITING - 1}"
    for number in range(MOST_WAITING):
        listener.offer(Batch("course", [Notice.of("course", event(1))], f"b{number}"))
    assert listener.overrun.is_set()
    assert listener.positions["course"] == f"a{3 * MOST_WAITING - 1}"


async def test_nobody_opens_streams_without_end_or_without_leave(scene: Scene, make_house: MakeHouse) -> None:
    for token in (None, scene.house.mint.token(roles=["service"])):
        async with scene.house.ask("GET", EVENTS, token=token) as response:
            assert response.status == (401 if token is None else 403)
    async with scene.house.ask("GET", EVENTS, headers={"Last-Event-ID": "nonsense"}) as response:
        assert (response.status, (await response.json())["code"]) == (422, "wrong_cursor")
    opened = [await scene.listen() for _ in range(10)]
    async with scene.listen() as response:
        assert response.status == 429
    for stream in opened:
        stream.close()
    bare = await make_house()
    async with bare.ask("GET", EVENTS) as response:
        assert response.status == 503


async def test_streams_end_when_the_gateway_stops(scene: Scene) -> None:
    async with scene.listen() as response:
        scene.house.hub.end()
        async with asyncio.timeout(5):
            await response.content.read()


async def test_the_feed_reads_every_log_with_the_caller_s_own_token_and_goes_on_where_it_was(scene: Scene) -> None:
    scene.course.events += [event(number) for number in range(25)]
    scene.enrolment.events += [event(number) for number in range(3)]
    seen, cursor = [], ""
    for _ in range(20):
        status, page = await scene.feed(f"?limit=10{cursor}")
        assert status == 200
        assert len(page["events"]) <= 10
        seen += [told["id"] for told in page["events"]]
        cursor = f"&cursor={page['next_cursor']}"
        if page["caught_up"]:
            break
    assert sorted(seen) == sorted(told["id"] for told in scene.course.events + scene.enrolment.events)
    scene.enrolment.events.append(event(9))
    _, page = await scene.feed(f"?limit=10{cursor}")
    assert page["events"] == [scene.enrolment.events[-1]]
    assert all(token.startswith("Bearer ey") for token in scene.course.tokens)


async def test_the_feed_names_a_service_that_is_away_and_loses_nothing_of_it(scene: Scene) -> None:
    scene.enrolment.events.append(event(1))
    await scene.enrolment.service.stop()
    _, page = await scene.feed()
    named = {source["service"]: source["ok"] for source in page["sources"]}
    assert (page["events"], named) == ([], {"course": True, "enrolment": False})
    assert (await scene.feed("?at_head=true"))[0] == 503
    await scene.enrolment.service.start(int(scene.enrolment.service.url.rpartition(":")[2]))
    _, page = await scene.feed(f"?cursor={page['next_cursor']}")
    assert page["events"] == scene.enrolment.events
    await scene.enrolment.service.stop()
    await scene.course.service.stop()
    assert (await scene.feed())[0] == 503


async def test_a_restored_log_is_410_with_the_cursor_to_go_on_with(scene: Scene) -> None:
    scene.course.events += [event(1), event(2)]
    scene.enrolment.events += [event(3)]
    _, page = await scene.feed()
    scene.course.epoch = "b"
    scene.enrolment.events += [event(4)]
    status, gone = await scene.feed(f"?cursor={page['next_cursor']}")
    assert (status, gone["code"], gone["service"]) == (410, "feed_epoch", "course")
    _, page = await scene.feed(f"?cursor={gone['next_cursor']}")
    assert sorted(told["aggseq"] for told in page["events"]) == [1, 2, 4]


async def test_the_feed_is_for_clients_with_its_scope_and_starts_at_the_head_when_asked(scene: Scene) -> None:
    scene.course.events.append(event(1))
    for claims in ({"scope": "runs:view"}, {"roles": ["admin"]}):
        assert (await scene.feed(**claims))[0] == 403
    _, page = await scene.feed("?at_head=true")
    scene.course.events.append(event(2))
    _, page = await scene.feed(f"?cursor={page['next_cursor']}")
    assert [told["aggseq"] for told in page["events"]] == [2]
    assert (await scene.feed("?cursor=WzFd"))[1]["code"] == "wrong_cursor"


async def test_a_subscriber_reads_the_feed_as_far_as_its_scopes_reach(scene: Scene) -> None:
    """
    Given a client with one area, when it reads the feed,
    then only services that say anything of that area are asked, and only for what they tell outside.
    """
    scene.enrolment.events.append(event(1, kind="sync"))
    status, page = await scene.feed(scope="events:subscribe events:attendance")
    assert (status, page["sources"], page["caught_up"]) == (200, [], True)
    status, page = await scene.feed(scope="events:subscribe events:enrolments")
    assert [source["service"] for source in page["sources"]] == ["enrolment"]
    assert page["events"] == scene.enrolment.events
    assert (scene.enrolment.paths, scene.course.paths) == ({"/internal/v1/events/told"}, set())
    assert scene.enrolment.types == {None}


async def test_what_a_subscriber_may_not_hear_cannot_be_asked_for(scene: Scene) -> None:
    status, page = await scene.feed("?types=run,venue", scope="events:subscribe events:courses")
    assert (status, [source["service"] for source in page["sources"]]) == (200, ["course"])
    assert scene.course.types == {"run,venue"}
    for scope in ("events:subscribe events:courses", "events:subscribe"):
        status, problem = await scene.feed("?types=run,user", scope=scope)
        assert (status, problem["code"]) == (403, "forbidden"), scope
    assert (await scene.feed(scope="events:courses"))[0] == 403
    status, page = await scene.feed(scope="events:subscribe")
    assert (status, page["events"], page["sources"]) == (200, [], [])


async def until(condition: Any, within_s: float = 10) -> None:
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.005)
