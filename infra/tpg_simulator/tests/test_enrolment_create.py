"""E1: what an enrolment needs, how it is refused, and that nothing stops a second one."""

from typing import Any

import pytest

from infra.tpg_simulator.driver import Driver, complaints
from infra.tpg_simulator.samples import COURSE, FOREIGN_COURSE, OTHER, OWN, synthetic_enrolment, synthetic_run

BLANK = "TGS-441 - Required fields cannot be blank"
STRANGER = "TGS-405 - Invalid training partner UEN"


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *parents, last = path.split(".")
    part = body
    for name in parents:
        part[name] = dict(part[name])
        part = part[name]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return body


async def test_it_gives_a_reference_of_the_month_and_the_stamps_in_utc(gateway: Driver) -> None:
    run_id = await gateway.published()
    reply = await gateway.enrol(run_id)
    assert reply.status_code == 200
    assert gateway.open(reply) == {
        "data": {"enrolment": {"referenceNumber": "ENR-2603-000001", "status": "Confirmed"}},
        "error": {},
        "meta": {"createdOn": "2026-03-02T02:00:00Z", "updatedOn": "2026-03-02T02:00:00Z"},
        "status": 200,
    }


async def test_it_is_read_back_in_other_words_than_it_was_sent(gateway: Driver) -> None:
    run_id = await gateway.published()
    reply = await gateway.view_enrolment(await gateway.enrolled(run_id))
    phone = {"countryCode": "+65", "areaCode": "", "phoneNumber": "91234567"}
    contact = {"fullName": "Test Contact", "contactNumber": phone, "email": {"full": "hr@example.com"}}
    assert gateway.open(reply) == {
        "status": "200",
        "data": {
            "enrolment": {
                "referenceNumber": "ENR-2603-000001",
                "status": "Confirmed",
                "trainingPartner": {"code": f"{OWN}-01", "uen": OWN, "name": "DEMO PTE. LTD."},
                "course": {
                    "referenceNumber": COURSE,
                    "title": "Basic Wok Safety",
                    "run": {"id": str(run_id), "startDate": "2026-03-23", "endDate": "2026-03-24"},
                },
                "trainee": {
                    "idType": {"type": "NRIC"},
                    "id": "S1234567D",
                    "dateOfBirth": "1980-01-31",
                    "fullName": "Test Trainee",
                    "contactNumber": phone,
                    "email": {"full": "trainee@example.com"},
                    "sponsorshipType": "Employer",
                    "employer": {"uen": "00192200M", "name": "DEMO EMPLOYER", "contact": contact},
                    "fees": {"discountAmount": "50.25", "collectionStatus": "Pending Payment"},
                    "enrolmentDate": "2026-03-02",
                },
            }
        },
        "meta": {"createdOn": "2026-03-02 10:00:00", "updatedOn": "2026-03-02 10:00:00"},
        "error": {},
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        *(
            (field, value, BLANK)
            for value in (None, "", " ")
            for field in (
                "course.run.id",
                "course.referenceNumber",
                "trainee.id",
                "trainee.idType.type",
                "trainee.fullName",
                "trainee.emailAddress",
                "trainee.contactNumber.countryCode",
                "trainee.contactNumber.phoneNumber",
                "trainee.sponsorshipType",
                "trainee.employer.contact.fullName",
                "trainee.employer.contact.emailAddress",
                "trainee.employer.contact.contactNumber.countryCode",
                "trainee.employer.contact.contactNumber.phoneNumber",
                "trainee.fees.collectionStatus",
                "trainingPartner.code",
            )
        ),
        *((field, None, BLANK) for field in ("course", "course.run", "trainee", "trainee.contactNumber")),
        *((field, None, BLANK) for field in ("trainee.fees", "trainee.idType", "trainingPartner")),
        *(("trainee.dateOfBirth", value, BLANK) for value in (None, "")),
        *(
            (field, "9" * (longest + 1), f"Must not be longer than {longest} characters.")
            for field, longest in {
                "course.run.id": 20,
                "course.referenceNumber": 100,
                "trainee.id": 20,
                "trainee.fullName": 200,
                "trainee.emailAddress": 100,
                "trainee.contactNumber.countryCode": 5,
                "trainee.contactNumber.areaCode": 10,
                "trainee.contactNumber.phoneNumber": 20,
                "trainee.employer.uen": 50,
                "trainee.employer.contact.fullName": 50,
                "trainee.employer.contact.emailAddress": 100,
                "trainee.employer.contact.contactNumber.areaCode": 10,
                "trainingPartner.uen": 15,
                "trainingPartner.code": 20,
            }.items()
        ),
        *(
            (field, 7, "Must be a text.")
            for field in (
                "course.run.id",
                "trainee.id",
                "trainee.contactNumber.phoneNumber",
                "trainee.contactNumber.areaCode",
                "trainee.fees.collectionStatus",
            )
        ),
        *(
            (field, "wrong", "Has the wrong format.")
            for field in (
                "course.run.id",
                "trainee.emailAddress",
                "trainee.contactNumber.countryCode",
                "trainee.employer.uen",
                "trainee.employer.contact.emailAddress",
            )
        ),
        *(
            ("trainee.dateOfBirth", value, "Must be a date as the text YYYY-MM-DD.")
            for value in ("19800131", "1980-02-30", "31-01-1980", 19800131)
        ),
        ("trainee.enrolmentDate", "2026-3-2", "Must be a date as the text YYYY-MM-DD."),
        ("trainee.idType.type", "SP", "Must be one of NRIC, FIN, OTHERS, Others."),
        ("trainee.sponsorshipType", "Employer", "Must be one of EMPLOYER, INDIVIDUAL."),
        (
            "trainee.fees.collectionStatus",
            "Cancelled",
            "Must be one of Pending Payment, Partial Payment, Full Payment.",
        ),
        ("trainee.fees.discountAmount", "50.25", "Must be a number."),
        ("trainee.fees.discountAmount", True, "Must be a number."),
        ("trainee.fees.discountAmount", float("inf"), "Must be a number."),
        ("trainee.fees.discountAmount", float("nan"), "Must be a number."),
        ("trainee.fees.discountAmount", -0.01, "Must not be less than 0."),
        ("trainee.idType", "NRIC", "Must be an object."),
        ("trainee", [], "Must be an object."),
    ],
)
async def test_a_wrong_field_is_named_by_its_path(gateway: Driver, field: str, value: Any, message: str) -> None:
    run_id = await gateway.published()
    reply = await gateway.create_enrolment(changed(synthetic_enrolment(run_id), field, value))
    refused = gateway.open(reply)
    assert (reply.status_code, refused["status"], refused["data"]) == (400, 400, {})
    assert set(refused["error"]) == {"message", "details"}
    assert refused["error"]["message"] == "Enrolment cannot be created"
    assert complaints(refused) == {f"enrolment.{field}": message}
    assert gateway.world.store.enrolments.records == {}


@pytest.mark.parametrize("body", [None, [], "x", {}, {"enrolment": []}, {"enrolment": None}, {"Enrolment": {}}])
async def test_a_body_without_its_root_is_refused(gateway: Driver, body: Any) -> None:
    reply = await gateway.send("/tpg/enrolments", body)
    assert (reply.status_code, list(complaints(gateway.open(reply)))) == (400, ["enrolment"])


async def test_several_complaints_come_together(gateway: Driver) -> None:
    body = synthetic_enrolment(await gateway.published(), fullName="", dateOfBirth="x")
    body["course"]["referenceNumber"] = "TGS-2026999999"
    body["trainingPartner"] = {"uen": OTHER, "code": f"{OTHER}-01"}
    refused = gateway.open(await gateway.create_enrolment(body))
    assert complaints(refused) == {
        "enrolment.trainee.fullName": BLANK,
        "enrolment.trainee.dateOfBirth": "Must be a date as the text YYYY-MM-DD.",
        "enrolment.course.referenceNumber": "TGS-406 - Invalid course reference number",
        "enrolment.trainingPartner.uen": STRANGER,
        "enrolment.trainingPartner.code": STRANGER,
    }


async def test_a_blank_partner_makes_the_course_nobodys(gateway: Driver) -> None:
    body = changed(synthetic_enrolment(await gateway.published()), "trainingPartner.uen", "")
    assert complaints(gateway.open(await gateway.create_enrolment(body))) == {
        "enrolment.trainingPartner.uen": BLANK,
        "course.referenceNumber": "Course does not belong to the Training Partner",
    }


async def test_another_partner_alone_is_forbidden(gateway: Driver) -> None:
    body = synthetic_enrolment(await gateway.published())
    body["trainingPartner"] = {"uen": OTHER, "code": f"{OTHER}-01"}
    reply = await gateway.create_enrolment(body)
    refused = gateway.open(reply)
    assert (reply.status_code, refused["error"]["message"], complaints(refused)) == (403, "Forbidden", {"-": STRANGER})


@pytest.mark.parametrize("code", [f"{OTHER}-01", f"{OWN}01", f"{OWN}-1", f"{OWN}-AB", OWN])
async def test_a_partner_code_is_the_callers_uen_and_two_digits(gateway: Driver, code: str) -> None:
    body = changed(synthetic_enrolment(await gateway.published()), "trainingPartner.code", code)
    refused = gateway.open(await gateway.create_enrolment(body))
    assert complaints(refused) == {"enrolment.trainingPartner.code": STRANGER}


async def test_another_branch_of_the_caller_is_fine(gateway: Driver) -> None:
    body = changed(synthetic_enrolment(await gateway.published()), "trainingPartner.code", f"{OWN}-03")
    assert (await gateway.create_enrolment(body)).status_code == 200


class TestCourseAndRun:
    async def test_a_foreign_course_is_refused(self, gateway: Driver) -> None:
        body = changed(synthetic_enrolment(await gateway.published()), "course.referenceNumber", FOREIGN_COURSE)
        refused = gateway.open(await gateway.create_enrolment(body))
        assert complaints(refused) == {"course.referenceNumber": "Course does not belong to the Training Partner"}

    async def test_a_renewed_course_is_known_by_its_new_reference_only(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        courses = tuple(
            one.model_copy(update={"renewed_as": "TGS-2027000123"}) if one.reference == COURSE else one
            for one in gateway.world.seed.courses
        )
        gateway.world.seed = gateway.world.seed.model_copy(update={"courses": courses})
        refused = gateway.open(await gateway.enrol(run_id))
        assert complaints(refused) == {"enrolment.course.referenceNumber": "TGS-406 - Invalid course reference number"}

    @pytest.mark.parametrize("run_id", ["1", "99999999999999999999"])
    async def test_an_unknown_run_is_refused(self, gateway: Driver, run_id: str) -> None:
        body = changed(synthetic_enrolment(0), "course.run.id", run_id)
        refused = gateway.open(await gateway.create_enrolment(body))
        assert complaints(refused) == {"enrolment.course.run.id": "Invalid course run ID"}

    async def test_a_run_of_another_course_is_refused(self, gateway: Driver) -> None:
        run_id = (await gateway.publish(synthetic_run(), course="INT-OLD 7")).json()["data"]["runs"][0]["id"]
        refused = gateway.open(await gateway.enrol(run_id))
        assert complaints(refused) == {"enrolment.course.run.id": "Course run does not belong to this course"}

    async def test_another_providers_run_is_as_good_as_unknown(self, gateway: Driver) -> None:
        gateway.switch("identity.default_provider", OTHER)
        published = await gateway.publish(synthetic_run(), course=FOREIGN_COURSE, uen=OTHER)
        gateway.switch("identity.default_provider", OWN)
        refused = gateway.open(await gateway.enrol(published.json()["data"]["runs"][0]["id"]))
        assert complaints(refused) == {"enrolment.course.run.id": "Invalid course run ID"}

    async def test_a_deleted_and_a_hidden_run_are_unknown(self, gateway: Driver) -> None:
        gone = await gateway.published()
        await gateway.delete(gone)
        gateway.switch("visibility.delay_s", 900)
        hidden = await gateway.published()
        statuses = [(await gateway.enrol(run_id)).status_code for run_id in (gone, hidden)]
        await gateway.http.post("/_control/clock/advance", json={"seconds": 900})
        assert statuses == [400, 400]
        assert (await gateway.enrol(hidden)).status_code == 200


class TestSponsorship:
    @pytest.mark.parametrize(
        "employer",
        [
            None,
            {},
            {
                "uen": "",
                "contact": {
                    "fullName": "",
                    "emailAddress": "",
                    "contactNumber": {"countryCode": "", "areaCode": "", "phoneNumber": ""},
                },
            },
        ],
    )
    async def test_who_pays_alone_needs_no_employer(self, gateway: Driver, employer: Any) -> None:
        run_id = await gateway.published()
        reference = await gateway.enrolled(run_id, sponsorshipType="INDIVIDUAL", employer=employer)
        trainee = (await gateway.viewed_enrolment(reference))["trainee"]
        assert trainee["sponsorshipType"] == "Individual"
        assert "employer" not in trainee

    @pytest.mark.parametrize(
        ("employer", "field"), [(None, "employer"), ({}, "employer.uen"), ({"uen": "00192200M"}, "employer.contact")]
    )
    async def test_an_employer_who_pays_is_described_whole(self, gateway: Driver, employer: Any, field: str) -> None:
        refused = gateway.open(await gateway.enrol(await gateway.published(), employer=employer))
        assert complaints(refused)[f"enrolment.trainee.{field}"] == BLANK

    @pytest.mark.parametrize("uen", ["00192200M", "197401143C", "T01FC6132D", "S16FC0121D", "R99PF1234A"])
    async def test_every_form_of_uen_is_known(self, gateway: Driver, uen: str) -> None:
        gateway.switch("profile", "strict")
        body = changed(synthetic_enrolment(await gateway.published()), "trainee.employer.uen", uen)
        reference = gateway.open(await gateway.create_enrolment(body))["data"]["enrolment"]["referenceNumber"]
        employer = (await gateway.viewed_enrolment(reference))["trainee"]["employer"]
        assert (employer["uen"], bool(employer["name"])) == (uen, True)

    @pytest.mark.parametrize("profile", ["uat", "strict"])
    async def test_an_unknown_kind_of_body_is_taken_for_the_published_lists_differ(
        self, gateway: Driver, profile: str
    ) -> None:
        body = changed(synthetic_enrolment(await gateway.published()), "trainee.employer.uen", "T01ZZ6132D")
        gateway.switch("profile", profile)
        assert (await gateway.create_enrolment(body)).status_code == 200

    async def test_a_country_code_is_any_whole_number_of_five_signs(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        for code, status in (("12345", 200), ("+1234", 200), ("+12345", 400), ("65+", 400)):
            phone = {"countryCode": code, "areaCode": "", "phoneNumber": "91234567"}
            assert (await gateway.enrol(run_id, contactNumber=phone)).status_code == status, code


class TestLeniency:
    async def test_unknown_keys_are_ignored_and_words_compared_without_case(self, gateway: Driver) -> None:
        body = synthetic_enrolment(await gateway.published(), fees={"collectionStatus": "fULL payment"}, nickname="x")
        body["extra"] = {"action": "Cancel"}
        reference = gateway.open(await gateway.create_enrolment(body))["data"]["enrolment"]["referenceNumber"]
        fees = (await gateway.viewed_enrolment(reference))["trainee"]["fees"]
        assert fees == {"collectionStatus": "Full Payment"}

    @pytest.mark.parametrize(
        ("sent", "shown"),
        [(0, "0"), (50, "50"), (50.5, "50.5"), (0.1, "0.1"), (1e-7, "0.0000001"), (10**21, "1" + "0" * 21)],
    )
    async def test_a_discount_is_shown_as_text(self, gateway: Driver, sent: float, shown: str) -> None:
        fees = {"discountAmount": sent, "collectionStatus": "Pending Payment"}
        reference = await gateway.enrolled(await gateway.published(), fees=fees)
        assert (await gateway.viewed_enrolment(reference))["trainee"]["fees"]["discountAmount"] == shown

    async def test_no_date_of_enrolment_is_today_and_one_after_the_start_is_fine(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        today = await gateway.enrolled(run_id, enrolmentDate=None)
        late = await gateway.enrolled(run_id, enrolmentDate="2026-04-30")
        dates = [(await gateway.viewed_enrolment(one))["trainee"]["enrolmentDate"] for one in (today, late)]
        assert dates == ["2026-03-02", "2026-04-30"]

    async def test_the_other_spelling_of_others_is_accepted(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published(), idType={"type": "Others"}, id="P1")
        assert (await gateway.viewed_enrolment(reference))["trainee"]["idType"] == {"type": "OTHERS"}


class TestStrictness:
    @pytest.mark.parametrize(
        ("number", "kind", "status"),
        [
            ("S1234567D", "NRIC", 200),
            ("s1234567d", "NRIC", 200),
            ("T0000001E", "NRIC", 200),
            ("F1234567N", "FIN", 200),
            ("G1234567X", "FIN", 200),
            ("M1234567K", "FIN", 200),
            ("S1234567A", "NRIC", 400),
            ("A1234567D", "NRIC", 400),
            ("S123456D", "NRIC", 400),
            ("S1234567D", "FIN", 400),
            ("ANYTHING", "OTHERS", 200),
        ],
    )
    async def test_check_letters_by_switch(self, gateway: Driver, number: str, kind: str, status: int) -> None:
        run_id = await gateway.published()
        lenient = await gateway.enrol(run_id, id=number, idType={"type": kind})
        gateway.switch("strict.nric", True)  # noqa: FBT003  # the value of a switch
        strict = await gateway.enrol(run_id, id=number, idType={"type": kind})
        assert (lenient.status_code, strict.status_code) == (200, status)

    async def test_nobody_is_born_today_in_strict(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        lenient = await gateway.enrol(run_id, dateOfBirth="2026-03-02")
        gateway.switch("profile", "strict")
        strict = await gateway.enrol(run_id, dateOfBirth="2026-03-02")
        assert lenient.status_code == 200
        assert complaints(gateway.open(strict)) == {"enrolment.trainee.dateOfBirth": "Must be in the past"}


class TestRepetition:
    async def test_a_second_enrolment_is_accepted_without_a_word(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        assert [await gateway.enrolled(run_id) for _ in range(2)] == ["ENR-2603-000001", "ENR-2603-000002"]

    async def test_a_switch_refuses_it_until_the_first_is_cancelled(self, gateway: Driver) -> None:
        gateway.switch("duplicates.enrolment", "refuse")
        run_id = await gateway.published()
        first = await gateway.enrolled(run_id)
        refused = await gateway.enrol(run_id, id=" s1234567d")
        await gateway.cancel_enrolment(first)
        again = await gateway.enrol(run_id)
        assert complaints(gateway.open(refused)) == {
            "enrolment.trainee.id": "Trainee is already enrolled on this course run"
        }
        assert again.status_code == 200
        assert gateway.world.store.counts["enrolments_refused_as_duplicate"] == 1

    async def test_the_month_of_a_reference_is_singapores(self, gateway: Driver) -> None:
        run_id = await gateway.published()
        await gateway.http.put("/_control/clock", json={"now": "2026-03-31T16:30:00Z", "frozen": True})
        assert await gateway.enrolled(run_id) == "ENR-2604-000001"
