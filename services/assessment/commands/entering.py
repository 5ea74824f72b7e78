"""Drafts: entered, changed, thrown away, and begun anew after a fail."""

from datetime import date
from typing import Any
from uuid import UUID

from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.sources import singapore_day
from services.assessment.commands.holding import (
    Asker,
    Held,
    assessor_for,
    code_of,
    hold,
    hold_enrolment,
    own_vault,
    require_assessable,
    require_day,
    require_override,
    require_skill,
)
from services.assessment.errors import AlreadyAssessed, AlreadyOverridden, MakeupOver
from services.assessment.models.assessment import Assessment
from services.assessment.models.enrolment import Enrolment
from services.assessment.models.lifecycle import AssessmentAction, taken_in
from services.assessment.models.proposal import Override, OverrideRule
from services.assessment.models.run import Run
from services.assessment.models.words import Words
from services.assessment.queries.assessments import attempts_at, standing_of
from services.assessment.queries.rules import rule_numbered, rule_on
from services.assessment.schemas.assessment import AssessmentPatch, AssessmentWish, ReassessWish


async def enter(uow: UnitOfWork, wish: AssessmentWish, vault: PersonalVault, asker: Asker) -> Assessment:
    """The first attempt, as a draft. Raises AlreadyAssessed when there is any record of the kind."""
    enrolment, run = await hold_enrolment(uow, wish.enrolment_id, asker)
    skill_code = code_of(wish.model_dump())
    await _require_first(uow, enrolment.id, skill_code)
    draft = await _draft(uow, enrolment, run, wish, vault, asker, skill_code=skill_code, attempt=1)
    uow.emit(draft.entered(None))
    return draft


async def change(
    uow: UnitOfWork, assessment_id: UUID, patch: AssessmentPatch, vault: PersonalVault, asker: Asker, *, version: int
) -> Assessment:
    """Change a draft's fields."""
    held = await hold(uow, assessment_id, asker, version=version)
    await held.require(AssessmentAction.CHANGE)
    return await redraft(held, patch.model_dump(exclude_unset=True), vault, asker)


async def redraft(held: Held, sent: dict[str, Any], vault: PersonalVault, asker: Asker) -> Assessment:
    """Set what was sent on a draft that is held; nothing happens when nothing differs."""
    draft, uow = held.assessment, held.uow
    plain = draft.plain()
    if "skill_code" in sent:
        plain["skill_code"] = code_of(sent)
    plain["assessed_on"] = sent.get("assessed_on", draft.assessed_on)
    if "assessor_id" in sent:
        who = await assessor_for(uow, held.run, sent["assessor_id"], asker)
        plain["assessor_id"], draft.assessor_trains = who["assessor_id"], who["assessor_trains"]
    require_day(plain["assessed_on"], held.run, held.today)
    rule = await rule_on(uow, held.run.course_id, plain["assessed_on"])
    await require_skill(uow, plain["skill_code"], rule, held.run)
    if plain["skill_code"] != draft.skill_code:
        await _require_first(uow, draft.enrolment_id, plain["skill_code"])
    if draft.attempt > 1 and not draft.late_override:
        _require_in_time(plain["assessed_on"], held.run, rule.makeup_days)
    own = await own_vault(held, vault)
    event = draft.redraft(plain, draft.words(own).with_values(sent), own, rule)
    if event is not None:
        held.touch()
        uow.emit(event)
        await uow.session.flush()
    return draft


async def discard(uow: UnitOfWork, assessment_id: UUID, reason: str | None, asker: Asker, *, version: int) -> None:
    """Throw a draft away; the event is what remains of it."""
    held = await hold(uow, assessment_id, asker, version=version)
    await held.require(AssessmentAction.DISCARD)
    uow.emit(held.assessment.discarded(reason))
    await uow.session.delete(held.assessment)


async def reassess(
    uow: UnitOfWork, assessment_id: UUID, wish: ReassessWish, vault: PersonalVault, asker: Asker, *, version: int | None
) -> Assessment:
    """The next attempt as a new draft, which is returned. After the time for make-ups only by override."""
    held = await hold(uow, assessment_id, asker, version=version)
    await held.require(AssessmentAction.REASSESS)
    before, run = held.assessment, held.run
    rule = await rule_on(uow, run.course_id, wish.assessed_on)
    if wish.override:
        require_override(OverrideRule.MAKEUP_WINDOW, wish.reason, asker)
    else:
        _require_in_time(wish.assessed_on, run, rule.makeup_days)
    draft = await _draft(
        uow,
        held.enrolment,
        run,
        wish,
        vault,
        asker,
        skill_code=before.skill_code,
        attempt=before.attempt + 1,
        late_override=wish.override,
    )
    uow.emit(draft.entered(wish.reason))
    if wish.override and wish.reason is not None:
        grant = _grant(uow, draft, OverrideRule.MAKEUP_WINDOW, wish.reason, asker)
        uow.emit(draft.override(grant.id, grant.rule, wish.reason))
    return draft


async def override(uow: UnitOfWork, assessment_id: UUID, reason: str, asker: Asker, *, version: int) -> Assessment:
    """Set minimum attendance aside for this draft; somebody else finalises it. Repeating it replaces nothing."""
    held = await hold(uow, assessment_id, asker, version=version)
    await held.require(AssessmentAction.OVERRIDE)
    require_override(OverrideRule.MIN_ATTENDANCE, reason, asker)
    duplicate = AlreadyOverridden(assessment_id)
    held.touch()
    async with refusing(uow, {"rule_override_once_key": duplicate}):
        grant = _grant(uow, held.assessment, OverrideRule.MIN_ATTENDANCE, reason, asker)
    uow.emit(held.assessment.override(grant.id, grant.rule, reason))
    return held.assessment


def _grant(uow: UnitOfWork, draft: Assessment, rule: OverrideRule, reason: str, asker: Asker) -> Override:
    grant = Override(
        id=uow.new_id(),
        assessment_id=draft.id,
        rule=rule,
        reason=reason,
        granted_by=asker.name,
        granted_at=uow.now(),
    )
    uow.add(grant)
    return grant


async def _draft(
    uow: UnitOfWork,
    enrolment: Enrolment,
    run: Run,
    wish: AssessmentWish | ReassessWish,
    vault: PersonalVault,
    asker: Asker,
    *,
    skill_code: str,
    attempt: int,
    late_override: bool = False,
) -> Assessment:
    require_assessable(enrolment)
    require_day(wish.assessed_on, run, singapore_day(uow.now()))
    rule = await rule_on(uow, run.course_id, wish.assessed_on)
    await require_skill(uow, skill_code, rule, run)
    born, own = lineage(uow), await vault.of(enrolment.trainee_id)
    draft = Assessment(
        **born,
        **await assessor_for(uow, run, wish.assessor_id, asker),
        enrolment_id=enrolment.id,
        run_id=run.id,
        skill_code=skill_code,
        attempt=attempt,
        words_sealed=Words(wish.result, wish.score, wish.grade).seal(own, subject=born["id"]),
        assessed_on=wish.assessed_on,
        rule_number=rule.number,
        late_override=late_override,
    )
    uow.add(draft)
    await uow.session.flush()  # the enrolment is held, so nobody else enters one of the kind
    return draft


async def _require_first(uow: UnitOfWork, enrolment_id: UUID, skill_code: str) -> None:
    """Raise AlreadyAssessed, naming what can be done with the newest record of the kind instead."""
    attempts = await attempts_at(uow, enrolment_id, skill_code)
    if not attempts:
        return
    newest = attempts[0]
    rule = await rule_numbered(uow, newest.rule_number)
    standing = await standing_of(uow, newest, rule, singapore_day(uow.now()))
    raise AlreadyAssessed(newest.id, newest.status.value, allowed=taken_in(standing))


def _require_in_time(assessed_on: date, run: Run, makeup_days: int) -> None:
    last_day = run.last_makeup_day(makeup_days)
    if assessed_on > last_day:
        raise MakeupOver(last_day)
