"""When an enrolment is replaced, its results follow the person."""

from datetime import timedelta

from libs.contracts.enrolment import EnrolmentStatus
from services.assessment.handlers import carry_one
from services.assessment.tests.builders import IDS, NOW, enrolment_event, rate
from services.assessment.tests.conftest import World, ok


async def test_what_counted_counts_for_the_successor_and_is_voided_where_it_was(world: World) -> None:
    course_id = await world.course(skill_codes=("S-1", "S-2"))
    run_id = await world.run(course_id=course_id)
    old, new = await world.place(run_id), IDS.new()
    failed = await world.final(old, skill_code="S-1", result="Fail", score=40)
    passed = await ok(world.act(await world.draft_again(failed, result="Pass", score=70), "finalise"))
    draft = await world.draft(old, skill_code="S-2", score=65)
    world.stage.clock.set(NOW + timedelta(days=3))
    await world.hear(enrolment_event(new, run_id, replaces=old), rate(new, run_id))
    await world.hear(enrolment_event(old, run_id, EnrolmentStatus.CANCELLED))

    carried = [await carry_one(world.stage.runtime) for _ in range(2)]

    listed = await ok(world.admin.get("/api/v1/assessments", params={"enrolment_id": str(new)}))
    copies = {each["skill_code"]: await world.read(each) for each in listed["items"]}
    assert carried == [True, False]
    assert [(await world.read(each))["status"] for each in (failed, passed)] == ["voided"] * 2
    assert (await world.admin.get(f"/api/v1/assessments/{draft['id']}")).status_code == 404
    assert {skill: (each["status"], each["score"]) for skill, each in copies.items()} == {
        "S-1": ("final", 70),
        "S-2": ("draft", 65),
    }
    assert copies["S-1"]["amendable_until"] == passed["amendable_until"]
    assert (copies["S-1"]["attempt"], copies["S-1"]["sync"]["state"]) == (2, "pending")
    assert copies["S-1"]["finalised_by"] == str(world.assessor_id)
    await ok(world.act(copies["S-2"], "finalise"))
    assert (await world.outcome(old), await world.outcome(new)) == ((False, False), (True, True))
    told = [each.data for each in await world.stage.told() if each.event_type == "assessment_outcome.changed"]
    assert [(each["enrolment_id"], each["passed"]) for each in told] == [(str(new), True)]


async def test_an_enrolment_replaced_without_results_moves_nothing(world: World) -> None:
    run_id = await world.run()
    old, new = await world.place(run_id), IDS.new()

    await world.hear(enrolment_event(new, run_id, replaces=old))

    assert await carry_one(world.stage.runtime) is False


async def test_a_fail_with_its_repetition_under_way_moves_whole(world: World) -> None:
    run_id = await world.run()
    old, new = await world.place(run_id), IDS.new()
    await world.draft_again(await world.final(old, result="Fail"), result="Pass")
    await world.hear(enrolment_event(new, run_id, replaces=old), rate(new, run_id))

    await carry_one(world.stage.runtime)

    listed = await ok(world.admin.get("/api/v1/assessments", params={"enrolment_id": str(new)}))
    assert sorted((each["attempt"], each["status"], each["result"]) for each in listed["items"]) == [
        (1, "final", "Fail"),
        (2, "draft", "Pass"),
    ]


async def test_what_somebody_entered_for_the_successor_stays(world: World) -> None:
    run_id = await world.run()
    old, new = await world.place(run_id), IDS.new()
    final = await world.final(old, score=60)
    await world.hear(enrolment_event(new, run_id, replaces=old), rate(new, run_id))
    entered = await world.draft(new, score=90)

    await carry_one(world.stage.runtime)

    assert (await world.read(final))["status"] == "voided"
    assert (await world.read(entered))["score"] == 90
