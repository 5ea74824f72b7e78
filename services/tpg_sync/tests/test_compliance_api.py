"""The compliance calendar asked over HTTP: who sees what, in which order, what if, and letting a duty go."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.access.permissions import Role
from libs.contracts.event import Event
from libs.sources import singapore_day
from libs.testing.clock import TestClock
from libs.testing.stage import MakeStage, Stage
from services.tpg_sync.commands.day_starts import keep_day_start
from services.tpg_sync.engine.calendar import know_provider, nap_of, turn
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.settings import ProviderType
from services.tpg_sync.tests.calendar_story import Author, Story, Told
from services.tpg_sync.tests.calendar_told import streams
from services.tpg_sync.tests.samples import UEN
from services.tpg_sync.tests.test_calendar_year import hear

API = "/api/v1/compliance"
TEACHER, STRANGER = UUID(int=77), UUID(int=78)
NOW = datetime(2026, 4, 30, 4, tzinfo=UTC)


async def raised(stage: Stage, stories: Sequence[Story]) -> None:
    told: list[tuple[datetime, Event]] = [
        one for story in stories for stream in streams(story) for one in stream if one[0] <= stage.clock.now()
    ]
    await hear(stage, told)
    await turn(stage.units)


@pytest.fixture
async def stories() -> list[Story]:
    author = Author(7)
    return [author.run() for _ in range(8)]


@pytest.fixture
async def calendar(stage: MakeStage, stories: list[Story]) -> Stage:
    made = await stage(tpg_sync, clock=TestClock(NOW), tpg_uen=UEN)
    await raised(made, stories)
    return made


async def read(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    reply = await client.get(f"{API}{path}", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def walk(client: httpx.AsyncClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every item, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await read(client, path, **query, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_the_list_and_the_queue_page_through_all_that_stands(calendar: Stage) -> None:
    ops = await calendar.client(Role.OPS)
    # when both are read in small pages
    listed = await walk(ops, "/obligations", limit=7)
    queue = await walk(ops, "/queue", limit=7)
    # then the list is by due date, nothing twice, and only what somebody must look at
    assert [one["due_at"] for one in listed] == sorted(one["due_at"] for one in listed)
    assert len({one["id"] for one in listed}) == len(listed) > 14
    assert {one["state"] for one in listed} <= {"open", "late"}
    # and the queue has what is amber or red: twice the money goes before a day less
    assert {one["id"] for one in queue} == {one["id"] for one in listed if one["level"] != "green"}

    def place(one: dict[str, Any]) -> datetime:
        return datetime.fromisoformat(one["due_at"]) - timedelta(days=one["money_at_risk_cents"].bit_length())

    assert [place(one) for one in queue] == sorted(map(place, queue))
    assert listed[0].keys() >= {"consequence", "basis", "policy", "seconds_left"}


async def test_filters_narrow_and_the_summary_adds_up(calendar: Stage, stories: list[Story]) -> None:
    finance = await calendar.client(Role.FINANCE)
    listed = await walk(finance, "/obligations")
    # when
    summary = await read(finance, "/summary")
    # then the sums are those of the list, however they are cut
    levels = {level: sum(one["level"] == level for one in listed) for level in ("green", "amber", "red")}
    for sums in ([summary["total"]], summary["by_key"], summary["by_age"]):
        assert {level: sum(one[level] for one in sums) for level in levels} == levels
    pressing = [one for one in listed if one["level"] != "green"]
    assert summary["total"]["money_at_risk_cents"] == sum(one["money_at_risk_cents"] for one in pressing)
    assert summary["total"]["breached"] == sum(one["breached"] for one in listed)
    by_run = {one["run_id"]: one["amber"] + one["red"] for one in summary["runs"]}
    assert by_run == {run_id: sum(one["run_id"] == run_id for one in pressing) for run_id in by_run}
    # and each filter finds exactly its share
    run_id = str(stories[0].run_id)
    for name, value, share in (
        ("run_id", run_id, [one for one in listed if one["run_id"] == run_id]),
        ("level", "red", [one for one in listed if one["level"] == "red"]),
        ("key", "run_close", [one for one in listed if one["key"] == "run_close"]),
        ("breached", "true", [one for one in listed if one["breached"]]),
        ("due_from", NOW.isoformat(), [one for one in listed if datetime.fromisoformat(one["due_at"]) >= NOW]),
        ("due_until", NOW.isoformat(), [one for one in listed if datetime.fromisoformat(one["due_at"]) < NOW]),
        (
            "older_than_days",
            30,
            [one for one in listed if datetime.fromisoformat(one["trigger_at"]) <= NOW - timedelta(days=30)],
        ),
    ):
        assert [one["id"] for one in await walk(finance, "/obligations", **{name: value})] == [
            one["id"] for one in share
        ], name


async def test_days_hold_what_is_due_on_them_and_everything_before_today_together(calendar: Stage) -> None:
    ops = await calendar.client(Role.OPS)
    listed = await walk(ops, "/obligations")
    today = singapore_day(NOW)
    # when: a duty is due on the day that ends at its `due_at`
    told = (await read(ops, "/days", days=60))["days"]
    # then
    expected: dict[str | None, Counter[str]] = {
        day.isoformat() if day >= today else None: Counter()
        for day in (today + timedelta(days=n) for n in range(-1, 60))
    }
    for one in listed:
        day = singapore_day(datetime.fromisoformat(one["due_at"]) - timedelta(microseconds=1))
        key = day.isoformat() if day >= today else None
        if key in expected:
            expected[key][one["level"]] += 1
    assert [day["day"] for day in told] == list(expected)
    assert [Counter({level: day[level] for level in ("green", "amber", "red")}) for day in told] == list(
        expected.values()
    )
    assert expected[None].total() > 0
    assert sum(count.total() for day, count in expected.items() if day) > 0
    # and a stranger to all runs is told of none, an operator of machines of all
    stranger = await calendar.client(Role.ASSESSOR, subject=STRANGER)
    assert all(day["red"] == 0 for day in (await read(stranger, "/days"))["days"])
    assert (await read(await calendar.client(Role.SRE), "/days", days=60))["days"] == told


async def test_each_day_is_kept_as_it_began_and_shown_by_what_one_may_see(calendar: Stage) -> None:
    ops = await calendar.client(Role.OPS)
    began = (await read(ops, "/summary"))["total"]
    # when: two workers note the day, and again later on it, and one of them the next day
    assert await note_day(calendar)
    calendar.clock.advance(timedelta(hours=6))
    assert not await note_day(calendar)
    calendar.clock.advance(timedelta(days=1))
    assert await note_day(calendar)
    # then: a day stands as it began
    days = (await read(ops, "/history"))["days"]
    assert [day["day"] for day in days] == ["2026-04-30", "2026-05-01"]
    told = ("breached", "red", "amber", "money_at_risk_cents")
    assert [days[0][name] for name in told] == [began[name] for name in told]
    assert began["red"] > 0
    assert [day["day"] for day in (await read(ops, "/history", days=1))["days"]] == ["2026-05-01"]
    # and money is for those who see it elsewhere, the whole for nobody who has a part
    sre = (await read(await calendar.client(Role.SRE), "/history"))["days"]
    assert [day["red"] for day in sre] == [day["red"] for day in days]
    assert [day["money_at_risk_cents"] for day in sre] == [None, None]
    assert (await read(await calendar.client(Role.TRAINER, subject=TEACHER), "/history"))["days"] == []


async def note_day(calendar: Stage) -> bool:
    async with calendar.units.begin() as uow:
        return await keep_day_start(uow)


async def test_a_teacher_sees_their_own_runs_and_an_operator_of_machines_only_numbers(calendar: Stage) -> None:
    everything = await walk(await calendar.client(Role.OPS), "/obligations")
    trainer = await calendar.client(Role.TRAINER, subject=TEACHER)
    stranger = await calendar.client(Role.ASSESSOR, subject=STRANGER)
    # the trainer of all runs sees them, somebody else nothing of them
    own = await walk(trainer, "/obligations")
    assert own
    assert {one["id"] for one in own} <= {one["id"] for one in everything}
    assert await walk(stranger, "/obligations") == []
    assert (await read(stranger, "/summary"))["total"]["red"] == 0
    assert (await stranger.get(f"{API}/obligations/{own[0]['id']}")).status_code == 404
    assert (await trainer.get(f"{API}/obligations/{own[0]['id']}")).status_code == 200
    # whoever keeps the machines running learns how many, not which
    sre = await calendar.client(Role.SRE)
    health = await read(sre, "/summary")
    assert health["runs"] == []
    assert health["total"]["money_at_risk_cents"] is None
    assert health["total"]["red"] == sum(one["level"] == "red" for one in everything)
    assert (await sre.get(f"{API}/obligations")).status_code == 403


async def test_a_duty_is_let_go_by_an_admin_for_a_reason_and_stays_gone(calendar: Stage, stories: list[Story]) -> None:
    admin = await calendar.client(Role.ADMIN)
    missed = (await walk(admin, "/obligations", breached="true"))[0]
    path = f"{API}/obligations/{missed['id']}"
    tag = (await admin.get(path)).headers["etag"]
    wish = {"reason": "The trainee was told; the fee is written off."}
    # given: not by ops, not unread, not without a reason
    ops = await calendar.client(Role.OPS)
    assert (await ops.post(f"{path}/waive", json=wish, headers={"If-Match": tag})).status_code == 403
    assert (await admin.post(f"{path}/waive", json=wish)).status_code == 428
    assert (await admin.post(f"{path}/waive", json=wish, headers={"If-Match": '"999"'})).status_code == 412
    assert (await admin.post(f"{path}/waive", json={}, headers={"If-Match": tag})).status_code == 422
    # when
    reply = await admin.post(f"{path}/waive", json=wish, headers={"If-Match": tag})
    # then
    assert reply.status_code == 200
    view = reply.json()
    assert (view["state"], view["level"], view["breached"]) == ("waived", "green", True)
    assert view["waived_because"] == wish["reason"]
    assert missed["id"] not in {one["id"] for one in await walk(admin, "/obligations")}
    again = await admin.post(f"{path}/waive", json=wish, headers={"If-Match": reply.headers["etag"]})
    assert (again.status_code, again.json()["code"]) == (409, "obligation_not_open")
    [said] = [one for one in await calendar.told() if one.event_type == "obligation.waived"]
    assert (said.data["reason"], said.data["obligation_id"]) == (wish["reason"], missed["id"])
    # and hearing of its run again does not bring it back
    await raised(calendar, stories)
    assert (await admin.get(path)).json()["state"] == "waived"


async def test_time_alone_moves_levels_and_each_change_is_said_once(stage: MakeStage) -> None:
    # given a run that is over, its attendance not told
    author = Author(7)
    story = next(one for one in iter(author.run, None) if one.cancelled_at is None and one.closed_at is None)
    made = await stage(tpg_sync, clock=TestClock(story.ended_at), tpg_uen=UEN)
    await raised(made, [story])
    close = f"{story.run_id}"

    async def said() -> list[tuple[str, str]]:
        return [
            (one.event_type, one.data["level"])
            for one in await made.told()
            if one.data.get("obligation_key") == "run_close" and one.data["subject_id"] == close
        ]

    assert await said() == []
    # when weeks pass, step by step, exactly to what the duty says it sleeps for
    until = story.ended_at + timedelta(days=70)
    while made.clock.now() < until:
        nap = await nap_of(made.units, longest=timedelta(days=30))
        made.clock.advance(nap)
        await turn(made.units)
        await turn(made.units)
    # then amber at seven days left, red at two, and missed: once each
    assert await said() == [
        ("obligation.level_changed", "amber"),
        ("obligation.level_changed", "red"),
        ("obligation.breached", "red"),
    ]


async def test_another_kind_of_provider_has_other_deadlines_at_once(calendar: Stage) -> None:
    ops = await calendar.client(Role.OPS)
    query = {"key": "attendance_submit"}
    before = {one["id"]: one["due_at"] for one in await walk(ops, "/obligations", **query)}
    assert before
    # when the same installation turns out to be an in-house provider's
    assert await know_provider(calendar.units, ProviderType.IN_HOUSE)
    assert not await know_provider(calendar.units, ProviderType.IN_HOUSE), "no news the second time"
    # then 28 days instead of 14
    after = {one["id"]: one["due_at"] for one in await walk(ops, "/obligations", **query)}
    moved = {datetime.fromisoformat(after[one]) - datetime.fromisoformat(before[one]) for one in before if one in after}
    assert moved == {timedelta(days=14)}


async def test_a_scenario_is_judged_and_nothing_is_kept(calendar: Stage) -> None:
    ops = await calendar.client(Role.OPS)
    listed = await walk(ops, "/obligations")
    key = next(one["key"] for one in listed if one["style"] == "deadline" and not one["breached"])
    before = await read(ops, "/summary")

    async def suppose(**wish: Any) -> Any:
        reply = await ops.post(f"{API}/simulate", json=wish)
        assert reply.status_code == 200, reply.text
        return reply.json()

    # nothing supposed: nothing moves, and the sums are the summary's
    same = await suppose()
    assert (same["moved_count"], same["before"]) == (0, same["after"])
    assert same["before"]["red"] == before["total"]["red"]
    assert same["before"]["money_at_risk_cents"] == before["total"]["money_at_risk_cents"]
    # a limit long past: every one of that key that is not missed yet is then, and nothing else moves
    tight = await suppose(limits=[{"key": key, "days": -60}])
    still_open = {one["id"] for one in listed if one["key"] == key and not one["breached"]}
    assert {one["id"] for one in tight["moved"]} == still_open
    assert all(one["breached_after"] for one in tight["moved"])
    # an unknown duty, or an outage of no length, is refused with the field named
    refused = await ops.post(f"{API}/simulate", json={"outage": {"hours": 0}})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "outage.hours")
    assert await read(ops, "/summary") == before


async def test_the_rules_are_shown_as_data(calendar: Stage) -> None:
    shown = await read(await calendar.client(Role.TRAINER, subject=TEACHER), "/policy")
    assert shown["provider_type"] == "public"
    [policy] = [one for one in shown["policies"] if one["in_force"]]
    [rule] = [one for one in policy["rules"] if one["key"] == "attendance_submit"]
    assert (rule["due"]["public"], rule["due"]["in_house"], rule["official"]) == (14, 28, True)
    assert "SSG recovers" in rule["consequence"]


def test_streams_are_in_order() -> None:
    """The stories other tests rely on tell each aggregate's words in their order."""
    author = Author(3)
    told: list[list[Told]] = [stream for _ in range(20) for stream in streams(author.run())]
    assert all([at for at, _ in stream] == sorted(at for at, _ in stream) for stream in told)
