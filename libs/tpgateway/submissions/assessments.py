"""A result in our words -> what TPGateway wants to hear: create, update, void; and how to find it again.

Every function is pure. Requests hold personal data: encrypt, never log.
"""

from typing import Any, Final

from libs.contracts.assessment import AssessmentStatus
from libs.contracts.submissions import AssessmentSubmission, TraineePart
from libs.tpgateway.assessments.normal import normal_request
from libs.tpgateway.assessments.requests import (
    AssessedTrainee,
    AssessmentChange,
    CreateAssessment,
    EnrolmentReference,
    NewAssessment,
    Renamed,
    SearchAssessments,
    SoughtAssessment,
    SoughtTrainee,
    UpdateAssessment,
    VoidAssessment,
)
from libs.tpgateway.comparing import NormalRecord
from libs.tpgateway.submissions.people import id_number
from libs.tpgateway.tpg_family.parts import CourseReference, Partner
from libs.tpgateway.tpg_family.search import OLDEST_FIRST, Parameters

RESULTS: Final = {"pass": "Pass", "fail": "Fail", "exempt": "Exempt"}


def create_assessment(
    submission: AssessmentSubmission, trainee: TraineePart, *, run_id: str, uen: str, tp_code: str
) -> CreateAssessment:
    """Tell the result. The conferring institute is left out, for it is the training partner then."""
    assessment = NewAssessment(
        training_partner=Partner(uen=uen, code=tp_code),
        course=CourseReference.of_run(run_id, submission.course_reference),
        trainee=AssessedTrainee(id=id_number(trainee), id_type=trainee.id_type, full_name=trainee.full_name),
        **_outcome(submission),
    )
    return CreateAssessment(assessment=assessment)


def update_assessment(submission: AssessmentSubmission, trainee: TraineePart) -> UpdateAssessment:
    """Bring result, score, grade, day, skill code and the spelling of the name to this state."""
    change = AssessmentChange(trainee=Renamed(full_name=trainee.full_name), **_outcome(submission))
    return UpdateAssessment(assessment=change)


def void_assessment() -> VoidAssessment:
    return VoidAssessment()


def normal_assessment(
    submission: AssessmentSubmission, trainee: TraineePart, *, run_id: str, uen: str, tp_code: str
) -> NormalRecord:
    """The result as TPGateway should show it by now, to compare with `assessments.normal.normal_view`."""
    request = create_assessment(submission, trainee, run_id=run_id, uen=uen, tp_code=tp_code)
    return normal_request(request, voided=submission.status == AssessmentStatus.VOIDED)


def search_assessments(
    *,
    uen: str,
    tp_code: str,
    run_id: str | None = None,
    course_reference: str | None = None,
    trainee_id: str | None = None,
    enrolment_reference: str | None = None,
    page: int,
    page_size: int,
) -> SearchAssessments:
    """Ours that are like this, oldest first. `trainee_id` is the person's identity number; pages count from 0."""
    sought = SoughtAssessment(
        course=CourseReference.of_run(run_id, course_reference),
        trainee=SoughtTrainee(id=trainee_id),
        enrolment=EnrolmentReference(reference_number=enrolment_reference),
        training_partner=Partner(uen=uen, code=tp_code),
    )
    return SearchAssessments(
        assessments=sought, sort_by=OLDEST_FIRST, parameters=Parameters(page=page, page_size=page_size)
    )


def _outcome(submission: AssessmentSubmission) -> dict[str, Any]:
    return {
        "result": RESULTS.get(submission.result.strip().casefold(), submission.result),
        "grade": submission.grade or None,
        "score": submission.score,
        "assessment_date": submission.assessed_on,
        "skill_code": submission.skill_code or None,
    }
