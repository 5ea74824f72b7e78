"""What results are judged by: agreement, versions, and what the course itself says."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.course import RunStatus
from services.assessment.models.rule import Rule
from services.assessment.models.words import Grade, Result, Words
from services.assessment.tests.builders import IDS, NOW, TODAY, course_event
from services.assessment.tests.conftest import World, ok

BANDS = [{"from_score": 80, "grade": "A"}, {"from_score": 50, "grade": "B"}, {"from_score": 0, "grade": "F"}]


def rule_of(**given: Any) -> Rule:
    words: dict[str, Any] = {
        "pass_mark": 50,
        "bands": [[80, "A"], [50, "B"], [0, "F"]],
        "competency_only": False,
        "exempt_allowed": True,
        "skill_codes": [],
    }
    return Rule(**{**words, **given})


def codes(rule: Rule, *words: Any) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in rule.findings(Words(*words))]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((None,), [("result", "missing")]),
        ((Result.PASS,), []),
        ((Result.PASS, 50), []),
        ((Result.PASS, 49), [("result", "disagrees")]),
        ((Result.FAIL, 50), [("result", "disagrees")]),
        ((Result.FAIL, 49, Grade.F), []),
        ((Result.PASS, 79, Grade.B), []),
        ((Result.PASS, 79, Grade.A), [("grade", "disagrees")]),
        ((Result.PASS, None, Grade.F), [("grade", "disagrees")]),
        ((Result.FAIL, None, Grade.A), [("grade", "disagrees")]),
        ((Result.PASS, None, Grade.C), [("grade", "unknown")]),
        ((Result.EXEMPT,), []),
        ((Result.EXEMPT, 80), [("score", "not_taken")]),
        ((Result.EXEMPT, 80, Grade.A), [("score", "not_taken"), ("grade", "not_taken")]),
    ],
)
def test_words_agree_with_the_rule_or_are_refused(words: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert codes(rule_of(), *words) == expected


def test_a_course_judged_by_competency_takes_neither_score_nor_grade() -> None:
    rule = rule_of(competency_only=True, pass_mark=None, bands=[])

    assert codes(rule, Result.PASS) == []
    assert codes(rule, Result.FAIL, 10, Grade.F) == [("score", "not_taken"), ("grade", "not_taken")]


def test_exemption_may_be_forbidden() -> None:
    assert codes(rule_of(exempt_allowed=False), Result.EXEMPT) == [("result", "not_allowed")]


@given(score=st.integers(0, 100), mark=st.integers(0, 100))
def test_of_pass_and_fail_exactly_one_agrees_with_a_score(score: int, mark: int) -> None:
    rule = rule_of(pass_mark=mark, bands=[])

    assert (codes(rule, Result.PASS, score) == []) is (score >= mark)
    assert (codes(rule, Result.FAIL, score) == []) is (score < mark)


@given(score=st.integers(0, 100))
def test_every_score_has_exactly_one_grade(score: int) -> None:
    rule = rule_of(pass_mark=None)

    assert len([grade for grade in Grade if codes(rule, Result.PASS, score, grade) == []]) == 1


@pytest.mark.parametrize("body", [{"score": 101}, {"score": -1}, {"score": 70.5}, {"score": "70"}, {"grade": "G"}])
async def test_what_is_no_score_or_grade_is_refused_at_the_door(world: World, body: dict[str, Any]) -> None:
    place = await world.place()

    answer = await world.assessor.post("/api/v1/assessments", json=world.wish(place, **body))

    assert answer.status_code == 422
    assert str(next(iter(body.values()))) not in [each["message"] for each in answer.json()["errors"]]


async def test_a_disagreement_is_a_finding_and_nothing_is_adjusted(world: World) -> None:
    draft = await world.draft(result="Pass", score=30)

    answer = await world.act(draft, "finalise")

    assert (answer.status_code, answer.json()["code"]) == (422, "rule_broken")
    assert answer.json()["errors"][0]["field"] == "result"
    assert [each["code"] for each in draft["warnings"] if each["blocks"]] == ["disagrees"]
    same = await world.read(draft)
    assert (same["status"], same["result"], same["score"]) == ("draft", "Pass", 30)


def rule_wish(world: World, **given: Any) -> dict[str, Any]:
    words = {
        "course_id": str(world.course_id),
        "effective_from": (TODAY + timedelta(days=2)).isoformat(),
        "pass_mark": 70,
        "bands": [],
        "skill_codes": ["SKILL-1"],
        "amend_days": 1,
        "reason": "stricter from now on",
    }
    return {**words, **given}


async def test_a_rule_judges_from_its_day_on_and_is_stored_with_each_result(world: World) -> None:
    introduced = await ok(world.admin.post("/api/v1/assessments/rules", json=rule_wish(world)))
    run_id = await world.run(status=RunStatus.IN_PROGRESS, end_on=TODAY + timedelta(days=30))
    before = await world.final(await world.place(run_id), score=60)
    world.stage.clock.set(NOW + timedelta(days=2))
    day = (TODAY + timedelta(days=2)).isoformat()

    dated_back = await world.final(await world.place(run_id), score=60)
    refused = await world.act(await world.draft(await world.place(run_id), score=60, assessed_on=day), "finalise")
    after = await world.final(await world.place(run_id), score=70, assessed_on=day)

    assert refused.json()["code"] == "rule_broken"
    assert (before["rule_number"], dated_back["rule_number"]) == (2, 2)
    assert (after["rule_number"], after["amendable_until"]) == (
        introduced["number"],
        (TODAY + timedelta(days=3)).isoformat(),
    )


async def test_rules_are_never_changed_in_place_nor_begin_in_the_past(world: World) -> None:
    today = await world.admin.post("/api/v1/assessments/rules", json=rule_wish(world, effective_from=str(TODAY)))
    await ok(world.admin.post("/api/v1/assessments/rules", json=rule_wish(world)))
    same_day = await world.admin.post("/api/v1/assessments/rules", json=rule_wish(world, pass_mark=80))
    by_ops = await world.ops.post("/api/v1/assessments/rules", json=rule_wish(world))
    unknown = await world.admin.post("/api/v1/assessments/rules", json=rule_wish(world, course_id=str(IDS.new())))

    listed = await ok(world.ops.get("/api/v1/assessments/rules", params={"course_id": str(world.course_id)}))

    assert [each.status_code for each in (today, same_day, by_ops, unknown)] == [409, 409, 403, 422]
    assert [each["source"] for each in listed["items"]] == ["person", "course", "default"]
    one = await ok(world.ops.get(f"/api/v1/assessments/rules/{listed['items'][0]['id']}"))
    assert one == listed["items"][0]


@pytest.mark.parametrize(
    "body",
    [
        {"bands": BANDS[:2]},
        {"bands": list(reversed(BANDS))},
        {"bands": [*BANDS[:2], {"from_score": 0, "grade": "A"}]},
        {"competency_only": True},
        {"skill_codes": ["A", "A"]},
        {"min_attendance_pct": 101},
    ],
)
async def test_a_rule_that_contradicts_itself_is_refused(world: World, body: dict[str, Any]) -> None:
    answer = await world.admin.post("/api/v1/assessments/rules", json=rule_wish(world, **body))

    assert answer.status_code == 422


async def test_what_the_course_says_becomes_its_rule_until_a_person_introduces_one(world: World) -> None:
    await world.hear(course_event(world.course_id))
    await world.hear(course_event(world.course_id, pass_mark=60, revision=2))
    await ok(world.admin.post("/api/v1/assessments/rules", json=rule_wish(world)))
    world.stage.clock.set(NOW + timedelta(days=2))
    await world.hear(course_event(world.course_id, pass_mark=90, revision=3))

    listed = await ok(world.admin.get("/api/v1/assessments/rules", params={"course_id": str(world.course_id)}))

    assert [each["pass_mark"] for each in listed["items"]] == [70, 60, 50, None]
    assert (await world.told()).count("assessment_rule.introduced") == 3


async def test_a_course_never_heard_of_is_judged_by_the_rule_laid_down_for_all(world: World) -> None:
    place = await world.place(await world.run(course_id=IDS.new()))

    final = await world.final(place, skill_code=None, score=10)

    assert (final["rule_number"], final["skill_code"]) == (1, None)


async def test_only_skills_of_the_course_are_assessed(world: World) -> None:
    place = await world.place()

    answers = [
        await world.assessor.post("/api/v1/assessments", json=world.wish(place, skill_code=skill))
        for skill in ("SKILL-9", None)
    ]

    assert [answer.json()["errors"][0]["field"] for answer in answers] == ["skill_code"] * 2
