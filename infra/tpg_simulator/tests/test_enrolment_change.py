"""E2, E3 and E6: what may change, what may not, and that a cancelled enrolment stays cancelled."""

from typing import Any

import pytest

from infra.tpg_simulator.driver import Driver, complaints
from infra.tpg_simulator.samples import OTHER, TRAINEE_ID, synthetic_run

NO_MORE = "TGS-439 - enrolment cannot be updated"


async def drift(gateway: Driver, reference: str, **values: Any) -> None:
    path = f"/_control/portal/enrolments/{reference}"
    (await gateway.http.patch(path, json={"set": values})).raise_for_status()


class TestUpdate:
    async def test_it_answers_with_the_status_and_stamps_in_utc(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        await gateway.http.post("/_control/clock/advance", json={"seconds": 60})
        reply = await gateway.update_enrolment(reference, trainee={"email": "new@example.com"})
        assert gateway.open(reply) == {
            "data": {"enrolment": {"referenceNumber": reference, "status": "Confirmed"}},
            "error": {},
            "meta": {"createdOn": "2026-03-02T02:00:00Z", "updatedOn": "2026-03-02T02:01:00Z"},
            "status": 200,
        }

    async def test_trainee_employer_and_fees_change_under_their_own_names(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        phone = {"countryCode": "+60", "areaCode": "3", "phoneNumber": "1234567"}
        await gateway.update_enrolment(
            reference,
            trainee={"email": "new@example.com", "contactNumber": phone},
            employer={"contact": {"fullName": "New Contact", "email": "new.hr@example.com", "contactNumber": phone}},
            fees={"discountAmount": 0.5, "collectionStatus": "PARTIAL PAYMENT"},
        )
        trainee = (await gateway.viewed_enrolment(reference))["trainee"]
        assert (trainee["email"], trainee["contactNumber"]) == ({"full": "new@example.com"}, phone)
        assert trainee["employer"]["contact"] == {
            "fullName": "New Contact",
            "contactNumber": phone,
            "email": {"full": "new.hr@example.com"},
        }
        assert trainee["fees"] == {"discountAmount": "0.5", "collectionStatus": "Partial Payment"}

    async def test_what_is_left_out_or_sent_empty_stays_but_for_the_area_code(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        await drift(gateway, reference, **{"trainee.phone.area_code": "3"})
        before = await gateway.viewed_enrolment(reference)
        phone = {"countryCode": "", "areaCode": "", "phoneNumber": "", "phone": ""}
        empty = {"email": "", "contactNumber": phone}
        await gateway.update_enrolment(reference)
        await gateway.update_enrolment(
            reference, trainee=empty, employer={"contact": empty | {"fullName": ""}}, fees={"collectionStatus": ""}
        )
        after = await gateway.viewed_enrolment(reference)
        assert before["trainee"]["contactNumber"]["areaCode"] == "3"
        before["trainee"]["contactNumber"]["areaCode"] = ""
        assert after == before

    async def test_the_other_spellings_of_the_official_samples_are_read(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        phone = {"phone": "61112222"}
        fees = {"feecollectionStatus": "full payment"}
        await gateway.update_enrolment(reference, trainee={"contactNumber": phone}, fees=fees)
        trainee = (await gateway.viewed_enrolment(reference))["trainee"]
        assert trainee["contactNumber"]["phoneNumber"] == "61112222"
        assert trainee["fees"]["collectionStatus"] == "Full Payment"

    async def test_who_where_and_by_whom_never_change(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        before = await gateway.viewed_enrolment(reference)
        reply = await gateway.update_enrolment(
            reference,
            course={"referenceNumber": "INT-OLD 7"},
            trainee={
                "id": "G1234567X",
                "idType": {"type": "FIN"},
                "fullName": "Other",
                "dateOfBirth": "1999-01-01",
                "emailAddress": "wrong.name@example.com",
                "sponsorshipType": "INDIVIDUAL",
            },
            employer={"uen": "T01FC6132D"},
        )
        assert reply.status_code == 200
        assert await gateway.viewed_enrolment(reference) == before

    async def test_a_contact_person_of_who_pays_alone_is_ignored(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published(), sponsorshipType="INDIVIDUAL", employer=None)
        assert (await gateway.update_enrolment(reference, employer={"contact": {"fullName": "X"}})).status_code == 200
        assert "employer" not in (await gateway.viewed_enrolment(reference))["trainee"]

    async def test_another_run_of_the_course_moves_it(self, gateway: Driver) -> None:
        first, second = await gateway.published(), await gateway.published(scheduleInfo="another")
        reference = await gateway.enrolled(first)
        await gateway.update_enrolment(reference, course={"run": {"id": str(second)}})
        moved = await gateway.viewed_enrolment(reference)
        assert (moved["referenceNumber"], moved["course"]["run"]["id"]) == (reference, str(second))
        assert gateway.world.store.enrolments.having("run", first) == []
        assert len(gateway.world.store.enrolments.having("seat", second, TRAINEE_ID)) == 1

    async def test_it_cannot_move_to_an_unknown_run_or_another_course(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        other = await gateway.publish(synthetic_run(scheduleInfo="elsewhere"), course="INT-OLD 7")
        foreign = str(other.json()["data"]["runs"][0]["id"])
        unknown = gateway.open(await gateway.update_enrolment(reference, course={"run": {"id": "1"}}))
        elsewhere = gateway.open(await gateway.update_enrolment(reference, course={"run": {"id": foreign}}))
        assert complaints(unknown) == {"enrolment.course.run.id": "Invalid course run ID"}
        assert complaints(elsewhere) == {"enrolment.course.run.id": "Course run does not belong to this course"}

    @pytest.mark.parametrize(
        ("fields", "path", "message"),
        [
            ({"action": "Renew"}, "action", "Must be one of Update, Cancel."),
            ({"action": ""}, "action", "TGS-441 - Required fields cannot be blank"),
            ({"action": 7}, "action", "Must be a text."),
            ({"course": {"run": {"id": 849900}}}, "course.run.id", "Must be a text."),
            ({"course": {"run": {"id": "x"}}}, "course.run.id", "Has the wrong format."),
            ({"trainee": {"email": "x"}}, "trainee.email", "Has the wrong format."),
            ({"trainee": {"email": f"{'x' * 96}@a.bc"}}, "trainee.email", "Must not be longer than 100 characters."),
            (
                {"trainee": {"contactNumber": {"countryCode": "SG"}}},
                "trainee.contactNumber.countryCode",
                "Has the wrong format.",
            ),
            (
                {"trainee": {"contactNumber": {"phone": "9" * 21}}},
                "trainee.contactNumber.phone",
                "Must not be longer than 20 characters.",
            ),
            (
                {"employer": {"contact": {"fullName": "x" * 51}}},
                "employer.contact.fullName",
                "Must not be longer than 50 characters.",
            ),
            ({"employer": {"contact": {"email": "x"}}}, "employer.contact.email", "Has the wrong format."),
            ({"fees": {"discountAmount": "1"}}, "fees.discountAmount", "Must be a number."),
            ({"fees": {"discountAmount": -1}}, "fees.discountAmount", "Must not be less than 0."),
            (
                {"fees": {"collectionStatus": "Paid"}},
                "fees.collectionStatus",
                "Must be one of Pending Payment, Partial Payment, Full Payment, Cancelled.",
            ),
            ({"trainee": "x"}, "trainee", "Must be an object."),
        ],
    )
    async def test_a_wrong_field_is_named(
        self, gateway: Driver, fields: dict[str, Any], path: str, message: str
    ) -> None:
        reference = await gateway.enrolled(await gateway.published())
        before = dict(gateway.world.store.enrolments.records)
        reply = await gateway.update_enrolment(reference, **fields)
        refused = gateway.open(reply)
        assert (reply.status_code, refused["error"]["message"]) == (400, "Enrolment cannot be updated")
        assert complaints(refused) == {f"enrolment.{path}": message}
        assert gateway.world.store.enrolments.records == before


class TestCancel:
    async def test_it_stays_to_be_seen(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        reply = gateway.open(await gateway.cancel_enrolment(reference))
        assert reply["data"] == {"enrolment": {"referenceNumber": reference, "status": "Cancelled"}}
        assert reply["status"] == 200
        assert (await gateway.viewed_enrolment(reference))["status"] == "Cancelled"

    @pytest.mark.parametrize("action", ["Cancel", "cancel", "CANCEL"])
    async def test_any_case_and_any_other_field_will_do(self, gateway: Driver, action: str) -> None:
        reference = await gateway.enrolled(await gateway.published())
        reply = await gateway.update_enrolment(
            reference, action=action, course={"run": {"id": 7}}, trainee={"email": "not a mail address"}
        )
        assert reply.status_code == 200
        assert (await gateway.viewed_enrolment(reference))["trainee"]["email"] == {"full": "trainee@example.com"}

    async def test_it_is_for_good(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        await gateway.cancel_enrolment(reference)
        for reply in (
            await gateway.cancel_enrolment(reference),
            await gateway.update_enrolment(reference),
            await gateway.tell_fees(reference, "Full Payment"),
        ):
            assert (reply.status_code, complaints(gateway.open(reply))) == (400, {"": NO_MORE})


class TestFees:
    async def test_only_the_reference_comes_back(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        reply = gateway.open(await gateway.tell_fees(reference, "full PAYMENT"))
        assert reply["data"] == {"enrolment": {"referenceNumber": reference}}
        fees = (await gateway.viewed_enrolment(reference))["trainee"]["fees"]
        assert fees == {"discountAmount": "50.25", "collectionStatus": "Full Payment"}

    @pytest.mark.parametrize(
        ("status", "message"),
        [
            ("", "TGS-441 - Required fields cannot be blank"),
            (None, "TGS-441 - Required fields cannot be blank"),
            ("Paid", "Must be one of Pending Payment, Partial Payment, Full Payment, Cancelled."),
            (1, "Must be a text."),
        ],
    )
    async def test_a_wrong_status_is_refused(self, gateway: Driver, status: Any, message: str) -> None:
        reference = await gateway.enrolled(await gateway.published())
        refused = gateway.open(await gateway.tell_fees(reference, status))
        assert complaints(refused) == {"enrolment.fees.collectionStatus": message}

    async def test_fees_are_required(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        reply = await gateway.send(f"/tpg/enrolments/feeCollections/{reference}", {"enrolment": {}})
        assert list(complaints(gateway.open(reply))) == ["enrolment.fees"]

    async def test_once_the_grant_is_approved_they_stay_as_they_are(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        await drift(gateway, reference, grant_approved=True)
        told = await gateway.tell_fees(reference, "Full Payment")
        updated = await gateway.update_enrolment(reference, fees={"collectionStatus": "Full Payment"})
        same = await gateway.update_enrolment(reference, fees={"collectionStatus": "pending payment"})
        assert complaints(gateway.open(told)) == {"enrolment.fees.collectionStatus": NO_MORE}
        assert [told.status_code, updated.status_code, same.status_code] == [400, 400, 200]


class TestWhose:
    async def test_an_unknown_reference_is_404_everywhere(self, gateway: Driver) -> None:
        for reply in (
            await gateway.update_enrolment("ENR-2603-000009"),
            await gateway.cancel_enrolment("ENR-2603-000009"),
            await gateway.tell_fees("ENR-2603-000009", "Full Payment"),
            await gateway.view_enrolment("ENR-2603-000009"),
        ):
            opened = gateway.open(reply)
            assert (reply.status_code, complaints(opened)) == (404, {"": "No enrolment found."})

    async def test_another_providers_is_forbidden_everywhere(self, gateway: Driver) -> None:
        reference = await gateway.enrolled(await gateway.published())
        gateway.switch("identity.default_provider", OTHER)
        for reply in (
            await gateway.update_enrolment(reference),
            await gateway.cancel_enrolment(reference),
            await gateway.tell_fees(reference, "Full Payment"),
            await gateway.view_enrolment(reference),
        ):
            assert (reply.status_code, list(complaints(gateway.open(reply)))) == (403, ["-"])

    async def test_background_work_moves_the_stamp_by_itself(self, gateway: Driver) -> None:
        gateway.switch("meta.touch_delay_s", 19)
        reference = await gateway.enrolled(await gateway.published())
        stamps = []
        for _ in range(2):
            stamps.append(gateway.open(await gateway.view_enrolment(reference))["meta"]["updatedOn"])
            await gateway.http.post("/_control/clock/advance", json={"seconds": 60})
        assert stamps == ["2026-03-02 10:00:00", "2026-03-02 10:00:19"]

    async def test_it_never_moves_a_later_stamp_back(self, gateway: Driver) -> None:
        gateway.switch("meta.touch_delay_s", 19)
        reference = await gateway.enrolled(await gateway.published())
        await gateway.http.post("/_control/clock/advance", json={"seconds": 60})
        await gateway.update_enrolment(reference)
        meta = gateway.open(await gateway.view_enrolment(reference))["meta"]
        assert meta == {"createdOn": "2026-03-02 10:00:00", "updatedOn": "2026-03-02 10:01:00"}
