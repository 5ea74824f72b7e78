"""What TPGateway would refuse is told beforehand, and refused here before anything is owed."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from libs.access.permissions import Role
from libs.testing.people import nric
from services.enrolment.tests.builders import IDS, course_event, run_event
from services.enrolment.tests.conftest import World, ok

WRONG_LETTER = "S9000001A"


async def found(world: World, enrolment: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = await ok(world.ops.get(f"/api/v1/enrolments/{enrolment['id']}/preflight"))
    return view


def fields(findings: list[dict[str, Any]]) -> set[tuple[str, str]]:
    assert all(finding["message"] and finding["fix"] for finding in findings)
    return {(finding["field"], finding["code"]) for finding in findings}


async def unfunded_run(world: World) -> UUID:
    course_id, run_id = IDS.new(), IDS.new()
    await world.hear(course_event(course_id, funded=False), run_event(run_id, course_id=course_id))
    return run_id


async def test_the_preflight_tells_all_that_confirming_would_refuse_and_changes_nothing(world: World) -> None:
    run_id = await world.run()
    bare = await world.trainee(email=None, phone=None, id_number=WRONG_LETTER)
    draft = await world.draft(run_id, bare, sponsorship="EMPLOYER")
    told = len(await world.told())

    view = await found(world, draft)

    assert view["ready"] is False
    assert fields(view["errors"]) == {
        ("trainee.email", "missing"),
        ("trainee.phone", "missing"),
        ("trainee.id_number", "wrong_check_letter"),
        ("employer_id", "required"),
    }
    assert (await world.read(draft), len(await world.told())) == (draft, told)
    refused = await world.act(draft, "confirm")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_ready")
    assert refused.json()["errors"] == view["errors"]
    assert await world.seats(run_id) == (0, 0, 0)


async def test_who_is_ready_is_told_so_and_a_look_may_still_be_worth_it(world: World) -> None:
    ready = await found(world, await world.draft(await world.run()))
    assert ready == {"ready": True, "errors": [], "warnings": []}


async def test_a_wrong_check_letter_is_only_worth_a_look_where_no_grant_is_paid(world: World) -> None:
    draft = await world.draft(await unfunded_run(world), await world.trainee(id_number=WRONG_LETTER))
    view = await found(world, draft)
    assert (view["ready"], fields(view["warnings"])) == (True, {("trainee.id_number", "wrong_check_letter")})
    assert (await ok(world.act(draft, "confirm")))["status"] == "confirmed"


async def test_a_replacement_that_tpgateway_would_refuse_leaves_everything_as_it_was(world: World) -> None:
    run_id = await world.run()
    trainee = await world.trainee()
    place = await world.placed(run_id, trainee)
    before, told = await world.read(place), len(await world.told())

    identity = await world.change(f"trainees/{trainee['id']}", trainee, id_number=WRONG_LETTER)
    payer = await world.change(f"enrolments/{place['id']}", place, sponsorship="EMPLOYER")

    assert [answer.status_code for answer in (identity, payer)] == [422, 422]
    assert fields(identity.json()["errors"]) == {("trainee.id_number", "wrong_check_letter")}
    assert fields(payer.json()["errors"]) == {("employer_id", "required")}
    assert WRONG_LETTER not in identity.text
    assert (await world.read(place), len(await world.told())) == (before, told)
    assert await world.seats(run_id) == (1, 0, 0)


async def test_an_offer_a_reinstatement_and_a_transfer_are_judged_as_well(world: World) -> None:
    """Given people whose numbers cannot be right, seated where no grant is paid, then no funded seat takes them."""
    local, funded = await unfunded_run(world), await world.run(seats=1)
    person = await world.trainee(id_number=WRONG_LETTER)
    seated = await world.placed(local, person)
    refused = await world.act(seated, "transfer", run_id=str(funded), reason="suits better")
    assert fields(refused.json()["errors"]) == {("trainee.id_number", "wrong_check_letter")}

    gone = await ok(world.act(await world.placed(funded, person := await world.trainee()), "cancel", reason="sick"))
    await ok(world.change(f"trainees/{person['id']}", person, id_number="S9000002A"))
    assert fields((await found(world, gone))["errors"]) == {("trainee.id_number", "wrong_check_letter")}
    refused = await world.act(gone, "reinstate", world.admin, reason="well again")
    assert (refused.status_code, fields(refused.json()["errors"])) == (
        422,
        {("trainee.id_number", "wrong_check_letter")},
    )

    first = await world.placed(funded)
    waiting = await world.placed(funded, person := await world.trainee(id_number=nric(88)))
    await ok(world.act(first, "cancel", reason="sick"))
    await ok(world.change(f"trainees/{person['id']}", person, id_number="S9000003A"))
    refused = await world.act(await world.read(waiting), "accept")
    assert fields(refused.json()["errors"]) == {("trainee.id_number", "wrong_check_letter")}
    assert await world.status(waiting) == "offered"


async def test_the_preflight_is_for_those_who_see_the_enrolment(world: World) -> None:
    draft = await world.draft(await world.run())
    path = f"/api/v1/enrolments/{draft['id']}/preflight"
    stranger: httpx.AsyncClient = await world.stage.client(Role.TRAINER)
    assert (await stranger.get(path)).status_code == 404
    assert (await world.finance.get(path)).status_code == 200
    assert (await world.ops.get(f"/api/v1/enrolments/{uuid4()}/preflight")).status_code == 404
