"""A result in the form in which ours and TPGateway's can be compared.

Left out on purpose: stamps, titles, and the enrolment TPGateway links by itself.
"""

from collections.abc import Mapping
from typing import Final

from libs.tpgateway.assessments.replies import AssessmentView
from libs.tpgateway.assessments.requests import CreateAssessment
from libs.tpgateway.comparing import Kind, NormalRecord, differing, normal_record
from libs.tpgateway.normalising import normal_id
from libs.tpgateway.tpg_family.normal import PLACES, normal_course, normal_partner

STANDING, VOID = "standing", "void"

KIND_OF: Final[Mapping[str, Kind]] = {
    "status": Kind.STATUS,
    **dict.fromkeys(PLACES, Kind.PLACE),
    "trainee.id": Kind.IDENTITY,
    "trainee.idType": Kind.IDENTITY,
    "trainee.fullName": Kind.IDENTITY,
    "result": Kind.RESULT,
    "score": Kind.RESULT,
    "grade": Kind.RESULT,
    "assessmentDate": Kind.RESULT,
    "skillCode": Kind.RESULT,
}
"""Every field that is compared. An update mends results and the spelling of the name; the rest needs a new record."""


def normal_request(request: CreateAssessment, *, voided: bool = False) -> NormalRecord:
    """The record as TPGateway will show it once it took the request, or voided it later."""
    assessment = request.assessment
    trainee = assessment.trainee
    return normal_record(
        {
            "status": VOID if voided else STANDING,
            **normal_partner(assessment.training_partner),
            **normal_course(assessment.course),
            "trainee.id": normal_id(trainee.id) if trainee and trainee.id else None,
            "trainee.idType": trainee.id_type if trainee else None,
            "trainee.fullName": trainee.full_name if trainee else None,
            "result": None if voided else assessment.result,
            "score": assessment.score,
            "grade": assessment.grade,
            "assessmentDate": assessment.assessment_date,
            "skillCode": assessment.skill_code,
        }
    )


def normal_view(view: AssessmentView) -> NormalRecord:
    """A record as TPGateway shows it, alone or in a list. Without a skill code it has none; the rest is untold."""
    trainee = view.trainee
    return normal_record(
        {
            "status": _status(view),
            **normal_partner(view.partner),
            **normal_course(view.course),
            "trainee.id": normal_id(trainee.id) if trainee and trainee.id else None,
            "trainee.idType": trainee.id_type if trainee else None,
            "trainee.fullName": trainee.full_name if trainee else None,
            "result": None if view.is_void else view.result,
            "score": view.score,
            "grade": view.grade,
            "assessmentDate": view.assessment_date,
            "skillCode": view.skill_code or "",
        }
    )


def differences(ours: NormalRecord, theirs: NormalRecord) -> tuple[str, ...]:
    """The names of the fields told differently, every one of them in `KIND_OF`; never a value."""
    return differing(ours, theirs)


def _status(view: AssessmentView) -> str | None:
    if view.result is None:
        return None
    return VOID if view.is_void else STANDING
