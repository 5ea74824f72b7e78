"""From a draft to a result that stands and is owed to TPGateway."""

from datetime import date
from uuid import UUID

from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from services.assessment.commands.holding import (
    Asker,
    Held,
    hold,
    own_vault,
    require_assessable,
    require_day,
    require_skill,
)
from services.assessment.commands.settling import settle
from services.assessment.errors import AlreadyAssessed, BelowAttendance, OwnOverride, RuleBroken
from services.assessment.models.assessment import Assessment
from services.assessment.models.enrolment import Rate, attended_enough
from services.assessment.models.lifecycle import AssessmentAction
from services.assessment.models.proposal import OverrideRule
from services.assessment.models.rule import Rule
from services.assessment.models.words import Words
from services.assessment.queries.assessments import attempts_at, overrides_of
from services.assessment.queries.rules import rule_on


async def finalise(
    uow: UnitOfWork, assessment_id: UUID, vault: PersonalVault, asker: Asker, *, version: int, reason: str | None = None
) -> Assessment:
    """Judge the draft by the rule of its day and let it stand.

    Raises RuleBroken where words and rule disagree, BelowAttendance without enough attendance or an override by
    somebody else.
    """
    held = await hold(uow, assessment_id, asker, version=version)
    return await finalise_held(held, vault, asker, reason=reason)


async def finalise_held(held: Held, vault: PersonalVault, asker: Asker, *, reason: str | None = None) -> Assessment:
    draft, uow = held.assessment, held.uow
    await held.require(AssessmentAction.FINALISE)
    require_assessable(held.enrolment)
    words = draft.words(await own_vault(held, vault))
    rule = await judged(held, words, skill_code=draft.skill_code, assessed_on=draft.assessed_on)
    await _require_no_pass(held)
    overridden = await _require_attendance(held, rule, asker)
    held.touch()
    event = draft.finalise(words, rule, now=uow.now(), by=asker.name, overridden=overridden, reason=reason)
    await settle(uow, draft, event, held.run)
    return draft


async def judged(held: Held, words: Words, *, skill_code: str, assessed_on: date) -> Rule:
    """The rule of the assessment's day, by which these words stand. Raises RuleBroken, WrongWords, UnknownReference."""
    run = held.run
    require_day(assessed_on, run, held.today)
    rule = await rule_on(held.uow, run.course_id, assessed_on)
    await require_skill(held.uow, skill_code, rule, run)
    findings = rule.findings(words)
    if findings:
        raise RuleBroken(findings)
    return rule


async def _require_no_pass(held: Held) -> None:
    """A pass ends re-assessment, also one that came by amending while the draft lay open."""
    draft = held.assessment
    for each in await attempts_at(held.uow, draft.enrolment_id, draft.skill_code):
        if each.effective and each.passed:
            raise AlreadyAssessed(each.id, each.status.value, allowed=("discard",))


async def _require_attendance(held: Held, rule: Rule, asker: Asker) -> bool:
    """Whether the rule had to be set aside."""
    rate = await held.uow.find(Rate, held.enrolment.id)
    if attended_enough(rate, rule.min_attendance_pct):
        return False
    grants = [
        each for each in await overrides_of(held.uow, held.assessment.id) if each.rule is OverrideRule.MIN_ATTENDANCE
    ]
    if not grants:
        raise BelowAttendance(rule.min_attendance_pct)
    if grants[0].granted_by == asker.name:
        raise OwnOverride(grants[0].id)
    return True
