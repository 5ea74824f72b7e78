"""Through HTTP: what a person or another system meets."""

from datetime import timedelta
from uuid import uuid4

import pytest

from libs.access.permissions import Role
from services.course.tests.builders import RUN_ENDS, RUN_STARTS, singapore
from services.course.tests.conftest import World, ok, session_wish


async def test_a_run_is_drafted_with_sessions_and_published(world: World) -> None:
    draft = await world.draft()

    run = await ok(world.act(draft, "publish"))

    assert (draft["status"], run["status"], run["sync"]["state"]) == ("draft", "open", "pending")
    assert [session["sequence"] for session in run["sessions"]] == [1, 2, 3, 4]
    assert {session["venue_id"] for session in run["sessions"]} == {str(world.venue_id)}
    assert (await world.told())[-2:] == ["run.created", "run.published"]


async def test_creating_answers_with_location_and_etag(world: World) -> None:
    answer = await world.ops.post("/api/v1/course-runs", json=world.wish())

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/course-runs/{answer.json()['id']}"
    assert answer.headers["ETag"] == '"1"'


async def test_publishing_is_refused_with_every_finding_in_our_fields(world: World) -> None:
    bare = await ok(world.ops.post("/api/v1/venues", json={"name": "Car park"}))
    draft = await world.draft(
        0,
        venue_id=None,
        trainers=[],
        registration_opens_on="2026-02-01",
        sessions=[session_wish(RUN_STARTS, 9, 17, venue_id=bare["id"])],
    )

    answer = await world.act(draft, "publish")

    assert answer.status_code == 422
    found = {(wrong["field"], wrong["code"]) for wrong in answer.json()["errors"]}
    assert {
        ("trainers", "missing"),
        ("registration_opens_on", "in_the_past"),
        ("venue", "required"),
        ("sessions.0.venue.floor", "required"),
    } <= found
    assert all(wrong["fix"] for wrong in answer.json()["errors"])
    assert (await world.read(draft))["status"] == "draft"


async def test_the_preflight_tells_beforehand(world: World) -> None:
    draft = await world.draft(trainers=[], sessions=[])

    found = await ok(world.ops.get(f"/api/v1/course-runs/{draft['id']}/preflight"))

    assert found["ready"] is False
    assert {wrong["field"] for wrong in found["errors"]} == {"trainers", "sessions"}


async def test_a_refused_transition_is_409_with_what_is_allowed(world: World) -> None:
    draft = await world.draft()

    answer = await world.act(draft, "confirm")

    assert (answer.status_code, answer.json()["code"]) == (409, "action_not_allowed")
    assert {"publish", "discard", "edit"} <= set(answer.json()["allowed"])
    assert "confirm" not in answer.json()["allowed"]


async def test_changes_ask_for_the_version_that_was_read(world: World) -> None:
    draft = await world.draft()
    path = f"/api/v1/course-runs/{draft['id']}"

    without = await world.ops.patch(path, json={"intake_size": 21})
    first = await world.ops.patch(path, json={"intake_size": 21}, headers={"If-Match": '"1"'})
    stale = await world.ops.patch(path, json={"intake_size": 22}, headers={"If-Match": '"1"'})

    assert [answer.status_code for answer in (without, first, stale)] == [428, 200, 412]
    assert first.headers["ETag"] == '"2"'


async def test_a_field_left_out_stays_and_null_is_no_value(world: World) -> None:
    draft = await world.draft()
    path, headers = f"/api/v1/course-runs/{draft['id']}", {"If-Match": '"1"'}

    nothing = await world.ops.patch(path, json={}, headers=headers)
    null = await world.ops.patch(path, json={"vacancy": None}, headers=headers)

    assert (nothing.status_code, nothing.headers["ETag"]) == (200, '"1"')
    assert (null.status_code, null.json()["errors"][0]["field"]) == (422, "vacancy")


async def test_a_repeated_post_makes_one_run(world: World) -> None:
    headers = {"Idempotency-Key": str(uuid4())}

    first = await world.ops.post("/api/v1/course-runs", json=world.wish(), headers=headers)
    again = await world.ops.post("/api/v1/course-runs", json=world.wish(), headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert (await world.told()).count("run.created") == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"schedule_info": "x" * 301}, "schedule_info"),
        ({"admin_email": "nobody"}, "admin_email"),
        ({"mode_of_training": "10"}, "mode_of_training"),
        ({"vacancy": "X"}, "vacancy"),
        ({"intake_size": 0}, "intake_size"),
        ({"intake_size": 41}, "intake_size"),
        ({"min_pax": 21}, "min_pax"),
        ({"start_on": "2026-04-10"}, "end_on"),
        ({"surprise": 1}, "surprise"),
        ({"course_id": "019f0000-0000-7000-8000-000000000000"}, "course_id"),
        ({"venue_id": "019f0000-0000-7000-8000-000000000000"}, "venue_id"),
        ({"sessions": [session_wish(RUN_STARTS, 9, 20)]}, "sessions.0.end_at"),
        ({"sessions": [session_wish(RUN_STARTS, 9, 10, start_at="2026-04-06T09:00:30+08:00")]}, "sessions.0.start_at"),
        ({"sessions": [session_wish(RUN_STARTS, 9, 10, start_at="2026-04-06T09:00:00")]}, "sessions.0.start_at"),
    ],
)
async def test_wrong_words_are_422_with_the_field(world: World, given: dict[str, object], field: str) -> None:
    answer = await world.ops.post("/api/v1/course-runs", json=world.wish(**given))

    assert answer.status_code == 422, answer.text
    assert field in [wrong["field"] for wrong in answer.json()["errors"]]


async def test_a_character_no_database_keeps_is_the_sender_s_mistake(world: World) -> None:
    answers = [
        await world.ops.post("/api/v1/venues", json={"name": "Car\0park"}),
        await world.ops.get("/api/v1/venues", params={"q": "\0"}),
        await world.ops.get("/api/v1/course-runs", params={"q": "\0"}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert answers[0].json()["code"] == "unkeepable_character"


async def test_a_busy_trainer_is_named_with_the_session_in_the_way(world: World) -> None:
    first = await world.draft(1, venue_id=None)

    answer = await world.ops.post("/api/v1/course-runs", json=world.wish(1, venue_id=None))

    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert str(world.trainer_id) in answer.json()["detail"]
    assert first["sessions"][0]["id"] in answer.json()["detail"]


async def test_a_busy_room_is_named(world: World) -> None:
    await world.draft(1)
    others = [{"trainer_id": str(world.other_trainer_id), "roles": [1]}]

    answer = await world.ops.post("/api/v1/course-runs", json=world.wish(1, trainers=others))

    assert answer.status_code == 409
    assert f"venue {world.venue_id}" in answer.json()["detail"]


async def test_back_to_back_is_legal_and_a_cancelled_session_frees_its_slot(world: World) -> None:
    morning, noon = session_wish(RUN_STARTS, 9, 12), session_wish(RUN_STARTS, 12, 14)
    run = await world.published(0, sessions=[morning, session_wish(RUN_ENDS, 9, 12)])
    await world.draft(0, sessions=[noon])
    first = run["sessions"][0]["id"]

    await ok(world.act(run, f"sessions/{first}/cancel", reason="nobody comes"))

    await world.draft(0, sessions=[morning])


async def test_sessions_are_added_moved_cancelled_and_removed(world: World) -> None:
    run = await world.draft(0, sessions=[])
    path = f"/api/v1/course-runs/{run['id']}/sessions"

    added = await world.ops.post(path, json=session_wish(RUN_STARTS, 9, 12))
    moved = await world.ops.patch(
        f"{path}/{added.json()['id']}",
        json={"end_at": singapore(RUN_STARTS, 13).isoformat()},
        headers={"If-Match": added.headers["ETag"]},
    )
    gone = await world.ops.delete(f"{path}/{added.json()['id']}", headers={"If-Match": moved.headers["ETag"]})

    assert [answer.status_code for answer in (added, moved, gone)] == [201, 200, 204]
    assert added.headers["Location"] == f"{path}/{added.json()['id']}"
    assert moved.json()["end_at"] == "2026-04-06T05:00:00Z"
    assert await ok(world.ops.get(path)) == []


async def test_a_whole_run_shifts_over_itself_by_a_day(world: World) -> None:
    run = await world.published(3)
    day = timedelta(days=1)
    moves = [
        {
            "session_id": session["id"],
            "start_at": singapore(RUN_STARTS + day * (index + 1), 9).isoformat(),
            "end_at": singapore(RUN_STARTS + day * (index + 1), 17).isoformat(),
        }
        for index, session in enumerate(run["sessions"])
    ]

    shifted = await ok(world.act(run, "reschedule", start_on="2026-04-07", sessions=moves, reason="public holiday"))

    assert [session["start_at"][:10] for session in shifted["sessions"]] == ["2026-04-07", "2026-04-08", "2026-04-09"]
    assert shifted["sync"]["state"] == "stale"
    assert (await world.told())[-1] == "run.rescheduled"


async def test_the_venue_and_the_people_change_with_the_sessions_ahead(world: World) -> None:
    run = await world.published()
    elsewhere = await ok(world.ops.post("/api/v1/venues", json={"name": "Demo Room 3B", "room": "3B"}))

    run = await ok(world.act(run, "change-venue", venue_id=elsewhere["id"], reason="flood"))
    people = [{"trainer_id": str(world.other_trainer_id), "roles": [1]}]
    run = await ok(world.act(run, "change-trainers", trainers=people, reason="illness"))

    assert {session["venue_id"] for session in run["sessions"]} == {elsewhere["id"]}
    assert {tuple(session["trainer_ids"]) for session in run["sessions"]} == {(str(world.other_trainer_id),)}
    assert [trainer["trainer_id"] for trainer in run["trainers"]] == [str(world.other_trainer_id)]


async def test_people_teach_in_their_roles_and_on_runs_they_are_linked_to(world: World) -> None:
    path = f"/api/v1/trainers/{world.other_trainer_id}"
    await ok(world.ops.patch(path, json={"roles": [2]}, headers={"If-Match": '"1"'}))
    other = str(world.other_trainer_id)

    not_theirs = await world.ops.post(
        "/api/v1/course-runs", json=world.wish(trainers=[{"trainer_id": other, "roles": [1]}])
    )
    not_linked = await world.ops.post(
        "/api/v1/course-runs", json=world.wish(sessions=[session_wish(RUN_STARTS, 9, 12, trainer_ids=[other])])
    )

    wrong = [answer.json()["errors"][0] for answer in (not_theirs, not_linked)]
    assert [(each["field"], each["code"]) for each in wrong] == [
        ("trainers.0.roles", "not_their_role"),
        ("sessions.0.trainer_ids", "not_linked"),
    ]


async def test_confirming_below_the_minimum_is_for_those_who_may_override(world: World) -> None:
    run = await world.published(min_pax=5)
    admin = await world.stage.client(Role.ADMIN)
    path, headers = f"/api/v1/course-runs/{run['id']}/confirm", {"If-Match": f'"{run["version"]}"'}

    plain = await world.act(run, "confirm", override=False)
    ops = await world.act(run, "confirm", override=True, reason="the employer pays")
    unexplained = await admin.post(path, json={"override": True}, headers=headers)
    confirmed = await admin.post(path, json={"override": True, "reason": "the employer pays"}, headers=headers)

    assert [a.status_code for a in (plain, ops, unexplained, confirmed)] == [409, 403, 422, 200]
    assert plain.json()["code"] == "min_pax_not_reached"


async def test_a_reason_may_not_hold_an_identity_number(world: World) -> None:
    run = await world.published()

    answer = await world.act(run, "cancel", reason="S1234567D asked for it")

    assert answer.status_code == 422
    assert "S1234567D" not in answer.text


async def test_cancelled_and_discarded_runs_say_so(world: World) -> None:
    draft, run = await world.draft(0, sessions=[]), await world.published()

    discarded = await ok(world.act(draft, "discard", reason="a mistake"))
    cancelled = await ok(world.act(run, "cancel", reason="too few seats"))

    assert (discarded["status"], cancelled["status"]) == ("discarded", "cancelled")
    assert cancelled["cancel_reason"] == "too few seats"
    assert {session["status"] for session in cancelled["sessions"]} == {"cancelled"}


async def test_a_run_says_what_the_caller_may_do_and_why_not(world: World) -> None:
    run = await world.published()

    actions = {each["action"]: each for each in run["allowed_actions"]}

    assert actions["cancel"] == {"action": "cancel", "allowed": True, "reason": None}
    assert actions["publish"] == {"action": "publish", "allowed": False, "reason": "The run is open; this needs draft."}
    assert actions["cut_short"]["reason"] == "Your roles do not grant runs:override."


async def test_a_run_warns_of_what_is_allowed_and_odd(world: World) -> None:
    other = await ok(world.ops.post("/api/v1/venues", json={"name": "Across town", "room": "1"}))
    await world.draft(0, sessions=[session_wish(RUN_STARTS, 9, 12)])

    run = await world.draft(
        0,
        venue_id=other["id"],
        trainers=[{"trainer_id": str(world.trainer_id), "roles": [1, 2]}],
        sessions=[session_wish(RUN_STARTS, 12, 14)],
    )

    assert {warning["code"] for warning in run["warnings"]} == {"assessor_is_trainer", "short_journey"}
