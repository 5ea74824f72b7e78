"""S1 to S3 and S5: results, their corrections, and the enrolment the gateway finds for them."""

from typing import Any

import pytest

from infra.tpg_simulator.driver import Driver, complaints
from infra.tpg_simulator.samples import COURSE, FOREIGN_COURSE, OTHER, OWN, SKILL, synthetic_assessment

BLANK = "TGS-441 - Required fields cannot be blank"
STRANGER = "TGS-405 - Invalid training partner UEN"


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


class TestCreate:
    async def test_it_gives_a_reference_and_stamps_in_utc(self, gateway: Driver) -> None:
        reply = await gateway.assess(await with_enrolment(gateway))
        assert gateway.open(reply) == {
            "data": {"assessment": {"referenceNumber": "ASM-2603-000001"}},
            "error": {},
            "meta": {"createdOn": "2026-03-02T02:00:00Z", "updatedOn": "2026-03-02T02:00:00Z"},
            "status": 200,
        }

    async def test_it_is_read_back_flat_with_its_enrolment(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        reference = await gateway.assessed(run_id)
        partner = {"code": f"{OWN}-01", "uen": OWN, "name": "DEMO PTE. LTD."}
        assert gateway.open(await gateway.view_assessment(reference)) == {
            "data": {
                "referenceNumber": "ASM-2603-000001",
                "trainingPartner": partner,
                "course": {
                    "referenceNumber": COURSE,
                    "title": "Basic Wok Safety",
                    "run": {"id": str(run_id), "startDate": "2026-03-23", "endDate": "2026-03-24"},
                },
                "trainee": {"idType": {"type": "NRIC"}, "id": "S1234567D", "fullName": "Test Trainee"},
                "result": "Pass",
                "score": 85,
                "grade": "A",
                "assessmentDate": "2026-03-24",
                "skillCode": SKILL,
                "conferringInstitute": partner,
                "enrolment": {"referenceNumber": "ENR-2603-000001"},
            },
            "error": {},
            "meta": {"createdOn": "2026-03-02 10:00:00", "updatedOn": "2026-03-02 10:00:00"},
            "status": "200",
        }

    async def test_what_is_optional_is_left_out_and_the_partner_confers(self, gateway: Driver) -> None:
        bare = {"grade": None, "score": None, "skillCode": "", "conferringInstitute": None, "result": "Exempt"}
        record = await gateway.viewed_assessment(await gateway.assessed(await with_enrolment(gateway), **bare))
        assert not {"grade", "score", "skillCode"} & set(record)
        assert record["conferringInstitute"]["code"] == f"{OWN}-01"

    @pytest.mark.parametrize(
        ("path", "value", "message"),
        [
            *(
                (path, value, BLANK)
                for value in (..., None, "", " ")
                for path in (
                    "trainingPartner.uen",
                    "trainingPartner.code",
                    "course.run.id",
                    "trainee.id",
                    "trainee.idType",
                    "trainee.fullName",
                    "result",
                )
            ),
            *((path, ..., BLANK) for path in ("trainingPartner", "course", "course.run", "trainee")),
            *(("assessmentDate", value, BLANK) for value in (..., None, "")),
            *(
                (path, "9" * (longest + 1), f"Must not be longer than {longest} characters.")
                for path, longest in {
                    "trainingPartner.uen": 15,
                    "trainingPartner.code": 20,
                    "course.run.id": 20,
                    "course.referenceNumber": 100,
                    "trainee.id": 20,
                    "trainee.fullName": 200,
                    "grade": 1,
                    "skillCode": 30,
                    "conferringInstitute.code": 15,
                }.items()
            ),
            ("trainee.idType", {"type": "NRIC"}, "Must be a text."),
            ("trainee.idType", "SP", "Must be one of NRIC, FIN, OTHERS, Others."),
            ("course.run.id", 849900, "Must be a text."),
            ("result", "Void", "Must be one of Pass, Fail, Exempt."),
            ("result", "PASS", "Must be one of Pass, Fail, Exempt."),
            ("grade", "G", "Must be one of A, B, C, D, E, F."),
            ("score", "85", "Must be a whole number."),
            ("score", 85.0, "Must be a whole number."),
            ("score", True, "Must be a whole number."),
            ("score", -1, "Must not be less than 0."),
            ("score", 101, "Must not be more than 100."),
            ("assessmentDate", "20260324", "Must be a date as the text YYYY-MM-DD."),
            ("conferringInstitute", "x", "Must be an object."),
        ],
    )
    async def test_a_wrong_field_is_named_by_its_path(
        self, gateway: Driver, path: str, value: Any, message: str
    ) -> None:
        run_id = await with_enrolment(gateway)
        reply = await gateway.create_assessment(changed(synthetic_assessment(run_id), path, value))
        refused = gateway.open(reply)
        assert (reply.status_code, refused["error"]["message"]) == (400, "Assessment cannot be created")
        assert complaints(refused) == {f"assessment.{path}": message}
        assert gateway.world.store.assessments.records == {}

    @pytest.mark.parametrize("body", [None, [], {}, {"assessment": "x"}, {"assessments": {}}])
    async def test_a_body_without_its_root_is_refused(self, gateway: Driver, body: Any) -> None:
        reply = await gateway.send("/tpg/assessments", body)
        assert (reply.status_code, list(complaints(gateway.open(reply)))) == (400, ["assessment"])

    async def test_a_blank_course_makes_the_partner_wrong_under_two_prefixes(self, gateway: Driver) -> None:
        body = changed(synthetic_assessment(await with_enrolment(gateway)), "course.referenceNumber", "")
        assert complaints(gateway.open(await gateway.create_assessment(body))) == {
            "assessment.course.referenceNumber": BLANK,
            "assessment.trainingPartner.uen": STRANGER,
            "assessments.trainingPartner.code": STRANGER,
        }

    @pytest.mark.parametrize(
        ("course", "told"),
        [
            ("TGS-2026999999", {"assessments.course.referenceNumber": "TGS-406 - Invalid course reference number"}),
            (FOREIGN_COURSE, {"course.referenceNumber": "Course does not belong to the Training Partner"}),
            ("INT-OLD 7", {"assessment.course.run.id": "Course run does not belong to this course"}),
        ],
    )
    async def test_the_course_is_known_own_and_the_runs(
        self, gateway: Driver, course: str, told: dict[str, str]
    ) -> None:
        body = changed(synthetic_assessment(await with_enrolment(gateway)), "course.referenceNumber", course)
        assert complaints(gateway.open(await gateway.create_assessment(body))) == told

    async def test_another_partner_is_forbidden_alone_and_told_among_others(self, gateway: Driver) -> None:
        body = synthetic_assessment(await with_enrolment(gateway))
        body["trainingPartner"] = {"uen": OTHER, "code": f"{OTHER}-01"}
        alone = await gateway.create_assessment(body)
        among = await gateway.create_assessment(changed(body, "course.run.id", "1"))
        assert (alone.status_code, complaints(gateway.open(alone))) == (403, {"-": STRANGER})
        assert complaints(gateway.open(among)) == {
            "assessment.course.run.id": "Invalid course run ID",
            "assessment.trainingPartner.uen": STRANGER,
            "assessments.trainingPartner.code": STRANGER,
        }

    async def test_only_the_enrolled_are_assessed_unless_a_switch_says_otherwise(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        stranger = await gateway.assess(run_id)
        await gateway.cancel_enrolment(await gateway.enrolled(run_id))
        cancelled = await gateway.assess(run_id)
        gateway.switch("strict.enrolled", False)  # noqa: FBT003  # the value of a switch
        lenient = await gateway.assessed(run_id)
        told = {"assessment.trainee.id": "Trainee is not enrolled on this course run"}
        assert [complaints(gateway.open(one)) for one in (stranger, cancelled)] == [told, told]
        assert "enrolment" not in await gateway.viewed_assessment(lenient)

    @pytest.mark.parametrize(("how", "number"), [("oldest", 1), ("run", 2)])
    async def test_the_enrolment_is_found_by_person_and_course_even_an_older_one(
        self, gateway: Driver, how: str, number: int
    ) -> None:
        gateway.switch("assessments.link", how)
        await with_enrolment(gateway)
        run_id = await with_enrolment(gateway, scheduleInfo="another")
        record = await gateway.viewed_assessment(await gateway.assessed(run_id))
        assert record["enrolment"] == {"referenceNumber": f"ENR-2603-{number:06d}"}

    async def test_a_second_one_is_accepted_without_a_word(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        assert [await gateway.assessed(run_id) for _ in range(2)] == ["ASM-2603-000001", "ASM-2603-000002"]


class TestStrictness:
    async def test_a_skill_belongs_to_the_course_by_switch(self, gateway: Driver) -> None:
        run_id = await with_enrolment(gateway)
        lenient = await gateway.assess(run_id, skillCode="ATP-SSM-3007-1.1")
        gateway.switch("strict.skill_code", True)  # noqa: FBT003  # the value of a switch
        strict = await gateway.assess(run_id, skillCode="ATP-SSM-3007-1.1")
        assert lenient.status_code == 200
        assert complaints(gateway.open(strict)) == {"assessment.skillCode": "Skill does not belong to this course"}
        assert (await gateway.assess(run_id)).status_code == 200
        assert (await gateway.assess(run_id, skillCode="")).status_code == 200

    @pytest.mark.parametrize(
        ("day", "status"), [("2026-03-22", 400), ("2026-03-23", 200), ("2026-03-25", 200), ("2026-03-26", 400)]
    )
    async def test_a_date_lies_between_start_and_today_in_strict_only(
        self, gateway: Driver, day: str, status: int
    ) -> None:
        run_id = await with_enrolment(gateway)
        await gateway.http.put("/_control/clock", json={"now": "2026-03-25T10:00:00+08:00", "frozen": True})
        lenient = await gateway.assess(run_id, assessmentDate=day)
        gateway.switch("profile", "strict")
        strict = await gateway.assess(run_id, assessmentDate=day)
        assert (lenient.status_code, strict.status_code) == (200, status)

    async def test_check_letters_by_switch(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        wrong = {"id": "S1234567A", "idType": "NRIC", "fullName": "X"}
        await gateway.enrolled(run_id, id="S1234567A")
        lenient = await gateway.assess(run_id, trainee=wrong)
        gateway.switch("strict.nric", True)  # noqa: FBT003  # the value of a switch
        strict = await gateway.assess(run_id, trainee=wrong)
        assert lenient.status_code == 200
        assert complaints(gateway.open(strict)) == {"assessment.trainee.id": "Has the wrong check letter"}


class TestUpdate:
    async def test_it_answers_with_a_text_status_and_singapore_stamps(self, gateway: Driver) -> None:
        reference = await gateway.assessed(await with_enrolment(gateway))
        await gateway.http.post("/_control/clock/advance", json={"seconds": 60})
        reply = await gateway.update_assessment(reference, action="UPDATE", grade="B", score=0, result="Fail")
        assert gateway.open(reply) == {
            "data": {"assessment": {"referenceNumber": reference}},
            "error": {},
            "meta": {"createdOn": "2026-03-02 10:00:00", "updatedOn": "2026-03-02 10:01:00"},
            "status": "200",
        }
        record = await gateway.viewed_assessment(reference)
        assert (record["grade"], record["score"], record["result"]) == ("B", 0, "Fail")

    async def test_what_is_left_out_or_sent_empty_stays(self, gateway: Driver) -> None:
        reference = await gateway.assessed(await with_enrolment(gateway))
        before = await gateway.viewed_assessment(reference)
        empty = {"grade": "", "score": None, "result": "", "assessmentDate": "", "skillCode": ""}
        await gateway.update_assessment(reference)
        await gateway.update_assessment(reference, trainee={"fullName": ""}, **empty)
        assert await gateway.viewed_assessment(reference) == before

    async def test_name_date_and_skill_change_and_who_and_where_never_do(self, gateway: Driver) -> None:
        reference = await gateway.assessed(await with_enrolment(gateway))
        before = await gateway.viewed_assessment(reference)
        await gateway.update_assessment(
            reference,
            trainee={"fullName": "Another Name", "id": "G1234567X", "idType": "FIN"},
            assessmentDate="2026-03-25",
            skillCode="NEW",
            course={"run": {"id": "1"}, "referenceNumber": "INT-OLD 7"},
            trainingPartner={"uen": OTHER, "code": "x"},
        )
        new = {"assessmentDate": "2026-03-25", "skillCode": "NEW"}
        trainee = before["trainee"] | {"fullName": "Another Name"}
        assert await gateway.viewed_assessment(reference) == before | new | {"trainee": trainee}

    @pytest.mark.parametrize(
        ("fields", "path", "message"),
        [
            ({"action": "delete"}, "action", "Must be one of update, void."),
            ({"action": None}, "action", BLANK),
            ({"result": "Void"}, "result", "Must be one of Pass, Fail, Exempt."),
            ({"grade": "Z"}, "grade", "Must be one of A, B, C, D, E, F."),
            ({"score": "1"}, "score", "Must be a whole number."),
            ({"score": 101}, "score", "Must not be more than 100."),
            ({"assessmentDate": "x"}, "assessmentDate", "Must be a date as the text YYYY-MM-DD."),
            ({"skillCode": "x" * 31}, "skillCode", "Must not be longer than 30 characters."),
            ({"trainee": {"fullName": "x" * 201}}, "trainee.fullName", "Must not be longer than 200 characters."),
            ({"trainee": []}, "trainee", "Must be an object."),
        ],
    )
    async def test_a_wrong_field_is_named(
        self, gateway: Driver, fields: dict[str, Any], path: str, message: str
    ) -> None:
        reference = await gateway.assessed(await with_enrolment(gateway))
        reply = await gateway.update_assessment(reference, **fields)
        refused = gateway.open(reply)
        assert (reply.status_code, refused["error"]["message"]) == (400, "Assessment cannot be updated")
        assert complaints(refused) == {f"assessment.{path}": message}


class TestVoid:
    async def test_it_stays_to_be_seen_with_score_and_grade(self, gateway: Driver) -> None:
        reference = await gateway.assessed(await with_enrolment(gateway))
        opened = gateway.open(await gateway.void_assessment(reference, score="ignored"))
        record = await gateway.viewed_assessment(reference)
        assert opened["data"] == {"assessment": {"referenceNumber": reference}}
        assert set(opened["meta"]) == {"createdOn", "updatedOn", "createdBy", "updatedBy"}
        assert opened["status"] == "200"
        assert (record["result"], record["score"], record["grade"]) == ("Void", 85, "A")

    async def test_it_is_for_good(self, gateway: Driver) -> None:
        reference = await gateway.assessed(await with_enrolment(gateway))
        await gateway.void_assessment(reference)
        for reply in (await gateway.void_assessment(reference), await gateway.update_assessment(reference)):
            assert (reply.status_code, complaints(gateway.open(reply))) == (400, {"": "Assessment is void"})


class TestWhose:
    async def test_unknown_references_are_404_and_anothers_403(self, gateway: Driver) -> None:
        reference = await gateway.assessed(await with_enrolment(gateway))
        calls = (gateway.update_assessment, gateway.void_assessment, gateway.view_assessment)
        unknown = [await one("ASM-2603-000009") for one in calls]
        gateway.switch("identity.default_provider", OTHER)
        foreign = [await one(reference) for one in calls]
        assert {reply.status_code for reply in unknown} == {404}
        assert {reply.status_code for reply in foreign} == {403}
        assert complaints(gateway.open(unknown[0])) == {"": "No assessment found."}
