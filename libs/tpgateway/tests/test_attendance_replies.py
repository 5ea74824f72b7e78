"""What TPGateway says of attendance, and which of a person's rows counts. All data is synthetic."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.tpgateway import samples
from libs.tpgateway.attendance.replies import (
    AttendanceRow,
    newest_by_person,
    rows_by_person,
    viewed_attendance,
)
from libs.tpgateway.envelope import Reply, UnreadableReply, read_reply

Json = dict[str, Any]


def reply(body: Json, http_status: int = 200) -> Reply:
    return read_reply(json.dumps(body).encode(), http_status=http_status)


def row(number: int | None, status: str = "Confirmed", id_number: str = samples.NRIC) -> AttendanceRow:
    return AttendanceRow(samples.SESSION, None if number is None else str(number), status, id_number)


def test_every_row_is_told_with_its_session() -> None:
    [seen] = viewed_attendance(reply(samples.attendance_reply(samples.attendance_row())))
    assert (seen.session_id, seen.row_id, seen.status) == (samples.SESSION, "18024", "Confirmed")
    assert (seen.id_number, seen.id_type, seen.hours) == (samples.NRIC, "SP", Decimal("3.5"))
    assert (seen.entry_mode, seen.survey_language, seen.mobile) == ("Manual", "EL", "91234567")
    assert (seen.country_code, seen.area_code, seen.edited_by_tp) == ("65", "0", "No")


@pytest.mark.parametrize(
    "changed",
    [
        {"id": 18024, "numberOfHours": 3.5},
        {"trainee": None},
        {"nric": None, "sentToTraqom": None, "errorMessage": None},
        {"trainee": {"id": samples.NRIC, "contactNumber": None, "idType": None, "surveyLanguage": None}},
    ],
)
def test_numbers_may_be_numbers_and_much_may_be_missing(changed: Json) -> None:
    [seen] = viewed_attendance(reply(samples.attendance_reply(samples.attendance_row(**changed))))
    assert (seen.row_id, seen.id_number, seen.hours) == ("18024", samples.NRIC, Decimal("3.5"))


def test_no_hours_are_no_hours() -> None:
    for untold in ("", None):
        [seen] = viewed_attendance(reply(samples.attendance_reply(samples.attendance_row(numberOfHours=untold))))
        assert seen.hours is None


def test_404_and_an_empty_list_say_none() -> None:
    assert viewed_attendance(reply(samples.attendance_reply())) == ()
    error = {"code": 404, "message": "Not Found", "details": [], "errorId": ""}
    assert viewed_attendance(reply({"data": {}, "error": error, "meta": {}, "status": 404}, 404)) == ()
    untold = samples.attendance_reply()
    untold["data"]["courseRun"]["sessions"][0]["attendance"] = None
    assert viewed_attendance(reply(untold)) == ()


@pytest.mark.parametrize(
    "data",
    [{}, [], None, {"courseRun": {}}, {"courseRun": {"sessions": None}}, {"courseRun": {"sessions": [{}]}}],
)
def test_another_shape_proves_no_absence(data: Any) -> None:
    with pytest.raises(UnreadableReply):
        viewed_attendance(reply(samples.envelope(data)))


def test_rows_that_are_counted_and_not_shown_prove_nothing() -> None:
    hidden = samples.attendance_reply(samples.attendance_row())
    del hidden["data"]["courseRun"]["sessions"][0]["attendance"]
    with pytest.raises(UnreadableReply, match="counts rows"):
        viewed_attendance(reply(hidden))


def test_a_refusal_is_never_read_as_data() -> None:
    with pytest.raises(UnreadableReply, match="refusal"):
        viewed_attendance(reply(samples.attendance_reply(samples.attendance_row()), 403))


def test_of_a_persons_rows_the_newest_that_is_not_voided_counts() -> None:
    other = row(7, id_number="G1234567X")
    rows = [row(5, "Unconfirmed"), row(12, "TP VOIDED"), row(9), other, row(6, id_number=f" {samples.NRIC.lower()} ")]
    newest = newest_by_person(rows)
    assert {one.row_id for one in newest.values()} == {"9", "7"}
    assert [one.row_id for one in rows_by_person(rows)[other.person]] == ["7"]


def test_of_voided_rows_alone_the_newest_counts() -> None:
    assert [one.row_id for one in newest_by_person([row(2, "TP Voided"), row(10, "TP Voided")]).values()] == ["10"]


def test_without_numbers_the_last_listed_is_the_newest() -> None:
    first, last = row(None, "Rejected"), row(3)
    assert list(newest_by_person([last, first]).values()) == [first]


@given(st.permutations(range(8, 14)))
def test_the_order_in_which_numbered_rows_are_listed_makes_no_difference(numbers: list[int]) -> None:
    rows = [row(number) for number in numbers]
    assert [one.row_id for one in newest_by_person(rows).values()] == ["13"]


def test_nobody_is_printed() -> None:
    shown = repr(viewed_attendance(reply(samples.attendance_reply(samples.attendance_row()))))
    for personal in (samples.NRIC, "Synthetic", "example.com", "1234567"):
        assert personal not in shown
