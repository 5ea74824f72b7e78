"""How an enrolment stands over all skills its course asks for."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.assessment.models.enrolment import Enrolment
from services.assessment.models.outcome import judge_outcome
from services.assessment.models.run import Run
from services.assessment.queries.assessments import effective_of
from services.assessment.queries.rules import rule_on
from services.assessment.queries.runs import assessed_by
from services.assessment.schemas.assessment import OutcomeView


async def outcome_view(uow: UnitOfWork, enrolment_id: UUID, *, only_user: UUID | None) -> OutcomeView:
    """As it stands now; NotFound for an enrolment that is not there or not on a run the caller assesses."""
    wanted = select(Enrolment, Run).join(Run, col(Run.id) == col(Enrolment.run_id))
    wanted = wanted.where(col(Enrolment.id) == enrolment_id)
    if only_user is not None:
        wanted = wanted.where(assessed_by(only_user, Enrolment.run_id))
    row = (await uow.session.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound("enrolment", enrolment_id)
    _, run = row
    rule = await rule_on(uow, run.course_id, run.start_on)
    effective = await effective_of(uow, enrolment_id)
    now = judge_outcome(rule.required, effective)
    return OutcomeView(
        enrolment_id=enrolment_id,
        run_id=run.id,
        decided=now.decided,
        passed=now.passed,
        required=list(rule.required),
        missing=[skill for skill in rule.required if skill not in effective],
        failed=[skill for skill in rule.required if effective.get(skill) is False],
    )
