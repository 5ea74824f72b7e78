"""What TPGateway says of enrolments, in every way it is known to say it. All data is synthetic."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from libs.tpgateway import samples
from libs.tpgateway.encryption import PayloadCipher
from libs.tpgateway.enrolments.replies import (
    EnrolmentCreated,
    changed_enrolment,
    created_enrolment,
    listed_enrolments,
    viewed_enrolment,
)
from libs.tpgateway.envelope import Reply, UnreadableReply, read_reply

Json = dict[str, Any]


def reply(body: Json, http_status: int = 200) -> Reply:
    return read_reply(json.dumps(body).encode(), http_status=http_status)


def test_a_create_tells_reference_and_status() -> None:
    answer = reply(samples.enrolment_named_reply())
    assert created_enrolment(answer) == EnrolmentCreated(samples.ENROLMENT, "Confirmed")


def test_an_encrypted_reply_is_read_alike() -> None:
    cipher = PayloadCipher.from_text(samples.KEY)
    content = cipher.encrypt(json.dumps(samples.enrolment_reply())).encode()
    assert viewed_enrolment(read_reply(content, http_status=200, cipher=cipher)).reference == samples.ENROLMENT


def test_a_change_tells_the_status_it_led_to_and_a_fee_none() -> None:
    assert changed_enrolment(reply(samples.enrolment_named_reply("Cancelled"))).status == "Cancelled"
    assert changed_enrolment(reply(samples.enrolment_named_reply(None))) == EnrolmentCreated(samples.ENROLMENT, None)


@pytest.mark.parametrize("data", [{}, [], None, {"enrolment": {}}, {"enrolment": {"referenceNumber": " "}}])
def test_a_success_that_names_nothing_is_unreadable(data: Any) -> None:
    with pytest.raises(UnreadableReply):
        created_enrolment(reply(samples.envelope(data)))


def test_a_view_tells_everything() -> None:
    view = viewed_enrolment(reply(samples.enrolment_reply()))
    assert (view.reference, view.status, view.run_id) == (samples.ENROLMENT, "Confirmed", samples.RUN)
    assert view.course is not None
    assert view.course.run is not None
    assert view.course.run.start_date == date(2026, 3, 23)
    assert view.trainee is not None
    assert (view.trainee.id, view.trainee.id_type) == (samples.NRIC, "NRIC")
    assert (view.trainee.email, view.trainee.date_of_birth) == ("trainee@example.com", date(1980, 1, 31))
    assert view.fees.discount_amount == Decimal("50.25")
    assert view.employer is not None
    assert view.employer.contact is not None
    assert view.employer.contact.email == "hr@example.com"
    assert view.meta is not None
    assert view.meta.created_on == datetime(2026, 3, 2, 4, 1, 54, tzinfo=UTC)
    assert not view.is_cancelled


@pytest.mark.parametrize(
    "changed",
    [
        {"email": "trainee@example.com"},
        {"email": None, "emailAddress": {"full": "trainee@example.com"}},
        {"idType": "NRIC"},
        {"idType": {"code": "NRIC"}},
        {"fees": {"discountAmount": 50.25, "feeCollectionStatus": "Pending Payment"}},
        {"fees": {"discountAmount": "50.250", "feecollectionStatus": "Pending Payment"}},
        {"contactNumber": {"countryCode": 65, "areaCode": None, "phone": "91234567"}},
        {"dateOfBirth": "19800131"},
        {"enrolmentDate": ""},
        {"somethingNew": {"unknown": True}},
    ],
)
def test_other_names_and_types_are_read_alike(changed: Json) -> None:
    if changed.get("email", "") is None:
        changed = {name: value for name, value in changed.items() if name != "email"}
        body = samples.enrolment_reply(**changed)
        del body["data"]["enrolment"]["trainee"]["email"]
    else:
        body = samples.enrolment_reply(**changed)
    view = viewed_enrolment(reply(body))
    assert view.trainee is not None
    assert view.trainee.email == "trainee@example.com"
    assert view.trainee.id_type == "NRIC"
    assert view.trainee.contact_number is not None
    assert view.trainee.contact_number.phone_number == "91234567"
    assert view.trainee.date_of_birth == date(1980, 1, 31)
    assert (view.fees.discount_amount, view.fees.collection_status) == (Decimal("50.25"), "Pending Payment")


def test_fees_and_employer_may_stand_beside_the_trainee() -> None:
    body = samples.enrolment_reply()
    record = body["data"]["enrolment"]
    record["fees"], record["employer"] = record["trainee"].pop("fees"), record["trainee"].pop("employer")
    view = viewed_enrolment(reply(body))
    assert view.fees.collection_status == "Pending Payment"
    assert view.employer is not None
    assert view.employer.uen == "00192200M"


def test_a_bare_record_and_one_with_hardly_anything_are_read() -> None:
    assert viewed_enrolment(reply(samples.envelope(samples.enrolment_view()))).reference == samples.ENROLMENT
    nothing = dict.fromkeys(["status", "trainingPartner", "course", "trainee", "fees", "employer"])
    view = viewed_enrolment(reply(samples.envelope({"enrolment": {"referenceNumber": samples.ENROLMENT, **nothing}})))
    assert (view.run_id, view.employer, view.is_cancelled) == (None, None, False)
    assert view.fees.collection_status is None


def test_cancelled_is_known_in_any_case() -> None:
    body = samples.enrolment_reply()
    body["data"]["enrolment"]["status"] = "CANCELLED "
    assert viewed_enrolment(reply(body)).is_cancelled


def test_a_search_lists_each_with_its_own_stamps() -> None:
    second = samples.enrolment_view() | {"referenceNumber": "ENR-2603-000124"}
    body = samples.enrolments_reply(samples.enrolment_view(), second)
    body["data"][1]["meta"] = samples.UTC_STAMPS
    body["meta"]["totalRecords"] = "57"
    answer = reply(body)
    views = listed_enrolments(answer)
    assert [view.reference for view in views] == [samples.ENROLMENT, "ENR-2603-000124"]
    assert views[0].meta == views[1].meta
    assert answer.total == 57


def anything(*values: Any) -> tuple[Any, ...]:
    return values


def test_an_empty_list_says_none_and_nothing_else_does() -> None:
    assert listed_enrolments(reply(samples.enrolments_reply())) == ()
    for data in anything(
        {}, None, "", {"enrolment": samples.enrolment_view()}, [None], [{}], [{"enrolment": {}}], ["x"]
    ):
        with pytest.raises(UnreadableReply):
            listed_enrolments(reply(samples.envelope(data, status="200", totalRecords=0)))


@pytest.mark.parametrize("http_status", [400, 403, 404, 500])
def test_a_refusal_is_never_read_as_data(http_status: int) -> None:
    for read, body in (
        (created_enrolment, samples.enrolment_named_reply()),
        (viewed_enrolment, samples.enrolment_reply()),
        (listed_enrolments, samples.enrolments_reply()),
    ):
        with pytest.raises(UnreadableReply, match="refusal"):
            read(reply(body, http_status))
        with pytest.raises(UnreadableReply, match="refusal"):
            read(reply(body | {"status": str(http_status)}))


def test_an_unreadable_place_is_named_without_its_value() -> None:
    broken = samples.enrolments_reply(samples.enrolment_view(dateOfBirth=samples.NRIC))
    with pytest.raises(UnreadableReply, match=r"data\[0\].trainee.dateOfBirth") as unreadable:
        listed_enrolments(reply(broken))
    assert samples.NRIC not in str(unreadable.value)


def test_nobody_is_printed() -> None:
    view = viewed_enrolment(reply(samples.enrolment_reply()))
    for personal in (samples.NRIC, "Synthetic", "example.com", "1234567", "1980", "50.25"):
        assert personal not in repr(view) + repr(view.trainee) + repr(view.employer) + repr(view.fees)
