"""People check themselves in: the code changes, the pass is theirs, and too early means wait."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from libs.access.permissions import Role
from libs.contracts.course import SessionStatus
from services.attendance.tests.builders import IDS, START, course_event, session
from services.attendance.tests.conftest import API, World, ok
from services.attendance.tokens import STEP, code_of, fits

MINUTE = timedelta(minutes=1)
DEVICE = "synthetic-device-0001"


async def passes(world: World, run_id: UUID, **body: Any) -> dict[str, str]:
    answer = await ok(world.trainer.post(f"{API}/check-in/passes", json={"run_id": str(run_id), **body}))
    return {each["enrolment_id"]: each["pass"] for each in answer}


async def room(world: World, session_id: UUID) -> Any:
    return await ok(world.trainer.get(f"{API}/check-in/{session_id}/code"))


async def step_in(
    world: World, session_id: UUID, secret: str, *, code: str | None = None, **body: Any
) -> httpx.Response:
    """As a phone does that has no account."""
    phone = await world.stage.client()
    shown = code or (await room(world, session_id))["code"]
    wish = {"session_id": str(session_id), "code": shown, "pass": secret, "device": DEVICE, **body}
    return await phone.post(f"{API}/check-in", json=wish)


def test_a_code_holds_for_its_half_minute_and_one_more_and_for_no_other_session(world: World) -> None:
    vault, session_id, at = world.stage.runtime.vault, IDS.new(), START
    code = code_of(session_id, at, vault)

    assert fits(code.lower(), session_id, at + STEP - timedelta(microseconds=1), vault)
    assert fits(code, session_id, at + 2 * STEP - timedelta(microseconds=1), vault)
    assert not fits(code, session_id, at + 2 * STEP, vault)
    assert not fits(code, session_id, at - timedelta(microseconds=1), vault)
    assert not fits(code, IDS.new(), at, vault)


async def test_checked_in_once_and_confirmed_by_the_trainer(world: World) -> None:
    first = session()
    run_id, people = await world.class_of(2, first)
    world.stage.clock.set(START)
    mine = await passes(world, run_id)

    one = await ok(step_in(world, first.session_id, mine[people[0]]))
    again = await ok(step_in(world, first.session_id, mine[people[0]], device="synthetic-device-0002"))
    shown = await room(world, first.session_id)
    await world.mark(first.session_id, all_present=True)

    assert (one["outcome"], one["state"], again["outcome"]) == ("checked_in", "checked_in", "already")
    assert [len(shown["present"]), len(shown["missing"])] == [1, 1]
    assert shown["present"][0]["name"] == "Synthetic Trainee 1"
    line = await world.line(first.session_id, people[0])
    assert (line["state"], line["sync"]["submission_revision"], len(line["revisions"])) == ("present", 1, 2)
    assert (await world.told()).count("attendance.checked_in") == 1
    told = next(each for each in await world.stage.told() if each.event_type == "attendance.checked_in")
    assert (told.actorid, told.actorrole) == (people[0], "trainee")


async def test_too_early_is_told_to_wait_and_too_late_to_ask(world: World) -> None:
    first = session()
    run_id, people = await world.class_of(1, first)
    mine = await passes(world, run_id)

    async def at(minutes: int) -> httpx.Response:
        world.stage.clock.set(START + minutes * MINUTE)
        return await step_in(world, first.session_id, mine[people[0]])

    early, late, in_time = await at(-31), await at(31), await at(-30)

    assert (early.status_code, early.json()["outcome"]) == (200, "wait")
    assert early.json()["opens_at"].startswith("2026-03-02T00:30")
    assert (late.status_code, late.json()["code"]) == (409, "check_in_closed")
    assert in_time.json()["outcome"] == "checked_in"


async def test_an_old_code_a_wrong_pass_and_another_run_open_nothing(world: World) -> None:
    first, other = session(), session()
    run_id, people = await world.class_of(1, first)
    other_run, _ = await world.class_of(1, other)
    world.stage.clock.set(START)
    mine, theirs = await passes(world, run_id), await passes(world, other_run)
    code = (await room(world, first.session_id))["code"]

    wrong = await step_in(world, first.session_id, "x" * 32)
    stranger = await step_in(world, first.session_id, next(iter(theirs.values())))
    unknown = await step_in(world, IDS.new(), mine[people[0]], code=code)
    world.later(MINUTE)
    expired = await step_in(world, first.session_id, mine[people[0]], code=code)
    reissued = await passes(world, run_id, enrolment_ids=people)
    ended = await step_in(world, first.session_id, mine[people[0]])
    works = await step_in(world, first.session_id, reissued[people[0]])

    answers = [wrong, stranger, unknown, expired, ended]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (422, "unknown_pass"),
        (422, "unknown_pass"),
        (409, "code_expired"),
        (409, "code_expired"),
        (422, "unknown_pass"),
    ]
    assert works.json()["outcome"] == "checked_in"
    assert mine[people[0]] not in "".join(each.text for each in answers)


async def test_one_device_for_several_people_is_pointed_out(world: World) -> None:
    first = session()
    run_id, people = await world.class_of(3, first)
    world.stage.clock.set(START)
    mine = await passes(world, run_id)
    for person, device in zip(people, [DEVICE, DEVICE, "synthetic-device-0003"], strict=True):
        await ok(step_in(world, first.session_id, mine[person], device=device))

    shown = (await room(world, first.session_id))["present"]

    assert {each["enrolment_id"] for each in shown if each["shared_device"]} == set(people[:2])
    assert (await world.told()).count("check_in.device_shared") == 1


async def test_many_phones_at_once_each_check_in_once(world: World) -> None:
    first = session()
    run_id, people = await world.class_of(5, first)
    world.stage.clock.set(START)
    mine = await passes(world, run_id)

    answers = await asyncio.gather(
        *(step_in(world, first.session_id, mine[person], device=f"device-of-{person}") for person in people * 2)
    )

    assert sorted(each.json()["outcome"] for each in answers) == ["already"] * 5 + ["checked_in"] * 5
    assert set((await world.states(first.session_id)).values()) == {"checked_in"}


async def test_what_the_trainer_judged_stands(world: World) -> None:
    first = session()
    run_id, people = await world.class_of(2, first)
    world.stage.clock.set(START)
    mine = await passes(world, run_id)
    await ok(step_in(world, first.session_id, mine[people[0]]))
    rejected = await ok(world.act(await world.line(first.session_id, people[0]), "reject", reason="not in the room"))
    await world.mark(first.session_id, (people[1], "absent"))

    again = [await step_in(world, first.session_id, mine[person]) for person in people]
    believed = await ok(world.act(rejected, "re-mark", reason="was in the other room"))

    assert [(each.status_code, each.json()["code"]) for each in again] == [(409, "action_not_allowed")] * 2
    assert (rejected["state"], rejected["sync"]["submission_revision"], believed["state"]) == ("rejected", 0, "present")


async def test_the_screen_says_whose_record_is_the_official_one(world: World) -> None:
    classroom, on_the_job = session(), session(2, mode_of_training="4")
    await world.class_of(1, classroom, on_the_job)
    funded = [(await room(world, each.session_id))["official_record"] for each in (classroom, on_the_job)]
    await world.hear(course_event(world.course_id, funded=False))
    unfunded = (await room(world, classroom.session_id))["official_record"]

    assert (funded, unfunded) == ([True, False], False)


async def test_only_who_teaches_sees_the_code_and_hands_out_passes(world: World) -> None:
    first = session()
    run_id, _ = await world.class_of(1, first)
    stranger = await world.stage.client(Role.TRAINER)

    code = await stranger.get(f"{API}/check-in/{first.session_id}/code")
    handing = await stranger.post(f"{API}/check-in/passes", json={"run_id": str(run_id)})
    unknown = {"run_id": str(run_id), "enrolment_ids": [str(IDS.new())]}

    assert (code.status_code, handing.status_code) == (404, 404)
    assert (await world.trainer.post(f"{API}/check-in/passes", json=unknown)).status_code == 404


async def test_nobody_checks_in_to_what_is_called_off(world: World) -> None:
    first = session()
    run_id, people = await world.class_of(1, first)
    world.stage.clock.set(START)
    mine = await passes(world, run_id)
    await world.run(first.model_copy(update={"status": SessionStatus.CANCELLED}), run_id=run_id)

    refused = await step_in(
        world, first.session_id, mine[people[0]], code=code_of(first.session_id, START, world.stage.runtime.vault)
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "session_cancelled")
