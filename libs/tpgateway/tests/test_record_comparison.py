"""Comparing enrolments, attendance and assessments with what we sent. All data is synthetic."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.tpgateway import samples
from libs.tpgateway.assessments import normal as assessments
from libs.tpgateway.assessments.replies import listed_assessments, viewed_assessment
from libs.tpgateway.assessments.requests import CreateAssessment
from libs.tpgateway.attendance import normal as attendance
from libs.tpgateway.attendance.replies import AttendanceRow, viewed_attendance
from libs.tpgateway.attendance.requests import UploadAttendance
from libs.tpgateway.comparing import Kind, NormalRecord, normal_record
from libs.tpgateway.enrolments import normal as enrolments
from libs.tpgateway.enrolments.replies import viewed_enrolment
from libs.tpgateway.enrolments.requests import CreateEnrolment
from libs.tpgateway.envelope import Reply, read_reply
from libs.tpgateway.normalising import normal_phone
from libs.tpgateway.rules.ruleset import rulesets

Json = dict[str, Any]


def reply(body: Json) -> Reply:
    return read_reply(json.dumps(body).encode(), http_status=200)


def enrolled(status: str = enrolments.CONFIRMED, **changed: Any) -> NormalRecord:
    request = CreateEnrolment.model_validate(samples.enrolment_body(**changed))
    return enrolments.normal_request(request, status=status)


def shown(**changed: Any) -> NormalRecord:
    return enrolments.normal_view(viewed_enrolment(reply(samples.enrolment_reply(**changed))))


def test_what_was_enrolled_reads_back_equal() -> None:
    assert enrolments.differences(enrolled(), shown()) == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"fullName": " synthetic   TRAINEE"},
        {"id": samples.NRIC.lower()},
        {"email": {"full": "TRAINEE@example.com"}},
        {"sponsorshipType": "EMPLOYER"},
        {"contactNumber": {"countryCode": "65", "areaCode": "0", "phoneNumber": "9123 4567"}},
        {"contactNumber": {"countryCode": None, "areaCode": None, "phoneNumber": "+65 91234567"}},
        {"fees": {"discountAmount": "50.2500", "collectionStatus": "PENDING PAYMENT"}},
        {"fees": None, "employer": None, "email": None, "enrolmentDate": None},
        {"employer": {"uen": "00192200m", "name": "Renamed"}},
    ],
)
def test_spelling_and_silence_are_no_differences(changed: Json) -> None:
    assert enrolments.differences(enrolled(), shown(**changed)) == ()


@pytest.mark.parametrize(
    ("changed", "field", "kind"),
    [
        ({"id": "T0000001E"}, "trainee.id", Kind.IDENTITY),
        ({"idType": {"type": "FIN"}}, "trainee.idType.type", Kind.IDENTITY),
        ({"fullName": "Another"}, "trainee.fullName", Kind.IDENTITY),
        ({"dateOfBirth": "1980-01-01"}, "trainee.dateOfBirth", Kind.IDENTITY),
        ({"email": {"full": "other@example.com"}}, "trainee.emailAddress", Kind.CONTACT),
        ({"contactNumber": samples.phone(phoneNumber="81234567")}, "trainee.contactNumber", Kind.CONTACT),
        ({"contactNumber": samples.phone(countryCode="+60")}, "trainee.contactNumber", Kind.CONTACT),
        ({"enrolmentDate": "2026-03-03"}, "trainee.enrolmentDate", Kind.DAY),
        ({"sponsorshipType": "Individual"}, "trainee.sponsorshipType", Kind.SPONSORSHIP),
        ({"employer": {"uen": "T01FC6132D"}}, "trainee.employer.uen", Kind.SPONSORSHIP),
        (
            {"employer": {"contact": {"email": {"full": "x@example.com"}}}},
            "trainee.employer.contact.emailAddress",
            Kind.CONTACT,
        ),
        ({"fees": {"discountAmount": "0"}}, "trainee.fees.discountAmount", Kind.FEE),
        ({"fees": {"collectionStatus": "Full Payment"}}, "trainee.fees.collectionStatus", Kind.FEE),
    ],
)
def test_each_field_told_differently_is_named_with_what_it_means(changed: Json, field: str, kind: Kind) -> None:
    assert enrolments.differences(enrolled(), shown(**changed)) == (field,)
    assert enrolments.KIND_OF[field] is kind


def test_an_enrolment_elsewhere_or_cancelled_differs() -> None:
    body = samples.enrolment_reply()
    record = body["data"]["enrolment"]
    record["course"]["run"]["id"], record["status"] = "849901", "Cancelled"
    theirs = enrolments.normal_view(viewed_enrolment(reply(body)))
    found = enrolments.differences(enrolled(), theirs)
    assert [enrolments.KIND_OF[name] for name in found] == [Kind.STATUS, Kind.PLACE]
    assert enrolments.differences(enrolled(enrolments.CANCELLED), theirs) == ("course.run.id",)


def uploaded(status: str = "1", **changed: Any) -> NormalRecord:
    body = samples.attendance_body(**changed)
    body["course"]["attendance"]["status"]["code"] = status
    return attendance.normal_upload(UploadAttendance.model_validate(body))


def rows(*shown: Json) -> tuple[AttendanceRow, ...]:
    return viewed_attendance(reply(samples.attendance_reply(*shown)))


def test_what_was_uploaded_reads_back_equal() -> None:
    [row] = rows(samples.attendance_row())
    assert attendance.differences(uploaded(), attendance.normal_row(row)) == ()
    resident = samples.attendance_row()
    resident["trainee"]["idType"]["code"] = "SB"
    assert attendance.differences(uploaded(), attendance.normal_row(rows(resident)[0])) == ()
    scanned = samples.attendance_row(trainee={"id": samples.NRIC, "name": "", "email": ""}, numberOfHours="")
    assert attendance.differences(uploaded(), attendance.normal_row(rows(scanned)[0])) == ()


@pytest.mark.parametrize(
    ("changed", "field", "kind"),
    [
        ({"status": "Unconfirmed"}, "status", Kind.STATUS),
        ({"numberOfHours": "4"}, "trainee.numberOfHours", Kind.HOURS),
        ({"trainee": {"id": samples.NRIC, "email": "other@example.com"}}, "trainee.email", Kind.CONTACT),
        ({"trainee": {"id": "G1234567X"}}, "trainee.id", Kind.IDENTITY),
        ({"trainee": {"id": samples.NRIC, "idType": {"code": "SO"}}}, "trainee.idType.code", Kind.IDENTITY),
    ],
)
def test_each_difference_of_a_row_is_named(changed: Json, field: str, kind: Kind) -> None:
    [row] = rows(samples.attendance_row(**changed))
    assert attendance.differences(uploaded(), attendance.normal_row(row)) == (field,)
    assert attendance.KIND_OF[field] is kind


def test_the_row_to_compare_with_is_the_persons() -> None:
    stranger = samples.attendance_row(7, trainee={"id": "G1234567X"})
    assert attendance.counterpart(uploaded(), rows(stranger)) is None
    found = attendance.counterpart(uploaded(), rows(samples.attendance_row(5), stranger, samples.attendance_row(6)))
    assert found is not None
    assert found.row_id == "6"


def test_a_withdrawal_is_found_beside_what_it_withdraws() -> None:
    both = rows(samples.attendance_row(5), samples.attendance_row(6, status="TP Voided"))
    withdrawn, present = attendance.counterpart(uploaded("4"), both), attendance.counterpart(uploaded("1"), both)
    assert withdrawn is not None
    assert present is not None
    assert (withdrawn.row_id, present.row_id) == ("6", "5")
    assert attendance.differences(uploaded("4"), attendance.normal_row(withdrawn)) == ()
    assert attendance.counterpart(uploaded("4"), ()) is None


def test_the_words_of_states_are_the_rules() -> None:
    assert dict(rulesets()[-1].codes["attendance_status"]) == attendance.STATUS_WORDS


def assessed(*, voided: bool = False, **changed: Any) -> NormalRecord:
    request = CreateAssessment.model_validate(samples.assessment_body(**changed))
    return assessments.normal_request(request, voided=voided)


def viewed(**changed: Any) -> NormalRecord:
    return assessments.normal_view(viewed_assessment(reply(samples.assessment_reply(**changed))))


def test_what_was_assessed_reads_back_equal_alone_and_in_a_list() -> None:
    assert assessments.differences(assessed(), viewed()) == ()
    [listed] = listed_assessments(reply(samples.assessments_reply(samples.assessment_view())))
    assert assessments.differences(assessed(), assessments.normal_view(listed)) == ()


@pytest.mark.parametrize(
    ("changed", "field", "kind"),
    [
        ({"result": "Fail"}, "result", Kind.RESULT),
        ({"score": "86"}, "score", Kind.RESULT),
        ({"grade": "A"}, "grade", Kind.RESULT),
        ({"assessmentDate": "2026-02-27"}, "assessmentDate", Kind.RESULT),
        ({"skillCode": None}, "skillCode", Kind.RESULT),
        ({"result": "Void"}, "status", Kind.STATUS),
        ({"trainee": {"id": "T0000001E"}}, "trainee.id", Kind.IDENTITY),
        ({"course": {"run": {"id": "849901"}}}, "course.run.id", Kind.PLACE),
    ],
)
def test_each_difference_of_a_result_is_named(changed: Json, field: str, kind: Kind) -> None:
    assert assessments.differences(assessed(), viewed(**changed)) == (field,)
    assert assessments.KIND_OF[field] is kind


def test_a_voided_result_is_compared_as_void() -> None:
    assert assessments.differences(assessed(voided=True), viewed(result="Void")) == ()
    assert assessments.differences(assessed(voided=True), viewed()) == ("status",)


def test_every_field_that_can_differ_has_a_kind() -> None:
    assert set(enrolled().fields) == set(enrolments.KIND_OF)
    assert set(uploaded().fields) == set(attendance.KIND_OF)
    assert set(assessed().fields) == set(assessments.KIND_OF)


def test_nobody_is_printed() -> None:
    printed = repr([enrolled(), shown(), uploaded(), assessed()])
    assert printed == repr([NormalRecord({})] * 4)


TOLD = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "X ", "y", None]))


@given(TOLD, TOLD)
def test_differences_are_the_same_from_either_side_and_none_to_itself(one: Json, other: Json) -> None:
    ours, theirs = normal_record(one), normal_record(other)
    assert enrolments.differences(ours, ours) == ()
    assert set(enrolments.differences(ours, theirs)) == set(enrolments.differences(theirs, ours))
    both = {name for name in one.keys() & other.keys() if one[name] is not None and other[name] is not None}
    unlike = {name for name in both if one[name].strip().lower() != other[name].strip().lower()}
    assert set(enrolments.differences(ours, theirs)) == unlike


@given(st.integers(80000000, 99999999).map(str))
def test_every_spelling_of_a_singapore_phone_is_one_phone(number: str) -> None:
    spaced = f"{number[:4]} {number[4:]}"
    spellings = {
        normal_phone("+65", "", number),
        normal_phone("65", "0", spaced),
        normal_phone(None, None, f"+65{number}"),
        normal_phone("", "", f"65-{spaced}"),
    }
    assert spellings == {number}
    assert normal_phone("+60", "3", number) not in spellings
