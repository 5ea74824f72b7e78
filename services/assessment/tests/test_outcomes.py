"""Over all skills a course asks for: told when, and only when, it says something new."""

from services.assessment.models.outcome import Standings, judge_outcome
from services.assessment.tests.builders import course_event
from services.assessment.tests.conftest import World, ok


def test_it_is_decided_once_every_required_skill_has_a_result() -> None:
    assert judge_outcome(("a", "b"), {"a": True}) == Standings(decided=False, passed=False)
    assert judge_outcome(("a", "b"), {"a": False}) == Standings(decided=False, passed=False)
    assert judge_outcome(("a", "b"), {"a": True, "b": False}) == Standings(decided=True, passed=False)
    assert judge_outcome(("a", "b"), {"a": True, "b": True, "c": False}) == Standings(decided=True, passed=True)


async def test_an_outcome_is_told_over_all_skills(world: World) -> None:
    course_id = await world.course(skill_codes=("S-1", "S-2"))
    place = await world.place(await world.run(course_id=course_id))
    await world.final(place, skill_code="S-1")
    open_still = await world.outcome(place)

    second = await world.final(place, skill_code="S-2", result="Exempt")
    passed = await world.outcome(place)
    await ok(world.act(second, "amend", result="Fail", reason="no ground for it"))

    assert (open_still, passed, await world.outcome(place)) == ((False, False), (True, True), (True, False))
    told = [each.data for each in await world.stage.told() if each.event_type == "assessment_outcome.changed"]
    assert [(each["decided"], each["passed"]) for each in told] == [(True, True), (True, False)]
    assert {each["enrolment_id"] for each in told} == {str(place)}


async def test_nothing_new_is_not_told(world: World) -> None:
    final = await world.final(score=60)
    await ok(world.act(final, "amend", score=61, reason="wrong sum"))

    assert (await world.told()).count("assessment_outcome.changed") == 1


async def test_a_repeated_one_that_is_passed_turns_it(world: World) -> None:
    failed = await world.final(result="Fail")
    await ok(world.act(await world.draft_again(failed, result="Pass"), "finalise"))

    told = [each.data for each in await world.stage.told() if each.event_type == "assessment_outcome.changed"]
    assert [(each["decided"], each["passed"]) for each in told] == [(True, False), (True, True)]


async def test_another_skill_that_must_be_passed_opens_it_again(world: World) -> None:
    course_id = await world.course()
    run_id = await world.run(course_id=course_id)
    place = await world.place(run_id)
    await world.final(place)
    later = await world.place(await world.run(course_id=course_id, start_on="2026-03-02", end_on="2026-03-02"))
    await world.final(later)

    await world.hear(course_event(course_id, skill_codes=("SKILL-1", "SKILL-2"), revision=2))

    # The run that began before stays judged by what was asked for then.
    assert (await world.outcome(place), await world.outcome(later)) == ((True, True), (False, False))


async def test_a_skill_code_that_is_amended_moves_the_result(world: World) -> None:
    course_id = await world.course(skill_codes=("S-1", "S-2"))
    place = await world.place(await world.run(course_id=course_id))
    final = await world.final(place, skill_code="S-1")

    moved = await ok(world.act(final, "amend", skill_code="S-2", reason="wrong skill"))

    view = await ok(world.admin.get(f"/api/v1/assessments/outcomes/{place}"))
    assert (moved["skill_code"], moved["effective"], view["missing"]) == ("S-2", True, ["S-1"])
    await world.final(place, skill_code="S-1")
    back = await world.act(moved, "amend", skill_code="S-1", reason="wrong skill")
    assert (back.status_code, back.json()["code"]) == (409, "already_assessed")


async def test_a_run_is_seen_at_a_glance(world: World) -> None:
    run_id = await world.run()
    passed, absent = await world.place(run_id), await world.place(run_id, credited=10)
    await world.final(passed)
    path, asked = "/api/v1/assessments/outcomes", {"run_id": str(run_id)}

    rows = (await ok(world.assessor.get(path, params=asked)))["items"]
    first = await ok(world.assessor.get(path, params={**asked, "limit": 1}))
    rest = await ok(world.assessor.get(path, params={**asked, "limit": 1, "cursor": first["next_cursor"]}))
    theirs = await world.run(people={})

    assert [row["enrolment_id"] for row in rows] == [str(passed), str(absent)]
    assert [(row["passed"], row["attended_enough"], row["missing"]) for row in rows] == [
        (True, True, []),
        (False, False, ["SKILL-1"]),
    ]
    assert [row["certificate_id"] is not None for row in rows] == [True, False]
    assert first["items"] + rest["items"] == rows
    assert (await world.assessor.get(path, params={"run_id": str(theirs)})).status_code == 404
