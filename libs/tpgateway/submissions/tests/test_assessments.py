"""From our words for a result to the wire, and back to findings. All data is synthetic."""

from datetime import date

import pytest

from libs.tpgateway import samples
from libs.tpgateway.assessments.normal import differences as result_differences
from libs.tpgateway.assessments.normal import normal_view as normal_result
from libs.tpgateway.assessments.replies import viewed_assessment
from libs.tpgateway.rules import assessments as assessment_rules
from libs.tpgateway.submissions.assessments import (
    create_assessment,
    normal_assessment,
    search_assessments,
    update_assessment,
    void_assessment,
)
from libs.tpgateway.submissions.tests.sound import (
    NOW,
    RULES,
    RUN,
    TP_CODE,
    UEN,
    Json,
    judge_result,
    reply,
    result,
    told,
    trainee,
)


def test_a_result_uses_the_gateways_own_shapes() -> None:
    sent = create_assessment(result(), trainee(), run_id=RUN, uen=UEN, tp_code=TP_CODE).body()
    expected = samples.assessment_body()
    del expected["assessment"]["conferringInstitute"]
    assert sent == expected
    bare = create_assessment(
        result(result="Exempt", score=None, grade=None, skill_code=""), trainee(), run_id=RUN, uen=UEN, tp_code=TP_CODE
    ).body()["assessment"]
    assert bare["result"] == "Exempt"
    assert not bare.keys() & {"score", "grade", "skillCode"}


def test_a_result_is_updated_voided_and_looked_for() -> None:
    changed = update_assessment(result(result="FAIL", score=12, grade="F"), trainee()).body()
    assert changed == samples.assessment_update_body()
    assert void_assessment().body() == samples.assessment_void_body()
    request = search_assessments(
        uen=UEN,
        tp_code=TP_CODE,
        run_id=RUN,
        course_reference=samples.COURSE,
        trainee_id=samples.NRIC,
        enrolment_reference=samples.ENROLMENT,
        page=0,
        page_size=100,
    )
    assert assessment_rules.judge_search(request, now=NOW, ruleset=RULES, caller_uen=UEN) == []
    assert request.body()["assessments"]["enrolment"] == {"referenceNumber": samples.ENROLMENT}


def test_a_result_that_was_sent_reads_back_equal() -> None:
    places = {"run_id": RUN, "uen": UEN, "tp_code": TP_CODE}
    theirs = normal_result(viewed_assessment(reply(samples.assessment_reply())))
    assert result_differences(normal_assessment(result(), trainee(), **places), theirs) == ()
    voided = normal_assessment(result(status="voided"), trainee(), **places)
    assert result_differences(voided, theirs) == ("status",)


@pytest.mark.parametrize("remote_id", [None, samples.ASSESSMENT])
@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"result": "competent"}, "result", "unknown_value"),
        ({"result": ""}, "result", "required"),
        ({"score": 101}, "score", "out_of_range"),
        ({"grade": "G"}, "grade", "unknown_value"),
        ({"skill_code": "x" * 31}, "skill_code", "too_long"),
        ({"assessed_on": date(2026, 3, 3)}, "assessed_on", "in_the_future"),
        ({"result": "exempt"}, "result", "exempt_with_score"),
    ],
)
def test_what_would_be_refused_of_a_result_is_found_beforehand(
    changed: Json, field: str, code: str, remote_id: str | None
) -> None:
    assert told(judge_result(result(remote_id=remote_id, **changed))) == [(field, code)]
