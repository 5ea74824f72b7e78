"""Sheets open and lock, by hand and by the clock; who is on them is who had a seat when the session began."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.access.permissions import Role
from libs.contracts.course import SessionStatus
from libs.contracts.enrolment import EnrolmentStatus
from services.attendance.tests.builders import HOUR, IDS, START, seat_event, session
from services.attendance.tests.conftest import API, World, ok

DAY = timedelta(days=1)
WHY = "the paper register was found"


async def test_a_sheet_opens_half_an_hour_before_and_not_earlier(world: World) -> None:
    first = session()
    await world.class_of(2, first)
    world.stage.clock.set(START - timedelta(minutes=31))
    early = await world.ops.get(f"{API}/sheets/{first.session_id}")
    by_clock = await world.tend()
    world.later(timedelta(minutes=1))

    assert (early.status_code, early.json()["code"], by_clock) == (409, "sheet_not_due", 0)
    assert await world.tend() == 1
    assert await world.tend() == 0
    event = await world.last("attendance_sheet.opened")
    assert (event["lines"], event["session_id"]) == (2, str(first.session_id))


async def test_asking_opens_it_once(world: World) -> None:
    first = session()
    await world.class_of(2, first)

    sheets = await asyncio.gather(*(world.sheet(first.session_id) for _ in range(4)))

    assert {len(sheet["lines"]) for sheet in sheets} == {2}
    assert (await world.told()).count("attendance_sheet.opened") == 1


async def test_locking_invents_no_mark_and_tells_what_is_missing(world: World) -> None:
    first = session()
    _, people = await world.class_of(3, first)
    await world.mark(first.session_id, (people[0], "present"))

    locked = await ok(world.turn(first.session_id, "lock", world.trainer))

    assert locked["state"] == "locked"
    assert locked["counts"]["unmarked"] == 2
    event = await world.last("attendance_sheet.locked")
    assert (event["unmarked"], event["automatic"]) == (2, False)
    twice = await world.turn(first.session_id, "lock", world.trainer)
    assert (twice.status_code, twice.json()["code"]) == (409, "sheet_locked")


async def test_the_clock_locks_a_day_after_the_end_once_on_several_replicas(world: World) -> None:
    first = session()
    await world.class_of(1, first)
    await world.sheet(first.session_id)
    world.stage.clock.set(first.end_at + DAY - timedelta(seconds=1))
    before = await world.tend()
    world.later(timedelta(seconds=1))

    await asyncio.gather(*(world.tend() for _ in range(3)))

    assert before == 0
    assert (await world.sheet(first.session_id))["locked_by"] == "system"
    assert (await world.told()).count("attendance_sheet.locked") == 1
    assert (await world.last("attendance_sheet.locked"))["automatic"] is True


async def test_a_session_nobody_looked_at_is_opened_and_locked_all_the_same(world: World) -> None:
    first = session()
    await world.class_of(2, first)
    world.stage.clock.set(first.end_at + 3 * DAY)

    assert await world.tend() == 2
    assert (await world.last("attendance_sheet.locked"))["unmarked"] == 2


async def test_after_the_lock_only_who_may_and_with_a_reason(world: World) -> None:
    first = session()
    _, people = await world.class_of(2, first)
    await world.mark(first.session_id, (people[0], "present"))
    await ok(world.turn(first.session_id, "lock"))
    line = await world.line(first.session_id, people[0])

    by_trainer = await world.patch(line, world.trainer, state="absent", reason=WHY)
    without = await world.patch(line, state="absent")
    in_bulk = await world.mark(first.session_id, (people[1], "present"))
    corrected = await ok(world.patch(line, state="absent", reason=WHY))
    late = await world.mark(first.session_id, (people[1], "present"), client=world.ops, reason=WHY)

    assert (by_trainer.status_code, by_trainer.json()["code"]) == (409, "sheet_locked")
    assert by_trainer.json()["allowed"]
    assert without.status_code == 422
    assert (in_bulk[0]["outcome"], in_bulk[0]["code"]) == ("refused", "sheet_locked")
    assert corrected["state"] == "absent"
    assert late[0]["outcome"] == "applied"
    event = await world.last("attendance.corrected")
    assert (event["late"], event["reason"]) == (True, WHY)


async def test_unlocked_it_is_open_again_for_as_long_as_a_sheet_stays_open(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    world.stage.clock.set(first.end_at + 2 * DAY)
    await world.tend()

    by_trainer = await world.turn(first.session_id, "unlock", world.trainer, reason=WHY)
    unlocked = await ok(world.turn(first.session_id, "unlock", reason=WHY))
    still_open = await world.tend()
    marked = await world.mark(first.session_id, (people[0], "present"))
    world.later(DAY)
    locked_again = await world.tend()

    assert by_trainer.status_code == 403
    assert (unlocked["state"], still_open, marked[0]["outcome"], locked_again) == ("open", 0, "applied", 1)
    assert (await world.last("attendance_sheet.unlocked"))["reason"] == WHY


# ------------------------------------------------------------------------------------------- who is on it


async def test_membership_is_as_at_session_time(world: World) -> None:
    first = session()
    run_id, (person,) = await world.class_of(1, first)
    seat: dict[str, Any] = {"enrolment_id": UUID(person), "trainee_id": IDS.new()}
    await world.mark(first.session_id, (person, "present"))

    gone = seat_event(run_id, status=EnrolmentStatus.WITHDRAWN, seated_until=START + 2 * HOUR, **seat)
    await world.hear(gone)

    assert await world.states(first.session_id) == {person: "present"}
    line = await world.line(first.session_id, person)
    assert (await ok(world.patch(line, minutes_credited=60)))["minutes_credited"] == 60


async def test_who_left_before_the_session_is_not_on_it_and_returns_when_reinstated(world: World) -> None:
    first = session()
    run_id, people = await world.class_of(2, first)
    await world.sheet(first.session_id)
    seat: dict[str, Any] = {"enrolment_id": UUID(people[0]), "trainee_id": IDS.new()}

    await world.hear(seat_event(run_id, status=EnrolmentStatus.CANCELLED, seated_until=START - HOUR, **seat))
    without = await world.states(first.session_id)
    refused = await world.mark(first.session_id, (people[0], "present"))
    await world.hear(seat_event(run_id, **seat))

    assert without == {people[1]: "unmarked"}
    assert refused[0]["code"] == "not_seated"
    assert set(await world.states(first.session_id)) == set(people)


async def test_who_joins_later_is_on_the_sheets_of_later_sessions(world: World) -> None:
    first, second = session(), session(2, start=START + 5 * HOUR)
    run_id, people = await world.class_of(1, first, second)
    world.later(4 * HOUR)
    await world.sheet(first.session_id)
    late = await world.seat(run_id, seated_from=START + 3 * HOUR)
    world.later(HOUR)

    assert set(await world.states(first.session_id)) == set(people)
    assert set(await world.states(second.session_id)) == {*people, late}


async def test_a_replaced_enrolment_takes_its_attendance_along(world: World) -> None:
    first, second = session(), session(2, start=START - 5 * HOUR)
    run_id = await world.run(first, second)
    old = await world.seat(run_id, trainee_id=(person := IDS.new()))
    await world.mark(first.session_id, (old, "present"))
    await world.sheet(second.session_id)

    new = seat_event(run_id, trainee_id=person, replaces=UUID(old))
    end: dict[str, Any] = {"status": EnrolmentStatus.CANCELLED, "seated_until": START + HOUR}
    await world.hear(new, seat_event(run_id, UUID(old), person, **end), new)

    successor = str(new.enrolment_id)
    assert await world.states(first.session_id) == {successor: "present"}
    assert await world.states(second.session_id) == {successor: "unmarked"}
    line = await world.line(first.session_id, successor)
    assert (line["sync"]["submission_revision"], len(line["revisions"])) == (2, 2)
    assert (await world.told()).count("attendance.moved") == 1


async def test_a_transferred_persons_attendance_stays_with_the_old_run(world: World) -> None:
    first = session()
    run_id = await world.run(first)
    old = await world.seat(run_id, trainee_id=(person := IDS.new()))
    await world.mark(first.session_id, (old, "present"))

    leaving: dict[str, Any] = {"status": EnrolmentStatus.TRANSFERRED, "seated_until": START + HOUR}
    await world.hear(seat_event(run_id, UUID(old), person, **leaving))
    await world.hear(seat_event(await world.run(session(start=START + DAY)), trainee_id=person, transferred_from=old))

    assert await world.states(first.session_id) == {old: "present"}


async def test_a_moved_session_moves_its_end_and_its_people(world: World) -> None:
    first = session()
    run_id, people = await world.class_of(1, first)
    await world.sheet(first.session_id)
    late = await world.seat(run_id, seated_from=START + 2 * HOUR)

    moved = first.model_copy(update={"start_at": START + 3 * HOUR, "end_at": START + 7 * HOUR})
    await world.run(moved, run_id=run_id)

    sheet = await world.sheet(first.session_id)
    assert {line["enrolment_id"] for line in sheet["lines"]} == {*people, late}
    assert sheet["lock_due_at"].startswith("2026-03-03T08:00")


async def test_a_session_that_is_gone_from_the_run_is_cancelled(world: World) -> None:
    first, second = session(), session(2)
    run_id, _ = await world.class_of(1, first, second)

    await world.run(first, run_id=run_id)

    listed = await ok(world.ops.get(f"{API}/sheets", params={"run_id": str(run_id)}))
    assert [each["session_status"] for each in listed] == [SessionStatus.PLANNED, SessionStatus.CANCELLED]


# ------------------------------------------------------------------------------------------- names


async def test_names_are_asked_for_and_the_sheet_works_without(world: World) -> None:
    first = session()
    await world.class_of(2, first)

    named = await world.sheet(first.session_id)
    auditor = await world.stage.client(Role.AUDITOR)
    masked = await world.sheet(first.session_id, auditor)
    world.registry.away = True
    nameless = await world.sheet(first.session_id)

    assert [line["name"] for line in named["lines"]] == ["Synthetic Trainee 1", "Synthetic Trainee 2"]
    assert named["lines"][0]["id_masked"].startswith("S****")
    assert {line["name"] for line in masked["lines"]} == {"S*** T*** 1***", "S*** T*** 2***"}
    assert (named["names_available"], nameless["names_available"]) == (True, False)
    assert [line["name"] for line in nameless["lines"]] == [None, None]


# ------------------------------------------------------------------------------------------- policy


def numbers(**given: Any) -> dict[str, Any]:
    words: dict[str, Any] = {
        "effective_from": "2026-03-03",
        "lock_hours": 48,
        "check_in_early_minutes": 60,
        "check_in_close_minutes": 15,
        "threshold_pct": 80,
        "reason": "a circular of the authority",
    }
    return {**words, **given}


async def test_new_numbers_hold_from_their_day_on(world: World) -> None:
    tomorrow = session(start=START + DAY)
    await world.class_of(1, tomorrow)
    await ok(world.admin.post(f"{API}/policy", json=numbers()))

    world.stage.clock.set(START + DAY - HOUR)
    sheet = await world.sheet(tomorrow.session_id)

    assert sheet["policy_version"] == 2
    assert sheet["lock_due_at"].startswith("2026-03-05T05:00")
    changes = {each["field"] for each in (await world.last("attendance_policy.introduced"))["changes"]}
    assert "lock_hours" in changes


@pytest.mark.parametrize(
    ("given", "status"),
    [({"effective_from": "2026-03-02"}, 409), ({"lock_hours": 0}, 422), ({"threshold_pct": 101}, 422)],
)
async def test_numbers_that_cannot_be_are_refused(world: World, given: dict[str, Any], status: int) -> None:
    assert (await world.admin.post(f"{API}/policy", json=numbers(**given))).status_code == status
