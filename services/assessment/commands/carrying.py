"""When an enrolment is replaced (its person's identity was corrected), the results follow the person.

TPGateway cannot move a result to another person's number: it is voided there and created anew, as the enrolment was.
"""

from libs.contracts.assessment import AssessmentStatus
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.telemetry.context import current
from services.assessment.commands.settling import settle
from services.assessment.models.assessment import Assessment
from services.assessment.models.enrolment import Enrolment
from services.assessment.models.run import Run
from services.assessment.queries.assessments import lock_enrolments, next_replaced, skills_entered, unvoided_of
from services.assessment.queries.rules import rule_numbered

WHY = "the enrolment was replaced"
CARRIED = ("run_id", "skill_code", "attempt", "assessed_on", "assessor_id", "assessor_trains", "late_override")


async def carry_next(uow: UnitOfWork, vault: PersonalVault) -> bool:
    """Carry the results of one replaced enrolment over; False when there is none. Any number of replicas may do it."""
    pair = await next_replaced(uow)
    if pair is None:
        return False
    old_id, new_id = pair
    new = (await lock_enrolments(uow, pair))[new_id]
    run, taken = await uow.get(Run, new.run_id), await skills_entered(uow, new_id)
    results = await unvoided_of(uow, old_id)
    await vault.hold_for(result.words_sealed for result in results)
    for result in results:
        wanted = result.skill_code not in taken  # else somebody has entered it for the successor already
        if result.status is AssessmentStatus.DRAFT:
            await _carry_draft(uow, result, new, vault, wanted=wanted)
        else:
            await _carry_result(uow, result, new, run, vault, wanted=wanted)
    return True


async def _carry_draft(
    uow: UnitOfWork, draft: Assessment, new: Enrolment, vault: PersonalVault, *, wanted: bool
) -> None:
    uow.emit(draft.discarded(WHY))
    await uow.session.delete(draft)
    await uow.session.flush()
    if wanted:
        uow.emit((await _copy(uow, draft, new, vault)).entered(WHY))


async def _carry_result(
    uow: UnitOfWork, result: Assessment, new: Enrolment, run: Run, vault: PersonalVault, *, wanted: bool
) -> None:
    """Void it where it was; what counted counts for the successor, under the same rule and in the same amend window."""
    counted = wanted and result.effective
    result.touch(uow)
    event = result.void(now=uow.now(), by=current().actor_id, reason=WHY)
    await settle(uow, result, event, run)
    if not counted:
        return
    copy = await _copy(uow, result, new, vault)
    told = copy.finalise(
        copy.words(await vault.of(new.trainee_id)),
        await rule_numbered(uow, result.rule_number),
        now=uow.now(),
        by=result.finalised_by or current().actor_id,
        overridden=result.overridden,
        reason=WHY,
    )
    copy.finalised_at = result.finalised_at
    await settle(uow, copy, told, run)


async def _copy(uow: UnitOfWork, result: Assessment, new: Enrolment, vault: PersonalVault) -> Assessment:
    """The same as a draft of the successor's."""
    born, own = lineage(uow), await vault.of(new.trainee_id)
    copy = Assessment(
        **born,
        **{name: getattr(result, name) for name in CARRIED},
        enrolment_id=new.id,
        rule_number=result.rule_number,
        words_sealed=result.words(own).seal(own, subject=born["id"]),
    )
    uow.add(copy)
    await uow.session.flush()
    return copy
