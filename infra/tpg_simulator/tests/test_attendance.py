"""A1 and A2: what an upload needs, what a view makes of it, and that corrections are more rows."""

from typing import Any

import httpx
import pytest

from infra.tpg_simulator.driver import Driver, attendance_body, complaints, messages
from infra.tpg_simulator.samples import COURSE, OTHER, OWN, synthetic_attendance, synthetic_run, synthetic_session

REQUIRED = "This field is required."
TRAINEE = "course.attendance.trainee"


async def with_enrolment(gateway: Driver, **run: Any) -> int:
    run_id = await gateway.published(**run)
    await gateway.enrolled(run_id)
    return run_id


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Set the value at a dotted path of a body made for this test alone; `...` takes the key away."""
    *parents, last = path.split(".")
    part = body
    for name in parents:
        part = part[name]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return body


class TestUpload:
    async def test_the_reply_is_plain_and_says_nothing(self, gateway: Driver) -> None:
        reply = await gateway.upload(await with_enrolment(gateway))
        assert (reply.status_code, reply.json()) == (200, {"data": {}, "error": {}, "meta": {}, "status": 200})

    @pytest.mark.parametrize(
        ("path", "value", "message"),
        [
            *(
                (path, value, REQUIRED)
                for value in (..., None, "", " ")
                for path in (
                    "uen",
                    "corppassId",
                    "course.sessionID",
                    "course.referenceNumber",
                    "course.attendance.status.code",
                    f"{TRAINEE}.id",
                    f"{TRAINEE}.name",
                    f"{TRAINEE}.idType.code",
                    f"{TRAINEE}.surveyLanguage.code",
                )
            ),
            *(
                (path, value, REQUIRED)
                for value in (..., None)
                for path in (
                    "course",
                    "course.attendance",
                    "course.attendance.status",
                    TRAINEE,
                    f"{TRAINEE}.idType",
                    f"{TRAINEE}.surveyLanguage",
                    f"{TRAINEE}.contactNumber",
                    f"{TRAINEE}.contactNumber.countryCode",
                )
            ),
            *(
                (path, "9" * (longest + 1), f"Must not be longer than {longest} characters.")
                for path, longest in {
                    "uen": 15,
                    "course.sessionID": 300,
                    "course.referenceNumber": 100,
                    "course.attendance.status.code": 1,
                    f"{TRAINEE}.id": 50,
                    f"{TRAINEE}.name": 66,
                    f"{TRAINEE}.email": 320,
                    f"{TRAINEE}.idType.code": 2,
                    f"{TRAINEE}.contactNumber.mobile": 15,
                    f"{TRAINEE}.surveyLanguage.code": 2,
                }.items()
            ),
            ("course.attendance.status.code", "5", "Must be one of 1, 2, 3, 4."),
            ("course.attendance.status.code", 1, "Must be a text."),
            (f"{TRAINEE}.idType.code", "XX", "Must be one of SP, SB, SO, FP, OT."),
            (f"{TRAINEE}.surveyLanguage.code", "ZZ", "Must be one of EL, MN, MY, TM."),
            (f"{TRAINEE}.email", "nowhere", "Has the wrong format."),
            (f"{TRAINEE}.contactNumber.mobile", 91234567, "Must be a text."),
            (f"{TRAINEE}.contactNumber.countryCode", "65", "Must be a whole number."),
            (f"{TRAINEE}.contactNumber.countryCode", "+65", "Must be a whole number."),
            (f"{TRAINEE}.contactNumber.countryCode", 0, "Must not be less than 1."),
            (f"{TRAINEE}.contactNumber.countryCode", 1000, "Must not be more than 999."),
            (f"{TRAINEE}.contactNumber.areaCode", "", "Must be a whole number."),
            (f"{TRAINEE}.contactNumber.areaCode", 100_000, "Must not be more than 99999."),
            (f"{TRAINEE}.numberOfHours", "3.5", "Must be a number."),
            (f"{TRAINEE}.numberOfHours", 0.49, "Must not be less than 0.5."),
            (f"{TRAINEE}.numberOfHours", 8.01, "Must not be more than 8.0."),
        ],
    )
    async def test_a_wrong_field_is_named_by_its_path(
        self, gateway: Driver, path: str, value: Any, message: str
    ) -> None:
        run_id = await with_enrolment(gateway)
        body = changed(attendance_body(run_id, synthetic_attendance()), path, value)
        reply = await gateway.send_attendance(run_id, body)
        assert (reply.status_code, messages(reply)) == (400, {path: message})
        assert await gateway.listed_attendance(run_id) == []

    @pytest.mark.parametrize("body", [None, [], "x", 7])
    async def test_a_body_that_is_no_object_is_refused(self, gateway: Driver, body: Any) -> None:
        assert (await gateway.send_attendance(await with_enrolment(gateway), body)).status_code == 400

    async def test_the_small_d_will_not_do(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        body = attendance_body(run_id, synthetic_attendance())
        body["course"]["sessionId"] = body["course"].pop("sessionID")
        assert messages(await gateway.send_attendance(run_id, body)) == {"course.sessionID": REQUIRED}

    @pytest.mark.parametrize(
        ("email", "mobile", "status"), [("t@example.com", "", 200), ("", "91234567", 200), ("", "", 400)]
    )
    async def test_an_address_or_a_mobile_number_is_enough(
        self, gateway: Driver, email: str, mobile: str, status: int
    ) -> None:
        phone = {"mobile": mobile, "areaCode": None, "countryCode": 65}
        reply = await gateway.upload(await with_enrolment(gateway), email=email, contactNumber=phone)
        assert reply.status_code == status
        if status == 400:
            assert list(messages(reply)) == [f"{TRAINEE}.email"]

    @pytest.mark.parametrize(("mode", "status"), [("1", 200), ("4", 400)])
    async def test_hours_are_needed_on_the_job_only(self, gateway: Driver, mode: str, status: int) -> None:
        run_id = await with_enrolment(gateway, sessions=[synthetic_session(modeOfTraining=mode)])
        reply = await gateway.upload(run_id, numberOfHours=None)
        assert reply.status_code == status
        if status == 400:
            assert list(messages(reply)) == [f"{TRAINEE}.numberOfHours"]
        assert (await gateway.upload(run_id, numberOfHours=8)).status_code == 200

    async def test_several_complaints_come_together(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        body = attendance_body(run_id, synthetic_attendance(name=""), session=9)
        body["uen"] = OTHER
        assert messages(await gateway.send_attendance(run_id, body)) == {
            f"{TRAINEE}.name": REQUIRED,
            "course.sessionID": "No such session on this course run.",
            f"{TRAINEE}.id": "Trainee is not enrolled on this course run.",
            "uen": "TGS-405 - Invalid training partner UEN",
        }


class TestBelonging:
    async def test_another_uen_alone_is_forbidden(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        body = attendance_body(run_id, synthetic_attendance()) | {"uen": OTHER}
        reply = await gateway.send_attendance(run_id, body)
        assert (reply.status_code, list(messages(reply))) == (403, ["-"])

    async def test_an_unknown_run_is_404_and_anothers_403(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        unknown = await gateway.upload(1)
        gateway.switch("identity.default_provider", OTHER)
        assert messages(unknown) == {"": "No course run found."}
        assert [unknown.status_code, (await gateway.upload(run_id)).status_code] == [404, 403]

    @pytest.mark.parametrize(
        ("reference", "message"),
        [
            ("TGS-2026999999", "Invalid course reference number"),
            ("INT-OLD 7", "Course run does not belong to this course."),
        ],
    )
    async def test_the_course_is_the_runs(self, gateway: Driver, reference: str, message: str) -> None:
        run_id = await with_enrolment(gateway)
        body = changed(attendance_body(run_id, synthetic_attendance()), "course.referenceNumber", reference)
        assert messages(await gateway.send_attendance(run_id, body)) == {"course.referenceNumber": message}

    async def test_a_session_of_another_run_and_a_deleted_one_are_unknown(self, gateway: Driver) -> None:
        run_id, other = await with_enrolment(gateway), await gateway.published(scheduleInfo="another")
        elsewhere = attendance_body(run_id, synthetic_attendance())
        elsewhere["course"]["sessionID"] = f"{COURSE}-{other}-S1"
        line = {"action": "delete", "sessionId": f"{COURSE}-{run_id}-S1"}
        refused = [await gateway.send_attendance(run_id, elsewhere)]
        await gateway.edit(run_id, sessions=[line])
        refused.append(await gateway.upload(run_id))
        for reply in refused:
            assert messages(reply) == {"course.sessionID": "No such session on this course run."}

    async def test_only_the_enrolled_are_taken_unless_a_switch_says_otherwise(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        reference = await gateway.enrolled(run_id)
        stranger = await gateway.upload(run_id, id="G1234567X")
        await gateway.cancel_enrolment(reference)
        cancelled = await gateway.upload(run_id)
        withdrawn = await gateway.upload(run_id, status="4")
        gateway.switch("strict.enrolled", False)  # noqa: FBT003  # the value of a switch
        lenient = await gateway.upload(run_id, id="G1234567X")
        assert messages(stranger) == {f"{TRAINEE}.id": "Trainee is not enrolled on this course run."}
        assert [one.status_code for one in (cancelled, withdrawn, lenient)] == [400, 200, 200]

    async def test_a_session_to_come_is_refused_by_switch_or_profile(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        lenient = await gateway.upload(run_id)
        gateway.switch("profile", "strict")
        strict = await gateway.upload(run_id)
        await gateway.http.put("/_control/clock", json={"now": "2026-03-23T09:00:00+08:00", "frozen": True})
        started = await gateway.upload(run_id)
        assert [lenient.status_code, strict.status_code, started.status_code] == [200, 400, 200]
        assert messages(strict) == {"course.sessionID": "The session has not started."}


class TestView:
    async def test_texts_stand_where_the_upload_had_numbers(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.uploaded(run_id)
        opened = gateway.open(await gateway.attendance(run_id))
        row = {
            "id": "18024",
            "status": "Confirmed",
            "nric": "S1234567D",
            "numberOfHours": "3.5",
            "entryMode": "Manual",
            "manuallyAdded": True,
            "editedByTP": "No",
            "sentToTraqom": "Pending Upload to TRAQOM.",
            "errorMessage": "",
            "latitude": "",
            "longitude": "",
            "trainee": {
                "id": "S1234567D",
                "name": "Test Trainee",
                "email": "trainee@example.com",
                "idType": {"code": "SP", "description": "Singapore Pink Identification Card"},
                "contactNumber": {"countryCode": "65", "areaCode": "0", "mobile": "91234567"},
                "individualId": None,
                "accountType": "",
                "attendeeType": "",
                "surveyLanguage": {"code": "EL", "description": "English"},
            },
        }
        session = {
            "id": f"{COURSE}-{run_id}-S1",
            "startDate": "20260323",
            "endDate": "20260323",
            "startTime": "09:00",
            "endTime": "17:00",
            "modeOfTraining": "1",
            "attendance": [row],
        }
        run = {
            "id": run_id,
            "title": "Basic Wok Safety",
            "referenceNumber": COURSE,
            "externalReferenceNumber": COURSE,
            "modeOfTraining": "1",
            "courseDates": {"start": "20260323", "end": "20260324"},
            "sessions": [session],
        }
        assert opened == {"data": {"courseRun": run}, "error": {}, "meta": {"total": 1}, "status": 200}

    @pytest.mark.parametrize(
        ("code", "word"), [("1", "Confirmed"), ("2", "Unconfirmed"), ("3", "Rejected"), ("4", "TP Voided")]
    )
    async def test_the_status_is_a_word(self, gateway: Driver, code: str, word: str) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.uploaded(run_id, status=code)
        assert [row["status"] for row in await gateway.listed_attendance(run_id)] == [word]

    @pytest.mark.parametrize(("sent", "shown"), [(8, "8.0"), (0.5, "0.5"), (3.25, "3.25"), (None, "")])
    async def test_hours_have_a_point(self, gateway: Driver, sent: float | None, shown: str) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.uploaded(run_id, numberOfHours=sent)
        assert [row["numberOfHours"] for row in await gateway.listed_attendance(run_id)] == [shown]

    async def test_an_area_code_is_read_back_as_text(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.uploaded(run_id, contactNumber={"mobile": "1", "areaCode": 3, "countryCode": 60})
        (row,) = await gateway.listed_attendance(run_id)
        assert row["trainee"]["contactNumber"] == {"countryCode": "60", "areaCode": "3", "mobile": "1"}

    async def test_a_session_may_be_asked_for_and_the_total_counts_rows(self, gateway: Driver) -> None:
        second = synthetic_session(startDate="20260324", endDate="20260324")
        run_id = await with_enrolment(gateway, sessions=[synthetic_session(), second])
        await gateway.uploaded(run_id, session=1)
        await gateway.uploaded(run_id, session=2)
        await gateway.uploaded(run_id, session=2, status="2")
        whole = gateway.open(await gateway.attendance(run_id, sessionId="", uen=OWN, courseReferenceNumber=COURSE))
        one = gateway.open(await gateway.attendance(run_id, sessionId=f"{COURSE}-{run_id}-S2"))
        assert [len(session["attendance"]) for session in whole["data"]["courseRun"]["sessions"]] == [1, 2]
        assert (whole["meta"], one["meta"]) == ({"total": 3}, {"total": 2})

    async def test_an_old_course_has_another_name_in_its_session_ids(self, gateway: Driver) -> None:
        reply = await gateway.publish(synthetic_run(), course="INT-OLD 7")
        run_id = reply.json()["data"]["runs"][0]["id"]
        run = gateway.open(await gateway.attendance(run_id))["data"]["courseRun"]
        assert (run["referenceNumber"], run["externalReferenceNumber"]) == ("INT-OLD 7", "CRS-Q-7")
        assert run["sessions"][0] | {"attendance": []} == run["sessions"][0]
        assert run["sessions"][0]["id"] == f"CRS-Q-7-{run_id}-S1"

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({"uen": OTHER}, 403),
            ({"courseReferenceNumber": "INT-OLD 7"}, 404),
            ({"sessionId": "none"}, 404),
        ],
    )
    async def test_what_is_not_the_runs_is_refused_in_the_courses_form(
        self, gateway: Driver, query: dict[str, str], status: int
    ) -> None:
        reply = await gateway.attendance(await gateway.published(), **query)
        assert (reply.status_code, reply.json()["error"]["code"]) == (status, status)

    async def test_no_run_no_sessions_and_no_right_are_refused(self, gateway: Driver) -> None:
        bare, owned = await gateway.published(sessions=[]), await gateway.published()
        replies = [await gateway.attendance(1), await gateway.attendance(bare)]
        gateway.switch("identity.default_provider", OTHER)
        replies.append(await gateway.attendance(owned))
        assert [reply.status_code for reply in replies] == [404, 404, 403]

    async def test_an_error_may_travel_sealed(self, gateway: Driver) -> None:
        gateway.switch("crypto.error_form_courses", "cipher")
        read: httpx.Response = await gateway.attendance(1)
        written = await gateway.upload(1)
        assert [complaints(gateway.open(one)) for one in (read, written)] == [{"": "No course run found."}] * 2


class TestRepetition:
    async def test_a_correction_is_one_more_row(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.uploaded(run_id)
        await gateway.uploaded(run_id)
        await gateway.uploaded(run_id, status="3")
        rows = await gateway.listed_attendance(run_id)
        assert [(row["id"], row["status"]) for row in rows] == [
            ("18024", "Confirmed"),
            ("18025", "Confirmed"),
            ("18026", "Rejected"),
        ]

    async def test_a_switch_refuses_what_was_said_before_and_takes_corrections(self, gateway: Driver) -> None:
        gateway.switch("duplicates.attendance", "refuse")
        run_id = await with_enrolment(gateway)
        replies = [await gateway.upload(run_id), await gateway.upload(run_id), await gateway.upload(run_id, status="2")]
        assert [reply.status_code for reply in replies] == [200, 400, 200]
        assert messages(replies[1]) == {"course.attendance": "Attendance already exists."}

    @pytest.mark.parametrize(
        ("how", "words"),
        [("marks", ["TP Voided", "TP Voided", "Confirmed"]), ("appends", ["Confirmed", "TP Voided", "Confirmed"])],
    )
    async def test_a_withdrawal_voids_the_persons_earlier_rows_by_switch(
        self, gateway: Driver, how: str, words: list[str]
    ) -> None:
        gateway.switch("attendance.withdrawal", how)
        run_id = await with_enrolment(gateway)
        await gateway.enrolled(run_id, id="G1234567X")
        await gateway.uploaded(run_id)
        await gateway.uploaded(run_id, status="4")
        await gateway.uploaded(run_id, id="G1234567X")
        assert [row["status"] for row in await gateway.listed_attendance(run_id)] == words

    async def test_what_is_void_already_is_not_voided_again(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        for status in ("1", "4", "4"):
            await gateway.uploaded(run_id, status=status)
        assert [row.edits for row in gateway.world.store.attendance.all()] == [1, 0, 0]

    async def test_views_of_the_run_tell_whether_attendance_was_taken(self, gateway: Driver) -> None:
        second = synthetic_session(startDate="20260324", endDate="20260324")
        run_id = await with_enrolment(gateway, sessions=[synthetic_session(), second])

        async def taken() -> tuple[bool, list[bool]]:
            sessions = await gateway.listed_sessions(run_id)
            return (await gateway.viewed(run_id))["attendanceTaken"], [one["attendanceTaken"] for one in sessions]

        before = await taken()
        await gateway.uploaded(run_id, session=2)
        uploaded = await taken()
        await gateway.uploaded(run_id, session=2, status="4")
        assert before == (False, [False, False])
        assert uploaded == (True, [False, True])
        assert await taken() == (False, [False, False])
