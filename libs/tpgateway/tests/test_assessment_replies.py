"""What TPGateway says of assessments. All data is synthetic."""

import json
from datetime import date
from typing import Any

import pytest

from libs.tpgateway import samples
from libs.tpgateway.assessments.replies import (
    changed_assessment,
    created_assessment,
    listed_assessments,
    viewed_assessment,
)
from libs.tpgateway.envelope import Reply, UnreadableReply, read_reply

Json = dict[str, Any]


def reply(body: Json, http_status: int = 200) -> Reply:
    return read_reply(json.dumps(body).encode(), http_status=http_status)


def test_creates_and_changes_tell_the_reference() -> None:
    body = samples.assessment_named_reply()
    assert created_assessment(reply(body)) == samples.ASSESSMENT
    assert changed_assessment(reply(body | {"status": "200"})) == samples.ASSESSMENT


@pytest.mark.parametrize("data", [{}, [], None, {"assessment": {}}, {"assessment": {"referenceNumber": ""}}])
def test_a_success_that_names_nothing_is_unreadable(data: Any) -> None:
    with pytest.raises(UnreadableReply):
        created_assessment(reply(samples.envelope(data)))


def test_a_view_is_the_bare_record() -> None:
    view = viewed_assessment(reply(samples.assessment_reply()))
    assert (view.reference, view.result, view.score, view.grade) == (samples.ASSESSMENT, "Pass", 85, "B")
    assert (view.run_id, view.enrolment_reference) == (samples.RUN, samples.ENROLMENT)
    assert (view.assessment_date, view.skill_code) == (date(2026, 2, 28), "ATP-SSM-3007-1.1")
    assert view.trainee is not None
    assert (view.trainee.id, view.trainee.id_type) == (samples.NRIC, "NRIC")
    assert view.meta is not None
    assert view.meta.updated_on is not None
    assert not view.is_void
    wrapped = samples.envelope({"assessment": samples.assessment_view()})
    assert viewed_assessment(reply(wrapped)).reference == samples.ASSESSMENT


def test_a_list_tells_scores_as_text() -> None:
    plain, bare = samples.assessment_view(), samples.assessment_view(skillCode="", trainee={"idType": "NRIC"})
    del bare["score"]
    answer = reply(samples.assessments_reply(plain, bare))
    first, second = listed_assessments(answer)
    assert (first.score, second.score, second.skill_code) == (85, None, "")
    assert first.meta is not None
    assert first.meta.created_on is not None
    assert answer.total == 2


def test_a_void_record_keeps_its_score() -> None:
    view = viewed_assessment(reply(samples.assessment_reply(result="VOID")))
    assert view.is_void
    assert view.score == 85


def test_much_may_be_missing() -> None:
    gone = dict.fromkeys(["trainingPartner", "course", "trainee", "result", "score", "grade", "enrolment", "meta"])
    view = viewed_assessment(reply(samples.envelope({"referenceNumber": samples.ASSESSMENT, **gone})))
    assert (view.run_id, view.enrolment_reference, view.is_void) == (None, None, False)


def anything(*values: Any) -> tuple[Any, ...]:
    return values


def test_an_empty_list_says_none_and_nothing_else_does() -> None:
    assert listed_assessments(reply(samples.assessments_reply())) == ()
    for data in anything({}, None, samples.assessment_view(), [{}], [None]):
        with pytest.raises(UnreadableReply):
            listed_assessments(reply(samples.envelope(data, totalRecords=0)))


@pytest.mark.parametrize("http_status", [400, 404, 500])
def test_a_refusal_is_never_read_as_data(http_status: int) -> None:
    for read, body in (
        (created_assessment, samples.assessment_named_reply()),
        (viewed_assessment, samples.assessment_reply()),
        (listed_assessments, samples.assessments_reply()),
    ):
        with pytest.raises(UnreadableReply, match="refusal"):
            read(reply(body, http_status))


def test_an_unreadable_place_is_named_without_its_value() -> None:
    with pytest.raises(UnreadableReply, match="score") as unreadable:
        viewed_assessment(reply(samples.assessment_reply(score=samples.NRIC)))
    assert samples.NRIC not in str(unreadable.value)


def test_nobody_is_printed() -> None:
    view = viewed_assessment(reply(samples.assessment_reply()))
    for personal in (samples.NRIC, "Synthetic", "Pass", "85"):
        assert personal not in repr(view) + repr(view.trainee)
