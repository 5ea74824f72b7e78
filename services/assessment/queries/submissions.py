"""The claim check: a result as TPGateway is to hold it, in clear. Only tpg-sync may ask."""

from uuid import UUID

from libs.contracts.submissions import AssessmentSubmission
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.privacy.personal import PersonalVault
from services.assessment.models.run import Run
from services.assessment.queries.assessments import get_assessment


async def assessment_submission(uow: UnitOfWork, assessment_id: UUID, vault: PersonalVault) -> AssessmentSubmission:
    """The result as it stands at its revision; NotFound for a draft, which is nobody's business yet.

    Raises Erased for a result of somebody who is.
    """
    assessment = await get_assessment(uow, assessment_id)
    await vault.hold_for([assessment.words_sealed])
    words = assessment.words(vault)
    if assessment.submitted_at is None or words.result is None:
        raise NotFound("assessment", assessment_id)
    run = await uow.get(Run, assessment.run_id)
    return AssessmentSubmission(
        assessment_id=assessment.id,
        revision=assessment.revision,
        status=assessment.status,
        enrolment_id=assessment.enrolment_id,
        run_id=assessment.run_id,
        course_reference=run.course_reference,
        skill_code=assessment.skill_code or None,
        result=words.result,
        score=words.score,
        grade=words.grade,
        assessed_on=assessment.assessed_on,
        remote_id=assessment.remote_id,
    )
