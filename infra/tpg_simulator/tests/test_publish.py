"""C1: every field rule and refusal of a publish, and what is stored."""

from typing import Any

import pytest

from infra.tpg_simulator.driver import Driver, messages
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.samples import (
    EXPIRED_COURSE,
    FOREIGN_COURSE,
    OLD_COURSE,
    synthetic_run,
    synthetic_session,
)

REQUIRED = "Run 0: This field is required."


def changed(path: str, value: Any) -> Json:
    """Set one dotted path of a synthetic run."""
    run = synthetic_run()
    *parents, last = path.split(".")
    part: Any = run
    for name in parents:
        part = part[int(name)] if name.isdigit() else part[name]
    part[last] = value
    return run


async def test_ids_come_back_in_request_order(gateway: Driver) -> None:
    runs = [synthetic_run(scheduleInfo=text) for text in ("first", "second", "third")]
    reply = await gateway.publish(*runs)
    assert [run["id"] for run in reply.json()["data"]["runs"]] == [849900, 849901, 849902]
    assert (await gateway.viewed(849901))["scheduleInfo"] == "second"


async def test_one_wrong_run_stores_none(gateway: Driver) -> None:
    reply = await gateway.publish(
        synthetic_run(), synthetic_run(sequenceNumber=7, courseAdminEmail="", scheduleInfo="other")
    )
    assert messages(reply) == {"course.runs[1].courseAdminEmail": "Run 7: This field is required."}
    assert gateway.world.store.runs == {}


@pytest.mark.parametrize(
    "path",
    [
        "registrationDates",
        "registrationDates.opening",
        "courseDates",
        "courseDates.end",
        "scheduleInfoType",
        "scheduleInfoType.code",
        "scheduleInfo",
        "modeOfTraining",
        "courseAdminEmail",
        "courseVacancy",
        "courseVacancy.description",
        "sessions.0.startDate",
        "sessions.0.endTime",
        "sessions.0.modeOfTraining",
    ],
)
async def test_mandatory_fields_must_be_there(gateway: Driver, path: str) -> None:
    reply = await gateway.publish(changed(path, None))
    assert reply.status_code == 400
    assert messages(reply)[f"course.runs[0].{path.replace('.0.', '[0].')}"] == REQUIRED


@pytest.mark.parametrize("path", ["scheduleInfo", "courseAdminEmail", "scheduleInfoType.code"])
async def test_an_empty_text_is_a_missing_one(gateway: Driver, path: str) -> None:
    reply = await gateway.publish(changed(path, ""))
    assert messages(reply)[f"course.runs[0].{path}"] == REQUIRED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("registrationDates.opening", "20260302"),
        ("courseDates.start", 20260230),
        ("courseDates.start", True),
        ("modeOfTraining", 1),
        ("modeOfTraining", "0"),
        ("courseVacancy.code", "X"),
        ("intakeSize", -1),
        ("intakeSize", "20"),
        ("courseAdminEmail", "nobody"),
        ("venue.postalCode", "4085"),
        ("venue.wheelChairAccess", "yes"),
        ("venue", "Demo Road"),
        ("sessions.0.startDate", 20260323),
        ("sessions.0.startDate", "23/03/2026"),
        ("sessions.0.startDate", "٢٠٢٦٠٣٢٣"),
        ("venue.postalCode", "٤٠٨٥٣٣"),
        ("sessions.0.startTime", "9:00"),
        ("sessions.0.startTime", "24:00"),
        ("toAppendCourseApplicationURL", 1),
    ],
)
async def test_values_of_the_wrong_shape_are_refused(gateway: Driver, path: str, value: Any) -> None:
    reply = await gateway.publish(changed(path, value))
    assert reply.status_code == 400
    assert f"course.runs[0].{path.replace('.0.', '[0].')}" in messages(reply)


@pytest.mark.parametrize(
    ("path", "longest"),
    [
        ("venue.block", 10),
        ("venue.street", 32),
        ("venue.floor", 3),
        ("venue.unit", 5),
        ("venue.building", 66),
        ("venue.room", 255),
        ("scheduleInfoType.description", 32),
        ("courseVacancy.description", 128),
        ("file.Name", 255),
    ],
)
async def test_texts_are_refused_when_too_long_and_never_cut(gateway: Driver, path: str, longest: int) -> None:
    too_long = await gateway.publish(changed(path, "x" * (longest + 1)))
    fits = await gateway.publish(changed(path, "x" * longest))
    assert messages(too_long) == {f"course.runs[0].{path}": f"Run 0: Must not be longer than {longest} characters."}
    assert fits.status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"registrationDates": {"opening": 20260321, "closing": 20260320}}, "registrationDates"),
        ({"courseDates": {"start": 20260324, "end": 20260323}}, "courseDates"),
        ({"intakeSize": 2, "threshold": 1, "registeredUserCount": 4}, "registeredUserCount"),
        ({"registrationDates": {"opening": 20260301, "closing": 20260320}}, "registrationDates.opening"),
    ],
    ids=["registration order", "course order", "seats", "opening in the past"],
)
async def test_fields_must_agree_with_each_other(gateway: Driver, changes: Json, field: str) -> None:
    reply = await gateway.publish(synthetic_run(**changes))
    assert f"course.runs[0].{field}" in messages(reply)


async def test_a_past_opening_passes_by_switch(gateway: Driver) -> None:
    gateway.switch("publish.past_registration", "allow")
    past = {"opening": 20260101, "closing": 20260320}
    assert (await gateway.publish(synthetic_run(registrationDates=past))).status_code == 200


async def test_closing_after_the_start_is_refused_in_the_strict_profile_only(gateway: Driver) -> None:
    late = synthetic_run(registrationDates={"opening": 20260302, "closing": 20260324})
    lenient = await gateway.publish(late)
    gateway.switch("profile", "strict")
    strict = await gateway.publish(late)
    gateway.switch("strict.dates", value=False)
    gateway.switch("duplicates.run", "allow")
    switched_off = await gateway.publish(late)
    assert (lenient.status_code, strict.status_code, switched_off.status_code) == (200, 400, 200)


async def test_the_guides_length_of_schedule_info_holds_in_the_strict_profile_only(gateway: Driver) -> None:
    long = synthetic_run(scheduleInfo="x" * 301)
    lenient = await gateway.publish(long)
    gateway.switch("profile", "strict")
    strict = await gateway.publish(long)
    assert lenient.status_code == 200
    assert "course.runs[0].scheduleInfo" in messages(strict)


@pytest.mark.parametrize("part", ["floor", "unit", "postalCode", "room"])
@pytest.mark.parametrize("mode", ["1", "9"])
async def test_a_place_is_needed_unless_the_mode_has_none(gateway: Driver, part: str, mode: str) -> None:
    run = synthetic_run(modeOfTraining=mode, sessions=[])
    del run["venue"][part]
    refused = await gateway.publish(run)
    passed = await gateway.publish({**run, "modeOfTraining": "2"})
    assert list(messages(refused)) == [f"course.runs[0].venue.{part}"]
    assert passed.status_code == 200


async def test_unknown_keys_are_ignored_and_not_kept(gateway: Driver) -> None:
    run_id = await gateway.published(favouriteDish="laksa")
    assert "favouriteDish" not in gateway.world.store.runs[run_id].content


@pytest.mark.parametrize(
    ("course", "message"),
    [
        ("TGS-2026999999", "Invalid course reference number"),
        (EXPIRED_COURSE, "Invalid course reference number"),
        (FOREIGN_COURSE, "Course does not belong to the Training Partner"),
    ],
)
async def test_the_course_must_be_known_current_and_the_callers(gateway: Driver, course: str, message: str) -> None:
    reply = await gateway.publish(synthetic_run(), course=course)
    assert reply.status_code == 400
    assert messages(reply) == {"course.courseReferenceNumber": message}


@pytest.mark.parametrize(("value", "status"), [("true", 200), ("True", 200), ("FALSE", 400), ("yes", 400)])
async def test_expired_courses_are_included_on_request_in_any_case(gateway: Driver, value: str, status: int) -> None:
    reply = await gateway.publish(synthetic_run(), course=EXPIRED_COURSE, params={"includeExpiredCourses": value})
    assert reply.status_code == status


@pytest.mark.parametrize("body", [{}, [], "text", None, {"course": 1}, {"course": {}}])
async def test_bodies_of_any_other_shape_are_refused(gateway: Driver, body: Any) -> None:
    assert (await gateway.send("/courses/courseRuns/publish", body)).status_code == 400


@pytest.mark.parametrize("runs", [None, [], {}, [1], ["run"], [{"sessions": 1}], [{"sessions": [1]}]])
async def test_runs_of_any_other_shape_are_refused(gateway: Driver, runs: Any) -> None:
    root = {
        "courseReferenceNumber": "TGS-2026000123",
        "trainingProvider": {"uen": "197401143C"},
        "runs": runs,
    }
    assert (await gateway.send("/courses/courseRuns/publish", {"course": root})).status_code == 400


async def test_a_run_equal_to_a_standing_one_is_refused(gateway: Driver) -> None:
    first = await gateway.publish(synthetic_run())
    again = await gateway.publish(synthetic_run(sequenceNumber=3))
    other = await gateway.publish(synthetic_run(scheduleInfo="another week"))
    assert (first.status_code, again.status_code, other.status_code) == (200, 400, 200)
    assert "already exists" in messages(again)["course.runs[0]"]


async def test_equal_runs_in_one_request_are_refused_whole(gateway: Driver) -> None:
    assert (await gateway.publish(synthetic_run(), synthetic_run())).status_code == 400
    assert gateway.world.store.runs == {}


async def test_a_run_may_be_published_again_after_it_was_deleted(gateway: Driver) -> None:
    run_id = await gateway.published()
    await gateway.delete(run_id)
    assert await gateway.published() == run_id + 1


async def test_equal_runs_stand_beside_each_other_by_switch(gateway: Driver) -> None:
    gateway.switch("duplicates.run", "allow")
    assert await gateway.published() != await gateway.published()
    assert gateway.world.store.equal_runs() == [[849900, 849901]]


class TestSessions:
    async def test_sessions_are_named_after_the_external_course_reference(self, gateway: Driver) -> None:
        run = synthetic_run(sessions=[synthetic_session(), synthetic_session(startTime="10:00")])
        reply = await gateway.publish(run, course=OLD_COURSE)
        run_id = reply.json()["data"]["runs"][0]["id"]
        assert [one["id"] for one in await gateway.listed_sessions(run_id)] == [
            f"CRS-Q-7-{run_id}-S1",
            f"CRS-Q-7-{run_id}-S2",
        ]

    @pytest.mark.parametrize("mode", ["2", "4"])
    async def test_modes_without_hours_last_whole_days_and_have_no_venue(self, gateway: Driver, mode: str) -> None:
        run_id = await gateway.published(sessions=[synthetic_session(modeOfTraining=mode, endDate="20260324")])
        (session,) = await gateway.listed_sessions(run_id)
        assert (session["startTime"], session["endTime"], session["endDate"]) == ("00:00", "23:59", "20260324")
        assert set(session["venue"].values()) == {None}

    async def test_other_modes_are_of_one_day(self, gateway: Driver) -> None:
        run_id = await gateway.published(sessions=[synthetic_session(endDate="20260324")])
        (session,) = await gateway.listed_sessions(run_id)
        assert (session["endDate"], session["startTime"], session["endTime"]) == ("20260323", "09:00", "17:00")

    async def test_a_session_may_have_its_own_venue(self, gateway: Driver) -> None:
        own = {"floor": "05", "unit": "01", "postalCode": "123456", "room": "Wok room"}
        run_id = await gateway.published(sessions=[synthetic_session(venue=own)])
        (session,) = await gateway.listed_sessions(run_id)
        assert session["venue"] == {
            "block": None,
            "street": None,
            "building": None,
            "wheelChairAccess": None,
            **own,
        }

    @pytest.mark.parametrize("venue", [None, {}, {"primaryVenue": False}])
    async def test_a_session_in_a_room_needs_the_room(self, gateway: Driver, venue: Any) -> None:
        reply = await gateway.publish(synthetic_run(sessions=[synthetic_session(venue=venue)]))
        assert "course.runs[0].sessions[0].venue.room" in messages(reply)

    @pytest.mark.parametrize(
        "changes",
        [
            {"startTime": "17:00", "endTime": "09:00"},
            {"startDate": "20260324", "endDate": "20260323"},
            {"startDate": "20260322", "endDate": "20260322"},
            {"startDate": "20260325", "endDate": "20260325"},
            {"modeOfTraining": "2", "endDate": "20260325"},
        ],
        ids=["times", "dates", "before the run", "after the run", "ends after the run"],
    )
    async def test_a_session_is_in_order_and_inside_the_run(self, gateway: Driver, changes: Json) -> None:
        reply = await gateway.publish(synthetic_run(sessions=[synthetic_session(**changes)]))
        assert list(messages(reply)) == ["course.runs[0].sessions[0]"]

    async def test_a_session_that_has_ended_cannot_be_created(self, gateway: Driver) -> None:
        over = synthetic_run(
            courseDates={"start": 20260301, "end": 20260324},
            sessions=[synthetic_session(startDate="20260301", endDate="20260301")],
        )
        refused = await gateway.publish(over)
        gateway.switch("publish.ended_sessions", "allow")
        allowed = await gateway.publish(over)
        assert "ended" in messages(refused)["course.runs[0].sessions[0]"]
        assert allowed.status_code == 200

    async def test_a_run_may_have_no_sessions(self, gateway: Driver) -> None:
        run_id = await gateway.published(sessions=None)
        assert (await gateway.sessions(run_id)).status_code == 404
