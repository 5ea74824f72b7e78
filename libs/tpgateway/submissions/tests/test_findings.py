"""Findings that are alike for enrolments, attendance and results. All data is synthetic."""

import pytest

from libs.tpgateway import samples
from libs.tpgateway.rules.finding import blocking
from libs.tpgateway.submissions import assessment_findings, attendance_findings, enrolment_findings
from libs.tpgateway.submissions.tests.sound import (
    NOW,
    Json,
    enrolment,
    judge_enrolment,
    judge_mark,
    judge_result,
    mark,
    result,
    told,
    trainee,
)


def test_sound_records_have_no_findings() -> None:
    for remote_id in (None, samples.ENROLMENT):
        for status in ("confirmed", "withdrawn", "cancelled"):
            assert judge_enrolment(enrolment(remote_id=remote_id, status=status)) == []
    assert enrolment_findings.judge_fee(enrolment(fee_status="cancelled"), now=NOW) == []
    for state in ("present", "checked_in", "rejected", "voided"):
        assert judge_mark(mark(state=state)) == []
    for remote_id in (None, samples.ASSESSMENT):
        for status in ("final", "voided"):
            assert judge_result(result(remote_id=remote_id, status=status)) == []


def test_what_is_not_given_is_not_judged() -> None:
    assert enrolment_findings.judge(enrolment(), now=NOW) == []
    assert enrolment_findings.judge(enrolment(remote_id=samples.ENROLMENT), now=NOW) == []
    assert attendance_findings.judge(mark(), trainee(), now=NOW, mode_of_training=None) == []
    assert assessment_findings.judge(result(), trainee(), now=NOW) == []


PEOPLE: list[tuple[Json, str, str]] = [
    ({"id_number": "S1234567A"}, "trainee.id_number", "wrong_check_letter"),
    ({"id_number": " "}, "trainee.id_number", "required"),
    ({"id_type": "PASSPORT"}, "trainee.id_type", "unknown_value"),
    ({"full_name": ""}, "trainee.full_name", "required"),
]


@pytest.mark.parametrize(("changed", "field", "code"), PEOPLE)
def test_a_person_is_judged_alike_everywhere(changed: Json, field: str, code: str) -> None:
    person = trainee(**changed)
    for found in (
        judge_enrolment(enrolment(trainee=person)),
        judge_mark(mark(), person),
        judge_result(result(), person),
    ):
        assert (field, code) in told(blocking(found))
        assert "S1234567A" not in repr(found)


def test_the_provider_and_the_run_are_found_under_our_names() -> None:
    assert told(judge_enrolment(enrolment(), tp_code="201200696W-01")) == [("tp_code", "not_of_uen")]
    assert told(judge_enrolment(enrolment(), run_id="")) == [("run_id", "required")]
    assert told(judge_result(result(), uen="1", tp_code="1-01")) == [("uen", "malformed")]
    assert told(judge_mark(mark(), corppass_id="", session_id="")) == [
        ("corppass_id", "required"),
        ("session_id", "required"),
    ]
