"""Through HTTP: each state refuses with 409 what it does not take, and says what it does."""

from datetime import timedelta
from typing import Any

from libs.contracts.course import RunStatus
from libs.contracts.enrolment import EnrolmentStatus
from services.enrolment.models.lifecycle import EnrolmentAction, taken_in
from services.enrolment.tests.builders import IDS, STARTS_AT, outcome
from services.enrolment.tests.conftest import World, ok

BODIES: dict[EnrolmentAction, tuple[str, dict[str, Any]]] = {
    EnrolmentAction.CONFIRM: ("confirm", {}),
    EnrolmentAction.OFFER: ("offer", {}),
    EnrolmentAction.ACCEPT: ("accept", {}),
    EnrolmentAction.DECLINE: ("decline", {}),
    EnrolmentAction.CANCEL: ("cancel", {"reason": "sick"}),
    EnrolmentAction.WITHDRAW: ("withdraw", {"reason": "sick"}),
    EnrolmentAction.REINSTATE: ("reinstate", {"reason": "well again"}),
    EnrolmentAction.PAY: ("fee", {"amount": "1"}),
    EnrolmentAction.REFUND: ("refund", {"amount": "1", "reason": "cancelled"}),
}


async def in_each_state(world: World) -> list[dict[str, Any]]:
    """One enrolment in every state, on runs that have not begun unless the state needs it."""
    draft = await world.draft(await world.run())
    confirmed = await world.placed(await world.run())
    full = await world.run(seats=1)
    seated, offered, waitlisted = [await world.placed(full) for _ in range(3)]
    cancelled = await ok(world.act(seated, "cancel", reason="sick"))
    elsewhere = str(await world.run())
    moving = await world.placed(await world.run())
    await ok(world.act(moving, "transfer", run_id=elsewhere, reason="suits better"))
    ended = await world.run()
    completed = await world.placed(ended)
    await world.hear(outcome(completed))
    await world.say(ended, status=RunStatus.ENDED)
    begun = await world.run()
    leaving = await world.placed(begun)
    await world.say(begun, status=RunStatus.IN_PROGRESS)
    withdrawn = await ok(world.act(leaving, "withdraw", reason="sick"))
    found = [draft, confirmed, offered, waitlisted, cancelled, moving, completed, withdrawn]
    return [await world.read(each) for each in found]


async def test_each_refused_transition_is_409_with_what_is_allowed(world: World) -> None:
    places = await in_each_state(world)
    assert {place["status"] for place in places} == set(EnrolmentStatus)

    for place in places:
        begun = place["status"] in {"completed", "withdrawn"}
        allowed = taken_in(EnrolmentStatus(place["status"]), begun=begun)
        for action, (path, body) in BODIES.items():
            if action in allowed:
                continue
            answer = await world.act(place, path, world.admin, **body)
            assert (answer.status_code, answer.json().get("allowed")) == (409, list(allowed)), (place["status"], path)
        assert await world.read(place) == place


async def test_a_transfer_and_an_amendment_are_refused_in_the_same_way(world: World) -> None:
    run_id = await world.run()
    gone = await ok(world.act(await world.placed(run_id), "cancel", reason="sick"))
    elsewhere = str(await world.run(run_id=IDS.new()))

    transfer = await world.act(gone, "transfer", run_id=elsewhere, reason="suits better")
    amendment = await world.change(f"enrolments/{gone['id']}", gone, sponsorship="EMPLOYER")
    world.stage.clock.set(STARTS_AT + timedelta(days=1))
    fees = await world.change(f"enrolments/{gone['id']}/fee", gone, full_fee="1")

    assert [answer.json()["code"] for answer in (transfer, amendment, fees)] == ["action_not_allowed"] * 3
