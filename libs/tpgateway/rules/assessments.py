"""What TPGateway would refuse about results: creating, updating, voiding, searching; all at once.

    judge_create(request, now=clock.now(), ruleset=ruleset_on(singapore_day(clock.now())))

A request may be the typed one or a JSON body. Whether the person is enrolled and the skill is the course's is not in
a request and not judged.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from libs.sources import singapore_day
from libs.tpgateway.assessments.requests import (
    AssessedTrainee,
    CreateAssessment,
    NewAssessment,
    Outcome,
    SearchAssessments,
    UpdateAssessment,
    VoidAssessment,
)
from libs.tpgateway.operations import SEARCH_ASSESSMENTS
from libs.tpgateway.rules import shape
from libs.tpgateway.rules.fields import judge_fields
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.identities import judge_named_identity
from libs.tpgateway.rules.partners import judge_partner
from libs.tpgateway.rules.ruleset import RuleSet
from libs.tpgateway.rules.searching import judge_frame

Body = Mapping[str, Any]
_AT = "assessment"
_SOUGHT = "assessments"
_EXEMPT = "Exempt"


def judge_create(
    request: CreateAssessment | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    """A result that is to be told."""
    read, findings = shape.read(CreateAssessment, request)
    if read is not None:
        findings += judge_fields(read.assessment.body(), _AT, "new_assessment", frozenset(), ruleset)
        findings += _new(read.assessment, caller_uen)
        findings += _outcome(read.assessment, singapore_day(now))
    return ruleset.graded(findings)


def judge_update(
    request: UpdateAssessment | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    """Another result; what is absent is judged as staying what it is."""
    del caller_uen  # part of the promise: a change names no provider, yet
    read, findings = shape.read(UpdateAssessment, request)
    if read is not None:
        body = read.assessment.body()
        findings += judge_fields(body, _AT, "assessment_change", frozenset(), ruleset)
        findings += _outcome(read.assessment, singapore_day(now))
        if not body.keys() - {"action"}:
            message = "The change names nothing that is to change."
            findings.append(Finding(_AT, "nothing_changes", message, "Name what is to change, or send nothing."))
    return ruleset.graded(findings)


def judge_void(
    request: VoidAssessment | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    del now, caller_uen  # part of the promise, as above
    _, findings = shape.read(VoidAssessment, request)
    return ruleset.graded(findings)


def judge_search(
    request: SearchAssessments | Body, *, now: datetime, ruleset: RuleSet, caller_uen: str | None = None
) -> list[Finding]:
    del now  # part of the promise, as above
    read, findings = shape.read(SearchAssessments, request)
    if read is not None:
        findings += judge_fields(read.assessments.body(), _SOUGHT, "sought_assessment", frozenset(), ruleset)
        findings += judge_partner(read.assessments.training_partner, f"{_SOUGHT}.trainingPartner", caller_uen)
        findings += judge_frame(read, SEARCH_ASSESSMENTS, "assessment_search", ruleset)
    return ruleset.graded(findings)


def _new(assessment: NewAssessment, caller_uen: str | None) -> Iterator[Finding]:
    yield from judge_partner(assessment.training_partner, f"{_AT}.trainingPartner", caller_uen)
    trainee = assessment.trainee or AssessedTrainee()
    yield from judge_named_identity(trainee.id, trainee.id_type, f"{_AT}.trainee.id", f"{_AT}.trainee.idType")


def _outcome(outcome: Outcome, today: date) -> Iterator[Finding]:
    if outcome.assessment_date is not None and outcome.assessment_date > today:
        message = "Nothing is assessed on a day to come."
        yield Finding(f"{_AT}.assessmentDate", "in_the_future", message, f"Choose {today} or earlier.")
    if outcome.result == _EXEMPT and (outcome.score is not None or outcome.grade):
        message = "Somebody exempted was not assessed, and has neither score nor grade."
        yield Finding(f"{_AT}.result", "exempt_with_score", message, "Leave score and grade out.")
