"""A run's results in one request: each line for itself, and nothing twice."""

from typing import Any
from uuid import UUID

import httpx

from services.assessment.tests.builders import IDS, TODAY
from services.assessment.tests.conftest import World, ok


def line(enrolment_id: UUID, **given: Any) -> dict[str, Any]:
    return {"enrolment_id": str(enrolment_id), "skill_code": "SKILL-1", "result": "C", **given}


async def send(
    world: World, run_id: UUID, lines: list[dict[str, Any]], client: httpx.AsyncClient | None = None, **given: Any
) -> httpx.Response:
    body = {"run_id": str(run_id), "assessed_on": TODAY.isoformat(), "lines": lines, **given}
    return await (client or world.assessor).post("/api/v1/assessments/bulk", json=body)


def verdicts(answer: dict[str, Any]) -> list[str]:
    return [each["verdict"] for each in answer["lines"]]


async def test_twenty_results_are_one_call_and_sent_again_nothing_happens(world: World) -> None:
    run_id = await world.run()
    places = [await world.place(run_id) for _ in range(20)]
    lines = [line(each, score=60 + number) for number, each in enumerate(places)]

    first = await ok(send(world, run_id, lines, finalise=True))
    told = await world.told()
    again = await ok(send(world, run_id, lines, finalise=True))

    assert (first["finalised"], again["unchanged"], again["finalised"]) == (20, 20, 0)
    assert told.count("assessment.finalised") == told.count("certificate.issued") == 20
    assert await world.told() == told


async def test_each_line_has_its_own_verdict_and_a_refused_one_leaves_nothing(world: World) -> None:
    run_id = await world.run()
    good, low, absent, elsewhere = [await world.place(run_id) for _ in range(2)] + [
        await world.place(run_id, credited=10),
        await world.place(),
    ]
    lines = [
        line(good, score=80),
        line(low, score=10),
        line(absent),
        line(elsewhere),
        line(IDS.new()),
        line(good, skill_code="SKILL-9"),
        line(good, attempt=3),
    ]

    answer = await ok(send(world, run_id, lines, finalise=True))

    assert verdicts(answer) == ["finalised", *["refused"] * 6]
    assert [each["code"] for each in answer["lines"][1:]] == [
        "rule_broken",
        "below_attendance",
        *["unknown_reference"] * 3,
        "wrong_words",
    ]
    assert answer["lines"][1]["findings"][0]["field"] == "result"
    assert "an override by another person" in answer["lines"][2]["allowed"]
    listed = await ok(world.admin.get("/api/v1/assessments", params={"run_id": str(run_id)}))
    assert [each["enrolment_id"] for each in listed["items"]] == [str(good)]
    told = await world.told()
    assert told.count("assessment.entered") == told.count("assessment.finalised") == 1


async def test_drafts_first_and_results_later(world: World) -> None:
    run_id = await world.run()
    place = await world.place(run_id)

    entered = await ok(send(world, run_id, [line(place, result="NYC", score=20)]))
    changed = await ok(send(world, run_id, [line(place, result="NYC", score=30)]))
    finalised = await ok(send(world, run_id, [line(place, result="NYC", score=30)], finalise=True))
    again = await ok(send(world, run_id, [line(place, attempt=2, score=70)], finalise=True))
    other_words = await ok(send(world, run_id, [line(place, attempt=2, score=71)], finalise=True))

    found = [verdicts(each)[0] for each in (entered, changed, finalised, again, other_words)]
    assert found == ["entered", "changed", "finalised", "finalised", "refused"]
    assert (other_words["lines"][0]["code"], other_words["lines"][0]["allowed"]) == (
        "already_assessed",
        ["amend", "propose"],
    )
    assert await world.outcome(place) == (True, True)


async def test_who_may_not_finalise_sends_drafts(world: World) -> None:
    run_id = await world.run()
    place = await world.place(run_id)

    refused = await send(world, run_id, [line(place)], world.ops, finalise=True)
    drafts = await ok(send(world, run_id, [line(place)], world.ops, assessor_id=str(world.assessor_id)))
    by_auditor = await send(world, run_id, [line(place)], world.auditor)

    assert (refused.status_code, verdicts(drafts), by_auditor.status_code) == (403, ["entered"], 403)


async def test_others_runs_are_out_of_reach(world: World) -> None:
    run_id = await world.run(people={IDS.new(): (2,)})
    place = await world.place(run_id)

    answer = await ok(send(world, run_id, [line(place)]))

    assert [each["code"] for each in answer["lines"]] == ["unknown_reference"]
    assert (await send(world, run_id, [line(place)] * 201)).status_code == 422
