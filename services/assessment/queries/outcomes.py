"""How enrolments stand over all skills their course asks for."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.assessment.models.assessment import Assessment
from services.assessment.models.certificate import Certificate, CertificateStatus
from services.assessment.models.enrolment import Enrolment, Rate, attended_enough
from services.assessment.models.outcome import judge_outcome
from services.assessment.models.rule import Rule
from services.assessment.models.run import Run
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
    enrolment, run = row
    return (await _views(uow, [enrolment], run))[0]


async def outcomes_of_run(
    uow: UnitOfWork, run_id: UUID, *, after: UUID | None, limit: int, only_user: UUID | None
) -> list[OutcomeView]:
    """Everybody ever enrolled on the run, by id; NotFound for a run that is not there or not the caller's."""
    wanted = select(Run).where(col(Run.id) == run_id)
    if only_user is not None:
        wanted = wanted.where(assessed_by(only_user, Run.id))
    run = (await uow.session.scalars(wanted)).one_or_none()
    if run is None:
        raise NotFound("course run", run_id)
    people = select(Enrolment).where(col(Enrolment.run_id) == run_id).order_by(col(Enrolment.id)).limit(limit)
    if after is not None:
        people = people.where(col(Enrolment.id) > after)
    return await _views(uow, list(await uow.session.scalars(people)), run)


async def _views(uow: UnitOfWork, people: list[Enrolment], run: Run) -> list[OutcomeView]:
    """In a fixed number of queries, however many there are."""
    rule = await rule_on(uow, run.course_id, run.start_on)
    ids = [each.id for each in people]
    counting = await _counting(uow, ids)
    rates = {
        each.enrolment_id: each
        for each in await uow.session.scalars(select(Rate).where(col(Rate.enrolment_id).in_(ids)))
    }
    certified = await _certificates(uow, ids)
    return [_view(each, rule, counting.get(each.id, {}), rates.get(each.id), certified.get(each.id)) for each in people]


def _view(
    enrolment: Enrolment, rule: Rule, effective: Mapping[str, bool], rate: Rate | None, certificate_id: UUID | None
) -> OutcomeView:
    now = judge_outcome(rule.required, effective)
    return OutcomeView(
        enrolment_id=enrolment.id,
        run_id=enrolment.run_id,
        enrolment_status=enrolment.status,
        assessable=enrolment.assessable,
        attended_enough=attended_enough(rate, rule.min_attendance_pct),
        decided=now.decided,
        passed=now.passed,
        required=list(rule.required),
        missing=[skill for skill in rule.required if skill not in effective],
        failed=[skill for skill in rule.required if effective.get(skill) is False],
        certificate_id=certificate_id,
    )


async def _counting(uow: UnitOfWork, enrolment_ids: Iterable[UUID]) -> dict[UUID, dict[str, bool]]:
    wanted = select(col(Assessment.enrolment_id), col(Assessment.skill_code), col(Assessment.passed)).where(
        col(Assessment.enrolment_id).in_(enrolment_ids), col(Assessment.effective)
    )
    found: dict[UUID, dict[str, bool]] = {}
    for enrolment_id, skill, passed in await uow.session.execute(wanted):
        found.setdefault(enrolment_id, {})[skill] = bool(passed)
    return found


async def _certificates(uow: UnitOfWork, enrolment_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    wanted = select(col(Certificate.enrolment_id), col(Certificate.id)).where(
        col(Certificate.enrolment_id).in_(enrolment_ids), col(Certificate.status) == CertificateStatus.VALID
    )
    return {row[0]: row[1] for row in await uow.session.execute(wanted)}
