"""One list of what is dead anywhere: merged, paged, judged by the services, with every missing part named."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from gateway.tests.conftest import House, MakeHouse, Service

LETTERS = "/api/v1/dead-letters"
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
REASON = "the synthetic fault is mended"
NEXT = "2026-03-02T05:00:00Z"
BROKEN = "course|run.published.v1|Broken|handlers.py:note"


def letter(number: int, *, source: str = "inbox", fingerprint: str = BROKEN) -> dict[str, Any]:
    """What a service says of one dead message; a higher number is younger."""
    return {
        "source": source,
        "letter_id": str(number) if source == "broker" else str(UUID(int=number)),
        "handler": "course",
        "event_id": str(UUID(int=number)),
        "type": "run.published.v1",
        "aggtype": "run",
        "aggid": str(UUID(int=7)),
        "aggseq": number,
        "reason": "error",
        "error": "Broken",
        "fingerprint": fingerprint,
        "attempts": 7,
        "crashes": 0,
        "series": 1,
        "standing": "dead",
        "next_at": None,
        "waiting_behind": 2,
        "first_at": (START + timedelta(seconds=number)).isoformat(),
        "last_at": (START + timedelta(seconds=number, hours=1)).isoformat(),
        "correlation_id": str(UUID(int=99)),
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "actions": ["discard"] if source == "broker" else ["replay", "discard"],
    }


def job(number: int, *, state: str = "rejected") -> dict[str, Any]:
    """What tpg-sync says of one job."""
    at = (START + timedelta(seconds=number)).isoformat()
    return {
        "id": str(UUID(int=number)),
        "state": state,
        "kind": "enrolment.create",
        "record_type": "enrolment",
        "record_id": str(UUID(int=number)),
        "tries": 3,
        "series": 1,
        "error_class": "refused",
        "error_code": "TGS-9|x",
        "hints": [{"field": "fees", "code": "wrong", "message": "Synthetic.", "fix": "Mend it."}],
        "correlation_id": str(UUID(int=98)),
        "trace_id": None,
        "next_try_at": NEXT if state == "retry_wait" else None,
        "created_at": at,
        "updated_at": at,
        "finished_at": at,
    }


def lowered(request: web.Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


class Keeper:
    """A service with dead letters: pages by the cursor of the item before, as libs do it."""

    def __init__(self, service: Service, letters: list[dict[str, Any]], jobs: Sequence[dict[str, Any]] = ()) -> None:
        self.letters = sorted(letters, key=lambda item: item["first_at"], reverse=True)
        self.jobs = sorted(jobs, key=lambda item: item["created_at"], reverse=True)
        self.asked: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []
        self.refuses = False
        self.service = service
        service.handler = self.answer

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else {}
        self.asked.append((request.method, request.path, body, {**lowered(request), **request.query}))
        if self.refuses:
            return web.json_response({"code": "forbidden", "detail": "no"}, status=403)
        if request.method == "POST":
            return self.decide(request, body)
        if request.path == "/ops/dead-letters":
            standing = request.query.get("standing")
            letters = [item for item in self.letters if standing in {None, item["standing"]}]
            return self.page(request, letters, lambda item: [item["first_at"], item["source"], item["letter_id"]])
        if request.path == "/api/v1/sync/jobs":
            wanted = [item for item in self.jobs if item["state"] == request.query.get("state", item["state"])]
            return self.page(request, wanted, lambda item: [item["id"]])
        return self.one(request)

    def page(self, request: web.Request, items: list[dict[str, Any]], key: Any) -> web.Response:
        from libs.web.cursors import read_cursor, write_cursor

        limit, cursor = int(request.query["limit"]), request.query.get("cursor")
        if cursor is not None:
            keys = [key(item) for item in items]
            items = items[keys.index(read_cursor(cursor)) + 1 :]
        more = len(items) > limit
        following = write_cursor(tuple(key(items[limit - 1]))) if more else None
        return web.json_response({"items": items[:limit], "next_cursor": following})

    def one(self, request: web.Request) -> web.Response:
        if request.path.startswith("/api/v1/sync/jobs/") and not request.path.endswith(("groups", "requeued")):
            found = next((item for item in self.jobs if request.path.endswith(item["id"])), None)
            if found is None:
                return web.json_response({"code": "not_found", "detail": "No."}, status=404)
            return web.json_response({**found, "attempts": [{"number": 1}]}, headers={"ETag": '"4"'})
        at = START.isoformat()
        told: dict[str, Any] = {
            "/ops/dead-letters/groups": self.groups,
            "/api/v1/sync/jobs/groups": self.job_groups,
            "/ops/dead-letters/replays": [
                {"fingerprint": BROKEN, "waiting": 3, "trying": 1, "failed_again": 2, "next_at": at, "last_at": at}
            ],
            "/api/v1/sync/jobs/requeued": [
                {"kind": "run.publish", "waiting": 2, "trying": 1, "failed_again": 0, "next_at": at, "last_at": at}
            ],
            "/ops/messaging/summary": {"outbox_pending": 4, "paused": False},
        }
        first: dict[str, Any] = {
            "letter": next(iter(self.letters), None),
            "event": {"data": {}},
            "size": 3,
            "sha256": "00",
        }
        return web.json_response(told.get(request.path, first))

    @property
    def groups(self) -> list[dict[str, Any]]:
        by_fingerprint: dict[str, list[dict[str, Any]]] = {}
        for item in self.letters:
            by_fingerprint.setdefault(item["fingerprint"] + item["source"], []).append(item)
        return [
            {
                "fingerprint": items[0]["fingerprint"],
                "source": items[0]["source"],
                "count": len(items),
                "first_at": items[-1]["first_at"],
                "last_at": items[0]["last_at"],
                "example": "Broken",
                "failing": 0,
            }
            for items in by_fingerprint.values()
        ]

    @property
    def job_groups(self) -> list[dict[str, Any]]:
        if not self.jobs:
            return []
        alike = {name: self.jobs[0][name] for name in ("state", "kind", "error_class", "error_code")}
        at = self.jobs[0]["created_at"]
        return [{**alike, "count": len(self.jobs), "first_at": at, "last_at": at}]

    def decide(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        if request.path == "/api/v1/sync/jobs/requeue":
            return web.json_response({"matching": 4, "requeued": 0 if body["dry_run"] else 4, "dry_run": True})
        if request.path.startswith("/ops/dead-letters"):
            return web.json_response({"count": len(body.get("event_ids") or body.get("broker_ids") or [1])})
        return web.json_response({"paused": request.path.endswith("pause")})

    @property
    def posts(self) -> list[tuple[str, dict[str, Any]]]:
        return [(path, body) for method, path, body, _ in self.asked if method == "POST"]


class Scene:
    """The gateway between two services that have dead letters."""

    def __init__(self, house: House, course: Keeper, sync: Keeper) -> None:
        self.house, self.course, self.sync = house, course, sync

    async def ask(self, method: str, path: str, *roles: str, **options: Any) -> tuple[int, dict[str, Any]]:
        token = self.house.mint.token(roles=list(roles or ("admin",)))
        async with self.house.ask(method, path, token=token, **options) as response:
            return response.status, await response.json()


@pytest.fixture
async def scene(make_house: MakeHouse) -> AsyncIterator[Scene]:
    sync = Service()
    await sync.start()
    spare = Service()
    await spare.start()
    peers = {"course": spare.url, "tpg-sync": sync.url}
    house = await make_house(peers=peers)
    course = Keeper(spare, [letter(number) for number in (1, 4, 5, 8)] + [letter(6, source="broker")])
    waiting = [job(2), job(7), job(3, state="dead_lettered")]
    yield Scene(house, course, Keeper(sync, [], waiting))
    await sync.stop()
    await spare.stop()


async def test_everything_dead_is_one_list_newest_first_in_pages_of_any_size(scene: Scene) -> None:
    whole = (await scene.ask("GET", LETTERS))[1]
    assert [item["attempts"] for item in whole["items"]] == [7, 3, 7, 7, 7, 3, 3, 7]
    assert [item["first_at"] for item in whole["items"]] == sorted(
        (item["first_at"] for item in whole["items"]), reverse=True
    )
    assert whole["next_cursor"] is None
    for limit in (1, 2, 3, 7):
        seen, query = [], f"?limit={limit}"
        while True:
            page = (await scene.ask("GET", f"{LETTERS}{query}"))[1]
            assert len(page["items"]) <= limit
            seen += page["items"]
            if page["next_cursor"] is None:
                break
            query = f"?limit={limit}&cursor={page['next_cursor']}"
        assert seen == whole["items"]


async def test_a_letter_tells_where_it_lies_why_and_what_may_be_done(scene: Scene) -> None:
    items = (await scene.ask("GET", LETTERS))[1]["items"]
    message = next(item for item in items if item["kind"] == "inbox")
    stuck = next(item for item in items if item["kind"] == "sync")
    assert (message["service"], message["type"], message["waiting_behind"]) == ("course", "run.published.v1", 2)
    assert (message["actions"], message["trace_id"]) == (["replay", "discard"], "4bf92f3577b34da6a3ce929d0e0e4736")
    assert (stuck["service"], stuck["reason"], stuck["error"]) == ("tpg-sync", "refused", "TGS-9|x")
    assert (stuck["hints"][0]["fix"], stuck["actions"]) == ("Mend it.", ["replay", "discard"])
    status, detail = await scene.ask("GET", f"{LETTERS}/{stuck['id']}")
    assert (status, detail["calls"], detail["id"]) == (200, [{"number": 1}], stuck["id"])
    status, detail = await scene.ask("GET", f"{LETTERS}/{message['id']}")
    assert (status, detail["event"], detail["sha256"]) == (200, {"data": {}}, "00")
    for nothing in ("nonsense", "WzEsMl0", "W10"):
        assert (await scene.ask("GET", f"{LETTERS}/{nothing}"))[0] == 404


async def test_what_fails_so_far_is_on_the_list_with_its_tries_its_next_try_and_no_button(scene: Scene) -> None:
    """Given a message and a job that are tried again by themselves, then both are listed, apart from the dead."""
    again = {"standing": "failing", "next_at": NEXT, "attempts": 2, "actions": [], "reason": "came_back", "error": None}
    scene.course.letters = [{**letter(10), **again}, *scene.course.letters]
    scene.sync.jobs = [job(11, state="retry_wait"), *scene.sync.jobs]
    whole = (await scene.ask("GET", LETTERS))[1]
    newest = whole["items"][:2]
    assert [(item["kind"], item["standing"], item["next_at"], item["actions"]) for item in newest] == [
        ("sync", "failing", NEXT, []),
        ("inbox", "failing", NEXT, []),
    ]
    assert [item["attempts"] for item in newest] == [3, 2]
    assert {item["standing"] for item in whole["items"][2:]} == {"dead"}
    only = (await scene.ask("GET", f"{LETTERS}?standing=failing"))[1]["items"]
    assert only == newest
    assert len((await scene.ask("GET", f"{LETTERS}?standing=dead"))[1]["items"]) == 8
    assert (await scene.ask("GET", f"{LETTERS}/{newest[0]['id']}"))[0] == 200
    wish = {"ids": [newest[0]["id"]], "reason": REASON}
    assert (await scene.ask("POST", f"{LETTERS}/replay", json=wish))[0] == 409


async def test_every_letter_says_why_in_words(scene: Scene) -> None:
    told = {item["kind"]: item["words"] for item in (await scene.ask("GET", LETTERS))[1]["items"]}
    assert told == {
        "inbox": "Its handler failed: Broken.",
        "broker": "The broker gave it up: Broken.",
        "sync": "TPGateway refused it. Synthetic. Mend it.",
    }


@pytest.mark.parametrize(
    ("reason", "error", "words"),
    [
        ("crash", None, "The process died each time it was handled."),
        ("came_back", None, "It came back unacknowledged: who had it before died or lost the broker."),
        ("schema", "data does not fit its schema: run", "Its data does not fit the schema of its version: data does"),
        ("conflict", "Conflict: no.", "Its handler refused it: Conflict: no."),
    ],
)
async def test_each_reason_of_a_message_has_its_words(scene: Scene, reason: str, error: str | None, words: str) -> None:
    scene.course.letters = [{**letter(1), "reason": reason, "error": error}]
    [item] = [one for one in (await scene.ask("GET", LETTERS))[1]["items"] if one["kind"] == "inbox"]
    assert item["words"].startswith(words)


async def test_a_source_that_is_away_is_named_and_its_letters_come_when_it_is_back(scene: Scene) -> None:
    await scene.course.service.stop()
    status, page = await scene.ask("GET", f"{LETTERS}?limit=2")
    named = {(source["service"], source["what"]): source for source in page["sources"]}
    assert (status, len(page["items"])) == (200, 2)
    assert (named["tpg-sync", "sync_jobs"]["ok"], named["course", "messaging"]["ok"]) == (True, False)
    assert named["course", "messaging"]["error"]["code"] == "unavailable"
    await scene.course.service.start(int(scene.course.service.url.rpartition(":")[2]))
    rest = (await scene.ask("GET", f"{LETTERS}?limit=50&cursor={page['next_cursor']}"))[1]
    assert all(source["ok"] for source in rest["sources"])
    assert len(rest["items"]) == 6


async def test_when_nobody_can_be_asked_the_list_is_not_called_empty(scene: Scene) -> None:
    await scene.course.service.stop()
    await scene.sync.service.stop()
    assert (await scene.ask("GET", LETTERS))[0] == 503
    assert (await scene.ask("GET", f"{LETTERS}/groups"))[0] == 503


async def test_ops_sees_sync_jobs_and_is_told_what_is_left_out(scene: Scene) -> None:
    status, page = await scene.ask("GET", LETTERS, "ops")
    assert (status, {item["kind"] for item in page["items"]}) == (200, {"sync"})
    assert page["items"][0]["actions"] == ["replay"]
    assert [source["error"]["code"] for source in page["sources"] if not source["ok"]] == ["forbidden", "forbidden"]
    assert scene.course.asked == []


async def test_who_may_see_nothing_is_refused_and_the_attempt_is_on_record(scene: Scene) -> None:
    scene.sync.refuses = True
    for path in (LETTERS, f"{LETTERS}/groups", f"{LETTERS}/replays", "/api/v1/consumers"):
        assert (await scene.ask("GET", path, "trainer"))[0] == 403
    assert len(scene.sync.asked) == 4
    async with scene.house.ask("GET", LETTERS, token=None) as response:
        assert response.status == 401


async def test_the_caller_s_own_token_and_journey_go_with_every_question(scene: Scene) -> None:
    correlation = str(UUID(int=5))
    await scene.ask("GET", LETTERS, headers={"X-Correlation-Id": correlation})
    for _, _, _, told in scene.course.asked + scene.sync.asked:
        assert told["authorization"].startswith("Bearer ey")
        assert (told["x-correlation-id"], told["traceparent"][:3]) == (correlation, "00-")


async def test_what_failed_alike_is_counted_over_all_services(scene: Scene) -> None:
    scene.sync.letters = [letter(9)]
    _, told = await scene.ask("GET", f"{LETTERS}/groups")
    by_kind = {group["kind"]: group for group in told["items"]}
    assert (by_kind["inbox"]["count"], by_kind["inbox"]["services"]) == (5, ["course", "tpg-sync"])
    assert by_kind["inbox"]["first_at"] == "2026-03-02T01:00:01Z"
    assert by_kind["inbox"]["oldest_age_s"] == int((scene.house.clock.now() - START).total_seconds()) - 1
    assert (by_kind["sync"]["count"], by_kind["sync"]["failing"]) == (3, 0)
    assert by_kind["sync"]["fingerprint"] == "sync|rejected|enrolment.create|refused|TGS-9|x"
    page = (await scene.ask("GET", f"{LETTERS}?fingerprint={by_kind['sync']['fingerprint']}"))[1]
    asked = scene.sync.asked[-1][3]
    assert (asked["state"], asked["kind"], asked["error_code"]) == ("rejected", "enrolment.create", "TGS-9|x")
    assert {item["kind"] for item in page["items"]} == {"sync"}


async def test_named_letters_are_replayed_where_they_lie(scene: Scene) -> None:
    items = (await scene.ask("GET", LETTERS))[1]["items"]
    chosen = [item["id"] for item in items if item["kind"] != "broker"]
    wish = {"ids": chosen, "reason": REASON, "rate_per_s": 5}
    status, told = await scene.ask("POST", f"{LETTERS}/replay", json=wish, headers={"Idempotency-Key": "k"})
    assert (status, told["count"], told["progress"]) == (200, 7, f"{LETTERS}/replays")
    [(path, body)] = scene.course.posts
    assert (path, body["source"], len(body["event_ids"]), body["rate_per_s"]) == (
        "/ops/dead-letters/replay",
        "inbox",
        4,
        5,
    )
    assert body["reason"] == REASON
    assert {path for path, _ in scene.sync.posts} == {f"/api/v1/sync/jobs/{UUID(int=n)}/requeue" for n in (2, 3, 7)}
    posted = [told for method, _, _, told in scene.sync.asked if method == "POST"]
    assert {told["if-match"] for told in posted} == {'"4"'}
    assert len({told["idempotency-key"] for told in posted}) == 3


async def test_a_dry_run_changes_nothing(scene: Scene) -> None:
    items = (await scene.ask("GET", LETTERS, "ops"))[1]["items"]
    wish = {"ids": [item["id"] for item in items], "dry_run": True, "reason": REASON}
    status, told = await scene.ask("POST", f"{LETTERS}/replay", "ops", json=wish)
    assert (status, told["count"], told["progress"], scene.sync.posts) == (200, 3, None, [])


async def test_what_cannot_be_done_is_said_before_anything_is_done(scene: Scene) -> None:
    items = (await scene.ask("GET", LETTERS))[1]["items"]
    broker = next(item["id"] for item in items if item["kind"] == "broker")
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("replay", {"ids": [broker, *(item["id"] for item in items)]}),
        ("replay", {}),
        ("replay", {"ids": [broker], "fingerprint": BROKEN}),
        ("replay", {"fingerprint": BROKEN, "service": "nobody"}),
        ("discard", {"fingerprint": "sync|rejected|enrolment.create|refused|TGS-9"}),
    ]
    for act, wish in wishes:
        status, told = await scene.ask("POST", f"{LETTERS}/{act}", json={**wish, "reason": REASON})
        assert (status, told["errors"][0]["code"]) == (422, "not_possible"), wish
    status, told = await scene.ask("POST", f"{LETTERS}/replay", json={"ids": [broker]})
    assert (status, told["errors"][0]["field"]) == (422, "reason")
    status, told = await scene.ask("POST", f"{LETTERS}/replay", data=b"{")
    assert status == 422
    assert scene.course.posts == scene.sync.posts == []


async def test_a_fingerprint_goes_to_whom_it_concerns(scene: Scene) -> None:
    wish = {"fingerprint": BROKEN, "reason": REASON}
    assert (await scene.ask("POST", f"{LETTERS}/replay", json=wish))[0] == 200
    assert (len(scene.course.posts), len(scene.sync.posts)) == (1, 0)
    wish = {"fingerprint": "sync|rejected|enrolment.create|refused|TGS-9|x", "reason": REASON}
    assert (await scene.ask("POST", f"{LETTERS}/replay", "ops", json=wish))[1]["count"] == 4
    [(path, body)] = scene.sync.posts
    assert path == "/api/v1/sync/jobs/requeue"
    assert body["filter"] == {
        "state": "rejected",
        "kind": "enrolment.create",
        "error_class": "refused",
        "error_code": "TGS-9|x",
    }
    wish = {"fingerprint": "broker|expired", "reason": REASON}
    _, told = await scene.ask("POST", f"{LETTERS}/discard", json=wish)
    assert [part["service"] for part in told["parts"]] == ["course", "tpg-sync"]


async def test_a_decision_about_all_that_match_means_only_what_was_seen(scene: Scene) -> None:
    """Given a list as of a moment, when all of a record, of a type or of a service is replayed, then until then."""
    seen = (await scene.ask("GET", LETTERS))[1]["as_of"]
    assert (await scene.ask("GET", f"{LETTERS}/groups"))[1]["as_of"]
    until = datetime.fromisoformat(seen).isoformat()
    record = str(UUID(int=7))
    told = (await scene.ask("POST", f"{LETTERS}/replay", json={"aggid": record, "until": seen, "reason": REASON}))[1]
    assert [(part["service"], part["kind"]) for part in told["parts"]] == [
        ("course", "message"),
        ("tpg-sync", "message"),
        ("tpg-sync", "sync"),
    ]
    limits = {"aggid": record, "until": until}
    assert {name: scene.course.posts[-1][1][name] for name in limits} == limits
    assert scene.sync.posts[-1] == (
        "/api/v1/sync/jobs/requeue",
        {"filter": {"record_id": record, "finished_until": until}, "dry_run": False, "reason": REASON},
    )
    await scene.ask("POST", f"{LETTERS}/replay", json={"type": "run.published.v1", "reason": REASON})
    newest: str = scene.sync.posts[-1][0]
    assert newest == "/ops/dead-letters/replay", "a type is a message's"
    await scene.ask("POST", f"{LETTERS}/discard", json={"service": "course", "reason": REASON})
    path, body = scene.course.posts[-1]
    assert (path, body["everything"]) == ("/ops/dead-letters/discard", True)
    before = len(scene.sync.posts)
    told = (await scene.ask("POST", f"{LETTERS}/replay", "ops", json={"aggid": record, "reason": REASON}))[1]
    assert ([part["kind"] for part in told["parts"]], len(scene.sync.posts)) == (["sync"], before + 1)


async def test_a_part_that_fails_is_told_beside_the_parts_that_were_done(scene: Scene) -> None:
    items = (await scene.ask("GET", LETTERS))[1]["items"]
    scene.course.refuses = True
    wish = {"ids": [item["id"] for item in items if item["kind"] != "broker"], "reason": REASON}
    status, told = await scene.ask("POST", f"{LETTERS}/replay", json=wish)
    failed = [part for part in told["parts"] if not part["ok"]]
    assert (status, told["count"], [part["service"] for part in failed]) == (200, 3, ["course"])
    assert failed[0]["error"]["status"] == 403
    alone = {"fingerprint": BROKEN, "reason": REASON}
    assert (await scene.ask("POST", f"{LETTERS}/replay", "ops", json=alone))[0] == 403


async def test_replays_are_followed_and_called_back_and_consumers_switched(scene: Scene) -> None:
    _, replays = await scene.ask("GET", f"{LETTERS}/replays", "sre")
    progress = [(item["service"], item["waiting"], item["trying"], item["failed_again"]) for item in replays["items"]]
    assert progress == [("course", 3, 1, 2), ("tpg-sync", 3, 1, 2), ("tpg-sync", 2, 1, 0)]
    assert [item["recallable"] for item in replays["items"]] == [True, True, False]
    wish = {"fingerprint": BROKEN, "reason": REASON}
    assert (await scene.ask("POST", f"{LETTERS}/replay/cancel", "sre", json=wish))[1]["count"] == 1
    assert scene.course.posts == [("/ops/dead-letters/replay/cancel", wish)]
    _, consumers = await scene.ask("GET", "/api/v1/consumers", "sre")
    assert consumers["items"][0] == {"service": "course", "paused": False, "outbox_pending": 4}
    status, told = await scene.ask("POST", "/api/v1/consumers/course/pause", "sre", json={"reason": REASON})
    assert (status, told, scene.course.posts[-1]) == (
        200,
        {"paused": True},
        ("/ops/consumer/pause", {"reason": REASON}),
    )
    assert (await scene.ask("POST", "/api/v1/consumers/nobody/pause", json={"reason": REASON}))[0] == 404


async def test_ops_follow_the_replays_they_may_start_and_no_others(scene: Scene) -> None:
    status, replays = await scene.ask("GET", f"{LETTERS}/replays", "ops")
    assert (status, [item["fingerprint"] for item in replays["items"]]) == (200, ["sync||run.publish||"])
    assert [source["what"] for source in replays["sources"] if not source["ok"]] == ["messaging", "messaging"]
    assert (scene.course.asked, [path for _, path, _, _ in scene.sync.asked]) == ([], ["/api/v1/sync/jobs/requeued"])


async def test_our_own_doors_are_as_strict_as_the_routes(scene: Scene) -> None:
    assert (await scene.ask("GET", f"{LETTERS}/groups/more"))[0] == 404
    status, _ = await scene.ask("DELETE", LETTERS)
    assert status == 405
    assert (await scene.ask("GET", f"{LETTERS}?limit=0"))[1]["errors"][0]["field"] == "query.limit"
    assert (await scene.ask("GET", f"{LETTERS}?cursor=nonsense"))[1]["code"] == "wrong_cursor"
    assert (await scene.ask("GET", f"{LETTERS}?service=nobody"))[0] == 422
    big = json.dumps({"ids": ["x"], "reason": "y" * 300_000})
    async with scene.house.ask("POST", f"{LETTERS}/replay", data=big) as response:
        assert response.status == 413
    for path in ("/api/v1/dead-letters/%2e%2e/x", "/api/v1//dead-letters"):
        assert (await scene.ask("GET", path))[0] == 400
