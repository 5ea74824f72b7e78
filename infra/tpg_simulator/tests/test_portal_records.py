"""Somebody works on enrolments, attendance and assessments in the portal; doubles are counted."""

from typing import Any

import pytest

from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.samples import (
    COURSE,
    synthetic_assessment,
    synthetic_attendance,
    synthetic_enrolment,
    synthetic_run,
)

PORTAL = "/_control/portal"


async def with_enrolment(gateway: Driver, **run: Any) -> int:
    run_id = await gateway.published(**run)
    await gateway.enrolled(run_id)
    return run_id


async def asked(gateway: Driver, path: str, **query: Any) -> Any:
    reply = await gateway.http.get(f"/_control/{path}", params=query)
    reply.raise_for_status()
    return reply.json()


async def patch(gateway: Driver, path: str, *remove: str, **values: Any) -> int:
    reply = await gateway.http.patch(f"{PORTAL}/{path}", json={"set": values, "remove": list(remove)})
    return reply.status_code


async def post(gateway: Driver, path: str, body: Json | None = None) -> Json:
    reply = await gateway.http.post(f"{PORTAL}/{path}", json=body)
    assert reply.status_code in {200, 201}, reply.text
    record: Json = reply.json()
    return record


class TestEnrolments:
    async def test_somebody_enrols_past_all_rules(self, gateway: Driver) -> None:
        gateway.switch("duplicates.enrolment", "refuse")
        run_id = await with_enrolment(gateway)
        made = await post(gateway, "enrolments", {"enrolment": synthetic_enrolment(run_id)})
        assert (made["reference"], made["made_by"]) == ("ENR-2603-000002", "portal")
        assert (await gateway.viewed_enrolment("ENR-2603-000002"))["status"] == "Confirmed"
        assert await gateway.enrolled(run_id, id="G1234567X") == "ENR-2603-000003"

    async def test_somebody_changes_any_field(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        await gateway.http.post("/_control/clock/advance", json={"seconds": 60})
        values: dict[str, Any] = {
            "trainee.full_name": "Somebody Else",
            "trainee.phone.phone_number": "1",
            "fees.collection_status": "Full Payment",
            "sponsorship": "INDIVIDUAL",
            "run_id": 7,
        }
        status = await patch(gateway, f"enrolments/{reference}", "employer", "fees.discount", **values)
        shown = await gateway.viewed_enrolment(reference)
        stored = await asked(gateway, f"portal/enrolments/{reference}")
        assert status == 200
        assert (shown["trainee"]["fullName"], shown["trainee"]["sponsorshipType"]) == ("Somebody Else", "Individual")
        assert (shown["course"]["run"], shown["trainee"]["fees"]) == ({"id": "7"}, {"collectionStatus": "Full Payment"})
        assert "employer" not in shown["trainee"]
        assert (stored["changed_by"], stored["made_by"], stored["edits"]) == ("portal", "api", 1)
        stamps = gateway.open(await gateway.view_enrolment(reference))["meta"]
        assert stamps == {"createdOn": "2026-03-02 10:00:00", "updatedOn": "2026-03-02 10:01:00"}

    async def test_somebody_cancels_and_takes_away(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        first, second = await gateway.enrolled(run_id), await gateway.enrolled(run_id)
        await post(gateway, f"enrolments/{first}/cancel")
        await gateway.http.delete(f"{PORTAL}/enrolments/{second}")
        assert (await gateway.viewed_enrolment(first))["status"] == "Cancelled"
        assert (await gateway.view_enrolment(second)).status_code == 404
        assert len(gateway.open(await gateway.search_enrolments())["data"]) == 1
        assert len(await asked(gateway, "portal/enrolments")) == 1
        assert len(await asked(gateway, "portal/enrolments", deleted=True, run_id=run_id)) == 2
        assert await asked(gateway, "portal/enrolments", run_id=1) == []
        assert await gateway.enrolled(run_id) == "ENR-2603-000003"

    async def test_nonsense_is_refused(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        reference = await gateway.enrolled(run_id)
        path = f"enrolments/{reference}"
        wrong = [
            await patch(gateway, path, trainee="gone"),
            await patch(gateway, path, "trainee.id"),
            await patch(gateway, path, **{"trainee.nickname": "x"}),
            await patch(gateway, path, reference="ENR-2603-000009"),
            await patch(gateway, path, **{"status.x": 1}),
        ]
        body = {"enrolment": synthetic_enrolment(run_id, dateOfBirth="x")}
        field = await gateway.http.post(f"{PORTAL}/enrolments", json=body)
        run = await gateway.http.post(f"{PORTAL}/enrolments", json={"enrolment": synthetic_enrolment(1)})
        assert wrong == [422] * 5
        assert (field.status_code, run.status_code) == (422, 404)
        assert "enrolment.trainee.dateOfBirth" in field.text
        assert await patch(gateway, "enrolments/none") == 404
        assert (await gateway.http.get(f"{PORTAL}/enrolments/none")).status_code == 404


class TestAttendance:
    async def test_somebody_scans(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        new = {"session_id": f"{COURSE}-{run_id}-S1", "attendance": synthetic_attendance()}
        await post(gateway, "attendance", new)
        await post(gateway, "attendance", new | {"entry_mode": "Manual"})
        rows = await gateway.listed_attendance(run_id)
        assert [(row["entryMode"], row["manuallyAdded"]) for row in rows] == [("Mobile", False), ("Manual", True)]
        assert (await gateway.viewed(run_id))["attendanceTaken"] is True

    async def test_somebody_changes_and_removes_rows(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.uploaded(run_id)
        await gateway.uploaded(run_id)
        values: dict[str, Any] = {"status": "3", "hours": "1.25", "error_message": "Trainee unknown"}
        status = await patch(gateway, "attendance/18024", **values)
        await gateway.http.delete(f"{PORTAL}/attendance/18025")
        (row,) = await gateway.listed_attendance(run_id)
        assert status == 200
        assert (row["status"], row["numberOfHours"], row["errorMessage"], row["editedByTP"]) == (
            *("Rejected", "1.25", "Trainee unknown"),
            "Yes",
        )
        await gateway.http.delete(f"{PORTAL}/attendance/18024")
        assert (await gateway.viewed(run_id))["attendanceTaken"] is False
        assert await asked(gateway, "portal/attendance", run_id=run_id) == []
        session = f"{COURSE}-{run_id}-S1"
        assert len(await asked(gateway, "portal/attendance", deleted=True, session_id=session)) == 2
        assert (await asked(gateway, "portal/attendance/18024"))["deleted"] is True

    async def test_a_row_keeps_what_the_portal_set_against_views_and_uploads(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.uploaded(run_id)
        await patch(gateway, "attendance/18024", edited_by_tp=False)
        await gateway.uploaded(run_id)
        rows = await gateway.listed_attendance(run_id)
        assert [(row["id"], row["editedByTP"]) for row in rows] == [("18024", "No"), ("18025", "No")]

    async def test_nonsense_is_refused(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.uploaded(run_id)
        new = {"session_id": f"{COURSE}-{run_id}-S9", "attendance": synthetic_attendance()}
        session = await gateway.http.post(f"{PORTAL}/attendance", json=new)
        wrong = new | {"session_id": f"{COURSE}-{run_id}-S1", "attendance": synthetic_attendance(name="")}
        field = await gateway.http.post(f"{PORTAL}/attendance", json=wrong)
        assert (session.status_code, field.status_code) == (404, 422)
        assert "attendance.trainee.name" in field.text
        assert await patch(gateway, "attendance/18024", hours="many") == 422
        assert await patch(gateway, "attendance/1") == 404


class TestAssessments:
    async def test_somebody_enters_a_result(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        made = await post(gateway, "assessments", {"assessment": synthetic_assessment(run_id)})
        assert (made["reference"], made["made_by"]) == ("ASM-2603-000001", "portal")
        assert (await gateway.viewed_assessment("ASM-2603-000001"))["score"] == 85

    async def test_somebody_changes_voids_and_takes_away(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        first, second, third = [await gateway.assessed(run_id) for _ in range(3)]
        await patch(gateway, f"assessments/{first}", "grade", score=1, result="Fail")
        await post(gateway, f"assessments/{second}/void")
        await gateway.http.delete(f"{PORTAL}/assessments/{third}")
        record = await gateway.viewed_assessment(first)
        assert (record["score"], record["result"], "grade" in record) == (1, "Fail", False)
        assert (await gateway.viewed_assessment(second))["result"] == "Void"
        assert (await gateway.view_assessment(third)).status_code == 404
        assert len(await asked(gateway, "portal/assessments", run_id=run_id)) == 2
        assert len(await asked(gateway, "portal/assessments", deleted=True)) == 3
        assert (await asked(gateway, f"portal/assessments/{third}"))["deleted"] is True

    async def test_nonsense_is_refused(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        reference = await gateway.assessed(run_id)
        wrong = {"assessment": synthetic_assessment(run_id, score="many")}
        field = await gateway.http.post(f"{PORTAL}/assessments", json=wrong)
        assert (field.status_code, await patch(gateway, f"assessments/{reference}", score="many")) == (422, 422)
        assert await patch(gateway, "assessments/none") == 404


class TestDoubles:
    async def test_people_enrolled_twice_are_found(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        second = await gateway.enrolled(run_id, enrolmentDate="2026-03-09")
        await gateway.enrolled(run_id, id="G1234567X")
        await post(gateway, "enrolments", {"enrolment": synthetic_enrolment(run_id)})
        found = await asked(gateway, "checks/equal-enrolments")
        await gateway.cancel_enrolment(second)
        assert found == {"groups": [["ENR-2603-000001", second]], "surplus": 1}
        assert (await asked(gateway, "checks/equal-enrolments"))["surplus"] == 0
        assert (await asked(gateway, "checks/equal-enrolments", deleted=True))["surplus"] == 1

    async def test_a_moved_enrolment_is_no_double(self, gateway: Driver) -> None:
        first, second = await gateway.published(), await gateway.published(scheduleInfo="another")
        moved = await gateway.enrolled(first)
        await gateway.update_enrolment(moved, course={"run": {"id": str(second)}})
        await gateway.enrolled(first)
        assert (await asked(gateway, "checks/equal-enrolments"))["surplus"] == 0

    async def test_uploads_that_say_the_same_are_found(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        for hours in (3.5, 3.5, 4):
            await gateway.uploaded(run_id, numberOfHours=hours)
        found = await asked(gateway, "checks/equal-attendance")
        await gateway.uploaded(run_id, status="4")
        assert found == {"groups": [["18024", "18025"]], "surplus": 1}
        assert (await asked(gateway, "checks/equal-attendance"))["surplus"] == 0

    async def test_two_results_for_one_skill_are_found(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        first = await gateway.assessed(run_id)
        second = await gateway.assessed(run_id, score=1)
        await gateway.assessed(run_id, skillCode="")
        found = await asked(gateway, "checks/equal-assessments")
        await gateway.void_assessment(first)
        assert found == {"groups": [[first, second]], "surplus": 1}
        assert (await asked(gateway, "checks/equal-assessments"))["surplus"] == 0
        assert (await asked(gateway, "checks/equal-assessments", deleted=True))["surplus"] == 1


class TestState:
    async def test_counts_tell_what_became_of_records(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        reference = await gateway.enrolled(run_id)
        await gateway.update_enrolment(reference)
        await gateway.tell_fees(reference, "Full Payment")
        await gateway.uploaded(run_id)
        assessment = await gateway.assessed(run_id)
        await gateway.update_assessment(assessment)
        await gateway.void_assessment(assessment)
        await gateway.cancel_enrolment(reference)
        counts = await asked(gateway, "counts")
        names = (
            *("enrolments_created", "enrolments_updated", "enrolments_cancelled", "fees_told", "attendance_created"),
            *("assessments_created", "assessments_updated", "assessments_voided"),
        )
        assert {counts[name] for name in names} == {1}
        assert {counts[f"accepted.{name}"] for name in ("E1", "E2", "E3", "E6", "A2", "S1", "S2", "S3")} == {1}
        about = await asked(gateway, "")
        assert [about[name] for name in ("runs", "enrolments", "attendance", "assessments")] == [1, 0, 1, 0]

    async def test_everything_is_dumped_and_forgotten(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.uploaded(run_id)
        await gateway.assessed(run_id)
        kinds = ("enrolments", "attendance", "assessments")
        dumped = await asked(gateway, "state")
        await gateway.http.delete("/_control/state")
        empty = await asked(gateway, "state")
        assert [len(dumped[kind]) for kind in kinds] == [1, 1, 1]
        assert [empty[kind] for kind in kinds] == [[], [], []]
        assert await gateway.enrolled(await gateway.published()) == "ENR-2603-000001"


class TestRuns:
    async def test_a_run_in_use_is_not_deleted_unless_a_switch_lets_it_go(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        reference = await gateway.enrolled(run_id)
        await gateway.uploaded(run_id)
        await gateway.assessed(run_id)
        told = []
        for free in (
            gateway.cancel_enrolment(reference),
            gateway.upload(run_id, status="4"),
            gateway.void_assessment("ASM-2603-000001"),
        ):
            refused = await gateway.delete(run_id)
            told.append((refused.status_code, refused.json()["error"]["details"][0]["message"].split()[3]))
            await free
        assert told == [(400, "enrolments"), (400, "attendance"), (400, "assessments")]
        assert (await gateway.delete(run_id)).status_code == 200

    async def test_the_switch_lets_it_go_and_the_enrolment_stays(self, gateway: Driver) -> None:
        gateway.switch("delete.run_with_records", "allow")
        run_id = await gateway.published()
        reference = await gateway.enrolled(run_id)
        assert (await gateway.delete(run_id)).status_code == 200
        assert (await gateway.viewed_enrolment(reference))["course"]["run"]["id"] == str(run_id)

    @pytest.mark.parametrize(("how", "counts"), [("published", [7, 7]), ("enrolled", [0, 1])])
    async def test_the_registered_are_those_published_or_by_switch_those_enrolled(
        self, gateway: Driver, how: str, counts: list[int]
    ) -> None:
        gateway.switch("runs.registered_count", how)
        run_id = (await gateway.publish(synthetic_run(registeredUserCount=7))).json()["data"]["runs"][0]["id"]
        before = await gateway.viewed(run_id)
        await gateway.enrolled(run_id)
        await gateway.cancel_enrolment(await gateway.enrolled(run_id, id="G1234567X"))
        after = await gateway.viewed(run_id)
        assert [before["registeredUserCount"], after["registeredUserCount"]] == counts
