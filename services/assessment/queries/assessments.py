"""Assessments: one, many as a list, and those a command is about to move; always within what the caller may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from libs.contracts.assessment import AssessmentStatus
from libs.contracts.tpg_sync import SyncState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.assessment.models.assessment import Assessment
from services.assessment.models.enrolment import ASSESSABLE, Enrolment
from services.assessment.models.lifecycle import Standing
from services.assessment.models.proposal import Override, Proposal, ProposalStatus
from services.assessment.models.revision import Revision
from services.assessment.models.rule import Rule
from services.assessment.models.run import Run
from services.assessment.queries.runs import assessed_by


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentFilter:
    """What narrows a list; `only_user` is the account whose own runs alone may be seen."""

    run_id: UUID | None = None
    enrolment_id: UUID | None = None
    assessor_id: UUID | None = None
    statuses: Sequence[AssessmentStatus] = ()
    sync_states: Sequence[SyncState] = ()
    skill_code: str | None = None
    effective: bool | None = None
    waiting: bool | None = None
    from_on: date | None = None
    to_on: date | None = None
    remote_id: str | None = None
    only_user: UUID | None = None


async def get_assessment(uow: UnitOfWork, assessment_id: UUID, *, only_user: UUID | None = None) -> Assessment:
    """One assessment; NotFound when it is not there or not on a run the caller assesses."""
    wanted = select(Assessment).where(col(Assessment.id) == assessment_id)
    if only_user is not None:
        wanted = wanted.where(assessed_by(only_user, Assessment.run_id))
    found = (await uow.session.scalars(wanted)).one_or_none()
    if found is None:
        raise NotFound("assessment", assessment_id)
    return found


async def lock_assessment(uow: UnitOfWork, assessment_id: UUID) -> Assessment:
    wanted = select(Assessment).where(col(Assessment.id) == assessment_id)
    found = (await uow.session.scalars(_locked(wanted))).one_or_none()
    if found is None:
        raise NotFound("assessment", assessment_id)
    return found


async def lock_enrolments(
    uow: UnitOfWork, enrolment_ids: Iterable[UUID], *, only_user: UUID | None = None
) -> dict[UUID, Enrolment]:
    """Enrolments the caller may assess, locked in the order of their ids: everything about their results waits here."""
    wanted = select(Enrolment).where(col(Enrolment.id).in_(sorted(enrolment_ids))).order_by(col(Enrolment.id))
    if only_user is not None:
        wanted = wanted.where(assessed_by(only_user, Enrolment.run_id))
    locking = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {each.id: each for each in await uow.session.scalars(locking)}


async def attempts_at(uow: UnitOfWork, enrolment_id: UUID, skill_code: str) -> list[Assessment]:
    """Every attempt of one person at one skill, the newest first."""
    wanted = (
        select(Assessment)
        .where(col(Assessment.enrolment_id) == enrolment_id, col(Assessment.skill_code) == skill_code)
        .order_by(col(Assessment.attempt).desc())
    )
    return list(await uow.session.scalars(wanted))


async def standing_of(uow: UnitOfWork, assessment: Assessment, rule: Rule, today: date) -> Standing:
    """All that decides which actions it takes."""
    others = await attempts_at(uow, assessment.enrolment_id, assessment.skill_code)
    newest = others[0].id == assessment.id
    passed = any(each.effective and each.passed for each in others)
    open_proposal = await open_proposal_of(uow, assessment.id)
    return Standing(
        assessment.status,
        open_proposal=open_proposal is not None,
        amendable=assessment.amendable(rule, today),
        repeatable=newest and not passed and assessment.status is not AssessmentStatus.DRAFT,
    )


async def effective_of(uow: UnitOfWork, enrolment_id: UUID) -> dict[str, bool]:
    """Which skills have a result that counts, and whether it is a pass."""
    wanted = select(col(Assessment.skill_code), col(Assessment.passed)).where(
        col(Assessment.enrolment_id) == enrolment_id, col(Assessment.effective)
    )
    return {skill: bool(passed) for skill, passed in await uow.session.execute(wanted)}


async def enrolments_with_results(uow: UnitOfWork, course_id: UUID, since: date) -> list[UUID]:
    """Whose outcome may change with the rule for runs of this course that start on this day or later."""
    wanted = (
        select(col(Assessment.enrolment_id))
        .join(Run, col(Run.id) == col(Assessment.run_id))
        .where(col(Run.course_id) == course_id, col(Run.start_on) >= since, col(Assessment.effective))
        .distinct()
    )
    return sorted(await uow.session.scalars(wanted))


async def open_proposal_of(uow: UnitOfWork, assessment_id: UUID) -> Proposal | None:
    wanted = select(Proposal).where(
        col(Proposal.assessment_id) == assessment_id, col(Proposal.status) == ProposalStatus.OPEN
    )
    return (await uow.session.scalars(wanted)).one_or_none()


async def proposals_of(uow: UnitOfWork, assessment_id: UUID) -> list[Proposal]:
    """All there ever were, the newest first."""
    wanted = select(Proposal).where(col(Proposal.assessment_id) == assessment_id).order_by(col(Proposal.id).desc())
    return list(await uow.session.scalars(wanted))


async def overrides_of(uow: UnitOfWork, assessment_id: UUID) -> list[Override]:
    wanted = select(Override).where(col(Override.assessment_id) == assessment_id).order_by(col(Override.id))
    return list(await uow.session.scalars(wanted))


async def revisions_of(uow: UnitOfWork, assessment_id: UUID) -> list[Revision]:
    wanted = select(Revision).where(col(Revision.assessment_id) == assessment_id).order_by(col(Revision.number))
    return list(await uow.session.scalars(wanted))


async def list_assessments(
    uow: UnitOfWork, wanted: AssessmentFilter, *, after: UUID | None, limit: int
) -> list[tuple[Assessment, Run]]:
    """Assessments with their runs, newest first."""
    query = _narrowed(select(Assessment, Run).join(Run, col(Run.id) == col(Assessment.run_id)), wanted)
    if after is not None:
        query = query.where(col(Assessment.id) < after)
    rows = await uow.session.execute(query.order_by(col(Assessment.id).desc()).limit(limit))
    return [(assessment, run) for assessment, run in rows]


async def unvoided_of(uow: UnitOfWork, enrolment_id: UUID) -> list[Assessment]:
    """Results of one person, what counts after what does not, so that nothing else counts in between; drafts last."""
    draft = col(Assessment.status) == AssessmentStatus.DRAFT
    wanted = (
        select(Assessment)
        .where(col(Assessment.enrolment_id) == enrolment_id, col(Assessment.status) != AssessmentStatus.VOIDED)
        .order_by(col(Assessment.skill_code), draft, col(Assessment.effective), col(Assessment.attempt))
    )
    return list(await uow.session.scalars(_locked(wanted)))


async def next_replaced(uow: UnitOfWork) -> tuple[UUID, UUID] | None:
    """An enrolment that was replaced while it had results, and its successor that has the place now."""
    wanted = (
        select(col(Enrolment.replaces), col(Enrolment.id))
        .join(Assessment, col(Assessment.enrolment_id) == col(Enrolment.replaces))
        .where(col(Enrolment.status).in_(sorted(ASSESSABLE)), col(Assessment.status) != AssessmentStatus.VOIDED)
        .limit(1)
    )
    row = (await uow.session.execute(wanted)).one_or_none()
    return None if row is None or row[0] is None else (row[0], row[1])


async def skills_entered(uow: UnitOfWork, enrolment_id: UUID) -> set[str]:
    """The skills for which there is any record of this person."""
    wanted = select(col(Assessment.skill_code)).where(col(Assessment.enrolment_id) == enrolment_id)
    return set(await uow.session.scalars(wanted))


def _locked(wanted: Select[Assessment]) -> Select[Assessment]:
    return wanted.with_for_update(key_share=True).execution_options(populate_existing=True)


def _narrowed(query: Select[Assessment, Run], wanted: AssessmentFilter) -> Select[Assessment, Run]:
    for column, value in (
        (Assessment.run_id, wanted.run_id),
        (Assessment.enrolment_id, wanted.enrolment_id),
        (Assessment.assessor_id, wanted.assessor_id),
        (Assessment.skill_code, wanted.skill_code),
        (Assessment.effective, wanted.effective),
        (Assessment.remote_id, wanted.remote_id),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    for column, values in ((Assessment.status, wanted.statuses), (Assessment.sync_state, wanted.sync_states)):
        if values:
            query = query.where(col(column).in_(values))
    if wanted.waiting is not None:
        waits = (
            select(col(Proposal.id))
            .where(col(Proposal.assessment_id) == col(Assessment.id), col(Proposal.status) == ProposalStatus.OPEN)
            .exists()
        )
        query = query.where(waits if wanted.waiting else ~waits)
    if wanted.from_on:
        query = query.where(col(Assessment.assessed_on) >= wanted.from_on)
    if wanted.to_on:
        query = query.where(col(Assessment.assessed_on) <= wanted.to_on)
    if wanted.only_user:
        query = query.where(assessed_by(wanted.only_user, Assessment.run_id))
    return query
