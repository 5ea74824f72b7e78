"""What follows from a result: which attempt counts, what its revision said, how the enrolment stands, certificates."""

from uuid import UUID

from libs.contracts.assessment import AssessmentAmended, AssessmentEvent, AssessmentFinalised, AssessmentStatus
from libs.database.unit_of_work import UnitOfWork
from libs.telemetry.context import current
from services.assessment.commands.certificates import issue_for, revoke_standing
from services.assessment.models.assessment import Assessment
from services.assessment.models.outcome import Outcome, judge_outcome
from services.assessment.models.revision import Revision, RevisionKind
from services.assessment.models.run import Run
from services.assessment.queries.assessments import attempts_at, effective_of
from services.assessment.queries.rules import rule_on


async def settle(uow: UnitOfWork, assessment: Assessment, event: AssessmentEvent, run: Run, *skills: str) -> None:
    """After a result was finalised, amended or voided: `skills` are those whose counting result may be another now."""
    keep_revision(uow, assessment, event)
    for skill in sorted({assessment.skill_code, *skills}):
        await settle_effective(uow, assessment.enrolment_id, skill)
    uow.emit(event)
    await settle_outcome(uow, assessment.enrolment_id, run)


async def settle_effective(uow: UnitOfWork, enrolment_id: UUID, skill_code: str) -> None:
    """The newest final attempt counts, and no other: also for the database at every moment."""
    await uow.session.flush()
    attempts = await attempts_at(uow, enrolment_id, skill_code)
    counting = next((each for each in attempts if each.status is AssessmentStatus.FINAL), None)
    for each in attempts:
        if each is not counting:
            each.effective = False
    await uow.session.flush()
    if counting is not None:
        counting.effective = True
        await uow.session.flush()


async def settle_outcome(uow: UnitOfWork, enrolment_id: UUID, run: Run) -> None:
    """Judge over all required skills; tell it, and let certificates follow, only when it says something new."""
    rule = await rule_on(uow, run.course_id, run.start_on)
    now = judge_outcome(rule.required, await effective_of(uow, enrolment_id))
    outcome = await uow.find(Outcome, enrolment_id)
    if outcome is None:
        outcome = Outcome(enrolment_id=enrolment_id, run_id=run.id)
        uow.add(outcome)
    was_passed = outcome.passed
    event = outcome.follow(now)
    await uow.session.flush()
    if event is None:
        return
    uow.emit(event)
    if outcome.passed and rule.auto_certificate:
        await issue_for(uow, outcome, run)
    if was_passed and not outcome.passed:
        await revoke_standing(uow, enrolment_id, "what it certified is no longer passed")


def keep_revision(uow: UnitOfWork, assessment: Assessment, event: AssessmentEvent) -> None:
    """What the result says now, who made it so, and why."""
    context = current()
    uow.add(
        Revision(
            assessment_id=assessment.id,
            number=assessment.revision,
            kind=_kind_of(event),
            skill_code=assessment.skill_code,
            assessed_on=assessment.assessed_on,
            words_sealed=assessment.words_sealed,
            rule_number=assessment.rule_number,
            fields=[each.field for each in event.changes],
            reason=event.reason,
            proposal_id=event.proposal_id if isinstance(event, AssessmentAmended) else None,
            made_at=uow.now(),
            made_by=context.actor_id,
            made_as=context.actor_role,
        )
    )


def _kind_of(event: AssessmentEvent) -> RevisionKind:
    if isinstance(event, AssessmentFinalised):
        return RevisionKind.FINALISED
    return RevisionKind.AMENDED if isinstance(event, AssessmentAmended) else RevisionKind.VOIDED
