"""Dead letters as operators meet them: listed in pages, told without what may be personal, replayed, called back."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from libs.access.permissions import Role
from libs.outbox.dead_letters.letter import REDACTED, ids_only
from libs.testing.sample.process import SampleDatabase
from libs.testing.sample.service import sample
from libs.testing.stage import MakeStage, Stage

REASON = "the synthetic fault is mended"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
async def scene(stage: MakeStage) -> Stage:
    return await stage(sample)


@pytest.fixture
def database(scene: Stage) -> SampleDatabase:
    return SampleDatabase(scene.runtime.settings.database_url.get_secret_value())


@pytest.fixture
async def admin(scene: Stage) -> httpx.AsyncClient:
    return await scene.client(Role.ADMIN)


async def bury(database: SampleDatabase, number: int, *, fingerprint: str | None = "sample|x|Broken|y") -> UUID:
    """A dead row, a second younger than the one before."""
    event_id, aggid = uuid4(), uuid4()
    body = {
        "specversion": "1.0",
        "id": str(event_id),
        "type": "sg.tms.sample.ticked.v1",
        "aggid": str(aggid),
        "correlationid": str(UUID(int=number)),
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
        "data": {"sample_id": str(aggid), "number": number, "note": "S9012345A\0 lives here"},
    }
    await database.fetch(
        "insert into sample.inbox (consumer, event_id, state, aggtype, aggid, aggseq, type, source, body, attempts,"
        " reason, error, fingerprint, received_at) values ('sample', $1, 'dead', 'sample', $2, 1, 'sample.ticked.v1',"
        " '/tms/sample', $3, 7, 'error', 'Broken', $4, timestamptz '2026-03-02 01:00Z' + $5 * interval '1 second')",
        event_id,
        aggid,
        json.dumps(body),
        fingerprint,
        number,
    )
    return event_id


async def refuse(database: SampleDatabase, scene: Stage) -> UUID:
    """An event of our own that the broker has refused five times."""
    from libs.testing.sample.events import SampleTicked

    async with scene.units.begin() as uow:
        uow.emit(SampleTicked(sample_id=uow.new_id(), number=1))
    await database.fetch("update sample.outbox set refusals = 5, next_at = now() + interval '1 hour', last_error = 'x'")
    found = await database.value("select id from sample.event where type = 'sample.ticked.v1'")
    return UUID(str(found))


async def pages(client: httpx.AsyncClient, limit: int) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        query = {"limit": limit, **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/ops/dead-letters", params=query)).raise_for_status().json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_the_list_is_read_in_pages_newest_first_while_letters_come_and_go(
    database: SampleDatabase, admin: httpx.AsyncClient
) -> None:
    dead = [await bury(database, number) for number in range(5)]
    first = (await admin.get("/ops/dead-letters", params={"limit": 2})).json()
    await bury(database, 9)
    await database.fetch("update sample.inbox set state = 'done' where event_id = $1", dead[3])
    rest = (await admin.get("/ops/dead-letters", params={"limit": 9, "cursor": first["next_cursor"]})).json()
    assert [item["letter_id"] for item in first["items"] + rest["items"]] == [str(dead[n]) for n in (4, 3, 2, 1, 0)]
    assert len(await pages(admin, 2)) == 5


async def test_a_letter_tells_its_lineage_and_keeps_its_data_to_itself(
    database: SampleDatabase, admin: httpx.AsyncClient
) -> None:
    event_id = await bury(database, 7)
    [letter] = await pages(admin, 5)
    assert (letter["correlation_id"], letter["trace_id"]) == (str(UUID(int=7)), TRACE)
    assert (letter["attempts"], letter["handler"], letter["actions"]) == (7, "sample", ["replay", "discard"])
    detail = (await admin.get(f"/ops/dead-letters/inbox/{event_id}")).raise_for_status().json()
    assert detail["event"]["data"] == {"sample_id": letter["aggid"], "number": REDACTED, "note": REDACTED}
    assert "S9012345A" not in json.dumps(detail)
    assert (await admin.get(f"/ops/dead-letters/outbox/{event_id}")).status_code == 404


async def test_a_refused_event_is_listed_and_released_but_never_given_up(
    database: SampleDatabase, scene: Stage, admin: httpx.AsyncClient
) -> None:
    event_id = await refuse(database, scene)
    [letter] = await pages(admin, 5)
    assert (letter["source"], letter["letter_id"], letter["actions"]) == ("outbox", str(event_id), ["replay"])
    discard = {"event_ids": [str(event_id)], "reason": REASON}
    assert (await admin.post("/ops/dead-letters/discard", json=discard)).json() == {"count": 0}
    replay = {"fingerprint": letter["fingerprint"], "reason": REASON}
    assert (await admin.post("/ops/dead-letters/replay", json={**replay, "dry_run": True})).json() == {"count": 1}
    assert len(await pages(admin, 5)) == 1
    assert (await admin.post("/ops/dead-letters/replay", json=replay)).json() == {"count": 1}
    due = (
        "select count(*) from sample.outbox where next_at <= now() and refusals = 0"
        " and pos = (select pos from sample.event where id = $1)"
    )
    assert await database.value(due, event_id) == 1
    assert (await scene.told())[-1].event_type == "operation.dead_letters_replayed"


async def test_a_slow_replay_shows_its_progress_and_is_called_back(
    database: SampleDatabase, scene: Stage, admin: httpx.AsyncClient
) -> None:
    for number in range(3):
        await bury(database, number, fingerprint=None)
    [group] = (await admin.get("/ops/dead-letters/groups")).json()
    wish = {"fingerprint": group["fingerprint"], "rate_per_s": 0.01, "reason": REASON}
    assert (await admin.post("/ops/dead-letters/replay", json=wish)).json() == {"count": 3}
    [progress] = (await admin.get("/ops/dead-letters/replays")).json()
    assert (progress["waiting"], progress["fingerprint"]) == (3, group["fingerprint"])
    await database.fetch(
        "update sample.inbox set next_at = now() where event_id = (select event_id from sample.inbox"
        " where state = 'retry' order by next_at limit 1)"
    )
    cancelled = await admin.post("/ops/dead-letters/replay/cancel", json={"reason": "not mended after all"})
    assert cancelled.json() == {"count": 2}
    assert {(letter["reason"], letter["series"]) for letter in await pages(admin, 5)} == {("replay_cancelled", 2)}
    last = (await scene.told())[-1]
    assert (last.event_type, last.data["reason"]) == ("operation.replay_cancelled", "not mended after all")


async def test_all_that_match_are_replayed_but_not_what_died_since(
    database: SampleDatabase, admin: httpx.AsyncClient
) -> None:
    """Given three dead as of a moment and a fourth since, when a type is replayed until then, then three are."""
    for number in range(3):
        await bury(database, number)
    await database.fetch("update sample.inbox set done_at = now()")
    until = (await database.value("select now()")).isoformat()
    late = await bury(database, 3)
    await database.fetch("update sample.inbox set done_at = now() + interval '1 second' where event_id = $1", late)
    wish = {"type": "sample.ticked.v1", "until": until, "reason": REASON}
    for other in ({"type": "sample.ticked.v2"}, {"aggid": str(uuid4())}):
        answer = await admin.post("/ops/dead-letters/replay", json={**wish, **other, "dry_run": True})
        assert answer.json() == {"count": 0}
    assert (await admin.post("/ops/dead-letters/discard", json={**wish, "dry_run": True})).json() == {"count": 3}
    assert (await admin.post("/ops/dead-letters/replay", json=wish)).json() == {"count": 3}
    assert [item["letter_id"] for item in await pages(admin, 9)] == [str(late)]
    rest = {"everything": True, "reason": REASON}
    assert (await admin.post("/ops/dead-letters/discard", json=rest)).json() == {"count": 1}
    nothing = await admin.post("/ops/dead-letters/replay", json={"until": until, "reason": REASON})
    assert nothing.status_code == 422


async def test_what_fails_is_listed_with_its_next_try_and_cannot_be_decided(
    database: SampleDatabase, admin: httpx.AsyncClient
) -> None:
    dead, failing, crashed, quiet = [await bury(database, number) for number in range(4)]
    again = "update sample.inbox set state = 'retry', next_at = now() + interval '1 hour', attempts = $2, crashes = $3"
    await database.fetch(f"{again} where event_id = $1", failing, 2, 0)
    await database.fetch(f"{again} where event_id = $1", crashed, 0, 1)
    await database.fetch(f"{again} where event_id = $1", quiet, 0, 0)  # nothing speaks against it
    letters = {item["letter_id"]: item for item in await pages(admin, 9)}
    assert set(letters) == {str(dead), str(failing), str(crashed)}
    told = {key: (item["standing"], item["reason"], bool(item["next_at"])) for key, item in letters.items()}
    assert told[str(failing)] == ("failing", "error", True)
    assert told[str(crashed)] == ("failing", "crashing", True)
    assert (told[str(dead)], letters[str(crashed)]["crashes"]) == (("dead", "error", False), 1)
    only = (await admin.get("/ops/dead-letters", params={"standing": "failing"})).json()["items"]
    assert {item["letter_id"] for item in only} == {str(failing), str(crashed)}
    [group] = (await admin.get("/ops/dead-letters/groups")).json()
    assert (group["count"], group["failing"]) == (1, 2)
    for act in ("replay", "discard"):
        wish = {"event_ids": [str(failing), str(crashed)], "reason": REASON}
        assert (await admin.post(f"/ops/dead-letters/{act}", json=wish)).json() == {"count": 0}


async def test_only_an_administrator_lets_later_events_go_on_without_an_earlier_one(
    database: SampleDatabase, scene: Stage, admin: httpx.AsyncClient
) -> None:
    event_id = await bury(database, 1)
    wish = {"event_ids": [str(event_id)], "skip": True, "reason": REASON}
    sre = await scene.client(Role.SRE)
    assert (await sre.post("/ops/dead-letters/discard", json=wish)).status_code == 403
    assert (await admin.post("/ops/dead-letters/discard", json={**wish, "dry_run": True})).json() == {"count": 1}
    assert len(await pages(sre, 5)) == 1
    assert (await admin.post("/ops/dead-letters/discard", json=wish)).json() == {"count": 1}
    assert await pages(admin, 5) == []


async def test_the_head_of_the_feed_comes_before_everything_that_is_still_to_be_said(
    database: SampleDatabase, scene: Stage
) -> None:
    peer = await scene.client(Role.SERVICE, scopes=("events:feed",))
    await refuse(database, scene)
    head = (await peer.get("/internal/v1/events", params={"at_head": True})).json()
    assert head["events"] == []
    new = {"after": head["next"]}
    assert (await peer.get("/internal/v1/events", params=new)).json()["events"] == []
    second = await refuse(database, scene)
    [event] = (await peer.get("/internal/v1/events", params=new)).json()["events"]
    assert event["id"] != str(second)


def test_nothing_but_ids_is_left_of_data() -> None:
    one = str(uuid4())
    assert ids_only({"a": one, "b": [one, 3, "x"], "c": None, "d": {"e": True}}) == {
        "a": one,
        "b": [one, REDACTED, REDACTED],
        "c": None,
        "d": {"e": REDACTED},
    }
