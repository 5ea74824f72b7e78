"""C2 and C3: edits, session lines, deletion."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.tpg_simulator.clock import SINGAPORE
from infra.tpg_simulator.driver import Driver, messages
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.samples import (
    OLD_COURSE,
    OTHER,
    existing_trainer,
    new_trainer,
    synthetic_run,
    synthetic_session,
)

MID_COURSE = datetime(2026, 3, 23, 17, 30, tzinfo=SINGAPORE)


def two_sessions() -> list[Json]:
    return [synthetic_session(), synthetic_session(startDate="20260324", endDate="20260324")]


def name(run_id: int, number: int) -> str:
    return f"TGS-2026000123-{run_id}-S{number}"


async def test_absent_fields_stay_and_given_ones_change(gateway: Driver) -> None:
    run_id = await gateway.published()
    before = await gateway.viewed(run_id)
    reply = await gateway.edit(run_id, intakeSize=25)
    assert reply.json() == {"data": {}, "error": {}, "meta": {}, "status": 200}
    assert await gateway.viewed(run_id) == {**before, "intakeSize": 25}


async def test_absent_fields_are_refused_by_switch(gateway: Driver) -> None:
    run_id = await gateway.published()
    gateway.switch("edit.absent_fields", "refuse")
    partial = await gateway.edit(run_id, intakeSize=25)
    whole = await gateway.edit(run_id, **synthetic_run(intakeSize=25, sessions=None))
    assert "course.run.courseDates" in messages(partial)
    assert whole.status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"courseDates": {"start": 20260323}}, "courseDates.end"),
        ({"registrationDates": {"closing": 20260320}}, "registrationDates.opening"),
        ({"courseDates": {"start": 20260325, "end": 20260324}}, "courseDates"),
        ({"registeredUserCount": 23}, "registeredUserCount"),
        ({"modeOfTraining": "0"}, "modeOfTraining"),
        ({"venue": {"floor": "02"}}, "venue.room"),
        ({"sessions": 1}, "sessions"),
        ({"sessions": [1]}, "sessions[0]"),
    ],
)
async def test_the_rules_of_publishing_hold_for_edits(gateway: Driver, changes: Json, field: str) -> None:
    run_id = await gateway.published()
    stored = gateway.world.store.runs[run_id]
    assert f"course.run.{field}" in messages(await gateway.edit(run_id, **changes))
    assert gateway.world.store.runs[run_id] == stored


async def test_an_edit_after_registration_opened_is_fine(gateway: Driver) -> None:
    run_id = await gateway.published()
    gateway.world.clock.advance(timedelta(days=3))
    assert (await gateway.edit(run_id, intakeSize=25)).status_code == 200


@pytest.mark.parametrize("action", ["UPDATE", "Update"])
async def test_actions_are_read_in_any_case(gateway: Driver, action: str) -> None:
    run_id = await gateway.published()
    assert (await gateway.write(run_id, {"action": action, "intakeSize": 9})).status_code == 200


@pytest.mark.parametrize("run", [{}, {"action": "cancel"}, {"action": 1}, None, "update"])
async def test_any_other_action_is_refused(gateway: Driver, run: Any) -> None:
    run_id = await gateway.published()
    assert (await gateway.write(run_id, run)).status_code == 400


async def test_the_run_must_be_known_the_callers_and_of_that_course(gateway: Driver) -> None:
    run_id = await gateway.published()
    unknown = await gateway.edit(1, intakeSize=1)
    wrong_course = await gateway.write(run_id, {"action": "update"}, course=OLD_COURSE)
    wrong_uen = await gateway.write(run_id, {"action": "update"}, uen=OTHER)
    assert (unknown.status_code, wrong_course.status_code, wrong_uen.status_code) == (404, 400, 403)
    assert messages(unknown) == {"": "No course run found."}


class TestTrainers:
    async def test_an_edit_without_trainers_takes_them_all_off(self, gateway: Driver) -> None:
        run_id = await gateway.published(linkCourseRunTrainer=[existing_trainer()])
        await gateway.edit(run_id, intakeSize=25)
        assert (await gateway.viewed(run_id))["linkCourseRunTrainer"] == []

    async def test_they_stay_by_switch(self, gateway: Driver) -> None:
        gateway.switch("edit.trainers", "keep")
        run_id = await gateway.published(linkCourseRunTrainer=[existing_trainer()])
        await gateway.edit(run_id, linkCourseRunTrainer=[])
        assert len((await gateway.viewed(run_id))["linkCourseRunTrainer"]) == 1

    async def test_a_given_list_replaces_the_old_one(self, gateway: Driver) -> None:
        run_id = await gateway.published(linkCourseRunTrainer=[existing_trainer()])
        await gateway.edit(run_id, linkCourseRunTrainer=[new_trainer()])
        (link,) = (await gateway.viewed(run_id))["linkCourseRunTrainer"]
        assert link["trainer"]["name"] == "New Trainer"


class TestSessions:
    @pytest.mark.parametrize("action", [{}, {"action": "add"}])
    async def test_a_line_without_an_id_is_a_new_session(self, gateway: Driver, action: Json) -> None:
        run_id = await gateway.published()
        await gateway.edit(run_id, sessions=[synthetic_session(startDate="20260324", endDate="20260324") | action])
        assert [one["id"] for one in await gateway.listed_sessions(run_id)] == [name(run_id, 1), name(run_id, 2)]

    async def test_an_update_changes_the_named_session_only(self, gateway: Driver) -> None:
        run_id = await gateway.published(sessions=two_sessions())
        line = {"action": "update", "sessionId": name(run_id, 2), "startTime": "13:00"}
        assert (await gateway.edit(run_id, sessions=[line])).status_code == 200
        first, second = await gateway.listed_sessions(run_id)
        assert (first["startTime"], second["startTime"], second["endTime"]) == ("09:00", "13:00", "17:00")

    async def test_a_deleted_session_is_gone_and_its_number_never_used_again(self, gateway: Driver) -> None:
        run_id = await gateway.published(sessions=two_sessions())
        await gateway.edit(run_id, sessions=[{"action": "Delete", "sessionId": name(run_id, 2)}])
        await gateway.edit(run_id, sessions=[synthetic_session(startTime="10:00")])
        assert [one["id"] for one in await gateway.listed_sessions(run_id)] == [name(run_id, 1), name(run_id, 3)]

    async def test_deleted_sessions_are_shown_by_switch(self, gateway: Driver) -> None:
        run_id = await gateway.published(sessions=two_sessions())
        await gateway.edit(run_id, sessions=[{"action": "delete", "sessionId": name(run_id, 2)}])
        gateway.switch("sessions.show_deleted", value=True)
        assert [one["deleted"] for one in await gateway.listed_sessions(run_id)] == [False, True]

    async def test_a_past_session_cannot_be_deleted(self, gateway: Driver) -> None:
        run_id = await gateway.published(sessions=two_sessions())
        gateway.world.clock.set(MID_COURSE, frozen=True)
        past = await gateway.edit(run_id, sessions=[{"action": "delete", "sessionId": name(run_id, 1)}])
        coming = await gateway.edit(run_id, sessions=[{"action": "delete", "sessionId": name(run_id, 2)}])
        assert messages(past) == {"course.run.sessions[0]": "A past session cannot be deleted."}
        assert coming.status_code == 200

    async def test_a_started_session_cannot_be_changed_in_the_strict_profile(self, gateway: Driver) -> None:
        run_id = await gateway.published(sessions=two_sessions())
        gateway.world.clock.set(MID_COURSE, frozen=True)
        line = {"action": "update", "sessionId": name(run_id, 1), "startTime": "09:30"}
        lenient = await gateway.edit(run_id, sessions=[line])
        gateway.switch("profile", "strict")
        strict = await gateway.edit(run_id, sessions=[line])
        assert (lenient.status_code, strict.status_code) == (200, 400)

    @pytest.mark.parametrize(
        "line",
        [
            {"action": "update", "sessionId": "TGS-2026000123-1-S1"},
            {"action": "delete"},
            {"action": "remove", "sessionId": "TGS-2026000123-849900-S1"},
            {"sessionId": "TGS-2026000123-849900-S1"},
            {"action": "update", "sessionId": "TGS-2026000123-849900-S1", "startTime": "18:00"},
        ],
        ids=["unknown", "nameless", "unknown action", "no action", "wrong order"],
    )
    async def test_lines_that_make_no_sense_are_refused(self, gateway: Driver, line: Json) -> None:
        run_id = await gateway.published()
        before = await gateway.listed_sessions(run_id)
        assert (await gateway.edit(run_id, sessions=[line])).status_code == 400
        assert await gateway.listed_sessions(run_id) == before

    async def test_narrower_course_dates_must_still_hold_every_session(self, gateway: Driver) -> None:
        run_id = await gateway.published(sessions=two_sessions())
        narrow = {"start": 20260323, "end": 20260323}
        refused = await gateway.edit(run_id, courseDates=narrow)
        line = {"action": "delete", "sessionId": name(run_id, 2), "endDate": "20260324"}
        allowed = await gateway.edit(run_id, courseDates=narrow, sessions=[line])
        assert (refused.status_code, allowed.status_code) == (400, 200)

    async def test_wider_course_dates_make_room_in_the_same_call(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        later = synthetic_session(startDate="20260330", endDate="20260330")
        refused = await gateway.edit(run_id, sessions=[later])
        allowed = await gateway.edit(run_id, courseDates={"start": 20260323, "end": 20260330}, sessions=[later])
        assert (refused.status_code, allowed.status_code) == (400, 200)


class TestDelete:
    async def test_a_deleted_run_is_gone_with_its_sessions(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        reply = await gateway.delete(run_id)
        assert reply.json() == {"data": {}, "error": {}, "meta": {}, "status": 200}
        assert messages(await gateway.view(run_id)) == {"": "No course run found."}
        assert (await gateway.sessions(run_id)).status_code == 404
        assert (await gateway.list_runs()).json()["meta"]["total"] == 0

    async def test_deleting_again_and_editing_after_are_404(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        await gateway.delete(run_id)
        assert (await gateway.delete(run_id)).status_code == 404
        assert (await gateway.edit(run_id, intakeSize=1)).status_code == 404

    async def test_the_official_spelling_of_the_query_is_accepted(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        body = {
            "course": {
                "courseReferenceNumber": "TGS-2026000123",
                "trainingProvider": {"uen": "197401143C"},
                "run": {"action": "delete"},
            }
        }
        path = f"/courses/courseRuns/edit/{run_id}"
        assert (await gateway.send(path, body, params={"includeExpiredCourses": "True"})).status_code == 200
