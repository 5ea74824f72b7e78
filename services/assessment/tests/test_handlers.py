"""What the others say, as assessments show it; and the claim check."""

from datetime import timedelta
from typing import Any

import pytest

from libs.access.permissions import Role
from libs.contracts.enrolment import EnrolmentStatus
from libs.contracts.submissions import AssessmentSubmission
from libs.contracts.tpg_sync import (
    Hint,
    RecordType,
    RemoteIds,
    SyncDeadLettered,
    SyncDiscarded,
    SyncDrifted,
    SyncEvent,
    SyncQueued,
    SyncReconciled,
    SyncRejected,
    SyncState,
    SyncSucceeded,
    SyncVerifying,
)
from libs.errors import NotFound
from services.assessment.tests.builders import IDS, NOW, TODAY, about, enrolment_event, rate
from services.assessment.tests.conftest import World, ok

NAMED = RemoteIds(record="ASM-2603-000086")


async def test_an_enrolment_that_is_given_up_is_not_assessed_any_more(world: World) -> None:
    run_id = await world.run()
    place = await world.place(run_id)
    draft = await world.draft(place)
    await world.hear(enrolment_event(place, run_id, EnrolmentStatus.WITHDRAWN))

    refused = await world.act(draft, "finalise")

    shown = await world.read(draft)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_assessable")
    assert [each["code"] for each in shown["warnings"] if each["blocks"]] == ["not_assessable"]


async def test_attendance_that_is_made_up_opens_the_way(world: World) -> None:
    run_id = await world.run()
    place = await world.place(run_id, credited=100)
    draft = await world.draft(place)
    before = await world.act(draft, "finalise")

    await world.hear(rate(place, run_id, credited=400))

    assert (before.status_code, (await world.act(draft, "finalise")).status_code) == (409, 200)


async def test_the_order_in_which_others_speak_does_not_matter(world: World) -> None:
    run_id, place = IDS.new(), IDS.new()
    await world.hear(rate(place, run_id), enrolment_event(place, run_id))
    unknown = await world.admin.post("/api/v1/assessments", json=world.wish(place))
    await world.run(run_id=run_id)

    assert unknown.status_code == 422
    assert (await world.final(place))["status"] == "final"


async def test_who_assesses_follows_what_course_says(world: World) -> None:
    run_id = await world.run()
    draft = await world.draft(await world.place(run_id))

    await world.run(run_id=run_id, people={IDS.new(): (2,), world.assessor_id: (1,)})

    assert (await world.act(draft, "finalise")).status_code == 404


# ------------------------------------------------------------------------------------------- sync


async def test_what_tpgateway_calls_it_is_told_once(world: World) -> None:
    final = await world.final()
    accepted = about(final, SyncSucceeded, SyncState.SYNCED, remote=NAMED)

    await world.hear(about(final, SyncQueued, SyncState.PENDING), accepted, accepted)

    shown = await world.read(final)
    assert (shown["remote_id"], shown["sync"]["state"], shown["sync"]["acked_revision"]) == (NAMED.record, "synced", 1)
    assert shown["version"] == final["version"]
    assert (await world.told()).count("assessment.sync_recorded") == 1


@pytest.mark.parametrize(
    ("kind", "state", "words", "code"),
    [
        (SyncVerifying, SyncState.UNKNOWN, {}, None),
        (
            SyncRejected,
            SyncState.REJECTED,
            {"error_code": "TGS-441", "hints": (Hint(field="skillCode", code="TGS-441", message="unknown skill"),)},
            "TGS-441",
        ),
        (SyncDeadLettered, SyncState.DEAD, {"error_code": "attempts_used_up"}, "attempts_used_up"),
        (SyncDiscarded, SyncState.DEAD, {}, "discarded"),
    ],
)
async def test_how_a_submission_fares_is_shown(
    world: World, kind: type[SyncEvent], state: SyncState, words: dict[str, Any], code: str | None
) -> None:
    final = await world.final()

    await world.hear(about(final, kind, state, **words))

    shown = (await world.read(final))["sync"]
    assert (shown["state"], shown["error_code"], len(shown["hints"])) == (state, code, len(words.get("hints", ())))


async def test_words_about_an_older_revision_do_not_outshine_a_newer_one(world: World) -> None:
    final = await world.final(score=60)
    await ok(world.act(final, "amend", score=61, reason="wrong sum"))

    await world.hear(about(final, SyncSucceeded, SyncState.SYNCED, remote=NAMED))
    behind = (await world.read(final))["sync"]["state"]
    await world.hear(about(final, SyncSucceeded, SyncState.SYNCED, revision=2, remote=NAMED))
    await world.hear(about(final, SyncRejected, SyncState.REJECTED, error_code="TGS-441"))

    assert (behind, (await world.read(final))["sync"]["state"]) == ("stale", "synced")


async def test_drift_is_shown_until_it_is_over(world: World) -> None:
    final = await world.final(score=60)
    await world.hear(about(final, SyncSucceeded, SyncState.SYNCED, remote=NAMED))
    seen: dict[str, Any] = {"record_id": final["id"], "record_type": RecordType.ASSESSMENT, "record_revision": 1}

    await world.hear(about(final, SyncSucceeded, SyncState.SYNCED, remote=NAMED))
    await world.hear(SyncDrifted(**seen, state=SyncState.DRIFTED, codes=("ASM-03",)))
    drifted = (await world.read(final))["sync"]
    await world.hear(SyncReconciled(**seen, state=SyncState.SYNCED))
    over = (await world.read(final))["sync"]
    await ok(world.act(final, "amend", score=61, reason="wrong sum"))
    await world.hear(SyncDrifted(**seen, state=SyncState.DRIFTED, codes=("ASM-03",)))

    assert (drifted["state"], drifted["error_code"]) == ("drifted", "ASM-03")
    assert (over["state"], over["error_code"]) == ("synced", None)
    assert (await world.read(final))["sync"]["state"] == "stale"  # what we changed since is on its way


async def test_words_about_other_records_are_not_ours(world: World) -> None:
    final = await world.final()

    await world.hear(about(final, SyncSucceeded, SyncState.SYNCED, record_type=RecordType.ENROLMENT, remote=NAMED))

    assert (await world.read(final))["remote_id"] is None
    with pytest.raises(NotFound):
        await world.hear(about({"id": str(IDS.new())}, SyncQueued, SyncState.PENDING))


# ------------------------------------------------------------------------------------------- the claim check


async def test_the_claim_check_hands_out_the_result_as_it_stands(world: World) -> None:
    final = await world.final(score=80, grade="A")
    amended = await ok(world.act(final, "amend", score=85, reason="wrong sum"))
    draft = await world.draft()
    service = await world.stage.client(Role.SERVICE, scopes=("submissions:read",))
    path = "/internal/v1/submissions/assessment/"

    answer = await service.get(path + final["id"])
    claim = AssessmentSubmission.model_validate_json(answer.content)
    await ok(world.act(amended, "void", world.admin, reason="wrong paper"))
    voided = AssessmentSubmission.model_validate_json((await service.get(path + final["id"])).content)

    assert answer.headers["cache-control"] == "no-store"
    assert (claim.revision, claim.status, claim.result, claim.score, claim.grade) == (2, "final", "Pass", 85, "A")
    assert (claim.skill_code, claim.assessed_on, claim.course_reference) == ("SKILL-1", TODAY, "TGS-2026000123")
    assert (voided.revision, voided.status, voided.result) == (3, "voided", "Pass")
    assert (await service.get(path + draft["id"])).status_code == 404
    assert (await world.admin.get(path + final["id"])).status_code == 403


async def test_facts_say_what_is_owed(world: World) -> None:
    final = await world.final(score=60)
    await ok(world.act(final, "amend", score=61, reason="wrong sum"))

    facts = [each.data["assessment"] for each in await world.stage.told() if "assessment" in each.data]

    assert [(each.get("submitted", False), each["revision"], each.get("passed")) for each in facts] == [
        (False, 1, None),
        (True, 1, True),
        (True, 2, True),
    ]


async def test_a_list_is_narrowed_and_paged(world: World) -> None:
    run_id = await world.run()
    failed = await world.final(await world.place(run_id), result="Fail")
    draft = await world.draft(await world.place(run_id))
    asked = await ok(world.act(await world.final(await world.place(run_id)), "void", reason="wrong paper"))
    world.stage.clock.set(NOW + timedelta(days=1))

    async def found(**params: Any) -> list[str]:
        answer = await ok(world.admin.get("/api/v1/assessments", params={"run_id": str(run_id), **params}))
        return [each["id"] for each in answer["items"]]

    first = await ok(world.admin.get("/api/v1/assessments", params={"limit": 2}))
    rest = await ok(world.admin.get("/api/v1/assessments", params={"limit": 2, "cursor": first["next_cursor"]}))
    assert [each["id"] for each in first["items"] + rest["items"]] == [asked["id"], draft["id"], failed["id"]]
    assert await found(status="draft") == [draft["id"]]
    assert await found(sync_state="pending") == [asked["id"], failed["id"]]
    assert await found(waiting=True) == [asked["id"]]
    assert await found(enrolment_id=failed["enrolment_id"]) == [failed["id"]]
    assert await found(assessor_id=str(world.assessor_id), effective=True) == [asked["id"], failed["id"]]
    assert await found(from_on="2026-03-03") == []
    assert await found(skill_code="SKILL-1", to_on="2026-03-02") == [asked["id"], draft["id"], failed["id"]]
