"""A session is marked: in one request, one by one, and changed afterwards."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.access.permissions import Role
from libs.contracts.course import RunStatus, SessionStatus
from libs.contracts.tpg_sync import SyncState, SyncSucceeded
from libs.database.migrations import differences
from services.attendance.models.model import Model
from services.attendance.tests.builders import HOUR, IDS, START, about, session
from services.attendance.tests.conftest import API, World, ok

WHY = "the register was compared with the room"


async def test_the_migrated_schema_is_what_the_models_say(world: World) -> None:
    url = world.stage.runtime.settings.database_url.get_secret_value()

    assert await differences(url, Model.metadata) == []


# ------------------------------------------------------------------------------------------- many at once


async def test_everybody_is_present_with_exceptions(world: World) -> None:
    first = session()
    _, people = await world.class_of(3, first)

    exceptions = [{"enrolment_id": people[1], "state": "absent", "note": "excused"}]
    outcomes = await world.mark(first.session_id, all_present=True, exceptions=exceptions)

    assert [each["outcome"] for each in outcomes] == ["applied"] * 3
    assert await world.states(first.session_id) == {people[0]: "present", people[1]: "absent", people[2]: "present"}
    line = await world.line(first.session_id, people[0])
    assert (line["minutes_credited"], line["sync"]["submission_revision"], line["sync_state"]) == (240, 1, "pending")
    absent = await world.line(first.session_id, people[1])
    assert (absent["sync"]["submission_revision"], absent["sync_state"]) == (0, "not_applicable")
    assert (await world.told()).count("attendance.marked") == 3


async def test_all_present_leaves_alone_who_was_judged_one_by_one(world: World) -> None:
    first = session()
    _, people = await world.class_of(2, first)
    await world.mark(first.session_id, (people[0], "absent"))

    outcomes = await world.mark(first.session_id, all_present=True)

    assert {each["enrolment_id"]: each["outcome"] for each in outcomes} == {
        people[0]: "superseded",
        people[1]: "applied",
    }
    assert await world.states(first.session_id) == {people[0]: "absent", people[1]: "present"}


async def test_one_line_refused_costs_the_others_nothing(world: World) -> None:
    first = session(hours=2)
    _, people = await world.class_of(2, first)

    too_long = {"enrolment_id": people[0], "state": "present", "minutes_credited": 121}
    outcomes = await world.mark(first.session_id, too_long, (str(IDS.new()), "present"), (people[1], "present"))

    assert [(each["outcome"], each["code"]) for each in outcomes] == [
        ("refused", "wrong_words"),
        ("refused", "not_seated"),
        ("applied", None),
    ]
    assert await world.states(first.session_id) == {people[0]: "unmarked", people[1]: "present"}


async def test_nothing_is_marked_ahead_of_time_or_for_what_is_called_off(world: World) -> None:
    first = session()
    run_id, people = await world.class_of(1, first)
    world.stage.clock.set(START - timedelta(minutes=10))
    early = await world.mark(first.session_id, (people[0], "present"))
    world.stage.clock.set(START + HOUR)
    await world.run(first.model_copy(update={"status": SessionStatus.CANCELLED}), run_id=run_id)
    cancelled = await world.mark(first.session_id, (people[0], "present"))

    assert [early[0]["code"], cancelled[0]["code"]] == ["session_not_begun", "session_cancelled"]
    assert await world.states(first.session_id) == {people[0]: "unmarked"}


async def test_a_stale_view_is_told_and_changes_nothing(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "absent"))

    stale = {"enrolment_id": people[0], "state": "present", "base_revision": 0}
    outcomes = await world.mark(first.session_id, stale)

    assert (outcomes[0]["outcome"], outcomes[0]["code"], outcomes[0]["state"]) == ("conflict", "stale", "absent")


@pytest.mark.parametrize(
    "line",
    [
        {"state": "absent", "minutes_credited": 60},
        {"state": "absent", "note": "late"},
        {"state": "present", "note": "excused"},
        {"state": "voided"},
        {"state": "present", "made_at": START.isoformat()},
        {"state": "present", "reason": "it is S9000001B"},
    ],
)
async def test_lines_that_contradict_themselves_are_refused_at_the_door(world: World, line: dict[str, Any]) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    body = {"session_id": str(first.session_id), "lines": [{"enrolment_id": people[0], **line}]}

    assert (await world.trainer.post(API, json=body)).status_code == 422


# ------------------------------------------------------------------------------------------- one in view


async def test_a_correction_keeps_what_was_and_is_owed_as_voided(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "present"))
    line = await world.line(first.session_id, people[0])

    corrected = await ok(world.patch(line, world.trainer, state="absent"))

    assert [(each["state"], each["minutes_credited"]) for each in corrected["revisions"]] == [
        ("present", 240),
        ("absent", 0),
    ]
    assert (corrected["sync"]["submission_revision"], corrected["sync_state"]) == (2, "stale")
    event = await world.last("attendance.corrected")
    assert event["attendance"]["submission_revision"] == 2
    assert {each["field"]: each["new"] for each in event["changes"]}["state"] == "absent"
    check = await claim(world, line["id"])
    assert (check["state"], check["revision"], check["hours"]) == ("absent", 2, None)


async def test_minutes_and_a_note_are_changed_without_owing_what_the_wire_does_not_carry(world: World) -> None:
    first, job = session(), session(2, mode_of_training="4", start=START - 5 * HOUR)
    _, people = await world.class_of(1, first, job)
    for each in (first, job):
        await world.mark(each.session_id, (people[0], "present"))
        line = await world.line(each.session_id, people[0])
        await ok(world.patch(line, world.trainer, minutes_credited=90, note="late"))

    classroom, on_the_job = [await world.line(each.session_id, people[0]) for each in (first, job)]

    assert [each["sync"]["submission_revision"] for each in (classroom, on_the_job)] == [1, 2]
    assert (await claim(world, on_the_job["id"]))["hours"] == "1.50"
    assert (await claim(world, classroom["id"]))["hours"] is None


async def test_a_change_needs_the_version_that_was_read(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    line = await world.line(first.session_id, people[0])
    await world.mark(first.session_id, (people[0], "present"))

    stale = await world.patch(line, state="absent")
    without = await world.ops.patch(f"{API}/{line['id']}", json={"state": "absent"})

    assert (stale.status_code, without.status_code) == (412, 428)


async def test_void_and_mark_again(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "present"))
    line = await world.line(first.session_id, people[0])
    await world.hear(about(line, SyncSucceeded, SyncState.SYNCED))

    voided = await ok(world.act(line, "void", reason=WHY))
    twice = await world.act(voided, "void", reason=WHY)
    by_ops = await world.act(voided, "re-mark", reason=WHY)
    again = await ok(world.act(voided, "re-mark", world.admin, reason=WHY))

    assert (voided["state"], voided["sync_state"], voided["sync"]["submission_revision"]) == ("voided", "stale", 2)
    assert (twice.status_code, twice.json()["allowed"]) == (409, ["re_mark"])
    assert by_ops.status_code == 403
    assert (again["state"], again["sync"]["submission_revision"]) == ("present", 3)
    assert (await claim(world, line["id"]))["state"] == "present"


async def test_what_a_caller_may_do_is_told_beforehand(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "present"))
    line = await world.line(first.session_id, people[0])

    as_trainer = await ok(world.trainer.get(f"{API}/{line['id']}"))

    yes = {each["action"] for each in line["allowed_actions"] if each["allowed"]}
    assert yes == {"correct", "void"}
    assert {each["action"] for each in as_trainer["allowed_actions"] if each["allowed"]} == {"correct"}


async def test_what_was_never_owed_has_no_submission(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "absent"))
    line = await world.line(first.session_id, people[0])
    service = await world.stage.client(Role.SERVICE, scopes=("submissions:read",))

    refused = await service.get(f"/internal/v1/submissions/attendance/{line['id']}")

    assert (refused.status_code, refused.json()["allowed"]) == (409, ["mark present"])


# ------------------------------------------------------------------------------------------- scope


async def test_a_trainer_marks_what_they_teach_and_an_assessor_only_looks(world: World) -> None:
    first = session()
    assessor_id = IDS.new()
    _, people = await world.class_of(1, first, assessors=(assessor_id,), trainers=(world.trainer_id,))
    both = await world.stage.client(Role.TRAINER, Role.ASSESSOR, subject=assessor_id)
    stranger = await world.stage.client(Role.TRAINER)
    body = {"session_id": str(first.session_id), "lines": [{"enrolment_id": people[0], "state": "present"}]}
    line = await world.line(first.session_id, people[0])

    answers = {
        "sees": (await both.get(f"{API}/sheets/{first.session_id}")).status_code,
        "marks": (await both.post(API, json=body)).status_code,
        "stranger sees": (await stranger.get(f"{API}/sheets/{first.session_id}")).status_code,
        "stranger marks": (await stranger.post(API, json=body)).status_code,
        "stranger looks": (await stranger.get(f"{API}/{line['id']}")).status_code,
        "trainer marks": (await world.trainer.post(API, json=body)).status_code,
    }

    assert answers == {
        "sees": 200,
        "marks": 404,
        "stranger sees": 404,
        "stranger marks": 404,
        "stranger looks": 404,
        "trainer marks": 200,
    }
    assert (await ok(stranger.get(API)))["items"] == []


async def test_lists_narrow_and_page(world: World) -> None:
    first, second = session(), session(2, start=START - 5 * HOUR)
    run_id, people = await world.class_of(3, first, second)
    await world.mark(first.session_id, (people[0], "present"), (people[1], "absent"))
    await world.sheet(second.session_id)

    async def count(**query: Any) -> int:
        return len((await ok(world.ops.get(API, params=query)))["items"])

    narrowed = [
        await count(run_id=run_id),
        await count(session_id=first.session_id),
        await count(enrolment_id=people[0]),
        await count(state=["present", "absent"]),
        await count(sync_state="pending"),
        await count(in_conflict=True),
        await count(run_id=IDS.new()),
    ]
    one = await ok(world.ops.get(API, params={"limit": 4}))
    two = await ok(world.ops.get(API, params={"limit": 4, "cursor": one["next_cursor"]}))

    assert narrowed == [6, 3, 2, 2, 1, 0, 0]
    assert len({each["id"] for each in one["items"] + two["items"]}) == 6
    assert two["next_cursor"] is None


# ------------------------------------------------------------------------------------------- twice at once


async def test_nobody_is_present_in_two_overlapping_sessions(world: World) -> None:
    person = IDS.new()
    here, there = session(), session(start=START + HOUR, hours=2)
    after = session(start=START + 4 * HOUR, sequence=2)
    mine, theirs = await world.run(here, after), await world.run(there)
    first, second = await world.seat(mine, trainee_id=person), await world.seat(theirs, trainee_id=person)
    world.later(5 * HOUR)
    await world.mark(here.session_id, (first, "present"))

    (refused,) = await world.mark(there.session_id, (second, "present"))
    line = await world.line(there.session_id, second)
    by_hand = await world.patch(line, state="present")
    (back_to_back,) = await world.mark(after.session_id, (first, "present"))

    assert (refused["outcome"], refused["code"]) == ("refused", "present_elsewhere")
    assert str(here.session_id) in refused["message"]
    assert (by_hand.status_code, by_hand.json()["code"]) == (409, "present_elsewhere")
    assert back_to_back["outcome"] == "applied"
    await ok(world.patch(await world.line(here.session_id, first), state="absent"))
    assert (await world.mark(there.session_id, (second, "present")))[0]["outcome"] == "applied"


async def test_of_many_at_once_exactly_one_presence_stands(world: World) -> None:
    person = IDS.new()
    sessions = [session() for _ in range(6)]
    runs = [await world.run(each) for each in sessions]
    seats = [await world.seat(run_id, trainee_id=person) for run_id in runs]

    outcomes = await asyncio.gather(
        *(world.mark(each.session_id, (seat, "present")) for each, seat in zip(sessions, seats, strict=True))
    )

    assert sorted(each[0]["outcome"] for each in outcomes) == ["applied", *["refused"] * 5]


async def test_postgres_itself_refuses_a_second_presence(world: World) -> None:
    person = IDS.new()
    here, there = session(), session()
    first = await world.seat(await world.run(here), trainee_id=person)
    second = await world.seat(await world.run(there), trainee_id=person)
    await world.mark(here.session_id, (first, "present"))
    await world.sheet(there.session_id)
    forced = text(
        "update attendance.attendance set state = 'present', present_from = :start, present_to = :end,"
        " submitted_at = :start, marked_at = :start where enrolment_id = :id"
    )

    values = {"start": here.start_at, "end": here.end_at, "id": UUID(second)}
    async with world.stage.runtime.engine.connect() as connection:
        with pytest.raises(DBAPIError, match="attendance_present_once"):
            await connection.execute(forced, values)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from attendance.attendance",
        "update attendance.attendance set revision = 0",
        "update attendance.attendance set mark_revision = 0",
        "update attendance.attendance set submitted_at = null",
        "update attendance.revision set state = 'absent'",
        "delete from attendance.revision",
    ],
)
async def test_what_was_said_is_not_unsaid_by_any_statement(world: World, statement: str) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "present"))

    async with world.stage.runtime.engine.connect() as connection:
        with pytest.raises(DBAPIError, match=r"never|not unsaid"):
            await connection.execute(text(statement))


async def test_a_run_that_does_not_take_place_has_no_sheets(world: World) -> None:
    first = session()
    await world.run(first, status=RunStatus.CANCELLED)

    refused = await world.ops.get(f"{API}/sheets/{first.session_id}")

    assert (refused.status_code, refused.json()["code"]) == (409, "session_cancelled")
    assert await world.tend() == 0


async def test_the_same_request_again_gets_the_same_answer(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    body = {"session_id": str(first.session_id), "lines": [{"enrolment_id": people[0], "state": "present"}]}
    headers = {"Idempotency-Key": "one"}

    answers = [await ok(world.trainer.post(API, json=body, headers=headers)) for _ in range(2)]

    assert answers[0] == answers[1]
    assert (await world.told()).count("attendance.marked") == 1


async def claim(world: World, attendance_id: str) -> Any:
    service = await world.stage.client(Role.SERVICE, scopes=("submissions:read",))
    answer = await service.get(f"/internal/v1/submissions/attendance/{attendance_id}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return answer.json()
