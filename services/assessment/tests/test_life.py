"""Through HTTP: the life of an assessment, from a draft to a result that stands, is amended, repeated or voided."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.contracts.enrolment import EnrolmentStatus
from services.assessment.tests.builders import IDS, NOW, RUN_ENDS, RUN_STARTS, TODAY, rate
from services.assessment.tests.conftest import World, allowed, ok


async def test_a_draft_owes_nothing_and_a_final_result_does(world: World) -> None:
    draft = await world.draft(score=80, grade="A")

    final = await ok(world.act(draft, "finalise"))

    assert (draft["status"], draft["sync"]["state"], draft["sync"]["revision"]) == ("draft", "not_applicable", 1)
    assert (final["status"], final["effective"], final["sync"]["state"]) == ("final", True, "pending")
    assert (final["result"], final["score"], final["grade"], final["rule_number"]) == ("Pass", 80, "A", 2)
    assert (final["assessor_id"], final["finalised_by"]) == (str(world.assessor_id),) * 2
    assert (await world.told())[-4:] == [
        "assessment.entered",
        "assessment.finalised",
        "assessment_outcome.changed",
        "certificate.issued",
    ]


async def test_a_draft_is_changed_and_thrown_away(world: World) -> None:
    draft = await world.draft(result=None)

    changed = await ok(world.change(draft, result="NYC", score=20))
    same = await ok(world.change(changed, score=20))
    path = f"/api/v1/assessments/{draft['id']}"
    gone = await world.assessor.delete(path, headers={"If-Match": f'"{same["version"]}"'})

    assert (changed["result"], changed["score"], changed["version"]) == ("Fail", 20, 2)
    assert (same["version"], gone.status_code, (await world.admin.get(path)).status_code) == (2, 204, 404)
    assert (await world.told())[-3:] == ["assessment.entered", "assessment.changed", "assessment.discarded"]


async def test_each_version_is_changed_once(world: World) -> None:
    draft = await world.draft()
    await ok(world.change(draft, score=60))

    stale = await world.act(draft, "finalise")
    blind = await world.assessor.post(f"/api/v1/assessments/{draft['id']}/finalise")

    assert (stale.status_code, blind.status_code) == (412, 428)


@pytest.mark.parametrize("status", [EnrolmentStatus.DRAFT, EnrolmentStatus.CANCELLED, EnrolmentStatus.WITHDRAWN])
async def test_only_who_has_a_place_is_assessed(world: World, status: EnrolmentStatus) -> None:
    place = await world.place(status=status)

    answer = await world.assessor.post("/api/v1/assessments", json=world.wish(place))

    assert (answer.status_code, answer.json()["code"]) == (409, "not_assessable")


async def test_a_day_ahead_or_before_the_run_is_refused(world: World) -> None:
    place = await world.place()
    days = [TODAY + timedelta(days=1), RUN_STARTS - timedelta(days=1)]

    answers = [
        await world.assessor.post("/api/v1/assessments", json=world.wish(place, assessed_on=day.isoformat()))
        for day in days
    ]

    assert [answer.json()["errors"][0]["code"] for answer in answers] == ["in_the_future", "before_the_run"]


async def test_today_is_the_singapore_date(world: World) -> None:
    world.stage.clock.set(datetime(2026, 3, 2, 16, 30, tzinfo=UTC))  # half past midnight in Singapore
    place = await world.place()

    await ok(world.assessor.post("/api/v1/assessments", json=world.wish(place, assessed_on="2026-03-03")))


async def test_too_little_attendance_needs_an_override_by_somebody_else(world: World) -> None:
    place = await world.place(credited=359)
    draft = await world.draft(place)

    refused = await world.act(draft, "finalise")
    by_assessor = await world.act(draft, "override", reason="was ill, made it up")
    set_aside = await ok(world.act(draft, "override", world.admin, reason="was ill, made it up"))
    twice = await world.act(set_aside, "override", world.second_admin, reason="was ill, made it up")
    by_the_same = await world.act(set_aside, "finalise", world.admin)
    final = await ok(world.act(set_aside, "finalise"))

    assert (refused.status_code, refused.json()["code"], by_assessor.status_code) == (409, "below_attendance", 403)
    assert [each.json()["code"] for each in (twice, by_the_same)] == ["already_overridden", "own_override"]
    assert (final["overridden"], final["overrides"][0]["reason"]) == (True, "was ill, made it up")
    told = (await world.stage.told())[-4]
    assert (told.event_type, told.data["rule"]) == ("assessment.rule_overridden", "min_attendance")


async def test_attendance_of_exactly_the_minimum_suffices(world: World) -> None:
    assert (await world.final(await world.place(credited=360)))["overridden"] is False


async def test_nothing_known_of_attendance_is_not_enough(world: World) -> None:
    place = await world.place(credited=None)
    unknown = await world.act(await world.draft(place), "finalise")
    await world.hear(rate(place, IDS.new(), credited=0, held=0))
    nothing_held = await world.act((await world.draft(await world.place(credited=None))), "finalise")

    assert [each.json()["code"] for each in (unknown, nothing_held)] == ["below_attendance"] * 2


async def test_a_failed_one_is_repeated_and_a_passed_one_is_not(world: World) -> None:
    failed = await world.final(result="Fail", score=30)
    again = await world.draft_again(failed, result="Pass", score=70)

    passed = await ok(world.act(again, "finalise"))
    more = await world.act(passed, "re-assess", assessed_on=TODAY.isoformat())

    assert (again["attempt"], again["status"], passed["effective"]) == (2, "draft", True)
    assert (await world.read(failed))["effective"] is False
    assert (more.status_code, more.json()["code"]) == (409, "action_not_allowed")
    assert "re-assess" not in more.json()["allowed"]


async def test_a_pass_that_comes_by_amending_ends_the_repetition(world: World) -> None:
    failed = await world.final(result="Fail")
    again = await world.draft_again(failed, result="Fail")
    await ok(world.act(failed, "amend", result="Pass", reason="counted wrongly"))

    answer = await world.act(again, "finalise")

    assert (answer.status_code, answer.json()["code"], answer.json()["allowed"]) == (
        409,
        "already_assessed",
        ["discard"],
    )


async def test_after_the_time_for_makeups_an_override_opens_it(world: World) -> None:
    failed = await world.final(result="Fail")
    last = RUN_ENDS + timedelta(days=60)
    world.stage.clock.set(NOW + timedelta(days=90))
    late: dict[str, Any] = {"assessed_on": (last + timedelta(days=1)).isoformat()}

    in_time = await world.act(failed, "re-assess", assessed_on=last.isoformat())
    await ok(
        world.assessor.delete(
            f"/api/v1/assessments/{in_time.json()['id']}", headers={"If-Match": f'"{in_time.json()["version"]}"'}
        )
    )
    refused = await world.act(failed, "re-assess", **late)
    by_assessor = await world.act(failed, "re-assess", **late, override=True, reason="was abroad")
    without_reason = await world.act(failed, "re-assess", world.admin, **late, override=True)
    opened = await ok(world.act(failed, "re-assess", world.admin, **late, override=True, reason="was abroad"))

    assert (in_time.status_code, refused.json()["code"]) == (201, "makeup_over")
    assert (by_assessor.status_code, without_reason.status_code) == (403, 422)
    assert (opened["attempt"], opened["late_override"], opened["overrides"][0]["rule"]) == (2, True, "makeup_window")


async def test_a_second_record_of_the_kind_is_refused_with_what_can_be_done(world: World) -> None:
    place = await world.place()
    draft = await world.draft(place, result="Fail")
    beside_draft = await world.assessor.post("/api/v1/assessments", json=world.wish(place))
    await ok(world.act(draft, "finalise"))
    beside_final = await world.assessor.post("/api/v1/assessments", json=world.wish(place))

    assert [each.status_code for each in (beside_draft, beside_final)] == [409, 409]
    assert "change" in beside_draft.json()["allowed"]
    assert "re-assess" in beside_final.json()["allowed"]


async def test_a_voided_pass_lets_the_earlier_fail_count_again(world: World) -> None:
    place = await world.place()
    failed = await world.final(place, result="Fail")
    passed = await ok(world.act(await world.draft_again(failed, result="Pass"), "finalise"))

    voided = await ok(world.act(passed, "void", world.admin, reason="somebody else's paper"))

    assert (voided["status"], voided["effective"], voided["result"]) == ("voided", False, "Pass")
    assert (voided["void_reason"], voided["sync"]["revision"]) == ("somebody else's paper", 2)
    assert (await world.read(failed))["effective"] is True
    assert await world.outcome(place) == (True, False)


async def test_what_the_ui_is_told_is_what_the_commands_take(world: World) -> None:
    draft = await world.draft()
    final = await ok(world.act(draft, "finalise"))
    voided = await ok(world.act(await world.final(), "void", world.admin, reason="wrong paper"))

    assert allowed(draft) == ["change", "discard", "finalise"]
    assert allowed(await world.read(final)) == ["amend", "propose", "void"]
    assert allowed(await world.read(final, world.assessor)) == ["amend", "propose", "request_void"]
    assert allowed(await world.read(final, world.ops)) == ["propose"]
    assert allowed(await world.read(final, world.auditor)) == []
    assert allowed(await world.read(voided)) == ["re-assess"]


async def test_the_history_says_who_when_and_why(world: World) -> None:
    final = await world.final(score=60)
    amended = await ok(world.act(final, "amend", score=65, reason="added up wrongly"))
    await ok(world.act(amended, "void", world.admin, reason="wrong paper"))

    history = await ok(world.admin.get(f"/api/v1/assessments/{final['id']}/history"))

    assert [(each["number"], each["kind"], each["score"], each["reason"]) for each in history] == [
        (1, "finalised", 60, None),
        (2, "amended", 65, "added up wrongly"),
        (3, "voided", 65, "wrong paper"),
    ]
    assert [each["fields"] for each in history] == [["status"], ["score"], ["status"]]
    assert [each["made_as"] for each in history] == ["assessor", "assessor", "admin"]
    assert history[0]["made_by"] == str(world.assessor_id)


async def test_an_assessor_who_trains_the_run_is_allowed_and_flagged(world: World) -> None:
    place = await world.place(await world.run(roles=(1, 2)))

    final = await world.final(place)

    assert final["assessor_trains"] is True
    assert [each["code"] for each in final["warnings"]] == ["assessor_is_trainer"]


async def test_assessors_see_and_move_their_own_runs_only(world: World) -> None:
    others = await world.place(await world.run(people={IDS.new(): (2,), world.assessor_id: (1,)}))
    wish = world.wish(others)
    theirs = await ok(world.admin.post("/api/v1/assessments", json=wish))

    answers = [
        await world.assessor.get(f"/api/v1/assessments/{theirs['id']}"),
        await world.assessor.get(f"/api/v1/assessments/{theirs['id']}/history"),
        await world.assessor.get(f"/api/v1/assessments/outcomes/{others}"),
        await world.change(theirs, score=1),
        await world.act(theirs, "finalise"),
    ]
    unseen = await world.assessor.post("/api/v1/assessments", json=wish)
    unknown = await world.assessor.post("/api/v1/assessments", json=world.wish(IDS.new()))

    assert [answer.status_code for answer in answers] == [404] * 5
    assert (unseen.status_code, unseen.json()["code"]) == (unknown.status_code, unknown.json()["code"])
    assert (await ok(world.assessor.get("/api/v1/assessments")))["items"] == []


async def test_ops_enter_for_an_assessor_of_the_run_and_finalise_nothing(world: World) -> None:
    place = await world.place()
    stranger = await world.ops.post("/api/v1/assessments", json=world.wish(place, assessor_id=str(IDS.new())))
    draft = await ok(world.ops.post("/api/v1/assessments", json=world.wish(place, assessor_id=str(world.assessor_id))))

    finalised = await world.act(draft, "finalise", world.ops)

    assert (stranger.status_code, stranger.json()["errors"][0]["field"]) == (422, "assessor_id")
    assert (draft["assessor_id"], finalised.status_code) == (str(world.assessor_id), 403)
