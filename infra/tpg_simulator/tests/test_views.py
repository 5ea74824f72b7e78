"""C4 to C6: what is read back, and in which of the three shapes."""

from datetime import timedelta

import pytest

from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.samples import EXPIRED_COURSE, FOREIGN_COURSE, OTHER, OWN, synthetic_run, synthetic_session


async def test_one_run_is_shown_with_flat_dates_as_numbers(gateway: Driver) -> None:
    run_id = await gateway.published()
    course = (await gateway.view(run_id)).json()["data"]["course"]
    assert course == {
        "referenceNumber": "TGS-2026000123",
        "externalReferenceNumber": "TGS-2026000123",
        "title": "Basic Wok Safety",
        "deleteFlag": False,
        "expireFlag": False,
        "support": [],
        "run": {
            "id": run_id,
            "referenceNumber": "TGS-2026000123",
            "organizationKey": OWN,
            "registrationOpeningDate": 20260302,
            "registrationClosingDate": 20260320,
            "courseStartDate": 20260323,
            "courseEndDate": 20260324,
            "scheduleInfoType": {"code": "01", "description": "Description"},
            "scheduleInfo": "Mon-Tue 9am-5pm",
            "venue": synthetic_run()["venue"],
            "intakeSize": 20,
            "threshold": 2,
            "registeredUserCount": 0,
            "modeOfTraining": "1",
            "courseAdminEmail": "ops@example.com",
            "courseVacancy": {"code": "A", "description": "Available"},
            "qrCodeLink": f"https://uat.myskillsfuture.gov.sg/api/uat/take-attendance/RA{run_id}",
            "file": {},
            "attendanceTaken": False,
            "linkCourseRunTrainer": [],
        },
    }


async def test_a_list_shows_nested_dates_and_the_sequence_number(gateway: Driver) -> None:
    run_id = await gateway.published(sequenceNumber=4)
    reply = (await gateway.list_runs()).json()
    (run,) = reply["data"]["course"]["runs"]
    assert reply["meta"] == {"total": 1}
    assert (run["id"], run["sequenceNumber"]) == (run_id, 4)
    assert run["courseDates"] == {"start": 20260323, "end": 20260324}
    assert run["registrationDates"] == {"opening": 20260302, "closing": 20260320}
    assert "courseStartDate" not in run


async def test_sessions_have_dates_as_texts_and_empty_venue_parts_as_null(gateway: Driver) -> None:
    run_id = await gateway.published()
    assert (await gateway.sessions(run_id, uen=OWN, courseReferenceNumber="TGS-2026000123")).json() == {
        "data": {
            "sessions": [
                {
                    "id": f"TGS-2026000123-{run_id}-S1",
                    "startDate": "20260323",
                    "endDate": "20260323",
                    "startTime": "09:00",
                    "endTime": "17:00",
                    "modeOfTraining": "1",
                    "attendanceTaken": False,
                    "deleted": False,
                    "venue": synthetic_run()["venue"] | {"block": None, "building": None},
                }
            ]
        },
        "error": {},
        "meta": {"total": 1},
        "status": 200,
    }


async def test_no_sessions_and_no_run_are_both_404_without_details(gateway: Driver) -> None:
    run_id = await gateway.published(sessions=[])
    for wanted in (run_id, 1):
        reply = await gateway.sessions(wanted)
        assert reply.json() == {
            "data": {},
            "error": {"code": 404, "message": "Not Found", "details": [], "errorId": ""},
            "meta": {},
            "status": 404,
        }


@pytest.mark.parametrize(("month", "total"), [("032026", 1), ("042026", 1), ("052026", None), ("202603", None)])
async def test_sessions_are_filtered_by_month_first_then_year(gateway: Driver, month: str, total: int | None) -> None:
    april = synthetic_session(startDate="20260401", endDate="20260401")
    run_id = await gateway.published(
        courseDates={"start": 20260323, "end": 20260401}, sessions=[synthetic_session(), april]
    )
    reply = await gateway.sessions(run_id, sessionMonth=month)
    assert reply.json()["meta"].get("total") == total
    assert reply.status_code == (200 if total else 404 if month == "052026" else 400)


@pytest.mark.parametrize("run_id", ["1", "abc", "-1", "٣", "9" * 5000])
async def test_an_unknown_run_is_404(gateway: Driver, run_id: str) -> None:
    reply = await gateway.http.get(f"/courses/courseRuns/id/{run_id}")
    assert reply.status_code == 404
    assert reply.json()["error"]["details"] == [{"field": "", "message": "No course run found."}]


async def test_lists_are_paged_and_count_everything(gateway: Driver) -> None:
    for number in range(3):
        await gateway.published(scheduleInfo=f"run {number}")
    second = (await gateway.list_runs(page=1, pageSize=2)).json()
    beyond = (await gateway.list_runs(page=9, pageSize=2)).json()
    assert [run["id"] for run in second["data"]["course"]["runs"]] == [849902]
    assert second["meta"] == {"total": 3}
    assert beyond["data"]["course"]["runs"] == []


@pytest.mark.parametrize(
    ("query", "profile", "status"),
    [
        ({"pageSize": "0"}, "uat", 400),
        ({"pageSize": "101"}, "uat", 400),
        ({"pageSize": "100"}, "uat", 200),
        ({"pageSize": "7"}, "uat", 200),
        ({"pageSize": "7"}, "strict", 400),
        ({"pageSize": "40"}, "strict", 200),
        ({"page": "-1"}, "uat", 400),
        ({"page": "x"}, "uat", 400),
        ({"page": "9" * 5000}, "uat", 400),
        ({"courseRunStartDate": "20260323"}, "uat", 200),
        ({"courseRunStartDate": "soon"}, "uat", 400),
        ({"courseReferenceNumber": ""}, "uat", 400),
        ({"courseReferenceNumber": "TGS-0000000000"}, "uat", 404),
        ({"tpCode": f"{OWN}-01"}, "uat", 200),
        ({"tpCode": f"{OTHER}-01"}, "uat", 404),
        ({"uen": OWN}, "uat", 200),
        ({"uen": OTHER}, "uat", 403),
    ],
)
async def test_list_queries_are_checked(gateway: Driver, query: Json, profile: str, status: int) -> None:
    gateway.switch("profile", profile)
    assert (await gateway.list_runs(**query)).status_code == status


async def test_a_list_can_be_narrowed_to_a_start_date(gateway: Driver) -> None:
    await gateway.published()
    assert (await gateway.list_runs(courseRunStartDate="20260323")).json()["meta"]["total"] == 1
    assert (await gateway.list_runs(courseRunStartDate="2026-03-24")).json()["meta"]["total"] == 0


async def test_another_providers_course_lists_nothing_of_theirs(gateway: Driver) -> None:
    reply = await gateway.list_runs(courseReferenceNumber=FOREIGN_COURSE)
    assert reply.json()["meta"]["total"] == 0


async def test_another_providers_run_is_forbidden(gateway: Driver) -> None:
    run_id = await gateway.published()
    assert (await gateway.view(run_id, organizationKey=OTHER)).status_code == 403
    assert (await gateway.sessions(run_id, uen=OTHER)).status_code == 403
    assert (await gateway.sessions(run_id, courseReferenceNumber=FOREIGN_COURSE)).status_code == 404


async def test_runs_of_an_expired_course_show_on_request(gateway: Driver) -> None:
    published = await gateway.publish(synthetic_run(), course=EXPIRED_COURSE, params={"includeExpiredCourses": "true"})
    run_id = published.json()["data"]["runs"][0]["id"]
    assert (await gateway.view(run_id)).status_code == 404
    assert (await gateway.view(run_id, includeExpiredCourses="true")).json()["data"]["course"]["expireFlag"]


async def test_a_new_run_is_hidden_for_a_while_from_every_other_call(gateway: Driver) -> None:
    gateway.switch("visibility.delay_s", 900)
    run_id = await gateway.published()
    hidden = [await gateway.view(run_id), await gateway.sessions(run_id), await gateway.edit(run_id, intakeSize=1)]
    listed_before = (await gateway.list_runs()).json()["meta"]["total"]
    again = await gateway.publish(synthetic_run())
    gateway.world.clock.advance(timedelta(seconds=900))
    assert [reply.status_code for reply in hidden] == [404, 404, 404]
    assert listed_before == 0
    assert again.status_code == 400, "hidden from readers, known as a duplicate"
    assert (await gateway.view(run_id)).status_code == 200


async def test_a_file_with_a_name_is_shown(gateway: Driver) -> None:
    run_id = await gateway.published(file={"Name": "notes.pdf", "content": "AAAA"})
    assert (await gateway.viewed(run_id))["file"] == {"Name": "notes.pdf", "content": "AAAA"}
