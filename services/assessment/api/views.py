"""Records as callers see them: results hidden where they must be."""

from collections.abc import Sequence
from typing import Any

from libs.access.principal import Principal
from libs.contracts.assessment import AssessmentStatus
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Erased
from libs.sources import singapore_day
from services.assessment.api.doors import sees_results
from services.assessment.models.assessment import Assessment
from services.assessment.models.enrolment import Enrolment, Rate, attended_enough
from services.assessment.models.proposal import Proposal
from services.assessment.models.revision import Revision
from services.assessment.models.rule import Rule
from services.assessment.models.run import Run
from services.assessment.models.words import Words, open_values, open_words
from services.assessment.queries.allowances import allowed_actions
from services.assessment.queries.assessments import open_proposal_of, overrides_of, standing_of
from services.assessment.queries.rules import rule_numbered, rule_on
from services.assessment.schemas.assessment import (
    AssessmentDetail,
    AssessmentSummary,
    Notice,
    OverrideView,
    ProposalView,
    RevisionView,
    SyncBlock,
)

HIDDEN = Words()


ERASED = Words()
"""In place of what somebody who is erased has reached."""


async def summaries(
    rows: Sequence[tuple[Assessment, Run]], caller: Principal, vault: PersonalVault
) -> list[AssessmentSummary]:
    """A page of a list; in those of people who are erased, `erased` says so and no result is told."""
    await vault.hold_for(each.words_sealed for each, _ in rows)
    clear = sees_results(caller)
    opened = [(each, run, _words(each, vault)) for each, run in rows]
    return [_summary(each, run, words, clear=clear) for each, run, words in opened]


def _words(assessment: Assessment, vault: PersonalVault) -> Words:
    try:
        return assessment.words(vault)
    except Erased:
        return ERASED


async def detail(uow: UnitOfWork, assessment: Assessment, caller: Principal, vault: PersonalVault) -> AssessmentDetail:
    """Everything the assessment's page shows, in a fixed number of queries."""
    run = await uow.get(Run, assessment.run_id)
    rule = await rule_numbered(uow, assessment.rule_number)
    today = singapore_day(uow.now())
    proposal = await open_proposal_of(uow, assessment.id)
    await vault.hold_for([assessment.words_sealed, proposal.values_sealed if proposal else None])
    words, clear = _words(assessment, vault), sees_results(caller)
    summary = _summary(assessment, run, words, clear=clear)
    own = AssessmentDetail.model_fields.keys() - AssessmentSummary.model_fields.keys()
    finalised = assessment.finalised_at
    return AssessmentDetail(
        **summary.model_dump(),
        **{name: getattr(assessment, name) for name in own & type(assessment).model_fields.keys()},
        amendable_until=rule.last_amend_day(singapore_day(finalised)) if finalised else None,
        sync=_sync_block(assessment),
        open_proposal=proposal_view(proposal, vault, clear=clear) if proposal else None,
        overrides=[OverrideView(**each.model_dump()) for each in await overrides_of(uow, assessment.id)],
        allowed_actions=allowed_actions(await standing_of(uow, assessment, rule, today), proposal, caller),
        warnings=await _notices(uow, assessment, run, words, clear=clear),
    )


def proposal_view(proposal: Proposal, vault: PersonalVault, *, clear: bool) -> ProposalView:
    """The caller has asked for the keys; of who is erased, nobody sees what was proposed."""
    values: dict[str, Any] | None = None
    if clear and proposal.values_sealed is not None:
        try:
            sent = open_values(proposal.values_sealed, vault, subject=proposal.id)
        except Erased:
            sent = {}
        values = {name: value for name, value in sent.items() if name != "reason"}
    plain = ProposalView.model_fields.keys() - {"values"}
    return ProposalView(values=values, **{name: getattr(proposal, name) for name in plain})


def revision_view(revision: Revision, vault: PersonalVault, *, clear: bool) -> RevisionView:
    """The caller has asked for the keys."""
    erased = False
    try:
        words = open_words(revision.words_sealed, vault, subject=revision.assessment_id)
    except Erased:
        words, erased = ERASED, True
    words = words if clear else HIDDEN
    plain = RevisionView.model_fields.keys() - {"result", "score", "grade", "skill_code", "erased"}
    return RevisionView(
        skill_code=revision.skill_code or None,
        result=words.result,
        score=words.score,
        grade=words.grade,
        erased=erased,
        **{name: getattr(revision, name) for name in plain},
    )


def _summary(assessment: Assessment, run: Run, words: Words, *, clear: bool) -> AssessmentSummary:
    erased, words = words is ERASED, words if clear else HIDDEN
    own = AssessmentSummary.model_fields.keys() & type(assessment).model_fields.keys() - {"skill_code"}
    return AssessmentSummary(
        course_reference=run.course_reference,
        skill_code=assessment.skill_code or None,
        result=words.result,
        score=words.score,
        grade=words.grade,
        erased=erased,
        **{name: getattr(assessment, name) for name in own},
    )


def _sync_block(assessment: Assessment) -> SyncBlock:
    return SyncBlock(
        state=assessment.sync_state,
        revision=assessment.revision,
        acked_revision=assessment.acked_revision,
        acked_at=assessment.acked_at,
        job_id=assessment.sync_job_id,
        error_code=assessment.sync_error_code,
        hints=assessment.sync_hints,
    )


async def _notices(uow: UnitOfWork, assessment: Assessment, run: Run, words: Words, *, clear: bool) -> list[Notice]:
    """What is worth a look; on a draft, also what stands in the way of finalising it."""
    found: list[Notice] = []
    if assessment.assessor_trains:
        found.append(Notice(code="assessor_is_trainer", message="Who assessed is also a trainer of this run."))
    if assessment.assessor_id is None:
        found.append(Notice(code="assessor_unknown", message="Nobody is named as who assessed.", field="assessor_id"))
    enrolment = await uow.get(Enrolment, assessment.enrolment_id)
    draft = assessment.status is AssessmentStatus.DRAFT
    if not enrolment.assessable:
        message = f"The enrolment is {enrolment.status}."
        found.append(Notice(code="not_assessable", message=message, blocks=draft))
    if draft:
        rule = await rule_on(uow, run.course_id, assessment.assessed_on)
        found += await _below(uow, assessment, rule)
        if clear:
            found += [
                Notice(code=each.code, message=each.message, field=each.field, blocks=True)
                for each in rule.findings(words)
            ]
    return found


async def _below(uow: UnitOfWork, assessment: Assessment, rule: Rule) -> list[Notice]:
    if attended_enough(await uow.find(Rate, assessment.enrolment_id), rule.min_attendance_pct):
        return []
    granted = bool(await overrides_of(uow, assessment.id))
    message = f"Less than {rule.min_attendance_pct} % of the sessions held was attended."
    return [Notice(code="below_attendance", message=message, blocks=not granted)]
